// Errno.swift: what the kernel said, as a typed error.

import Glibc

/// An error number of the system (errno(3)).
package struct Errno: Error, Sendable, Equatable, CustomStringConvertible {
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  /// The last error of this thread.
  package static var last: Errno { Errno(errno) }

  /// As `strerror` words it in the C locale.
  package var description: String {
    guard let text = strerror(code) else { return "error \(code)" }
    return String(cString: text)
  }
}
