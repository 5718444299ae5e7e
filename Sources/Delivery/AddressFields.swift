// AddressFields.swift: the addresses in From:, To: and the like, given other forms in place.
//
//     "Doe, John" <john@old.example> (at work), list: a@b, <@r:c@d>;
//                  ──────┬─────────                   ┬     ──┬──
//                        └────────────────────────────┴───────┴── spans handed to the function
//
// Only these bytes change: names, comments, group names, blanks and folds stay as they are,
// so a function that changes nothing gives the same bytes. Comments inside an address
// (`john (x) @b`) go where the address is changed, since they would be in the middle of it.
//
// Fails: never. Unclosed quotes, brackets and comments reach to the end.

import MailAddress

package enum AddressFields {
  /// The fields whose addresses a mailer rewrites (RFC 5322, 3.6).
  package static let names: Set<Bytes> = {
    let base: [StaticString] = ["from", "sender", "reply-to", "to", "cc", "bcc"]
    let plain = base.map { Bytes(ascii: $0) }
    let more: [StaticString] = [
      "errors-to", "return-receipt-to", "disposition-notification-to", "apparently-to", "mail-followup-to",
    ]
    return Set(plain + plain.map { Bytes(ascii: "resent-") + $0 } + more.map { Bytes(ascii: $0) })
  }()

  /// Fields that name who sends; the others name who receives.
  package static func namesSender(_ name: Bytes) -> Bool {
    let name = name.lowercased
    return ["from", "sender", "reply-to", "errors-to", "return-receipt-to", "disposition-notification-to"].contains {
      name == Array($0.utf8) || name == Array("resent-\($0)".utf8)
    }
  }

  /// Rewrites each address of a field's body.
  ///
  /// - Parameter change: from an address as written, without brackets, to what stands there
  ///   instead.
  package static func rewrite(_ body: Bytes, _ change: (Bytes) -> Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(body.count)
    var done = 0
    for span in spans(body) {
      let address = withoutComments(body[span])
      let changed = change(address)
      guard changed != address else { continue }
      result += body[done..<span.lowerBound]
      result += changed
      done = span.upperBound
    }
    return result + body[done...]
  }

  /// Where the addresses are: in brackets, or between commas without the white space and
  /// comments around them.
  package static func spans(_ body: Bytes) -> [Range<Int>] {
    var finder = SpanFinder(body)
    finder.run()
    return finder.spans
  }

  /// Without comments and white space outside of quotes, which an address does not need.
  private static func withoutComments(_ text: ArraySlice<UInt8>) -> Bytes {
    guard text.contains(where: { $0 == 0x28 || $0.isWhiteSpace }) else { return Array(text) }
    var result: Bytes = []
    var index = text.startIndex
    var previousIsWord = false
    while index < text.endIndex {
      let end = Lexer.end(of: index, in: text)
      let byte = text[index]
      if byte != 0x28, !byte.isWhiteSpace {
        // Two words side by side stay two words.
        let isWord = !Lexer.joins(byte)
        if isWord, previousIsWord, text[index - 1].isWhiteSpace || text[index - 1] == 0x29 { result.append(0x20) }
        result += text[index..<end]
        previousIsWord = isWord
      }
      index = end
    }
    return result
  }
}

/// Steps over one byte, or over what is quoted, bracketed or a comment.
private enum Lexer {
  static func joins(_ byte: UInt8) -> Bool { "@.,:;<>%!".utf8.contains(byte) }

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
