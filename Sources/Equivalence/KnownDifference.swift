// KnownDifference.swift: in what sendmail and Postfix differ under any configuration.
//
// A translation cannot bridge these, so they are told apart from differences that
// somebody should mend. They go by the form of an address, so an edit whose effect
// shows only in such addresses is not found.

import MailAddress
import Routing

/// A difference that comes with the two programs.
package struct KnownDifference: Sendable {
  package let name: String
  package let reason: String
  private let covers: @Sendable (Case) -> Bool

  /// One recipient of a question, with sendmail's outcome and Postfix's.
  package struct Case {
    let kind: DifferenceKind
    let sender: Bytes
    let recipient: Bytes
    let sendmail: Outcome
    let postfix: Outcome

    package init(kind: DifferenceKind, sender: Bytes, recipient: Bytes, sendmail: Outcome, postfix: Outcome) {
      self.kind = kind
      self.sender = sender
      self.recipient = recipient
      self.sendmail = sendmail
      self.postfix = postfix
    }
  }

  /// The one that covers what two systems made of the first recipient of an envelope, if
  /// there is any.
  package static func covering(
    _ kind: DifferenceKind, _ envelope: Envelope, _ one: Outcome, of program: MailSystem.Program,
    _ other: Outcome, of otherProgram: MailSystem.Program
  ) -> KnownDifference? {
    guard program != otherProgram, let recipient = envelope.recipients.first else { return nil }
    let isFirst = program == .sendmail
    return covering(
      Case(
        kind: kind, sender: envelope.sender, recipient: recipient, sendmail: isFirst ? one : other,
        postfix: isFirst ? other : one))
  }

  /// The one that covers a case, if there is any.
  package static func covering(_ it: Case) -> KnownDifference? { all.first { $0.covers(it) } }

  private static let all: [KnownDifference] = [
    KnownDifference(
      name: "what is no address is refused with another code",
      reason: "sendmail says 553, Postfix 501; neither takes the mail"
    ) { it in
      it.recipient.isEmpty && it.sendmail.verdict == .refused(553) && it.postfix.verdict == .refused(501)
    },
    KnownDifference(
      name: "mail from mailer-daemon goes out from nobody",
      reason: "Postfix writes the null sender where the sender is MAILER-DAEMON at its own domain"
    ) { it in
      it.kind == .sender && local(it.sender) == Bytes(ascii: "mailer-daemon")
        && it.postfix.copies.allSatisfy { $0.sender.isEmpty }
    },
    KnownDifference(
      name: "UUCP addresses stay as they are",
      reason: "sendmail writes user@host.UUCP as host!user; Postfix knows no UUCP"
    ) { it in
      switch it.kind {
      case .sender: isUUCP(it.sender)
      case .recipient: isUUCP(it.recipient)
      case .headers: isUUCP(it.sender) || isUUCP(it.recipient)
      default: false
      }
    },
    KnownDifference(
      name: "a path or percent hack in a sender",
      reason: "the two ask their questions of other parts of it: the whole, or the address that it leads to"
    ) { it in
      let local = it.sender.split(atLast: .at)?.before ?? it.sender
      guard local.contains(.percent) || local.contains(.bang), it.kind == .verdict else { return false }
      return it.sendmail.verdict == .refused(553) && it.postfix.verdict == .accepted
        || it.sendmail.verdict == .accepted && it.postfix.verdict == .refused(553)
    },
  ]

  private static func local(_ address: Bytes) -> Bytes {
    (address.split(atLast: .at)?.before ?? address).lowercased
  }

  /// localhost.UUCP is this host by another name, to both.
  private static func isUUCP(_ address: Bytes) -> Bool {
    let address = address.lowercased
    return address.hasSuffix(Bytes(ascii: ".uucp")) && !address.hasSuffix(Bytes(ascii: "@localhost.uucp"))
  }
}
