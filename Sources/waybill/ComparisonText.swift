// ComparisonText.swift: what came of a comparison, for people and for programs.

import Diagnostics
import Equivalence
import Routing

struct ComparisonText {
  private let comparison: Comparison
  private let one: MailSystem
  private let other: MailSystem
  /// Differences that are shown of each group.
  private let examples: Int
  /// Whether traces are shown whole.
  private let showsAllSteps: Bool

  init(
    _ comparison: Comparison, _ one: MailSystem, _ other: MailSystem, examples: Int, showsAllSteps: Bool = false
  ) {
    self.comparison = comparison
    self.one = one
    self.other = other
    self.examples = examples
    self.showsAllSteps = showsAllSteps
  }

  // MARK: for people

  var text: String {
    var lines = [
      "\(counted(comparison.asked, "envelope")) asked of \(one.name) (\(one.program.rawValue))"
        + " and \(other.name) (\(other.program.rawValue))",
      "  \(comparison.accepted) accepted, \(comparison.refused) refused, "
        + "\(counted(comparison.rewritten, "copy", "copies")) under another address",
    ]
    let mailers = comparison.mailers.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    if !mailers.isEmpty {
      lines.append("  by mailer: " + mailers.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }
    let differing = comparison.differences.count
    lines.append("  \(comparison.alike) answered alike, \(differing) \(differing == 1 ? "differs" : "differ")")
    for (reason, members) in comparison.known {
      lines.append("  \(members.count) more only as sendmail and Postfix always do: \(reason.name) (\(reason.reason));")
      if let first = members.first { lines.append("    for instance \(Self.words(first.question.envelope))") }
    }
    for (index, group) in comparison.groups.enumerated() { lines += text(of: group, number: index + 1) }
    lines += settingLines
    return lines.joined(separator: "\n") + "\n"
  }

  private var settingLines: [String] {
    let settings = comparison.settings
    if settings.isEmpty { return [] }
    return [
      "", "\(counted(settings.count, "setting")) that no envelope shows \(settings.count == 1 ? "differs" : "differ")",
    ]
      + settings.flatMap { setting in
        ["   \(setting.name)", "     \(one.name): \(setting.one.text)", "     \(other.name): \(setting.other.text)"]
      }
  }

  private func text(of group: DifferenceGroup, number: Int) -> [String] {
    var lines = [
      "", "\(number). \(group.name.kind.title) (\(counted(group.members.count, "envelope")))",
      "   \(one.name) \(group.name.one); \(other.name) \(group.name.other)",
    ]
    if examples == 0, let first = group.members.first {
      lines.append("   for instance \(Self.words(first.question.envelope))")
    }
    for difference in group.members.prefix(examples) { lines += text(of: difference) }
    let rest = group.members.count - min(examples, group.members.count)
    if rest > 0, examples > 0 { lines.append("   and \(rest) more; --show \(group.members.count) shows all") }
    return lines
  }

  private func text(of difference: Difference) -> [String] {
    let question = difference.question
    var lines = ["   \(Self.words(question.envelope)); asked for \(question.reason)"]
    for (system, answer) in [(one, difference.one), (other, difference.other)] {
      let text = answerText(answer, difference)
      lines.append("     \(system.name):")
      lines += text.resultLines.map { "       " + $0 }
      lines.append("       because:")
      lines += stepLines(text).map { "         " + $0 }
    }
    return lines
  }

  private func stepLines(_ text: AnswerText) -> [String] {
    if showsAllSteps { return text.stepLines }
    let (lines, omitted) = text.decidingLines
    if omitted == 0 { return lines }
    return lines + ["(\(counted(omitted, "more step")); --all-steps shows \(omitted == 1 ? "it" : "them"))"]
  }

  private func answerText(_ answer: EnvelopeAnswer, _ difference: Difference) -> AnswerText {
    let index = difference.question.envelope.recipients.firstIndex(of: difference.recipient) ?? 0
    return AnswerText(show(difference.recipient), answer, recipient: index)
  }

  private static func words(_ envelope: Envelope) -> String {
    let client = envelope.client
    let name = client.name.map { show($0) + " " } ?? ""
    let size = envelope.size.map { ", \($0) bytes" } ?? ""
    let recipients = envelope.recipients.map { "<\(show($0))>" }.joined(separator: ", ")
    return "from <\(show(envelope.sender))> to \(recipients), client \(name)[\(show(client.address))]\(size)"
  }

  // MARK: for programs

  /// - Parameter live: what came of running both.
  func json(with live: JSONValue? = nil) -> String {
    JSONValue.object(fields + (live.map { [("live", $0)] } ?? [])).text + "\n"
  }

  private var fields: [(String, JSONValue)] {
    [
      ("one", .string(one.name)), ("other", .string(other.name)), ("asked", .number(comparison.asked)),
      ("alike", .number(comparison.alike)), ("accepted", .number(comparison.accepted)),
      ("refused", .number(comparison.refused)), ("rewritten", .number(comparison.rewritten)),
      (
        "mailers",
        .object(comparison.mailers.sorted { $0.key < $1.key }.map { ($0.key, .number($0.value)) })
      ),
      ("differences", .array(comparison.differences.map(object))),
      ("settings", .array(comparison.settings.map(object))),
      (
        "known",
        .array(
          comparison.known.map { reason, members in
            .object([
              ("name", .string(reason.name)), ("reason", .string(reason.reason)),
              ("differences", .array(members.map(object))),
            ])
          })
      ),
    ]
  }

  private func object(_ difference: SettingDifference) -> JSONValue {
    func side(_ side: SettingDifference.Side) -> JSONValue {
      .object([
        ("value", side.value.map { .string($0) } ?? .null), ("origin", side.origin.map { .string($0) } ?? .null),
      ])
    }
    return .object([
      ("name", .string(difference.name)), ("one", side(difference.one)), ("other", side(difference.other)),
    ])
  }

  private func object(_ difference: Difference) -> JSONValue {
    let envelope = difference.question.envelope
    let name = DifferenceGroup.Name(difference)
    return .object([
      ("kind", .string(difference.kind.rawValue)), ("title", .string(difference.kind.title)),
      ("reason", .string(difference.question.reason)), ("client", .string(show(envelope.client.address))),
      ("client_name", envelope.client.name.map { .string(show($0)) } ?? .null),
      ("sender", .string(show(envelope.sender))), ("recipient", .string(show(difference.recipient))),
      ("one", .string(name.one)), ("other", .string(name.other)),
      ("one_answer", answerText(difference.one, difference).object),
      ("other_answer", answerText(difference.other, difference).object),
    ])
  }
}
