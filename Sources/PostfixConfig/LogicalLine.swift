// LogicalLine.swift: lines as Postfix reads them in main.cf, master.cf and tables.
//
// A line that starts with white space continues the one before. Empty lines and
// lines whose first visible character is # are skipped, also in the middle of a
// logical line. Line ends are dropped, the white space before them is not.
//
// Fails: never.

import Diagnostics
import MailAddress

/// One logical line, which remembers where each of its bytes stood.
package struct LogicalLine: Sendable, Equatable {
  package let text: Bytes
  package let file: String
  /// For each physical line: where in `text` it begins, and its number.
  let pieces: [Piece]

  struct Piece: Sendable, Equatable {
    let offset: Int
    let line: Int
  }

  init(text: Bytes, file: String, pieces: [Piece]) {
    self.text = text
    self.file = file
    self.pieces = pieces
  }

  /// A line that stands within another file, as inline tables do.
  init(text: Bytes, at position: SourcePosition) {
    self.init(
      text: text, file: position.file, pieces: [Piece(offset: 0, line: position.line)])
  }

  /// The number of its first physical line.
  package var line: Int { pieces.first?.line ?? 0 }

  /// Where a byte of the text stands in the file.
  package func position(_ offset: Int = 0) -> SourcePosition {
    guard let piece = pieces.last(where: { $0.offset <= offset }) else {
      return SourcePosition(file: file)
    }
    return SourcePosition(file: file, line: piece.line, column: offset - piece.offset + 1)
  }

  /// All logical lines of a file.
  package static func all(in bytes: Bytes, of file: String) -> [LogicalLine] {
    var lines: [LogicalLine] = []
    var text: Bytes = []
    var pieces: [Piece] = []
    func end() {
      if !pieces.isEmpty { lines.append(LogicalLine(text: text, file: file, pieces: pieces)) }
      text = []
      pieces = []
    }
    let physical = bytes.split(separator: .newline, omittingEmptySubsequences: false)
    for (index, line) in physical.enumerated() {
      guard let visible = line.first(where: { !$0.isWhiteSpace }), visible != .hash else { continue }
      if line.first.map({ !$0.isWhiteSpace }) ?? true { end() }
      pieces.append(Piece(offset: text.count, line: index + 1))
      text += line
    }
    end()
    return lines
  }
}
