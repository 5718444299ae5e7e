// ClientSessionTests.swift: what a client says to servers of all kinds, and what it makes of
// their answers. Scripts in the manner of the server's: S is fed, C must have been said.

import MailAddress
import Routing
import SMTP
import TestSupport
import Testing

/// A client whose owner sends content and starts TLS at once.
private struct Delivery {
  var session: ClientSession
  private(set) var said: [String] = []
  private(set) var results: [[RecipientResult]] = []
  private(set) var isClosed = false
  private(set) var stops = 0
  /// Content is begun and not ended: a server may answer early.
  var holdsContent = false

  init(_ settings: ClientSettings, _ message: OutgoingMessage?) {
    session = ClientSession(settings)
    perform(session.begin())
    if let message { perform(session.send(message)) }
  }

  /// Line by line, so that each is an answer to what was said before.
  mutating func receive(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      receiveTogether(Array(rest[..<end]))
      rest = rest[end...]
    }
  }

  mutating func receiveTogether(_ bytes: [UInt8]) { perform(session.receive(bytes)) }

  mutating func perform(_ actions: [ClientAction]) {
    for action in actions {
      switch action {
      case .send(let bytes): said += bytes.text.split(separator: "\r\n").map(String.init)
      case .startTLS:
        said.append("(TLS)")
        perform(session.tlsStarted())
      case .sendContent:
        said.append("(content)")
        if !holdsContent { perform(session.contentSent()) }
      case .stopContent: stops += 1
      case .finished(let result): results.append(result)
      case .setTimeout, .judge: break
      case .close: isClosed = true
      }
    }
  }

  /// `delivered 250`, one a recipient of the last message.
  var outcomes: [String] { (results.last ?? []).map { "\($0.outcome) \($0.reply.code)" } }
}

private let settings = ClientSettings(heloName: Array("client.example".utf8))

private func message(_ recipients: [String] = ["c@d.example", "e@f.example"], size: Int? = nil) -> OutgoingMessage {
  OutgoingMessage(
    sender: Array("a@b.example".utf8), recipients: recipients.map { .init(Array($0.utf8)) }, size: size)
}

private let greeting = "220 hi\r\n"
private let plain = "250 hi\r\n"
private let pipelining = "250-hi\r\n250 PIPELINING\r\n"

@Suite("A client's dialogue")
struct ClientSessionTests {
  @Test("one command at a time without PIPELINING")
  func stepByStep() {
    var delivery = Delivery(settings, message())
    #expect(delivery.said.isEmpty)
    delivery.receive(greeting)
    #expect(delivery.said == ["EHLO client.example"])
    for (reply, next) in [
      (plain, "MAIL FROM:<a@b.example>"), ("250 ok\r\n", "RCPT TO:<c@d.example>"),
      ("250 ok\r\n", "RCPT TO:<e@f.example>"), ("550 5.1.1 no\r\n", "DATA"), ("354 go\r\n", "(content)"),
    ] {
      delivery.receive(reply)
      #expect(delivery.said.last == next)
    }
    delivery.receive("250 2.0.0 queued\r\n")
    #expect(delivery.outcomes == ["delivered 250", "failed 550"])
    #expect(delivery.results.last?[1].reply == Reply(550, "5.1.1", "no"))
    #expect(delivery.session.isIdle)
    delivery.perform(delivery.session.quit())
    #expect(delivery.said.last == "QUIT")
    delivery.receive("221 bye\r\n")
    #expect(delivery.isClosed)
  }

