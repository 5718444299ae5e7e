// HeaderChecks.swift: which rulesets of a .cf look at a message's content.
//
//     DATA           check_data   number of recipients
//     each field     HName: $>ruleset, else H*: $>ruleset      value, comments kept with $>+
//     header's end   check_eoh    number of fields $| bytes of the header
//     message's end  check_eom    bytes of the message
//
// Compiled once a configuration; there is no value where it has no such ruleset.

import Rulesets
import SendmailCF

struct HeaderChecks: Sendable {
  struct Check: Sendable {
    let ruleset: Int
    let keepsComments: Bool
  }

  private var checks: [[UInt8]: Check] = [:]
  /// `H*`: of fields that have no check of their own.
  private var others: Check?
  let data, endOfHeader, endOfMessage: Int?

  init?(_ program: RulesetProgram) {
    data = program.ruleset(withRules: "check_data")
    endOfHeader = program.ruleset(withRules: "check_eoh")
    endOfMessage = program.ruleset(withRules: "check_eom")
    for header in program.file.headers {
      // A ruleset without rules has nothing to say, and keeps `H*` from it.
      guard let check = header.check, let number = program.file.rulesetNumbers[check.ruleset] else { continue }
      let found = Check(ruleset: number, keepsComments: check.keepsComments)
      if header.name.elementsEqual("*".utf8) { others = found } else { checks[header.name.map(folded)] = found }
    }
    if [data, endOfHeader, endOfMessage].allSatisfy({ $0 == nil }), checks.isEmpty, others == nil { return nil }
  }

  /// Whether the message itself is looked at, not DATA alone.
  var readsContent: Bool { readsHeader || endOfMessage != nil }
  var readsHeader: Bool { endOfHeader != nil || others != nil || !checks.isEmpty }

  func check(of name: [UInt8]) -> Check? { checks[name.map(folded)] ?? others }
}
