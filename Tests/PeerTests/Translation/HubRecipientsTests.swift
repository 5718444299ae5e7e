// HubRecipientsTests.swift: under which address a hub or a relay gets its mail.
//
// sendmail -bv says mailer, host and user of each recipient, aliases and accounts
// looked up; a real Postfix that runs the translation, with its own local(8), hands
// each copy to a recorder. Host and recipient must be the same.

import Foundation
import TestSupport
import Testing
import Translation

@Suite(
  "Recipients on a hub after translation", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct HubRecipientsTests {
  @Test(arguments: ["hub", "hub-all", "hub-sticky", "local-relay", "luser", "luser-host"])
  func sameRecipients(_ name: String) throws {
    let site = try TranslatedSite(name)
    let asked = Self.addresses(of: name)
    let before = try asked.map { try verified($0, site) }
    let after = try sent(asked, site)
    for (address, (one, other)) in zip(asked, zip(before, after)) {
      #expect(one == other, "\(address)")
    }
    #expect(Set(before).count > 1, "all go alike, which proves little")
  }

  /// daemon and root have accounts, and root is of class L, where there is one; plain is an
  /// alias, where there are any.
  private static func addresses(of name: String) -> [String] {
    let users = ["daemon", "daemon+x", "nobody.there", "nobody.there+x", "root", "root+x", "plain", "plain+x"]
    return ["mail.example.org", "w1.example"].flatMap { domain in
      users.map { "\($0)@\(domain)" }
    } + (name == "hub" || name == "hub-all" ? ["plain+own@w1.example"] : [])
  }

  // MARK: sendmail

  private func verified(_ address: String, _ site: TranslatedSite) throws -> Set<String> {
    let folder = site.folder.path
    try site.prepareSendmail(resolving: ["far.example"])
    if !FileManager.default.fileExists(atPath: folder + "/aliases") { try site.folder.write("aliases", "") }
    let arguments = [
      "-C", folder + "/sendmail.cf", "-OQueueDirectory=\(folder)", "-OAliasFile=\(folder)/aliases",
      "-ODontBlameSendmail=\(TranslatedSite.trusted),LinkedAliasFileInWritableDir",
    ]
    _ = try Peer.sendmail.runOnHost(site.host, arguments + ["-bi"])
    let run = try Peer.sendmail.runOnHost(site.host, arguments + ["-bv", address])
    return Set(run.text.split(separator: "\n").compactMap { Self.copy(String($0)) })
  }

  /// `address... deliverable: mailer relay, host hub.example.org, user john@hub.example.org`
  private static func copy(_ line: String) -> String? {
    guard let text = line.components(separatedBy: "... deliverable: mailer ").dropFirst().first else {
      return line.contains("unknown") ? "refused" : nil
    }
    let fields = text.components(separatedBy: ", ")
    let user = fields.last?.components(separatedBy: "user ").last ?? ""
    guard fields[0] != "local" else { return "local \(user)" }
    let host = fields.dropFirst().first?.components(separatedBy: "host ").last ?? ""
    return "\(host.hasSuffix(".") ? String(host.dropLast()) : host) \(user)"
  }

  // MARK: Postfix

  private func sent(_ addresses: [String], _ site: TranslatedSite) throws -> [Set<String>] {
    let instance = try TranslatedPostfix.startWithAliases(site.result.side)
    defer { instance.stop() }
    let session = try SMTPSession(port: instance.port)
    _ = try session.say("EHLO client.example")
    var refused: Set<String> = []
    for (index, address) in addresses.enumerated() {
      _ = try session.say("RSET")
      _ = try session.say("MAIL FROM:<user@far.example>")
      guard try session.say("RCPT TO:<\(address)>").isPositive else {
        refused.insert("\(index)")
        continue
      }
      _ = try session.say("DATA")
      _ = try session.say("X-Test: \(index)\r\nSubject: test\r\n\r\ntext\r\n.")
    }
    session.close()
    try instance.waitUntilIdle()
    let notes = Dictionary(grouping: try instance.notes(), by: \.tag)
    return addresses.indices.map { index in
      if refused.contains("\(index)") { return ["refused"] }
      return Set(
        (notes["\(index)"] ?? []).map { note in
          note.transport == "local"
            ? "local " + note.recipient.prefix { $0 != "@" && $0 != "+" }
            : "\(note.nexthop.isEmpty ? Self.domain(note.recipient) : note.nexthop) \(note.recipient)"
        })
    }
  }

  private static func domain(_ address: String) -> String {
    address.split(separator: "@").last.map(String.init) ?? ""
  }
}
