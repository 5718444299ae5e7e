// VirtualUsers.swift: virtusertable to virtual_alias_maps.
//
// sendmail asks, for an address in class w or VirtHost:
//
//     user+detail@dom  user++@dom  user+*@dom  user@dom  ++@dom  +*@dom  @dom
//
// and takes the value as it is: +detail is kept only where %3 says so. Postfix asks
// user+detail@dom, user@dom, @dom. A domain whose entries need more than that gets
// its entries as patterns, in sendmail's order; the others stay an ordinary table.

import Diagnostics

/// The key of a virtual user: which addresses it means.
struct VirtualKey {
  enum Detail {
    /// user@dom, or @dom with any user.
    case any
    /// user++@dom: some detail.
    case some
    /// user+*@dom: a plus, whatever follows.
    case plus
    /// user+detail@dom as written.
    case exact
  }

  var user: String
  var detail: Detail
  var domain: String

  init?(_ key: String) {
    guard let (local, domain) = key.cutLast("@"), !domain.isEmpty else { return nil }
    self.domain = domain
    if let base = local.dropping(suffix: "++") ?? (local == "++" ? "" : nil) {
      (user, detail) = (base, .some)
    } else if let base = local.dropping(suffix: "+*") {
      (user, detail) = (base, .plus)
    } else {
      (user, detail) = (local, local.contains("+") ? .exact : .any)
    }
  }

  /// Rank in sendmail's order of asking.
  var rank: Int {
    switch (detail, user.isEmpty) {
    case (.exact, _): 0
    case (.some, false): 1
    case (.plus, false): 2
    case (.any, false): 3
    case (.some, true): 4
    case (.plus, true): 5
    case (.any, true): 6
    }
  }

  /// A pattern with the groups user, +detail, detail.
  var pattern: String {
    let name = user.isEmpty ? "[^@+]+" : user.literalPattern
    let tail = "@" + domain.literalPattern + "$/"
    switch detail {
    case .exact: return "/^(\(user.literalPattern))()()\(tail)"
    case .some: return "/^(\(name))(\\+([^@]+))\(tail)"
    case .plus: return "/^(\(name))(\\+([^@]*))\(tail)"
    case .any: return "/^(\(name))(\\+([^@]*))?\(tail)"
    }
  }

  /// Whether it asks for some +detail.
  var needsDetail: Bool { detail == .some || detail == .plus }
}

/// Virtual users that are refused: in a table, or in patterns where a domain has keys for
/// user+*, all of which then stand in the order of asking.
private struct VirtualErrors {
  var table = PostfixTable("virtual_errors", .hash, "virtual users that are refused")
  var patterns = PostfixTable("virtual_error_patterns", .regexp, "the same by pattern, in the order of asking")
  var patterned: Set<String> = []
}

extension String {
  func dropping(suffix: String) -> String? {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) : nil
  }
}

extension Builder {
  func translateVirtualUsers() {
    let hosts = facts.members("VirtHost")
    set("recipient_delimiter", "+", .routing, .standard("user+detail belongs to user"))
    set(
      "propagate_unmatched_extensions", "", .routing,
      .standard("a mapped address keeps +detail only where the table says so"))
    let entries = tableEntries(ofMap: "virtuser")
    noteVirtualDomains(hosts)
    var plain = PostfixTable("virtual", .hash, "virtual users")
    var patterns = PostfixTable(
      "virtual_patterns", .regexp, "virtual users by pattern, in the order of asking")
    var errors = VirtualErrors()
    let known = withOldNames(withTwins(entries)).compactMap { entry in VirtualKey(entry.key).map { (entry, $0) } }
    let patterned = Set(known.filter { needsPattern($0.0, $0.1) }.map(\.1.domain))
    errors.patterned = Set(known.filter { $0.1.needsDetail }.map(\.1.domain))
      .intersection(known.filter { reply($0.0) != nil }.map(\.1.domain))
    for (entry, key) in known.enumerated().sorted(by: {
      ($0.element.1.rank, $0.offset) < ($1.element.1.rank, $1.offset)
    }).map(\.element) {
      guard isAsked(key.domain, entry) else { continue }
      if let reply = reply(entry) {
        addError(entry, key, reply, to: &errors, patterned: patterned, &patterns)
        continue
      }
      if errors.patterned.contains(key.domain) { errors.patterns.add(key.pattern, "DUNNO") }
      if patterned.contains(key.domain) {
        patterns.add(key.pattern, qualified(patternValue(entry.value, entry.key)), origin(entry))
      } else {
        plain.add(entry.key, qualified(entry.value), origin(entry))
      }
      noteCatchAll(entry, key)
      if entry.value.folded == entry.key {
        note(
          entry, .approximate, "virtual_alias_maps",
          "It maps to itself: sendmail looks for a local user of the whole name, Postfix sends it where the domain's mail goes."
        )
      }
    }
    allowListed(known.filter { reply($0.0) == nil }.map(\.1), in: &errors.table)
    for entry in entries where VirtualKey(entry.key) == nil {
      note(entry, .none, "The key holds no domain; nothing looks it up.")
    }
    let feature = facts.origin(ofFeature: "virtusertable")
    addTable(plain, to: "virtual_alias_maps", .routing, feature)
    addTable(patterns, to: "virtual_alias_maps", .routing, feature)
    virtualErrors = [errors.table, errors.patterns]
    virtualErrorRoutes(errors.table, "virtual_error_routes")
    virtualErrorRoutes(errors.patterns, "virtual_error_patterns_routes")
    noteVirtualUsers()
  }

