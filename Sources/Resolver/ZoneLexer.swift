// ZoneLexer.swift: the words of a zone file, entry by entry.
//
// An entry is a line, or the lines that a parenthesis holds together.

struct ZoneLexer {
  struct Word {
    var bytes: [UInt8]
    var isQuoted = false
    var line: Int
    var column: Int

    var text: String { String(decoding: bytes, as: UTF8.self) }
  }

  struct Entry {
    var words: [Word] = []
    /// Begins with white space: the record belongs to the name before.
    var continuesOwner = false
    var line: Int
    var problem: String?
  }

  private let text: [UInt8]
  private var index = 0
  private var line = 1
  private var lineStart = 0

  init(text: [UInt8]) { self.text = text }

  /// The next entry that has words or a fault; nil at the end.
  mutating func nextEntry() -> Entry? {
    while index < text.count {
      let entry = readEntry()
      if !entry.words.isEmpty || entry.problem != nil { return entry }
    }
    return nil
  }

  private mutating func readEntry() -> Entry {
    var entry = Entry(continuesOwner: text[index] == 0x20 || text[index] == 0x09, line: line)
    var depth = 0
    while index < text.count {
      switch text[index] {
      case 0x0A:
        newLine()
        if depth == 0 { return entry }
      case 0x20, 0x09, 0x0D: index += 1
      case 0x3B: while index < text.count, text[index] != 0x0A { index += 1 }
      case 0x28:
        depth += 1
        index += 1
      case 0x29:
        if depth == 0 { entry.problem = "a ) without its (" }
        depth = max(0, depth - 1)
        index += 1
      case 0x22: readQuoted(&entry)
      default: readWord(&entry)
      }
    }
    if depth > 0 { entry.problem = "a ( that is not closed" }
    return entry
  }

  private mutating func newLine() {
    index += 1
    line += 1
    lineStart = index
  }

  private mutating func readQuoted(_ entry: inout Entry) {
    var word = Word(bytes: [], isQuoted: true, line: line, column: index - lineStart + 1)
    index += 1
    while index < text.count, text[index] != 0x22 {
      guard text[index] != 0x0A else {
        entry.problem = "a quote that is not closed"
        return
      }
      if text[index] == 0x5C, index + 1 < text.count, text[index + 1] != 0x0A { index += 1 }
      word.bytes.append(text[index])
      index += 1
    }
    if index == text.count { entry.problem = "a quote that is not closed" } else { index += 1 }
    entry.words.append(word)
  }

  private mutating func readWord(_ entry: inout Entry) {
    var word = Word(bytes: [], line: line, column: index - lineStart + 1)
    while index < text.count, !Self.endsWord(text[index]) {
      if text[index] == 0x5C, index + 1 < text.count, text[index + 1] != 0x0A {
        word.bytes.append(text[index])
        index += 1
      }
      word.bytes.append(text[index])
      index += 1
    }
    entry.words.append(word)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, 0x22, 0x28, 0x29, 0x3B: true
    default: false
    }
  }
}
