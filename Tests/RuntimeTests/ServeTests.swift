// ServeTests.swift: mail through the built command, under both kinds of configuration.

import Foundation
import TestSupport
import Testing

@Suite("waybill serve")
struct ServeTests {
  static let configurations = ["out/sendmail.cf", "out/postfix/main.cf"]

  private func send(
    _ session: SMTPSession, to recipients: [String], from sender: String = "alice@example.net",
    _ text: String = "Subject: test\r\n\r\n.dot\r\nbody\r\n"
  ) throws -> [SMTPSession.Reply] {
    var replies = [try session.say("MAIL FROM:<\(sender)>")]
    for recipient in recipients { replies.append(try session.say("RCPT TO:<\(recipient)>")) }
    replies.append(try session.say("DATA"))
    if replies.last?.code == 354 {
      let stuffed = text.replacingOccurrences(of: "\r\n.", with: "\r\n..")
      try session.send(Array(stuffed.utf8))
      replies.append(try session.say("."))
    }
    return replies
  }

  @Test("mail for a mailbox and for another host arrives; an unknown user is refused", arguments: configurations)
  func delivers(_ configuration: String) throws {
    let sink = try SMTPSink()
    let host = try ServedHost(configuration, relay: sink.port)
    let session = try SMTPSession(port: host.port)
    #expect(session.greeting.code == 220 && session.greeting.text.hasPrefix("mail.example.edu ESMTP"))
    #expect(try session.say("EHLO client.example").isPositive)
    let replies = try send(session, to: ["boss@example.edu", "someone@example.org"])
    #expect(replies.map(\.code) == [250, 250, 250, 354, 250], "\(replies)")
    #expect(try session.say("MAIL FROM:<alice@example.net>").code == 250)
    #expect(try session.say("RCPT TO:<nobody-here@example.edu>").code == 550)
    #expect(try session.say("QUIT").code == 221)
    try host.wait(for: "both deliveries") { host.messages(of: "boss") == 1 && sink.notes.count == 1 }
    let box = host.mailbox("boss")
    #expect(box.contains("\nReceived: from client.example") || box.contains("Received: from unknown"), "\(box)")
    #expect(box.contains("\n\n.dot\nbody\n"), "\(box)")
    #expect(sink.notes.first?.recipient == "someone@example.org" && sink.notes.first?.sender == "alice@example.net")
    // The file is a mailbox of its own, closed to others.
    let mode = try FileManager.default.attributesOfItem(atPath: host.folder.path + "/state/mail/boss")[
      .posixPermissions]
    #expect(mode as? Int == 0o600)
  }

  @Test("what the trace says of a recipient is what the runtime does", arguments: configurations)
  func agrees(_ configuration: String) throws {
    let sink = try SMTPSink()
    let host = try ServedHost(configuration, relay: sink.port)
    let session = try SMTPSession(port: host.port)
    _ = try session.say("EHLO client.example")
    for recipient in ["boss@example.edu", "root", "nobody-here@example.edu", "x@example.org", "postmaster", "a@b@c"] {
      let traced = try run(
        Checkout.command("waybill"),
        [
          "trace", "--brief", "--json", "--config", host.folder.path + "/" + configuration, "--tables",
          host.folder.path + "/out", "--sender", "alice@example.net", "--client", "127.0.0.1", recipient,
        ])
      _ = try session.say("MAIL FROM:<alice@example.net>")
      let reply = try session.say("RCPT TO:<\(recipient)>")
      _ = try session.say("RSET")
      let isAccepted = traced.text.contains("\"accepted\":true")
      #expect(reply.isPositive == isAccepted, "\(recipient): \(reply)\n\(traced.text)")
    }
  }

