// Maildir.swift: a message as a file of its own, in a folder that needs no lock.
//
//     tmp/1795705004.M768126P4242_0.host              written, synced
//       └─ link ─► new/1795705004.Vfe00Ifa659M768126.host   seen by readers only when it is whole
//
// Device, inode and time make a name that is nobody else's, in Postfix's form.
//
// tmp, new and cur are made where they are missing.
//
// Fails: `DeliveryFailure`; nothing is left in new, and nothing of ours in tmp.

import Glibc
import MailAddress
import Posix

package struct Maildir: Sendable {
  package var path: String
  /// With whose rights it is written where we are root; nil for ours.
  package var rights: Account?
  /// The last part of file names.
  package var host: String

  package init(_ path: String, host: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
    self.host = host
  }

  /// Delivers a message with LF line ends.
  ///
  /// - Returns: the path of the new file.
  @discardableResult
  package func deliver(_ text: Bytes) throws(DeliveryFailure) -> String {
    try withFileRights(
      of: rights, orElse: { .file(path, $0, "cannot become the owner of") },
      do: { () throws(DeliveryFailure) in try deliverWithRights(text) })
  }

  private func deliverWithRights(_ text: Bytes) throws(DeliveryFailure) -> String {
    for folder in ["tmp", "new", "cur"] { try make(path + "/" + folder) }
    let (descriptor, name) = try create()
    let temporary = path + "/tmp/" + name
    defer { unlink(temporary) }
    var status = stat()
    do throws(Errno) {
      defer { close(descriptor) }
      try withoutFileSizeSignal { () throws(Errno) in
        try writeAll(descriptor, text)
        guard fsync(descriptor) == 0, fstat(descriptor, &status) == 0 else { throw .last }
      }
    } catch { throw .file(temporary, error, "cannot write") }
    return try publish(temporary, status)
  }

  private func make(_ folder: String) throws(DeliveryFailure) {
    if isFolder(folder) { return }
    // Its parent is the maildir itself, which nobody else is to look into.
    if !isFolder(path), mkdir(path, 0o700) < 0, errno != EEXIST { throw .file(path, .last, "cannot make") }
    if mkdir(folder, 0o700) < 0, errno != EEXIST || !isFolder(folder) { throw .file(folder, .last, "cannot make") }
  }

  private func create() throws(DeliveryFailure) -> (descriptor: Int32, name: String) {
    for counter in 0..<10_000 {
      let name = uniqueName(counter)
      let descriptor = open(path + "/tmp/" + name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      if descriptor >= 0 { return (descriptor, name) }
      guard errno == EEXIST else { throw .file(path + "/tmp", .last, "cannot write into") }
    }
    throw DeliveryFailure("4.2.0", "\(path)/tmp has a file of every name")
  }

  private func publish(_ temporary: String, _ status: stat) throws(DeliveryFailure) -> String {
    var target = path + "/new/" + finalName(status)
    var counter = 0
    while link(temporary, target) < 0 {
      switch errno {
      case EEXIST where counter < 10_000:
        counter += 1
        target = path + "/new/" + finalName(status)
      case EPERM, ENOTSUP, EMLINK, ENOSYS:
        // A file system without links.
        guard !exists(target), rename(temporary, target) == 0 else { throw .file(target, .last, "cannot make") }
        return try synced(target)
      default: throw .file(target, .last, "cannot make")
      }
    }
    return try synced(target)
  }

  private func synced(_ target: String) throws(DeliveryFailure) -> String {
    do throws(Errno) { try syncFolder(of: target) } catch {
      // It would be delivered once more when it is tried again.
      unlink(target)
      throw DeliveryFailure("4.3.0", "cannot sync the folder of \(target): \(error)")
    }
    return target
  }

  private func finalName(_ status: stat) -> String {
    var now = timeval()
    gettimeofday(&now, nil)
    let file = "V\(String(status.st_dev, radix: 16))I\(String(status.st_ino, radix: 16))"
    return "\(now.tv_sec).\(file)M\(now.tv_usec).\(Self.safe(host))"
  }

  private func uniqueName(_ counter: Int) -> String {
    var now = timeval()
    gettimeofday(&now, nil)
    return "\(now.tv_sec).M\(now.tv_usec)P\(getpid())_\(counter).\(Self.safe(host))"
  }

  /// `/` would lead into another folder, and `:` begins a reader's flags.
  private static func safe(_ host: String) -> String {
    host.map { $0 == "/" ? "\\057" : $0 == ":" ? "\\072" : String($0) }.joined()
  }
}
