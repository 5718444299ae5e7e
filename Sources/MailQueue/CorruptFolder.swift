// CorruptFolder.swift: copies of what was damaged, for people to look at.
//
//     corrupt/0Q2WK3SJ81F-1c-4096     from segment 1c, byte 4096, of this message
//     corrupt/unknown-1c-8192         nobody knows whose it was
//
// The name says where it was, so the same damage, found again at the next start, is known
// already.

import Glibc
import Posix

struct CorruptFolder {
  let path: String
  private let disk: Disk

  init(queue: String, _ disk: Disk) {
    path = queue + "/corrupt"
    self.disk = disk
  }

  /// Copies bytes of a segment.
  ///
  /// - Returns: the copy's path, and whether it was not there before.
  func setAside(
    _ id: QueueID?, _ segment: Segment, _ range: Range<Int>
  ) throws(QueueError) -> (path: String, isNew: Bool) {
    let copy = "\(path)/\(id.map(\.description) ?? "unknown")-\(String(segment.number, radix: 16))-\(range.lowerBound)"
    if exists(copy) { return (copy, false) }
    do throws(Errno) {
      try makeFolder()
      try write(try segment.readAsFarAsPossible(at: range.lowerBound, count: range.count).bytes, to: copy)
    } catch {
      throw .failed("write", copy, error)
    }
    return (copy, true)
  }

  /// Takes a whole segment away that cannot be read.
  func move(_ file: String, name: String) throws(QueueError) -> String {
    do throws(Errno) {
      try makeFolder()
      guard rename(file, path + "/" + name) == 0 else { throw .last }
      try disk.syncFolder(file)
    } catch {
      throw .failed("move", file, error)
    }
    return path + "/" + name
  }

  /// The messages of which something is here, with its size.
  func messages() -> [QueueID: Int] {
    var sizes: [QueueID: Int] = [:]
    for name in namesInFolder(path) {
      guard let id = Self.id(of: name) else { continue }
      var status = stat()
      sizes[id, default: 0] += stat(path + "/" + name, &status) == 0 ? Int(status.st_size) : 0
    }
    return sizes
  }

  func remove(_ id: QueueID) throws(QueueError) {
    for name in namesInFolder(path) where Self.id(of: name) == id {
      guard unlink(path + "/" + name) == 0 else { throw .failed("remove", path + "/" + name, .last) }
    }
  }

  /// Under another name until it is complete, as what is there is not copied again.
  private func write(_ bytes: [UInt8], to copy: String) throws(Errno) {
    let unfinished = path + "/unfinished"
    let descriptor = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    try writeAll(descriptor, bytes)
    try disk.sync(descriptor)
    guard rename(unfinished, copy) == 0 else { throw .last }
    try disk.syncFolder(copy)
  }

  private func makeFolder() throws(Errno) {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw .last }
  }

  private static func id(of name: String) -> QueueID? { QueueID(name.prefix { $0 != "-" }) }
}