  /// The same for old names of the domains: smtpd looks at recipients before domains are
  /// renamed.
  private func withOldNames(_ entries: [SourceEntry]) -> [SourceEntry] {
    let keys = Set(entries.map(\.key))
    let renamed = tableEntries(ofMap: "domaintable").flatMap { old in
      entries.compactMap { entry -> SourceEntry? in
        guard let user = entry.key.dropping(suffix: "@" + old.value.folded) else { return nil }
        let key = user + "@" + old.key
        return keys.contains(key) ? nil : SourceEntry(key: key, value: entry.value, position: entry.position)
      }
    }
    return entries + renamed
  }

  /// Tells of the domains of class VirtHost that are not this host's own.
  private func noteVirtualDomains(_ hosts: [SiteFacts.Member]) {
    let routed = Set(tableEntries(ofMap: "mailertable").map(\.key))
    let virtual = hosts.filter { !isOwn($0.word) && !routed.contains($0.word) }
    guard !virtual.isEmpty else { return }
    let reason =
      "The domains stay out of virtual_alias_domains: sendmail sends users whom the table does not "
      + "list on to the domain's own hosts, and relays for strangers only where relay_domains has it."
    note(.classNamed("VirtHost"), .exact, "virtual_alias_maps", reason)
    note(.word("VIRTUSER_DOMAIN"), .exact, "virtual_alias_maps", reason)
    note(.word("VIRTUSER_DOMAIN_FILE"), .exact, "virtual_alias_maps", reason)
  }

  /// Whether sendmail looks addresses of a domain up at all; Postfix would for every one.
  private func isAsked(_ domain: String, _ entry: SourceEntry) -> Bool {
    let hosts = facts.members("VirtHost").map(\.word)
    let names = tableEntries(ofMap: "domaintable").filter { $0.key == domain }.map(\.value.folded) + [domain]
    if names.contains(where: { isOwn($0) || hosts.contains($0) }) { return true }
    if facts.has("virtuser_entire_domain"), hosts.contains(where: { domain.hasSuffix("." + $0) }) {
      return true
    }
    if fullName == nil {
      note(
        entry, .approximate, "virtual_alias_maps",
        "sendmail asks only where \(domain) is the name of this host, which is not known here: give --host.")
      return true
    }
    note(
      entry, .none,
      "\(domain) is neither one of this host's names nor in class VirtHost: sendmail never asks.")
    return false
  }

  private func needsPattern(_ entry: SourceEntry, _ key: VirtualKey) -> Bool {
    if reply(entry) != nil { return false }
    switch key.detail {
    case .some, .plus: return true
    case .any, .exact: return entry.value.contains("%")
    }
  }

  /// `%1` user, `%2` detail, `%3` +detail as groups of the pattern.
  private func patternValue(_ value: String, _ key: String) -> String {
    value.withoutReferences.replacing("%0", by: key).replacing("%1", by: "${1}")
      .replacing("%3", by: "${2}").replacing("%2", by: "${3}")
  }

  /// A local name. Where addresses at this host's own name are virtual users themselves,
  /// a bare name must not become one: it is written at localhost.
  private func qualified(_ value: String) -> String {
    if value.contains("@") || !ownNameIsVirtual { return value }
    return value + "@localhost"
  }

