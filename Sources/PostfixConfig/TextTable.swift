// TextTable.swift: `key value` lines as postmap reads them.
//
// The key ends at the first white space that is not between double quotes; the
// rest, trimmed, is the value. Of equal keys the first counts.
//
// Fails: a line without a value, or with an unbalanced quote, is a diagnostic
// and left out; the others stay.

import Diagnostics
import MailAddress

package enum TextTable {
  package struct Entry: Sendable, Equatable {
    package var key: Bytes
    package var value: Bytes
    package var position: SourcePosition
  }

  /// All entries in order, duplicates included.
  package static func entries(
    in bytes: Bytes, file: String, report: (Diagnostic) -> Void = { _ in }
  ) -> [Entry] {
    LogicalLine.all(in: bytes, of: file).compactMap { line in
      guard line.text.first.map({ !$0.isWhiteSpace }) ?? false else {
        report(Diagnostic(.warning, .postfixContinuation(), at: line.position()))
        return nil
      }
      guard let end = keyEnd(line.text) else {
        report(Diagnostic(.warning, .postfixTableQuote(line.text.text), at: line.position()))
        return nil
      }
      let value = Bytes(line.text[end...]).trimmed
      guard end > 0, !value.isEmpty else {
        report(Diagnostic(.warning, .postfixTableLine(line.text.text), at: line.position()))
        return nil
      }
      return Entry(key: Bytes(line.text[..<end]), value: value, position: line.position())
    }
  }

  /// Where the key ends; nil when a quote does not.
  private static func keyEnd(_ text: Bytes) -> Int? {
    var quoted = false
    var index = 0
    while index < text.count {
      let byte = text[index]
      if byte == .backslash {
        index += 1
      } else if byte == .quote {
        quoted.toggle()
      } else if !quoted, byte.isWhiteSpace {
        return index
      }
      index += 1
    }
    return quoted ? nil : text.count
  }

  static func table(
    _ name: String, _ entries: [Entry], report: (Diagnostic) -> Void
  ) -> KeyedTable {
    var result: [Bytes: KeyedTable.Entry] = [:]
    for entry in entries {
      guard let key = FoldedKey.of(entry.key) else { continue }
      if let earlier = result[key] {
        let note = Diagnostic.Note("first here", at: earlier.position)
        report(
          Diagnostic(.warning, .postfixTableDuplicate(key.text), at: entry.position, notes: [note]))
        continue
      }
      result[key] = KeyedTable.Entry(value: entry.value, position: entry.position)
    }
    return KeyedTable(name: name, entries: result)
  }
}
