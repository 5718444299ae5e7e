// Tracer.swift: collects the steps of one answer.

import Diagnostics
import MailAddress
import PostfixConfig
import Routing

/// Steps in the order in which they happen.
final class Tracer {
  private(set) var steps: [TraceStep] = []
  var depth = 0
  /// Aliases and .forward files that name each other twice grow without end long
  /// before they are deep.
  private var remainingExpansions = 10_000

  /// Counts one expansion; false when there were too many to go on.
  func spendExpansion() -> Bool {
    remainingExpansions -= 1
    return remainingExpansions > 0
  }

  func note(_ text: String, at position: SourcePosition? = nil) {
    steps.append(TraceStep(text, at: position, depth: depth))
  }

  /// A table's entry: which table of which parameter, key and value.
  func note(_ hit: MapList.Hit, _ parameter: String) {
    note("\(parameter) \(hit.table): \(hit.key.text) -> \(hit.value.text)", at: hit.position)
  }

  func take() -> [TraceStep] {
    defer { steps = [] }
    return steps
  }
}
