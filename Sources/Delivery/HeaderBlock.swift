// HeaderBlock.swift: the header section of a message, field by field, as bytes.
//
//     Received: from a          ┐ one field: name, and all up to the next line that does
//         by b; Thu, …          ┘ not begin with white space
//     Subject: hello
//                               the empty line belongs to the body's side
//     text
//
// Fields keep their order, their folds and their line ends; rendering what was parsed gives
// the same bytes. A line that is no field ends the header section, as it does in sendmail
// and Postfix: the rest is body, and an empty line is put between when rendered.
//
// Fails: never.

import MailAddress

/// A message taken apart into its fields and its body.
package struct HeaderBlock: Sendable, Equatable {
  package struct Field: Sendable, Equatable {
    /// As written, without white space before the colon.
    package let name: Bytes
    /// All lines with their ends, the last one's included.
    package fileprivate(set) var raw: Bytes

    /// What follows the colon, folds included, without the last line end.
    package var body: Bytes {
      guard let colon = raw.firstIndex(of: .colon) else { return [] }
      var end = raw.count
      if raw.last == .newline { end -= 1 }
      if end > colon + 1, end < raw.count, raw[end - 1] == 0x0D { end -= 1 }
      return end > colon + 1 ? Array(raw[(colon + 1)..<end]) : []
    }

    package func isNamed(_ other: Bytes) -> Bool { name.equalsIgnoringCase(other) }
  }

  package private(set) var fields: [Field]
  /// What stands behind the header section: the empty line with its end, if there is one,
  /// and all that follows, untouched.
  package let rest: Bytes
  /// CRLF where the message came so; given to fields that are added.
  package let lineEnd: Bytes

  package init(_ message: Bytes) {
    var fields: [Field] = []
    var start = 0
    while start < message.count {
      var end = Self.endOfLine(message, start)
      guard let name = Self.fieldName(message[start..<end]) else { break }
      while end < message.count, message[end] == 0x20 || message[end] == 0x09 {
        end = Self.endOfLine(message, end)
      }
      fields.append(Field(name: name, raw: Array(message[start..<end])))
      start = end
    }
    let firstLine = message[..<Self.endOfLine(message, 0)]
    lineEnd = firstLine.hasSuffix([0x0D, .newline]) ? [0x0D, .newline] : [.newline]
    self.fields = fields
    rest = Array(message[start...])
  }

  /// The message again.
  package var message: Bytes {
    var result: Bytes = []
    result.reserveCapacity(fields.reduce(rest.count + 2) { $0 + $1.raw.count })
    for field in fields { result += field.raw }
    // A last field without its end, with others behind it or a body.
    if needsDivision { result += lineEnd }
    return result + rest
  }

  /// Whether the body's first line would be taken for a part of the header section, or was
  /// cut off from it by nothing.
  private var needsDivision: Bool { isChanged && !rest.isEmpty && !rest.starts(with: [.newline]) && !startsWithCRLF }
  private var startsWithCRLF: Bool { rest.starts(with: [0x0D, .newline]) }
  private var isChanged = false

  /// The message's text behind the empty line.
  package var body: Bytes {
    if startsWithCRLF { return Array(rest.dropFirst(2)) }
    return rest.first == .newline ? Array(rest.dropFirst()) : rest
  }

  /// The header section alone, without the empty line.
  package var headerText: Bytes { fields.flatMap(\.raw) }

  // MARK: scanning

  private static func endOfLine(_ text: Bytes, _ start: Int) -> Int {
    guard start < text.count else { return text.count }
    return text[start...].firstIndex(of: .newline).map { $0 + 1 } ?? text.count
  }

  /// Printable bytes without blanks, then perhaps blanks, then a colon (RFC 5322, 2.2 and 4.5).
  private static func fieldName(_ line: ArraySlice<UInt8>) -> Bytes? {
    guard let colon = line.firstIndex(of: .colon) else { return nil }
    var name = line[..<colon]
    while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
    guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    return Array(name)
  }

  // MARK: asking

  package func first(_ name: Bytes) -> Field? { fields.first { $0.isNamed(name) } }
  package func has(_ name: Bytes) -> Bool { first(name) != nil }
  package func count(_ name: Bytes) -> Int { fields.count { $0.isNamed(name) } }

  // MARK: changing

  /// A field with our line end; line ends inside the body must be folds.
  private func field(_ name: Bytes, _ body: Bytes) -> Field {
    Field(name: name, raw: name + [.colon, 0x20] + Self.folded(body, lineEnd) + lineEnd)
  }

  /// Each line end inside is followed by white space, whoever expanded the text.
  private static func folded(_ body: Bytes, _ lineEnd: Bytes) -> Bytes {
    var lines = body.split(separator: .newline, omittingEmptySubsequences: true).map { line in
      line.last == 0x0D ? line.dropLast() : line
    }
    // An empty line inside would end the header section.
    lines.removeAll { $0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }
    return Array(
      lines.enumerated().map { index, line -> Bytes in
        let isFold = line.first == 0x20 || line.first == 0x09
        return index == 0 || isFold ? Array(line) : [0x09] + line
      }.joined(separator: lineEnd))
  }

  /// Puts a field above all others.
  package mutating func prepend(_ name: Bytes, _ body: Bytes) {
    fields.insert(field(name, body), at: 0)
    isChanged = true
  }

  /// Puts a field below all others.
  package mutating func append(_ name: Bytes, _ body: Bytes) {
    endLastField()
    fields.append(field(name, body))
    isChanged = true
  }

  /// Takes away each field of this name.
  package mutating func remove(_ name: Bytes) {
    fields.removeAll { $0.isNamed(name) }
    isChanged = true
  }

  /// Gives fields other bodies, folds included; nil leaves a field as it is.
  package mutating func rewriteBodies(_ change: (Field) -> Bytes?) {
    for (index, field) in fields.enumerated() {
      guard let body = change(field), body != field.body else { continue }
      let end = field.raw.last == .newline ? lineEnd : []
      let head = field.raw.prefix { $0 != .colon } + [.colon]
      fields[index].raw = head + Self.kept(body) + end
      isChanged = true
    }
  }

  /// A line end that no white space follows would begin another field.
  private static func kept(_ body: Bytes) -> Bytes {
    var result: Bytes = []
    for byte in body {
      if result.last == .newline, byte != 0x20, byte != 0x09 { result.append(0x09) }
      result.append(byte)
    }
    while let last = result.last, last == .newline || last == 0x0D { result.removeLast() }
    return result
  }

  private mutating func endLastField() {
    guard let last = fields.indices.last, fields[last].raw.last != .newline else { return }
    fields[last].raw += lineEnd
  }

  package static func == (one: HeaderBlock, other: HeaderBlock) -> Bool {
    one.fields == other.fields && one.rest == other.rest
  }
}

extension ArraySlice where Element == UInt8 {
  fileprivate func hasSuffix(_ suffix: Bytes) -> Bool { self.suffix(suffix.count).elementsEqual(suffix) }
}
