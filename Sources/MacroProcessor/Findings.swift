// Findings.swift: what the processor says, as a diagnostic that people can act on.
//
//     site.m4:12:9: error: end of file in argument list [WB1101]
//        12 | define(`x', `it isn't (so)')
//           | ^~~~~~
//       site.m4:12:17: note: the apostrophe within the text ends a quote
//       fix: close the argument list that begins here with )
//
// GNU m4's words stay, so that both forms can be searched for. What is added: the column, the
// calls that led there, what is still open, and what is likely to be the cause.

import Diagnostics

extension Message {
  /// - Parameter line: gives a line of a file.
  package func finding(_ line: (SourcePosition) -> [UInt8]?) -> Diagnostic {
    // What stands in an expansion is shown at the call on its line.
    let shown = steps.first { $0.column > 0 && $0.line == self.line && $0.file == file }
    let column = column > 0 ? column : shown?.column ?? 0
    let place =
      file.isEmpty ? nil : SourcePosition(file: String(decoding: file, as: UTF8.self), line: self.line, column: column)
    return Diagnostic(
      severity == .warning ? .warning : .error, .init(code, plainText, fix: fix), at: place,
      length: shown?.name.count ?? 0, notes: (place.flatMap { causes($0, line) } ?? []) + notes)
  }

  private var code: MessageCode {
    switch cause {
    case .input: .processorMessage
    case .refused(.command): .commandRefused
    case .refused(.reading): .fileRefused
    case .refused(.writing): .writingRefused
    case .excess: .limitReached
    }
  }

  /// The text without the word that its severity repeats.
  package var plainText: String {
    let text = String(decoding: self.text, as: UTF8.self)
    for word in ["ERROR: ", "Warning: "] where text.hasPrefix(word) { return String(text.dropFirst(word.count)) }
    return text
  }

  // MARK: The way there

  /// The calls around the place: those whose arguments are still open, then those in whose expansion it is.
  package var notes: [Diagnostic.Note] {
    if case .excess(_, let cycle) = cause, !cycle.isEmpty {
      return cycle.map { Diagnostic.Note("\($0.shown) is called here, again and again", at: $0.position) }
    }
    return shortened(
      open.map { Diagnostic.Note("within the arguments of \($0.shown), which begin here", at: $0.position) }
        + steps.dropFirst().map { Diagnostic.Note("in the expansion of \($0.shown), called here", at: $0.position) })
  }

  /// Of a long way both ends, and each step that repeats itself once.
  private func shortened(_ notes: [Diagnostic.Note]) -> [Diagnostic.Note] {
    var kept: [Diagnostic.Note] = []
    for note in notes where note != kept.last { kept.append(note) }
    guard kept.count > 10 else { return kept }
    return kept.prefix(7) + [Diagnostic.Note("… \(kept.count - 9) more calls …")] + kept.suffix(2)
  }

  // MARK: Causes

  package var fix: String? {
    let text = plainText
    if text == "end of file in string" { return "close the quote that begins here" }
    if text == "end of file in argument list" { return "close the argument list that begins here with )" }
    if text == "end of file in comment" { return "end the comment that begins here" }
    if text.hasPrefix("bad expression in eval") || text.hasPrefix("invalid operator in eval") {
      let words = text.drop { $0 != ":" }.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
      let hasName = words.contains { $0.first.map { !$0.isNumber } ?? false }
      return hasName ? "a name in an expression must have a number for its text" : nil
    }
    if text.hasPrefix("undefined macro") { return "define it first, or ask ifdef" }
    if text.hasPrefix("non-numeric argument") { return "write a decimal number" }
    if case .excess = cause { return "a macro whose text calls it again needs an end, and its own name quoted" }
    return nil
  }

