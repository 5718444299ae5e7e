// NumberedMessage.swift: the messages that are sent through a site, known again wherever they end.
//
//     X-Waybill-Message: 3.1795743021-417     in the header: a copy of the third message
//                                             in the body: a notice about it
//
// The second number is that of the run, since a state folder may have mail of earlier ones.

import Delivery
import MailAddress
import Resolver
import Site

/// What is sent.
package struct NumberedMessage: Sendable, Equatable {
  /// From 1 on.
  package let number: Int
  package let sender: Bytes
  package let recipient: Bytes
  /// Where it is handed in by somebody on that host; nil for mail from the world.
  package let start: DomainName?

  package init(number: Int, from sender: Bytes, to recipient: Bytes, at start: DomainName? = nil) {
    (self.number, self.sender, self.recipient, self.start) = (number, sender, recipient, start)
  }

  private static let mark = Bytes(ascii: "X-Waybill-Message")

  /// Lines end in CR LF.
  func content(run: String) -> Bytes {
    let lines = [
      Self.mark + Bytes(": \(number).\(run)".utf8), Bytes(ascii: "From: ") + sender, Bytes(ascii: "To: ") + recipient,
      Bytes("Message-Id: <\(number).\(run)@waybill.invalid>".utf8), Bytes("Subject: message \(number)".utf8), [],
      Bytes(ascii: "This message shows where mail goes."),
    ]
    return Bytes(lines.joined(separator: [0x0D, 0x0A])) + [0x0D, 0x0A]
  }

  /// What a piece of mail is.
  enum Kind {
    case copy(HeaderBlock)
    /// It comes back, and why.
    case notice(String)
  }

  /// - Parameter content: lines end in LF.
  /// - Returns: nil for mail of others, earlier runs, and notices of what does not end a message.
  static func recognize(_ content: Bytes, run: String) -> (number: Int, kind: Kind)? {
    let header = HeaderBlock(content)
    if let field = header.first(mark) { return number(in: field.body[...], run).map { ($0, .copy(header)) } }
    guard let start = content.firstRange(of: mark + [.colon]),
      let number = number(in: content[start.upperBound...], run),
      content.firstRange(of: Bytes(ascii: "\nAction: failed")) != nil
    else { return nil }
    let reason = field("Diagnostic-Code", of: content) ?? field("Status", of: content)
    return (number, .notice(reason?.text ?? "no reason given"))
  }

  /// A field of the part that programs read.
  private static func field(_ name: String, of content: Bytes) -> Bytes? {
    guard let start = content.firstRange(of: Bytes("\n\(name): ".utf8)) else { return nil }
    var text = content[start.upperBound...]
    var value: Bytes = []
    while let end = text.firstIndex(of: .newline) {
      value += text[..<end]
      text = text[(end + 1)...]
      guard let next = text.first, next == 0x20 || next == 0x09 else { break }
    }
    return value.trimmed
  }

  private static func number(in text: ArraySlice<UInt8>, _ run: String) -> Int? {
    let word = text.drop(while: \.isWhiteSpace).prefix { !$0.isWhiteSpace }
    let parts = word.split(separator: .dot, maxSplits: 1)
    guard parts.count == 2, parts[1].elementsEqual(run.utf8) else { return nil }
    return Bytes(parts[0]).decimalValue
  }
}
