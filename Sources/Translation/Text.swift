// Text.swift: configuration text as strings that lose no byte.
//
// Tables and configurations are bytes, and translating them is mostly cutting and
// joining. Each byte becomes the character of that number (ISO 8859-1), so that
// a string compares byte by byte and goes back to the bytes it came from.

package typealias Bytes = [UInt8]

extension String {
  /// One character a byte.
  init(bytes: some Sequence<UInt8>) {
    var text = ""
    for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte)) }
    self = text
  }

  /// The bytes again; characters that are none, as in the name of a file, as UTF-8.
  var bytes: Bytes {
    var result: Bytes = []
    for scalar in unicodeScalars {
      if let byte = UInt8(exactly: scalar.value) {
        result.append(byte)
      } else {
        result += Array(String(scalar).utf8)
      }
    }
    return result
  }

  /// For people: the bytes read as UTF-8.
  var shown: String { String(decoding: bytes, as: UTF8.self) }

  /// ASCII letters in small letters, the rest as it is.
  var folded: String {
    String(bytes: bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
  }

  var trimmed: String {
    guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank })
    else { return "" }
    return String(self[first...last])
  }

  /// Divided at blanks.
  var words: [String] { split(whereSeparator: \.isBlank).map(String.init) }

  /// Divided at the first such character.
  func cut(_ separator: Character) -> (before: String, after: String)? {
    firstIndex(of: separator).map { (String(self[..<$0]), String(self[index(after: $0)...])) }
  }

  /// Divided at the last such character.
  func cutLast(_ separator: Character) -> (before: String, after: String)? {
    lastIndex(of: separator).map { (String(self[..<$0]), String(self[index(after: $0)...])) }
  }

  /// Whether the part is in it, byte for byte; `contains` knows Unicode and takes its time.
  func holds(_ part: String) -> Bool {
    var (whole, part) = (self, part)
    return whole.withUTF8 { whole in
      part.withUTF8 { part in
        guard let first = part.first else { return true }
        guard whole.count >= part.count else { return false }
        return (0...whole.count - part.count).contains { start in
          whole[start] == first && whole[start..<start + part.count].elementsEqual(part)
        }
      }
    }
  }

  func dropping(prefix: String) -> String? {
    hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
  }

  func replacing(_ word: String, by other: String) -> String {
    guard !word.isEmpty else { return self }
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      if rest.hasPrefix(word) {
        result += other
        rest = rest.dropFirst(word.count)
      } else {
        result.append(rest.removeFirst())
      }
    }
    return result
  }

  /// The last part of a path.
  var fileName: String { cutLast("/")?.after ?? self }

  /// As a regular expression that matches this text and no other.
  var literalPattern: String {
    reduce(into: "") { text, character in
      if "\\^$.[]|()*+?{}/".contains(character) { text.append("\\") }
      text.append(character)
    }
  }

  /// As text of a main.cf or a regexp table in which `$` begins a reference.
  var withoutReferences: String { replacing("$", by: "$$") }
}

extension Character {
  var isBlank: Bool { self == " " || self == "\t" || self == "\n" || self == "\r" || self == "\r\n" }
}
