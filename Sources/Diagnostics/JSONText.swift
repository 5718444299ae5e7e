// JSONText.swift: JSON as it is written, piece by piece.
//
// A long text of small values is written into one piece of memory, without a value for each.
//
// Fails: running out of memory ends the process, as for an Array.

package struct JSONText: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var count = 0
  private var capacity: Int

  /// - Parameter capacity: so many bytes are expected.
  package init(capacity: Int = 64) {
    self.capacity = max(capacity, 1)
    memory = .allocate(capacity: self.capacity)
  }

  deinit { memory.deallocate() }

  package var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }
  package var text: String { String(decoding: UnsafeBufferPointer(start: memory, count: count), as: UTF8.self) }

  /// Brackets, commas and other text that is JSON already.
  package mutating func add(_ text: StaticString) { text.withUTF8Buffer { append($0) } }

  package mutating func add(_ value: JSONValue) {
    switch value {
    case .null: add("null")
    case .bool(let value): add(value ? "true" : "false")
    case .number(let value): add(value)
    case .string(let value): add(quoted: value)
    case .array(let values):
      append(UInt8(ascii: "["))
      for index in values.indices {
        if index > 0 { addComma() }
        add(values[index])
      }
      append(UInt8(ascii: "]"))
    case .object(let members):
      append(UInt8(ascii: "{"))
      for index in members.indices {
        if index > 0 { addComma() }
        add(quoted: members[index].0)
        append(UInt8(ascii: ":"))
        add(members[index].1)
      }
      append(UInt8(ascii: "}"))
    }
  }

  package mutating func addComma() { append(UInt8(ascii: ",")) }

  package mutating func add(_ number: Int) {
    reserve(Self.longestNumber)
    var digits = 1
    var rest = number.magnitude / 10
    while rest > 0 {
      digits += 1
      rest /= 10
    }
    if number < 0 { append(UInt8(ascii: "-")) }
    rest = number.magnitude
    for place in (count..<count + digits).reversed() {
      memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }

  /// The lowest one: 19 digits and a sign.
  private static let longestNumber = 20

  package mutating func add(quoted text: String) {
    var text = text
    text.withUTF8 { addQuoted($0) }
  }

  /// A string of any bytes. What is not UTF-8 becomes U+FFFD.
  package mutating func add(quoted text: ArraySlice<UInt8>) {
    if text.contains(where: { $0 >= 0x80 }) { return add(quoted: String(decoding: text, as: UTF8.self)) }
    text.withUnsafeBufferPointer { addQuoted($0) }
  }

  private mutating func addQuoted(_ text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    let isPlain = text.allSatisfy { 0x20..<0x7F ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
    if isPlain { append(text) } else { for byte in text { addEscaped(byte) } }
    append(UInt8(ascii: "\""))
  }

  private mutating func addEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): add("\\\"")
    case UInt8(ascii: "\\"): add("\\\\")
    case UInt8(ascii: "\n"): add("\\n")
    case UInt8(ascii: "\t"): add("\\t")
    case UInt8(ascii: "\r"): add("\\r")
    case ..<0x20, 0x7F:
      add("\\u00")
      for digit in [byte >> 4, byte & 15] { append(digit + UInt8(ascii: digit < 10 ? "0" : "W")) }
    default: append(byte)
    }
  }

  // MARK: Memory

  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    if count == capacity { reserve(1) }
    memory[count] = byte
    count += 1
  }

  private mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
    guard let start = text.baseAddress else { return }
    reserve(text.count)
    (memory + count).update(from: start, count: text.count)
    count += text.count
  }

  private mutating func reserve(_ more: Int) {
    guard more > capacity - count else { return }
    capacity = max(2 * capacity, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: memory, count: count)
    memory.deallocate()
    memory = larger
  }
}
