// TLSTests.swift: STARTTLS with the real Postfix at the other end, in both directions.

import Foundation
import TestSupport
import Testing

@Suite("STARTTLS", .enabled(if: Peer.postfix.isWanted && isRoot, "needs the peers and root"))
struct TLSTests {
  static let fixtures = Checkout.root + "/Tests/RuntimeTests/Fixtures/"

  /// A certificate for localhost and its key, which nobody else may read.
  static func copyKeys(to folder: String) throws {
    for name in ["certificate.pem", "key.pem"] {
      try FileManager.default.copyItem(atPath: fixtures + name, toPath: folder + "/" + name)
    }
    chmod(folder + "/key.pem", 0o600)
  }

  static func sendmailLines(_ folder: String) -> String {
    "\nO CACertFile=\(folder)/certificate.pem\nO CACertPath=\(folder)\n"
      + "O ServerCertFile=\(folder)/certificate.pem\nO ServerKeyFile=\(folder)/key.pem\n"
  }

  static func postfixLines(_ folder: String, level: String) -> String {
    "\nsmtpd_tls_security_level = \(level)\n"
      + "smtpd_tls_cert_file = \(folder)/certificate.pem\nsmtpd_tls_key_file = \(folder)/key.pem\n"
  }

  static func append(_ text: String, to path: String) throws {
    let old = try String(contentsOfFile: path, encoding: .utf8)
    try (old + text).write(toFile: path, atomically: true, encoding: .utf8)
  }

  static func host(_ configuration: String, level: String = "may", relay: UInt16 = 9) throws -> ServedHost {
    try ServedHost(configuration, relay: relay) { out in
      try copyKeys(to: out)
      let lines =
        configuration.hasSuffix("cf") && !configuration.hasSuffix("main.cf")
        ? sendmailLines(out) : postfixLines(out, level: level)
      try append(lines, to: out + "/" + configuration.dropFirst("out/".count))
    }
  }

  @Test("the real Postfix's client speaks TLS with us", arguments: ServeTests.configurations)
  func served(_ configuration: String) throws {
    let host = try Self.host(configuration)
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf", "compatibility_level = 3.6\nmyhostname = client.example\nmail_owner = daemon\nsetgid_group = mail\n")
    let result = try Peer.posttlsFinger.run(
      ["-l", "encrypt", "-L", "summary", "[127.0.0.1]:\(host.port)"], environment: ["MAIL_CONFIG": folder.path])
    let text = result.text + result.messageText
    #expect(result.status == 0 && text.contains("TLSv1.3"), "\(result)")
    #expect(text.contains("EHLO client.example"), "\(result)")
  }

  @Test("mail goes to the real Postfix that asks for TLS")
  func sends() throws {
    let keys = try TemporaryFolder()
    try Self.copyKeys(to: keys.path)
    chmod(keys.path, 0o755)
    let postfix = try PostfixInstance(
      main: Self.postfixLines(keys.path, level: "encrypt") + "mydestination =\nrelay_domains = static:all\n")
    try postfix.start()
    for configuration in ServeTests.configurations {
      let host = try ServedHost(configuration, relay: postfix.port) { out in
        if configuration.hasSuffix("main.cf") {
          try Self.append("\nsmtp_tls_security_level = encrypt\n", to: out + "/postfix/main.cf")
        }
      }
      let session = try SMTPSession(port: host.port)
      _ = try session.say("EHLO client.example")
      _ = try session.say("MAIL FROM:<alice@example.net>")
      _ = try session.say("RCPT TO:<someone@example.org>")
      _ = try session.say("DATA")
      try session.send(Array("Subject: secret\r\n\r\nbody\r\n".utf8))
      #expect(try session.say(".").code == 250)
      try host.wait(for: "the delivery") { host.log.contains("Sent (") || host.log.contains("status=sent") }
    }
  }

  @Test("commands before TLS that is required are answered as the real Postfix does")
  func required() throws {
    let keys = try TemporaryFolder()
    try Self.copyKeys(to: keys.path)
    chmod(keys.path, 0o755)
    let postfix = try PostfixInstance(main: Self.postfixLines(keys.path, level: "encrypt"))
    try postfix.start()
    let host = try Self.host("out/postfix/main.cf", level: "encrypt")
    let lines = [
      "NOOP", "MAIL FROM:<a@b.example>", "EHLO client.example", "MAIL FROM:<a@b.example>", "RSET", "VRFY root",
      "RCPT TO:<root>", "DATA", "HELO x", "STARTTLS x", "QUIT",
    ]
    func answers(_ port: UInt16) throws -> [String] {
      let session = try SMTPSession(port: port)
      return try lines.map { line in
        let reply = try session.say(line)
        return line.hasPrefix("EHLO") || line.hasPrefix("HELO") ? "\(reply.code)" : "\(reply)"
      }
    }
    #expect(try answers(host.port) == answers(postfix.port))
  }
}
