// HostFlow+Sendmail.swift: the stages of a sendmail.cf.
//
// Which maps and mailers a stage can lead to is read off its rules and those of the rulesets
// that they call.

import SendmailCF

extension HostFlow {
  package init(_ file: CFFile, named name: String) {
    self.init(title: "A message under \(name)")
    let rules = RuleReach(file)
    func stage(_ name: String, _ rulesets: [String], _ more: [String] = []) {
      let there = rulesets.filter { rules.hasRules($0) }
      let reach = rules.reach(of: there)
      let asked = reach.maps.isEmpty ? [] : ["asks " + reach.maps.joined(separator: ", ")]
      let refuses = reach.mailers.contains("error") ? ["may refuse"] : []
      let lines = (there.isEmpty ? [] : [there.joined(separator: ", ")]) + asked + refuses + more
      if !lines.isEmpty { stages.append(Stage(name, lines)) }
    }
    stage("connection", ["check_relay", "tls_client", "srv_features"])
    stage("MAIL", ["check_mail"])
    stage("RCPT", ["check_rcpt", "check_compat"])
    let headers = file.headers.compactMap { header in
      header.check.map { "\(Self.text(header.name)): \(Self.text($0.ruleset))" }
    }
    stage("content", ["check_data", "check_eoh", "check_eom"], headers)
    stage("addresses", [rules.name(3), rules.name(0)])
    var local: [String] = []
    for option in file.options {
      let value = Self.text(option.value.text(file.names))
      if option.name == "AliasFile" { local.append("aliases: \(value)") }
      if option.name == "ForwardPath", !value.isEmpty { local.append("forward files: \(value)") }
    }
    stage("local users", [rules.name(5)], local)

    let chosen = rules.reach(of: [rules.name(0), rules.name(5)]).mailers
    for mailer in file.mailers where chosen.contains(Self.text(mailer.name)) {
      let words = mailer.arguments.map { Self.text($0.text(file.names)) }.joined(separator: " ")
      let rewriting = [mailer.sender.envelope, mailer.recipient.envelope].compactMap { $0 }.map { Self.text($0.name) }
      ends.append(
        End(
          Self.text(mailer.name),
          ["\(Self.text(mailer.path)) \(words)"]
            + (rewriting.isEmpty
              ? [] : ["rewrites by " + Array(Set(rewriting)).sorted().joined(separator: ", ")]),
          isRemote: mailer.isNetwork && !words.hasPrefix("FILE")))
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// What rulesets can lead to.
private struct RuleReach {
  struct Reach {
    var maps: [String] = []
    var mailers: Set<String> = []
  }

  private let file: CFFile
  /// Right and left sides, by the number of the ruleset.
  private var rules: [Int: [String]] = [:]

  init(_ file: CFFile) {
    self.file = file
    var current: Int?
    for line in file.lines {
      switch line.content {
      case .ruleset(let name): current = name.number
      case .rule(let rule):
        guard let current else { continue }
        rules[current, default: []].append(String(decoding: rule.right.text(file.names), as: UTF8.self))
      default: break
      }
    }
  }

  func hasRules(_ name: String) -> Bool { number(name).map { rules[$0] != nil } ?? false }

  /// The name of a ruleset that sendmail asks by its number.
  func name(_ number: Int) -> String { String(decoding: file.rulesetNumbers.name(number), as: UTF8.self) }

  private func number(_ name: String) -> Int? { Int(name) ?? file.rulesetNumbers[name.utf8] }

  func reach(of names: [String]) -> Reach {
    var reach = Reach()
    var seen: Set<Int> = []
    var waiting = names.compactMap(number)
    while let ruleset = waiting.popLast() {
      guard seen.insert(ruleset).inserted else { continue }
      for side in rules[ruleset] ?? [] {
        waiting += Self.words(after: "$>", in: side).compactMap(number)
        reach.mailers.formUnion(Self.words(after: "$#", in: side))
        for map in Self.words(after: "$(", in: side) where !reach.maps.contains(map) { reach.maps.append(map) }
      }
    }
    let helpers = Set(file.maps.filter { Self.isHelper($0.mapType) }.map { String(decoding: $0.name, as: UTF8.self) })
    reach.maps.removeAll { helpers.contains($0) }
    reach.maps.sort()
    return reach
  }

  /// Maps that only compute.
  private static func isHelper(_ type: [UInt8]) -> Bool {
    ["macro", "arith", "regex", "sequence", "null", "dequote", "stab", "syslog"]
      .contains(String(decoding: type, as: UTF8.self))
  }

  private static func words(after mark: String, in text: String) -> [String] {
    text.split(separator: mark, omittingEmptySubsequences: false).dropFirst().compactMap { rest in
      let word = rest.drop { " \"".contains($0) }.prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) }
      return word.isEmpty ? nil : String(word)
    }
  }
}
