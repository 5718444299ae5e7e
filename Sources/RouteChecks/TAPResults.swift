// TAPResults.swift: results in the Test Anything Protocol, version 13.
//
// What is not as expected follows its line as a block of YAML, whose strings are quoted
// as in JSON.

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
    let answer = result.text
    return ["envelope: \(quoted(result.envelopeLine))", "faults:"] + faults + ["answer:"]
      + answer.resultLines.map { "  - \(quoted($0))" } + ["trace:"] + result.stepLines(all: showsAllSteps).map { "  - \(quoted($0))" }
  }

  /// A `#` would begin a directive, and a line end another line.
  private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "#", "\\": result += "\\\(scalar)"
      case let control where control.value < 0x20 || control.value == 0x7F: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
