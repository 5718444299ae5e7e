// AddressToken.swift: the pieces of an address as written in a header or envelope.
//
// Atoms, quoted strings, domain literals, comments and single specials. White
// space only divides; two words side by side are joined with a blank again.
//
// Fails: never. An unclosed quote, bracket or comment reaches to the end.

/// One piece of an address.
package enum AddressToken: Sendable, Equatable {
  case word(Bytes)
  /// Without its quotes and backslashes.
  case quoted(Bytes)
  /// `[…]`, without the brackets.
  case literal(Bytes)
  /// `(…)`, without the outer parentheses.
  case comment(Bytes)
  /// `@`, `.`, `!`, `%`, `:`, `,` and the like.
  case special(UInt8)

  package static let at = AddressToken.special(.at)

  private static let specials = Set("()<>@,;:.!%\"[]|".utf8)

  /// The pieces of a text.
  package static func scan(_ text: Bytes) -> [AddressToken] {
    var tokens: [AddressToken] = []
    var rest = text[...]
    while let byte = rest.first {
      switch byte {
      case _ where byte.isWhiteSpace: rest.removeFirst()
      case 0x28: tokens.append(.comment(enclosed(&rest, by: 0x29, nested: true)))
      case UInt8.openBracket: tokens.append(.literal(enclosed(&rest, by: .closeBracket, nested: false)))
      case UInt8.quote: tokens.append(.quoted(enclosed(&rest, by: .quote, nested: false)))
      case _ where specials.contains(byte):
        rest.removeFirst()
        tokens.append(.special(byte))
      default: tokens.append(word(&rest))
      }
    }
    return tokens
  }

  /// Takes the opening byte and all up to the closing one; what is between,
  /// without backslashes.
  private static func enclosed(_ rest: inout ArraySlice<UInt8>, by closing: UInt8, nested: Bool) -> Bytes {
    let opening = rest.removeFirst()
    var depth = 1
    var text: Bytes = []
    while let byte = rest.popFirst() {
      if byte == .backslash {
        guard let next = rest.popFirst() else { break }
        text.append(next)
        continue
      }
      if nested, byte == opening { depth += 1 }
      if byte == closing { depth -= 1 }
      if depth == 0 { break }
      text.append(byte.isWhiteSpace ? 0x20 : byte)
    }
    return text
  }

  /// A run of other bytes; with a backslash that hides a special it counts as quoted.
  private static func word(_ rest: inout ArraySlice<UInt8>) -> AddressToken {
    var text: Bytes = []
    var isEscaped = false
    while let byte = rest.first {
      if byte == .backslash {
        rest.removeFirst()
        guard let next = rest.popFirst() else { break }
        text.append(next)
        isEscaped = isEscaped || next.isWhiteSpace || specials.contains(next) || next == .backslash
        continue
      }
      if byte.isWhiteSpace || specials.contains(byte) { break }
      rest.removeFirst()
      text.append(byte)
    }
    return isEscaped ? .quoted(text) : .word(text)
  }

  /// Two of these side by side are joined with a blank.
  package var isWord: Bool {
    if case .special = self { false } else { true }
  }

  /// The text of tokens as programs pass addresses to each other: no quotes.
  package static func internalForm(_ tokens: some Sequence<AddressToken>) -> Bytes {
    join(tokens) { token in
      switch token {
      case .word(let text), .quoted(let text): text
      case .literal(let text): [.openBracket] + text + [.closeBracket]
      case .comment(let text): [0x28] + text + [0x29]
      case .special(UInt8.comma): [.comma, 0x20]
      case .special(let byte): [byte]
      }
    }
  }

  private static func join(
    _ tokens: some Sequence<AddressToken>, _ text: (AddressToken) -> Bytes
  ) -> Bytes {
    var result: Bytes = []
    var previous: AddressToken?
    for token in tokens {
      if token.isWord, previous?.isWord ?? false { result.append(0x20) }
      result += text(token)
      previous = token
    }
    return result
  }
}