  private func causes(_ place: SourcePosition, _ line: (SourcePosition) -> [UInt8]?) -> [Diagnostic.Note]? {
    guard plainText.hasPrefix("end of file in ") else { return nil }
    func note(_ text: String, _ line: Int, _ index: Int) -> [Diagnostic.Note] {
      [Diagnostic.Note(text, at: SourcePosition(file: place.file, line: line, column: index + 1))]
    }
    for number in place.line..<place.line + 20 {
      guard let bytes = line(SourcePosition(file: place.file, line: number)) else { break }
      let text = LineText(bytes: bytes, start: number == place.line ? max(place.column - 1, 0) : 0)
      if number == place.line {
        if let index = text.secondOpenQuote {
          return note("this ` opens another quote; was it to be ' ?", number, index)
        }
        if let index = text.comment, open.isEmpty {
          return note("a comment begins with dnl: what follows # is read like any other text", number, index)
        }
        if plainText.hasSuffix("argument list"), let index = text.dnlBeforeParenthesis {
          return note("a ) is missing before this dnl", number, index)
        }
      }
      if let index = text.apostrophe { return note("the apostrophe within the text ends a quote", number, index) }
    }
    return nil
  }
}

/// A line in which something begins that has no end.
private struct LineText {
  let bytes: [UInt8]
  /// Where it begins.
  let start: Int

  /// An apostrophe in a word, such as in isn't, is what most quotes and lists are lost to.
  var apostrophe: Int? {
    bytes.indices.dropFirst(max(start, 1)).dropLast().first { index in
      bytes[index] == UInt8(ascii: "'") && Self.isLetter(bytes[index - 1]) && Self.isLetter(bytes[index + 1])
        && !beginsDnl(index + 1)
    }
  }

  /// The next quote, if that is opened once more before the first one is closed, at the end of an argument.
  var secondOpenQuote: Int? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "`"),
      let next = bytes[(start + 1)...].firstIndex(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "'") }),
      bytes[next] == UInt8(ascii: "`"), next + 1 < bytes.count
    else { return nil }
    return bytes[next + 1] == UInt8(ascii: ")") || bytes[next + 1] == UInt8(ascii: ",") ? next : nil
  }

  /// The mark of what is a comment elsewhere, before the beginning.
  var comment: Int? {
    let first = bytes.firstIndex { $0 != 0x20 && $0 != 0x09 }
    return first.flatMap { $0 < start && bytes[$0] == UInt8(ascii: "#") ? $0 : nil }
  }

  /// A dnl within the arguments of the call that begins here.
  var dnlBeforeParenthesis: Int? {
    var (depth, quotes) = (0, 0)
    for index in bytes.indices.dropFirst(start) {
      switch bytes[index] {
      case UInt8(ascii: "`"): quotes += 1
      case UInt8(ascii: "'"): quotes = max(quotes - 1, 0)
      case _ where quotes > 0: continue
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth -= 1
      case UInt8(ascii: "d") where depth > 0 && beginsDnl(index): return index
      default: continue
      }
    }
    return nil
  }

  private func beginsDnl(_ index: Int) -> Bool {
    bytes[index...].starts(with: "dnl".utf8)
      && (index + 3 == bytes.count || !Self.isLetter(bytes[index + 3]))
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}

extension CallStep {
  package var position: SourcePosition? {
    file.isEmpty ? nil : SourcePosition(file: String(decoding: file, as: UTF8.self), line: line, column: column)
  }

  /// As people write the call, with the beginning of its first argument where that is known.
  package var shown: String {
    let name = String(decoding: name, as: UTF8.self)
    guard let argument else { return name }
    let text = String(decoding: argument.prefix { $0 >= 0x20 }, as: UTF8.self)
    return text.count == argument.count && text.count <= 40 ? "\(name)(`\(text)')" : "\(name)(`\(text.prefix(40))…')"
  }
}

extension Processor {
  /// What the end of a run tells of its files: slips of the pen. Provenance must have been kept.
  package var lateFindings: [Diagnostic] {
    if provenance.slips.isEmpty { return [] }
    let names = definedNames
    return provenance.slips.compactMap { $0.finding(names) }
  }
}
