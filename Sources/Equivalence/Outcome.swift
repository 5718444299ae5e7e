// Outcome.swift: an answer in the words that both engines share.
//
// What is compared is what the world sees: whether the client is told yes or no
// and with which code, where each copy goes, and which addresses it bears. Not
// compared are wording, the names of mailers and transports, the stage of the
// session that says no, and how an answer came about.

import MailAddress
import Routing

/// What became of one recipient.
package struct Outcome: Sendable, Hashable {
  package enum Verdict: Sendable, Hashable {
    case accepted, discarded, held
    /// With the code of the reply.
    case refused(Int)
    /// A temporary failure: neither yes nor no.
    case undecided
  }

  /// One copy, with the addresses that it bears.
  package struct Copy: Sendable, Hashable {
    package var place: Place
    /// Empty where the copy stays on this host: nobody else sees it.
    package var sender: Bytes
    package var recipient: Bytes
    package var headers: HeaderForms?
  }

  /// Where a copy goes.
  package enum Place: Sendable, Hashable {
    case mailbox(Bytes)
    case program(Bytes)
    case file(Bytes)
    case host(Bytes)
    case agent(Bytes)
    /// Sent back; the first digit of the reply: nobody waits for the rest of it.
    case returned(Int)
    case waiting, nowhere
  }

  package var verdict: Verdict
  package var copies: Set<Copy>
  /// What the client is told where it is told no, as far as a postmaster wrote it.
  package var words: Bytes?

  /// One recipient's part of an answer to a command line: whether the command complains
  /// or the mail comes back, its sender knows.
  package init(onCommandLine answer: EnvelopeAnswer, recipient index: Int) {
    self.init(answer, recipient: index)
    guard case .refused(let code) = verdict else { return }
    verdict = .accepted
    copies = [Copy(place: .returned(code / 100), sender: [], recipient: [], headers: nil)]
  }

  package init(_ answer: EnvelopeAnswer, recipient index: Int, of envelope: Envelope) {
    if envelope.client.arrival == .commandLine {
      self.init(onCommandLine: answer, recipient: index)
    } else {
      self.init(answer, recipient: index)
    }
  }

  /// One recipient's part of an answer.
  package init(_ answer: EnvelopeAnswer, recipient index: Int) {
    copies = []
    guard answer.session.isPositive, answer.recipients.indices.contains(index) else {
      verdict = Self.verdict(answer.session)
      words = answer.session.refusal.flatMap(RefusalWords.stated)
      return
    }
    let recipient = answer.recipients[index]
    verdict = Self.verdict(recipient.decision)
    words = recipient.decision.refusal.flatMap(RefusalWords.stated)
    if verdict == .accepted { verdict = Self.verdict(answer.message) }
    guard verdict == .accepted || verdict == .held else { return }
    let hasSender = !answer.sender.isEmpty
    copies = Set((recipient.deliveries + answer.extraDeliveries).map { Self.copy($0, hasSender: hasSender) })
    // Whether the client's mail is dropped at once or on its way comes to the same.
    if verdict == .accepted, !copies.isEmpty, copies.allSatisfy({ $0.place == .nowhere }) {
      verdict = .discarded
      copies = []
    }
  }

  private static func verdict(_ decision: Decision) -> Verdict {
    switch decision {
    case .accept: .accepted
    case .discard: .discarded
    case .hold: .held
    case .temporaryFailure: .undecided
    case .reject(let reply): reply.isTransient ? .undecided : .refused(reply.code)
    }
  }

  /// - Parameter hasSender: without one, nobody knows what From: says.
  private static func copy(_ delivery: Delivery, hasSender: Bool) -> Copy {
    let place = place(delivery.destination)
    switch place {
    case .host, .agent:
      // local(8) and sendmail's local mailer write a user's name in small letters on
      // different occasions, and nobody tells users apart by them.
      return Copy(
        place: place, sender: folded(delivery.sender), recipient: folded(delivery.recipient).lowercased,
        headers: delivery.headers.map {
          HeaderForms(sender: hasSender ? folded($0.sender) : [], recipient: folded($0.recipient).lowercased)
        })
    default: return Copy(place: place, sender: [], recipient: [], headers: nil)
    }
  }

  private static func place(_ destination: Destination) -> Place {
    switch destination {
    case .mailbox(let user, _): .mailbox(user.lowercased)
    case .program(let command): .program(command)
    case .file(let path): .file(path)
    case .remote(let host): .host(hostName(host))
    case .agent(let transport, let host): .agent(transport.lowercased + [.colon] + hostName(host))
    case .bounce(let reply): .returned(reply.code / 100)
    case .deferred: .waiting
    case .nowhere: .nowhere
    }
  }

  /// Without the dot at the end and the case of letters.
  private static func hostName(_ host: Bytes) -> Bytes {
    let host = host.lowercased
    return host.last == .dot ? Bytes(host.dropLast()) : host
  }

  /// Without quotes, which one may write where the other need not; the domain in small
  /// letters, without a dot at its end.
  private static func folded(_ address: Bytes) -> Bytes {
    guard let (local, domain) = AddressForm.unquoted(address).split(atLast: .at) else { return address }
    return local + [.at] + hostName(domain)
  }
}

/// In what two outcomes differ.
package enum DifferenceKind: String, Sendable, CaseIterable {
  case verdict, code, words, place, sender, recipient, headers

  package var title: String {
    switch self {
    case .verdict: "one takes the mail, the other does not"
    case .code: "both refuse, with different codes"
    case .words: "both refuse, in different words"
    case .place: "the mail goes elsewhere"
    case .sender: "the mail has another envelope sender"
    case .recipient: "the mail has another envelope recipient"
    case .headers: "header addresses are written differently"
    }
  }

  /// The first thing in which two outcomes differ; nil where they are alike.
  package static func between(_ one: Outcome, _ other: Outcome) -> DifferenceKind? {
    if one.verdict != other.verdict {
      if case .refused = one.verdict, case .refused = other.verdict { return .code }
      return .verdict
    }
    if let said = one.words, let told = other.words, said != told { return .words }
    func differ<Part: Hashable>(_ part: (Outcome.Copy) -> Part) -> Bool {
      Set(one.copies.map(part)) != Set(other.copies.map(part))
    }
    if differ(\.place) { return .place }
    if differ(\.sender) { return .sender }
    if differ(\.recipient) { return .recipient }
    // Where an engine does not say, there is nothing to compare.
    let saysBoth = one.copies.union(other.copies).allSatisfy { $0.headers != nil }
    return saysBoth && one.copies != other.copies ? .headers : nil
  }
}
