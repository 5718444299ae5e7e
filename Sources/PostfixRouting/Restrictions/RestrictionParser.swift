// RestrictionParser.swift: from words of main.cf to restrictions.
//
// Fails: an unknown name, or a check without its table, is a restriction that
// answers as Postfix does: 451 4.3.5, and the client tries again.

import Diagnostics
import MailAddress
import PostfixConfig

/// Parsed once for main.cf; again for what an access table says.
struct RestrictionParser {
  let classes: Set<Bytes>
  let opener: TableOpener
  /// What a bare `type:table` means here, where that is allowed.
  let bareTable: AccessSubject?

  /// Names of earlier releases.
  private static let renamed = [
    "reject_unknown_client": "reject_unknown_client_hostname",
    "reject_invalid_hostname": "reject_invalid_helo_hostname",
    "reject_unknown_hostname": "reject_unknown_helo_hostname",
    "reject_non_fqdn_hostname": "reject_non_fqdn_helo_hostname",
    "check_recipient_maps": "reject_unlisted_recipient",
  ]

  func parse(_ list: [Bytes], position: (Bytes) -> SourcePosition?) -> [Restriction] {
    var result: [Restriction] = []
    var words = list[...]
    while let word = words.popFirst() {
      let place = position(word)
      let name = Self.renamed[word.lowercased.text] ?? word.lowercased.text
      let action = action(name, word, &words, place)
      result.append(Restriction(name: name, action: action, position: place))
    }
    return result
  }

  private func action(
    _ name: String, _ word: Bytes, _ words: inout ArraySlice<Bytes>, _ place: SourcePosition?
  ) -> Restriction.Action {
    if name == "warn_if_reject" { return .warnIfReject }
    if let rule = RestrictionRule.all[name] { return .rule(rule) }
    if let subject = AccessSubject(rawValue: name) { return access(subject, &words, place) }
    if let subject = BlockListSubject(rawValue: name) {
      guard let zone = words.popFirst() else { return .fault("\(name) needs a domain") }
      return .blockList(subject, zone)
    }
    if name == "sleep" || name == "check_policy_service" { _ = words.popFirst() }
    if name == "sleep" { return .rule(RestrictionRule { _ in .noOpinion }) }
    if name == "check_policy_service" { return .fault("a policy service is not asked here") }
    if word.contains(.colon), let bareTable {
      words.insert(word, at: words.startIndex)
      return access(bareTable, &words, place)
    }
    if classes.contains(word) { return .restrictionClass([word]) }
    if name.hasPrefix("check_"), name.hasSuffix("_access") {
      _ = words.popFirst()
      return .fault("\(name) needs the DNS or TLS")
    }
    return .fault("unknown smtpd restriction '\(word.text)'")
  }

  private func access(
    _ subject: AccessSubject, _ words: inout ArraySlice<Bytes>, _ place: SourcePosition?
  ) -> Restriction.Action {
    guard let table = words.popFirst(), table.contains(.colon) else {
      return .fault("\(subject.rawValue) needs a type:table")
    }
    return .access(
      subject, MapList(subject.rawValue, table, opener: opener) { _ in place })
  }
}
