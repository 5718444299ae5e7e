// QueueFolder.swift: the folder of a queue, and that it is ours alone.
//
//     VERSION              one line that says what this is
//     lock                 held by the process that has the queue open; its number
//     segment-000…1c       the log, oldest first
//     spare-000…17         an old segment that waits to become a new one
//     corrupt/             copies of what was damaged
//
// Fails: where the folder belongs to somebody else, is open to others, holds other things
// or another version, or is in use.

import Glibc
import Posix

/// A folder that is checked and locked, until it is unlocked or dropped.
final class QueueFolder: Sendable {
  static let version = "waybill mail queue 1"

  let path: String
  private let lock: Int32

  init(_ path: String) throws(QueueError) {
    self.path = path
    try Self.makeIfMissing(path)
    try Self.checkOwner(path)
    let found = try Self.readVersion(path)
    if found == nil, let stranger = Self.stranger(in: path) {
      throw .foreign(folder: path, example: stranger)
    }
    lock = try Self.lock(path)
    // From here on deinit closes it.
    if found == nil {
      let text = Array((Self.version + "\n").utf8)
      do throws(Errno) { try replaceFile(path + "/VERSION", with: text, mode: 0o600) } catch {
        throw .failed("write", path + "/VERSION", error)
      }
    }
  }

  deinit { close(lock) }

  /// Lets others have it.
  func unlock() { flock(lock, LOCK_UN) }

  private static func makeIfMissing(_ path: String) throws(QueueError) {
    if isFolder(path) { return }
    if exists(path) { throw .notAFolder(path) }
    do throws(Errno) {
      if let slash = path.lastIndex(of: "/") { try makeFolders(String(path[..<slash])) }
      guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
      try syncFolder(of: path)
    } catch {
      throw .failed("make", path, error)
    }
  }

  private static func checkOwner(_ path: String) throws(QueueError) {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .failed("look at", path, .last) }
    guard status.st_uid == geteuid() else { throw .notOwner(folder: path, owner: status.st_uid) }
    guard status.st_mode & 0o077 == 0 else {
      throw .openToOthers(folder: path, mode: UInt32(status.st_mode & 0o7777))
    }
  }

  /// Nil where there is none yet.
  private static func readVersion(_ path: String) throws(QueueError) -> String? {
    let text: [UInt8]
    do throws(Errno) { text = try readFile(path + "/VERSION") } catch {
      if error.code == ENOENT { return nil }
      throw .failed("read", path + "/VERSION", error)
    }
    let found = String(decoding: text.prefix(80).prefix { $0 != 0x0A }, as: UTF8.self)
    guard found == version else { throw .wrongVersion(folder: path, found: found) }
    return found
  }

  /// What stands in a folder without VERSION, other than what a first start that was cut
  /// short leaves.
  private static func stranger(in path: String) -> String? {
    namesInFolder(path).first { $0 != "lock" && !$0.hasPrefix("VERSION.new.") }
  }

  private static func lock(_ folder: String) throws(QueueError) -> Int32 {
    let path = folder + "/lock"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .failed("open", path, .last) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let reason = Errno.last
      let text = (try? readBytes(descriptor, at: 0, count: 20)) ?? []
      close(descriptor)
      guard reason.code == EWOULDBLOCK else { throw .failed("lock", path, reason) }
      throw .locked(
        folder: folder, process: Int32(String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)))
    }
    // For people; the lock itself is what counts.
    _ = ftruncate(descriptor, 0)
    try? writeAll(descriptor, Array("\(getpid())\n".utf8))
    return descriptor
  }
}
