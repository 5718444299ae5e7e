// TellingAddress.swift: a few addresses whose ways show what a configuration does.
//
// Each is asked of the engine that answers for the new sendmail.cf, with what the kind
// of host leads people to expect. An answer that is not so (an open relay above all) is
// said as a warning, since an old call or table may be behind it.

import Diagnostics
import Resolver
import Routing
import Site

/// A question to the new configuration.
package struct TellingAddress: Sendable {
  package enum Expectation: Sendable { case delivered, sentOn, refused }

  /// Who sends, in words: `from outside`.
  package let sender: String
  package let envelope: Envelope
  package let expectation: Expectation

  package var recipient: String { String(decoding: envelope.recipients.first ?? [], as: UTF8.self) }

  init(
    _ sender: String, _ client: Client, from address: String, to recipient: String, _ expectation: Expectation
  ) {
    self.sender = sender
    envelope = Envelope(client: client, sender: Array(address.utf8), recipients: [Array(recipient.utf8)])
    self.expectation = expectation
  }

  /// The questions that a host's answers raise.
  package static func all(_ answers: Answers, _ found: FoundHost) -> [TellingAddress] {
    let host = answers.hostName
    let own = "\(found.user)@\(host)"
    func inside(_ recipient: String, _ expectation: Expectation) -> TellingAddress {
      TellingAddress("from this host", .commandLine, from: own, to: recipient, expectation)
    }
    let keepsNothing = answers.kind == .nullClient
    var result = [inside(found.user, keepsNothing ? .sentOn : .delivered), inside(foreign, .sentOn)]
    guard answers[.listen] == ["all"] else { return result }
    func outside(_ recipient: String, _ expectation: Expectation) -> TellingAddress {
      TellingAddress("from outside", stranger, from: "stranger@example.net", to: recipient, expectation)
    }
    if answers.keepsMail {
      result += ([host] + answers[.localNames].prefix(1)).map { outside("\(found.user)@\($0)", .delivered) }
      result.append(outside("no-such-user@\(host)", .refused))
    }
    if let (address, _) = answers[.virtualUsers].first.flatMap(Words.split) {
      result.append(outside(address.hasPrefix("@") ? "anybody" + address : address, .delivered))
    }
    if let word = answers[.relayDomains].first {
      result.append(outside("anybody@\(Words.split(word)?.key ?? word)", .sentOn))
    }
    result.append(outside(foreign, .refused))
    if let network = answers[.relayNetworks].first, let address = IPNetwork(network)?.address {
      let client = Client(address: Array("\(address)".utf8), name: nil, helo: Array("client.example.net".utf8))
      result.append(TellingAddress("from \(network)", client, from: "user@\(host)", to: foreign, .sentOn))
    }
    return result
  }

  /// Nobody whom a configuration would know.
  private static let foreign = "somebody@elsewhere.example"
  /// An address of TEST-NET-3 (RFC 5737).
  private static let stranger = Client(
    address: Array("203.0.113.99".utf8), name: nil, helo: Array("client.example.net".utf8))
}

// MARK: - Answers in plain words

extension TellingAddress {
  /// `mail for ann@mail.example.org from outside: goes into the mailbox of ann`
  package func words(_ answer: EnvelopeAnswer) -> String {
    "mail for \(recipient) \(sender): \(outcome(AnswerText(recipient, answer)))"
  }

  private func outcome(_ answer: AnswerText) -> String {
    guard answer.decision.isPositive else { return AnswerText.words(answer.decision) }
    if answer.deliveries.isEmpty { return AnswerText.words(answer.decision) }
    let ways = answer.deliveries.map { delivery in
      var words = way(delivery)
      let sender = String(decoding: delivery.sender, as: UTF8.self)
      if case .remote = delivery.destination, delivery.sender != envelope.sender { words += ", sent as <\(sender)>" }
      let recipient = String(decoding: delivery.recipient, as: UTF8.self)
      if case .remote = delivery.destination, recipient != self.recipient { words += ", for <\(recipient)>" }
      return words
    }
    return ways.joined(separator: "; ")
  }

  private func way(_ delivery: Delivery) -> String {
    switch delivery.destination {
    case .mailbox(let user, _): return "goes into the mailbox of \(String(decoding: user, as: UTF8.self))"
    case .remote(let host):
      let host = String(decoding: host.last == 0x2E ? host.dropLast() : host[...], as: UTF8.self)
      return host.hasPrefix("[") ? "goes to the host \(host)" : "goes to the mail exchangers of \(host)"
    default: return AnswerText.words(delivery.destination)
    }
  }

  /// A warning where the answer is not what such a host should give.
  package func warning(_ answer: EnvelopeAnswer) -> Diagnostic? {
    let text = AnswerText(recipient, answer)
    let bounces = text.deliveries.contains { delivery in
      if case .bounce = delivery.destination { true } else { false }
    }
    let isTaken = text.decision.isPositive && !bounces
    let isKept = text.deliveries.allSatisfy { delivery in
      if case .remote = delivery.destination { false } else { true }
    }
    switch expectation {
    case .refused where isTaken: break
    case .delivered where !isTaken: break
    case .sentOn where !isTaken || isKept: break
    default: return nil
    }
    let isOpen = expectation == .refused && !isKept
    return Diagnostic(
      .warning,
      .init(
        .setupRoute,
        isOpen ? "this host would be an open relay: \(words(answer))" : "not as it should be: \(words(answer))",
        fix: "look at what was kept of the old sendmail.mc, and at the tables"))
  }
}

extension TellingAddress {
  /// For programs.
  package func object(_ answer: EnvelopeAnswer) -> JSONValue {
    .object([
      ("from", .string(sender)), ("words", .string(words(answer))), ("answer", AnswerText(recipient, answer).object),
    ])
  }
}
