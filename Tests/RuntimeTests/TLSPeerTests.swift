// TLSPeerTests.swift: what is told and refused of TLS, beside the real programs.
//
// OpenSSL's s_client says the same lines to both; both relay to a sink of ours.

import Foundation
import TestSupport
import Testing

@Suite("TLS beside the real programs", .enabled(if: Peer.postfix.isWanted && isRoot, "needs the peers and root"))
struct TLSPeerTests {
  /// Mail by STARTTLS; returns what the server said. sendmail wants each answer to be waited for.
  private static func send(_ port: UInt16, _ options: [String], to recipient: String) throws -> String {
    let session = try SMTPSession(
      program: "/usr/bin/openssl",
      ["s_client", "-starttls", "smtp", "-connect", "127.0.0.1:\(port)", "-quiet", "-ign_eof"] + options, greets: false)
    var said: [SMTPSession.Reply] = []
    for line in [
      "EHLO client.example", "MAIL FROM:<a@client.example>", "RCPT TO:<\(recipient)>", "DATA",
      "Subject: x\r\n\r\nx\r\n.", "QUIT",
    ] {
      guard let reply = try? session.say(line) else { break }
      said.append(reply)
    }
    return "\(said)"
  }

  /// The Received: field that a host has put before a message, without its own name, queue id and time.
  private static func received(_ text: [UInt8]) -> String {
    let lines = String(decoding: text, as: UTF8.self).replacingOccurrences(of: "\r", with: "")
      .split(separator: "\n").map(String.init)
    guard let start = lines.firstIndex(where: { $0.hasPrefix("Received:") }) else { return "" }
    let field = [lines[start]] + lines[(start + 1)...].prefix { $0.hasPrefix("\t") || $0.hasPrefix(" ") }
    return field.joined(separator: "\n").replacing(/\sid [A-Za-z0-9]+/, with: " id ID").replacing(
      /; *\n?\t?.*$/, with: ";"
    )
    .replacing(/by [a-z.]+/, with: "by HOST").replacing(/\n\t client-signature .*\)/, with: ")")
  }

  /// The field of each of these ways to come, by one host.
  private static func fields(
    _ port: UInt16, _ sink: SMTPSink, to recipient: String, keys: String, more: [[String]] = []
  ) throws -> [String] {
    let certificate = ["-cert", keys + "/certificate.pem", "-key", keys + "/key.pem"]
    let ways = [[], ["-tls1_2"], ["-curves", "P-256"], certificate, certificate + ["-tls1_2"]] + more
    return try ways.map { options in
      let count = sink.messages.count
      let said = try send(port, options, to: recipient)
      for _ in 0..<400 where sink.messages.count == count { usleep(25_000) }
      return sink.messages.count > count ? received(sink.messages[count]) : said
    }
  }

  @Test("Received: of mail that came by TLS, and certificates of clients: Postfix")
  func postfixReceived() throws {
    let keys = try TemporaryFolder()
    try TLSTests.copyKeys(to: keys.path)
    chmod(keys.path, 0o755)
    let sinks = try [SMTPSink(), SMTPSink()]
    for asks in ["yes", "no"] {
      let lines =
        TLSTests.postfixLines(keys.path, level: "may")
        + "smtpd_tls_received_header = yes\nsmtpd_tls_ask_ccert = \(asks)\nsmtpd_tls_CAfile = \(keys.path)/certificate.pem\n"
      let postfix = try PostfixInstance(
        main: lines
          + "mydestination =\nrelay_domains = static:all\nrelay_transport = smtp:[127.0.0.1]:\(sinks[0].port)\n",
        recorders: [])
      try postfix.start()
      let host = try ServedHost("out/postfix/main.cf", relay: sinks[1].port) { out in
        try TLSTests.append(lines, to: out + "/postfix/main.cf")
        try TLSTests.copyKeys(to: out)
      }
      // Debian's sendmail knows no curve but P-256.
      let more = [["-curves", "P-384"]]
      let real = try Self.fields(postfix.port, sinks[0], to: "x@example.net", keys: keys.path, more: more)
      let ours = try Self.fields(host.port, sinks[1], to: "x@example.net", keys: keys.path, more: more)
      #expect(ours == real)
      #expect(real.allSatisfy { $0.contains("ESMTPS") })
    }
  }

  @Test("Received:, the macros of a certificate and demands of the access map: sendmail")
  func sendmailReceived() throws {
    let keys = try TemporaryFolder()
    try TLSTests.copyKeys(to: keys.path)
    let macros =
      "HX-TLS: v=${tls_version} c=${cipher} b=${cipher_bits} a=${alg_bits} V=${verify} s=${cert_subject} "
      + "i=${cert_issuer} cs=${cn_subject} ci=${cn_issuer} m=${cert_md5} r=$r\n"
    let sinks = try [SMTPSink(), SMTPSink()]
    let host = try ServedHost("out/sendmail.cf", relay: sinks[1].port) { out in
      try TLSTests.append(macros + TLSTests.sendmailLines(out), to: out + "/sendmail.cf")
      try TLSTests.copyKeys(to: out)
    }
    let real = try DeliveringSendmail(
      built: host.folder.path + "/out", sink: sinks[0].port, lines: macros + TLSTests.sendmailLines("/mnt"),
      keys: keys.path)
    let theirs = try Self.fields(real.port, sinks[0], to: "x@example.org", keys: keys.path)
    let ours = try Self.fields(host.port, sinks[1], to: "x@example.org", keys: keys.path)
    #expect(ours == theirs)
    #expect(theirs.allSatisfy { $0.contains("verify=") }, "\(theirs)")
    func noted(_ sink: SMTPSink) -> [String] {
      sink.messages.map { text in
        String(decoding: text, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("X-TLS") }.map(String.init)
          ?? ""
      }
    }
    #expect(noted(sinks[1]) == noted(sinks[0]))
  }

  @Test("without a key that can be used Postfix goes on, and so do we")
  func brokenPostfix() throws {
    let cases: [(level: String, change: (String) throws -> Void)] = [
      ("may", { try FileManager.default.removeItem(atPath: $0 + "/key.pem") }),
      ("encrypt", { try "no key".write(toFile: $0 + "/key.pem", atomically: false, encoding: .utf8) }),
      ("may", { try FileManager.default.removeItem(atPath: $0 + "/certificate.pem") }),
    ]
    for (level, change) in cases {
      let keys = try TemporaryFolder()
      try TLSTests.copyKeys(to: keys.path)
      try change(keys.path)
      chmod(keys.path, 0o755)
      let postfix = try PostfixInstance(main: TLSTests.postfixLines(keys.path, level: level))
      try postfix.start()
      let host = try ServedHost("out/postfix/main.cf", relay: 9) { out in
        try TLSTests.append(TLSTests.postfixLines(keys.path, level: level), to: out + "/postfix/main.cf")
      }
      func answers(_ port: UInt16) throws -> [String] {
        let session = try SMTPSession(port: port)
        let listed = try session.say("EHLO x").lines.contains("STARTTLS")
        return try ["\(listed)"]
          + ["MAIL FROM:<a@b.example>", "RSET", "STARTTLS", "NOOP"].map { "\(try session.say($0))" }
      }
      #expect(try answers(host.port) == answers(postfix.port))
      #expect(host.log.contains(keys.path + "/"), "\(host.log)")
    }
  }

  @Test("without a key that can be used sendmail offers no TLS, and so do we")
  func brokenSendmail() throws {
    let changes: [(String) throws -> Void] = [
      { try FileManager.default.removeItem(atPath: $0 + "/key.pem") }, { chmod($0 + "/key.pem", 0o644) },
      { try "no key".write(toFile: $0 + "/key.pem", atomically: false, encoding: .utf8) },
    ]
    for (index, change) in changes.enumerated() {
      let keys = try TemporaryFolder()
      try TLSTests.copyKeys(to: keys.path)
      try change(keys.path)
      let host = try ServedHost("out/sendmail.cf", relay: 9) { out in
        try TLSTests.append(TLSTests.sendmailLines(keys.path), to: out + "/sendmail.cf")
        chmod(keys.path, 0o755)
      }
      #expect(try !SMTPSession(port: host.port).say("EHLO x").lines.contains("STARTTLS"))
      #expect(host.log.contains(keys.path + "/key.pem"), "\(host.log)")
      guard index == 0 else { continue }
      let real = try DeliveringSendmail(
        built: host.folder.path + "/out", sink: 9, lines: TLSTests.sendmailLines("/mnt"), keys: keys.path)
      #expect(try !SMTPSession(port: real.port).say("EHLO x").lines.contains("STARTTLS"))
    }
  }
}
