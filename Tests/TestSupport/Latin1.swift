// Latin1.swift: text of one byte a character, and its bytes.
//
// What sendmail and m4 write is no UTF-8 of necessity, and there is much of it: this is
// compiled with the optimizer, as tests themselves are not.

package enum Latin1 {
  package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: bytes.count * 2) { target in
      var count = 0
      for byte in bytes {
        if byte < 0x80 {
          target[count] = byte
          count += 1
        } else {
          target[count] = 0xC0 | byte >> 6
          target[count + 1] = 0x80 | byte & 0x3F
          count += 2
        }
      }
      return count
    }
  }

  package static func text(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { text($0) } }

  package static func bytes(_ text: String) -> [UInt8] {
    text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
  }
}
