// TransferEncoding.swift: quoted-printable and base64 (RFC 2045, section 6), as each of the two
// systems writes and reads them. Lines end with LF.
//
// Fails: never; what is no code is passed over.

import MailAddress

enum TransferEncoding {
  private static let digits = Bytes(ascii: "0123456789ABCDEF")
  private static let alphabet = Bytes(ascii: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

  private static func quote(_ byte: UInt8, into line: inout Bytes) {
    line += [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x20...0x7E).contains(byte) && byte != 0x3D || byte == 0x09
  }

  // MARK: out

  /// A line as Postfix quotes it: soft ends behind 73 bytes at least.
  static func quotedByPostfix(_ text: ArraySlice<UInt8>) -> Bytes {
    var result: Bytes = []
    var line: Bytes = []
    for byte in text {
      if line.count > 72 {
        result += line + [0x3D, .newline]
        line.removeAll(keepingCapacity: true)
      }
      if isPlain(byte) { line.append(byte) } else { quote(byte, into: &line) }
    }
    if let last = line.last, last == 0x20 || last == 0x09 {
      line.removeLast()
      quote(last, into: &line)
    }
    return result + line
  }

  /// A line as sendmail quotes it: a dot alone is quoted, too.
  static func quotedBySendmail(_ text: ArraySlice<UInt8>) -> Bytes {
    if text.elementsEqual([.dot]) { return Bytes(ascii: "=2E") }
    var result: Bytes = []
    var line: Bytes = []
    var blank: UInt8?
    for byte in text {
      if let blank { line.append(blank) }
      blank = nil
      if line.count > 72 {
        result += line + [0x3D, .newline]
        line.removeAll(keepingCapacity: true)
      }
      if byte == 0x20 || byte == 0x09 {
        blank = byte
      } else if isPlain(byte) {
        line.append(byte)
      } else {
        quote(byte, into: &line)
      }
    }
    if let blank { quote(blank, into: &line) }
    return result + line
  }

  /// In lines of 72 characters; line ends of the text become CR LF.
  static func base64(_ text: ArraySlice<UInt8>) -> Bytes {
    let bytes = LineEnds.toNetwork(Bytes(text))
    var result: Bytes = []
    result.reserveCapacity(bytes.count * 3 / 2)
    var column = 0
    for start in stride(from: 0, to: bytes.count, by: 3) {
      if column == 72 {
        result.append(.newline)
        column = 0
      }
      let group = bytes[start..<min(start + 3, bytes.count)]
      let number = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        result.append(place > group.count ? 0x3D : alphabet[number >> (18 - 6 * place) & 63])
      }
      column += 4
    }
    return result
  }

  // MARK: in

  /// A soft end at the last line leaves an empty line, as sendmail does.
  static func unquoted(_ text: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(text.count)
    var cursor = LineCursor(text[...])
    var isOpen = false
    while let line = cursor.next() {
      isOpen = !append(unquoting: line, to: &result)
      if !isOpen { result.append(.newline) }
    }
    if isOpen { result.append(.newline) }
    return result
  }

  /// - Returns: false where the line goes on in the next one.
  private static func append(unquoting line: ArraySlice<UInt8>, to result: inout Bytes) -> Bool {
    var rest = line
    while let byte = rest.popFirst() {
      guard byte == 0x3D else {
        result.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(value) else { return false }
      while let next = rest.first, value(next) == nil { rest.removeFirst() }
      guard let low = rest.popFirst().flatMap(value) else { return false }
      result.append(high << 4 | low)
    }
    return true
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }

  /// With line ends of files, the last line's too, and one more.
  static func unbase64(_ text: Bytes) -> Bytes {
    var bytes: Bytes = []
    var number = 0
    var count = 0
    for byte in text {
      guard let value = values[Int(byte)] else { continue }
      number = number << 6 | value
      count += 1
      if count == 4 {
        bytes += [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        (number, count) = (0, 0)
      }
    }
    if count == 2 { bytes.append(UInt8(number >> 4 & 255)) }
    if count == 3 { bytes += [UInt8(number >> 10 & 255), UInt8(number >> 2 & 255)] }
    let text = LineEnds.toFile(bytes)
    return text + (text.last == .newline ? [.newline] : [.newline, .newline])
  }

  private static let values: [Int?] = (0..<256).map { byte in alphabet.firstIndex { Int($0) == byte } }
}
