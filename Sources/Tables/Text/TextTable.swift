// TextTable.swift: a plain file with columns, looked up by one and answering
// with another: sendmail's map class text, with its -k, -v and -z.
//
// Without a delimiter blanks separate, however many, and column 0 begins at the
// first byte that is no blank; the other columns are counted from the start of
// the line, where leading blanks stand for nothing before column 1. With a
// delimiter each one ends a column. A line whose first byte is # is a comment.
// Keys are compared without regard to the case of A to Z.
//
// The first line with the key decides, also when it lacks the column of the
// value: then there is none. sendmail reads lines in pieces of 2,047 bytes up
// to a NUL and columns up to 256 bytes; so do we.
//
// Fails: when the file cannot be read.

import Posix

package final class TextTable: Sendable {
  private let values: [[UInt8]: [UInt8]?]

  package static let longestLine = 2047
  package static let longestColumn = 256

  /// - Parameters:
  ///   - keyColumn, valueColumn: counted from 0; the value is by default the key
  ///     as it is in the file.
  ///   - delimiter: nil for blanks.
  package convenience init(
    path: String, keyColumn: Int = 0, valueColumn: Int = 0, delimiter: UInt8? = nil
  ) throws(TableError) {
    do throws(Errno) {
      self.init(
        try readFile(path), keyColumn: keyColumn, valueColumn: valueColumn, delimiter: delimiter)
    } catch {
      throw TableError(path: path, reason: .system(error))
    }
  }

  package init(
    _ text: [UInt8], keyColumn: Int = 0, valueColumn: Int = 0, delimiter: UInt8? = nil
  ) {
    var values: [[UInt8]: [UInt8]?] = [:]
    for line in TextTable.lines(of: text) where line.first != UInt8(ascii: "#") {
      guard let key = TextTable.column(keyColumn, of: line, delimiter) else { continue }
      let folded = key.map(folded)
      if values[folded] == nil {
        values.updateValue(
          TextTable.column(valueColumn, of: line, delimiter).map(Array.init), forKey: folded)
      }
    }
    self.values = values
  }

  package var count: Int { values.count }

  /// The value column of the first line with the key.
  package func lookUp(_ key: ArraySlice<UInt8>) -> [UInt8]? {
    values[key.prefix(TextTable.longestColumn).map(folded)] ?? nil
  }

  package func lookUp(_ key: [UInt8]) -> [UInt8]? { lookUp(key[...]) }

  // MARK: lines and columns

  private static func lines(of text: [UInt8]) -> [ArraySlice<UInt8>] {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    while start < text.count {
      let piece = text[start..<min(start + longestLine, text.count)]
      let newline = piece.firstIndex(of: UInt8(ascii: "\n"))
      let line = text[start..<(newline ?? piece.endIndex)]
      lines.append(line.prefix { $0 != 0 })
      start = newline.map { $0 + 1 } ?? piece.endIndex
    }
    return lines
  }

  private static func column(
    _ number: Int, of line: ArraySlice<UInt8>, _ delimiter: UInt8?
  ) -> ArraySlice<UInt8>? {
    let separates = { (byte: UInt8) in delimiter.map { $0 == byte } ?? isBlank(byte) }
    var rest = line
    if number == 0, delimiter == nil { rest = rest.drop(while: isBlank) }
    for _ in 0..<number {
      guard let end = rest.firstIndex(where: separates) else { return nil }
      rest = rest[(end + 1)...]
      if delimiter == nil { rest = rest.drop(while: isBlank) }
    }
    return rest.prefix { !separates($0) }.prefix(longestColumn)
  }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

private func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