  @Test("mail that cannot go now waits, also over a restart, and goes when it can", arguments: configurations)
  func waits(_ configuration: String) throws {
    // A port that nobody listens on.
    var sink: SMTPSink? = try SMTPSink()
    let port = sink?.port ?? 0
    sink = nil
    let host = try ServedHost(configuration, relay: port)
    let session = try SMTPSession(port: host.port)
    _ = try session.say("EHLO client.example")
    #expect(try send(session, to: ["someone@example.org"]).last?.code == 250)
    try host.wait(for: "the first attempt") { ["stat=Deferred", "status=deferred"].contains { host.log.contains($0) } }
    host.signal(SIGTERM)
    try host.restart()
    try host.wait(for: "an attempt after the restart") {
      ["stat=Deferred", "status=deferred"].contains { host.log.contains($0) }
    }
  }

  @Test("a recipient that the other host refuses comes back as a notice", arguments: configurations)
  func bounces(_ configuration: String) throws {
    let sink = try RefusingServer()
    let host = try ServedHost(configuration, relay: sink.port)
    let session = try SMTPSession(port: host.port)
    _ = try session.say("EHLO client.example")
    #expect(try send(session, to: ["gone@example.org"], from: "boss@example.edu").last?.code == 250)
    try host.wait(for: "the notice") { host.messages(of: "boss") == 1 }
    let notice = host.mailbox("boss")
    #expect(
      notice.contains("multipart/report") && notice.contains("Final-Recipient: rfc822;") && notice.contains("5.1.1"))
    #expect(notice.contains("Action: failed"), "\(notice)")
  }

  @Test("SIGHUP reads the configuration anew; a faulty one changes nothing")
  func reloads() throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port)
    let path = host.folder.path + "/out/sendmail.cf"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    func accepts() throws -> Bool {
      let session = try SMTPSession(port: host.port)
      _ = try session.say("EHLO client.example")
      return try session.say("MAIL FROM:<alice@example.net> SIZE=5000").isPositive
    }
    #expect(try accepts())
    let open = try SMTPSession(port: host.port)
    _ = try open.say("EHLO client.example")
    try (text + "\nO NoSuchOption=1\n").write(toFile: path, atomically: true, encoding: .utf8)
    host.signal(SIGHUP)
    try host.wait(for: "the complaint") { host.log.contains("the old one stays in force") }
    #expect(try accepts())
    try text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("O MaxMessageSize") ? "O MaxMessageSize=1000" : String($0) }.joined(separator: "\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
    host.signal(SIGHUP)
    try host.wait(for: "the reload") { host.log.contains("was read anew") }
    #expect(try !accepts())
    // A session goes on with what it began with.
    #expect(try open.say("MAIL FROM:<alice@example.net> SIZE=5000").isPositive)
  }

  @Test("mail that would be taken for nobody is not taken")
  func leadsNowhere() throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/postfix/main.cf", relay: sink.port)
    let path = host.folder.path + "/out/postfix/main.cf"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    // Unknown users go to one who is unknown himself.
    try (text + "\nlocal_recipient_maps =\nluser_relay = nobody-there\n")
      .write(toFile: path, atomically: true, encoding: .utf8)
    host.signal(SIGHUP)
    try host.wait(for: "the reload") { host.log.contains("was read anew") }
    let session = try SMTPSession(port: host.port)
    _ = try session.say("EHLO client.example")
    _ = try session.say("MAIL FROM:<alice@example.net>")
    let reply = try session.say("RCPT TO:<nobody-here@example.edu>")
    #expect(!reply.isPositive, "\(reply)")
  }

  @Test("SIGTERM: who is in the middle of a message may end it, others are told")
  func drains() throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port)
    let busy = try SMTPSession(port: host.port)
    _ = try busy.say("EHLO client.example")
    _ = try busy.say("MAIL FROM:<alice@example.net>")
    _ = try busy.say("RCPT TO:<boss@example.edu>")
    #expect(try busy.say("DATA").code == 354)
    host.signal(SIGTERM)
    try host.wait(for: "the drain") { host.log.contains("going down") }
    usleep(200_000)
    try busy.send(Array("Subject: late\r\n\r\nbody\r\n".utf8))
    #expect(try busy.say(".").code == 250)
    try host.wait(for: "the end") { !host.isRunning }
    try host.restart()
    try host.wait(for: "the message") { host.messages(of: "boss") == 1 }
  }

  @Test("faults at the start are told, with a status, and nothing is touched")
  func badStarts() throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port)
    let configuration = host.folder.path + "/out/sendmail.cf"
    try host.folder.write("foreign-queue/queue/notes", "mine\n")
    chmod(host.folder.path + "/foreign-queue/queue", 0o700)
    try host.folder.write("bad.cf", "V10/Berkeley\nO NoSuchOption=1\n")
    try host.folder.write("bad.zone", "x MX mail\n")
    let cases: [(words: [String], status: Int32, message: String)] = [
      (
        [configuration, "--state", host.folder.path + "/other", "--listen", "127.0.0.1:\(host.port)"], 69,
        "cannot listen on"
      ),
      ([configuration, "--state", host.folder.path + "/state", "--listen", "0"], 75, "is in use by"),
      ([configuration, "--state", host.folder.path + "/foreign-queue", "--listen", "0"], 75, "is not a queue of ours"),
      ([configuration, "--state", "/proc/none", "--listen", "0"], 73, "cannot make the state folder"),
      ([host.folder.path + "/bad.cf", "--state", host.folder.path + "/s2", "--listen", "0"], 78, "NoSuchOption"),
      ([host.folder.path + "/none.cf", "--state", host.folder.path + "/s2", "--listen", "0"], 66, "cannot read"),
      (
        [configuration, "--state", host.folder.path + "/s2", "--zone", host.folder.path + "/bad.zone"], 65, "preference"
      ),
      ([configuration, "--state", host.folder.path + "/s2", "--listen", "127.0.0.1:99999"], 64, "listen"),
      ([configuration], 64, "--state"),
    ]
    try host.folder.giveAway()
    for (words, status, message) in cases {
      let result = try run(
        Checkout.command("waybill"), ["serve"] + words + ["--user", unprivilegedUser], seconds: 120)
      #expect(result.status == status && result.messageText.contains(message), "\(words): \(result)")
    }
    #expect(host.isRunning)
  }
}

