// TableText.swift: the entries of a table's text that answers are about, and all else.
//
// Comments, and entries that no question covers, stay where they are. An entry that an
// answer no longer names goes, one that it names anew comes to the end.

/// A line of a table that is an entry.
struct TableEntry: Equatable {
  let key: String
  let value: String

  /// Nil for comments and blank lines.
  init?(line: some Collection<UInt8>) {
    let line = String(decoding: line, as: UTF8.self)
    guard !line.hasPrefix("#"), let first = line.first, !first.isWhitespace else { return nil }
    let key = line.prefix { !$0.isWhitespace }
    self.init(String(key), line.dropFirst(key.count).trimmed)
  }

  init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
}

extension StringProtocol {
  var trimmed: String {
    let start = drop { $0.isWhitespace }
    return String(start.reversed().drop { $0.isWhitespace }.reversed())
  }
}

/// The text of a table.
struct TableText {
  private let lines: [ArraySlice<UInt8>]

  init(_ text: [UInt8]) { lines = text.split(separator: 0x0A, omittingEmptySubsequences: false) }

  var entries: [TableEntry] { lines.compactMap { TableEntry(line: $0) } }

  /// The text with these entries, and no others of their sort.
  ///
  /// - Parameters:
  ///   - head: begins a new file.
  ///   - isOwn: whether an entry is of the sort that answers are about.
  func with(_ wanted: [TableEntry], head: String, isOwn: (TableEntry) -> Bool) -> [UInt8] {
    let keys = Set(wanted.map { $0.key.lowercased() })
    var missing = wanted
    var kept = lines.filter { line in
      guard let entry = TableEntry(line: line) else { return true }
      let known = TableEntry(entry.key.lowercased(), entry.value)
      if let index = missing.firstIndex(where: { $0.key.lowercased() == known.key && $0.value == known.value }) {
        missing.remove(at: index)
        return true
      }
      return !isOwn(entry) && !keys.contains(known.key)
    }
    if kept.last?.isEmpty == true { kept.removeLast() }
    if kept.isEmpty { kept = [Array(head.utf8)[...]] }
    return Array((kept + missing.map { Array("\($0.key)\t\($0.value)".utf8)[...] }).joined(separator: [0x0A])) + [0x0A]
  }
}
