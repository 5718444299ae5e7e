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
    let shown = window(of: line, around: position.column)
    var text = "\(margin)\(number) | \(shown.text)\n"
    guard position.column > 0, position.column <= line.count + 1 else { return text }
    let rest = max(line.count - (position.column - 1), 1)
    let lead = shown.lead
    let tail = String(repeating: "~", count: max(min(diagnostic.length, rest) - 1, 0))
    text += "\(String(repeating: " ", count: max(number.count, 5))) | \(lead)"
    text += paint("^" + tail, as: diagnostic.severity) + "\n"
    return text
  }

  /// The part of a line that is shown, and what stands before the caret.
  ///
  /// Of a line that no terminal is wide enough for, the surroundings of the fault.
  /// Control characters are shown as `?`, lest they move the caret or worse. Tabs are
  /// repeated so that the caret stands below its byte at any tab width.
  private func window(of line: [UInt8], around column: Int) -> (text: String, lead: String) {
    let caret = max(column - 1, 0)
    let start = line.count > Self.widest && caret > Self.widest / 2 ? caret - Self.widest / 2 : 0
    let end = min(line.count, start + Self.widest)
    let bytes = line[min(start, end)..<end].map { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F ? 0x3F : $0 }
    let before = bytes.prefix(caret - start).filter { $0 & 0xC0 != 0x80 }
    let (left, right) = (start > 0 ? "..." : "", end < line.count ? "..." : "")
    return (
      left + String(decoding: bytes, as: UTF8.self) + right,
      left.map { _ in " " }.joined() + before.map { $0 == 0x09 ? "\t" : " " }.joined()
    )
  }

  /// How many bytes of a line are shown.
  private static let widest = 160

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
