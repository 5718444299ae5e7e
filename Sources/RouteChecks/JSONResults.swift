// JSONResults.swift: results as a program reads them, one object a line.

import Diagnostics
import MailAddress
import Routing

package struct JSONResults {
  package init() {}

  package func render(_ groups: [CheckGroup]) -> String {
    groups.flatMap { group in group.results.map { object($0, group).text + "\n" } }.joined()
  }

  private func object(_ result: CheckResult, _ group: CheckGroup) -> JSONValue {
    .object(
      [
        ("test", .string(result.test.name)), ("passed", .bool(result.isMet)),
        ("configuration", .string(group.configuration)),
      ] + place(result.test.position) + [
        ("sender", .string(result.envelope.sender.text)), ("recipient", .string(result.test.recipient.text)),
        ("client", .string(result.envelope.client.address.text)),
        (
          "failures",
          .array(
            result.mismatches.map { mismatch in
              .object(
                [
                  ("key", .string(mismatch.key)), ("expected", .string(mismatch.expected)),
                  ("actual", .string(mismatch.actual)),
                ] + place(mismatch.position))
            })
        ), ("answer", result.text.object),
      ])
  }

  private func place(_ position: SourcePosition) -> [(String, JSONValue)] {
    [("file", .string(position.file)), ("line", .number(position.line)), ("column", .number(position.column))]
  }
}
