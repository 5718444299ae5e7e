// Expectation.swift: what is to become of one recipient.
//
// What a copy of the message is to be like is a table of fields (`CopyField`), because
// the same fields stand in an expectation of one copy and in those of several.

import Diagnostics
import MailAddress
import Routing
import YAML

/// What a test wants of one recipient.
package struct Expectation: Sendable {
  /// Where the whole of it stands.
  package var position: SourcePosition
  package var length: Int
  package var result: Stated<ExpectedResult>?
  /// Words that are in the reply.
  package var text: Stated<TextPattern>?
  /// Of the only copy.
  package var fields: [CopyField: StatedField] = [:]
  /// All copies, in any order.
  package var copies: Stated<[ExpectedCopy]>?
  /// All final recipients, as an alias file writes them.
  package var recipients: Stated<[Stated<Bytes>]>?

  init(at position: SourcePosition, length: Int = 0) {
    self.position = position
    self.length = length
  }

  var saysOfCopies: Bool { !fields.isEmpty || copies != nil || recipients != nil }

  /// This one, with what an exception says in place of it.
  func changed(by other: Expectation) -> Expectation {
    var both = self
    (both.position, both.length) = (other.position, other.length)
    if let result = other.result {
      both.result = result
      both.text = nil
      if !result.value.verdict.hasCopies { both.dropCopies() }
    } else if other.saysOfCopies, let result, !result.value.verdict.hasCopies {
      both.result = nil
      both.text = nil
    }
    both.text = other.text ?? both.text
    if other.copies != nil { both.fields = [:] }
    if !other.fields.isEmpty { both.copies = nil }
    both.fields.merge(other.fields) { $1 }
    both.copies = other.copies ?? both.copies
    both.recipients = other.recipients ?? both.recipients
    return both
  }

  private mutating func dropCopies() {
    fields = [:]
    copies = nil
    recipients = nil
  }
}

/// What the client is told, in the end.
package enum Verdict: String, Sendable, CaseIterable {
  case accept, reject, discard, hold, tempfail

  /// Whether there is anything that goes somewhere.
  var hasCopies: Bool { self == .accept || self == .hold }

  /// The first digit of the reply's codes; nil where nothing is refused.
  var digit: Int? {
    switch self {
    case .reject: 5
    case .tempfail: 4
    case .accept, .discard, .hold: nil
    }
  }
}

/// `reject 550 5.7.1`; codes that are not written do not matter.
package struct ExpectedResult: Sendable, CustomStringConvertible {
  package var verdict: Verdict
  package var code: Int?
  package var enhancedCode: String?

  package var description: String {
    ([verdict.rawValue] + [code.map(String.init), enhancedCode].compactMap { $0 }).joined(separator: " ")
  }
}

/// A field as it was written, under the name that it was written with.
package struct StatedField: Sendable {
  package let name: String
  package let value: Bytes
  package let position: SourcePosition
  package let length: Int
}

/// What one of several copies is to be like.
package struct ExpectedCopy: Sendable {
  package var fields: [CopyField: StatedField]
  package var position: SourcePosition

  var description: String {
    CopyField.allCases.compactMap { field in fields[field].map { "\($0.name) \"\($0.value.text)\"" } }
      .joined(separator: ", ")
  }
}

/// Something that can be said of a copy.
package enum CopyField: String, Sendable, CaseIterable {
  case mailer, host, user, sender, recipient, mailbox, program, file, bounce
  case headerFrom = "header-from"
  case headerTo = "header-to"

  /// The names that it is written with; Postfix has its own for two.
  var names: [String] {
    switch self {
    case .mailer: ["mailer", "transport"]
    case .host: ["host", "nexthop"]
    default: [rawValue]
    }
  }

  static let byName = Dictionary(
    allCases.flatMap { field in field.names.map { ($0, field) } }, uniquingKeysWith: { first, _ in first })

  /// Whether its value is an address, which may stand in angle brackets.
  var isAddress: Bool { [.user, .sender, .recipient, .headerFrom, .headerTo].contains(self) }
}
