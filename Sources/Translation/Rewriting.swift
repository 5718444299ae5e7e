// Rewriting.swift: how senders appear to others.
//
// sendmail rewrites at delivery: genericstable first, then masquerading, for header
// senders, and for envelopes and recipients where features say so. Postfix rewrites
// when mail comes in: sender_canonical_maps with the classes of addresses named.
// Both tables hold whole entries for each domain concerned, so that one look-up
// gives what sendmail's two steps give.

import Diagnostics

extension Builder {
  func translateRewriting() {
    domainTable()
    if let hub = nullClientHub {
      rewriteForHub(hub)
    } else {
      sendersRewriting()
    }
    localhostsGoingOut()
  }

  /// The name that senders are shown under.
  var masqueradeName: (value: String, origin: Provenance)? {
    guard let (value, origin) = facts.macro("M"), !value.contains("$") else { return nil }
    return (value.folded, origin)
  }

  private func sendersRewriting() {
    let list = "sender_canonical_maps"
    let before = mapLists[list]?.count ?? 0
    generics(list)
    masquerading(list)
    let rewrites = (mapLists[list]?.count ?? 0) > before
    if rewrites { canonicalClasses() }
    if rewrites || facts.has("always_add_domain") || mapLists["canonical_maps"] != nil {
      set(
        "local_header_rewrite_clients", "static:all", .rewriting,
        facts.origin(ofFeature: "always_add_domain") ?? .standard("headers of mail from the network are rewritten, too")
      )
    }
    noteRewriting(list)
  }

  private func canonicalClasses() {
    var words = [ValueWord("header_sender")]
    if let feature = facts.features["masquerade_envelope"] {
      words.append(ValueWord("envelope_sender", feature.origin))
    }
    set(
      "sender_canonical_classes", words, .rewriting,
      words.count > 1 ? [] : [.standard("envelope senders stay as they are")])
    guard let feature = facts.features["allmasquerade"] else { return }
    mapLists["recipient_canonical_maps"] = mapLists["sender_canonical_maps"]
    mapSections["recipient_canonical_maps"] = .rewriting
    set("recipient_canonical_classes", "header_recipient", .rewriting, feature.origin)
  }

  // MARK: masquerading

  private func masquerading(_ list: String) {
    guard let (name, origin) = masqueradeName else { return }
    let isEntire = facts.has("masquerade_entire_domain")
    var table = PostfixTable("masquerade", .hash, "names of this site that senders are not shown under")
    var patterns = PostfixTable("masquerade_patterns", .regexp, "the same by pattern")
    for exception in facts.members("N") where isEntire {
      patterns.add("/^(.*@(.+\\.)?\(exception.word.literalPattern))$/", "${1}", exception.origin)
    }
    let own = facts.has("limited_masquerade") ? [] : withOldNames(ownDomains + localhostMembers)
    for member in own where member.word != name { addMasquerade(member, name, &table, &patterns) }
    for member in withOldNames(facts.members("M")) where member.word != name {
      if isEntire { addEntire(member, name, &patterns) } else { addMasquerade(member, name, &table, &patterns) }
    }
    addTable(patterns, to: list, .rewriting, facts.origin(ofFeature: "masquerade_entire_domain") ?? origin)
    addTable(table, to: list, .rewriting, origin)
    if fullName == nil, !facts.has("limited_masquerade") {
      addMap(list, unnamedMasquerade(name), .rewriting, origin)
    }
  }

  /// Whether masquerading needs patterns, which are asked for whole addresses.
  var masqueradesByPattern: Bool {
    guard masqueradeName != nil else { return false }
    let isEntire = facts.has("masquerade_entire_domain")
    return !facts.members("E").isEmpty || isEntire && !facts.members("M").isEmpty
  }

  private func addMasquerade(
    _ member: SiteFacts.Member, _ name: String, _ table: inout PostfixTable, _ patterns: inout PostfixTable
  ) {
    if isException(member.word) { return }
    for user in facts.members("E") {
      // Exposed is the name alone; Postfix would take name+detail for it.
      patterns.add(
        "/^(\(user.word.literalPattern)\\+.*)@\(member.word.literalPattern)$/", "${1}@" + name, user.origin)
      table.add("\(user.word)@\(member.word)", "\(user.word)@\(member.word)", user.origin)
    }
    table.add("@" + member.word, "@" + name, member.origin)
  }

  private func addEntire(_ member: SiteFacts.Member, _ name: String, _ patterns: inout PostfixTable) {
    let domain = "(.+\\.)?" + member.word.literalPattern
    for user in facts.members("E") {
      patterns.add("/^(\(user.word.literalPattern)@\(domain))$/", "${1}", user.origin)
    }
    // The name itself lies below its own domain.
    patterns.add("/^(.*@\(name.literalPattern))$/", "${1}", member.origin)
    patterns.add("/^(.*)@\(domain)$/", "${1}@" + name, member.origin)
  }

  /// Whether a sender of the domain is shown under another name.
  func isMasqueraded(_ domain: String) -> Bool {
    guard let name = masqueradeName?.value, domain != name else { return false }
    let isEntire = facts.has("masquerade_entire_domain")
    if !facts.has("limited_masquerade"), isOwn(domain) { return true }
    return facts.members("M").contains { domain == $0.word || isEntire && domain.hasSuffix("." + $0.word) }
  }

