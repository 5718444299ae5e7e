// Generics.swift: genericstable to sender_canonical_maps.
//
// sendmail asks for a sender in class G, or without a domain:
//
//     user+detail@dom  user+*@dom  user@dom  @dom  user+detail  user+*  user
//
// and takes the value as it is. Postfix asks all maps of a list for the whole address
// before any for user@dom, and for @dom last. Where some map of the list is a pattern,
// every step is therefore asked for whole addresses:
//
//     generics                    user+detail@dom, user@dom
//     generics_details            user+*@dom
//     generics_base, generics     user+detail@dom as user@dom
//     generics_domains            @dom
//     generics_subdomains, generics_user, generics_names
//                                 the keys without a domain, for what lies below class G
//
// A key without a domain stands in `generics` once for each domain.

import Diagnostics

/// The tables of one genericstable.
private struct GenericsTables {
  var whole = PostfixTable("generics", .hash, "how people of this host appear to others")
  var details = PostfixTable("generics_details", .regexp, "the same for user+*")
  var domains = PostfixTable("generics_domains", .regexp, "the same for everybody of a domain")
  var names = PostfixTable("generics_names", .hash, "the same by names alone, for subdomains")
  var subdomains = PostfixTable("generics_subdomains", .regexp, "the same by name+detail, for subdomains")
}

extension Builder {
  func generics(_ list: String) {
    let entries = tableEntries(ofMap: "generics").filter { entry in
      guard entry.value.hasPrefix("@") else { return true }
      note(entry, .none, "The value is a route, which sendmail does not take: the sender stays as it is.")
      return false
    }
    guard !entries.isEmpty else { return }
    let domains = genericsDomains
    let above = facts.has("generics_entire_domain") ? facts.members("G").map(\.word) : []
    var tables = GenericsTables()
    let needsPatterns = masqueradesByPattern || !above.isEmpty || entries.contains { isPattern($0) }
    let whole = withOldNames(entries.filter { $0.key.contains("@") })
    for entry in whole where isAsked(entry, domains, above) { add(entry, &tables, needsPatterns) }
    let keys = Set(whole.map(\.key))
    for entry in entries where !entry.key.contains("@") {
      for domain in domains where !isCovered(entry.key, domain, keys) {
        add(SourceEntry(entry, key: entry.key + "@" + domain), &tables, needsPatterns)
      }
      if !above.isEmpty { addBelow(entry, above, &tables) }
      if fullName == nil { tables.whole.add(entry.key, value(entry, detail: ""), origin(entry)) }
    }
    keepResults(entries, &tables)
    put(tables, list, domains, above, needsPatterns)
    noteBareNames(entries)
  }

  /// Class G with its old names, and this host's own name, which bare senders have when
  /// the table is asked.
  private var genericsDomains: [String] {
    var members = facts.members("G")
    let name = fullName ?? ""
    let isNamed = members.contains { $0.word == name }
    if isNamed { members += localhostMembers }
    let domains = withOldNames(members).map(\.word) + (isNamed || name.isEmpty ? [] : [name])
    var seen: Set<String> = []
    return domains.filter { seen.insert($0).inserted }
  }

  /// Entries with a domain, and the same for its old names.
  private func withOldNames(_ entries: [SourceEntry]) -> [SourceEntry] {
    entries.flatMap { entry -> [SourceEntry] in
      guard let (user, domain) = entry.key.cutLast("@") else { return [entry] }
      let old = withOldNames([SiteFacts.Member(word: domain, origin: origin(entry))]).dropFirst()
      return [entry] + old.map { SourceEntry(entry, key: user + "@" + $0.word) }
    }
  }

  private func isPattern(_ entry: SourceEntry) -> Bool {
    guard let (user, _) = entry.key.cutLast("@") else { return entry.key.hasSuffix("+*") }
    return user.hasSuffix("+*") || user.isEmpty && entry.value.contains("%1")
  }

  private func isAsked(_ entry: SourceEntry, _ domains: [String], _ above: [String]) -> Bool {
    guard let (_, domain) = entry.key.cutLast("@") else { return false }
    if domains.contains(domain) || above.contains(where: { domain.hasSuffix("." + $0) }) {
      return true
    }
    note(entry, .none, "\(domain) is not in class G: sendmail never asks.")
    return false
  }

  /// Whether a key with the domain is found before the name alone is asked for.
  private func isCovered(_ key: String, _ domain: String, _ keys: Set<String>) -> Bool {
    if keys.contains("@" + domain) { return true }
    guard let base = key.cut("+")?.before else { return false }
    return keys.contains(base + "@" + domain)
      || !key.hasSuffix("+*") && keys.contains(base + "+*@" + domain)
  }

