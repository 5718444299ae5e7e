// Decision.swift: accept, refuse, or "cannot say now".
//
// The three are never confused. A refusal is what the configuration says; a
// temporary failure is that nobody could be asked, and the client tries again.

/// An SMTP reply: `550 5.1.1 User unknown`.
package struct Reply: Sendable, Hashable, CustomStringConvertible {
  /// Three digits.
  package var code: Int
  /// Class, subject and detail (RFC 3463), `5.1.1`; nil where the reply has none.
  package var enhancedCode: String?
  /// All that follows, as sent.
  package var text: [UInt8]

  package init(_ code: Int, _ enhancedCode: String?, _ text: [UInt8]) {
    self.code = code
    self.enhancedCode = enhancedCode
    self.text = text
  }

  package init(_ code: Int, _ enhancedCode: String?, _ text: String) {
    self.init(code, enhancedCode, Array(text.utf8))
  }

  /// A 4xx reply: the client is to try again.
  package var isTransient: Bool { (400..<500).contains(code) }

  /// The reply as one line, without the line end.
  package var line: [UInt8] {
    Array("\(code) ".utf8) + (enhancedCode.map { Array("\($0) ".utf8) } ?? []) + text
  }

  package var description: String { String(decoding: line, as: UTF8.self) }
}

/// What a mail system answers about a client, a sender, a recipient or a message.
package enum Decision: Sendable, Hashable {
  case accept
  /// Refused because the configuration says so; a 4xx reply where it says "later".
  case reject(Reply)
  /// Accepted, then thrown away.
  case discard(reason: [UInt8])
  /// Accepted and kept until an operator releases it.
  case hold(reason: [UInt8])
  /// A table or the DNS could not be asked: neither yes nor no.
  case temporaryFailure(Reply)

  /// The client gets a 2xx reply.
  package var isPositive: Bool {
    switch self {
    case .accept, .discard, .hold: true
    case .reject, .temporaryFailure: false
    }
  }

  /// What the client is told where it is told no.
  package var refusal: Reply? {
    switch self {
    case .reject(let reply), .temporaryFailure(let reply): reply
    case .accept, .discard, .hold: nil
    }
  }
}
