// sendmail: the drop-in for those who submit, list, test and serve mail by its command line.

import Glibc
import Posix
import TestMode

keepFreedMemory()
holdStandardDescriptors()
let invocation = Invocation.read(CommandLine.arguments)
// Tables are tested by the thousand: no runtime for that.
exit(
  invocation.mode == .test ? Command.run(CommandLine.arguments) : SendmailCommand(invocation).run().rawValue)
