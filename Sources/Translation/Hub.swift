// Hub.swift: MAIL_HUB, or LOCAL_RELAY where there is none, has the mailboxes.
//
// sendmail looks a name up in the aliases; one that is none goes to user@hub, but for the
// users of class L and, under LUSER_RELAY, for those who have no account. Postfix asks
// virtual_alias_maps before aliases, so that these maps are told who is left:
//
//     user@here ─► one of class L      stays      hub_stay
//              ─► an alias             stays      own_users | aliases
//              ─► (LUSER_RELAY) known  user@hub   own_bases | passwd
//              ─► anybody              user@hub   hub
//
// Pipes of maps do that: the first makes the name out of the address, the second knows
// it or not, and the third answers `@domain`, which keeps the user and his +detail. What
// an alias leads to meets no such map; mailbox_transport takes it to the hub as it is.

import Diagnostics

extension Builder {
  func hub() {
    let isSticky = facts.has("stickyhost")
    if isSticky, facts.macro("R") != nil { noteBareNames() }
    guard let (macro, word) = hubName(isSticky: isSticky), let (value, origin) = facts.macro(macro)
    else { return }
    guard let hub = Hub(target(value.folded), self) else {
      note(.macro(macro), .manual, "mailbox_transport")
      return
    }
    if isOwn(hub.domain) {
      let reason = "It names this host, where the mailboxes stay."
      note(.macro(macro), .none, "-", reason)
      note(.word(word), .none, "-", reason)
      return
    }
    setMailboxTransport(hub.route, origin)
    // Mail for the host's own domains is the sticky hub's before names are looked at.
    if !isSticky { addressHub(hub, origin) }
    acceptsUnknownUsers = origin
    let parameters = "virtual_alias_maps, mailbox_transport"
    let reason =
      "The hub refuses unknown users; until then their mail is accepted here. Names that an alias of this host leads "
      + "to go to the hub under this host's name, which it has to take for its own: sendmail writes user@hub. Other "
      + "mail for the hub's own domain goes straight to it, too, past a smart host."
    note(.macro(macro), .approximate, parameters, reason)
    note(.word(word), .approximate, parameters, reason)
    note(.classNamed("L"), .exact, "virtual_alias_maps, mailbox_transport_maps")
    for word in ["LOCAL_USER", "LOCAL_USER_FILE"] {
      note(.word(word), .exact, "virtual_alias_maps, mailbox_transport_maps")
    }
  }

  /// Whether names that are known here have their mailboxes elsewhere.
  var hasHub: Bool {
    guard let (macro, _) = hubName(isSticky: facts.has("stickyhost")), let (value, _) = facts.macro(macro),
      let hub = Hub(target(value.folded), self)
    else { return false }
    return !isOwn(hub.domain)
  }

  private func hubName(isSticky: Bool) -> (macro: String, word: String)? {
    if facts.macro("H") != nil { return ("H", "MAIL_HUB") }
    return facts.macro("R") == nil || isSticky ? nil : ("R", "LOCAL_RELAY")
  }

  private func noteBareNames() {
    let reason =
      "Only names without a domain go there; Postfix gives every name one and cannot tell."
    note(.macro("R"), .manual, "mailbox_transport", reason)
    note(.word("LOCAL_RELAY"), .manual, "mailbox_transport", reason)
  }

  /// Where unknown users have a relay of their own, the password file says who is known.
  private var hubHasKnownUsersOnly: Bool { facts.macro("L") != nil }

  // MARK: what aliases lead to

  /// The transport of mailboxes, but for users who stay.
  private func setMailboxTransport(_ route: String, _ origin: Provenance) {
    let stay = facts.members("L")
    if stay.isEmpty, !hubHasKnownUsersOnly {
      set("mailbox_transport", route, .delivery, origin)
      return
    }
    var table = PostfixTable("hub_users", .regexp, "all but these users have their mailboxes on the hub")
    let end = hubHasKnownUsersOnly ? ":" : "$"
    if stay.isEmpty {
      table.add("/^/", route, origin)
    } else {
      table.add("!/^(\(stay.map(\.word.literalPattern).joined(separator: "|")))\(end)/", route, origin)
    }
    let reference = side.put(table)
    set(
      "mailbox_transport_maps",
      hubHasKnownUsersOnly ? "pipemap:{unix:passwd.byname, \(reference)}" : reference, .delivery, origin)
  }

  // MARK: addresses

