// AliasText.swift: an alias file as Postfix should read it.
//
// Of a name that stands there twice sendmail takes the last entry, postalias(1) the
// first. The earlier ones become comments, so that nothing of the file is lost.

package enum AliasText {
  package static func withoutRepeats(_ text: Bytes) -> Bytes {
    let entries = entries(of: text)
    var last: [Bytes: Int] = [:]
    for (index, entry) in entries.enumerated() { if let name = name(of: entry) { last[name] = index } }
    guard last.count < entries.count else { return text }
    return entries.enumerated().reduce(into: Bytes()) { result, item in
      let isRepeated = name(of: item.element).map { last[$0] != item.offset } ?? false
      for line in lines(of: item.element) { result += (isRepeated ? [0x23, 0x20] : []) + line }
    }
  }

  /// The lines of the file with the newlines at their ends, those that go on together.
  private static func entries(of text: Bytes) -> [Bytes] {
    lines(of: text).reduce(into: []) { entries, line in
      let goesOn = line.first == 0x20 || line.first == 0x09
      if goesOn, let last = entries.indices.last, name(of: entries[last]) != nil {
        entries[last] += line
      } else {
        entries.append(line)
      }
    }
  }

  private static func lines(of text: Bytes) -> [Bytes] {
    text.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated().reduce(into: []) { lines, item in
      if item.offset > 0, let last = lines.indices.last { lines[last].append(0x0A) }
      lines.append(Bytes(item.element))
    }.filter { !$0.isEmpty }
  }

  /// The name in small letters and without quotes; nil for a comment or an empty line.
  private static func name(of entry: Bytes) -> Bytes? {
    guard let first = entry.first, first != 0x23, first > 0x20 else { return nil }
    var isQuoted = false
    for (index, byte) in entry.enumerated() {
      if byte == 0x22 { isQuoted.toggle() }
      guard byte == 0x3A, !isQuoted else { continue }
      let name = entry[..<index].filter { $0 != 0x22 && $0 > 0x20 }
      return name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
    return nil
  }
}
