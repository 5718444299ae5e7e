// StatusNotificationTests.swift: what senders want to hear (RFC 3461) goes on to hosts that
// offer DSN; for those that do not, the sender is told that the mail was relayed.

import Foundation
import TestSupport
import Testing

/// One message; the parameters stand behind MAIL and RCPT.
private func send(
  to recipient: String, _ parameters: (mail: String, recipient: String), port: UInt16
) throws {
  let session = try SMTPSession(port: port)
  for line in [
    "EHLO client.example", "MAIL FROM:<boss@example.edu>\(parameters.mail)",
    "RCPT TO:<\(recipient)>\(parameters.recipient)", "DATA",
  ] {
    #expect(try session.say(line).isPositive, "\(line)")
  }
  #expect(try session.say("Subject: s\r\n\r\nhello\r\n.").code == 250)
  session.close()
}

private let wishes: [(mail: String, recipient: String)] = [
  (" ENVID=en+2Bv RET=HDRS", " NOTIFY=SUCCESS,DELAY ORCPT=rfc822;or+2Big@x.example"), ("", ""),
  (" RET=FULL", " NOTIFY=NEVER"), ("", " NOTIFY=FAILURE"),
]

@Suite("Delivery status notifications go on", .serialized)
struct StatusNotificationTests {
  @Test("a host that offers DSN is told, and the sender hears nothing yet", arguments: ServeTests.configurations)
  func passedOn(_ configuration: String) throws {
    let sink = try SMTPSink(offers: ["DSN", "PIPELINING"])
    let host = try ServedHost(configuration, relay: sink.port)
    for wish in wishes { try send(to: "someone@example.org", wish, port: host.port) }
    try host.wait(for: "the mail") { sink.messages.count == wishes.count }
    let said = sink.envelopes.joined(separator: "\n")
    #expect(said.contains("RET=HDRS ENVID=en+2Bv") && said.contains("RET=FULL"), "\(said)")
    for words in ["NOTIFY=SUCCESS,DELAY ORCPT=rfc822;or+2Big@x.example", "NOTIFY=NEVER", "NOTIFY=FAILURE"] {
      #expect(said.contains(words), "\(said)")
    }
    #expect(host.messages(of: "boss") == 0)
  }

  @Test("for a host that does not, the sender is told that it was relayed", arguments: ServeTests.configurations)
  func relayed(_ configuration: String) throws {
    let sink = try SMTPSink()
    let host = try ServedHost(configuration, relay: sink.port)
    for wish in wishes { try send(to: "someone@example.org", wish, port: host.port) }
    try host.wait(for: "the mail") { sink.messages.count == wishes.count && host.messages(of: "boss") == 1 }
    #expect(!sink.envelopes.contains { $0.contains("NOTIFY") || $0.contains("ENVID") }, "\(sink.envelopes)")
    let notice = host.mailbox("boss")
    for line in ["Original-Envelope-Id: en+v", "Action: relayed", "Original-Recipient: rfc822;or+ig@x.example"] {
      #expect(notice.contains("\n\(line)\n"), "\(notice)")
    }
    // What stays here has arrived.
    try send(to: "root@mail.example.edu", ("", " NOTIFY=SUCCESS"), port: host.port)
    try host.wait(for: "the second notice") { host.mailbox("boss").contains("\nAction: delivered\n") }
  }
}

@Suite(
  "Same double bounces as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct DoubleBounceTests {
  /// Of mail that comes back to a sender who is refused, what a reader here gets.
  private static let readers: [(option: String, mailbox: String?)] = [
    ("", "boss"), ("O DoubleBounceAddress=daemon\n", "daemon"), ("O DoubleBounceAddress=\n", nil),
  ]

  @Test("what cannot be told to the sender is told to the same reader", arguments: readers)
  func told(_ option: String, _ reader: String?) throws {
    let sink = try RefusingServer()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port) { folder in
      let path = folder + "/sendmail.cf"
      let text = try String(contentsOfFile: path, encoding: .utf8) + option
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let real = try DeliveringSendmail(built: host.folder.path + "/out", sink: sink.port)
    for port in [real.port, host.port] {
      let codes = try HeaderMessages.send(
        "Subject: s\n\nhello\n", from: "alice@example.net", to: "gone@example.org", port: port)
      #expect(codes == [250, 250, 250, 354, 250])
    }
    try host.wait(for: "the end of it") {
      let refused = host.log.split(separator: "\n").count { $0.contains("dsn=5.1.1") }
      return refused == 2 && (reader.map { host.messages(of: $0) == 1 } ?? true)
    }
    // The real one has done everything before it says 250 (interactive). It knows no boss here.
    let theirs = real.takeLocal().map { String(decoding: $0, as: UTF8.self) }
    #expect((theirs != nil) == (reader == "daemon"), "\(theirs ?? "")")
    for text in [theirs, reader.map(host.mailbox)].compactMap(\.self) {
      #expect(text.contains("Final-Recipient: ") && text.contains("alice@example.net"), "\(text)")
    }
  }
}

