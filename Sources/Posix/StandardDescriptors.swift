// StandardDescriptors.swift: descriptors 0, 1 and 2 belong to whoever called us.
//
// A command that is started with one of them closed would get its number for the
// next file it opens, and then read its input from, or write its messages into, that
// file. So a closed one is held by something on which every read or write fails.

import Glibc

/// To be called before anything is opened.
package func holdStandardDescriptors() {
  for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
    // open gives the lowest number that is free, which is this one.
    _ = open("/dev/null", descriptor == 0 ? O_WRONLY : O_RDONLY)
  }
}
