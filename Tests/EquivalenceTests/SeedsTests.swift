// SeedsTests.swift: what a word of a configuration is taken for.

import Equivalence
import MailAddress
import TestSupport
import Testing

@Suite("Seeds")
struct SeedsTests {
  @Test(
    "a key is an address, a domain, a user or a network",
    arguments: [
      ("user@example.org", "address user@example.org, domain example.org"), ("@example.org", "domain example.org"),
      ("user@", "user user"), ("user", "user user"), (".example.org", "domain example.org"),
      ("example.org", "domain example.org"),
      ("From:spam@bulk.example", "address spam@bulk.example, domain bulk.example"),
      ("To:user@", "user user"), ("Connect:192.0.2", "client 192.0.2.1"), ("192.0.2.66", "client 192.0.2.66"),
      ("192.0.2.0/24", "client 192.0.2.1"), ("Connect:IPv6:2001:db8::1", "client 2001:db8::1"),
      ("[::1]/128", "client ::1"), ("IPv6:2001:db8:2", "client 2001:db8:2::9"), ("10", "client 10.0.0.1"),
      ("Connect:host.example", "domain host.example"),
      ("user+*@example.org", "address user+detail@example.org, domain example.org"),
      ("[relay.example.org]", "domain relay.example.org"), ("[relay.example.org]:587", "domain relay.example.org"),
      ("", ""), ("@", ""), ("999.1.1.1", "domain 999.1.1.1"), ("two words", ""),
      ("TLS_Rcpt:v@tls.example", "address v@tls.example, domain tls.example"),
      ("AuthInfo:tls.example", "domain tls.example"),
      ("smtp:gw.example", "domain gw.example"), (".", ""), ("@.example.org", "domain example.org"),
      ("a@b@c.example", "address a@b@c.example, domain c.example"),
    ])
  func keys(_ key: String, _ expected: String) {
    var seeds = Seeds()
    seeds.add(key: Bytes(key.utf8), "test")
    #expect(described(seeds) == expected)
  }

  @Test(
    "a network has two ends and neighbours",
    arguments: [
      ("192.0.2.0/24", "192.0.1.255 192.0.2.0 192.0.2.255 192.0.3.0"),
      ("Connect:192.0.2", "192.0.1.255 192.0.2.0 192.0.2.255 192.0.3.0"),
      ("192.0.2.64/26", "192.0.2.63 192.0.2.64 192.0.2.127 192.0.2.128"), ("192.0.2.7", ""), ("192.0.2.7/32", ""),
      ("255.255.255.0/24", "255.255.254.255 255.255.255.0 255.255.255.255"), ("2001:db8::/32", ""),
      ("10.0.0.0/0", ""), ("10.0.0.0/99", ""),
    ])
  func ends(_ key: String, _ expected: String) {
    var seeds = Seeds()
    seeds.add(key: Bytes(key.utf8), "test")
    #expect(seeds.networkEnds.map(\.text.text).joined(separator: " ") == expected)
  }

  @Test("each word is there once, with the place that named it first")
  func once() {
    var seeds = Seeds()
    seeds.add(key: Bytes("example.org".utf8), "one")
    var more = Seeds()
    more.add(domain: Bytes("EXAMPLE.org".utf8), "two", isLocal: true)
    seeds.add(more)
    #expect(seeds.domains.map(\.origin) == ["one"])
    #expect(seeds.localDomains.map(\.origin) == ["two"])
  }

  @Test("noise makes no seed that cannot be sent")
  func noise() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let key = Bytes(
        (0..<Int.random(in: 0...12, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) })
      var seeds = Seeds()
      seeds.add(key: key, "noise")
      for question in QuestionMaker.questions(from: seeds, limit: 100_000) {
        let texts = question.envelope.recipients + [question.envelope.sender, question.envelope.client.address]
        #expect(texts.allSatisfy { !$0.contains(0x0A) && !$0.contains(0x0D) && !$0.contains(0) }, "\(key)")
      }
    }
  }

  private func described(_ seeds: Seeds) -> String {
    (seeds.addresses.map { "address \($0.text.text)" } + seeds.domains.map { "domain \($0.text.text)" }
      + seeds.users.map { "user \($0.text.text)" } + seeds.clientAddresses.map { "client \($0.text.text)" })
      .joined(separator: ", ")
  }
}

