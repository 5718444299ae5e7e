// RefusalWords.swift: what a client is told where somebody wrote it down.
//
//     sendmail   550 5.7.1 <x@y.example>... your network sends junk
//     Postfix    550 5.7.1 <x@y.example>: Sender address rejected: your network sends junk
//
// Each program has words of its own for what it refuses of itself, and nobody reads
// the one after the other. What stands in a table is the postmaster's: that is compared.

import MailAddress
import Routing

enum RefusalWords {
  /// The postmaster's part of a refusal; nil where the program chose the words.
  static func stated(_ reply: Reply) -> Bytes? {
    let isOwn = own.contains { reply.text.firstRange(of: Bytes($0.utf8)) != nil }
    if isOwn { return nil }
    let start = [" rejected: ", "... "].lazy.compactMap { reply.text.firstRange(of: Bytes($0.utf8))?.upperBound }.first
    var words = reply.text[(start ?? 0)...].filter { $0 != .quote }.split(whereSeparator: \.isWhiteSpace)
    // A code that one program takes for a word may be a code to the other.
    if let first = words.first, first.allSatisfy({ $0.isDigit || $0 == .dot }) { words.removeFirst() }
    return Bytes(words.joined(separator: [0x20]))
  }

  /// What sendmail's library and smtpd(8) say of themselves, as far as it tells them from others.
  private static let own = [
    "Relaying denied", "User unknown", "Domain of sender address", "Domain name required", "User address required",
    "Real domain name required", "Fix reverse DNS", "Invalid ", "unknown mailer",
    "Colon illegal", "List:; syntax", "exceeds maximum", "User has moved",
    "Relay access denied", "Domain not found", "need fully-qualified", "address syntax", "Host not found",
    "Message size exceeds", "undeliverable address", "Syntax: ", "Malformed DNS", "Too many recipients",
  ]
}
