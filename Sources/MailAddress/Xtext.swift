// Xtext.swift: text that fits into a parameter of MAIL and RCPT (RFC 3461, section 4).
//
//     `a+b=c`  <->  `a+2Bb+3Dc`
//
// `+` and two hexadecimal digits stand for one byte; printable ASCII but `+` and `=`
// stands for itself. XCLIENT writes its values the same way.
//
// Fails: `decode` gives nil for what is no xtext.

package enum Xtext {
  package static func encode(_ bytes: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(bytes.count)
    for byte in bytes {
      if isPlain(byte) {
        result.append(byte)
      } else {
        result += [0x2B, digit(byte >> 4), digit(byte & 0x0F)]
      }
    }
    return result
  }

  package static func decode(_ text: some Sequence<UInt8>) -> Bytes? {
    var result: Bytes = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      if byte == 0x2B {
        guard let high = rest.next().flatMap(value), let low = rest.next().flatMap(value) else { return nil }
        result.append(high << 4 | low)
      } else {
        guard isPlain(byte) else { return nil }
        result.append(byte)
      }
    }
    return result
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x21...0x7E).contains(byte) && byte != 0x2B && byte != 0x3D
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }

  /// The RFC wants capital letters; small ones are taken too.
  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }
}
