// DeliveryFailure.swift: why a copy was not delivered, and whether it may be yet.
//
//     4.2.0  deferred: tried again later        5.2.0  bounced: the sender is told
//
// The class digit of the enhanced code (RFC 3463) is the decision, so the two cannot differ.

import Glibc
import Posix

/// A delivery that did not happen.
package struct DeliveryFailure: Error, Sendable, Equatable {
  /// `5.1.1`; a first digit of 4 means that it is tried again.
  package let enhancedCode: String
  /// For people and the log: one line.
  package let text: [UInt8]
  /// What a program ended with, for `Diagnostic-Code: X-Unix`.
  package let exitStatus: Int32?

  package init(_ enhancedCode: String, _ text: [UInt8], exitStatus: Int32? = nil) {
    self.enhancedCode = enhancedCode
    self.text = text
    self.exitStatus = exitStatus
  }

  package init(_ enhancedCode: String, _ text: String, exitStatus: Int32? = nil) {
    self.init(enhancedCode, Array(text.utf8), exitStatus: exitStatus)
  }

  package var isTemporary: Bool { enhancedCode.hasPrefix("4") }

  /// What the system says about a file, in the classes that Postfix's local(8) uses:
  /// what passes by itself is tried again, a file that cannot be had is not.
  package static func file(_ path: String, _ errno: Errno, _ doing: String) -> DeliveryFailure {
    DeliveryFailure(SystemFault.code(of: errno), "\(doing) \(path): \(errno)")
  }
}

/// The enhanced codes of what the system answers about files.
private enum SystemFault {
  /// Those not listed will be the same tomorrow.
  private static let codes: [Int32: String] = [
    EAGAIN: "4.2.0", EINTR: "4.2.0", ESTALE: "4.3.0", ETXTBSY: "4.2.0", EBUSY: "4.2.0",
    ENOSPC: "4.3.0", EIO: "4.3.0", EROFS: "4.3.0", ENOMEM: "4.3.0", EMFILE: "4.3.0", ENFILE: "4.3.0",
    EPERM: "5.2.0", EDQUOT: "5.2.2", EFBIG: "5.2.2",
  ]

  static func code(of errno: Errno) -> String { codes[errno.code] ?? "5.2.0" }
}
