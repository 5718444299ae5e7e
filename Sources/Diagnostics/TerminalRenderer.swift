// TerminalRenderer.swift: a diagnostic as a person reads it.
//
//     site.mc:14:1: error: FEATURE(greet_pause) without a time needs … [WB4012]
//        14 | FEATURE(`greet_pause')
//           | ^~~~~~~~~~~~~~~~~~~~~~
//       site.mc:14:1: note: in the expansion of FEATURE
//       fix: write FEATURE(`access_db') before line 14
//
// Fails: never. Where the source cannot be shown the excerpt is left out.

/// Renders diagnostics for a terminal, or plainly where there is none.
package struct TerminalRenderer {
  /// Whether to mark severities and carets with ANSI colours.
  package var colour: Bool
  /// The line of a file, without its newline, for the excerpt.
  package var sourceLine: (SourcePosition) -> [UInt8]?

  package init(
    colour: Bool = false, sourceLine: @escaping (SourcePosition) -> [UInt8]? = { _ in nil }
  ) {
    self.colour = colour
    self.sourceLine = sourceLine
  }

  /// The text of one diagnostic, each line ended by a newline.
  package func render(_ diagnostic: Diagnostic) -> String {
    var text = ""
    if let position = diagnostic.position { text += "\(position): " }
    text += paint(diagnostic.severity.rawValue, as: diagnostic.severity) + ": "
    text += diagnostic.message.text + " [\(diagnostic.message.code.label)]\n"
    text += excerpt(for: diagnostic)
    for note in diagnostic.notes {
      text += "  " + (note.position.map { "\($0): " } ?? "") + "note: \(note.text)\n"
    }
    if let fix = diagnostic.message.fix { text += "  fix: \(fix)\n" }
    return text
  }

  private func excerpt(for diagnostic: Diagnostic) -> String {
    guard let position = diagnostic.position, position.line > 0,
      let line = sourceLine(position)
    else { return "" }
    let number = String(position.line)
    let margin = String(repeating: " ", count: max(5 - number.count, 0))
    var text = "\(margin)\(number) | \(String(decoding: line, as: UTF8.self))\n"
    guard position.column > 0, position.column <= line.count + 1 else { return text }
    // Tabs are repeated so that the caret stands below its byte at any tab width.
    let lead = line.prefix(position.column - 1)
      .filter { $0 & 0xC0 != 0x80 }
      .map { $0 == 0x09 ? "\t" : " " }.joined()
    let rest = max(line.count - (position.column - 1), 1)
    let tail = String(repeating: "~", count: max(min(diagnostic.length, rest) - 1, 0))
    text += "\(String(repeating: " ", count: max(number.count, 5))) | \(lead)"
    text += paint("^" + tail, as: diagnostic.severity) + "\n"
    return text
  }

  private func paint(_ text: String, as severity: Diagnostic.Severity) -> String {
    guard colour else { return text }
    let code =
      switch severity {
      case .error: "1;31"
      case .warning: "1;35"
      case .note: "1;36"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}
