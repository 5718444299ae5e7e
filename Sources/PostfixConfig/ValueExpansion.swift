// ValueExpansion.swift: what `$name` and its conditionals become.
//
//     $name ${name} $(name)     the value, itself expanded
//     ${name?text} ${name:text} text if the value is not empty, or if it is
//     ${name?{text}:{text}}     either of two
//     ${{a} == {b} ? {x} : {y}} comparisons: numbers as numbers, else as text;
//                               `<level` and the like compare release levels
//     $$                        a dollar
//
// Fails: with the reason, and no value. Postfix stops there too.

import MailAddress

package struct ValueExpansion {
  package struct Failure: Error, Equatable {
    package let reason: String
  }

  /// The unexpanded value of a name; nil where it is not defined.
  let value: (String) -> Bytes?
  /// Told of names that are not defined; they count as empty.
  let undefined: (String) -> Void

  package init(
    value: @escaping (String) -> Bytes?, undefined: @escaping (String) -> Void = { _ in }
  ) {
    self.value = value
    self.undefined = undefined
  }

  /// References may nest so deep; a value that refers to itself has no end.
  private static let deepest = 60

  package func expand(_ text: Bytes, depth: Int = 0) throws(Failure) -> Bytes {
    guard depth < Self.deepest else { throw Failure(reason: "references nest without end") }
    guard text.contains(.dollar) else { return text }
    var result: Bytes = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == .dollar else {
        result.append(byte)
        continue
      }
      switch rest.first {
      case UInt8.dollar:
        rest.removeFirst()
        result.append(.dollar)
      case UInt8.openBrace: result += try reference(&rest, closing: .closeBrace, depth: depth)
      case 0x28: result += try reference(&rest, closing: 0x29, depth: depth)
      default:
        let name = rest.prefix(while: Self.isNamePart)
        guard !name.isEmpty else { throw Failure(reason: "no name after '$'") }
        rest.removeFirst(name.count)
        result += try lookUp(name, depth: depth)
      }
    }
    return result
  }

  static func isNamePart(_ byte: UInt8) -> Bool { byte.isLetter || byte.isDigit || byte == 0x5F }

  private func lookUp(_ name: ArraySlice<UInt8>, depth: Int) throws(Failure) -> Bytes {
    let name = Bytes(name).text
    guard let found = value(name) else {
      undefined(name)
      return []
    }
    return try expand(found, depth: depth + 1)
  }

  /// `{…}` or `(…)` after a dollar.
  private func reference(
    _ rest: inout ArraySlice<UInt8>, closing: UInt8, depth: Int
  ) throws(Failure) -> Bytes {
    var inside = try balanced(&rest, closing: closing)
    skipWhiteSpace(&inside)
    let condition: Bytes
    if inside.first == .openBrace {
      condition = try comparison(&inside, depth: depth)
    } else {
      let name = inside.prefix(while: Self.isNamePart)
      guard !name.isEmpty else { throw Failure(reason: "no name in '$\(Bytes([.openBrace]).text)…'") }
      inside.removeFirst(name.count)
      condition = try lookUp(name, depth: depth)
    }
    skipWhiteSpace(&inside)
    guard let mark = inside.popFirst() else { return condition }
    return try choose(mark, condition, &inside, depth: depth)
  }

  /// What `?` and `:` make of a condition.
  private func choose(
    _ mark: UInt8, _ condition: Bytes, _ inside: inout ArraySlice<UInt8>, depth: Int
  ) throws(Failure) -> Bytes {
    guard mark == 0x3F || mark == .colon else {
      throw Failure(reason: "'?' or ':' expected before '\(Bytes([mark]).text)\(Bytes(inside).text)'")
    }
    let first = try alternative(&inside)
    var second: Bytes?
    if mark == 0x3F, !inside.isEmpty {
      skipWhiteSpace(&inside)
      guard inside.popFirst() == .colon else { throw Failure(reason: "':' expected after '}'") }
      second = try alternative(&inside)
    }
    skipWhiteSpace(&inside)
    guard inside.isEmpty else { throw Failure(reason: "'\(Bytes(inside).text)' is too much") }
    let chosen: Bytes
    if mark == .colon {
      chosen = condition.isEmpty ? first : []
    } else {
      chosen = condition.isEmpty ? second ?? [] : first
    }
    return try expand(chosen, depth: depth + 1)
  }

  /// `{text}`, or all that is left.
  private func alternative(_ inside: inout ArraySlice<UInt8>) throws(Failure) -> Bytes {
    var ahead = inside
    skipWhiteSpace(&ahead)
    guard ahead.first == .openBrace else {
      defer { inside = inside.suffix(0) }
      return Bytes(inside)
    }
    inside = ahead
    return Bytes(try balanced(&inside, closing: .closeBrace)).trimmed
  }

  /// `{a} == {b}`: "true" or nothing.
  private func comparison(
    _ inside: inout ArraySlice<UInt8>, depth: Int
  ) throws(Failure) -> Bytes {
    // Blanks inside the braces belong to the operands.
    let left = try expand(Bytes(try balanced(&inside, closing: .closeBrace)), depth: depth + 1)
    skipWhiteSpace(&inside)
    let sign = inside.prefix { "=!<>".utf8.contains($0) }
    inside.removeFirst(sign.count)
    let isLevel = inside.starts(with: Bytes(ascii: "level"))
    if isLevel { inside.removeFirst(5) }
    guard let holds = Self.comparisons[Bytes(sign).text] else {
      throw Failure(reason: "a comparison is expected after '{\(left.text)}'")
    }
    skipWhiteSpace(&inside)
    guard inside.first == .openBrace else { throw Failure(reason: "'{…}' expected after a comparison") }
    let right = try expand(Bytes(try balanced(&inside, closing: .closeBrace)), depth: depth + 1)
    let order = try isLevel ? Self.compareLevels(left, right) : Self.compare(left, right)
    return holds(order) ? Bytes(ascii: "true") : []
  }

  private static let comparisons: [String: @Sendable (Int) -> Bool] = [
    "==": { $0 == 0 }, "!=": { $0 != 0 }, "<": { $0 < 0 }, "<=": { $0 <= 0 },
    ">": { $0 > 0 }, ">=": { $0 >= 0 },
  ]

  private static func compare(_ left: Bytes, _ right: Bytes) -> Int {
    if let one = left.decimalValue, let other = right.decimalValue {
      return one < other ? -1 : one == other ? 0 : 1
    }
    return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  /// Release levels such as 3.6: number by number.
  private static func compareLevels(_ left: Bytes, _ right: Bytes) throws(Failure) -> Int {
    let one = try level(left)
    let other = try level(right)
    return one == other ? 0 : one.lexicographicallyPrecedes(other) ? -1 : 1
  }

  private static func level(_ text: Bytes) throws(Failure) -> [Int] {
    let parts = text.split(separator: .dot, omittingEmptySubsequences: false).map { Bytes($0).decimalValue }
    guard parts.count <= 3, !parts.contains(nil) else {
      throw Failure(reason: "'\(text.text)' is no compatibility level")
    }
    return (parts.compactMap { $0 } + [0, 0]).prefix(3).map { $0 }
  }

  /// Takes an opening byte and all up to the one that closes it; what is between.
  private func balanced(
    _ rest: inout ArraySlice<UInt8>, closing: UInt8
  ) throws(Failure) -> ArraySlice<UInt8> {
    guard let opening = rest.first else { throw Failure(reason: "text expected") }
    var depth = 0
    for index in rest.indices {
      if rest[index] == opening { depth += 1 }
      if rest[index] == closing { depth -= 1 }
      if depth == 0 {
        let inside = rest[(rest.startIndex + 1)..<index]
        rest = rest[(index + 1)...]
        return inside
      }
    }
    throw Failure(reason: "'\(Bytes(rest).text)' is not closed")
  }

  private func skipWhiteSpace(_ text: inout ArraySlice<UInt8>) {
    while let byte = text.first, byte.isWhiteSpace { text.removeFirst() }
  }
}
