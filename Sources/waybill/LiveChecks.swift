// LiveChecks.swift: `waybill test --live`, routing tests held against what the runtime did.
//
// A test whose envelope begins on a command line has no dialogue: the engine answers it.
// A failure shows the steps by which the engine comes to its own answer.

import LiveProof
import MTA
import RouteChecks
import Routing

struct LiveChecks {
  private let configuration: OpenedConfiguration
  private let names: ClientNames?

  init(_ configuration: OpenedConfiguration, names: ClientNames?) {
    self.configuration = configuration
    self.names = names
  }

  /// - Throws: `RuntimeError` where the runtime does not start, or an envelope cannot be sent.
  func run(_ cases: [RouteCase], of suite: RouteSuite) throws(RuntimeError) -> CheckGroup {
    let envelopes = cases.map { $0.envelope(names: names) }
    let sent = envelopes.filter { $0.client.arrival == .smtp }
    let live = try LiveHost.run(configuration.loaded(), sent)
    var answers = live.answers[...]
    var results: [CheckResult] = []
    for (test, envelope) in zip(cases, envelopes) {
      var answer: EnvelopeAnswer? = configuration.asker.answer(envelope)
      if envelope.client.arrival == .smtp { answer = answers.popFirst() ?? nil }
      guard let answer else {
        throw RuntimeError("\(test.name): could not be sent: \(live.obstacle ?? "")", .temporaryFailure)
      }
      results.append(judged(test, envelope, answer))
    }
    return CheckGroup(suite.path, under: configuration.name + " (live)", results)
  }

  private func judged(_ test: RouteCase, _ envelope: Envelope, _ answer: EnvelopeAnswer) -> CheckResult {
    let result = CheckResult(test, envelope, answer, under: configuration.program)
    if result.isMet { return result }
    let traced = configuration.asker.traced(envelope)
    var answer = answer
    answer.trace = traced.trace + traced.recipients.flatMap(\.trace)
    return CheckResult(test, envelope, answer, under: configuration.program)
  }
}
