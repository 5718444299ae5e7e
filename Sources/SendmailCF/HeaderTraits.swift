// HeaderTraits.swift: what sendmail knows of a header by its name.
//
// The bits are those that its test mode prints, read off one name at a time.

/// How a header is treated because of its name.
package struct HeaderTraits: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Ends the header section.
  package static let endsHeader = HeaderTraits(rawValue: 0x1)
  /// Its addresses are recipients.
  package static let recipient = HeaderTraits(rawValue: 0x2)
  package static let resent = HeaderTraits(rawValue: 0x8)
  /// Never passed on as it came; only mailers with a flag get one.
  package static let onlyByFlag = HeaderTraits(rawValue: 0x20)
  /// Added even where there is one.
  package static let always = HeaderTraits(rawValue: 0x40)
  package static let trace = HeaderTraits(rawValue: 0x80)
  /// Its addresses are senders.
  package static let sender = HeaderTraits(rawValue: 0x100)
  package static let receipt = HeaderTraits(rawValue: 0x400)
  package static let errors = HeaderTraits(rawValue: 0x800)
  package static let encoding = HeaderTraits(rawValue: 0x1000)
  package static let contentType = HeaderTraits(rawValue: 0x2000)
  package static let blindCopy = HeaderTraits(rawValue: 0x4000)
  package static let encodable = HeaderTraits(rawValue: 0x8000)
  /// Its value is made by the mailer, not before the message is queued.
  package static let late = HeaderTraits(rawValue: 0x20000)
  /// Came with a message, not from an H line.
  package static let given = HeaderTraits(rawValue: 0x40000)

  /// Of a header's name, in any case.
  package init(of name: [UInt8]) { self.init(ofFolded: lowered(name)) }
  /// Of a name in small letters.
  package init(ofFolded name: [UInt8]) { self = Self.byName[name] ?? [] }

  private static let byName: [[UInt8]: HeaderTraits] = {
    let rows: [(String, HeaderTraits)] = [
      ("from", .sender), ("sender", .sender), ("reply-to", .sender), ("disposition-notification-to", .sender),
      ("resent-from", [.sender, .resent]), ("resent-sender", [.sender, .resent]),
      ("resent-reply-to", [.sender, .resent]), ("errors-to", [.sender, .errors]),
      ("to", .recipient), ("cc", .recipient), ("bcc", [.recipient, .blindCopy]), ("apparently-to", .recipient),
      ("resent-to", [.recipient, .resent]), ("resent-cc", [.recipient, .resent]),
      ("resent-bcc", [.recipient, .resent, .blindCopy]),
      ("resent-message-id", .resent), ("resent-date", .resent),
      ("received", [.always, .trace]), ("x400-received", [.always, .trace]), ("via", [.always, .trace]),
      ("mail-from", [.always, .trace]), ("comments", [.always, .encodable]), ("subject", .encodable),
      ("return-path", [.always, .onlyByFlag, .late]), ("full-name", .onlyByFlag), ("content-length", .onlyByFlag),
      ("return-receipt-to", .receipt), ("content-type", .contentType), ("content-transfer-encoding", .encoding),
      ("text", .endsHeader),
    ]
    return Dictionary(rows.map { (Array($0.0.utf8), $0.1) }) { first, _ in first }
  }()
}
