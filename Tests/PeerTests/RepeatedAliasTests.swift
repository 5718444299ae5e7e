// RepeatedAliasTests.swift: which entry of a name counts where an alias file has two.

import Foundation
import TestSupport
import Testing

@Suite(
  "Repeated aliases", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct RepeatedAliasTests {
  private static let text = "staff: root\nbin: root\nStaff: daemon\n"

  @Test("sendmail takes the last one")
  func sendmail() throws {
    let host = try SendmailHost(
      site: "OSTYPE(`linux')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n", files: ["aliases": Self.text])
    #expect(try host.verify(["staff"]).contains { $0.contains("user daemon") })
  }

  @Test("postalias takes the first one, so the translation leaves out the others")
  func postfix() throws {
    let instance = try PostfixInstance(main: "", files: ["aliases": Self.text])
    try instance.postalias(["hash:aliases"])
    let found = try instance.command(.postalias, ["-q", "staff", "hash:\(instance.configuration)/aliases"])
    #expect(found.text == "root\n", "\(found)")
  }
}
