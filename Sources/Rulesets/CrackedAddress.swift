// CrackedAddress.swift: the words around an address.
//
//     Foo Bar <foo@bar.example>   ->   Foo Bar <$g>
//     foo@bar.example (Foo Bar)   ->   $g (Foo Bar)
//     list: foo@bar.example       ->   list: $g
//
// When an address is rewritten, names and comments stay: what this finds is the text with `$g`
// in the address's place. A name with special characters is put into quotes. Where the words
// are too long, or quotes open behind brackets, only the address stays.

/// An address taken apart.
package struct CrackedAddress: Sendable {
  /// The text with `$g` where the address was, if there was one.
  package let template: [UInt8]

  /// - Parameter hasGroups: whether a colon ends a group's name (no ColonOkInAddr).
  package init(_ text: [UInt8], quoting specials: [UInt8], hasGroups: Bool = true) {
    var reader = Reader(text, specials, hasGroups: hasGroups)
    template = reader.template() ?? [0x3C] + Self.mark + [0x3E]
  }

  /// The words with this address in them.
  package func around(_ address: [UInt8]) -> [UInt8] {
    guard let place = template.firstRange(of: Self.mark) else { return template }
    return template[..<place.lowerBound] + address + template[place.upperBound...]
  }

  fileprivate static let mark: [UInt8] = [0x24, 0x67]
}

/// Walks through the text once. Brackets and colons show that what was taken for an address is
/// a name; it is then written from the text in the place of what had been written.
private struct Reader {
  private let text: [UInt8]
  private let specials: Set<UInt8>
  private let hasGroups: Bool
  private var index: Int
  private var output: [UInt8] = []
  /// Where the name or address of this group begins, in the text and in the output.
  private var start: Int
  private var outputStart = 0
  /// Comments that are open.
  private var depth = 0
  /// Whether all that follows is copied: what is behind brackets.
  private var isBehindAddress = false
  private var isBracketed = false
  private var wasBracketed = false
  private var isQuoted = false
  private var brackets = 0
  private var wasGroup = false
  private var hasMark = false
  /// Whether what was read can be a name in quotes only.
  private var needsQuotes = false
  private var isTooLong = false

  private static let longest = 255

  init(_ text: [UInt8], _ specials: [UInt8], hasGroups: Bool) {
    self.text = text
    self.specials = Set(specials)
    self.hasGroups = hasGroups
    index = text.firstIndex { !isBlank($0) } ?? text.count
    start = index
  }

  /// nil where there is no room for it.
  mutating func template() -> [UInt8]? {
    while let byte = next() {
      if isCopying { write(byte) }
      read(byte)
      if isTooLong { return nil }
    }
    if isQuoted, isBehindAddress { output.append(0x22) }
    output += [UInt8](repeating: 0x29, count: depth)
    if isBracketed { output.append(0x3E) }
    return output
  }

  private var isCopying: Bool { isBehindAddress || depth > 0 }

  private mutating func next() -> UInt8? {
    guard index < text.count else { return nil }
    index += 1
    return text[index - 1]
  }

  /// What closes comments and brackets must have its place, too.
  private mutating func write(_ byte: UInt8) {
    if isQuoted && isBehindAddress || output.count >= Self.longest - depth - (isBracketed ? 1 : 0) { isTooLong = true }
    output.append(byte)
  }

  private mutating func read(_ byte: UInt8) {
    switch byte {
    case 0x5C: escape()
    case 0x22 where depth == 0: isQuoted.toggle()
    case _ where isQuoted: markAddress()
    case 0x28: openComment()
    case 0x29 where depth > 0: depth -= 1
    case _ where depth > 0: break
    default: readPlain(byte)
    }
  }

  private mutating func escape() {
    if depth == 0, !isQuoted { needsQuotes = true }
    if let escaped = next(), isCopying { write(escaped) }
    markAddress()
  }

  private mutating func openComment() {
    let wasCopying = isCopying
    depth += 1
    if wasCopying { return }
    if output.count > outputStart { write(0x20) }
    write(0x28)
  }

  private mutating func readPlain(_ byte: UInt8) {
    // Nothing was opened that it could close.
    if byte == 0x29, isBehindAddress, output.count > outputStart { output.removeLast() }
    if byte == 0x5B { brackets += 1 }
    if byte == 0x5D { brackets -= 1 }
    if byte == 0x3A, hasGroups, !isBracketed, brackets <= 0, !wasGroup {
      colon()
      return
    }
    if byte == 0x3B, hasGroups, !isBehindAddress { write(byte) }
    if specials.contains(byte) { needsQuotes = true }
    switch byte {
    case 0x3C: openBracket()
    case 0x3E: closeBracket()
    default: markAddress()
    }
  }

  /// `host::user` and `DEC:.x` are addresses; other colons end a group's name.
  private mutating func colon() {
    if index < text.count, text[index] == 0x3A || text[index] == 0x2E {
      needsQuotes = true
      if isBehindAddress {
        write(0x3A)
        write(text[index])
      }
      index += 1
      markAddress()
      return
    }
    wasGroup = true
    writeName()
    while index < text.count, isBlank(text[index]) {
      write(text[index])
      index += 1
    }
    isBehindAddress = false
    outputStart = output.count
    start = index
  }

  /// Of two the first is none.
  private mutating func openBracket() {
    if wasBracketed { needsQuotes = true }
    wasBracketed = true
    isBracketed = true
    writeName()
    isBehindAddress = false
  }

  private mutating func closeBracket() {
    guard isBracketed else {
      if isBehindAddress, output.count > outputStart { output.removeLast() }
      needsQuotes = true
      return
    }
    isBracketed = false
    if !isBehindAddress { write(0x3E) }
    isBehindAddress = true
  }

  /// What was read since the start, up to the byte that ends it, is a name.
  private mutating func writeName() {
    output.removeSubrange(outputStart...)
    var end = index
    if needsQuotes {
      end -= 1
      // Where there is no name, blanks behind a colon count once more.
      while end > 0, isBlank(text[end - 1]) { end -= 1 }
      write(0x22)
      for byte in text[start..<max(start, end)] {
        if byte == 0x22 { write(0x5C) }
        write(byte)
      }
      write(0x22)
    } else {
      for byte in text[start..<end] { write(byte) }
    }
    for byte in text[end..<index] { write(byte) }
    hasMark = false
    needsQuotes = false
  }

  private mutating func markAddress() {
    guard !isCopying, !hasMark else { return }
    if output.last == 0x29 { write(0x20) }
    for byte in CrackedAddress.mark { write(byte) }
    hasMark = true
  }
}
