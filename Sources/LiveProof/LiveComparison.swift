// LiveComparison.swift: what two mail systems that run made of the same envelopes.

import Equivalence
import MTA
import Routing

package struct LiveComparison: Sendable {
  package struct Difference: Sendable {
    package let question: Question
    package let kind: DifferenceKind
    package let one: Outcome
    package let other: Outcome
  }

  package let one: LiveRun
  package let other: LiveRun
  package private(set) var alike = 0
  package private(set) var differences: [Difference] = []
  /// What differs because sendmail and Postfix do.
  package private(set) var known = 0

  /// Runs both systems, one after the other.
  package static func run(
    _ one: MailSystem, _ other: MailSystem, _ questions: [Question]
  ) throws(RuntimeError) -> LiveComparison {
    let first = try LiveRun.run(one, questions)
    var comparison = LiveComparison(one: first, other: try LiveRun.run(other, questions))
    comparison.compare(one.program, other.program)
    return comparison
  }

  private init(one: LiveRun, other: LiveRun) {
    self.one = one
    self.other = other
  }

  private mutating func compare(_ program: MailSystem.Program, _ otherProgram: MailSystem.Program) {
    for (index, question) in one.questions.enumerated() {
      guard let first = one.outcomes[index], let second = other.outcomes[index] else { continue }
      guard let kind = first.difference(from: second) else {
        alike += 1
        continue
      }
      let reason = KnownDifference.covering(
        kind, question.envelope, first.outcome, of: program, second.outcome, of: otherProgram)
      if reason != nil {
        known += 1
      } else {
        differences.append(Difference(question: question, kind: kind, one: first.outcome, other: second.outcome))
      }
    }
  }

  /// Whether both did the same, and each what its engine had said.
  package var isProof: Bool { differences.isEmpty && one.isProof && other.isProof }
}
