// UnknownUsersTests.swift: who is no user of this host is refused when he is named.
//
// A host that takes such mail first sends a bounce to whatever sender it was given,
// who is the victim of a forger as often as not. So what sendmail says to RCPT, which
// looks into the password file, is held against what the translation says.

import Foundation
import TestSupport
import Testing
import Translation

@Suite(
  "Unknown users after translation", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct UnknownUsersTests {
  @Test(arguments: [
    "masquerade", "masquerade-all", "masquerade-known", "generics", "preserve", "virtual-twins", "access",
    "mailertable",
  ])
  func refused(_ name: String) throws {
    let site = try TranslatedSite(name)
    try site.prepareSendmail(resolving: [])
    try site.folder.write("known-aliases", "postmaster: root\n")
    _ = try Peer.sendmail.runOnHost(site.host, arguments(site) + ["-bi"])
    // Domains that the mailertable gives to the local mailer.
    let routed = ["access": ["loc2.example"], "mailertable": ["loc.example"]][name] ?? []
    let domains = ["mail.example.org", "w1.example", "w2.example", "oldus.example"] + routed
    let addresses = domains.flatMap { domain in
      ["root", "nobody.there", "root+x", "nobody.there+x"].map { "\($0)@\(domain)" }
    }
    let instance = try TranslatedPostfix.startKnowingUsers(site.result.side)
    defer { instance.stop() }
    let before = try sendmailCodes(addresses, site)
    let after = try postfixCodes(addresses, instance)
    for (address, (one, other)) in zip(addresses, zip(before, after)) {
      #expect(one == other, "\(address)")
    }
    #expect(before.count { $0 == 550 } > 1 && before.contains(250), "all are known or none, which proves little")
  }

  @Test("an alias that leads to nobody or in a circle is taken, and found out later")
  func aliases() throws {
    let site = try TranslatedSite("plain")
    try site.prepareSendmail(resolving: [])
    try site.folder.write(
      "known-aliases", try String(contentsOfFile: site.folder.path + "/aliases", encoding: .utf8))
    _ = try Peer.sendmail.runOnHost(site.host, arguments(site) + ["-bi"])
    let addresses = ["circle", "circle2", "gone", "half", "nobody.there"].map { $0 + "@mail.example.org" }
    let instance = try TranslatedPostfix.startWithAliases(site.result.side)
    defer { instance.stop() }
    let codes = try sendmailCodes(addresses, site)
    #expect(codes == [250, 250, 250, 250, 550])
    #expect(try postfixCodes(addresses, instance) == codes)
  }

  /// Line by line and after the greeting, since sendmail breaks off with clients that speak first.
  private func sendmailCodes(_ addresses: [String], _ site: TranslatedSite) throws -> [Int] {
    let lines =
      ["EHLO client.example", "MAIL FROM:<root@mail.example.org>"]
      + addresses.map { "RCPT TO:<\($0)>" } + ["QUIT"]
    let said = try site.folder.write("said", "")
    let run = try run(
      "/usr/bin/unshare",
      [
        "-u", "/bin/sh", "-c",
        """
        hostname "$0" && said=$1 && shift
        (until grep -q '^220 ' "$said"; do sleep 0.1; done
        while IFS= read -r line; do sleep 0.1; printf '%s\r\n' "$line"; done) | "$@" > "$said"
        cat "$said"
        """,
        site.host, said, Peer.sendmail.path,
      ] + arguments(site) + ["-bs"],
      input: Array((lines.joined(separator: "\n") + "\n").utf8), environment: Peer.environment)
    let replies = run.text.split(whereSeparator: \.isNewline).filter { $0.dropFirst(3).first == " " }
    // The greeting, EHLO and MAIL come before, QUIT after.
    try #require(replies.count == addresses.count + 4, "\(run)")
    return replies.dropFirst(3).dropLast().compactMap { Int($0.prefix(3)) }
  }

  private func arguments(_ site: TranslatedSite) -> [String] {
    let folder = site.folder.path
    return [
      "-C", folder + "/sendmail.cf", "-OQueueDirectory=\(folder)", "-OAliasFile=\(folder)/known-aliases",
      "-OBadRcptThrottle=0", "-ODontBlameSendmail=\(TranslatedSite.trusted),LinkedAliasFileInWritableDir",
    ]
  }

  private func postfixCodes(_ addresses: [String], _ instance: PostfixInstance) throws -> [Int] {
    let session = try SMTPSession(port: instance.port)
    defer { session.close() }
    for line in ["EHLO client.example", "MAIL FROM:<root@mail.example.org>"] { _ = try session.say(line) }
    return try addresses.map { try session.say("RCPT TO:<\($0)>").code }
  }
}
