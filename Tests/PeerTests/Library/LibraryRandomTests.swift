// LibraryRandomTests.swift: sites that nobody wrote.
//
// What a person combines we cannot foresee, so chance does: each seed is another site, and
// WAYBILL_SEED makes all of them others. Many are compared as .cf, some are asked.

import Foundation
import TestSupport
import Testing

@Suite("Random sites", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct LibraryRandomTests {
  private func site(_ seed: UInt64) throws -> LibrarySite {
    try LibrarySite(files: try RandomSite.files(seed: seed))
  }

  @Test(
    "both libraries give the same options, classes, maps and mailers, and both warn or neither",
    .enabled(if: Peer.makemap.isWanted, "\(Peer.makemap.hint)"), arguments: 1...60 as ClosedRange<UInt64>)
  func sameFacts(_ seed: UInt64) throws {
    let site = try site(seed)
    let stock = ConfigurationFacts(site.texts[.stock] ?? "")
    let ours = ConfigurationFacts(site.texts[.ours] ?? "")
    let differences = stock.differences(from: ours)
    #expect(differences == [], "site \(seed), here is stock, there is ours:\n\(site.source)")
    let said = site.messages.mapValues { $0.contains { !$0.isWhitespace } }
    #expect(said[.stock] == said[.ours], "site \(seed): \(site.messages)\n\(site.source)")
  }

  @Test(
    "both answer alike in the real sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
    .enabled(if: isRoot, "\(rootHint)"), arguments: 1...8 as ClosedRange<UInt64>)
  func sameAnswers(_ seed: UInt64) throws {
    let site = try site(seed)
    let asked = LibraryQuestions(site, tried: 40)
    let comparison = try LibraryComparison(site, asked)
    #expect(comparison.isSame, "site \(seed): \(comparison)\n\(site.source)")
    #expect(asked.addresses.all.count > 300)
  }

  @Test("a seed makes one site, and another seed another")
  func seeds() throws {
    let (one, again, other) = try (RandomSite.files(seed: 1), RandomSite.files(seed: 1), RandomSite.files(seed: 2))
    #expect(one.map(\.text) == again.map(\.text))
    #expect(one.map(\.text) != other.map(\.text))
    #expect(one.count > 8)
  }
}
