// sendmail: the drop-in for those who test addresses with `sendmail -bt`.

import Glibc
import Posix
import TestMode

keepFreedMemory()
holdStandardDescriptors()
exit(Command.run(CommandLine.arguments))
