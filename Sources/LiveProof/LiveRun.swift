// LiveRun.swift: questions put to a mail system that runs, beside what its engine says.
//
//     questions ─► LiveHost ─► what was done ┐
//         └──────► engine ──► what it said ──┴─ the same?
//
// Questions that begin on a command line have no dialogue and are left out.

import Equivalence
import MTA
import MailAddress
import PostfixRouting
import Routing

/// What became of one question's message.
package struct LiveOutcome: Sendable, Equatable {
  package var outcome: Outcome
  /// Header fields of its copies, besides addresses and trace fields.
  package var fields: Set<Bytes> = []

  /// In what this differs from another one.
  package func difference(from other: LiveOutcome) -> DifferenceKind? {
    DifferenceKind.between(outcome, other.outcome) ?? (fields == other.fields ? nil : .headers)
  }
}

package struct LiveRun: Sendable {
  /// What the engine said would happen, and did not.
  package struct Surprise: Sendable {
    package let question: Question
    package let kind: DifferenceKind
    package let foretold: Outcome
    package let seen: Outcome
  }

  package let questions: [Question]
  /// One for each question; nil where it could not be put.
  package fileprivate(set) var outcomes: [LiveOutcome?] = []
  package fileprivate(set) var surprises: [Surprise] = []
  /// Why a question could not be put, for the first of them.
  package fileprivate(set) var obstacle: String?

  package var accepted: Int { outcomes.count { $0?.outcome.verdict == .accepted } }
  package var refused: Int { outcomes.count { $0.map { $0.outcome.verdict != .accepted } ?? false } }
  package var copies: Int { outcomes.reduce(0) { $0 + ($1?.outcome.copies.count ?? 0) } }
  package var unasked: Int { outcomes.count { $0 == nil } }
  /// Whether all was put, and all went as the engine had said.
  package var isProof: Bool { surprises.isEmpty && unasked == 0 }

  /// The questions of a list that SMTP can put.
  package static func bySMTP(_ questions: [Question]) -> [Question] {
    questions.filter { $0.envelope.client.arrival == .smtp }
  }

  /// - Throws: `RuntimeError` where the runtime does not start.
  package static func run(_ system: MailSystem, _ questions: [Question]) throws(RuntimeError) -> LiveRun {
    let live = try LiveHost.run(LoadedConfiguration(system), questions.map(\.envelope))
    var run = LiveRun(questions: questions)
    run.obstacle = live.obstacle
    for (index, answer) in live.answers.enumerated() {
      run.outcomes.append(answer.map { LiveOutcome(outcome: run.judge($0, index, system), fields: live.fields[index]) })
    }
    return run
  }

  /// - Returns: what was seen, as far as it can be.
  private mutating func judge(_ answer: EnvelopeAnswer, _ index: Int, _ system: MailSystem) -> Outcome {
    let envelope = questions[index].envelope
    let tellsSender = system.reaches(envelope.sender)
    let foretold = Outcome(system.answer(envelope), recipient: 0).visible(tellsSender: tellsSender)
    let seen = Outcome(answer, recipient: 0).visible(tellsSender: tellsSender)
    if let kind = DifferenceKind.between(foretold, seen) {
      surprises.append(Surprise(question: questions[index], kind: kind, foretold: foretold, seen: seen))
    }
    return seen
  }
}

extension Outcome {
  /// As far as it shows outside of the mail system: what is thrown away, and what is held,
  /// has no copies; what comes back is seen by a sender who can be told.
  fileprivate func visible(tellsSender: Bool) -> Outcome {
    var result = self
    if verdict == .discarded { result.verdict = .accepted }
    if result.verdict != .accepted { result.copies = [] }
    result.copies = result.copies.filter { copy in
      switch copy.place {
      case .nowhere: false
      case .returned: tellsSender
      default: true
      }
    }
    return result
  }
}

extension MailSystem {
  /// Whether a notice to this sender gets anywhere.
  fileprivate func reaches(_ sender: Bytes) -> Bool {
    guard !sender.isEmpty else { return false }
    let answer = answer(Envelope(client: .commandLine, sender: [], recipients: [sender]))
    return answer.recipients.flatMap(\.deliveries).contains { delivery in
      switch delivery.destination {
      case .mailbox, .program, .file, .remote, .agent: true
      case .bounce, .deferred, .nowhere: false
      }
    }
  }
}

extension LoadedConfiguration {
  /// What a comparison knows, for the runtime: the DNS is assumed in both alike.
  fileprivate convenience init(_ system: MailSystem) {
    switch system.source {
    case .sendmail(let installation, _): self.init(installation, names: AssumedNames())
    case .postfix(let configuration): self.init(configuration, names: AssumedNames()) { _ in }
    }
  }
}
