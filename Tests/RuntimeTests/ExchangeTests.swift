// ExchangeTests.swift: mail to and from the real programs, counted and compared.
//
//     smtp-source ─► ours ─► smtp-sink         swaks ─► ours
//     Postfix, sendmail ─► ours                ours ─► Postfix, sendmail
//
// The real ones come from .build/peers.

import Foundation
import TestSupport
import Testing

@Suite("Mail to and from the real programs", .serialized)
struct ExchangeTests {
  @Test(
    "smtp-source to ours to smtp-sink: each message arrives once",
    .enabled(if: Peer.smtpSource.isWanted, "\(Peer.smtpSource.hint)"), arguments: ServeTests.configurations)
  func sourceToSink(_ configuration: String) throws {
    let folder = try TemporaryFolder()
    let port = try PostfixInstance.freePort()
    // A file for each message; as root it would become nobody.
    chmod(folder.path, 0o777)
    let sink = try ProcessGroup(
      "/usr/bin/env",
      ["-C", folder.path, Peer.smtpSink.path] + (isRoot ? ["-u", unprivilegedUser] : [])
        + ["-d", "m.", "127.0.0.1:\(port)", "100"], environment: Peer.environment)
    defer { sink.end() }
    let host = try ServedHost(configuration, relay: port)
    func source(_ count: Int, _ port: UInt16) throws {
      let result = try Peer.smtpSource.run(
        [
          "-s", "10", "-m", "\(count)", "-l", "3000", "-f", "alice@example.net", "-t", "someone@example.org",
          "127.0.0.1:\(port)",
        ], seconds: 120)
      #expect(result.status == 0, "\(result)")
    }
    func files() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }
    func body(_ name: String) -> Data? {
      guard let data = FileManager.default.contents(atPath: folder.path + "/" + name) else { return nil }
      return data.range(of: Data("XXXXX".utf8)).map { data[$0.lowerBound...] }
    }
    // What it looks like without us.
    try host.wait(for: "the sink") { (try? SMTPSession(port: port)) != nil }
    try source(1, port)
    let direct = try #require(files().compactMap(body).first)
    #expect(direct.count > 2500)
    for name in files() { unlink(folder.path + "/" + name) }
    let total = 500
    try source(total, host.port)
    try host.wait(for: "\(total) messages", seconds: 120) { files().count >= total }
    usleep(300_000)
    let bodies = files().map(body)
    let same = bodies.count { $0 == direct }
    print("smtp-source, \(configuration), smtp-sink: \(total) sent, \(bodies.count) arrived, \(same) the same")
    #expect(bodies.count == total && same == total)
  }

  // MARK: the real MTAs

  private func text(_ number: Int) -> [UInt8] { NumberedMessage.text(number) }

  private func send(_ numbers: Range<Int>, to recipient: String, port: UInt16) throws {
    let session = try SMTPSession(port: port)
    #expect(try session.say("EHLO client.example").isPositive)
    for number in numbers {
      #expect(try session.say("MAIL FROM:<alice@example.net>").isPositive)
      #expect(try session.say("RCPT TO:<\(recipient)>").isPositive)
      #expect(try session.say("DATA").code == 354)
      try session.send(text(number))
      #expect(try session.say(".").code == 250)
    }
  }

  /// What arrived in our mailbox, whole.
  private func arrived(_ host: ServedHost, _ numbers: Range<Int>) throws {
    var copies: [Int: Int] = [:]
    try host.wait(for: "messages \(numbers)", seconds: 120) {
      let box = GrowingMailbox(host.folder.path + "/state/mail/boss")
      try? box.read()
      copies = box.copies
      return copies.count >= numbers.count
    }
    #expect(copies == Dictionary(uniqueKeysWithValues: numbers.map { ($0, 1) }))
  }

  /// What a sink of ours got, whole.
  private func arrived(_ sink: SMTPSink, _ numbers: Range<Int>, _ host: ServedHost) throws {
    try host.wait(for: "messages \(numbers)", seconds: 120) { sink.messages.count >= numbers.count }
    let bodies = sink.messages.compactMap { message -> [UInt8]? in
      guard let end = message.indices.dropLast().first(where: { message[$0] == 10 && message[$0 + 1] == 10 }) else {
        return nil
      }
      return Array(message[(end + 2)...])
    }
    #expect(Set(bodies) == Set(numbers.map(NumberedMessage.body)) && bodies.count == numbers.count)
  }

  @Test(
    "Postfix to ours, and ours to Postfix", .enabled(if: isRoot && Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
    arguments: ServeTests.configurations)
  func postfix(_ configuration: String) throws {
    let ours = try ServedHost(configuration, relay: 9)
    let agents = PostfixInstance.agents.filter { $0 != "smtp" }
    let sending = try PostfixInstance(
      main: "mydestination =\nmynetworks = 127.0.0.0/8\nrelayhost = [127.0.0.1]:\(ours.port)\n", recorders: agents)
    try sending.start()
    try send(1..<61, to: "boss@example.edu", port: sending.port)
    try arrived(ours, 1..<61)
    sending.stop()
    // And the other way round.
    let sink = try SMTPSink()
    let receiving = try PostfixInstance(
      main: "mydestination =\nmynetworks = 127.0.0.0/8\nrelayhost = [127.0.0.1]:\(sink.port)\n", recorders: agents)
    try receiving.start()
    defer { receiving.stop() }
    let relay = try ServedHost(configuration, relay: receiving.port)
    try send(1..<61, to: "someone@example.org", port: relay.port)
    try arrived(sink, 1..<61, relay)
    print("Postfix, \(configuration): 60 to ours and 60 from ours, each arrived once and whole")
  }

  @Test(
    "sendmail to ours, and ours to sendmail", .enabled(if: isRoot && Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
    arguments: ServeTests.configurations)
  func sendmail(_ configuration: String) throws {
    let built = try ServedHost("out/sendmail.cf", relay: 9)
    // What it sends to other hosts goes to ours, and from there to a sink.
    let end = try SMTPSink()
    let ours = try ServedHost(configuration, relay: end.port) { built in
      // It does not send to who greets with its own name.
      for name in ["/sendmail.cf", "/postfix/main.cf"] {
        let text = try String(contentsOfFile: built + name, encoding: .utf8)
        try text.replacingOccurrences(of: "Djmail.", with: "Djours.")
          .replacingOccurrences(of: "myhostname = mail.", with: "myhostname = ours.")
          .write(toFile: built + name, atomically: true, encoding: .utf8)
      }
    }
    let sending = try DeliveringSendmail(built: built.folder.path + "/out", sink: ours.port)
    try send(1..<31, to: "someone@example.org", port: sending.port)
    try arrived(end, 1..<31, ours)
    let sink = try SMTPSink()
    let receiving = try DeliveringSendmail(built: built.folder.path + "/out", sink: sink.port)
    let relay = try ServedHost(configuration, relay: receiving.port)
    try send(1..<31, to: "someone@example.org", port: relay.port)
    try arrived(sink, 1..<31, relay)
    print("sendmail, \(configuration): 30 to ours and 30 from ours, each arrived once and whole")
  }

  @Test(
    "swaks to ours", .enabled(if: Peer.swaks.isWanted, "\(Peer.swaks.hint)"),
    arguments: ServeTests.configurations)
  func swaks(_ configuration: String) throws {
    let host = try ServedHost(configuration, relay: 9)
    for number in 1..<11 {
      let result = try Peer.swaks.run(
        [
          "--server", "127.0.0.1:\(host.port)", "--from", "alice@example.net", "--to", "boss@example.edu", "--data",
          "@" + (try host.folder.write("message", Self.text(number))),
        ] + (number.isMultiple(of: 2) ? ["--pipeline"] : []), seconds: 120)
      #expect(result.status == 0, "\(result)")
    }
    try arrived(host, 1..<11)
    print("swaks, \(configuration): 10 sent, 10 arrived")
  }

  @Test(
    "swaks to ours by STARTTLS", .enabled(if: Peer.swaks.isWanted, "\(Peer.swaks.hint)"),
    arguments: ServeTests.configurations)
  func swaksSecured(_ configuration: String) throws {
    let host = try TLSTests.host(configuration)
    for number in 1..<3 {
      let result = try Peer.swaks.run(
        [
          "--server", "127.0.0.1:\(host.port)", "--from", "alice@example.net", "--to", "boss@example.edu", "-tls",
          "--tls-protocol", number == 1 ? "tlsv1_2" : "tlsv1_3", "--data",
          "@" + (try host.folder.write("message", Self.text(number))),
        ], seconds: 120)
      #expect(result.status == 0 && result.text.contains("TLS started with cipher TLSv1."), "\(result)")
    }
    try arrived(host, 1..<3)
  }

  /// As swaks wants it: with LF, and without the last, which it adds.
  private static func text(_ number: Int) -> [UInt8] {
    Array(NumberedMessage.text(number).filter { $0 != 0x0D }.dropLast())
  }
}
