// SMTPReplies.swift: how smtpd words a refusal.
//
//     554 5.7.1 <user@example.com>: Recipient address rejected: Access denied
//
// The enhanced code's class follows the reply code; its detail follows what is
// refused (RFC 3463: 5.1.2 of a recipient is 5.1.8 of a sender, and of neither 5.0.0).

import MailAddress
import Routing

/// What a refusal names: the words before "rejected".
enum Subject: String, Sendable {
  case client = "Client host"
  case reverseClient = "Unverified Client host"
  case login = "SASL login name"
  case certificate = "Client certificate"
  case helo = "Helo command"
  case sender = "Sender address"
  case recipient = "Recipient address"
  case data = "Data command"
  case endOfData = "End-of-data"
}

struct ReplyWriter: Sendable {
  let softBounce: Bool

  /// A refusal of something by its name.
  func refuse(_ code: Int, _ enhanced: String, _ name: Bytes, _ subject: Subject, _ text: Bytes) -> Reply {
    reply(
      code, Self.fitting(enhanced, to: subject),
      [0x3C] + name + Bytes(">: \(subject.rawValue) rejected: ".utf8) + text)
  }

  func refuse(_ code: Int, _ enhanced: String, _ name: Bytes, _ subject: Subject, _ text: String) -> Reply {
    refuse(code, enhanced, name, subject, Bytes(text.utf8))
  }

  func reply(_ code: Int, _ enhanced: String, _ text: Bytes) -> Reply {
    var code = (400...599).contains(code) ? code : 450
    if softBounce, code >= 500 { code -= 100 }
    return Reply(code, "\(code / 100)" + enhanced.dropFirst(), Self.printable(text))
  }

  /// Text that starts with an enhanced code has its own; else the usual one is meant.
  static func split(_ text: Bytes, usual: String) -> (enhanced: String, text: Bytes) {
    let word = Bytes(text.prefix { !$0.isWhiteSpace })
    guard isEnhancedCode(word) else { return (usual, text) }
    return (word.text, Bytes(text[word.count...]).trimmed)
  }

  private static func isEnhancedCode(_ word: Bytes) -> Bool {
    let parts = word.split(separator: .dot, omittingEmptySubsequences: false)
    guard parts.count == 3, let kind = parts.first, kind.count == 1, "245".utf8.contains(kind.first ?? 0)
    else { return false }
    return parts.dropFirst().allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
  }

  /// Details of address status, as they differ between sender and recipient.
  private static let ofSender = [
    "1.1": "1.7", "1.2": "1.8", "1.3": "1.7", "1.4": "1.7", "1.5": "1.0", "1.6": "1.7",
  ]
  private static let ofRecipient = ["1.8": "1.2", "1.7": "1.3"]

  static func fitting(_ enhanced: String, to subject: Subject) -> String {
    let detail = String(enhanced.dropFirst(2))
    let kind = String(enhanced.prefix(2))
    switch subject {
    case .sender: return ofSender[detail].map { kind + $0 } ?? enhanced
    case .recipient: return ofRecipient[detail].map { kind + $0 } ?? enhanced
    default: return detail.hasPrefix("1.") ? kind + "0.0" : enhanced
    }
  }

  /// Control characters and broken UTF-8 would spoil a reply.
  private static func printable(_ text: Bytes) -> Bytes {
    let valid = String(validating: text, as: UTF8.self) != nil
    return text.map { $0 < 0x20 || $0 == 0x7F || (!valid && $0 >= 0x80) ? 0x3F : $0 }
  }
}
