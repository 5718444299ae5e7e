// TLSPolicyTests.swift: smtp_tls_policy_maps beside the real smtp(8).
//
// One main.cf and master.cf with a transport for each policy, run by the real Postfix and by
// us; what became of each message, in the words of the log.

import Foundation
import TestSupport
import Testing

@Suite("smtp_tls_policy_maps", .enabled(if: Peer.postfix.isWanted && isRoot, "needs the peers and root"))
struct TLSPolicyTests {
  /// The policy, and whether the host has TLS.
  private static func policies(_ keys: String) throws -> [String] {
    let digest =
      try run(
        "/usr/bin/openssl", ["x509", "-in", keys + "/certificate.pem", "-noout", "-fingerprint", "-sha256"]
      ).text.split(separator: "=").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
    return [
      "none", "may", "encrypt", "verify", "verify match=mail.example.edu", "verify match=other.example:.example.edu",
      "secure match=localhost", "secure match=nobody.example", "secure", "fingerprint match=\(digest)",
      "fingerprint match=\(digest.lowercased())", "fingerprint match=AA:BB|\(digest)",
      "fingerprint match=\(digest.dropLast())0",
      "fingerprint", "dane", "dane-only", "dane match=x", "may match=x", "bogus", "encrypt foo=bar", "encrypt foo",
      "encrypt protocols=TLSv1.3", "encrypt protocols=!TLSv1.3", "encrypt ciphers=high exclude=MD5:RC4",
      "none protocols=TLSv1.3", "none match=x", "none foo=bar", "none foo",
    ]
  }

  private static func name(_ index: Int) -> String { "smtp-p\(index)" }

  /// Lines of main.cf and master.cf.
  private static func configuration(_ policies: [String], keys: String, port: UInt16) -> (main: String, master: String)
  {
    let routes = policies.indices.map { "{p\($0).example = \(name($0)):[127.0.0.1]:\(port)}" }
    let services = policies.enumerated().map { index, policy in
      "\(name(index)) unix - - n - - smtp\n  -o { smtp_tls_policy_maps = static:{\(policy)} }\n"
    }
    return (
      """

      transport_maps = inline:{ \(routes.joined(separator: ", ")) }
      relay_domains = static:all
      smtp_tls_CAfile = \(keys)/certificate.pem

      """, services.joined()
    )
  }

  /// How each message ended: `dsn=…, status=… (…)` by the domain of its recipient.
  /// The first line about the end of each message, by its number.
  private static func lines(_ log: String) -> [Int: Substring] {
    var found: [Int: Substring] = [:]
    for line in log.split(separator: "\n") where line.contains("status=") {
      guard let start = line.range(of: "to=<x@p") else { continue }
      let number = Int(line[start.upperBound...].prefix { $0 != "." })
      if let number, found[number] == nil { found[number] = line }
    }
    return found
  }

  private static func ends(_ log: String, _ count: Int) -> [String] {
    let lines = lines(log)
    return (0..<count).map { index in
      guard let line = lines[index], let start = line.range(of: "dsn=") else { return "nothing" }
      return String(line[start.lowerBound...]).replacing(/queued as \w+/, with: "queued")
        .replacing(/\[127.0.0.1\]:\d+/, with: "[127.0.0.1]").replacing(#/\(45\d \d\.\d\.\d /#, with: "(")
    }
  }

  private static func send(_ count: Int, to port: UInt16) throws {
    for index in 0..<count {
      let session = try SMTPSession(port: port)
      _ = try session.say("EHLO client.example")
      _ = try session.say("MAIL FROM:<a@b.example>")
      #expect(try session.say("RCPT TO:<x@p\(index).example>").code == 250)
      _ = try session.say("DATA")
      try session.send(Array("Subject: x\r\n\r\nx\r\n".utf8))
      #expect(try session.say(".").code == 250)
    }
  }

  @Test("each level and attribute", arguments: [true, false])
  func policies(hasTLS: Bool) throws {
    let keys = try TemporaryFolder()
    try TLSTests.copyKeys(to: keys.path)
    chmod(keys.path, 0o755)
    let taker = try PostfixInstance(
      main: (hasTLS ? TLSTests.postfixLines(keys.path, level: "may") : "")
        + "mydestination =\nrelay_domains = static:all\n")
    try taker.start()
    let policies = try Self.policies(keys.path)
    let lines = Self.configuration(policies, keys: keys.path, port: taker.port)
    let real = try PostfixInstance(main: lines.main + "mydestination =\n", master: lines.master)
    try real.start()
    let host = try ServedHost("out/postfix/main.cf", relay: taker.port) { out in
      try TLSTests.append(lines.main, to: out + "/postfix/main.cf")
      try TLSTests.append(lines.master, to: out + "/postfix/master.cf")
    }
    try Self.send(policies.count, to: real.port)
    try Self.send(policies.count, to: host.port)
    for log in [{ real.log }, { host.log }] {
      for _ in 0..<400 where Self.lines(log()).count < policies.count { usleep(25_000) }
    }
    let (ours, theirs) = (Self.ends(host.log, policies.count), Self.ends(real.log, policies.count))
    for (index, policy) in policies.enumerated() { #expect(ours[index] == theirs[index], "\(policy)") }
  }
}