  private func add(_ entry: SourceEntry, _ tables: inout GenericsTables, _ needsPatterns: Bool) {
    guard let (user, domain) = entry.key.cutLast("@") else { return }
    let tail = "@" + domain.literalPattern + "$/"
    if let base = user.dropping(suffix: "+*") {
      tables.details.add(
        "/^\(base.literalPattern)\\+([^@]*)\(tail)", pattern(entry, detail: "${1}"), origin(entry))
    } else if user.isEmpty, needsPatterns {
      tables.domains.add("/^([^@]+)\(tail)", pattern(entry, detail: "${1}"), origin(entry))
    } else {
      tables.whole.add(entry.key, value(entry, detail: ""), origin(entry))
    }
  }

  private func addBelow(_ entry: SourceEntry, _ above: [String], _ tables: inout GenericsTables) {
    guard entry.key.contains("+") else {
      tables.names.add(entry.key, value(entry, detail: ""), origin(entry))
      return
    }
    let tail = "@.+\\.(" + above.map(\.literalPattern).joined(separator: "|") + ")$/"
    if let base = entry.key.dropping(suffix: "+*") {
      tables.subdomains.add(
        "/^\(base.literalPattern)\\+([^@]*)\(tail)", pattern(entry, detail: "${1}"), origin(entry))
    } else {
      tables.subdomains.add(
        "/^\(entry.key.literalPattern)\(tail)", pattern(entry, detail: ""), origin(entry))
    }
  }

  /// Postfix looks up what it has found. A result that masquerading would change is
  /// final in sendmail, and so has an entry of its own.
  private func keepResults(_ entries: [SourceEntry], _ tables: inout GenericsTables) {
    for entry in entries where !entry.value.contains("%") {
      let result = value(entry, detail: "")
      guard let (_, domain) = result.folded.cutLast("@"), isMasqueraded(domain),
        tables.whole.add(result.folded, result, origin(entry))
      else { continue }
      note(
        entry, .approximate, tables.whole.name,
        "The result stays as it is, also where somebody writes it himself, which sendmail would masquerade.")
    }
  }

  private func put(
    _ tables: GenericsTables, _ list: String, _ domains: [String], _ above: [String],
    _ needsPatterns: Bool
  ) {
    let feature = facts.origin(ofFeature: "genericstable")
    addTable(tables.whole, to: list, .rewriting, feature)
    addTable(tables.details, to: list, .rewriting, feature)
    if needsPatterns, !tables.whole.isEmpty, !domains.isEmpty {
      var base = PostfixTable("generics_base", .regexp, "senders without their +detail")
      let names = domains.map(\.literalPattern) + above.map { ".+\\." + $0.literalPattern }
      base.add("/^([^+@]+)\\+[^@]*@(\(names.joined(separator: "|")))$/", "${1}@${2}")
      addMap(list, "pipemap:{\(side.put(base)), \(tables.whole.reference)}", .rewriting, feature)
    }
    addTable(tables.domains, to: list, .rewriting, feature)
    addTable(tables.subdomains, to: list, .rewriting, feature)
    guard !tables.names.isEmpty else { return }
    var user = PostfixTable("generics_user", .regexp, "the names of senders below these domains")
    for domain in above { user.add("/^([^+@]+)(\\+[^@]*)?@.+\\.\(domain.literalPattern)$/", "${1}") }
    addMap(list, "pipemap:{\(side.put(user)), \(side.put(tables.names))}", .rewriting, feature)
  }

  /// A value without a domain gets the one that senders are shown under.
  private func value(_ entry: SourceEntry, detail: String) -> String {
    complete(filled(entry.value, entry.key, detail))
  }

  /// The same for a pattern table, in which `$` begins a reference.
  private func pattern(_ entry: SourceEntry, detail: String) -> String {
    complete(filled(entry.value.withoutReferences, entry.key.withoutReferences, detail))
  }

  private func filled(_ value: String, _ key: String, _ detail: String) -> String {
    value.replacing("%0", by: key).replacing("%1", by: detail).replacing("%2", by: "")
  }

  private func complete(_ value: String) -> String {
    if value.contains("@") { return value }
    guard let domain = masqueradeName?.value ?? fullName else { return value }
    return value + "@" + domain
  }

  private func noteBareNames(_ entries: [SourceEntry]) {
    guard let name = fullName, !facts.members("G").contains(where: { $0.word == name }) else { return }
    let reason =
      "\(name) is not in class G: sendmail asks for bare names there alone. Postfix completes them, so that "
      + "name@\(name) written in full is rewritten, too."
    note(.feature("genericstable"), .approximate, "sender_canonical_maps", reason)
    note(.map("generics"), .approximate, "sender_canonical_maps", reason)
  }
}

extension SourceEntry {
  /// The entry as it stands for one domain.
  fileprivate init(_ entry: SourceEntry, key: String) {
    self.init(key: key, value: entry.value, position: entry.position)
  }
}
