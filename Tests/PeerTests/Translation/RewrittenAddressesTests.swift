// RewrittenAddressesTests.swift: senders appear to others under the same addresses.
//
// Each address is given to the real sendmail's /try for the mailer that takes mail to
// other hosts, as sender of the envelope and of the header and as recipient of the
// header; and a message with it goes through a real Postfix that runs the translation,
// whose real smtp client hands it to a sink. What the sink was given must be the same.

import Foundation
import TestSupport
import Testing
import Translation

@Suite(
  "The same addresses after translation", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct RewrittenAddressesTests {
  /// Addresses as others see them; the flags are those of /tryflags.
  struct Forms: Equatable, CustomStringConvertible {
    var envelopeSender: String
    var headerSender: String
    var headerRecipient: String

    var description: String { "<\(envelopeSender)> From: \(headerSender) To: \(headerRecipient)" }
  }

  @Test(arguments: TranslatedSite.names.filter { !unexamined.contains($0) })
  func sameAddresses(_ name: String) throws {
    let site = try TranslatedSite(name)
    let addresses = AddressesToRewrite.of(name)
    try #require(addresses.count > 12)
    let before = try tried(addresses, site)
    let after = try sent(addresses, site)
    let report = site.result.report
    var changed = 0
    for (address, (one, other)) in zip(addresses, zip(before, after)) {
      if one.headerSender != address { changed += 1 }
      if one == other { continue }
      let isToldOf = Self.declared.contains { known in
        known.matches(address, site.host) && report.rows.contains { $0.reason.contains(known.reason) }
      }
      if !isToldOf { Issue.record("\(address): sendmail \(one), Postfix \(other)") }
    }
    #expect(changed > 0, "no address is rewritten, which proves little")
  }

  /// Their rewriting is the hub's, or rules of their own, which the report leaves to people.
  static let unexamined: Set<String> = ["submit", "nullclient", "hooks"]

  private struct Declared: Sendable {
    var reason: String
    var matches: @Sendable (_ address: String, _ host: String) -> Bool
  }

  private static let declared = [
    Declared(reason: "sendmail asks for bare names there alone") { $0.hasSuffix("@" + $1) },
    Declared(reason: "which is masqueraded only where class M has it") { address, _ in !address.contains("@") },
    Declared(reason: "which sendmail would masquerade") { address, _ in
      address == "mm@m1.example" || address == "mm+d@m1.example"
    },
  ]

  // MARK: sendmail

  private func tried(_ addresses: [String], _ site: TranslatedSite) throws -> [Forms] {
    try site.prepareSendmail(
      resolving: Set(addresses.compactMap { $0.split(separator: "@").dropFirst().last.map(String.init) }))
    let flags = ["ES", "HS", "HR"]
    let input = addresses.flatMap { address in flags.flatMap { ["/tryflags \($0)", "/try esmtp \(address)"] } }
    let run = try Peer.sendmail.runOnHost(
      site.host, ["-C", site.folder.path + "/sendmail.cf", "-bt"],
      input: Array((input.joined(separator: "\n") + "\n").utf8))
    let results = run.text.split(separator: "\n").compactMap { line -> String? in
      guard line.hasPrefix("Rcode = ") else { return nil }
      return line.components(separatedBy: "addr = ").dropFirst().first
    }
    try #require(results.count == addresses.count * flags.count, "\(run)")
    return stride(from: 0, to: results.count, by: flags.count).map {
      Forms(envelopeSender: results[$0], headerSender: results[$0 + 1], headerRecipient: results[$0 + 2])
    }
  }

  // MARK: Postfix

  private func sent(_ addresses: [String], _ site: TranslatedSite) throws -> [Forms] {
    let instance = try TranslatedPostfix.startSending(site.result.side, to: try SMTPSink())
    defer { instance.stop() }
    let session = try SMTPSession(port: instance.port)
    _ = try session.say("EHLO client.example")
    for (index, address) in addresses.enumerated() {
      let lines = ["MAIL FROM:<\(address)>", "RCPT TO:<x@away.example>", "DATA"]
      for line in lines {
        let reply = try session.say(line)
        try #require(reply.isPositive, "\(address): \(reply.text)")
      }
      let end = try session.say(
        "X-Test: \(index)\r\nFrom: \(address)\r\nTo: \(address)\r\nSubject: test\r\n\r\ntext\r\n.")
      try #require(end.isPositive, "\(address): \(end.text)")
    }
    session.close()
    try instance.waitUntilIdle()
    let notes = Dictionary(grouping: try instance.notes(), by: \.tag)
    return addresses.indices.map { index in
      guard let note = notes["\(index)"]?.first else {
        return Forms(envelopeSender: "nothing", headerSender: "nothing", headerRecipient: "nothing")
      }
      return Forms(envelopeSender: note.sender, headerSender: note.from, headerRecipient: note.to)
    }
  }
}

/// Addresses made from what a site's own files name.
enum AddressesToRewrite {
  static func of(_ name: String) -> [String] {
    let folder = TranslatedSite.folder(of: name)
    let host = name.hasPrefix("examples/") ? "mail.example.edu" : "mail.example.org"
    let keys = lines(folder + "/genericstable")
    let files = ["local-host-names", "generics-domains", "masquerade-domains", "masquerade-exceptions", "domaintable"]
    let words = Set(
      files.flatMap { lines(folder + "/" + $0) } + TranslationEnvelopes.domains(of: folder + "/sendmail.mc"))
    let domains = [host, "far.example"] + words.filter { !$0.hasPrefix("[") && !$0.hasPrefix(".") }.sorted()
    let users =
      ["john", "john+d", "alice", "alice+d"] + keys.map { $0.split(separator: "@").first.map(String.init) ?? "" }
    let names = Array(
      Set(
        users.flatMap { user -> [String] in
          let base = user.replacingOccurrences(of: "+*", with: "")
          return base.isEmpty ? [] : [base, base.contains("+") ? base : base + "+d"]
        })
    ).sorted()
    let whole = keys.filter { $0.contains("@") && !$0.hasPrefix("@") && !$0.contains("+*") }
    let all =
      names + domains.flatMap { domain in names.map { "\($0)@\(domain)" } }
      + domains.map { "john@sub.\($0)" } + whole
    var seen: Set<String> = []
    return all.filter { seen.insert($0).inserted }
  }

  private static func lines(_ path: String) -> [String] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n")
      .filter { !$0.hasPrefix("#") }.map { String($0.prefix { $0 != "\t" && $0 != " " }) }
  }
}
