// Bytes.swift: searching in bytes, at the speed of the C library.

import CShims
import Glibc

/// The first place of a byte.
@inline(__always)
func firstIndex(of byte: UInt8, in bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  guard let start = bytes.baseAddress, bytes.count > 0,
    let found = memchr(start, Int32(byte), bytes.count)
  else { return nil }
  return UnsafeRawPointer(found) - UnsafeRawPointer(start)
}

/// Where each line of a text begins.
package func lineStarts(of text: [UInt8]) -> [Int] {
  text.withUnsafeBufferPointer { bytes in
    var starts = [0]
    starts.reserveCapacity(bytes.count / 20)
    var start = 0
    while let newline = firstIndex(of: 0x0A, in: Bytes(rebasing: bytes[start...])) {
      start += newline + 1
      starts.append(start)
    }
    return starts
  }
}

/// The first place of either byte, or `limit`. Looks at eight bytes at once.
@inline(__always)
func firstPlace(
  of one: UInt8, or other: UInt8, from start: UnsafePointer<UInt8>, to limit: UnsafePointer<UInt8>
) -> UnsafePointer<UInt8> {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let (first, second) = (ones &* UInt64(one), ones &* UInt64(other))
  var at = start
  while limit - at >= 8 {
    let block = UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
    // A byte that is the wanted one becomes 0; the lowest 0 borrows from its own high bit.
    let (x, y) = (block ^ first, block ^ second)
    let hits = ((x &- ones) & ~x | (y &- ones) & ~y) & (ones << 7)
    if hits != 0 { return at + hits.trailingZeroBitCount / 8 }
    at += 8
  }
  while at < limit, at.pointee != one, at.pointee != other { at += 1 }
  return at
}

/// The first place of a text, or nil; the empty text is found at 0.
func firstIndex(
  of text: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>
) -> Int? {
  if text.isEmpty { return 0 }
  let found = waybill_find(bytes.baseAddress, bytes.count, text.baseAddress, text.count)
  return found < 0 ? nil : found
}

/// Whether two texts are the same bytes.
func equal(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
  guard one.count == other.count else { return false }
  guard let left = one.baseAddress, let right = other.baseAddress, one.count > 0 else {
    return true
  }
  return memcmp(left, right, one.count) == 0
}