  /// The host's name is what these become before anybody looks at them.
  var localhostMembers: [SiteFacts.Member] {
    fullName == nil
      ? [] : (["localhost"] + otherLocalhosts).map { SiteFacts.Member(word: $0, origin: Self.otherLocalhostsOrigin) }
  }

  /// Class N holds whole domains.
  private func isException(_ domain: String) -> Bool {
    facts.members("N").contains { domain == $0.word || domain.hasSuffix("." + $0.word) }
  }

  /// Where nobody told us the host's name, main.cf names it.
  private func unnamedMasquerade(_ name: String) -> String {
    let users = facts.members("E").map { "{\($0.word)@$myhostname = \($0.word)@$myhostname}" }
    return "inline:{" + (users + ["{@$myhostname = @\(name)}"]).joined(separator: " ") + "}"
  }

  // MARK: domaintable and null clients

  private func domainTable() {
    let entries = tableEntries(ofMap: "domaintable")
    guard !entries.isEmpty else { return }
    var table = PostfixTable("domaintable", .hash, "old domains and their new names")
    for entry in entries {
      let new = entry.value.folded
      table.add("@" + entry.key, "@" + new, origin(entry))
      acceptOldName(entry, of: new)
    }
    addTable(table, to: "canonical_maps", .rewriting, facts.origin(ofFeature: "domaintable"))
    let reason = "Postfix renames after it has accepted: what leads to an error under the new name only bounces."
    note(.feature("domaintable"), .approximate, "canonical_maps", reason)
    note(.map("domaintable"), .approximate, "canonical_maps", reason)
  }

  /// Domains with their old names: Postfix looks at senders before it renames domains.
  func withOldNames(_ members: [SiteFacts.Member]) -> [SiteFacts.Member] {
    let entries = tableEntries(ofMap: "domaintable")
    let old = members.flatMap { member in
      entries.filter { $0.value.folded == member.word && !isOwn($0.key) }
        .map { SiteFacts.Member(word: $0.key, origin: origin($0)) }
    }
    return members + old
  }

  /// Mail to an old name is accepted where the new one's is.
  private func acceptOldName(_ entry: SourceEntry, of new: String) {
    let parameter = isOwn(new) ? "mydestination" : "relay_domains"
    guard isOwn(new) || isRelayed(new), let setting = side.setting(parameter) else { return }
    guard !setting.words.contains(where: { $0.text == entry.key }) else { return }
    set(parameter, setting.words + [ValueWord(entry.key, origin(entry))], setting.section, setting.origins)
  }

  /// Whatever is said to be at this host is at the hub.
  private func rewriteForHub(_ hub: (host: String, origin: Provenance)) {
    var table = PostfixTable("hub_addresses", .hash, "names of this host, all of whose mail the hub has")
    for name in ownDomains { table.add("@" + name.word, "@" + hub.host, name.origin) }
    addTable(table, to: "canonical_maps", .rewriting, hub.origin)
    set("myorigin", hub.host, .identity, hub.origin)
    set("local_header_rewrite_clients", "static:all", .rewriting, hub.origin)
  }

  // MARK: the report

  private func noteRewriting(_ list: String) {
    let verdict: Verdict = .exact
    for word in [
      "MASQUERADE_AS", "MASQUERADE_DOMAIN", "MASQUERADE_DOMAIN_FILE", "MASQUERADE_EXCEPTION",
      "MASQUERADE_EXCEPTION_FILE", "EXPOSED_USER", "EXPOSED_USER_FILE", "GENERICS_DOMAIN",
      "GENERICS_DOMAIN_FILE",
    ] {
      note(.word(word), verdict, list, Self.rewritingTime)
    }
    for name in ["M", "N", "E", "G"] { note(.classNamed(name), verdict, list) }
    note(.macro("M"), verdict, list)
    for name in ["genericstable", "generics_entire_domain", "masquerade_entire_domain"]
    where outcomes[.feature(name)] == nil {
      note(.feature(name), verdict, list, Self.rewritingTime)
    }
    if outcomes[.map("generics")] == nil { note(.map("generics"), verdict, list) }
    note(.feature("masquerade_envelope"), verdict, "sender_canonical_classes")
    note(
      .feature("limited_masquerade"), .approximate, list,
      "Senders without a domain get the host's name, which is masqueraded only where class M has it.")
    note(.feature("allmasquerade"), .exact, "recipient_canonical_maps, recipient_canonical_classes")
    note(
      .feature("local_no_masquerade"), .approximate, list,
      "Mail for people of this host shows the other name, too: rewriting only what leaves (smtp_generic_maps) "
        + "would change recipients of the envelope.")
    note(
      .feature("always_add_domain"),
      (facts.features["always_add_domain"]?.arguments.first ?? "").isEmpty ? .exact : .approximate,
      "append_at_myorigin, local_header_rewrite_clients",
      "Bare names get $myorigin, always the host's own name.")
  }

  private static let rewritingTime =
    "Rewritten when mail comes in, where sendmail does it when mail goes out: bare names in headers of mail that stays here are shown the same way."
}
