// HeaderFlags.swift: what sendmail knows of a header by its name.
//
// `/header` prints the flags of a header line as a number. The bits were read off the
// real program, one name at a time; their meaning is not needed here.

import SendmailCF

extension TestSession {
  func header(_ text: [UInt8]) {
    let name = text.prefix { $0 != 0x3A }
    let word = name.reversed().drop(while: isBlank).reversed()
    let isHeader = name.count < text.count && !word.isEmpty && word.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    guard isHeader else {
      output.writeMessage(Array("header syntax error, line \"".utf8) + text + [0x22])
      worsen(70)
      output.write("ul = 00000000\n")
      return
    }
    let flags = Self.flags[shown(lowered(word))] ?? Self.given
    let digits = String(flags, radix: 16)
    output.write("ul = 0x" + String(repeating: "0", count: 8 - digits.count) + digits + "\n")
  }

  /// Of every header that was given and not made.
  private static let given: UInt32 = 0x0004_0000

  private static let flags: [String: UInt32] = [
    "from": 0x0004_0100, "resent-from": 0x0004_0108, "sender": 0x0004_0100,
    "resent-sender": 0x0004_0108, "reply-to": 0x0004_0100, "resent-reply-to": 0x0004_0108,
    "to": 0x0004_0002, "cc": 0x0004_0002, "bcc": 0x0004_4002, "resent-to": 0x0004_000A,
    "resent-cc": 0x0004_000A, "resent-bcc": 0x0004_400A, "apparently-to": 0x0004_0002,
    "resent-message-id": 0x0004_0008, "resent-date": 0x0004_0008, "subject": 0x0004_8000,
    "comments": 0x0004_8040, "received": 0x0004_00C0, "x400-received": 0x0004_00C0,
    "via": 0x0004_00C0, "mail-from": 0x0004_00C0, "return-path": 0x0006_0060,
    "full-name": 0x0004_0020, "content-length": 0x0004_0020, "return-receipt-to": 0x0004_0400,
    "errors-to": 0x0004_0900, "content-type": 0x0004_2000, "content-transfer-encoding": 0x0004_1000,
    "disposition-notification-to": 0x0004_0100, "text": 0x0000_0001,
  ]
}
