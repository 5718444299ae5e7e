// ByteClasses.swift: which bytes separate tokens.
//
// Blanks separate and vanish; operators are tokens of their own; everything else
// runs together into atoms. The operators are those of the OperatorChars option
// and seven that always are.

/// A table of what each byte does to a token.
package struct ByteClasses: Sendable {
  package enum Kind: UInt8, Sendable {
    case atom, operation, blank, quote, escape, open, close, refused
  }

  private let kinds: [Kind]

  package static let defaultOperators: [UInt8] = Array(".:@[]".utf8)

  package init(operators: [UInt8] = ByteClasses.defaultOperators) {
    var kinds = [Kind](repeating: .atom, count: 256)
    for byte in operators { kinds[Int(byte)] = .operation }
    for byte in "()<>,;\r\n".utf8 { kinds[Int(byte)] = .operation }
    for byte: UInt8 in [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20] { kinds[Int(byte)] = .blank }
    // sendmail keeps 0xFF for its own use; in an address it separates like a blank.
    kinds[0xFF] = .blank
    kinds[0x22] = .quote
    kinds[0x5C] = .escape
    kinds[0x3C] = .open
    kinds[0x3E] = .close
    for byte in 0x80...0x9F { kinds[byte] = .refused }
    self.kinds = kinds
  }

  package subscript(byte: UInt8) -> Kind { kinds[Int(byte)] }

  package func isAtom(_ byte: UInt8) -> Bool {
    let kind = self[byte]
    return kind == .atom || kind == .escape
  }
}
