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
