// Trace.swift: how an answer came about, step by step, each with its source.

import Diagnostics

/// One step on the way to an answer.
package struct TraceStep: Sendable, Hashable, CustomStringConvertible {
  /// For instance `virtual_alias_maps hash:/etc/postfix/virtual: boss@x -> y@z`.
  package var text: String
  /// The line that made it so, where there is one.
  package var position: SourcePosition?
  /// How deep the step is nested, for display: rulesets call rulesets.
  package var depth: Int
  /// Whether the step only leads to others that say what came of it.
  package var isDetail: Bool
  /// Where the line itself came from: ``from FEATURE(`access_db') at sendmail.mc:31``.
  package var origin: String?

  package init(_ text: String, at position: SourcePosition? = nil, depth: Int = 0, isDetail: Bool = false) {
    self.text = text
    self.position = position
    self.depth = depth
    self.isDetail = isDetail
  }

  package var description: String {
    String(repeating: "  ", count: depth) + (position.map { "\($0): " } ?? "") + text
      + (origin.map { "   [\($0)]" } ?? "")
  }
}
