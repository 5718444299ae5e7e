// OptionHelp.swift: the option table as people read it after --help.
//
//     Title:
//       -D, --define=NAME[=VALUE]   define NAME to be VALUE
//
// The help begins in one column; a long left side gets a line of its own.

extension OptionTable {
  /// The sections with one option a line, words wrapped at the width. Options without words
  /// are left out, and sections of nothing else.
  package func help(width: Int = 79) -> String {
    sections.compactMap { section in
      let lines = section.options.filter { !$0.help.isEmpty }.map { line(for: $0, width: width) }
      guard !lines.isEmpty else { return nil }
      return (section.title.isEmpty ? "" : section.title + "\n") + lines.joined()
    }.joined(separator: "\n")
  }

  private var helpColumn: Int { 30 }

  private func line(for option: Option<ID>, width: Int) -> String {
    let left = "  " + option.spelling
    var text = left
    var column = left.utf8.count
    if column + 2 > helpColumn {
      text += "\n"
      column = 0
    }
    text += String(repeating: " ", count: helpColumn - column)
    column = helpColumn
    for word in option.help.split(separator: " ") {
      let length = word.unicodeScalars.count
      if column > helpColumn {
        if column + 1 + length > width {
          text += "\n" + String(repeating: " ", count: helpColumn)
          column = helpColumn
        } else {
          text += " "
          column += 1
        }
      }
      text += word
      column += length
    }
    return text + "\n"
  }
}

extension Option {
  /// All ways to write it, for instance `-D, --define=NAME`.
  package var spelling: String {
    let short = letters.map { "-" + String(UnicodeScalar($0)) }
    let long = names.map { (style == .wholeWord ? "-" : "--") + $0 }
    let indent = short.isEmpty ? "    " : ""
    let all = indent + (short + long).joined(separator: ", ")
    return switch value {
    case .none: all
    case .required(let name): all + (long.isEmpty || style == .wholeWord ? " " + name : "=" + name)
    case .optional(let name): all + (long.isEmpty ? "[" + name + "]" : "[=" + name + "]")
    }
  }
}
