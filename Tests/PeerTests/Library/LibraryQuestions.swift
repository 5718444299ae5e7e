// LibraryQuestions.swift: everything that one site is asked in the real test mode.
//
// Routing: every address through 3,0 and /parse, and at least 300 of them through /try
// of each mailer in all four forms (envelope or header, sender or recipient). Checks:
// each ruleset that sendmail calls by name, for the clients of ClientContexts.swift.
// Rulesets are asked where the stock .cf has them, so one that ours lacks is seen.

import Foundation

/// One line for test mode.
struct LibraryQuestion {
  let command: String
  /// What was set before it, for the report.
  let context: String

  /// Written for the site by hand, to reach a rule that nothing generated reaches.
  var isOwn = false

  /// Sets something and answers nothing.
  var isSetting: Bool { command.hasPrefix(".D") || command.hasPrefix("/tryflags") }

  /// What is asked, without the address: questions of one kind use the same rules.
  var kind: String {
    let words = command.split(separator: " ", maxSplits: 2)
    return words.prefix(command.hasPrefix("/try ") ? 2 : 1).joined(separator: " ") + context
  }
}

struct LibraryQuestions {
  /// As many addresses as go through /try, and through the checks of the first two contexts.
  static let count = 300
  private static let fewer = 36
  private static let publicClasses = [
    "w", "P", "M", "N", "G", "R", "E", "L", "t", "m", "{VirtHost}", "{Canonify}", "{TrustAuthMech}",
  ]
  private static let publicMacros = [
    "$j", "$m", "$w", "$M", "$n", "$S", "$R", "$H", "$L", "$Y", "$B", "$C", "$F", "$Z", "$k",
  ]
  static let tryFlags = ["ES", "ER", "HS", "HR"]

  private(set) var all: [LibraryQuestion] = []
  let addresses: LibraryAddresses
  let rulesets: Set<String>
  let keys: [String: [String]]
  private let mailers: [String]
  private let tried: Int
  var context = ""

  /// - Parameter tried: how many addresses go through /try; `count` where all is to be asked.
  private mutating func putOwn(_ site: LibrarySite) {
    put(ClientContexts.commands([:]))
    all += site.ownQuestions.map { LibraryQuestion(command: $0, context: "own", isOwn: true) }
  }

  init(_ site: LibrarySite, tried: Int = count) {
    self.tried = tried
    let lines = ConfigurationLines(site.texts[.stock] ?? "")
    addresses = LibraryAddresses(site)
    rulesets = lines.rulesets
    keys = site.keys
    mailers = lines.mailers + ["*file*", "*include*", "error"]
    putDefinitions()
    putRouting()
    for (number, context) in ClientContexts.all.enumerated() { putChecks(context, number) }
    putOwn(site)
  }

  mutating func put(_ commands: [String]) {
    all += commands.map { LibraryQuestion(command: $0, context: context) }
  }

  mutating func put(_ command: String) { put([command]) }

  /// Asks with a macro set, and clears it.
  private mutating func with(_ macro: String, _ value: String, _ commands: [String]) {
    context = "\(macro)=\(value)"
    put([".D\(macro)\(value)"] + commands + [".D\(macro)"])
    context = ""
  }

  private mutating func putDefinitions() {
    put(["=M"] + Self.publicClasses.map { "$=" + $0 } + Self.publicMacros)
  }

  // MARK: Routing

  private mutating func putRouting() {
    put(ClientContexts.commands([:]))
    put(addresses.all.flatMap { ["3,0 " + $0, "/parse " + $0] })
    put(addresses.some(100).map { "3,4 " + $0 })
    for flags in Self.tryFlags {
      context = flags
      put("/tryflags " + flags)
      for mailer in mailers { put(addresses.some(tried).map { "/try \(mailer) \($0)" }) }
    }
    context = ""
    put("/tryflags ER")
    putRoutingWithMacros()
    for ruleset in Self.innerRulesets where rulesets.contains(ruleset) {
      put(addresses.some(Self.fewer).map { "3,\(ruleset) \($0)" })
    }
  }

  /// Rulesets that are public by documentation or because published features call them.
  private static let innerRulesets = [
    "1", "2", "97", "96", "93", "94", "95", "MasqHdr", "MasqEnv", "Recurse", "PseudoToReal",
    "AddDomain",
    "CanonAddr", "ParseRecipient", "LocalRelay",
  ]

  private mutating func putRoutingWithMacros() {
    with(
      "{opMode}", "i",
      addresses.all.filter { $0.lowercased().contains("redirect") }.map { "3,0 " + $0 })
    let bangs = spread(
      addresses.all.filter { $0.contains("!") || $0.lowercased().contains("uucp") }, Self.fewer)
    for host in ["x", "sub.x", "a"] where rulesets.contains("PseudoToReal") {
      with("h", host, bangs.flatMap { ["3,PseudoToReal " + $0, "/try esmtp " + $0] })
    }
    for flags in ["CC f", "c u", "a"] {
      with("{daemon_flags}", flags, addresses.some(60).map { "3,0 " + $0 })
    }
    // The null address is no user: sendmail never asks localaddr about it, and the stock rules
    // take it for a mark of their own.
    let users = (addresses.some(60) + addresses.users + ["john+ext"]).filter { $0 != "<>" }
    for host in ["", "+detail", "x.example"] { with("h", host, users.map { "5 " + $0 }) }
  }

  // MARK: Checks

  private static let addressChecks = [
    "check_mail", "check_rcpt", "checkmail", "checkrcpt", "Local_check_mail", "tls_rcpt",
    "trust_auth",
    "check_vrfy", "check_expn",
  ]
  private static let otherChecks = [
    "check_etrn", "check_data", "check_eoh", "check_eom", "check_helo", "try_tls", "srv_features",
    "clt_features",
    "authinfo", "tls_server", "RelayTLS", "Relay_ok", "Rcpt_ok", "Local_Relay_Auth", "RateControl",
    "ConnControl",
    "queuegroup",
  ]
  private static let values = [
    "x", "OK", "NONE", "FAIL", "SOFTWARE", "TEMP", "PROTOCOL", "DANE_FAIL", "CONFIG", "NOT",
    "RELAY", "john",
    "tls.example.net", "weak.example.net", "localhost", "mail.example.org", "[192.0.2.9]",
  ]

  private mutating func putChecks(_ macros: ClientContexts.Context, _ number: Int) {
    put(ClientContexts.commands(macros))
    context = "client \(number)"
    let asked = addresses.some(number == 1 ? Self.count : Self.fewer)
    for ruleset in Self.addressChecks where rulesets.contains(ruleset) {
      put(asked.map { "\(ruleset) \($0)" })
      guard ruleset.hasPrefix("check") else { continue }
      put(spread(asked, asked.count / 3).map { "\(ruleset) <\($0)>" })
    }
    for ruleset in Self.otherChecks where rulesets.contains(ruleset) {
      // Without any client the stock limits trip over their own empty look-up; a session always has one.
      if number == 0, ruleset.hasSuffix("Control") { continue }
      put((Self.values + asked.filter { $0.contains("@") }.prefix(12)).map { "\(ruleset) \($0)" })
    }
    putClientChecks(number)
    putTLSChecks(macros, number)
    if rulesets.contains("check_compat") {
      put(zip(asked, asked.reversed()).map { "pair,check_compat \($0) $| \($1)" })
    }
    context = ""
  }
}
