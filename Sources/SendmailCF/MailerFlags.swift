// MailerFlags.swift: the `F=` of a mailer.

/// ASCII characters, each a flag that is set.
package struct MailerFlags: Sendable, Equatable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  package init() {}
  package init(_ flags: some Sequence<UInt8>) { for flag in flags { insert(flag) } }

  package func contains(_ flag: UInt8) -> Bool {
    guard flag < 0x80 else { return false }
    return (flag < 0x40 ? low : high) >> UInt64(flag & 0x3F) & 1 != 0
  }

  /// Sets a flag; what is no ASCII character is none.
  package mutating func insert(_ flag: UInt8) {
    guard flag < 0x80 else { return }
    let bit = UInt64(1) << UInt64(flag & 0x3F)
    if flag < 0x40 { low |= bit } else { high |= bit }
  }

  /// In ASCII order.
  package var sorted: [UInt8] { (0..<0x80).filter(contains) }
}
