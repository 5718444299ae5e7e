// CFText.swift: quoting and escapes in the values of D and M lines.

/// Quoting in the values of a .cf.
enum CFText {
  /// A value up to the delimiter: quotes dropped, `\n` and its like resolved, blanks at the end cut.
  ///
  /// - Returns: the value and what follows the delimiter, nil when there was none.
  static func value(
    _ text: ArraySlice<CFUnit>, until delimiter: UInt8
  ) -> (value: [CFUnit], rest: ArraySlice<CFUnit>) {
    var result: [CFUnit] = []
    result.reserveCapacity(min(text.count, 64))
    var isQuoted = false
    var index = text.startIndex
    // Blanks at the end are cut, escaped ones excepted.
    var kept = 0
    while index < text.endIndex {
      let unit = text[index]
      index += 1
      if unit.byte == 0x5C, index < text.endIndex {
        let (escaped, end) = escape(text, at: index)
        result.append(escaped)
        kept = result.count
        index = end
      } else if unit.byte == 0x22 {
        isQuoted.toggle()
      } else if unit.byte == delimiter, !isQuoted {
        return (Array(result[..<kept]), text[(index - 1)...])
      } else {
        result.append(unit)
        if !unit.isSpace { kept = result.count }
      }
    }
    return (Array(result[..<kept]), text[text.endIndex...])
  }

  /// The value of a D line: one pair of quotes around all of it is dropped.
  static func unquoted(_ text: ArraySlice<CFUnit>) -> [CFUnit] {
    guard text.first?.byte == 0x22, let end = text.dropFirst().lastIndex(of: CFUnit(0x22)) else {
      return trimmed(Array(text))
    }
    return Array(text[(text.startIndex + 1)..<end])
  }

  static func trimmed(_ text: [CFUnit]) -> [CFUnit] {
    var result = text
    while let last = result.last, last.isSpace { result.removeLast() }
    return result
  }

  private static func escape(
    _ text: ArraySlice<CFUnit>, at index: Int
  ) -> (CFUnit, end: Int) {
    let unit = text[index]
    switch unit.byte ?? 0 {
    case 0x62: return (CFUnit(0x08), index + 1)  // \b
    case 0x66: return (CFUnit(0x0C), index + 1)  // \f
    case 0x6E: return (CFUnit(0x0A), index + 1)  // \n
    case 0x72: return (CFUnit(0x0D), index + 1)  // \r
    case 0x74: return (CFUnit(0x09), index + 1)  // \t
    case 0x30...0x37: return octal(text, at: index)
    default: return (unit, index + 1)
    }
  }

  private static func octal(_ text: ArraySlice<CFUnit>, at index: Int) -> (CFUnit, end: Int) {
    var value = 0
    var end = index
    while end < text.endIndex, end < index + 3, let digit = text[end].byte,
      (0x30...0x37).contains(digit)
    {
      value = value * 8 + Int(digit - 0x30)
      end += 1
    }
    return (CFUnit(UInt8(truncatingIfNeeded: value)), end)
  }
}
