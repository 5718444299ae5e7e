// OutcomeComparison.swift: do two answers mean the same to sendmail?
//
// Mostly they must be the same text. The exceptions, each with its reason, are here and
// nowhere else:
//
// - Of most checks sendmail acts only on an answer that begins with `$#` (and of those
//   that ask about relaying, on RELAY). What else is left in the workspace nobody reads.
// - A class is a set: the order of its words says nothing.
// - Both run into endless recursion: each reports it in the terms of its own rulesets.
// - The stock rulesets about servers lose their way when no server is known, which is
//   when sendmail does not call them.
// - A table that cannot answer leaves a mark with brackets in the workspace, which sendmail
//   complains of on the way; and the stock rulesets about TLS put the mark where the code of
//   the reply belongs. The complaints do not count, and of those replies only their words.
// - tls_rcpt of what is no address: the stock answer drags its own list behind the error.

import Foundation

struct OutcomeComparison {
  private(set) var compared = 0
  /// Answers that differ in what nobody reads.
  private(set) var leftovers = 0
  private(set) var differences: [String] = []

  mutating func compare(_ question: LibraryQuestion, stock: String, ours: String) {
    if question.isSetting { return }
    compared += 1
    if stock == ours || Self.unnumbered(stock) == Self.unnumbered(ours) { return }
    let command = question.command
    if Self.meansTheSame(command, stock, ours) { return }
    if Self.isGate(command), !Self.decides(command, stock), !Self.decides(command, ours) {
      leftovers += 1
      return
    }
    differences.append("[\(question.context)] \(command)\n  stock: \(stock)\n  ours:  \(ours)")
  }

  /// The numbers that sendmail gives to named rulesets depend on how many there are.
  private static func unnumbered(_ outcome: String) -> String {
    outcome.replacingOccurrences(
      of: "\\([0-9]+\\) status", with: "status", options: .regularExpression)
  }

  private static func meansTheSame(_ command: String, _ stock: String, _ ours: String) -> Bool {
    if command.hasPrefix("$=") {
      return Set(stock.split(separator: "\n")) == Set(ours.split(separator: "\n"))
    }
    if ["status 78", "excessive recursion"].contains(where: {
      stock.contains($0) && ours.contains($0)
    }) {
      return true
    }
    if stock.contains("status 75"), ours.contains("status 75"), failsAlike(command, stock, ours) { return true }
    if aboutServers.contains(where: command.hasPrefix), stock.contains("> < ?") { return true }
    if command.hasPrefix("tls_rcpt") {
      return unnumbered(stock).components(separatedBy: " $| <")[0] == unnumbered(ours)
    }
    return false
  }

  private static func failsAlike(_ command: String, _ stock: String, _ ours: String) -> Bool {
    if uncomplaining(stock) == uncomplaining(ours) { return true }
    // The mark itself is the answer: nobody knows the password.
    if command.hasPrefix("authinfo") {
      return [stock, ours].allSatisfy { $0.contains("$# ") && $0.contains("< TMPF >") }
    }
    guard tlsDemands.contains(where: command.hasPrefix),
      let reply = stock.components(separatedBy: "$# error $@ < TMPF $: ").dropFirst().first,
      let words = reply.components(separatedBy: "\"").dropFirst().first
    else { return false }
    return ours.contains("$# error $@ 4 . 7 . 0 $: \"454\(words)\"")
      || ours.contains("$# error $@ 5 . 7 . 0 $: \"554\(words)\"")
  }

  private static let tlsDemands = ["tls_server", "pair,tls_client"]

  /// Without complaints of the brackets that a failed look-up left.
  private static func uncomplaining(_ outcome: String) -> [Substring] {
    unnumbered(outcome).split(separator: "\n").filter { !$0.contains("<TMPF>... Unbalanced '") }
  }

  private static let aboutServers = ["try_tls", "srv_features", "clt_features", "authinfo"]
  private static let gates =
    aboutServers + [
      "check_rcpt", "check_relay", "checkrelay", "Basic_check_relay", "RateControl", "ConnControl",
      "greet_pause",
      "RelayTLS", "Relay_ok", "Rcpt_ok",
    ]

  private static func isGate(_ command: String) -> Bool {
    let command = command.hasPrefix("pair,") ? String(command.dropFirst(5)) : command
    return gates.contains { command.hasPrefix($0) }
  }

  private static func decides(_ command: String, _ outcome: String) -> Bool {
    outcome.contains("returns: $#") || command.contains("ok") && outcome.hasSuffix("RELAY")
  }
}
