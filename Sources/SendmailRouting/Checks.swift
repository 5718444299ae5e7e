// Checks.swift: the check_* rulesets, asked in sendmail's order.
//
//     connect   check_relay   client name $| client address
//     MAIL      check_mail    <sender>
//     RCPT      check_rcpt    <recipient>
//     DATA …    see HeaderChecks.swift
//     delivery  check_compat  sender $| recipient
//
// A ruleset that resolves to $#error refuses, $#discard accepts and throws away,
// $#quarantine accepts and keeps; anything else accepts. With delay_checks the
// configuration itself has renamed the first two, so nothing special is done.

import Routing
import Rulesets
import SendmailCF

extension AddressResolver {
  /// Runs a check ruleset, where the configuration has one.
  package func check(
    _ ruleset: String, _ arguments: [[UInt8]], about shown: [UInt8]
  ) -> Decision {
    guard let number = engine.program.ruleset(withRules: ruleset) else { return .accept }
    return check(number, arguments, about: shown)
  }

  func check(_ number: Int, _ arguments: [[UInt8]], about shown: [UInt8]) -> Decision {
    guard let workspace = workspace(of: arguments) else {
      return .reject(ErrorText.told(553, "5.1.0", Array("address cannot be read".utf8), about: shown))
    }
    engine.load(tokens: workspace)
    return decide(number, about: shown)
  }

  /// Runs a check ruleset on the workspace.
  func decide(_ number: Int, about shown: [UInt8]) -> Decision {
    let status = engine.rewrite(number)
    if status == 75 { return .temporaryFailure(Self.systemFailure) }
    guard let triple = engine.triple else { return .accept }
    let reason = ErrorText.unquoted(triple.host ?? triple.user ?? [])
    switch String(decoding: triple.mailer.map(folded), as: UTF8.self) {
    case "discard": return .discard(reason: reason)
    case "quarantine": return .hold(reason: reason)
    case "error" where isQuarantine(triple.host):
      return .hold(reason: ErrorText.unquoted(triple.user ?? []))
    case "error": return .reject(ErrorText.reply(triple, engine, about: shown))
    default: return .accept
    }
  }

  private func isQuarantine(_ host: [UInt8]?) -> Bool {
    (host ?? []).map(folded).elementsEqual("quarantine".utf8)
  }

  static let systemFailure = Reply(451, "4.3.0", "Temporary system failure. Please try again later.")

  /// The arguments as one workspace, with `$|` between them.
  private func workspace(of arguments: [[UInt8]]) -> [TokenID]? {
    var tokens: [TokenID] = []
    for (index, argument) in arguments.enumerated() {
      if index > 0 { tokens.append(TokenID(UInt8(ascii: "|"))) }
      guard !argument.isEmpty else { continue }
      let loading = engine.load(argument)
      if loading.hasFailed { return nil }
      tokens += Array(engine.tokens)
    }
    return tokens
  }
}

extension RulesetProgram {
  /// A ruleset by its name; nil where it has no rules.
  func ruleset(withRules name: String) -> Int? {
    ruleset(named: name).flatMap { rules(of: $0).isEmpty ? nil : $0 }
  }
}