@Suite(
  "Same DSN parameters as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct StatusNotificationPeerTests {
  @Test("the parameters of MAIL and RCPT are the same")
  func sameParameters() throws {
    let (theirs, ours) = (try SMTPSink(offers: ["DSN"]), try SMTPSink(offers: ["DSN"]))
    let main = """
      myhostname = mail.example.edu
      mydestination = example.edu
      mynetworks = 127.0.0.0/8
      local_recipient_maps =
      alias_maps =
      canonical_maps = inline:{{someone@example.org=other@example.org}}

      """
    let real = try PostfixInstance(
      main: main + "relayhost = [127.0.0.1]:\(theirs.port)\n", recorders: ["local", "error", "retry"])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "compatibility_level = 3.6\ndisable_dns_lookups = yes\n" + main)
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    let host = try ServedHost(in: folder, "main.cf", relay: ours.port)
    for wish in wishes {
      let count = ours.messages.count + 1
      for port in [real.port, host.port] { try send(to: "someone@example.org", wish, port: port) }
      try host.wait(for: "both") { theirs.messages.count == count && ours.messages.count == count }
    }
    // Their order is no part of what is said.
    func words(_ sink: SMTPSink) -> [Set<Substring>] { sink.envelopes.map { Set($0.split(separator: " ")) } }
    #expect(words(ours) == words(theirs))
    #expect(theirs.envelopes.count { $0.contains(" NOTIFY=") } == 3)
  }

  @Test("who hears what: expanded aliases, receipts, double bounces, copies for the postmaster")
  func sameNotices() throws {
    let (theirs, ours) = (try SMTPSink(), try SMTPSink())
    let main = """
      myhostname = mail.example.edu
      myorigin = example.edu
      mydestination =
      default_destination_recipient_limit = 1
      alias_maps =
      local_recipient_maps =
      mynetworks = 127.0.0.0/8
      notify_classes = bounce, 2bounce
      bounce_notice_recipient = copies@far.example
      2bounce_notice_recipient = doubles@far.example
      virtual_alias_domains = alias.example
      virtual_alias_maps = inline:{{two@alias.example=a@far.example, b@far.example},
        {one@alias.example=c@far.example},{bad@alias.example=x@bad.example}}
      transport_maps = inline:{{bad.example=error:5.1.1 nobody},{gone.example=discard:}}

      """
    let real = try PostfixInstance(
      main: main + "relayhost = [127.0.0.1]:\(theirs.port)\n", recorders: ["local", "retry"])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "compatibility_level = 3.6\ndisable_dns_lookups = yes\n" + main)
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    let host = try ServedHost(in: folder, "main.cf", relay: ours.port)
    let messages: [(sender: String, mail: String, recipient: String, wish: String, count: Int)] = [
      ("s1@far.example", " ENVID=e1", "two@alias.example", " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;o+2B@x.example", 3),
      ("s2@far.example", "", "one@alias.example", " NOTIFY=SUCCESS", 2),
      ("s3@far.example", "", "bad@alias.example", "", 2),
      ("s4@far.example", " RET=HDRS", "bad@alias.example", " NOTIFY=NEVER", 1),
      ("s6@far.example", " RET=HDRS", "bad@alias.example", " NOTIFY=FAILURE", 2),
      ("", "", "bad@alias.example", "", 1), ("back@bad.example", "", "bad@alias.example", "", 2),
      ("s5@far.example", "", "two@alias.example", "", 2),
    ]
    var count = 0
    for message in messages {
      for port in [real.port, host.port] {
        let session = try SMTPSession(port: port)
        for line in [
          "EHLO client.example", "MAIL FROM:<\(message.sender)>\(message.mail)",
          "RCPT TO:<\(message.recipient)>\(message.wish)", "DATA",
        ] {
          #expect(try session.say(line).isPositive, "\(line)")
        }
        #expect(try session.say("Subject: s\r\n\r\nhello\r\n.").code == 250)
        session.close()
      }
      count += message.count
      let here = "\(message.sender) to \(message.recipient)\(message.wish)"
      // Postfix sends a notice in its own time: a busy machine has to be waited for.
      try? host.wait(for: here, seconds: 120) {
        theirs.messages.count >= count && Self.notices(ours) == Self.notices(theirs)
      }
      #expect(Self.notices(ours) == Self.notices(theirs), "\(here)\n\(ours.envelopes)\n\(host.log.suffix(3000))")
    }
    #expect(theirs.messages.count == count)
  }

  /// To whom each message went, and what it says for programs.
  private static func notices(_ sink: SMTPSink) -> [String] {
    let names = [
      "Action:", "Status:", "Final-Recipient:", "Original-Recipient:", "Original-Envelope-Id:",
      "Content-Type: message/rfc822",
    ]
    let envelopes = sink.notes.map { "\($0.sender) to \($0.recipient)" }
    return zip(envelopes, sink.messages).map { envelope, message in
      let lines = String(decoding: message, as: UTF8.self).split(separator: "\n")
      return ([envelope] + lines.filter { line in names.contains { line.hasPrefix($0) } }.map(String.init)).joined(
        separator: "\n")
    }.sorted()
  }
}
