// RuleCoverageTests.swift: no rule of either library goes unasked.
//
// A comparison proves nothing about a rule that no question reaches. So each rule of both
// .cf, over all sites, must be put to use by some question, or stand in
// Fixtures/library/unreached-rules with the reason why nothing can reach it. That table
// names a rule by library, site, ruleset and its number there; a row whose rule is reached
// after all is a fault, too.
//
// Traces are long, so the questions are fewer than those of the comparison.

import Foundation
import TestSupport
import Testing

@Suite(
  "Every rule of both libraries is put to use",
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct RuleCoverageTests {
  /// Where a rule stands first: library, site, ruleset and number.
  private struct Place: Hashable, Comparable, CustomStringConvertible {
    let side: String
    let site: String
    let ruleset: String
    let number: Int

    var description: String { "\(side) \(site) \(ruleset) \(number)" }

    static func < (one: Self, other: Self) -> Bool {
      (one.side, one.site, one.ruleset, one.number) < (
        other.side, other.site, other.ruleset, other.number
      )
    }
  }

  @Test(
    "each is reached by a question, or named with the reason why none can",
    arguments: LibrarySide.allCases)
  func everyRule(_ side: LibrarySide) throws {
    let named = Set(try Self.named().keys.filter { $0.side == side.rawValue })
    var places: [TracedRule: Place] = [:]
    var used: Set<TracedRule> = []
    for name in LibrarySite.names {
      let site = try LibrarySite(name)
      var coverage = RuleCoverage(site.texts[side] ?? "")
      for (rule, number) in coverage.numbered where places[rule] == nil {
        places[rule] = Place(side: side.rawValue, site: name, ruleset: rule.ruleset, number: number)
      }
      let wanted = Set(
        places.filter { !used.contains($0.key) && !named.contains($0.value) }.map(\.key.ruleset))
      let questions = thinned(
        LibraryQuestions(site, tried: 30).all.filter { coverage.isFor(wanted, $0) })
      coverage.follow(try SendmailDialogue.run(site, side, questions, options: ["-d21.12"]).output)
      used.formUnion(coverage.used)
    }
    let unreached = Set(places.filter { !used.contains($0.key) }.values)
    #expect(unreached.subtracting(named).sorted() == [], "no question reaches these rules")
    #expect(named.subtracting(unreached).sorted() == [], "these are reached, or are no rules")
    #expect(places.count > 300)
  }

  /// What is set stays; of each kind of question some are left.
  private func thinned(_ questions: [LibraryQuestion]) -> [LibraryQuestion] {
    let counts = Dictionary(grouping: questions, by: \.kind).mapValues(\.count)
    var seen: [String: Int] = [:]
    return questions.filter { question in
      if question.isSetting || question.isOwn { return true }
      let kind = question.kind
      let index = seen[kind, default: 0]
      seen[kind] = index + 1
      let count = counts[kind] ?? 1
      let share = share(kind)
      return index * share / count != (index - 1) * share / count || count <= share
        || index == 0 && share > 0
    }
  }

  /// How many questions of a kind are traced. /parse asks what 3,0 asks, and all mailers but
  /// three share their rulesets with those.
  private func share(_ kind: String) -> Int {
    if kind.hasPrefix("/parse") { return 0 }
    if kind.hasPrefix("/try") {
      return ["local", "esmtp", "relay"].contains { kind.hasPrefix("/try \($0)") } ? 12 : 0
    }
    return kind == "3,0" ? 400 : 12
  }

  /// The rows of the table.
  private static func named() throws -> [Place: String] {
    let path = Checkout.root + "/Tests/PeerTests/Fixtures/library/unreached-rules"
    var rows: [Place: String] = [:]
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    where !line.hasPrefix("#") {
      let words = line.split(separator: " ", maxSplits: 4).map(String.init)
      guard words.count == 5, let number = Int(words[3]) else {
        throw LibrarySite.Failure(description: "unreached-rules: \(line)")
      }
      rows[Place(side: words[0], site: words[1], ruleset: words[2], number: number)] = words[4]
    }
    return rows
  }
}