  var ownNameIsVirtual: Bool {
    guard let name = fullName else { return false }
    return tableEntries(ofMap: "virtuser").contains { $0.key.hasSuffix("@" + name) }
  }

  private func noteCatchAll(_ entry: SourceEntry, _ key: VirtualKey) {
    guard key.user.isEmpty, key.detail == .any, entry.value.contains("%1") else { return }
    note(
      entry, .approximate, "virtual_patterns",
      "Every address of the domain is accepted, unknown users too; sendmail finds out at once where "
        + "the new domain is its own.")
  }

  // MARK: refusals

  private func addError(
    _ entry: SourceEntry, _ key: VirtualKey, _ reply: String, to errors: inout VirtualErrors,
    patterned: Set<String>, _ patterns: inout PostfixTable
  ) {
    if errors.patterned.contains(key.domain) {
      errors.patterns.add(key.pattern, reply.withoutReferences, origin(entry))
    } else {
      errors.table.add(key.detail == .any && key.user.isEmpty ? key.domain : entry.key, reply, origin(entry))
    }
    // The pattern for all others must not catch a refused one.
    if patterned.contains(key.domain), !key.user.isEmpty {
      patterns.add(key.pattern, "${1}${2}@" + key.domain, origin(entry))
    }
  }

  /// The reply of an entry that refuses: `error:…`, or what is no single address, which
  /// sendmail finds out when the recipient is named.
  private func reply(_ entry: SourceEntry) -> String? {
    if let text = entry.value.dropping(prefix: "error:") { return Self.errorReply(text) }
    if entry.value.hasPrefix("@") { return "553 5.1.3 User address required" }
    let example = entry.value.replacing("%0", by: entry.key)
    let isSingle = !example.contains(",") && example.count { $0 == "@" } < 2
    return isSingle || example.contains("\"") ? nil : "553 5.1.3 Invalid route address"
  }

  /// `d.s.n:text`, or a word and a text.
  static func errorReply(_ text: String) -> String {
    if let (code, rest) = text.cut(":"), ReplyText.isEnhanced(code.trimmed) {
      return ReplyText.of(rest, enhanced: code.trimmed)
    }
    let rest = text.trimmed.dropFirst(text.words.first?.count ?? 0)
    return ReplyText.of(String(rest), enhanced: nil)
  }

  /// Where a whole domain is refused, the users it has are not; nor is user+detail where
  /// it has an entry of its own and user is refused.
  private func allowListed(_ keys: [VirtualKey], in errors: inout PostfixTable) {
    let refused = Set(errors.entries.map(\.key))
    for key in keys where !key.user.isEmpty {
      let base = (key.user.cut("+")?.before ?? key.user) + "@" + key.domain
      if refused.contains(key.domain) || key.detail == .exact && refused.contains(base) {
        errors.add("\(key.user)@\(key.domain)", "DUNNO")
      }
    }
  }

  /// Mail from programs of this host meets no restrictions: the refusals as routes, too.
  private func virtualErrorRoutes(_ errors: PostfixTable, _ name: String) {
    var table = PostfixTable(name, errors.kind, "the same refusals for mail that comes by no SMTP")
    for entry in errors.entries where entry.key != fullName {
      if entry.value == "DUNNO" {
        // A pattern that ends the search; the route is the usual one.
        if errors.kind == .regexp { table.add(entry.key, ":") }
        continue
      }
      let words = entry.value.words
      guard words.count > 1, words[0].hasPrefix("5"), ReplyText.isEnhanced(words[1]) else {
        continue
      }
      table.add(entry.key, "error:" + words.dropFirst().joined(separator: " "), entry.origin)
    }
    addTable(table, to: "transport_maps", .routing, facts.origin(ofFeature: "virtusertable"))
  }

  private func noteVirtualUsers() {
    let text = "Catch-alls accept unknown users; the rest is the same."
    note(.feature("virtusertable"), .approximate, "virtual_alias_maps, virtual_errors", text)
    note(.map("virtuser"), .approximate, "virtual_alias_maps, virtual_errors", text)
    note(
      .feature("virtuser_entire_domain"), .exact, "virtual_alias_maps",
      "Keys of subdomains are kept; without the feature they would be left out.")
  }
}
