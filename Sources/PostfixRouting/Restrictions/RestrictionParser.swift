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
      if case .fault(let reason) = action { opener.report(Self.warning(of: reason, name, place)) }
      result.append(Restriction(name: name, action: action, position: place))
    }
    return result
  }

  private func action(
    _ name: String, _ word: Bytes, _ words: inout ArraySlice<Bytes>, _ place: SourcePosition?
  ) -> Restriction.Action {
    if name == "warn_if_reject" { return .warnIfReject }
    if let rule = RestrictionRule.all[name] { return .rule(rule) }
    if let subject = AccessSubject(rawValue: name) {
      return table(name, &words, place) { .access(subject, $0) }
    }
    if let (subject, kind) = AccessSubject.ofServers(name) {
      return table(name, &words, place) { .serverAccess(kind, subject, $0) }
    }
    if let subject = BlockListSubject(rawValue: name) {
      return listed(name, &words) { .blockList(subject, $0) }
    }
    if let subject = AllowListSubject(rawValue: name) {
      return listed(name, &words) { .allowList(subject, $0) }
    }
    if name == "sleep" || name == "check_policy_service" { _ = words.popFirst() }
    if name == "sleep" { return .rule(RestrictionRule { _ in .noOpinion }) }
    if name == "check_policy_service" { return .fault("a policy service is not asked here") }
    if word.contains(.colon), let bareTable {
      words.insert(word, at: words.startIndex)
      return table(bareTable.rawValue, &words, place) { .access(bareTable, $0) }
    }
    if classes.contains(word) { return .restrictionClass([word]) }
    return .fault("unknown smtpd restriction '\(word.text)'")
  }

  private static func warning(of reason: String, _ name: String, _ place: SourcePosition?) -> Diagnostic {
    let known =
      RestrictionRule.all.keys + AccessSubject.allCases.map(\.rawValue)
      + BlockListSubject.allCases.map(\.rawValue) + AllowListSubject.allCases.map(\.rawValue)
    let nearest = known.contains(name) ? nil : nearestName(to: name, among: known)
    let message = Diagnostic.Message(
      .postfixRestriction, "\(reason); clients are told 451 4.3.5", fix: nearest.map { "did you mean '\($0)'?" })
    return Diagnostic(.warning, message, at: place)
  }

  private func table(
    _ name: String, _ words: inout ArraySlice<Bytes>, _ place: SourcePosition?,
    _ action: (MapList) -> Restriction.Action
  ) -> Restriction.Action {
    guard let table = words.popFirst(), table.contains(.colon) else { return .fault("\(name) needs a type:table") }
    return action(MapList(name, table, opener: opener) { _ in place })
  }

  private func listed(
    _ name: String, _ words: inout ArraySlice<Bytes>, _ action: (ListedDomain) -> Restriction.Action
  ) -> Restriction.Action {
    guard let word = words.popFirst() else { return .fault("\(name) needs a domain") }
    guard let domain = ListedDomain(word) else { return .fault("'\(word.text)' is no domain=d.d.d.d") }
    return action(domain)
  }
}
