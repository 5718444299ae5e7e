// UnnamedFile.swift: a file that no folder shows.
//
// Nothing is left behind when the process ends, however it ends.

import Glibc

/// A new, empty file below the folder, for reading and writing; nil where there can be none.
package func openUnnamedFile(in folder: String) -> Int32? {
  var template = Array((folder + "/waybill.XXXXXX").utf8CString)
  let descriptor = mkstemp(&template)
  guard descriptor >= 0 else { return nil }
  unlink(template)
  _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  return descriptor
}