@Suite("Questions")
struct QuestionTests {
  private func seeds() -> Seeds {
    var seeds = Seeds()
    seeds.add(domain: Bytes("example.org".utf8), "class w", isLocal: true)
    for key in ["From:bad@bulk.example", "Connect:203.0.113", "Connect:198.51.100", "boss", ".lab.example.org"] {
      seeds.add(key: Bytes(key.utf8), "access")
    }
    seeds.add(size: 1000, "MaxMessageSize")
    return seeds
  }

  @Test("the same every time, each once, and many even from little")
  func deterministic() {
    let questions = QuestionMaker.questions(from: seeds(), limit: 100_000)
    #expect(questions.count >= 200)
    #expect(questions.map(\.envelope) == QuestionMaker.questions(from: seeds(), limit: 100_000).map(\.envelope))
    #expect(Set(questions.map(\.envelope)).count == questions.count)
  }

  @Test("a limit thins them out evenly")
  func limit() {
    let all = QuestionMaker.questions(from: seeds(), limit: 100_000)
    let some = QuestionMaker.questions(from: seeds(), limit: 50)
    #expect(some.count == 50)
    #expect(some.first?.envelope == all.first?.envelope)
    #expect(QuestionMaker.questions(from: seeds(), limit: 0).isEmpty)
  }

  @Test("the usual client is in no network that either side names")
  func stranger() {
    let questions = QuestionMaker.questions(from: seeds(), limit: 100_000)
    let clients = Set(
      questions.filter { $0.envelope.client.name?.text == "client.far.example" }.map(\.envelope.client.address.text))
    #expect(clients == ["192.0.2.9"])
  }

  @Test("a client that may relay is found and asked from")
  func relayed() {
    let questions = QuestionMaker.questions(from: seeds(), limit: 100_000) { envelope in
      envelope.client.address.text == "198.51.100.1"
    }
    let senders = questions.filter {
      $0.envelope.client.address.text == "198.51.100.1" && $0.envelope.recipients[0].text.hasPrefix("any.stranger@")
    }
    #expect(Set(senders.map(\.envelope.sender.text)).isSuperset(of: ["boss", "boss@example.org", "bad@bulk.example"]))
  }

  @Test("every form that was promised is among them")
  func forms() {
    let questions = QuestionMaker.questions(from: seeds(), limit: 100_000)
    let recipients = Set(questions.flatMap(\.envelope.recipients).map(\.text))
    for recipient in [
      "boss", "boss@example.org", "boss+detail@example.org", "bad@bulk.example", "user@host.lab.example.org",
      "\"john doe\"@example.org", "john%far.example@example.org", "far.example!john@example.org",
      "@far.example:john@example.org", "user@[192.0.2.99]", "john@example.org.REDIRECT", "",
    ] {
      #expect(recipients.contains(recipient), "\(recipient)")
    }
    #expect(questions.contains { $0.envelope.sender.isEmpty })
    #expect(questions.contains { $0.envelope.client.arrival == .commandLine })
    #expect(questions.contains { $0.envelope.size == 1001 })
    #expect(questions.contains { $0.envelope.client.address.text == "203.0.113.1" })
  }

  @Test(
    "lines of a file",
    arguments: [
      ("a@b.example c@d.example", "a@b.example c@d.example 127.0.0.1 localhost"),
      ("<> <c@d.example> 192.0.2.1", " c@d.example 192.0.2.1 -"),
      ("a@b.example c@d.example 192.0.2.1 host.example", "a@b.example c@d.example 192.0.2.1 host.example"),
      ("only@one.example", nil), ("a b c d e", nil), ("", nil),
      ("a@b.example c@d.example nowhere", nil), ("a@b.example c@d.example 192.0.2.300", nil),
    ])
  func lines(_ line: String, _ expected: String?) {
    let envelope = Question(line: Bytes(line.utf8), because: "test")?.envelope
    let text = envelope.map {
      "\($0.sender.text) \($0.recipients[0].text) \($0.client.address.text) \($0.client.name?.text ?? "-")"
    }
    #expect(text == expected)
  }
}
