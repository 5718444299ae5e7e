// StandardDescriptors.swift: descriptors 0, 1 and 2 belong to whoever called us.
//
// A command that is started with one of them closed would get its number for the
// next file it opens, and then read its input from, or write its messages into, that
// file. So a closed one is held by something on which every read or write fails.

import Glibc

/// Whether standard input was closed and is held.
var isStandardInputHeld: Bool {
  guard fcntl(0, F_GETFL) & O_ACCMODE == O_WRONLY else { return false }
  var (input, null) = (stat(), stat())
  return fstat(0, &input) == 0 && stat("/dev/null", &null) == 0 && input.st_rdev == null.st_rdev
}

/// Whether two descriptors are of the same file.
package func isSameFile(_ one: Int32, _ other: Int32) -> Bool {
  var (first, second) = (stat(), stat())
  return fstat(one, &first) == 0 && fstat(other, &second) == 0 && first.st_dev == second.st_dev
    && first.st_ino == second.st_ino
}

/// To be called before anything is opened.
package func holdStandardDescriptors() {
  for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
    // open gives the lowest number that is free, which is this one.
    _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
  }
}
