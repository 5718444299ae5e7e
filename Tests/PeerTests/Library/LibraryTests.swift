// LibraryTests.swift: what our m4 library makes of a site file does in the real sendmail
// what sendmail's own library makes of it.
//
// Both .cf go into the real test mode with the same questions. Sites are asked side by
// side, as many at once as the machine has cores.

import Foundation
import TestSupport
import Testing

@Suite(
  "Our m4 library beside sendmail's", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct LibraryTests {
  @Test("there are a dozen sites and more")
  func sitesFound() { #expect(LibrarySite.names.count >= 12) }

  @Test(
    "sendmail takes both .cf alike and answers every question alike", arguments: LibrarySite.names)
  func sameAnswers(_ name: String) throws {
    let site = try LibrarySite(name)
    let asked = LibraryQuestions(site)
    try expectEnough(asked)
    let comparison = try LibraryComparison(site, asked)
    #expect(comparison.isSame, "\(name): \(comparison)")
    // Not nothing at all: a sendmail that answers each question with an error agrees with itself.
    #expect(comparison.routed > 300)
  }

  private func expectEnough(_ asked: LibraryQuestions) throws {
    #expect(asked.addresses.all.count >= 300)
    let kinds = Dictionary(grouping: asked.all, by: \.kind).mapValues(\.count)
    for kind in ["3,0", "/parse"] { #expect(kinds[kind] ?? 0 >= 300, "\(kind)") }
    for flags in LibraryQuestions.tryFlags {
      for mailer in [
        "local", "prog", "smtp", "esmtp", "smtp8", "dsmtp", "relay", "*file*", "*include*",
      ] {
        #expect(kinds["/try \(mailer)\(flags)"] ?? 0 >= 300, "\(mailer) \(flags)")
      }
    }
    let check = asked.rulesets.contains("checkmail") ? "checkmail" : "check_mail"
    for kind in [check, "check_rcpt"] { #expect(kinds[kind + "client 1"] ?? 0 >= 300, "\(kind)") }
  }

  @Test("options, headers, classes, maps and mailers are the same", arguments: LibrarySite.names)
  func sameFacts(_ name: String) throws {
    let site = try LibrarySite(name)
    let stock = ConfigurationFacts(site.texts[.stock] ?? "")
    let ours = ConfigurationFacts(site.texts[.ours] ?? "")
    #expect(stock.differences(from: ours) == [], "here is stock, there is ours")
  }
}
