// ReplyText.swift: replies as lines on the wire, and a phrase that becomes a reply.
//
//     250-first line
//     250 last line
//
// A text with line ends in it becomes a reply of as many lines; a CR or LF never gets
// out as part of a line.

import MailAddress
import Routing

extension Reply {
  /// Appends the reply as sent. `isLast` is false for a line that others follow.
  func append(to output: inout Bytes, isLast: Bool = true) {
    let lines = text.split(omittingEmptySubsequences: false) { $0 == .newline || $0 == .carriageReturn }
    for (index, line) in lines.enumerated() {
      output += "\(code)".utf8
      output.append(isLast && index == lines.count - 1 ? .blank : .hyphen)
      if let enhancedCode { output += "\(enhancedCode) ".utf8 }
      output += line
      output += [.carriageReturn, .newline]
    }
  }

  /// After these the server closes the connection, whoever chose the code.
  var closes: Bool { code == 421 || code == 521 }
}

/// What a phrase may speak of.
struct PhraseValues {
  var host: Bytes = []
  var client: Bytes = []
  var clientName: Bytes = []
  var argument: Bytes = []
  var limit = 0
}

/// The words of one reply: `503 5.5.1 Error: $a`.
///
/// `$h` is the server's host name, `$c` the client and `$r` its name alone, `$a` what
/// the reply speaks of and `$n` a limit.
package struct Phrase: Sendable, ExpressibleByStringLiteral {
  private let code: Int
  private let enhancedCode: String?
  private let text: Bytes

  package init(stringLiteral literal: String) {
    let words = literal.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    code = words.first.flatMap { Int($0) } ?? 500
    let isEnhanced =
      words.count > 1 && words[1].split(separator: ".").count == 3
      && words[1].utf8.allSatisfy { $0 == .dot || $0.isDigit }
    enhancedCode = isEnhanced ? String(words[1]) : nil
    text = Array(words.dropFirst(isEnhanced ? 2 : 1).joined(separator: " ").utf8)
  }

  func reply(_ values: PhraseValues) -> Reply {
    guard text.contains(.dollar) else { return Reply(code, enhancedCode, text) }
    var result: Bytes = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == .dollar, let name = rest.popFirst() else {
        result.append(byte)
        continue
      }
      switch name {
      case UInt8(ascii: "h"): result += values.host
      case UInt8(ascii: "c"): result += values.client
      case UInt8(ascii: "r"): result += values.clientName
      case UInt8(ascii: "a"): result += values.argument
      case UInt8(ascii: "n"): result += "\(values.limit)".utf8
      default: result += [.dollar, name]
      }
    }
    return Reply(code, enhancedCode, result)
  }
}
