// FileText.swift: the bytes of a file, at a place in memory that stays.
//
// Input points into them for as long as the file is being read. Who uses `bytes` keeps the
// object: it is not enough that the name is still in scope.

import Glibc
import Posix

final class FileText {
  let bytes: Bytes

  init(_ bytes: [UInt8]) {
    let memory = reallocate(nil, to: bytes.count)
    bytes.withUnsafeBufferPointer { text in
      if let from = text.baseAddress { copyBytes(memory, from, text.count) }
    }
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
  }

  deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }

  var start: UnsafePointer<UInt8> { bytes.baseAddress ?? emptyName }
}
