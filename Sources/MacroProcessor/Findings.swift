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
      return cycle.map { Diagnostic.Note("\(name($0)) is called here, again and again", at: position($0)) }
    }
    return shortened(
      open.map { Diagnostic.Note("within the arguments of \(name($0)), which begin here", at: position($0)) }
        + steps.dropFirst().map { Diagnostic.Note("in the expansion of \(name($0)), called here", at: position($0)) })
  }

  /// Of a long way both ends, and each step that repeats itself once.
  private func shortened(_ notes: [Diagnostic.Note]) -> [Diagnostic.Note] {
    var kept: [Diagnostic.Note] = []
    for note in notes where note != kept.last { kept.append(note) }
    guard kept.count > 10 else { return kept }
    return kept.prefix(7) + [Diagnostic.Note("… \(kept.count - 9) more calls …")] + kept.suffix(2)
  }

  private func name(_ step: CallStep) -> String { String(decoding: step.name, as: UTF8.self) }

  private func position(_ step: CallStep) -> SourcePosition? {
    step.file.isEmpty
      ? nil : SourcePosition(file: String(decoding: step.file, as: UTF8.self), line: step.line, column: step.column)
  }

  // MARK: Causes

  package var fix: String? {
    let text = plainText
    if text == "end of file in string" { return "close the quote that begins here" }
    if text == "end of file in argument list" { return "close the argument list that begins here with )" }
    if text == "end of file in comment" { return "end the comment that begins here" }
    if text.hasPrefix("bad expression in eval") || text.hasPrefix("invalid operator in eval") {
      return "a name in an expression must have a number for its text"
    }
    if text.hasPrefix("undefined macro") { return "define it first, or ask ifdef" }
    if text.hasPrefix("non-numeric argument") { return "write a decimal number" }
    if case .excess = cause { return "a macro whose text calls it again needs an end, and its own name quoted" }
    return nil
  }

  /// An apostrophe in a word, such as in isn't, is what most quotes and lists are lost to.
  private func causes(_ place: SourcePosition, _ line: (SourcePosition) -> [UInt8]?) -> [Diagnostic.Note]? {
    guard plainText.hasPrefix("end of file in ") else { return nil }
    for number in place.line..<place.line + 20 {
      guard let bytes = line(SourcePosition(file: place.file, line: number)) else { return nil }
      let from = number == place.line ? max(place.column - 1, 0) : 0
      guard let apostrophe = Self.apostrophe(in: bytes, from: from) else { continue }
      return [
        Diagnostic.Note(
          "the apostrophe within the text ends a quote",
          at: SourcePosition(file: place.file, line: number, column: apostrophe + 1))
      ]
    }
    return nil
  }

  private static func apostrophe(in line: [UInt8], from start: Int) -> Int? {
    func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    return line.indices.dropFirst(max(start, 1)).dropLast().first { index in
      line[index] == UInt8(ascii: "'") && isLetter(line[index - 1]) && isLetter(line[index + 1])
    }
  }
}

extension Processor {
  /// What the end of a run tells of its files: names that are no macros and look like some, and
  /// macros that stand without the arguments they use. Provenance must have been kept.
  package var lateFindings: [Diagnostic] {
    let names = definedNames
    let unknown = provenance.unknown.compactMap { call -> Diagnostic? in
      let name = String(decoding: call.name, as: UTF8.self)
      guard !names.contains(name),
        let nearest = nearestName(to: name, among: names, within: max(1, name.utf8.count / 4))
      else { return nil }
      return finding(
        .warning, .init(.processorMessage, "\(name) is no macro; the call stays text", fix: "did you mean \(nearest)?"),
        call)
    }
    let bare = provenance.bare.map { call in
      let name = String(decoding: call.name, as: UTF8.self)
      return finding(
        .note,
        .init(.processorMessage, "\(name) stands without the arguments that its text uses", fix: "write \(name)(…)"),
        call)
    }
    return unknown + bare
  }

  private func finding(
    _ severity: Diagnostic.Severity, _ message: Diagnostic.Message, _ call: CallStep
  ) -> Diagnostic {
    let place = SourcePosition(file: String(decoding: call.file, as: UTF8.self), line: call.line, column: call.column)
    return Diagnostic(severity, message, at: place, length: call.name.count)
  }
}
