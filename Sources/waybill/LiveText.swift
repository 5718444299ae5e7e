// LiveText.swift: what came of running configurations, for people and for programs.

import ArgumentParser
import Diagnostics
import Equivalence
import LiveProof
import MTA
import Routing

/// Shows why the runtime did not start.
///
/// - Returns: what ends the command.
func reported(_ error: RuntimeError, _ options: CompilerSettings) -> ExitCode {
  options.report.show([Diagnostic(.error, .init(.runtimeFailure, "\(error)"))])
  return ExitCode(error.status.rawValue)
}

struct LiveText {
  /// Shown of each kind.
  let examples: Int

  // MARK: for people

  func text(_ comparison: LiveComparison, _ one: MailSystem, _ other: MailSystem) -> String {
    var lines = [
      "\(counted(comparison.one.questions.count, "envelope")) sent by SMTP through the runtime under each of them"
    ]
    lines += sideLines(comparison.one, one) + sideLines(comparison.other, other)
    let differing = comparison.differences.count
    var sum = "  \(comparison.alike) came out alike, \(differing) \(differing == 1 ? "differs" : "differ")"
    if comparison.known > 0 { sum += ", \(comparison.known) more only as sendmail and Postfix always do" }
    lines.append(sum)
    for difference in comparison.differences.prefix(examples) {
      lines += ["", "  \(difference.kind.title): \(Self.words(difference.question))"]
      lines += ["    \(one.name): \(Self.words(difference.one))", "    \(other.name): \(Self.words(difference.other))"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  func text(_ run: LiveRun, _ system: MailSystem) -> String {
    let head = "\(counted(run.questions.count, "envelope")) sent by SMTP through the runtime"
    return ([head] + sideLines(run, system)).joined(separator: "\n") + "\n"
  }

  private func sideLines(_ run: LiveRun, _ system: MailSystem) -> [String] {
    var line = "  \(system.name) (\(system.program.rawValue)): \(run.accepted) accepted, \(run.refused) refused, "
    line += "\(counted(run.copies, "copy", "copies")) seen"
    line += run.surprises.isEmpty ? "; all as its engine had said" : ""
    if !run.surprises.isEmpty { line += "; \(run.surprises.count) not as its engine had said" }
    var lines = [line]
    for surprise in run.surprises.prefix(examples) {
      lines.append("    \(surprise.kind.title): \(Self.words(surprise.question))")
      lines += ["      said: \(Self.words(surprise.foretold))", "      done: \(Self.words(surprise.seen))"]
    }
    if run.unasked > 0 {
      lines.append("    \(run.unasked) could not be sent: \(run.obstacle ?? "")")
    }
    return lines
  }

  private static func words(_ question: Question) -> String {
    let envelope = question.envelope
    let recipients = envelope.recipients.map { "<\(show($0))>" }.joined(separator: ", ")
    return "from <\(show(envelope.sender))> to \(recipients), client [\(show(envelope.client.address))];"
      + " asked for \(question.reason)"
  }

  static func words(_ outcome: Outcome) -> String {
    switch outcome.verdict {
    case .refused(let code): return "refused with \(code)" + (outcome.words.map { " \(show($0))" } ?? "")
    case .undecided: return "put off"
    case .discarded: return "thrown away"
    case .held: return "held"
    case .accepted:
      if outcome.copies.isEmpty { return "accepted, no copy" }
      return outcome.copies.map(words).sorted().joined(separator: "; ")
    }
  }

  private static func words(_ copy: Outcome.Copy) -> String {
    var text: String
    switch copy.place {
    case .mailbox(let user): text = "mailbox of \(show(user))"
    case .program(let command): text = "program \(show(command))"
    case .file(let path): text = "file \(show(path))"
    case .host(let host): text = "host \(show(host))"
    case .agent(let name): text = "agent \(show(name))"
    case .returned: return "returned to the sender"
    case .waiting: return "waiting in the queue"
    case .nowhere: return "nowhere"
    }
    guard !copy.sender.isEmpty || !copy.recipient.isEmpty else { return text }
    text += " for <\(show(copy.recipient))> from <\(show(copy.sender))>"
    if let headers = copy.headers { text += " (To: \(show(headers.recipient)), From: \(show(headers.sender)))" }
    return text
  }

  // MARK: for programs

  func object(_ comparison: LiveComparison) -> JSONValue {
    .object([
      ("sent", .number(comparison.one.questions.count)), ("alike", .number(comparison.alike)),
      ("known", .number(comparison.known)), ("one", object(comparison.one)), ("other", object(comparison.other)),
      (
        "differences",
        .array(
          comparison.differences.map {
            .object(
              [("kind", .string($0.kind.rawValue))] + Self.fields($0.question) + [
                ("one", .string(Self.words($0.one))), ("other", .string(Self.words($0.other))),
              ])
          })
      ),
    ])
  }

  func object(_ run: LiveRun) -> JSONValue {
    .object([
      ("sent", .number(run.questions.count)), ("accepted", .number(run.accepted)), ("refused", .number(run.refused)),
      ("copies", .number(run.copies)), ("unasked", .number(run.unasked)),
      (
        "surprises",
        .array(
          run.surprises.map {
            .object(
              [("kind", .string($0.kind.rawValue))] + Self.fields($0.question) + [
                ("said", .string(Self.words($0.foretold))), ("done", .string(Self.words($0.seen))),
              ])
          })
      ),
    ])
  }

  private static func fields(_ question: Question) -> [(String, JSONValue)] {
    [
      ("reason", .string(question.reason)), ("client", .string(show(question.envelope.client.address))),
      ("sender", .string(show(question.envelope.sender))),
      ("recipient", .string(show(question.envelope.recipients.first ?? []))),
    ]
  }
}
