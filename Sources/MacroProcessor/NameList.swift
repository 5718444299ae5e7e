// NameList.swift: many short texts, one behind the other.

/// Names by their numbers.
package struct NameList: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int32] = []

  package init() {}

  mutating func append(_ name: Bytes) {
    bytes.append(contentsOf: name)
    ends.append(Int32(truncatingIfNeeded: bytes.count))
  }

  /// - Returns: its number.
  package mutating func append(_ name: String) -> Int32 {
    bytes.append(contentsOf: name.utf8)
    ends.append(Int32(truncatingIfNeeded: bytes.count))
    return Int32(truncatingIfNeeded: ends.count - 1)
  }

  /// Empty where there is none of the number.
  package subscript(number: Int) -> ArraySlice<UInt8> {
    guard ends.indices.contains(number) else { return [] }
    return bytes[(number > 0 ? Int(ends[number - 1]) : 0)..<Int(ends[number])]
  }
}
