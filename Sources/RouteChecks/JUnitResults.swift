// JUnitResults.swift: results as JUnit writes them, which every CI system reads.
//
// No times stand in it: the same answers are the same bytes.

import Diagnostics
import Routing

package struct JUnitResults {
  private let showsAllSteps: Bool

  package init(showsAllSteps: Bool = false) { self.showsAllSteps = showsAllSteps }

  package func render(_ groups: [CheckGroup]) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites tests=\"\(groups.tests)\" failures=\"\(groups.failures)\">\n"
      + groups.map(render).joined() + "</testsuites>\n"
  }

  private func render(_ group: CheckGroup) -> String {
    let name = Self.escaped("\(group.suite) under \(group.configuration)")
    return "  <testsuite name=\"\(name)\" tests=\"\(group.results.count)\" failures=\"\(group.failures)\">\n"
      + group.results.map { render($0, group) }.joined() + "  </testsuite>\n"
  }

  private func render(_ result: CheckResult, _ group: CheckGroup) -> String {
    let position = result.test.position
    let head =
      "    <testcase name=\"\(Self.escaped(result.test.name))\" classname=\"\(Self.escaped(group.configuration))\""
      + " file=\"\(Self.escaped(position.file))\" line=\"\(position.line)\""
    if result.isMet { return head + "/>\n" }
    return head + ">\n" + failure(result) + "    </testcase>\n"
  }

  /// One element, as readers expect, with all that is wrong.
  private func failure(_ result: CheckResult) -> String {
    let faults = result.diagnostics
    let first = faults.first?.message.text ?? ""
    let renderer = TerminalRenderer()
    let text =
      faults.map(renderer.render).joined()
      + ([result.envelopeLine] + result.text.resultLines + result.stepLines(all: showsAllSteps)).joined(separator: "\n")
    return "      <failure message=\"\(Self.escaped(first))\" type=\"\(MessageCode.routeExpectation.label)\">"
      + Self.escaped(text) + "</failure>\n"
  }

  /// Without the characters that XML 1.0 cannot hold.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case let other where other.value < 0x20 || other.value == 0xFFFE || other.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
