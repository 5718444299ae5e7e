// CrackedAddress.swift: the words around an address.
//
//     Foo Bar <foo@bar.example>   ->   Foo Bar <$g>
//     foo@bar.example (Foo Bar)   ->   $g (Foo Bar)
//
// When an address is rewritten, names and comments stay: what this finds is the
// text with `$g` in the address's place. A name with special characters is put
// into quotes.

/// An address taken apart.
package struct CrackedAddress: Sendable {
  /// The text with `$g` where the address was, if there was one.
  package let template: [UInt8]

  package init(_ text: [UInt8], quoting specials: [UInt8]) {
    let parts = Self.split(text)
    let bracket = parts.lastIndex { $0.kind == .open }
    let close = bracket.flatMap { parts[$0...].firstIndex { $0.kind == .close } }
    // A colon behind the brackets makes all before it a group's name.
    let isGroup = close.map { parts[$0...].contains { $0.kind == .colon } } ?? false
    let firstClose = parts.firstIndex { $0.kind == .close } ?? parts.count
    if bracket != nil, parts[firstClose...].contains(where: { $0.kind == .quoted }) {
      // Quotes behind brackets: only the address stays.
      template = [0x3C] + Self.mark + [0x3E]
    } else if let bracket, !isGroup {
      template = Self.inBrackets(parts, bracket, Set(specials))
    } else {
      template = Self.bare(parts, Set(specials))
    }
  }

  /// The words with this address in them.
  package func around(_ address: [UInt8]) -> [UInt8] {
    guard let place = template.firstRange(of: Self.mark) else { return template }
    return template[..<place.lowerBound] + address + template[place.upperBound...]
  }

  private static let mark: [UInt8] = [0x24, 0x67]

  // MARK: - Parts

  private enum Kind { case text, quoted, comment, blank, open, close, colon, semicolon, stray }

  private struct Part {
    var kind: Kind
    var bytes: [UInt8]
  }

  private static func split(_ text: [UInt8]) -> [Part] {
    var parts: [Part] = []
    var index = 0
    // The colons of `[IPv6:…]` belong to the address.
    var isLiteral = false
    while index < text.count {
      let start = index
      if text[index] == 0x5B { isLiteral = true }
      if text[index] == 0x5D { isLiteral = false }
      var kind = kind(of: text, &index)
      if isLiteral, kind == .colon { kind = .text }
      let isClosed = kind != .comment || isBalanced(text[start..<index])
      var bytes = Array(text[start..<index])
      if !isClosed { bytes += [UInt8](repeating: 0x29, count: depth(bytes)) }
      if kind == .text, parts.last?.kind == .text {
        parts[parts.count - 1].bytes += bytes
      } else {
        parts.append(Part(kind: kind, bytes: bytes))
      }
    }
    return parts
  }

  /// The kind of the part that begins at the index, which moves behind it.
  private static func kind(of text: [UInt8], _ index: inout Int) -> Kind {
    let byte = text[index]
    index += 1
    switch byte {
    case 0x5C:
      index = min(index + 1, text.count)
      return .text
    case 0x22:
      while index < text.count, text[index] != 0x22 { index += text[index] == 0x5C ? 2 : 1 }
      index = min(index + 1, text.count)
      return .quoted
    case 0x28:
      var depth = 1
      while index < text.count, depth > 0 {
        if text[index] == 0x5C { index += 1 } else if text[index] == 0x28 { depth += 1 }
        if index < text.count, text[index] == 0x29, text[index - 1] != 0x5C { depth -= 1 }
        index += 1
      }
      index = min(index, text.count)
      return .comment
    case 0x29: return .stray
    case 0x3C: return .open
    case 0x3E: return .close
    case 0x3A:
      // `host::user` is one address.
      guard index < text.count, text[index] == 0x3A else { return .colon }
      index += 1
      return .text
    case 0x3B: return .semicolon
    case _ where isBlank(byte): return .blank
    default: return .text
    }
  }

  private static func depth(_ comment: [UInt8]) -> Int {
    var depth = 0
    var isEscaped = false
    for byte in comment {
      if isEscaped {
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x28 {
        depth += 1
      } else if byte == 0x29 {
        depth -= 1
      }
    }
    return max(0, depth)
  }

  private static func isBalanced(_ comment: ArraySlice<UInt8>) -> Bool { depth(Array(comment)) == 0 }

  // MARK: - Templates

  /// `phrase <address> more`
  private static func inBrackets(
    _ parts: [Part], _ bracket: Int, _ specials: Set<UInt8>
  ) -> [UInt8] {
    let before = parts[..<bracket]
    let close = parts[bracket...].firstIndex { $0.kind == .close }
    let inside = parts[(bracket + 1)..<(close ?? parts.count)]
    var result: [UInt8] = []
    var name = before
    if let colon = before.firstIndex(where: { $0.kind == .colon }) {
      // A group's name.
      result = phrase(before[..<colon], specials) + [0x3A]
      name = before[(colon + 1)...]
    }
    result += name.prefix { $0.kind == .blank }.flatMap(\.bytes)
    result += phrase(name.drop { $0.kind == .blank }, specials) + [0x3C]
    var hasAddress = false
    for part in inside where part.kind != .blank {
      if part.kind == .comment {
        result += [0x20] + part.bytes
      } else if !hasAddress {
        result += (result.last == 0x29 ? [0x20] : []) + mark
        hasAddress = true
      }
    }
    result.append(0x3E)
    if let close {
      result += parts[(close + 1)...].filter { $0.kind != .close }.flatMap(\.bytes)
    }
    return result
  }

  /// A name, in quotes when it has special characters outside of quotes.
  private static func phrase(_ parts: ArraySlice<Part>, _ specials: Set<UInt8>) -> [UInt8] {
    let blanks = parts.reversed().prefix { $0.kind == .blank }.count
    let words = parts.dropLast(blanks)
    let end = Array(parts.suffix(blanks).flatMap(\.bytes))
    let needsQuotes = words.contains { part in
      switch part.kind {
      case .text: part.bytes.contains { specials.contains($0) }
      case .open, .close, .colon, .semicolon: true
      default: false
      }
    }
    let text = words.flatMap(\.bytes)
    guard needsQuotes else { return text + end }
    return [0x22] + text.flatMap { $0 == 0x22 ? [0x5C, $0] : [$0] } + [0x22] + end
  }

  /// Without brackets: comments stay, the first piece of text is the address.
  private static func bare(_ parts: [Part], _ specials: Set<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = parts[...]
    if let colon = parts.firstIndex(where: { $0.kind == .colon }) {
      result = phrase(parts[..<colon], specials) + [0x3A]
      rest = parts[(colon + 1)...]
    }
    var hasAddress = false
    var blanks: [UInt8] = []
    for part in rest {
      switch part.kind {
      case .blank: blanks += part.bytes
      case .comment:
        let isApart = result.last.map { isBlank($0) || $0 == 0x3A } ?? true
        result += (isApart || !blanks.isEmpty ? blanks : [0x20]) + part.bytes
        blanks = []
      case .semicolon: result.append(0x3B)
      case .close, .stray: break
      default:
        if !hasAddress, part.bytes.contains(where: { $0 != 0x22 }) {
          result += (blanks.isEmpty && result.last == 0x29 ? [0x20] : blanks) + mark
          hasAddress = true
        }
        blanks = []
      }
    }
    if !hasAddress, result.last == 0x3B { result += mark }
    return result
  }
}
