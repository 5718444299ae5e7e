// SubmittedMessage.swift: a message as a program hands it to the sendmail command.
//
//     From a line of a mailbox      thrown away
//     To: a@b, c                    ┐ with -t: recipients
//     Bcc: d@e                      ┘ never passed on
//
//     text
//     .                             the end, unless dots are ignored
//
// Fails: never; what there is is a message.

import Delivery
import MailAddress

package struct SubmittedMessage: Sendable, Equatable {
  /// Lines end in CR LF.
  package let content: Bytes
  /// The addresses in the recipient fields, as written there.
  package let headerRecipients: [Bytes]
  /// A byte above 127 is in it.
  package let hasEightBit: Bool

  /// - Parameters:
  ///   - input: what came on the standard input.
  ///   - endsAtDot: a line with one dot ends the message.
  package init(_ input: Bytes, endsAtDot: Bool) {
    var text = LineEnds.toFile(input)
    if endsAtDot { text = Self.upToDot(text) }
    if text.starts(with: Bytes(ascii: "From ")) {
      text = text.firstIndex(of: .newline).map { Bytes(text[($0 + 1)...]) } ?? []
    }
    if !text.isEmpty, text.last != .newline { text.append(.newline) }
    var header = HeaderBlock(text)
    headerRecipients = Self.recipients(header)
    let hasHeader = !header.fields.isEmpty
    for name in ["bcc", "resent-bcc"] where header.has(Bytes(name.utf8)) { header.remove(Bytes(name.utf8)) }
    // A header section is told from the text by an empty line, also where nobody wrote one.
    let message = !hasHeader && !text.starts(with: [.newline]) ? [.newline] + text : header.message
    content = LineEnds.toNetwork(message)
    hasEightBit = message.contains { $0 > 0x7F }
  }

  private static func upToDot(_ text: Bytes) -> Bytes {
    var start = 0
    while start < text.count {
      let end = text[start...].firstIndex(of: .newline) ?? text.count
      if end == start + 1, text[start] == .dot { return Bytes(text[..<start]) }
      start = end + 1
    }
    return text
  }

  /// A message that is sent again goes where it is sent to, not where it went before.
  private static func recipients(_ header: HeaderBlock) -> [Bytes] {
    let names = ["to", "cc", "bcc"]
    let resent = names.map { "resent-" + $0 }
    let isResent = resent.contains { header.has(Bytes($0.utf8)) }
    let wanted = (isResent ? resent : names + ["apparently-to"]).map { Bytes($0.utf8) }
    return header.fields.filter { field in wanted.contains { field.isNamed($0) } }.flatMap { addresses($0.body) }
  }

  /// The addresses of a list as people write it, without names and comments.
  package static func addresses(_ list: Bytes) -> [Bytes] {
    // Blanks alone part addresses too, where nothing says that it is a list of today.
    if !list.contains(where: { "<>,;()\"".utf8.contains($0) }) {
      return list.split(whereSeparator: \.isWhiteSpace).map { Bytes($0) }
    }
    // Nobody, but said in so many words.
    if list.trimmed == [0x3C, 0x3E] { return [[]] }
    return AddressFields.spans(list).map { Bytes(list[$0]).filter { $0 != .newline && $0 != 0x0D }.trimmed }
  }
}