@Suite("Nothing is served as root", .enabled(if: isRoot, "not root, so nothing to give up"))
struct RootRefusalTests {
  @Test("waybill serve stays root for nobody", arguments: [[], ["--user", "root"], ["--user", "no-such-user"]])
  func refusal(_ words: [String]) throws {
    let folder = try TemporaryFolder()
    let configuration = try folder.write("sendmail.cf", "V10/Berkeley\nDjtest.example\n")
    let result = try run(
      Checkout.command("waybill"),
      ["serve", configuration, "--state", folder.path + "/state", "--listen", "127.0.0.1:0"] + words, seconds: 120)
    #expect(result.status == (words.last == "no-such-user" ? 67 : 77), "\(result)")
    #expect(result.messageText.contains("--user") || result.messageText.contains("no user no-such-user"), "\(result)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
  }
}

/// A server that knows nobody.
final class RefusingServer: Sendable {
  let port: UInt16
  private let listener: Int32

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && listen(descriptor, 10) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isBound else { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread {
      while true {
        let client = accept(descriptor, nil, nil)
        guard client >= 0 else { return }
        Thread.detachNewThread { Self.serve(client) }
      }
    }
  }

  private static func serve(_ client: Int32) {
    guard let stream = fdopen(client, "r+") else { return }
    // Not by stdio: a client that is gone would end this process with a signal.
    func say(_ text: String) {
      let bytes = Array((text + "\r\n").utf8)
      _ = bytes.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
    say("220 refuses")
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    while getline(&line, &capacity, stream) > 0, let text = line.map({ String(cString: $0).uppercased() }) {
      say(text.hasPrefix("RCPT") ? "550 5.1.1 no such user" : text.hasPrefix("DATA") ? "554 no" : "250 ok")
    }
    free(line)
    fclose(stream)
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }
}
