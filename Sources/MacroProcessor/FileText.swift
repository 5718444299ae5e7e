// FileText.swift: the bytes of a file, at a place in memory that stays.
//
// Input points into them for as long as the file is being read. Who uses `bytes` keeps the
// object: it is not enough that the name is still in scope.

import Glibc
import Posix

final class FileText {
  private(set) var bytes: Bytes

  /// - Parameter room: for so many bytes more, which `readMore` would have to make otherwise.
  init(_ bytes: [UInt8], room: Int = 0) {
    let memory = reallocate(nil, to: bytes.count + room)
    bytes.withUnsafeBufferPointer { text in
      if let from = text.baseAddress { memcpy(memory, from, text.count) }
    }
    capacity = bytes.count + room
    self.bytes = Bytes(start: memory, count: bytes.count)
  }

  /// Reads a file.
  convenience init(reading path: [UInt8]) throws(Errno) {
    let descriptor = openFile(path, O_RDONLY)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    try self.init(from: descriptor)
  }

  /// Reads what a descriptor gives.
  init(from descriptor: Int32, atMost limit: Int = mostBytes) throws(Errno) {
    bytes = Bytes(try readMemory(descriptor, atMost: limit))
    capacity = bytes.count
  }

  deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

  var start: UnsafePointer<UInt8> { bytes.baseAddress ?? emptyName }

  // MARK: Before it is read

  private var capacity: Int
  /// How much is asked for at once.
  static let piece = 1 << 16

  /// Reads what a descriptor has next, which moves the bytes.
  ///
  /// - Returns: how many bytes came; 0 at the end.
  func readMore(from descriptor: Int32) throws(Errno) -> Int {
    let have = bytes.count
    if capacity - have < Self.piece { capacity = max(2 * capacity, have + Self.piece) }
    let memory = reallocate(UnsafeMutableRawPointer(mutating: bytes.baseAddress), to: capacity)
    bytes = Bytes(start: memory, count: have)
    let count = try readSome(descriptor, into: UnsafeMutableRawBufferPointer(start: memory + have, count: Self.piece))
    bytes = Bytes(start: memory, count: have + count)
    return count
  }

  /// Takes the end away.
  func cut(to count: Int) -> [UInt8] {
    let rest = Array(bytes[count...])
    bytes = Bytes(rebasing: bytes[..<count])
    return rest
  }
}
