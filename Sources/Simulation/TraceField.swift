// TraceField.swift: what a host says of a message that it took, in a Received: field.
//
//     from mail.a (mail.a [192.0.2.1]) by mail.b (Postfix) with ESMTP id 42 for <x@b>; date
//
// (RFC 5321 section 4.4.) Comments may stand anywhere; the client's address is in the one behind `from`.
//
// Fails: never; what is not there is empty.

import Delivery
import MailAddress

/// A host on a message's way.
package struct TraceField: Sendable, Equatable {
  /// The name that the client gave.
  package private(set) var from: Bytes = []
  /// Its address.
  package private(set) var address: Bytes = []
  package private(set) var by: Bytes = []
  package private(set) var protocolName: Bytes = []
  /// The recipient, where there was one.
  package private(set) var recipient: Bytes = []
  package private(set) var date: Bytes = []

  package init(_ body: Bytes) {
    var clause = Bytes()
    var rest = body[...]
    while let byte = rest.first {
      switch byte {
      case let blank where blank.isWhiteSpace: rest = rest.dropFirst()
      case 0x28:
        let comment = Self.comment(&rest)
        if clause == Bytes(ascii: "from") { readAddress(comment) }
      case 0x3B:
        date = Bytes(rest.dropFirst()).trimmed
        return
      default:
        let word = Bytes(rest.prefix { !$0.isWhiteSpace && $0 != 0x3B })
        rest = rest.dropFirst(word.count)
        take(word, &clause)
      }
    }
  }

  /// The fields of a message, the first host's first.
  package static func all(_ header: HeaderBlock) -> [TraceField] {
    header.fields.filter { $0.isNamed(Bytes(ascii: "Received")) }.reversed().map { TraceField($0.body) }
  }

  /// A word is one that begins a clause, or the first of its clause.
  private mutating func take(_ word: Bytes, _ clause: inout Bytes) {
    let name = word.lowercased
    switch clause.text {
    case "from" where from.isEmpty: from = word
    case "by" where by.isEmpty: by = word
    case "with" where protocolName.isEmpty: protocolName = word
    case "for" where recipient.isEmpty: recipient = Bytes(word.filter { $0 != 0x3C && $0 != 0x3E })
    default: if ["from", "by", "via", "with", "id", "for"].contains(name.text) { clause = name }
    }
  }

  private mutating func readAddress(_ comment: Bytes) {
    guard address.isEmpty, let start = comment.firstIndex(of: .openBracket) else { return }
    address = Bytes(comment[(start + 1)...].prefix { $0 != .closeBracket })
  }

  /// A comment, with those in it, taken off the front.
  private static func comment(_ rest: inout ArraySlice<UInt8>) -> Bytes {
    var text = Bytes()
    var depth = 0
    while let byte = rest.popFirst() {
      text.append(byte)
      switch byte {
      case .backslash: if let next = rest.popFirst() { text.append(next) }
      case 0x28: depth += 1
      case 0x29:
        depth -= 1
        if depth == 0 { return text }
      default: break
      }
    }
    return text
  }
}
