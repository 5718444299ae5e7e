// RuleCoverage.swift: which rules of a .cf a list of questions puts to use.
//
// The real sendmail traces its rulesets (-d21.12):
//
//     canonify         input: …      a ruleset begins: its first rule is next
//     -----trying rule: …            the next rule, or the same once more after a match
//     -----rule matches: …           the rule is put to use
//     canonify       returns: …      back to the caller
//
// A rule is known by its ruleset and its number there, from 1. The trace names a few
// rulesets otherwise than the .cf does, and cuts long names.

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
  private var calls: [Call] = []
  /// Each ruleset with all that it can come to call.
  private var reaches: [String: Set<String>] = [:]
  private let mailerRulesets: [String]

  private struct Call {
    var ruleset: String
    var rule = 0
    var isRepeated = false
  }

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

  /// Whether a question can come to one of the rulesets at all, going by which ruleset calls which.
  func mayReach(_ wanted: Set<String>, by question: LibraryQuestion) -> Bool {
    if question.isSetting || question.isOwn { return true }
    return starts(of: question).contains { !reachable(from: $0).isDisjoint(with: wanted) }
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

  private func reachable(from start: String) -> Set<String> { reaches[start] ?? [start] }

  private func reach(from start: String) -> Set<String> {
    var found: Set<String> = [start]
    var open = [start]
    while let name = open.popLast() {
      for call in (rulesets[name] ?? []).flatMap({ Self.called(in: $0.right) }) {
        let next =
          call.hasPrefix("$")
          ? Array(rulesets.keys.filter { $0.count == 1 }) : [shownAs[call] ?? call]
        for name in next where found.insert(name).inserted { open.append(name) }
      }
    }
    return found
  }

  /// Rulesets that a right side calls; a call of what the trace names, such as `$>$2`, can be any.
  private static func called(in right: String) -> [String] {
    right.components(separatedBy: "$>").dropFirst().map { call in
      String(call.drop { $0 == " " || $0 == "\"" }.prefix { !$0.isWhitespace && $0 != "\"" })
    }
  }

  /// Follows the trace of a run.
  mutating func follow(_ output: [UInt8]) {
    output.withUnsafeBytes { bytes in
      SendmailDialogue.forEachLine(bytes) { follow($0) }
    }
  }

  private mutating func follow(_ line: UnsafeRawBufferPointer) {
    var line = line
    while line.count >= 2, line[0] == UInt8(ascii: ">"), line[1] == 0x20 {
      calls = []
      line = UnsafeRawBufferPointer(rebasing: line[2...])
    }
    if line.starts(with: Self.trying) {
      trying()
    } else if line.starts(with: Self.matches) {
      let right = line[Self.matches.count...]
      matched(
        endsTrial: right.count > 1 && right.first == UInt8(ascii: "$")
          && Self.heads.contains(right[right.startIndex + 1]))
    } else if let trace = Trace(line) {
      if case .result = trace { _ = calls.popLast() } else { begin(line) }
    }
  }

  private static let trying = Array("-----trying rule:".utf8)
  private static let matches = Array("-----rule matches: ".utf8)
  /// `$:`, `$@` and `$#`, after which a rule is not tried again.
  private static let heads: Set<UInt8> = Set(":@#".utf8)

  private mutating func begin(_ line: UnsafeRawBufferPointer) {
    let name = LibrarySite.text(line[..<16]).trimmingCharacters(in: .whitespaces)
    calls.append(Call(ruleset: shownAs[name] ?? name))
  }

  private mutating func trying() {
    guard !calls.isEmpty else { return }
    if !calls[calls.count - 1].isRepeated { calls[calls.count - 1].rule += 1 }
    calls[calls.count - 1].isRepeated = false
  }

  private mutating func matched(endsTrial: Bool) {
    guard let call = calls.last else { return }
    calls[calls.count - 1].isRepeated = !endsTrial
    guard let rules = rulesets[call.ruleset], rules.indices.contains(call.rule - 1) else { return }
    used.insert(rules[call.rule - 1])
  }
}
