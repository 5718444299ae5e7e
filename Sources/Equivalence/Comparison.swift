// Comparison.swift: the same questions to two mail systems.

import MailAddress
import Routing

/// A recipient about whom two systems disagree.
package struct Difference: Sendable {
  package let kind: DifferenceKind
  package let question: Question
  package let recipient: Bytes
  /// The answers with their traces.
  package let one: EnvelopeAnswer
  package let other: EnvelopeAnswer
}

/// What came of a comparison.
package struct Comparison: Sendable {
  package private(set) var asked = 0
  package private(set) var alike = 0
  /// Of the first system.
  package private(set) var accepted = 0
  package private(set) var refused = 0
  /// Copies under another address than the envelope has.
  package private(set) var rewritten = 0
  /// Copies by the mailer or transport of the first system.
  package private(set) var mailers: [String: Int] = [:]
  package private(set) var differences: [Difference] = []
  /// Limits, times, ports and the like that differ; no envelope shows them.
  package private(set) var settings: [SettingDifference] = []
  /// What differs because sendmail and Postfix do, by the reason's name.
  package private(set) var known: [(difference: KnownDifference, members: [Difference])] = []

  /// Asks both systems.
  ///
  /// - Parameters:
  ///   - own: the user's own questions, asked first.
  ///   - limit: how many more are made from the configurations.
  package static func compare(
    _ one: MailSystem, _ other: MailSystem, own: [Question] = [], limit: Int = 20_000
  ) -> Comparison {
    var comparison = Comparison()
    for question in own + questions(for: [one, other], limit: limit) {
      comparison.ask(question, one, other)
    }
    comparison.settings = one.settingDifferences(from: other)
    return comparison
  }

  /// Envelopes that matter to one of the systems.
  package static func questions(for systems: [MailSystem], limit: Int) -> [Question] {
    guard let one = systems.first else { return [] }
    var seeds = one.seeds
    for other in systems.dropFirst() { seeds.add(other.seeds) }
    return QuestionMaker.questions(from: seeds, limit: limit) { envelope in
      one.answer(envelope).recipients.contains { $0.decision.isPositive }
    }
  }

  /// Whether nothing differs that anybody should mend.
  package var isAlike: Bool { differences.isEmpty && settings.isEmpty }

  private mutating func ask(_ question: Question, _ one: MailSystem, _ other: MailSystem) {
    let first = one.answer(question.envelope)
    let second = other.answer(question.envelope)
    asked += 1
    count(first, question.envelope)
    for index in question.envelope.recipients.indices {
      let envelope = question.envelope
      let kind = DifferenceKind.between(
        Outcome(first, recipient: index, of: envelope), Outcome(second, recipient: index, of: envelope))
      let isForOthers = one.program == other.program && Self.returned(first, index) != Self.returned(second, index)
      guard let kind = kind ?? (isForOthers ? .recipient : nil) else { continue }
      let difference = Difference(
        kind: kind, question: question, recipient: question.envelope.recipients[index],
        one: one.traced(question.envelope), other: other.traced(question.envelope))
      let outcomes = [difference.one, difference.other].map { Outcome($0, recipient: index, of: envelope) }
      let reason = KnownDifference.covering(
        kind, envelope, outcomes[0], of: one.program, outcomes[1], of: other.program)
      if let reason {
        note(difference, as: reason)
      } else {
        differences.append(difference)
      }
      return
    }
    alike += 1
  }

  /// Whose copies come back: where the accounts of the host that is meant are not known here,
  /// that is all an alias shows. Two programs write such a recipient in different ways.
  private static func returned(_ answer: EnvelopeAnswer, _ index: Int) -> Set<Bytes> {
    guard answer.recipients.indices.contains(index) else { return [] }
    return Set(
      answer.recipients[index].deliveries.compactMap {
        guard case .bounce = $0.destination else { return nil }
        return $0.recipient
      })
  }

  private mutating func note(_ difference: Difference, as reason: KnownDifference) {
    if let place = known.firstIndex(where: { $0.difference.name == reason.name }) {
      known[place].members.append(difference)
    } else {
      known.append((reason, [difference]))
    }
  }

  private mutating func count(_ answer: EnvelopeAnswer, _ envelope: Envelope) {
    let isTaken =
      answer.session.isPositive && answer.message.isPositive
      && answer.recipients.contains { $0.decision.isPositive }
    if isTaken { accepted += 1 } else { refused += 1 }
    for (recipient, given) in zip(answer.recipients, envelope.recipients) {
      for delivery in recipient.deliveries {
        mailers[delivery.resolution.transport.text, default: 0] += 1
        if delivery.sender != envelope.sender || delivery.recipient != given { rewritten += 1 }
      }
    }
  }

  /// Differences that look alike, together under one name; the largest group first.
  package var groups: [DifferenceGroup] {
    var order: [DifferenceGroup.Name] = []
    var members: [DifferenceGroup.Name: [Difference]] = [:]
    for difference in differences {
      let name = DifferenceGroup.Name(difference)
      if members[name] == nil { order.append(name) }
      members[name, default: []].append(difference)
    }
    return order.map { DifferenceGroup(name: $0, members: members[$0] ?? []) }
      .enumerated().sorted { ($1.element.members.count, $0.offset) < ($0.element.members.count, $1.offset) }
      .map(\.element)
  }
}

/// Differences of one kind that two rules of the same sort made.
package struct DifferenceGroup: Sendable {
  package let name: Name
  package let members: [Difference]

  package struct Name: Sendable, Hashable {
    package let kind: DifferenceKind
    /// How each side's answer ends, without the addresses.
    package let one: String
    package let other: String

    package init(_ difference: Difference) {
      kind = difference.kind
      let envelope = difference.question.envelope
      let index = envelope.recipients.firstIndex(of: difference.recipient) ?? 0
      one = Self.shape(Outcome(difference.one, recipient: index, of: envelope))
      other = Self.shape(Outcome(difference.other, recipient: index, of: envelope))
    }

    private static func shape(_ outcome: Outcome) -> String {
      switch outcome.verdict {
      case .refused(let code): "refuses with \(code)"
      case .undecided: "cannot say now"
      case .discarded: "throws it away"
      case .held: "holds it"
      case .accepted:
        outcome.copies.isEmpty
          ? "accepts for nobody"
          : "accepts, " + Set(outcome.copies.map { shape($0.place) }).sorted().joined(separator: " and ")
      }
    }

    private static func shape(_ place: Outcome.Place) -> String {
      switch place {
      case .mailbox: "to a mailbox"
      case .program: "to a program"
      case .file: "to a file"
      case .host: "to another host"
      case .agent: "to another agent"
      case .returned: "and returns it"
      case .waiting: "and lets it wait"
      case .nowhere: "to nobody"
      }
    }
  }
}
