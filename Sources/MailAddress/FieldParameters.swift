// FieldParameters.swift: `multipart/mixed; boundary="x"`, a value with parameters (RFC 2045, section 5.1).

package enum FieldParameters {
  /// What semicolons divide outside of quotes, without comments; the value itself is first.
  package static func elements(_ value: some Sequence<UInt8>) -> [Bytes] {
    var elements: [Bytes] = [[]]
    var isQuoted = false
    var depth = 0
    for byte in value {
      if byte == .quote, depth == 0 { isQuoted.toggle() }
      if !isQuoted, byte == 0x28 { depth += 1 }
      if depth == 0 {
        if byte == 0x3B, !isQuoted { elements.append([]) } else { elements[elements.count - 1].append(byte) }
      } else if byte == 0x29 {
        depth -= 1
      }
    }
    return elements
  }

  /// What divides the parts of a multipart type; nil where nothing is said of it.
  package static func boundary(in elements: [Bytes]) -> Bytes? {
    var boundary: Bytes?
    for element in elements.dropFirst() {
      guard let (name, value) = element.split(atFirst: 0x3D),
        name.trimmed.equalsIgnoringCase(Bytes(ascii: "boundary"))
      else { continue }
      let given = value.trimmed.filter { $0 != .quote }
      boundary = given.isEmpty ? nil : given
    }
    return boundary
  }
}
