// ByteStrings.swift: what mail addresses need of byte strings.
//
// Addresses are bytes: `String` would compare by Unicode meaning, which neither
// SMTP nor a lookup table does.

/// A byte string of mail or of a configuration.
package typealias Bytes = [UInt8]

extension UInt8 {
  /// Blank, tab, line ends and the other white space of C's isspace.
  package var isWhiteSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  package var isDigit: Bool { (0x30...0x39).contains(self) }
  package var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  package var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}

extension Array where Element == UInt8 {
  package init(ascii text: StaticString) {
    self = text.withUTF8Buffer { Array($0) }
  }

  /// As text for people; bytes that are not UTF-8 are replaced.
  package var text: String { String(decoding: self, as: UTF8.self) }

  /// ASCII letters in small letters.
  package var lowercased: Bytes { map(\.lowercased) }

  /// Compares as mail compares domains: ASCII letters regardless of case.
  package func equalsIgnoringCase(_ other: Bytes) -> Bool {
    count == other.count && zip(self, other).allSatisfy { $0.lowercased == $1.lowercased }
  }

  package func hasSuffix(_ suffix: Bytes) -> Bool {
    count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
  }

  package func hasPrefix(_ prefix: Bytes) -> Bool { starts(with: prefix) }

  /// Without white space at both ends.
  package var trimmed: Bytes {
    guard let first = firstIndex(where: { !$0.isWhiteSpace }),
      let last = lastIndex(where: { !$0.isWhiteSpace })
    else { return [] }
    return Array(self[first...last])
  }

  /// What stands before and after the first such byte.
  package func split(atFirst byte: UInt8) -> (before: Bytes, after: Bytes)? {
    guard let index = firstIndex(of: byte) else { return nil }
    return (Array(self[..<index]), Array(self[(index + 1)...]))
  }

  /// What stands before and after the last such byte.
  package func split(atLast byte: UInt8) -> (before: Bytes, after: Bytes)? {
    guard let index = lastIndex(of: byte) else { return nil }
    return (Array(self[..<index]), Array(self[(index + 1)...]))
  }

  /// The value of decimal digits and nothing else; nil also where it is too large.
  package var decimalValue: Int? {
    guard !isEmpty, allSatisfy(\.isDigit) else { return nil }
    return Int(text)
  }
}

extension UInt8 {
  package static let at: UInt8 = 0x40
  package static let dot: UInt8 = 0x2E
  package static let colon: UInt8 = 0x3A
  package static let comma: UInt8 = 0x2C
  package static let percent: UInt8 = 0x25
  package static let bang: UInt8 = 0x21
  package static let quote: UInt8 = 0x22
  package static let backslash: UInt8 = 0x5C
  package static let slash: UInt8 = 0x2F
  package static let openBrace: UInt8 = 0x7B
  package static let closeBrace: UInt8 = 0x7D
  package static let openBracket: UInt8 = 0x5B
  package static let closeBracket: UInt8 = 0x5D
  package static let hash: UInt8 = 0x23
  package static let dollar: UInt8 = 0x24
  package static let newline: UInt8 = 0x0A
}
