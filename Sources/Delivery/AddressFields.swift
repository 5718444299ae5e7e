// AddressFields.swift: where the addresses are in From:, To: and the like.
//
//     "Doe, John" <john@old.example> (at work), list: a@b, <@r:c@d>;
//                  ──────┬─────────                   ┬     ──┬──
//                        └────────────────────────────┴───────┴── spans
//
// For those who read a field; how a mail system writes one anew is its engine's business.
//
// Fails: never. Unclosed quotes, brackets and comments reach to the end.

import MailAddress

package enum AddressFields {
  /// Where the addresses are: in brackets, or between commas without the white space and
  /// comments around them.
  package static func spans(_ body: Bytes) -> [Range<Int>] {
    var finder = SpanFinder(body)
    finder.run()
    return finder.spans
  }
}

/// Steps over one byte, or over what is quoted, bracketed or a comment.
private enum Lexer {
  static func end(of start: Int, in text: ArraySlice<UInt8>) -> Int {
    switch text[start] {
    case .quote: enclosed(start, in: text, by: .quote, nests: false)
    case .openBracket: enclosed(start, in: text, by: .closeBracket, nests: false)
    case 0x28: enclosed(start, in: text, by: 0x29, nests: true)
    case .backslash: min(start + 2, text.endIndex)
    default: start + 1
    }
  }

  private static func enclosed(_ start: Int, in text: ArraySlice<UInt8>, by closing: UInt8, nests: Bool) -> Int {
    var depth = 1
    var index = start + 1
    while index < text.endIndex {
      let byte = text[index]
      if byte == .backslash {
        index += 2
        continue
      }
      if byte == closing { depth -= 1 } else if nests, byte == text[start] { depth += 1 }
      index += 1
      if depth == 0 { return index }
    }
    return text.endIndex
  }
}

/// Walks through a field's body once.
private struct SpanFinder {
  private let body: Bytes
  private(set) var spans: [Range<Int>] = []
  /// From the first to the last byte that may belong to an address without brackets.
  private var plain: Range<Int>?
  /// Whether this mailbox had its address in brackets: what is around it is a name.
  private var hasBrackets = false

  init(_ body: Bytes) { self.body = body }

  mutating func run() {
    var index = 0
    while index < body.count {
      let end = Lexer.end(of: index, in: body[...])
      switch body[index] {
      case 0x3C:
        index = bracketed(from: index)
        continue
      case .comma, 0x3B: finish()
      // A group's name; `@a:b@c` without brackets is a route.
      case .colon where plain.map({ body[$0.lowerBound] != .at }) ?? true: plain = nil
      case 0x28: break
      case let byte where byte.isWhiteSpace: break
      default: plain = (plain?.lowerBound ?? index)..<end
      }
      index = end
    }
    finish()
  }

  private mutating func finish() {
    if !hasBrackets, let plain { spans.append(plain) }
    plain = nil
    hasBrackets = false
  }

  /// What is in the brackets is one address, commas of a route included; where they are
  /// empty there is none.
  private mutating func bracketed(from start: Int) -> Int {
    var index = start + 1
    var inside: Range<Int>?
    while index < body.count, body[index] != 0x3E {
      let end = Lexer.end(of: index, in: body[...])
      if body[index] != 0x28, !body[index].isWhiteSpace { inside = (inside?.lowerBound ?? index)..<end }
      index = end
    }
    if !hasBrackets, let inside { spans.append(inside) }
    hasBrackets = true
    return min(index + 1, body.count)
  }
}
