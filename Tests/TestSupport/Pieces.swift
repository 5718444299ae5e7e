// Pieces.swift: bytes cut at a byte, here where the optimizer sees it: tests do so with
// megabytes.

import Foundation

package func pieces(of bytes: [UInt8], between mark: UInt8) -> [ArraySlice<UInt8>] {
  var pieces: [ArraySlice<UInt8>] = []
  var start = 0
  bytes.withUnsafeBytes { whole in
    while let base = whole.baseAddress,
      let found = memchr(base + start, Int32(mark), whole.count - start)
    {
      let end = UnsafeRawPointer(found) - base
      pieces.append(bytes[start..<end])
      start = end + 1
    }
  }
  pieces.append(bytes[start...])
  return pieces
}

package func lines(of bytes: [UInt8]) -> [ArraySlice<UInt8>] { pieces(of: bytes, between: 0x0A) }
