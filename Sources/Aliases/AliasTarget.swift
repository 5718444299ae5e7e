// AliasTarget.swift: what the right side of an alias, a .forward line or an
// :include: file names.
//
//     user, user@host    an address
//     \user              the user's mailbox, nothing expanded behind it
//     "|command args"    a program
//     /path/to/file      a mailbox file; with a slash at its end a maildir
//     :include:/path     a file with more of these
//
// Fails: never. What is none of the others is an address.

import MailAddress

package enum AliasTarget: Sendable, Equatable {
  /// With its quotes, as written.
  case address(Bytes)
  case mailbox(user: Bytes)
  case program(Bytes)
  case file(Bytes)
  case include(Bytes)

  /// All targets of a text, divided by commas.
  package static func parse(_ text: Bytes) -> [AliasTarget] {
    elements(text).map(target)
  }

  /// All targets of a file: lines, without comments and empty ones.
  package static func parse(file bytes: Bytes) -> [AliasTarget] {
    bytes.split(separator: .newline).flatMap { line -> [AliasTarget] in
      let text = Bytes(line).trimmed
      return text.isEmpty || text.first == .hash ? [] : parse(text)
    }
  }

  private static let includeMark = Bytes(ascii: ":include:")

  private static func target(_ element: Bytes) -> AliasTarget {
    let isQuoted = element.count >= 2 && element.first == .quote && element.last == .quote
    let text = isQuoted ? unescaped(element.dropFirst().dropLast()) : element
    switch text.first {
    case 0x7C: return .program(Bytes(text.dropFirst()).trimmed)
    case UInt8.slash: return .file(text)
    case UInt8.backslash where !isQuoted: return .mailbox(user: Bytes(text.dropFirst()))
    default: break
    }
    if text.count > includeMark.count, Bytes(text[..<includeMark.count]).equalsIgnoringCase(includeMark) {
      let path = Bytes(text[includeMark.count...]).trimmed
      let isQuotedPath = path.count >= 2 && path.first == .quote && path.last == .quote
      return .include(isQuotedPath ? Bytes(path.dropFirst().dropLast()) : path)
    }
    return .address(element)
  }

  private static func unescaped(_ text: ArraySlice<UInt8>) -> Bytes {
    var result: Bytes = []
    var rest = text
    while let byte = rest.popFirst() {
      result.append(byte == .backslash ? rest.popFirst() ?? byte : byte)
    }
    return result
  }

  /// Elements between commas that are not quoted or between parentheses.
  private static func elements(_ text: Bytes) -> [Bytes] {
    var result: [Bytes] = []
    var current: Bytes = []
    var isQuoted = false
    var depth = 0
    var rest = text[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8.backslash:
        current.append(byte)
        if let next = rest.popFirst() { current.append(next) }
      case UInt8.quote:
        isQuoted.toggle()
        current.append(byte)
      case 0x28 where !isQuoted: depth += 1
      case 0x29 where !isQuoted && depth > 0: depth -= 1
      case UInt8.comma where !isQuoted && depth == 0:
        result.append(current.trimmed)
        current = []
      default: if depth == 0 { current.append(byte) }
      }
    }
    result.append(current.trimmed)
    return result.filter { !$0.isEmpty }
  }
}
