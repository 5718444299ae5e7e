// RuleCoverage.swift: which rules of a .cf a list of questions puts to use.
//
// The real sendmail traces its rulesets (RuleTrace.swift). A rule is known by its ruleset and
// its number there, from 1. The trace names a few rulesets otherwise than the .cf does, and
// cuts long names.

import Foundation
import TestSupport

/// A rule of a .cf, by its text: the same rule in two sites is one rule.
struct TracedRule: Hashable {
  let ruleset: String
  let left: String
  let right: String
}

struct RuleCoverage {
  /// The rules of each ruleset, in order.
  let rulesets: [String: [TracedRule]]
  private(set) var used: Set<TracedRule> = []
  private var shownAs: [String: String] = [:]
  private let mailerRulesets: [String]

  /// What sendmail itself calls the rulesets of these numbers.
  private static let builtIn = [
    "0": "parse", "1": "sender", "2": "recipient", "3": "canonify", "4": "final",
  ]

  init(_ text: String) {
    var rulesets: [String: [TracedRule]] = [:]
    var numbers: [String: String] = [:]
    var current = ""
    for line in ConfigurationLines(text).lines {
      if line.hasPrefix("S") {
        let parts = line.dropFirst().prefix { !$0.isWhitespace }.split(separator: "=").map(
          String.init)
        guard let name = parts.first else { continue }
        // A number alone continues the ruleset that was given it.
        current = numbers[name] ?? name
        if parts.count > 1 { numbers[parts[1]] = name }
        rulesets[current, default: []] += []
      } else if line.hasPrefix("R") {
        let columns = line.dropFirst().split { $0 == "\t" || $0 == "\n" }.map(String.init)
        rulesets[current]?.append(
          TracedRule(
            ruleset: current, left: columns.first ?? "", right: columns.count > 1 ? columns[1] : "")
        )
      }
    }
    self.rulesets = rulesets
    mailerRulesets = ConfigurationLines(text).lines(beginningWith: "M").flatMap { line in
      line.components(separatedBy: CharacterSet(charactersIn: ", \t\n")).filter {
        $0.hasPrefix("S=") || $0.hasPrefix("R=")
      }
      .flatMap { $0.dropFirst(2).split(separator: "/").map(String.init) }
    }
    for name in rulesets.keys { shownAs[String(name.prefix(16))] = name }
    for (number, name) in numbers { shownAs[number] = name }
    for (number, name) in Self.builtIn where shownAs[name] == nil {
      shownAs[name] = numbers[number] ?? number
    }
  }

  /// Each rule with its number in its ruleset.
  var numbered: [(rule: TracedRule, number: Int)] {
    rulesets.sorted { $0.key < $1.key }.flatMap { _, rules in
      rules.enumerated().map { ($1, $0 + 1) }
    }
  }

  /// Whether a question begins with one of the rulesets.
  func isFor(_ wanted: Set<String>, _ question: LibraryQuestion) -> Bool {
    if question.isSetting || question.isOwn { return true }
    return starts(of: question).contains(where: wanted.contains)
  }

  private func starts(of question: LibraryQuestion) -> [String] {
    let command = question.command
    if command.hasPrefix("/try ") {
      return mailerRulesets + ["canonify", "final", "sender", "recipient"]
    }
    if command.hasPrefix("/parse") { return ["canonify", "parse", "final"] }
    if command.hasPrefix("=") || command.hasPrefix("$") { return [] }
    return command.prefix { $0 != " " }.split(separator: ",").map {
      shownAs[String($0)] ?? String($0)
    }
  }

  /// Follows the trace of a run.
  mutating func follow(_ output: [UInt8]) {
    for place in RuleTrace(output).used {
      guard let rules = rulesets[shownAs[place.ruleset] ?? place.ruleset], rules.indices.contains(place.rule - 1)
      else { continue }
      used.insert(rules[place.rule - 1])
    }
  }
}
