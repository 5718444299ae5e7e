// ListedDomain.swift: a list in the DNS, and which of its entries count.
//
//     list.example                any entry
//     list.example=127.0.0.2      this one
//     list.example=127.0.[0..3].[2;4..6]
//
// Fails: `nil` where what stands behind the `=` is no such pattern.

import MailAddress
import PostfixConfig

struct ListedDomain: Sendable, Equatable {
  let name: Bytes
  /// The numbers that count in each place of an address; nil where every entry does.
  private let places: [[ClosedRange<Int>]]?

  init?(_ word: Bytes) {
    guard let (name, pattern) = word.split(atFirst: 0x3D) else {
      self.name = word
      places = nil
      return
    }
    guard !name.isEmpty, let places = Self.places(pattern), places.count == 4 else { return nil }
    self.name = name
    self.places = places
  }

  func counts(_ address: Bytes) -> Bool {
    guard let places else { return true }
    guard let octets = Network.octets(address), octets.count == places.count else { return false }
    return zip(octets, places).allSatisfy { octet, ranges in ranges.contains { $0.contains(Int(octet)) } }
  }

  private static func places(_ pattern: Bytes) -> [[ClosedRange<Int>]]? {
    var result: [[ClosedRange<Int>]] = []
    var rest = pattern[...]
    while true {
      let isList = rest.first == .openBracket
      if isList {
        guard let end = rest.firstIndex(of: .closeBracket) else { return nil }
        let parts = rest[rest.index(after: rest.startIndex)..<end].split(
          separator: 0x3B, omittingEmptySubsequences: false)
        let ranges = parts.compactMap(range)
        guard ranges.count == parts.count else { return nil }
        result.append(ranges)
        rest = rest[rest.index(after: end)...]
      } else {
        let digits = rest.prefix(while: \.isDigit)
        guard let number = number(digits) else { return nil }
        result.append([number...number])
        rest = rest.dropFirst(digits.count)
      }
      guard let next = rest.popFirst() else { return result }
      guard next == .dot else { return nil }
    }
  }

  /// `4` or `4..6`.
  private static func range(_ text: ArraySlice<UInt8>) -> ClosedRange<Int>? {
    let first = text.prefix(while: \.isDigit)
    guard let low = number(first) else { return nil }
    let rest = text.dropFirst(first.count)
    if rest.isEmpty { return low...low }
    guard rest.starts(with: [.dot, .dot]), let high = number(rest.dropFirst(2)), low <= high else { return nil }
    return low...high
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard let number = Bytes(digits).decimalValue, (0...255).contains(number) else { return nil }
    return number
  }
}