  private func addressHub(_ hub: Hub, _ origin: Provenance) {
    let list = "virtual_alias_maps"
    let domains = hubDomains
    guard !domains.isEmpty, !facts.members("VirtHost").contains(where: { $0.word == hub.domain }) else { return }
    let names = ownNamePatterns(domains, origin)
    stayingUsers(names, origin)
    for reference in aliasReferences {
      for name in names.users + names.bases {
        addMap(list, "pipemap:{\(name)\(reference), static:@\(stayingDomain)}", .routing, origin)
      }
    }
    if hubHasKnownUsersOnly {
      for name in names.bases {
        addMap(list, "pipemap:{\(name)unix:passwd.byname, static:\(hub.address)}", .routing, origin)
      }
    } else {
      var others = PostfixTable("hub", .hash, "all others have their mailboxes on the hub")
      for domain in domains { others.add("@" + domain, hub.address, origin) }
      addTable(others, to: list, .routing, origin)
    }
    var way = PostfixTable("hub_route", .hash, "the way to the hub")
    way.add(hub.domain, hub.route, origin)
    mapLists["transport_maps", default: []].insert(ValueWord(side.put(way), origin), at: 0)
    mapSections["transport_maps"] = .routing
  }

  /// This host's names whose users are not all virtual ones, or other ones by a catch-all.
  private var hubDomains: [String] {
    let caught = Set(tableEntries(ofMap: "virtuser").map(\.key).filter { $0.hasPrefix("@") })
    var seen: Set<String> = []
    return ([fullNameInMain] + ownDomains.map(\.word) + ["localhost"] + otherLocalhosts + twins.sorted()).filter {
      !caught.contains("@" + $0) && seen.insert($0).inserted
    }
  }

  /// A name of this host under which local users are nobody's virtual users.
  private var stayingDomain: String { ownNameIsVirtual ? "localhost" : fullNameInMain }

  /// Maps that make a name of an address here, as first parts of pipes, and the domains
  /// in them. Where nobody told us the host's name no pattern can hold it: the pipes are
  /// asked for bare names then, which lose their +detail.
  private struct NamePatterns {
    var users: [String] = []
    var bases = [""]
    var domains: String?
  }

  private func ownNamePatterns(_ domains: [String], _ origin: Provenance) -> NamePatterns {
    guard fullName != nil else { return NamePatterns() }
    let pattern = domains.filter { !$0.contains("$") }.map(\.literalPattern).joined(separator: "|")
    var users = PostfixTable("own_users", .regexp, "the name, with +detail, of an address here")
    users.add("/^([^@]+)@(\(pattern))$/", "${1}", origin)
    var bases = PostfixTable("own_bases", .regexp, "the name, without +detail, of an address here")
    bases.add("/^([^@+]+)(\\+[^@]*)?@(\(pattern))$/", "${1}", origin)
    let hasAliases = !aliasReferences.isEmpty
    return NamePatterns(
      users: hasAliases ? [side.put(users) + ", "] : [],
      bases: hasAliases || hubHasKnownUsersOnly ? [side.put(bases) + ", "] : [], domains: pattern)
  }

  /// Users of class L by their names alone: with +detail they are the hub's.
  private func stayingUsers(_ names: NamePatterns, _ origin: Provenance) {
    let members = facts.members("L")
    guard !members.isEmpty else { return }
    var table = PostfixTable("hub_stay", names.domains == nil ? .hash : .regexp, "users whose mailboxes are here")
    if let domains = names.domains {
      let users = members.map(\.word.literalPattern).joined(separator: "|")
      table.add("/^((\(users))@(\(domains)))$/", "${1}", members[0].origin)
    } else {
      for member in members { table.add(member.word, "@" + stayingDomain, member.origin) }
    }
    addTable(table, to: "virtual_alias_maps", .routing, origin)
  }

  private var aliasReferences: [String] {
    (side.setting("alias_maps")?.words ?? []).map(\.text)
  }
}

/// Where the mailboxes are: the way there, and how its addresses are written.
private struct Hub {
  var route: String
  var domain: String
  /// `@host`, or one user's address for all.
  var address: String

  init?(_ target: RouteTarget, _ builder: Builder) {
    guard case .transport(let text) = target, let host = text.dropping(prefix: "smtp:") else { return nil }
    let (user, rest) = host.cut("@").map { ($0.before, $0.after) } ?? ("", host)
    let name = builder.hostName(of: rest)
    guard !name.isEmpty else { return nil }
    route = "smtp:" + rest
    domain = AccessNetwork(name) == nil ? name : "[\(name)]"
    address = user + "@" + domain
  }
}
