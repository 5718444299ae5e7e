// ProbeMessage.swift: the message that goes with a question, known again wherever it ends.
//
//     X-Waybill-Probe: 17        in the header: a copy of the seventeenth question's message
//                                in the body: a notice about it

import Delivery
import MailAddress
import Routing

enum ProbeMessage {
  private static let mark = Bytes(ascii: "X-Waybill-Probe")
  private static let stranger = Bytes(ascii: "prober@probe.example")

  /// Lines end in CR LF.
  static func content(_ number: Int, _ envelope: Envelope) -> Bytes {
    let sender = isPlain(envelope.sender) ? envelope.sender : stranger
    let recipient = envelope.recipients.first.flatMap { isPlain($0) ? $0 : nil } ?? stranger
    let lines = [
      mark + Bytes(": \(number)".utf8),
      Bytes(ascii: "Date: Thu, 01 Jan 2026 00:00:00 +0000"),
      Bytes(ascii: "From: A prober <") + sender + Bytes(ascii: ">"),
      Bytes(ascii: "To: ") + recipient,
      Bytes("Message-Id: <\(number).probe@probe.example>".utf8),
      Bytes("Subject: a probe, number \(number),".utf8), Bytes(ascii: "\twhose subject is folded"),
      [], Bytes(ascii: "This message shows where mail goes."), Bytes(ascii: ".. and what becomes of dots."),
    ]
    return Bytes(lines.joined(separator: [13, 10])) + [13, 10]
  }

  /// What a message that turned up belongs to.
  enum Kind: Equatable {
    case copy
    /// With the class of its status code.
    case notice(Int)
  }

  /// The question whose message has this header.
  static func number(of header: [HeaderField]) -> Int? {
    header.first { $0.name.equalsIgnoringCase(mark) }.flatMap { number(in: $0.body[...]) }
  }

  static func recognize(_ content: Bytes, _ header: HeaderBlock) -> (number: Int, kind: Kind)? {
    if let number = header.first(mark).flatMap({ number(in: $0.body[...]) }) { return (number, .copy) }
    guard let start = content.firstRange(of: mark + Bytes(ascii: ":")),
      let number = number(in: content[start.upperBound...])
    else { return nil }
    let status = content.firstRange(of: Bytes(ascii: "\nStatus: ")).map { content[$0.upperBound...] }
    return (number, .notice(status?.first.map { Int($0) - 0x30 } ?? 0))
  }

  private static func number(in text: ArraySlice<UInt8>) -> Int? {
    Bytes(text.drop(while: \.isWhiteSpace).prefix(while: \.isDigit)).decimalValue
  }

  /// The header addresses as a copy bears them; nil where the question's have no place in
  /// a header without being quoted or taken apart.
  static func headerForms(_ header: HeaderBlock, _ envelope: Envelope) -> HeaderForms? {
    guard envelope.sender.isEmpty || isPlain(envelope.sender), let recipient = envelope.recipients.first,
      isPlain(recipient)
    else { return nil }
    return HeaderForms(sender: address(header, "From"), recipient: address(header, "To"))
  }

  private static func address(_ header: HeaderBlock, _ name: String) -> Bytes {
    let body = header.first(Bytes(name.utf8))?.body ?? []
    return AddressFields.spans(body).first.map { Bytes(body[$0]) } ?? []
  }

  /// The rest of the header, which nobody has a reason to change: name and unfolded body.
  static func otherFields(_ header: HeaderBlock) -> Set<Bytes> {
    Set(
      header.fields.compactMap { field in
        let name = field.name.lowercased
        if rewritten.contains(name.text) { return nil }
        let words = field.body.split { $0.isWhiteSpace || $0 == .newline || $0 == 0x0D }
        return name + Bytes(ascii: ": ") + Bytes(words.joined(separator: [0x20]))
      })
  }

  /// Compared by themselves, or of one program alone.
  private static let rewritten: Set<String> = [
    "from", "to", "received", "return-path", "delivered-to", "x-original-to",
  ]

  private static func isPlain(_ address: Bytes) -> Bool {
    !address.isEmpty && address.first != .at && address.count { $0 == .at } <= 1
      && address.allSatisfy { $0.isLetter || $0.isDigit || "@.-_+=/".utf8.contains($0) }
  }
}
