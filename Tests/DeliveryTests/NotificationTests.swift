// NotificationTests.swift: delivery status notifications.

import Delivery
import MailAddress
import TestSupport
import Testing

@Suite("Delivery status notifications")
struct NotificationTests {
  private func notice(
    _ recipients: [DeliveryStatusNotification.Recipient], _ message: String
  ) -> DeliveryStatusNotification {
    var notice = DeliveryStatusNotification(
      host: bytes("mail.example"), addressee: bytes("alice@b.example"), recipients: recipients, message: bytes(message),
      date: bytes("Thu, 26 Nov 2026 14:56:04 +0000"), messageID: bytes("1@mail.example"), boundary: bytes("B/1"))
    notice.queueID = bytes("Q1")
    return notice
  }

  private var failed: DeliveryStatusNotification.Recipient {
    var recipient = DeliveryStatusNotification.Recipient(bytes("bob@c.example"), .failed, status: "5.1.1")
    recipient.original = bytes("rfc822;bob+2B@c.example")
    recipient.remoteHost = bytes("mx.c.example")
    recipient.diagnostic = bytes("550 5.1.1 no\r\nEvil: x")
    return recipient
  }

  /// The parts between the boundaries.
  private func parts(_ text: Bytes, _ boundary: String = "B/1") -> [HeaderBlock] {
    let pieces = text.text.components("\n--" + boundary)
    #expect(pieces.last == "--\n")
    return pieces.dropFirst().dropLast().map { HeaderBlock(bytes(String($0.dropFirst()))) }
  }

  @Test("a bounce has its three parts, and its fields are those of RFC 3464", arguments: MailDialect.allCases)
  func bounce(_ wording: MailDialect) {
    var bounce = notice([failed], "Subject: s\n\nFrom body\n")
    bounce.wording = wording
    let text = bounce.render()
    let top = HeaderBlock(text)
    #expect(top.first(bytes("to"))?.body == bytes(" alice@b.example"))
    #expect(top.first(bytes("Content-Type"))?.body.text.contains("report-type=delivery-status") == true)
    #expect(top.has(bytes("Auto-Submitted")) && top.has(bytes("Date")) && top.has(bytes("Message-Id")))
    let parts = parts(text)
    #expect(parts.count == 3)
    #expect(parts[0].body.text.contains("bob@c.example"))
    let groups = parts[1].body.text.components("\n\n").map { HeaderBlock(bytes($0 + "\n")) }
    #expect(groups[0].first(bytes("Reporting-MTA"))?.body == bytes(" dns; mail.example"))
    let fields = groups[1].fields.map { "\($0.name.text):\($0.body.text)" }
    let recipients = ["Original-Recipient: rfc822;bob+@c.example", "Final-Recipient: rfc822; bob@c.example"]
    #expect(
      fields == (wording == .postfix ? recipients.reversed() : recipients) + [
        "Action: failed",
        "Status: 5.1.1", "Remote-MTA: dns; mx.c.example", "Diagnostic-Code: smtp; 550 5.1.1 no  Evil: x",
      ])
    #expect(parts[2].body == bytes("Subject: s\n\nFrom body\n"))
    #expect(parts[2].first(bytes("Content-Type"))?.body == bytes(" message/rfc822"))
  }

  @Test("only the headers come back where that is asked, and where nothing has failed")
  func headers() {
    var bounce = notice([failed], "Subject: s\n\nsecret\n")
    bounce.returned = .headers
    #expect(!bounce.render().text.contains("secret"))
    for action in [DeliveryStatusNotification.Action.delayed, .delivered, .relayed, .expanded] {
      var recipient = failed
      recipient.action = action
      let text = notice([recipient], "Subject: s\n\nsecret\n").render().text
      #expect(!text.contains("secret") && text.contains("Action: \(action.rawValue)\n"))
      #expect(text.contains("text/rfc822-headers"))
    }
  }

  @Test("the two wordings and the kinds of notice differ")
  func wordings() {
    var seen: Set<Bytes> = []
    for wording in MailDialect.allCases {
      for action in [DeliveryStatusNotification.Action.failed, .delayed, .delivered] {
        for isDouble in [false, true] where !isDouble || action == .failed {
          var recipient = failed
          recipient.action = action
          var notice = notice([recipient], "A: b\n\n")
          notice.wording = wording
          notice.isDouble = isDouble
          seen.insert(parts(notice.render())[0].body)
        }
      }
    }
    #expect(seen.count == 8)
  }

  @Test("a message with 8-bit text makes an 8-bit notice, and says so where it must")
  func eightBit() {
    let text = notice([failed], "Subject: s\n\nä\n").render()
    #expect(HeaderBlock(text).first(bytes("Content-Transfer-Encoding"))?.body == bytes(" 8bit"))
    let parts = parts(text)
    #expect(parts[2].has(bytes("Content-Transfer-Encoding")) && !parts[1].has(bytes("Content-Transfer-Encoding")))
    #expect(!HeaderBlock(notice([failed], "A: b\n\nx\n").render()).has(bytes("Content-Transfer-Encoding")))
  }

  @Test("a boundary that is in the message is made another")
  func boundary() {
    let text = notice([failed], "A: b\n\n--B/1\n--B/1=1--\n").render()
    #expect(parts(text, "B/1=2").count == 3)
  }

  @Test("noise: the structure holds, whatever strangers say")
  func noiseStructure() {
    var noise = Noise(seed: 61)
    let pieces = ["\n", "\r\n", "--B/1", "Evil: x", " ", ":", "\u{0}", "ä", "<", ";", "+41", "+", "word"]
    for _ in 0..<1000 {
      var recipient = DeliveryStatusNotification.Recipient(noise.text(of: pieces, most: 6), .failed, status: "5.0.0")
      recipient.original = noise.text(of: pieces, most: 6)
      recipient.diagnostic = noise.text(of: pieces, most: 30)
      recipient.remoteHost = noise.text(of: pieces, most: 4)
      var bounce = notice([recipient, failed], "")
      bounce.message = noise.text(of: pieces, most: 20)
      bounce.envelopeID = noise.text(of: pieces, most: 4)
      let text = bounce.render()
      let type = HeaderBlock(text).first(bytes("Content-Type"))?.body.text ?? ""
      let boundary = type.components("boundary=\"").last?.dropLast() ?? ""
      let pieces = HeaderBlock(text).body.split(separator: 0x0A, omittingEmptySubsequences: false)
      #expect(pieces.count { $0.elementsEqual(("--" + boundary).utf8) } == 3)
      #expect(pieces.count { $0.elementsEqual(("--" + boundary + "--").utf8) } == 1)
      #expect(!pieces.contains { $0.starts(with: "Evil: x".utf8) && !bounce.message.text.contains("Evil: x") })
    }
  }
}

extension String {
  /// Split at a text, without Foundation's help.
  fileprivate func components(_ divider: String) -> [String] {
    var result: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: divider) {
      result.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return result + [String(rest)]
  }
}