  @Test("all of the envelope together with PIPELINING")
  func pipelined() {
    var delivery = Delivery(settings, message())
    delivery.receive(greeting + pipelining)
    #expect(
      delivery.said.suffix(4) == ["MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "RCPT TO:<e@f.example>", "DATA"])
    delivery.receive("250 ok\r\n451 later\r\n250 ok\r\n354 go\r\n250 done\r\n")
    #expect(delivery.outcomes == ["deferred 451", "delivered 250"])
  }

  @Test("pipelined, and a server that wants data for nobody")
  func nobody() {
    var delivery = Delivery(settings, message())
    delivery.receive(greeting + pipelining + "250 ok\r\n550 no\r\n550 no\r\n354 go\r\n")
    #expect(delivery.said.last == ".")
    delivery.receive("554 nobody\r\n")
    #expect(delivery.outcomes == ["failed 550", "failed 550"])
    #expect(delivery.session.isIdle)
  }

  @Test(
    "what becomes of mail",
    arguments: [
      ("554 no\r\n", ["deferred 554", "deferred 554"]), ("421 no\r\n", ["deferred 421", "deferred 421"]),
      (greeting + "421 no\r\n", ["deferred 421", "deferred 421"]),
      (greeting + "502 what\r\n550 no\r\n", ["failed 550", "failed 550"]),
      (greeting + plain + "552 no\r\n", ["failed 552", "failed 552"]),
      (greeting + plain + "250 ok\r\n250 ok\r\n450 no\r\n451 no\r\n", ["deferred 451", "deferred 450"]),
      (greeting + plain + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n452 full\r\n", ["deferred 452", "deferred 452"]),
      (greeting + plain + "250 ok\r\n250 ok\r\n250 ok\r\n250 what\r\n", ["deferred 451", "deferred 451"]),
      (greeting + plain + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n354 what\r\n", ["deferred 451", "deferred 451"]),
      (greeting + pipelining + "550 no\r\n503 x\r\n503 x\r\n503 x\r\n", ["failed 550", "failed 550"]),
      (greeting + pipelining + "250 ok\r\n550 no\r\n421 bye\r\n", ["failed 550", "deferred 421"]),
      ("HTTP/1.0 400\r\n", ["deferred 451", "deferred 451"]), ("220-a\r\n22\r\n", ["deferred 451", "deferred 451"]),
      ("220 \(String(repeating: "x", count: 5000))", ["deferred 451", "deferred 451"]),
      (String(repeating: "220-x\r\n", count: 600), ["deferred 451", "deferred 451"]),
    ])
  func outcomes(_ replies: String, _ outcomes: [String]) {
    var delivery = Delivery(settings, message())
    delivery.receive(replies)
    #expect(delivery.outcomes == outcomes)
    #expect(delivery.results.count == 1)
  }

  @Test("a connection that is lost, or silent, leaves mail deferred wherever it happens")
  func lost() {
    let replies = [greeting, pipelining, "250 ok\r\n", "250 ok\r\n", "250 ok\r\n", "354 go\r\n"]
    for count in 0...replies.count {
      for isSilent in [false, true] {
        var delivery = Delivery(settings, message())
        delivery.receive(replies.prefix(count).joined())
        delivery.perform(isSilent ? delivery.session.timeoutNow() : delivery.session.peerClosed())
        #expect(delivery.outcomes == ["deferred 451", "deferred 451"])
        #expect(delivery.results.first?.allSatisfy { !$0.isFromServer } ?? false)
        #expect(delivery.isClosed)
      }
    }
  }

  @Test("HELO for a server of old")
  func oldServer() {
    var delivery = Delivery(settings, message())
    delivery.receive(greeting + "500 what\r\n250 hi\r\n")
    #expect(delivery.said == ["EHLO client.example", "HELO client.example", "MAIL FROM:<a@b.example>"])
  }

  @Test("parameters are sent where they are offered")
  func parameters() {
    var mail = message(["c@d.example"], size: 100)
    mail.hasEightBit = true
    mail.returning = .headers
    mail.envelopeID = Array("a b".utf8)
    mail.recipients[0].parameters = RecipientParameters(
      notify: [.success, .failure], original: .init(type: Array("rfc822".utf8), address: Array("x+y@z".utf8)))
    var delivery = Delivery(settings, mail)
    delivery.receive(greeting + "250-hi\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-8bitmime\r\n250 DSN\r\n")
    #expect(
      delivery.said[1...] == [
        "MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=a+20b",
        "RCPT TO:<c@d.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x+2By@z", "DATA",
      ])
    var other = Delivery(settings, mail)
    other.receive(greeting + plain)
    #expect(other.said.last == "MAIL FROM:<a@b.example>")
  }

  @Test("a message that is too large is not sent; the next one is")
  func tooLarge() {
    var delivery = Delivery(settings, message(size: 2000))
    delivery.receive(greeting + "250-hi\r\n250 SIZE 1000\r\n")
    #expect(delivery.outcomes == ["failed 552", "failed 552"])
    delivery.perform(delivery.session.send(message(size: 10)))
    #expect(delivery.said == ["EHLO client.example", "MAIL FROM:<a@b.example> SIZE=10"])
  }

  @Test("a message after one that was refused follows RSET")
  func several() {
    var delivery = Delivery(settings, message(["c@d.example"]))
    delivery.receive(greeting + plain + "250 ok\r\n550 no\r\n")
    #expect(delivery.said.last == "RSET")
    delivery.perform(delivery.session.send(message(["e@f.example"])))
    #expect(delivery.said.last == "RSET")
    delivery.receive("250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 ok\r\n")
    #expect(delivery.outcomes == ["delivered 250"])
    #expect(delivery.results.count == 2)
  }

  @Test("LMTP: one reply a recipient")
  func lmtp() {
    var lmtp = settings
    lmtp.dialect = .lmtp
    var delivery = Delivery(lmtp, message(["a@x", "b@x", "c@x"]))
    delivery.receive(greeting + pipelining)
    #expect(delivery.said.first == "LHLO client.example")
    delivery.receive("250 ok\r\n250 ok\r\n550 no\r\n250 ok\r\n354 go\r\n250 done\r\n")
    #expect(delivery.results.isEmpty)
    delivery.receive("452 full\r\n")
    #expect(delivery.outcomes == ["delivered 250", "failed 550", "deferred 452"])
  }

  @Test(
    "TLS",
    arguments: [
      (ClientSettings.TLSPolicy.required, greeting + plain, "EHLO client.example", ["deferred 451"]),
      (.required, greeting + "250-hi\r\n250 STARTTLS\r\n454 no\r\n", "QUIT", ["deferred 454"]),
      (.opportunistic, greeting + "250-hi\r\n250 STARTTLS\r\n454 no\r\n", "MAIL FROM:<a@b.example>", []),
      (.opportunistic, greeting + plain, "MAIL FROM:<a@b.example>", []),
      (.never, greeting + "250-hi\r\n250 STARTTLS\r\n", "MAIL FROM:<a@b.example>", []),
      // What came before the handshake is not the server's answer to the second EHLO.
      (.required, greeting + "250-hi\r\n250 STARTTLS\r\n220 go\r\n250 evil\r\n", "EHLO client.example", []),
    ])
  func tls(_ policy: ClientSettings.TLSPolicy, _ replies: String, _ last: String, _ outcomes: [String]) {
    var secure = settings
    secure.tls = policy
    var delivery = Delivery(secure, message(["c@d.example"]))
    delivery.receiveTogether(Array(replies.utf8))
    // What was left from before the handshake would be read now.
    delivery.receiveTogether([])
    #expect(delivery.said.last == last)
    #expect(delivery.outcomes == outcomes)
  }

  @Test("a server that answers before it has all the message")
  func early() {
    var delivery = Delivery(settings, message())
    delivery.holdsContent = true
    delivery.receive(greeting + pipelining + "250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n552 too big\r\n")
    #expect(delivery.outcomes == ["failed 552", "failed 552"])
    #expect(delivery.stops == 1)
    #expect(delivery.isClosed)
  }

  @Test("an address cannot bring a command of its own")
  func injection() {
    var delivery = Delivery(settings, message(["c@d>\r\nRCPT TO:<evil@x"]))
    delivery.receive(greeting + pipelining)
    #expect(delivery.said.count == 4)
  }

  @Test("each recipient has one result whatever a server says (noise)")
  func noise() {
    var generator = SeededGenerator(seed: 21)
    let replies = [
      greeting, plain, pipelining, "250 ok\r\n", "354 go\r\n", "550 no\r\n", "451 no\r\n", "421 x\r\n", "2",
    ]
    for round in 0..<3000 {
      var delivery = Delivery(settings, message())
      for _ in 0..<12 {
        // Sensible more often than not.
        let index = Int.random(in: 0..<(round % 3 == 0 ? replies.count : 5), using: &generator)
        delivery.receive(replies[index])
      }
      delivery.perform(delivery.session.peerClosed())
      #expect(delivery.results.count == 1)
      #expect(delivery.results.first?.count == 2)
    }
  }

  @Test("replies are the same however they are divided")
  func chunks() throws {
    let text = Array("250-mail.example\r\n250-SIZE 10\r\n250 DSN\r\n550 5.1.1 no\n354\r\n".utf8)
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<200 {
      var parser = ReplyParser()
      var replies: [Reply] = []
      var rest = text[...]
      while !rest.isEmpty {
        let count = Int.random(in: 1...9, using: &generator)
        parser.feed(rest.prefix(count))
        rest = rest.dropFirst(count)
        while let reply = try parser.next() { replies.append(reply) }
      }
      #expect(
        replies == [Reply(250, nil, "mail.example\nSIZE 10\nDSN"), Reply(550, "5.1.1", "no"), Reply(354, nil, "")])
    }
  }
}
