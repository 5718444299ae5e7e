// SendmailRouter+Welcome.swift: what a client meets that check_relay lets in.
//
//     srv_features   $# E S      no ETRN, no STARTTLS
//     greet_pause    $# 5000     so many milliseconds before the greeting
//
// Fails: never; what the rulesets cannot say is as if they were not there.

import Routing
import Rulesets

extension SendmailRouter {
  /// The letters of what is not offered, and how long to wait.
  package struct Welcome: Sendable, Equatable {
    package var letters: [UInt8] = []
    /// Milliseconds.
    package var pause = 0
  }

  /// Asked after the connection's own answer.
  package func welcome(_ client: Client) -> Welcome {
    var result = Welcome()
    let rulesets = ["srv_features", "greet_pause"].map { program.ruleset(withRules: $0) }
    if rulesets.allSatisfy({ $0 == nil }) { return result }
    resetMacros()
    beginSession(client)
    if let ruleset = rulesets[0] { result.letters = said(ruleset, client).filter { $0.count == 1 }.flatMap { $0 } }
    if let ruleset = rulesets[1], let text = said(ruleset, client).first {
      result.pause = Int(String(decoding: text, as: UTF8.self)).map { min(max(0, $0), Self.longestPause) } ?? 0
    }
    return result
  }

  /// RFC 5321, section 4.5.3.2.1: nobody waits longer for a greeting.
  private static let longestPause = 300_000

  /// The words behind `$#`.
  private func said(_ ruleset: Int, _ client: Client) -> [[UInt8]] {
    guard case .accept = resolver.check(ruleset, Self.nameAndAddress(client), about: []) else { return [] }
    let tokens = Array(engine.tokens)
    guard tokens.first == TokenID(UInt8(ascii: "#")) else { return [] }
    return tokens.dropFirst().map { token in Array(engine.bytes(token)) }
  }
}
