// SendmailContentCheck.swift: a message's header as it comes in, kept for the rulesets.
//
//     From …            a first line of mailbox files: no field
//     Subject: a        ┐ a field; its value begins behind the colon
//       b               ┘
//                       the header's end; so is a line that is no field
//
// The rulesets run when the message is complete, since no one hears of them earlier.

import Routing

struct SendmailContentCheck: ContentCheck {
  struct Field: Sendable {
    let name: [UInt8]
    /// With the blank behind the colon; lines inside end in LF.
    var value: [UInt8]
  }

  /// Whether any ruleset wants the header.
  let readsHeader: Bool
  private(set) var fields: [Field] = []
  /// Bytes of the header with the line that ends it, lines ending in LF.
  private(set) var size = 0
  /// Bytes of the message, lines ending in LF.
  private(set) var messageSize = 0
  private var hasEnded = false
  /// A line that has no end yet.
  private var line: [UInt8] = []

  init(readsHeader: Bool) { self.readsHeader = readsHeader }

  mutating func pass(_ content: [UInt8]) -> [UInt8] {
    messageSize += content.count - content.count { $0 == 0x0A }
    var rest = content[...]
    while readsHeader, !hasEnded, let end = rest.firstIndex(of: 0x0A) {
      take(line + rest[..<end])
      line = []
      rest = rest[(end + 1)...]
    }
    if readsHeader, !hasEnded { line += rest }
    return content
  }

  private mutating func take(_ text: [UInt8]) {
    let text = text.last == 0x0D ? text.dropLast() : text[...]
    let isFirst = size == 0
    size += text.count + 1
    guard let first = text.first else {
      hasEnded = true
      return
    }
    if first == 0x20 || first == 0x09, let last = fields.indices.last {
      fields[last].value += [0x0A] + text
    } else if let colon = text.firstIndex(of: 0x3A), let name = Self.name(text[..<colon]) {
      fields.append(Field(name: name, value: Array(text[(colon + 1)...])))
    } else {
      hasEnded = !(isFirst && text.starts(with: "From ".utf8))
    }
  }

  private static func name(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var name = text
    while let last = name.last, last == 0x20 || last == 0x09 { name.removeLast() }
    guard !name.isEmpty, name.allSatisfy({ (0x21...0x7E).contains($0) }) else { return nil }
    return Array(name)
  }

  mutating func finish(
    _ message: ContentFacts, _ router: any MailRouter, memory: inout (any SessionMemory)?
  ) -> ContentVerdict {
    if !line.isEmpty { take(line) }
    var verdict = ContentVerdict()
    if let router = router as? SendmailRouter { verdict.decision = router.decide(self, message, memory: &memory) }
    return verdict
  }
}
