// CheckResult.swift: cases asked and judged.
//
// Who answers is a `RouteAsker`: an engine, or mail that was really sent. Judging is apart
// from asking, so that somebody who sends everything first can judge afterwards.

import Diagnostics
import MailAddress
import Routing

/// Says what happens to an envelope.
package protocol RouteAsker {
  func answer(_ envelope: Envelope) -> EnvelopeAnswer
  /// The same answer with the steps that led to it.
  func traced(_ envelope: Envelope) -> EnvelopeAnswer
}

/// What came of one case under one configuration.
package struct CheckResult: Sendable {
  package let test: RouteCase
  package let envelope: Envelope
  /// With its steps where something is not as expected.
  package let answer: EnvelopeAnswer
  package let mismatches: [Mismatch]

  package var isMet: Bool { mismatches.isEmpty }

  /// - Parameter answer: to the envelope of the case.
  package init(_ test: RouteCase, _ envelope: Envelope, _ answer: EnvelopeAnswer, under program: MailProgram) {
    self.test = test
    self.envelope = envelope
    self.answer = answer
    mismatches = Judgement(answer, of: test.recipient, against: test.expectation(of: program)).mismatches
  }

  /// The answer in words.
  var text: AnswerText { AnswerText(test.recipient.text, answer) }

  /// The steps that led to the answer, or those that decided something.
  func stepLines(all: Bool) -> [String] {
    let (lines, omitted) = text.decidingLines
    if all || omitted == 0 { return text.stepLines }
    let more = omitted == 1 ? "1 more step; --all-steps shows it" : "\(omitted) more steps; --all-steps shows them"
    return lines + ["(\(more))"]
  }

  /// The envelope in words.
  var envelopeLine: String {
    let client = envelope.client
    let name = client.name.map { $0.text + " " } ?? ""
    let origin =
      client.arrival == .commandLine ? "from the command line" : "client \(name)[\(client.address.text)]"
    let login = client.authenticatedAs.map { ", logged in as \($0.text)" } ?? ""
    let size = envelope.size.map { ", \($0) bytes" } ?? ""
    return "from <\(envelope.sender.text)> to <\(test.recipient.text)>, \(origin)\(login)\(size)"
  }

  /// A fault of the configuration, or of the test, at the line that expects something else.
  package var diagnostics: [Diagnostic] {
    mismatches.map { mismatch in
      Diagnostic(
        .error,
        .init(
          .routeExpectation,
          "\(test.name): \(mismatch.key) is \"\(mismatch.actual)\", not \"\(mismatch.expected)\" as expected"),
        at: mismatch.position, length: mismatch.length)
    }
  }
}

/// A file's cases under one configuration.
package struct CheckGroup: Sendable {
  package let suite: String
  package let configuration: String
  package let results: [CheckResult]

  package init(_ suite: String, under configuration: String, _ results: [CheckResult]) {
    self.suite = suite
    self.configuration = configuration
    self.results = results
  }

  /// Asks and judges the cases, in their order.
  ///
  /// - Parameter names: who says the names of clients; nil where nobody is asked.
  package init(
    _ suite: RouteSuite, _ cases: [RouteCase], under configuration: String, of program: MailProgram,
    asking asker: some RouteAsker, names: ClientNames? = nil
  ) {
    self.init(
      suite.path, under: configuration,
      cases.map { test in
        let envelope = test.envelope(names: names)
        let result = CheckResult(test, envelope, asker.answer(envelope), under: program)
        return result.isMet ? result : CheckResult(test, envelope, asker.traced(envelope), under: program)
      })
  }

  package var failures: Int { results.count { !$0.isMet } }
}

extension [CheckGroup] {
  package var failures: Int { reduce(0) { $0 + $1.failures } }
  package var tests: Int { reduce(0) { $0 + $1.results.count } }
}
