// QueueID.swift: the name of a message while it is in the queue.
//
// A number that grows with time: microseconds since 1970, or one more than the last
// one where two messages share a microsecond or the clock went back. Segments remember
// the highest number given out, so no number comes twice, not even after the
// message that had it is long gone.
//
//     0Q2WK3SJ81F     printed: 11 digits of base 32, in the order of ASCII

package struct QueueID: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }

  /// Reads what `description` prints, in capital or small letters.
  package init?(_ text: some StringProtocol) {
    guard (Self.width...13).contains(text.utf8.count) else { return nil }
    var number: UInt64 = 0
    for byte in text.utf8 {
      let capital = (0x61...0x7A).contains(byte) ? byte - 0x20 : byte
      guard let digit = Self.digits.firstIndex(of: capital) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: 32)
      guard !overflow else { return nil }
      number = product | UInt64(digit)
    }
    self.number = number
  }

  package static func < (one: QueueID, other: QueueID) -> Bool { one.number < other.number }

  package var description: String {
    var text: [UInt8] = []
    var rest = number
    repeat {
      text.append(Self.digits[Int(rest & 31)])
      rest >>= 5
    } while rest > 0 || text.count < Self.width
    return String(decoding: text.reversed(), as: UTF8.self)
  }

  /// Enough until the year 3111.
  private static let width = 11
  /// Without I, L, O and U, which are misread.
  private static let digits = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}
