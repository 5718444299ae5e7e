// TerminalResults.swift: results as a person reads them.
//
//     routes.yaml under sendmail.mc: 11 of 12 tests hold
//     routes.yaml:14:23: error: staff@example.edu: host is …, not … as expected [WB9601]
//        14 |     expect: { host: hub.example.edu }
//           |                     ^~~~~~~~~~~~~~~
//       from <sender@example.net> to <staff@example.edu>, client [198.51.100.25]
//       accepted
//       -> host [relay.example.edu]   mailer smtp, host …
//         sendmail.cf:1200: rule …

import Diagnostics

package struct TerminalResults {
  private let renderer: TerminalRenderer
  private let listsAll: Bool
  private let showsAllSteps: Bool

  /// - Parameter listsAll: whether to name tests that hold, too.
  package init(_ renderer: TerminalRenderer, listsAll: Bool = false, showsAllSteps: Bool = false) {
    self.renderer = renderer
    self.listsAll = listsAll
    self.showsAllSteps = showsAllSteps
  }

  package func render(_ groups: [CheckGroup]) -> String {
    groups.map(render).joined() + Self.summary(groups)
  }

  private func render(_ group: CheckGroup) -> String {
    let held = group.results.count - group.failures
    let head = "\(group.suite) under \(group.configuration): "
    let count = group.failures == 0 ? "all \(held) tests hold" : "\(held) of \(group.results.count) tests hold"
    let shown = group.results.filter { listsAll || !$0.isMet }
    return head + (group.failures == 0 && held == 1 ? "the test holds" : count) + "\n" + shown.map(render).joined()
  }

  private func render(_ result: CheckResult) -> String {
    if result.isMet { return "  ok \(result.test.name)\n" }
    let steps = result.stepLines(all: showsAllSteps).map { "  " + $0 }
    let details = [result.envelopeLine] + result.text.resultLines + steps
    return result.diagnostics.map(renderer.render).joined() + details.map { "  \($0)\n" }.joined()
  }

  private static func summary(_ groups: [CheckGroup]) -> String {
    let (count, failures) = (groups.tests, groups.failures)
    let tests = count == 1 ? "1 test" : "\(count) tests"
    return failures == 0 ? "\(tests), none failed\n" : "\(tests), \(failures) failed\n"
  }
}
