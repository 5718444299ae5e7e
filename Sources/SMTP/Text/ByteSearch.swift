// ByteSearch.swift: where the next such byte is, found by the C library.
//
// Line ends are looked for in every byte of mail, and memchr looks at many at once.

import Glibc

extension ArraySlice where Element == UInt8 {
  /// The first such byte at or after an index of the slice.
  func next(_ byte: UInt8, from index: Int) -> Int? {
    guard index < endIndex else { return nil }
    return withUnsafeBytes { buffer -> Int? in
      guard let base = buffer.baseAddress else { return nil }
      let offset = index - startIndex
      guard let found = memchr(base + offset, Int32(byte), buffer.count - offset) else { return nil }
      return startIndex + (UnsafeRawPointer(found) - base)
    }
  }

  /// Whether a byte above 127 is among them.
  var hasEightBit: Bool {
    withUnsafeBytes { buffer in
      var union: UInt8 = 0
      for byte in buffer { union |= byte }
      return union & 0x80 != 0
    }
  }
}

extension UInt8 {
  static let carriageReturn: UInt8 = 0x0D
  static let blank: UInt8 = 0x20
  static let openAngle: UInt8 = 0x3C
  static let closeAngle: UInt8 = 0x3E
  static let equals: UInt8 = 0x3D
  static let plus: UInt8 = 0x2B
  static let semicolon: UInt8 = 0x3B
  static let hyphen: UInt8 = 0x2D
}
