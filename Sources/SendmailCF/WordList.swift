// WordList.swift: words in one text, with blanks between.
//
// To look through a text of some hundred bytes costs less than to make a set of its
// words, which every start of a command would do anew.

/// Words that are looked for without regard to case.
struct WordList: Sendable, ExpressibleByStringLiteral {
  private let text: StaticString

  init(stringLiteral text: StaticString) { self.text = text }

  var all: [String] {
    text.withUTF8Buffer { bytes in bytes.split(whereSeparator: isBlank).map { shown($0) } }
  }

  func contains(_ word: some Collection<UInt8>) -> Bool {
    text.withUTF8Buffer { bytes in
      bytes.split(whereSeparator: isBlank).contains { $0.count == word.count && $0.elementsEqual(word, by: isSame) }
    }
  }

  private func isSame(_ known: UInt8, _ given: UInt8) -> Bool {
    known == given || isLetter(given) && known == given | 0x20
  }
}
