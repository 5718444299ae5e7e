// StrayText.swift: text of a site file that gets into the .cf, where nobody wanted it.
//
//     FEATURE(`access_db') my comment     what stands behind a call
//     FEATURE(`access_db') dnl            a blank, with which the next line of the .cf begins
//     # use dnl for comments              dnl takes the line's end, too: the next line goes on here
//
// A missing dnl alone gives an empty line, which does no harm. The map of the .cf tells what really got there,
// so that text for which a site file has a diversion of its own, or that goes nowhere, is left alone.

import Diagnostics
import MacroProcessor

extension Compilation {
  /// What is wrong, by the lines of the site file.
  var strayText: [Diagnostic] {
    guard let origins else { return [] }
    let site = origins.files.firstIndex { $0.elementsEqual(path.utf8) }
    lazy var lines = source.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    lazy var known = calls.filter(\.givesNoText).sorted { $0.position.line < $1.position.line }
    var found: [Diagnostic] = []
    for (index, run) in origins.runs.enumerated() where run.isFile && run.file == site {
      let end = index + 1 < origins.runs.count ? origins.runs[index + 1].start : configuration.count
      let pieces = configuration[run.start..<end].split(separator: 0x0A, omittingEmptySubsequences: false)
      for (number, piece) in pieces.enumerated() where !piece.isEmpty {
        let line = run.line + number
        guard lines.indices.contains(line - 1) else { continue }
        let text = Piece(bytes: piece, line: lines[line - 1], isCut: number == pieces.count - 1)
        let first = partitionPoint(of: known.count) { known[$0].position.line >= line }
        let ofLine = known[first...].prefix { $0.position.line == line }
        if let call = ofLine.first(where: { text.column(behind: $0) != nil }) {
          found += behind(call, text, at: line)
        } else if text.isCut, text.endsAtDnl, !isBlank(at: end) {
          found.append(diagnostic(.dnlInText, line, text.dnlColumn, 3))
        }
      }
    }
    return found
  }

  private func behind(_ call: SiteCall, _ text: Piece, at line: Int) -> [Diagnostic] {
    let column = text.column(behind: call) ?? 0
    if !text.isBlank { return [diagnostic(.textBehindCall(call), line, column, text.bytes.count)] }
    let (start, end) = (text.bytes.startIndex, text.bytes.endIndex)
    let beginsLine = start == 0 || configuration[start - 1] == 0x0A
    let isHarmless = end == configuration.count || configuration[end] == 0x0A
    return text.isCut && beginsLine && !isHarmless ? [diagnostic(.blankBehindCall(call), line, column, 1)] : []
  }

  private func diagnostic(_ message: Diagnostic.Message, _ line: Int, _ column: Int, _ length: Int) -> Diagnostic {
    Diagnostic(.warning, message, at: SourcePosition(file: path, line: line, column: column), length: length)
  }

  private func isBlank(at place: Int) -> Bool {
    configuration.indices.contains(place) && [0x0A, 0x20, 0x09].contains(configuration[place])
  }
}

/// A text of the .cf that stands in one line of the site file.
private struct Piece {
  let bytes: ArraySlice<UInt8>
  let line: [UInt8]
  /// Whether something else follows it at once.
  let isCut: Bool

  var isBlank: Bool { bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 } }

  /// Where in the line it stands, if that is behind a call that begins the line.
  func column(behind call: SiteCall) -> Int? {
    guard call.position.column == 1, let end = endOfCall(call), let index = firstIndex(from: end) else { return nil }
    return index + 1
  }

  /// Where the call's parenthesis closes; nil where that is on another line.
  private func endOfCall(_ call: SiteCall) -> Int? {
    var (depth, quotes) = (0, 0)
    for index in line.indices.dropFirst(call.name.utf8.count) {
      switch line[index] {
      case UInt8(ascii: "`"): quotes += 1
      case UInt8(ascii: "'"): quotes = max(quotes - 1, 0)
      case _ where quotes > 0: continue
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"):
        depth -= 1
        if depth == 0 { return index + 1 }
      default: continue
      }
    }
    return nil
  }

  private func firstIndex(from start: Int) -> Int? {
    line.indices.dropFirst(start).first { line[$0...].starts(with: bytes) }
  }

  /// Whether dnl comes directly behind it.
  var endsAtDnl: Bool { !isBlank && dnlColumn > 0 }

  /// 0 where there is none.
  var dnlColumn: Int {
    guard let start = firstIndex(from: 0) else { return 0 }
    let place = start + bytes.count
    let isWord = place + 3 == line.count || line.indices.contains(place + 3) && !isNameByte(line[place + 3])
    return line[place...].starts(with: "dnl".utf8) && isWord ? place + 1 : 0
  }
}

extension SiteCall {
  /// Whether it is written for what it does, and has no text of its own in its place.
  fileprivate var givesNoText: Bool {
    !arguments.isEmpty && Vocabulary.names.contains(name) && !["CONCAT", "DOL"].contains(name)
  }
}
