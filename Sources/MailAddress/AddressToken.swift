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
  /// `(…)` as written, unclosed ones, too.
  case comment(Bytes)
  /// `@`, `.`, `!`, `%`, `:`, `,` and the like.
  case special(UInt8)

  package static let at = AddressToken.special(.at)

  private static let specials = Set("()<>@,;:.!%\"[]|".utf8)

  /// The pieces of a text, the first so many of them.
  package static func scan(_ text: Bytes, most: Int = .max) -> [AddressToken] {
    var tokens: [AddressToken] = []
    var rest = text[...]
    while let byte = rest.first, tokens.count < most {
      switch byte {
      case _ where isBlank(byte): rest.removeFirst()
      case 0x28: tokens.append(.comment(comment(&rest)))
      case UInt8.openBracket: tokens.append(.literal(enclosed(&rest, by: .closeBracket)))
      case UInt8.quote: tokens.append(.quoted(enclosed(&rest, by: .quote)))
      case _ where specials.contains(byte):
        rest.removeFirst()
        tokens.append(.special(byte))
      default: tokens.append(word(&rest))
      }
    }
    return tokens
  }

  /// Takes the opening byte and all up to the closing one; what is between, without
  /// backslashes.
  private static func enclosed(_ rest: inout ArraySlice<UInt8>, by closing: UInt8) -> Bytes {
    rest.removeFirst()
    var text: Bytes = []
    while var byte = rest.popFirst(), byte != closing {
      if byte == .backslash {
        guard let next = rest.popFirst() else { break }
        byte = next
      }
      text.append(isBlank(byte) ? 0x20 : byte)
    }
    return text
  }

  /// Takes a comment with all that is nested in it.
  private static func comment(_ rest: inout ArraySlice<UInt8>) -> Bytes {
    let start = rest.startIndex
    let text = rest
    var depth = 0
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8.backslash: _ = rest.popFirst()
      case 0x28: depth += 1
      case 0x29: depth -= 1
      default: break
      }
      if depth == 0 { break }
    }
    return Bytes(text[start..<rest.startIndex])
  }

  /// A run of other bytes; with a special behind a backslash, or a control character, it counts as quoted.
  private static func word(_ rest: inout ArraySlice<UInt8>) -> AddressToken {
    var text: Bytes = []
    var needsQuotes = false
    while let byte = rest.first {
      if byte == .backslash {
        rest.removeFirst()
        guard let next = rest.popFirst() else { break }
        text.append(isBlank(next) ? 0x20 : next)
        needsQuotes = needsQuotes || isBlank(next) || specials.contains(next) || next == .backslash || isControl(next)
        continue
      }
      if isBlank(byte) || specials.contains(byte) { break }
      rest.removeFirst()
      text.append(byte)
      needsQuotes = needsQuotes || isControl(byte)
    }
    return needsQuotes ? .quoted(text) : .word(text)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == .newline
  }

  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

  /// Two of these side by side are joined with a blank.
  package var isWord: Bool {
    if case .special = self { false } else { true }
  }

  /// Whether a blank divides it from what follows.
  package func wantsBlank(before next: AddressToken) -> Bool {
    self == .special(.comma) || next == .special(0x3C) || isWord && next.isWord
  }

  /// The text of tokens as programs pass addresses to each other: no quotes.
  package static func internalForm(_ tokens: some Sequence<AddressToken>) -> Bytes {
    var result: Bytes = []
    var previous: AddressToken?
    for token in tokens {
      if previous?.wantsBlank(before: token) ?? false { result.append(0x20) }
      switch token {
      case .word(let text), .quoted(let text), .comment(let text): result += text
      case .literal(let text): result += [.openBracket] + text + [.closeBracket]
      case .special(let byte): result.append(byte)
      }
      previous = token
    }
    return result
  }
}
