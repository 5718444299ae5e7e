// TableText.swift: the source of a table, read into entries.
//
// The text stays one array; an entry is where its key and value lie in it, so a
// million lines cost no allocation each. Keys are folded in place, and the byte
// behind each key and each value is set to NUL: files whose keys end with NUL
// are made by counting one byte more.
//
// Fails: never. Lines that give no entry are `faults`, in order.

import Diagnostics
import Glibc

package struct TableText: Sendable {
  /// Where an entry lies in the text.
  struct Entry: Sendable {
    var keyStart: Int
    var line: UInt32
    var keyLength: UInt16
    /// From the start of the key.
    var valueOffset: UInt16
    var valueLength: UInt16
  }

  private(set) var bytes: [UInt8]
  private(set) var entries: ContiguousArray<Entry> = []
  package private(set) var faults: [TableFault] = []

  package init(_ text: [UInt8], grammar: TableGrammar = TableGrammar()) {
    bytes = text
    // The byte behind the last value, when no newline ends the text.
    bytes.append(0)
    entries.reserveCapacity(bytes.count / 32)
    var reader = TableTextReader(grammar: grammar, entries: [], faults: [])
    swap(&reader.entries, &entries)
    bytes.withUnsafeMutableBufferPointer { buffer in
      reader.readAll(UnsafeMutableBufferPointer(rebasing: buffer.dropLast()), in: buffer)
    }
    entries = reader.entries
    faults = reader.faults
  }

  package var count: Int { entries.count }

  package subscript(_ index: Int) -> TableEntry {
    let entry = entries[index]
    let value = entry.keyStart + Int(entry.valueOffset)
    return TableEntry(
      key: Array(bytes[entry.keyStart..<entry.keyStart + Int(entry.keyLength)]),
      value: Array(bytes[value..<value + Int(entry.valueLength)]), line: Int(entry.line))
  }

  /// All entries, copied, for tables of ordinary size.
  package var all: [TableEntry] { entries.indices.map { self[$0] } }
}

extension TableFault {
  /// The fault as people read it, with its place in the file.
  package func diagnostic(file: String) -> Diagnostic {
    Diagnostic(.error, message, at: SourcePosition(file: file, line: line, column: column))
  }

  private var column: Int { if case .lineTooLong = kind { 0 } else { 1 } }

  private var message: Diagnostic.Message {
    switch kind {
    case .lineTooLong: .tableLineTooLong(limit: TableGrammar.longestLine - 1)
    case .leadingBlank: .tableLeadingBlank
    case .missingValue(let key): .tableMissingValue(String(decoding: key, as: UTF8.self))
    case .duplicateKey(let key): .tableDuplicateKey(String(decoding: key, as: UTF8.self))
    }
  }
}
