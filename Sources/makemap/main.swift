// makemap: builds a map file from text, as sendmail's command of that name does.
//
// Only argument parsing and printing; the work is in Tables.

import Glibc
import Options
import Posix

keepFreedMemory()
holdStandardDescriptors()
let invokedAs = String(cString: CommandLine.unsafeArgv[0] ?? strdup("makemap"))
exit(MakeMap(invokedAs: invokedAs).run(commandLineArguments()).rawValue)
