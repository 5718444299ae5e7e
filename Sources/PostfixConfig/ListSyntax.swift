// ListSyntax.swift: how main.cf writes lists.
//
// Elements are divided by commas and white space. Braces keep an element
// together: `check_client_access inline:{ a=b, c=d }` is two. An element that
// begins with a brace is a list of its own, as in restrictions with arguments.

import MailAddress

/// One element and where it began in the list.
package struct ListElement: Sendable, Equatable {
  package let text: Bytes
  package let offset: Int
}

package enum ListSyntax {
  /// The elements of a list, with their braces.
  package static func elements(_ list: Bytes, commas: Bool = true) -> [ListElement] {
    func divides(_ byte: UInt8) -> Bool { byte.isWhiteSpace || (commas && byte == .comma) }
    var result: [ListElement] = []
    var start: Int?
    var depth = 0
    for (index, byte) in list.enumerated() {
      if depth == 0, divides(byte) {
        if let begin = start { result.append(ListElement(text: Array(list[begin..<index]), offset: begin)) }
        start = nil
        continue
      }
      if start == nil { start = index }
      if byte == .openBrace { depth += 1 }
      if byte == .closeBrace, depth > 0 { depth -= 1 }
    }
    if let begin = start { result.append(ListElement(text: Array(list[begin...]), offset: begin)) }
    return result
  }

  package static func words(_ list: Bytes) -> [Bytes] { elements(list).map(\.text) }

  /// What stands between the braces around a text; nil where they are not both there.
  package static func unbraced(_ text: Bytes) -> Bytes? {
    guard text.count >= 2, text.first == .openBrace, text.last == .closeBrace else { return nil }
    return Array(text[1..<(text.count - 1)]).trimmed
  }
}
