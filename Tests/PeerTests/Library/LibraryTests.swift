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
    let isBrief = Self.brief.contains(name)
    let asked = LibraryQuestions(site, tried: isBrief ? 60 : LibraryQuestions.count)
    try expectEnough(asked, tried: isBrief ? 60 : 300)
    let stock = try SendmailDialogue(site, .stock, asked.all)
    let ours = try SendmailDialogue(site, .ours, asked.all)
    #expect(Self.masked(stock.preamble) == Self.masked(ours.preamble))
    var comparison = OutcomeComparison()
    for (question, (one, other)) in zip(asked.all, zip(stock.outcomes, ours.outcomes)) {
      comparison.compare(question, stock: one, ours: other)
    }
    #expect(
      comparison.differences.isEmpty,
      "\(name): \(comparison.differences.count) of \(comparison.compared):\n\(comparison.differences.prefix(5).joined(separator: "\n"))"
    )
    // Not nothing at all: a sendmail that answers each question with an error agrees with itself.
    let routed = stock.outcomes.count { $0.contains("returns: $#") }
    #expect(routed > 300)
  }

  /// Sites that differ from others in a few rules of routing only: fewer of their addresses
  /// go through /try, which takes most of the time.
  private static let brief: Set<String> = [
    "delayed", "hub", "hub-sticky", "luser", "luser-host", "plus-detail", "local-relay",
    "smarthost",
  ]

  @Test("a dozen sites and more are asked in full")
  func fullSites() { #expect(LibrarySite.names.count - Self.brief.count >= 12) }

  private func expectEnough(_ asked: LibraryQuestions, tried: Int) throws {
    #expect(asked.addresses.all.count >= 300)
    let kinds = Dictionary(grouping: asked.all, by: \.kind).mapValues(\.count)
    for kind in ["3,0", "/parse"] { #expect(kinds[kind] ?? 0 >= 300, "\(kind)") }
    for flags in LibraryQuestions.tryFlags {
      for mailer in [
        "local", "prog", "smtp", "esmtp", "smtp8", "dsmtp", "relay", "*file*", "*include*",
      ] {
        #expect(kinds["/try \(mailer)\(flags)"] ?? 0 >= tried, "\(mailer) \(flags)")
      }
    }
    let check = asked.rulesets.contains("checkmail") ? "checkmail" : "check_mail"
    for kind in [check, "check_rcpt"] { #expect(kinds[kind + "client 1"] ?? 0 >= 300, "\(kind)") }
  }

  /// The file's name and line numbers, which the two cannot share.
  private static func masked(_ preamble: String) -> String {
    let text = preamble.replacingOccurrences(of: "stock.cf", with: "site.cf")
      .replacingOccurrences(of: "ours.cf", with: "site.cf")
    return text.replacingOccurrences(of: "line [0-9]+", with: "line", options: .regularExpression)
  }

  @Test("options, headers, classes, maps and mailers are the same", arguments: LibrarySite.names)
  func sameFacts(_ name: String) throws {
    let site = try LibrarySite(name)
    let stock = ConfigurationFacts(site.texts[.stock] ?? "")
    let ours = ConfigurationFacts(site.texts[.ours] ?? "")
    #expect(stock.differences(from: ours) == [], "here is stock, there is ours")
  }
}
