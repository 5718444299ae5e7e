// SMTPClientTests.swift: our client's dialogue with the real sendmail and Postfix.

import MailAddress
import SMTP
import TestSupport
import Testing

@Suite("The real programs take mail from our client", .serialized, .enabled(if: isRoot, "needs root"))
struct SMTPClientTests {
  @Test("sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"))
  func sendmail() throws {
    let host = try SendmailHost(
      site: """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mail.test.example')dnl
        define(`confMAX_MESSAGE_SIZE', `100000')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`no_default_msa')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl

        """, files: ["aliases": "postmaster: root\n"])
    try deliver(host.session(), unknown: "nosuchuser@mail.test.example")
  }

  @Test("Postfix", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"))
  func postfix() throws {
    let instance = try PostfixInstance(
      main: """
        myhostname = mail.test.example
        mydestination = $myhostname
        message_size_limit = 100000
        local_recipient_maps = inline:{root=x}
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

        """)
    try instance.start()
    defer { instance.stop() }
    try deliver(SMTPSession(port: instance.port), unknown: "nosuchuser@mail.test.example")
  }

  /// Three messages on one connection: taken in part, refused, too large.
  private func deliver(_ connection: SMTPSession, unknown: String) throws {
    var client = ClientSession(ClientSettings(heloName: Array("client.example".utf8)))
    var results: [[RecipientResult]] = []
    var isClosed = false

    func perform(_ actions: [ClientAction]) throws {
      for action in actions {
        switch action {
        case .send(let bytes): try connection.send(bytes)
        case .sendContent:
          var encoder = DataEncoder()
          var wire: [UInt8] = []
          encoder.encode(Array("Subject: x\n\n.dot\nlast".utf8)[...], into: &wire)
          encoder.finish(into: &wire)
          try connection.send(wire)
          try perform(client.contentSent())
        case .finished(let result): results.append(result)
        case .close: isClosed = true
        case .startTLS, .stopContent, .setTimeout, .judge: break
        }
      }
    }
    func feed(_ reply: SMTPSession.Reply) throws {
      for (index, line) in reply.lines.enumerated() {
        let mark = index == reply.lines.count - 1 ? " " : "-"
        try perform(client.receive(Array("\(reply.code)\(mark)\(line)\r\n".utf8)))
      }
    }
    func send(_ recipients: [String], size: Int) throws {
      let known = results.count
      try perform(
        client.send(
          OutgoingMessage(
            sender: Array("a@b.example".utf8), recipients: recipients.map { .init(Array($0.utf8)) }, size: size,
            envelopeID: Array("id+1".utf8))))
      while results.count == known { try feed(connection.reply()) }
    }

    try perform(client.begin())
    try feed(connection.greeting)
    try send(["root@mail.test.example", unknown], size: 30)
    try send([unknown], size: 30)
    try send(["root@mail.test.example"], size: 1_000_000)
    try send(["root@mail.test.example"], size: 30)
    #expect(results.map { $0.map(\.outcome) } == [[.delivered, .failed], [.failed], [.failed], [.delivered]])
    #expect(results.first?.map(\.reply.code) == [250, 550])
    #expect(results.first?.map(\.reply.enhancedCode) == ["2.0.0", "5.1.1"])
    #expect(client.offers["PIPELINING"] != nil)
    try perform(client.quit())
    try feed(connection.reply())
    #expect(isClosed)
  }
}
