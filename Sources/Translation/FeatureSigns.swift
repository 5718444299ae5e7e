// FeatureSigns.swift: features known by what they leave in a .cf.
//
// A .cf says nothing of the features it was made with, but each leaves its mark: a
// pattern of a rule, a ruleset's name, a word of a class. The marks were read from
// what sendmail's library and ours write; a row of the table is one feature.
//
// Fails: never; a .cf written by hand shows no marks and its rules are reported.

import Diagnostics
import SendmailCF

package struct FeatureSigns: Sendable {
  /// A rule as text, with the ruleset it stands in.
  private struct RuleText: Sendable {
    var ruleset: String
    var left: String
    var right: String
    var position: SourcePosition
  }

  private let cf: CFFile
  private var rules: [RuleText] = []
  private var rulesets: [String: SourcePosition] = [:]

  package init(_ cf: CFFile) {
    self.cf = cf
    var current = ""
    for line in cf.lines {
      switch line.content {
      case .ruleset(let name):
        current = String(bytes: name.name)
        rulesets[current] = rulesets[current] ?? line.position
      case .rule(let rule):
        rules.append(
          RuleText(
            ruleset: current, left: squeezed(rule.left), right: squeezed(rule.right),
            position: line.position))
      default: break
      }
    }
  }

  /// The text of one side without blanks, so that spacing makes no difference.
  private func squeezed(_ units: ArraySlice<CFUnit>) -> String {
    String(bytes: units.text(cf.names)).filter { !$0.isBlank }
  }

  /// The features that left their mark, each with the line of it.
  package var found: [(name: String, position: SourcePosition)] {
    Self.table.compactMap { name, sign in position(of: sign).map { (name, $0) } }
      .sorted { $0.0 < $1.0 }
  }

  package indirect enum Sign: Sendable {
    /// A left or right side that contains a text; in one ruleset where it is named.
    /// `giving` and `ending` are the whole right side, and its end: macros are expanded there.
    case left(String, in: String? = nil, giving: String? = nil, ending: String? = nil)
    case right(String, in: String? = nil)
    case ruleset(String)
    case word(String, class: String)
    case map(String)
    /// A class without a word it has otherwise.
    case noWord(String, class: String)
    /// Nothing of the kind, though the ruleset that would hold it is there.
    case absent(Sign, from: String)
    /// The headers of recipients are treated as those of senders.
    case recipientsAsSenders
    case macro(String)
    /// Macros that are set, all to the same.
    case sameMacros([String])
    case all([Sign])
    case any([Sign])
  }

  private static let table: [(String, Sign)] = [
    ("access_db(lookupdotdomain)", .any([.right("$5:.$2"), .right("$>AccessKey<$4$5>.$2")])),
    (
      "access_db(relaytofulladdress)",
      // Blocked recipients are looked up in the same way, elsewhere.
      .any([.right("<+To>$|<F:", in: "Rcpt_ok"), .right("<+To>$|<F:", in: "RcptRelay")])
    ),
    ("access_db(skip)", .any([.left("<SKIP>"), .left("$|SKIP")])),
    ("accept_unqualified_senders", .absent(.right("Domainnamerequired"), from: "Basic_check_mail")),
    ("accept_unresolvable_domains", .absent(.right("$(resolve"), from: "Basic_check_mail")),
    ("access_db", .map("access")),
    ("allmasquerade", .recipientsAsSenders),
    ("always_add_domain", .left("$+", in: "AddDomain")),
    ("blocklist_recipients", .right("$#error$@5.2.1$:")),
    ("delay_checks", .ruleset("checkmail")),
    ("delay_checks(friend)", .any([.left("<FRIEND>"), .left("$|FRIEND")])),
    ("delay_checks(hater)", .any([.left("<HATER>"), .left("$|HATER")])),
    ("domaintable", .map("domaintable")),
    ("generics_entire_domain", .left("<@$*$=G")),
    ("genericstable", .map("generics")),
    (
      "limited_masquerade",
      .all([.macro("M"), .absent(.left("$*<@$=w.>$*", in: "MasqHdr"), from: "MasqHdr")])
    ),
    ("local_no_masquerade", .absent(.right("MasqHdr", in: "HdrFromL"), from: "HdrFromL")),
    ("mailertable", .map("mailertable")),
    ("masquerade_entire_domain", .any([.left("<@$*$=M"), .left("$*$=M$|$*", in: "CanonHost")])),
    ("masquerade_envelope", .right("$>MasqHdr", in: "MasqEnv")),
    ("nocanonify", .left("$={Canonify}")),
    ("nouucp", .noWord("!", class: "O")),
    ("nullclient", .sameMacros(["H", "M", "S"])),
    ("preserve_local_plus_detail", .left("<>$+", in: "localaddr", giving: "$@$1")),
    ("preserve_luser_host", .right("$(macro{Host}$@@")),
    ("promiscuous_relay", .absent(.right("Relay_ok"), from: "Basic_check_rcpt")),
    ("redirect", .word("redirect", class: "P")),
    (
      "relay_hosts_only",
      .all([.left("$=R"), .absent(.left("<@$*$=R>"), from: "Basic_check_rcpt")])
    ),
    ("relay_entire_domain", .left("$*$=m")),
    (
      "stickyhost",
      .all([
        .any([.left("$+<@$=w.>", in: "Parse1", ending: ">$1<@$2.>"), .ruleset("RouteSticky")]), .macro("H"),
      ])
    ),
    ("use_ct_file", .word("", class: "t")),
    ("use_cw_file", .word("", class: "w")),
    ("virtuser_entire_domain", .left("<@$*$={VirtHost}")),
    ("virtusertable", .map("virtuser")),
  ]

  private func position(of sign: Sign) -> SourcePosition? {
    switch sign {
    case .left(let text, let ruleset, let right, let end):
      return rule { rule in
        if let right, rule.right != right { return false }
        if let end, !rule.right.hasSuffix(end) { return false }
        return ruleset == nil
          ? rule.left.holds(text) : rule.ruleset == ruleset && rule.left == text
      }
    case .right(let text, let ruleset):
      return rule { (ruleset == nil || $0.ruleset == ruleset) && $0.right.holds(text) }
    case .ruleset(let name): return rulesets[name]
    case .word(let word, let name): return wordPosition(word, name)
    case .noWord(let word, let name):
      return classLine(name).flatMap { wordPosition(word, name) == nil ? $0 : nil }
    case .map(let name):
      return cf.lines.first { line in
        if case .map(let map) = line.content { map.name == Array(name.utf8) } else { false }
      }?.position
    case .absent(let sign, let ruleset):
      return position(of: sign) == nil ? rulesets[ruleset] : nil
    case .recipientsAsSenders: return mailerTreatingRecipientsAsSenders
    case .macro(let name): return macroLine(name)?.position
    case .sameMacros(let names):
      let lines = names.compactMap(macroLine)
      return lines.count == names.count && Set(lines.map(\.value)).count == 1
        ? lines.first?.position : nil
    case .any(let signs): return signs.lazy.compactMap { position(of: $0) }.first
    case .all(let signs):
      let places = signs.map { position(of: $0) }
      return places.contains(nil) ? nil : places.last ?? nil
    }
  }

  private func macroLine(_ name: String) -> (position: SourcePosition, value: [CFUnit])? {
    for line in cf.lines {
      guard case .macro(let number, let value) = line.content, !value.isEmpty,
        cf.names.name(number) == Array(name.utf8)
      else { continue }
      return (line.position, value)
    }
    return nil
  }

  /// The text of a refusal: what a rule that begins with a word answers under a code.
  package func refusal(_ word: String, enhanced: String) -> String? {
    for line in cf.lines {
      guard case .rule(let rule) = line.content, squeezed(rule.left).hasPrefix(word),
        squeezed(rule.right).contains("$@\(enhanced)$:"),
        let text = String(bytes: rule.right.text(cf.names)).cutText("$:")
      else { continue }
      return text.trimmed
    }
    return nil
  }

  /// The code of the refusal to relay, the end of the rules about recipients.
  package var relayRefusalCode: String? {
    let beginning = "$#error$@5.7.1$:"
    let rule = rules.last { $0.ruleset == "Basic_check_rcpt" && $0.left == "$*" && $0.right.hasPrefix(beginning) }
    let text = rule?.right.dropFirst(beginning.count).drop { $0 == "\"" }.prefix(3)
    return text.map(String.init).flatMap { ReplyText.isCode($0) ? $0 : nil }
  }

  private func rule(_ matches: (RuleText) -> Bool) -> SourcePosition? {
    rules.first(where: matches)?.position
  }

  /// The line with a word of a class; with no word, the line of a file of the class.
  private func wordPosition(_ word: String, _ name: String) -> SourcePosition? {
    cf.lines.first { line in
      switch line.content {
      case .words(let number, let words, _):
        return !word.isEmpty && cf.names.name(number) == Array(name.utf8)
          && words.contains { String(bytes: $0).folded == word }
      case .classFile(let file):
        return word.isEmpty && cf.names.name(file.classNumber) == Array(name.utf8)
      default: return false
      }
    }?.position
  }

  private func classLine(_ name: String) -> SourcePosition? {
    cf.lines.first { line in
      if case .words(let number, _, _) = line.content { cf.names.name(number) == Array(name.utf8) } else { false }
    }?.position
  }

  private var mailerTreatingRecipientsAsSenders: SourcePosition? {
    cf.lines.first { line in
      guard case .mailer(let mailer) = line.content, mailer.isNetwork else { return false }
      return mailer.recipient.header == mailer.sender.header && mailer.sender.header != nil
    }?.position
  }
}

extension String {
  /// What follows the first such text.
  fileprivate func cutText(_ text: String) -> String? {
    indices.first { self[$0...].hasPrefix(text) }.map { String(self[$0...].dropFirst(text.count)) }
  }
}
