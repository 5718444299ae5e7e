// JSONText.swift: JSON as it is written, piece by piece.
//
// A long text of small values is written into one buffer, without a value for each.

package struct JSONText: Sendable {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Brackets, commas and other text that is JSON already.
  package mutating func add(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }

  package mutating func add(_ value: JSONValue) {
    switch value {
    case .null: add("null")
    case .bool(let value): add(value ? "true" : "false")
    case .number(let value): add(value)
    case .string(let value): add(quoted: value)
    case .array(let values):
      add("[")
      addList(values) { $0.add($1) }
      add("]")
    case .object(let members):
      add("{")
      addList(members) { text, member in
        text.add(quoted: member.0)
        text.add(":")
        text.add(member.1)
      }
      add("}")
    }
  }

  private mutating func addList<Value>(_ values: [Value], _ add: (inout JSONText, Value) -> Void) {
    for index in values.indices {
      if index > 0 { addComma() }
      add(&self, values[index])
    }
  }

  package mutating func addComma() { bytes.append(UInt8(ascii: ",")) }

  package mutating func add(_ number: Int) {
    if 0..<10 ~= number { return bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number)) }
    // The longest has 19 digits and a sign.
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
      var start = digits.count
      var rest = number.magnitude
      repeat {
        start -= 1
        digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        digits[start] = UInt8(ascii: "-")
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
    }
  }

  package mutating func add(quoted text: String) {
    var text = text
    text.withUTF8 { addQuoted($0) }
  }

  /// A string of any bytes. What is not UTF-8 becomes U+FFFD.
  package mutating func add(quoted text: [UInt8]) {
    if text.contains(where: { $0 >= 0x80 }) { return add(quoted: String(decoding: text, as: UTF8.self)) }
    text.withUnsafeBufferPointer { addQuoted($0) }
  }

  private mutating func addQuoted(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    defer { bytes.append(UInt8(ascii: "\"")) }
    let isPlain = text.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain { return bytes.append(contentsOf: text) }
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""): add("\\\"")
      case UInt8(ascii: "\\"): add("\\\\")
      case UInt8(ascii: "\n"): add("\\n")
      case UInt8(ascii: "\t"): add("\\t")
      case UInt8(ascii: "\r"): add("\\r")
      case ..<0x20, 0x7F:
        add("\\u00")
        for digit in [byte >> 4, byte & 15] { bytes.append(digit + UInt8(ascii: digit < 10 ? "0" : "W")) }
      default: bytes.append(byte)
      }
    }
  }
}
