// DeliveryStatusNotification.swift: what the sender is told about a message (RFC 3464).
//
//     multipart/report ┬ text/plain               for people, in one of two wordings
//                      ├ message/delivery-status  for programs: of the message, then of
//                      │                          each recipient
//                      └ message/rfc822           the message, or text/rfc822-headers
//
// One value is one notice, whatever its recipients' fates: failed, delayed, delivered,
// relayed, expanded. Nothing here knows the time or chance: dates, ids and the boundary are
// given, so the same notice has the same bytes. Lines end with LF.
//
// Fails: never. What strangers have said is made harmless: no line ends, no controls.

import MailAddress

package struct DeliveryStatusNotification: Sendable, Equatable {
  /// What became of it (RFC 3464, 2.3.3).
  package enum Action: String, Sendable, Equatable {
    case failed, delayed, delivered, relayed, expanded
  }

  package struct Recipient: Sendable, Equatable {
    /// To whom it was to go at last.
    package var address: Bytes
    package var action: Action
    /// `5.1.1`.
    package var status: String
    /// ORCPT as the client gave it, `rfc822;xtext`.
    package var original: Bytes?
    /// Who answered, where it was another host.
    package var remoteHost: Bytes?
    /// `smtp`, `X-Unix`, `X-Postfix`.
    package var diagnosticType = "smtp"
    /// What was answered; nil where nobody did.
    package var diagnostic: Bytes?
    /// RFC 5322 dates.
    package var lastAttempt: Bytes?
    package var retriedUntil: Bytes?
    /// The reason in words for people; the diagnostic where it is empty.
    package var reason: Bytes = []

    package init(_ address: Bytes, _ action: Action, status: String) {
      self.address = address
      self.action = action
      self.status = status
    }
  }

  /// What comes back of the message (RET, RFC 3461).
  package enum Returned: Sendable, Equatable {
    case message
    case headers
  }

  /// The host that reports.
  package var host: Bytes
  package var recipients: [Recipient]
  /// The message as it was accepted, with LF line ends.
  package var message: Bytes
  package var returned = Returned.message
  /// To whom the notice goes: the sender, or the postmaster when that is not possible.
  package var addressee: Bytes
  /// The notice is about a notice that could not be delivered.
  package var isDouble = false
  /// Of this notice: RFC 5322 date, Message-Id without its brackets, and the boundary.
  package var date: Bytes
  package var messageID: Bytes
  package var boundary: Bytes
  /// The sender of the message that is reported on.
  package var sender: Bytes = []
  package var queueID: Bytes = []
  package var arrival: Bytes?
  /// ENVID as the client gave it.
  package var envelopeID: Bytes?
  package var wording = MailDialect.postfix

  package init(
    host: Bytes, addressee: Bytes, recipients: [Recipient], message: Bytes, date: Bytes, messageID: Bytes,
    boundary: Bytes
  ) {
    self.host = host
    self.addressee = addressee
    self.recipients = recipients
    self.message = message
    self.date = date
    self.messageID = messageID
    self.boundary = boundary
  }

  /// The notice, fields and body.
  package func render() -> Bytes {
    let parts = [textPart, statusPart, returnedPart]
    let boundary = freeBoundary(parts)
    var result = header(boundary, isEightBit: parts.contains(where: Self.isEightBit))
    result += Self.line("")
    result += Self.line("This message is in parts; programs that know MIME show them one by one.")
    for part in parts { result += [.newline] + [0x2D, 0x2D] + boundary + [.newline] + part }
    return result + Bytes(ascii: "\n--") + boundary + Bytes(ascii: "--\n")
  }

  /// What is shown as the reason to people.
  static func reason(_ recipient: Recipient) -> Bytes {
    clean(recipient.reason.isEmpty ? recipient.diagnostic ?? Array(recipient.status.utf8) : recipient.reason)
  }

  // MARK: parts

  private func header(_ boundary: Bytes, isEightBit: Bool) -> Bytes {
    var lines = Self.field("Date", date)
    lines += Self.field("From", Bytes(ascii: "Mail Delivery System <MAILER-DAEMON@") + host + [0x3E])
    lines += Self.field("To", addressee)
    lines += Self.field("Subject", Array(NoticeWording(self).subject.utf8))
    lines += Self.field("Message-Id", [0x3C] + messageID + [0x3E])
    lines += Self.field("Auto-Submitted", Array((wording == .postfix ? "auto-replied" : "auto-generated").utf8))
    lines += Self.field("MIME-Version", Bytes(ascii: "1.0"))
    lines += Bytes(ascii: "Content-Type: multipart/report; report-type=delivery-status;\n\tboundary=\"")
    lines += boundary + Bytes(ascii: "\"\n")
    if isEightBit { lines += Self.field("Content-Transfer-Encoding", Bytes(ascii: "8bit")) }
    return lines
  }

  private var textPart: Bytes {
    let text = NoticeWording(self).text
    let charset = Self.isEightBit(text) ? "utf-8" : "us-ascii"
    return Self.line("Content-Description: Notification")
      + Self.line("Content-Type: text/plain; charset=\(charset)") + Self.encoding(of: text) + [.newline] + text
  }

  private var statusPart: Bytes {
    var text = Self.field("Reporting-MTA", Bytes(ascii: "dns; ") + host)
    if let envelopeID { text += Self.field("Original-Envelope-Id", Xtext.decode(envelopeID) ?? envelopeID) }
    if !queueID.isEmpty {
      let name = wording == .postfix ? "X-Postfix-Queue-ID" : "X-Sendmail-Queue-ID"
      text += Self.field(name, queueID)
    }
    if let arrival { text += Self.field("Arrival-Date", arrival) }
    for recipient in recipients { text += [.newline] + status(of: recipient) }
    return Self.line("Content-Description: Delivery report") + Self.line("Content-Type: message/delivery-status")
      + Self.encoding(of: text) + [.newline] + text
  }

  private func status(of recipient: Recipient) -> Bytes {
    var text = Self.field("Final-Recipient", Bytes(ascii: "rfc822; ") + recipient.address)
    if let original = recipient.original {
      let (type, address) = original.split(atFirst: 0x3B) ?? (Bytes(ascii: "rfc822"), original)
      let field = Self.field("Original-Recipient", type + [0x3B] + (Xtext.decode(address) ?? address))
      // Each system has its order.
      text = wording == .postfix ? text + field : field + text
    }
    text += Self.field("Action", Array(recipient.action.rawValue.utf8))
    text += Self.field("Status", Array(recipient.status.utf8))
    if let remote = recipient.remoteHost { text += Self.field("Remote-MTA", Bytes(ascii: "dns; ") + remote) }
    if let diagnostic = recipient.diagnostic {
      text += Self.field("Diagnostic-Code", Array("\(recipient.diagnosticType); ".utf8) + diagnostic)
    }
    if let attempt = recipient.lastAttempt { text += Self.field("Last-Attempt-Date", attempt) }
    if let end = recipient.retriedUntil { text += Self.field("Will-Retry-Until", end) }
    return text
  }

  /// The whole message comes back only to one whose mail has failed (RFC 3461, 4.3).
  private var returnedPart: Bytes {
    let hasFailed = recipients.contains { $0.action == .failed }
    let isWhole = returned == .message && hasFailed
    let text = isWhole ? message : HeaderBlock(message).headerText
    let name = "\(hasFailed ? "Undelivered message" : "Message")\(isWhole ? "" : " headers")"
    return Self.line("Content-Description: \(name)")
      + Self.line("Content-Type: \(isWhole ? "message/rfc822" : "text/rfc822-headers")")
      + Self.encoding(of: text) + [.newline] + text + (text.last == .newline || text.isEmpty ? [] : [.newline])
  }

  // MARK: bytes

  /// The boundary given, made longer while a part has it.
  private func freeBoundary(_ parts: [Bytes]) -> Bytes {
    // RFC 2046, 5.1.1: at most 70 of these, none of which needs care inside quotes.
    let allowed = boundary.filter { $0.isLetter || $0.isDigit || "'+_,-./:=?".utf8.contains($0) }
    var candidate = Bytes((allowed.isEmpty ? Bytes(ascii: "=_") : allowed).prefix(60))
    let lines = parts.flatMap { $0.split(separator: .newline) }.filter { $0.starts(with: Bytes(ascii: "--")) }
    let base = candidate
    var number = 0
    while lines.contains(where: { $0.dropFirst(2).starts(with: candidate) }) {
      number += 1
      candidate = base + Array("=\(number)".utf8)
    }
    return candidate
  }

  private static func isEightBit(_ text: Bytes) -> Bool { text.contains { $0 >= 0x80 } }

  private static func encoding(of text: Bytes) -> Bytes {
    isEightBit(text) ? line("Content-Transfer-Encoding: 8bit") : []
  }

  private static func line(_ text: String) -> Bytes { Array(text.utf8) + [.newline] }

  private static func field(_ name: String, _ body: Bytes) -> Bytes {
    folded(Array("\(name): ".utf8) + clean(body)) + [.newline]
  }

  /// Line ends become blanks, other controls `?`.
  static func clean(_ text: Bytes) -> Bytes {
    text.map { $0.isWhiteSpace ? 0x20 : $0 < 0x20 || $0 == 0x7F ? 0x3F : $0 }.trimmed
  }

  /// Broken at blanks before column 78; a word that is longer stays whole.
  private static func folded(_ line: Bytes) -> Bytes {
    var result: Bytes = []
    var column = 0
    for (index, word) in line.split(separator: 0x20, omittingEmptySubsequences: false).enumerated() {
      // Neither right behind the field's name, nor where it would leave a line of blanks.
      if index > 1, column + 1 + word.count > 78, !word.isEmpty {
        result += [.newline, 0x20, 0x20, 0x20, 0x20]
        column = 4
      } else if index > 0 {
        result.append(0x20)
        column += 1
      }
      result += word
      column += word.count
    }
    return result
  }
}
