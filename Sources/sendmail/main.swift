// sendmail: the drop-in for those who submit, list, test and serve mail by its command line.

import Glibc
import Posix

keepFreedMemory()
holdStandardDescriptors()
exit(SendmailCommand(.read(CommandLine.arguments)).run())
