// FileDelivery.swift: a message appended to a file that an alias or .forward names.
//
// It is written as a mailbox file. Since the name comes from a table that people edit, the
// file must look like a mailbox: regular, one name, nothing that anybody could execute.
//
// Fails: `DeliveryFailure`, as `Mailbox` does; /dev/null takes everything.

import Glibc
import MailAddress
import Posix

package struct FileDelivery: Sendable {
  package var path: String
  /// With whose rights it is opened where we are root.
  package var rights: Account?
  package var locks: LockPolicy
  package var sizeLimit: Int?
  /// Whether each folder above must be closed to the writing of others. Neither sendmail nor
  /// Postfix asks for that unless told.
  package var refusesUnsafeFolders = false

  package init(_ path: String) {
    self.path = path
    var locks = LockPolicy()
    locks.dotLock = .ifPossible
    self.locks = locks
  }

  package func append(_ text: Bytes) throws(DeliveryFailure) {
    if path == "/dev/null" { return }
    if refusesUnsafeFolders, let folder = unsafeFolder {
      throw DeliveryFailure("5.2.0", "\(path): others may write to \(folder)")
    }
    var mailbox = Mailbox(path)
    mailbox.rights = rights
    mailbox.locks = locks
    mailbox.sizeLimit = sizeLimit
    mailbox.refuses = { status in
      // sendmail does not append to what could be run.
      status.st_mode & 0o111 != 0 ? "is executable" : nil
    }
    try mailbox.append(text)
  }

  /// The first folder from the root that its group or everybody may write to; one with the
  /// sticky bit, where nobody can replace another's file, counts as closed.
  private var unsafeFolder: String? {
    let parts = path.split(separator: "/").dropLast()
    for count in 0...parts.count {
      let folder = "/" + parts.prefix(count).joined(separator: "/")
      var status = stat()
      guard stat(folder, &status) == 0 else { return nil }
      if status.st_mode & 0o022 != 0, status.st_mode & S_ISVTX == 0 { return folder }
    }
    return nil
  }
}
