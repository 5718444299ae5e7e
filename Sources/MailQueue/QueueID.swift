// QueueID.swift: the name of a message while it is in the queue.
//
// A number that grows with time: microseconds since 1970, or one more than the last
// one where two messages share a microsecond or the clock went back. Segments remember
// the highest number given out, so no number comes twice, not even after the
// message that had it is long gone.
//
//     6A1F3C25004173     printed: seconds in hexadecimal, and microseconds in decimal
//
// So it is a queue id to readers of sendmail's log (eight characters and six digits) and to
// those of Postfix's (hexadecimal digits), and names sort by time.

package struct QueueID: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }

  /// Reads what `description` prints, in capital or small letters.
  package init?(_ text: some StringProtocol) {
    let digits = Array(text.utf8)
    guard (Self.width...18).contains(digits.count), digits.allSatisfy(Self.isHexadecimal),
      digits.suffix(Self.fraction).allSatisfy({ $0 &- 0x30 < 10 }),
      let seconds = UInt64(String(decoding: digits.dropLast(Self.fraction), as: UTF8.self), radix: 16),
      let rest = UInt64(String(decoding: digits.suffix(Self.fraction), as: UTF8.self))
    else { return nil }
    let (product, overflow) = seconds.multipliedReportingOverflow(by: Self.second)
    let (sum, carry) = product.addingReportingOverflow(rest)
    guard !overflow, !carry else { return nil }
    number = sum
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

  package static func < (one: QueueID, other: QueueID) -> Bool { one.number < other.number }

  package var description: String {
    let (seconds, rest) = number.quotientAndRemainder(dividingBy: Self.second)
    let (high, low) = (String(seconds, radix: 16, uppercase: true), String(rest))
    return Self.zeros(Self.width - Self.fraction, high) + high + Self.zeros(Self.fraction, low) + low
  }

  private static func zeros(_ width: Int, _ text: String) -> String {
    String(repeating: "0", count: max(0, width - text.utf8.count))
  }

  private static let second: UInt64 = 1_000_000
  /// Enough until the year 2106, and one more then.
  private static let width = 14
  private static let fraction = 6
}
