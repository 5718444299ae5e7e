// Mailbox.swift: a message appended to a mailbox file.
//
//     lock file ─► open, no links followed ─► is it what it should be? ─► fcntl ─► still the
//     same file? ─► append, sync ─► let go
//
// An append that fails half way (full disk, quota, size limit) is undone: the file is cut
// back to where it was. Mail that was there is never touched.
//
// Fails: `DeliveryFailure`; temporarily where a lock is held or the disk is full.

import Glibc
import MailAddress
import Posix

/// A file of messages that others read and write, too.
package struct Mailbox: Sendable {
  package var path: String
  /// Who must own it, and to whom a new one is given where we are root; nil for anybody.
  package var owner: Account?
  /// With whose rights it is opened where we are root; nil for ours, as in a spool folder
  /// that users cannot write to.
  package var rights: Account?
  package var locks = LockPolicy()
  /// The most bytes it may have afterwards; nil for no limit.
  package var sizeLimit: Int?
  /// What an existing file must be besides; says what it is not, or nil.
  package var refuses: @Sendable (stat) -> String? = { _ in nil }
  /// The permissions of a new file.
  package var mode: mode_t = 0o600

  package init(_ path: String) { self.path = path }

  /// Appends bytes as `MessageForm.mailbox` renders them.
  package func append(_ text: Bytes) throws(DeliveryFailure) {
    try withFileRights(
      of: rights, orElse: { .file(path, $0, "cannot become the owner of") },
      do: { () throws(DeliveryFailure) in
        var patience = Patience(seconds: locks.waitSeconds)
        let lock = try DotLock.take(for: path, locks, &patience)
        defer { lock?.release() }
        let descriptor = try openLocked(&patience)
        defer { close(descriptor) }
        try write(text, to: descriptor)
      })
  }

  // MARK: opening

  /// Open, checked and locked; anew where the file was replaced while we waited.
  private func openLocked(_ patience: inout Patience) throws(DeliveryFailure) -> Int32 {
    while true {
      let descriptor = try openChecked()
      do throws(DeliveryFailure) { try lockFile(descriptor, path, locks, &patience) } catch {
        close(descriptor)
        throw error
      }
      if isStillThere(descriptor) { return descriptor }
      close(descriptor)
      guard patience.wait() else { throw DeliveryFailure("4.2.0", "\(path) does not stay the same file") }
    }
  }

  private func openChecked() throws(DeliveryFailure) -> Int32 {
    let (descriptor, isNew) = try openOrCreate()
    var status = stat()
    fstat(descriptor, &status)
    if isNew, let owner, geteuid() == 0, rights == nil {
      fchown(descriptor, owner.user, owner.group)
    } else if !isNew, let fault = fault(of: status) {
      close(descriptor)
      throw DeliveryFailure("5.2.0", "\(path) \(fault)")
    }
    return descriptor
  }

  private func openOrCreate() throws(DeliveryFailure) -> (descriptor: Int32, isNew: Bool) {
    // Without O_NONBLOCK a pipe would hold us until somebody reads it.
    let flags = O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    for _ in 0..<8 {
      var descriptor = open(path, flags | O_RDWR)
      // Files that may be appended to and not read are as good.
      if descriptor < 0, errno == EACCES { descriptor = open(path, flags | O_WRONLY) }
      if descriptor >= 0 { return (descriptor, false) }
      if errno == ELOOP { throw DeliveryFailure("5.2.0", "\(path) is a symbolic link") }
      guard errno == ENOENT else { throw .file(path, .last, "cannot open") }
      descriptor = open(path, flags | O_RDWR | O_CREAT | O_EXCL, mode)
      if descriptor >= 0 { return (descriptor, true) }
      guard errno == EEXIST else { throw .file(path, .last, "cannot create") }
      if isDanglingLink { throw DeliveryFailure("5.2.0", "\(path) is a symbolic link") }
    }
    throw DeliveryFailure("4.2.0", "\(path) comes and goes")
  }

  private var isDanglingLink: Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private func fault(of status: stat) -> String? {
    guard status.st_mode & S_IFMT == S_IFREG else { return "is not a regular file" }
    guard status.st_nlink == 1 else { return "has \(status.st_nlink) hard links" }
    if let owner, status.st_uid != owner.user { return "is not owned by its user" }
    return refuses(status)
  }

  private func isStillThere(_ descriptor: Int32) -> Bool {
    var opened = stat()
    var named = stat()
    return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0 && opened.st_ino == named.st_ino
      && opened.st_dev == named.st_dev
  }

  // MARK: writing

  private func write(_ text: Bytes, to descriptor: Int32) throws(DeliveryFailure) {
    var status = stat()
    fstat(descriptor, &status)
    // A program was killed while it wrote, or leaves no empty line: ours must not become
    // the tail of that message.
    let bytes = missingEnd(descriptor, status.st_size) + text
    if let sizeLimit, status.st_size + bytes.count > sizeLimit {
      throw DeliveryFailure("5.2.2", "mailbox is full: \(path) may have \(sizeLimit) bytes")
    }
    do throws(Errno) {
      try withoutFileSizeSignal { () throws(Errno) in
        try writeAll(descriptor, bytes)
        guard fsync(descriptor) == 0 else { throw .last }
      }
    } catch {
      guard ftruncate(descriptor, status.st_size) == 0 else {
        throw DeliveryFailure("4.3.0", "cannot write \(path): \(error); nor cut it back: \(Errno.last)")
      }
      throw .file(path, error, "cannot write")
    }
  }

  /// What is missing of an empty line at the end.
  private func missingEnd(_ descriptor: Int32, _ size: Int) -> Bytes {
    var last: [UInt8] = [.newline, .newline]
    // Of a file that may not be read nothing is known.
    guard size > 0, pread(descriptor, &last, 2, max(0, size - 2)) > 0 else { return [] }
    if size == 1 { return last[0] == .newline ? [] : [.newline, .newline] }
    return last[1] != .newline ? [.newline, .newline] : last[0] != .newline ? [.newline] : []
  }
}
