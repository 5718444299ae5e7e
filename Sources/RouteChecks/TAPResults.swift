// TAPResults.swift: results in the Test Anything Protocol, version 13.
//
// What is not as expected follows its line as a block of YAML, its strings quoted as in
// JSON. prove(1) reads it.

import Diagnostics
import Routing

package struct TAPResults {
  private let showsAllSteps: Bool

  package init(showsAllSteps: Bool = false) { self.showsAllSteps = showsAllSteps }

  package func render(_ groups: [CheckGroup]) -> String {
    let all = groups.flatMap { group in group.results.map { (group, $0) } }
    let lines = all.enumerated().map { render($0.element.1, $0.element.0, number: $0.offset + 1) }
    return "TAP version 13\n1..\(all.count)\n" + lines.joined()
  }

  private func render(_ result: CheckResult, _ group: CheckGroup, number: Int) -> String {
    let name = escaped("\(group.suite), \(group.configuration): \(result.test.name)")
    if result.isMet { return "ok \(number) - \(name)\n" }
    return "not ok \(number) - \(name)\n  ---\n" + block(result).map { "  \($0)\n" }.joined() + "  ...\n"
  }

  private func block(_ result: CheckResult) -> [String] {
    func quoted(_ text: String) -> String { JSONValue.string(text).text }
    let faults = result.mismatches.flatMap { mismatch in
      [
        "  - key: \(quoted(mismatch.key))", "    found: \(quoted(mismatch.actual))",
        "    wanted: \(quoted(mismatch.expected))", "    at: \(quoted(mismatch.position.description))",
      ]
    }
    // A literal: prove(1) takes a quoted item of a list that has ": " in it for a mapping.
    let answer = (result.text.resultLines + result.stepLines(all: showsAllSteps)).map { "  " + Self.onOneLine($0) }
    return ["envelope: \(quoted(result.envelopeLine))", "faults:"] + faults + ["answer: |"] + answer
  }

  /// A `#` would begin a directive.
  private func escaped(_ text: String) -> String {
    Self.onOneLine(text).map { "#\\".contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  private static func onOneLine(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
  }
}
