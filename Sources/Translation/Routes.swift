// Routes.swift: where mail goes that is not for here.
//
//     mailertable ─► transport_maps      dom, .dom and, for `.`, relayhost
//     SMART_HOST  ─► relayhost
//     *_RELAY     ─► transport_maps      .uucp, .bitnet, …
//     redirect    ─► transport_maps      a pattern that bounces
//
// sendmail asks its mailertable only for domains that are not its own; Postfix
// asks transport_maps for all, so that keys of own domains are left out.

import Diagnostics
import SendmailCF

/// A mailer triple as tables and macros write it: `mailer:host`, `host`, `error:…`.
enum RouteTarget: Equatable {
  case transport(String)
  case local
  case localUser(String)
  case reply(String)
  /// Nothing Postfix has.
  case unknown(mailer: String)
}

extension Builder {
  func translateRoutes() {
    var table = PostfixTable("transport", .hash, "domains that do not go the usual way")
    if let hub = nullClientHub {
      set("relayhost", hosts(hub.host, port: port(ofMailer: "relay")), .routing, hub.origin)
      note(
        .feature("nullclient"), .approximate,
        "relayhost, mydestination =, inet_interfaces, myorigin")
    } else {
      smartHost()
      otherPort()
    }
    mailertable(&table)
    directDomains(&table)
    stickyDomains(&table)
    pseudoDomains(&table)
    addTable(table, to: "transport_maps", .routing, facts.origin(ofFeature: "mailertable"))
    redirect()
    set("append_dot_mydomain", "no", .rewriting, .standard("names without a dot stay as they are"))
    addressForms()
  }

  /// Reads a target. A host alone goes by the relay mailer.
  func target(_ text: String) -> RouteTarget {
    guard let (mailer, host) = text.cut(":"), !text.hasPrefix("[") else {
      return .transport("smtp:" + hosts(text, port: port(ofMailer: "relay")))
    }
    switch mailer.folded {
    case "smtp", "esmtp", "smtp8", "dsmtp", "relay":
      return .transport("smtp:" + hosts(host, port: port(ofMailer: mailer.folded)))
    case "local": return host.isEmpty ? .local : .localUser(host)
    case "error": return .reply(Self.mailertableReply(host))
    default: return lmtpRoute(mailer, host).map { .transport($0) } ?? .unknown(mailer: mailer)
    }
  }

  /// The way to a host by a mailer of the site's own that speaks LMTP over the network; lmtp(8) knows one host.
  private func lmtpRoute(_ name: String, _ host: String) -> String? {
    guard let mailer = facts.cf.mailers.first(where: { String(bytes: $0.name).folded == name.folded }),
      mailer.path == "[IPC]".bytes, mailer.flags.contains(0x7A)
    else { return nil }
    let words = mailer.arguments.map { facts.text($0) }
    guard words.count > 2, words[0] == "TCP", words[1] == "$h", !host.isEmpty, hosts(host) == host else { return nil }
    note(.mailer(String(bytes: mailer.name)), .exact, "lmtp")
    return "lmtp:inet:\(host):\(words[2])"
  }

  /// The port that a mailer's arguments name, `TCP $h 587`.
  func port(ofMailer name: String) -> String? {
    let mailer = facts.cf.mailers.first { $0.name == name.bytes }
    guard let words = mailer?.arguments.map({ facts.text($0) }), words.count > 2, words[2] != "25" else { return nil }
    return words[2]
  }

  /// Hosts to be tried in turn.
  func hosts(_ text: String, port: String? = nil) -> String {
    var lists: [String] = []
    var current = ""
    var isInside = false
    for character in text {
      if character == "[" { isInside = true }
      if character == "]" { isInside = false }
      if character == ":" || character == ",", !isInside {
        lists.append(current)
        current = ""
      } else {
        current.append(character)
      }
    }
    return (lists + [current]).filter { !$0.isEmpty }
      .map { $0 + (port.map { ":" + $0 } ?? "") }.joined(separator: ", ")
  }

  /// The name in a route, without brackets and port.
  func hostName(of route: String) -> String {
    let host = route.dropping(prefix: "smtp:") ?? route
    if host.hasPrefix("[") { return String(host.dropFirst().prefix { $0 != "]" }) }
    return String(host.prefix { $0 != ":" && $0 != "," })
  }

  /// `d.s.n:text`, `word:text`, or text, in which a word is part of the text.
  static func mailertableReply(_ text: String) -> String {
    if let (code, rest) = text.cut(":"), ReplyText.isEnhanced(code.trimmed) {
      return ReplyText.of(rest, enhanced: code.trimmed)
    }
    if let (word, rest) = text.cut(":"), word.words.count == 1 {
      return ReplyText.of(rest, enhanced: nil)
    }
    return ReplyText.of(text, enhanced: nil)
  }

  /// The `error:` transport that says the same.
  func errorRoute(_ reply: String) -> String {
    let words = reply.words
    let rest = words.dropFirst().joined(separator: " ")
    return (words.first?.hasPrefix("4") ?? false ? "retry:" : "error:") + rest
  }

  // MARK: smart host

  private func smartHost() {
    guard let (value, origin) = facts.macro("S") else { return }
    switch target(value.folded) {
    case .transport(let route):
      let host = String(route.dropFirst("smtp:".count))
      set("relayhost", host, .routing, origin)
      note(.macro("S"), .exact, "relayhost")
      note(.word("SMART_HOST"), .exact, "relayhost")
    case .unknown(let mailer):
      // Going straight to the hosts is what the smart host was to prevent.
      set("default_transport", unknownMailer(mailer), .routing, origin)
      let reason = "Write a service in master.cf for this mailer; until then nothing leaves."
      note(.macro("S"), .manual, "default_transport", reason)
      note(.word("SMART_HOST"), .manual, "default_transport", reason)
    case .reply(let reply):
      set("default_transport", errorRoute(reply), .routing, origin)
      note(.macro("S"), .exact, "default_transport")
      note(.word("SMART_HOST"), .exact, "default_transport")
    default:
      set("default_transport", "retry:4.3.5 no way for other mail yet", .routing, origin)
      let reason = "All other mail goes to a user of this host; until somebody says how, it waits."
      note(.macro("S"), .manual, "default_transport", reason)
      note(.word("SMART_HOST"), .manual, "default_transport", reason)
    }
  }

  /// The port of mail that goes straight to its hosts.
  private func otherPort() {
    let words = ["ESMTP_MAILER_ARGS", "SMTP_MAILER_ARGS", "RELAY_MAILER_ARGS"]
    for word in words { note(.word(word), .approximate, "relayhost, transport: host:port") }
    guard let port = port(ofMailer: "esmtp") else { return }
    let call = facts.calls.last { $0.text(0) == "ESMTP_MAILER_ARGS" }
    set("smtp_tcp_port", port, .routing, call.map { Provenance($0) } ?? Provenance("Mesmtp"))
  }

  // MARK: mailertable

  private func mailertable(_ table: inout PostfixTable) {
    let entries = tableEntries(ofMap: "mailertable")
    var users = PostfixTable("local_routes", .hash, "domains of which all mail goes to people here")
    var people = PostfixTable(
      "local_route_patterns", .regexp, "domains whose users are those of this host")
    for entry in entries.sorted(by: { $0.key.count { $0 == "." } > $1.key.count { $0 == "." } }) {
      addRoute(entry, to: &table, users: &users, people: &people)
    }
    keepOwnDomains(entries, &table)
    let feature = facts.origin(ofFeature: "mailertable")
    addTable(users, to: "virtual_alias_maps", .routing, feature)
    addTable(people, to: "virtual_alias_maps", .routing, feature)
    let differs = entries.contains { $0.value.contains("%") }
    note(.feature("mailertable"), differs ? .approximate : .exact, "transport_maps, relayhost")
    note(.map("mailertable"), differs ? .approximate : .exact, "transport_maps, relayhost")
  }

  /// sendmail asks nothing about its own names. A key `.dom` means them, too, in Postfix,
  /// unless they have one of their own.
  private func keepOwnDomains(_ entries: [SourceEntry], _ table: inout PostfixTable) {
    for name in ownDomains
    where entries.contains(where: { $0.key.hasPrefix(".") && $0.key != "." && name.word.hasSuffix($0.key) }) {
      table.add(name.word, ":", name.origin)
    }
  }

  private func addRoute(
    _ entry: SourceEntry, to table: inout PostfixTable, users: inout PostfixTable,
    people: inout PostfixTable
  ) {
    if isOwn(entry.key) {
      note(entry, .none, "\(entry.key) is this host's own name: sendmail never asks for it here.")
      return
    }
    if entry.key.hasPrefix("[") {
      note(
        entry, .none, "sendmail never asks for address literals here; it sends straight to them.")
      return
    }
    guard entry.value.contains(":") else {
      note(
        entry, .none,
        "The value names no mailer (mailer:host): sendmail passes over it, and so do we.")
      return
    }
    if entry.value.contains("%") {
      enumerate(entry, &table)
      return
    }
    if entry.key == "." {
      defaultRoute(entry, &table)
      return
    }
    switch target(entry.value) {
    case .transport(let route): addHost(route, entry, &table, &users)
    case .reply(let reply):
      table.add(entry.key, errorRoute(reply), origin(entry))
      note(
        entry, .exact, "route_errors, transport")
    case .localUser(let user):
      let name = user.cut("@")?.before ?? user
      users.add("@" + entry.key.trimmedDot, name, origin(entry))
      if entry.key.hasPrefix(".") { noteSubdomains(entry) }
    case .local where twins.contains(entry.key):
      note(entry, .exact, "mydestination", "The domain is another name of this host.")
    case .local:
      people.add(
        "/^(.+)@" + subdomainPattern(entry.key) + "$/", "${1}@$myhostname".localized(fullName),
        origin(entry))
      note(entry, .approximate, people.name, "Unknown users are accepted first and bounced later.")
    case .unknown(let mailer):
      let route = unknownMailer(mailer)
      table.add(entry.key, route, origin(entry))
      if route.hasPrefix("error:") {
        note(
          entry, .exact, "route_errors, transport",
          "\(mailer) is no mailer: sendmail refuses such mail with 554 5.3.5. `\(entry.key) error:…` says what is "
            + "meant.")
      } else {
        note(
          entry, .manual, "transport",
          "There is no mailer \(mailer) in Postfix: write a pipe service in master.cf and name it here. Until then "
            + "mail waits.")
      }
    }
  }

  /// A mailer that Postfix has not: mail waits until somebody has written a service for
  /// it. One that sendmail has not either is an error there, too.
  func unknownMailer(_ mailer: String) -> String {
    let isThere = facts.cf.mailers.contains { String(bytes: $0.name).folded == mailer.folded }
    return isThere ? "retry:4.3.5 no service for mailer \(mailer) yet" : "error:5.3.5 unknown mailer \(mailer)"
  }

  private func subdomainPattern(_ key: String) -> String {
    key.hasPrefix(".") ? ".+\\." + String(key.dropFirst()).literalPattern : key.literalPattern
  }

  /// `smtp:host`, or `smtp:user@host`, which sends all to that one address: an alias for
  /// the domain, and the way of that address.
  private func addHost(
    _ route: String, _ entry: SourceEntry, _ table: inout PostfixTable, _ users: inout PostfixTable
  ) {
    guard let (before, host) = route.cut("@") else {
      table.add(entry.key, route, origin(entry))
      return
    }
    let domain = hostName(of: host)
    guard !isOwn(domain), !facts.members("VirtHost").contains(where: { $0.word == domain }) else {
      table.add(entry.key, "smtp:" + host, origin(entry))
      note(
        entry, .approximate, "transport",
        "The mail goes to \(host) under its own addresses; sendmail writes all of it to one, which is an "
          + "address of this host's own domains here.")
      return
    }
    let address = before.dropFirst("smtp:".count) + "@" + domain
    users.add("@" + entry.key.trimmedDot, address, origin(entry))
    table.add(address, "smtp:" + host, origin(entry))
    if entry.key.hasPrefix(".") { noteSubdomains(entry) }
  }

  private func noteSubdomains(_ entry: SourceEntry) {
    note(
      entry, .manual, "virtual_alias_maps",
      "Name the subdomains: Postfix has no key for all of them.")
  }

  /// The replies of `error:` routes for SMTP clients: the error transport knows one code,
  /// so that the table of recipients says what the route would.
  var routeErrors: PostfixTable {
    var table = PostfixTable("route_errors", .hash, "domains whose mail is refused")
    for entry in tableEntries(ofMap: "mailertable") where !isOwn(entry.key) && entry.key != "." {
      guard entry.value.contains(":") else { continue }
      switch target(entry.value) {
      case .reply(let reply): table.add(entry.key, reply, origin(entry))
      case .unknown(let mailer):
        guard let text = unknownMailer(mailer).dropping(prefix: "error:") else { continue }
        table.add(entry.key, "554 " + text, origin(entry))
      default: continue
      }
    }
    return table
  }

  /// The entry for everything else.
  private func defaultRoute(_ entry: SourceEntry, _ table: inout PostfixTable) {
    switch target(entry.value) {
    case .transport(let route):
      set("relayhost", String(route.dropFirst("smtp:".count)), .routing, origin(entry))
      literals(origin(entry))
      if facts.macro("S") != nil {
        note(entry, .exact, "relayhost", "It comes before SMART_HOST, which is never asked.")
      }
    case .reply(let reply):
      table.add("*", errorRoute(reply), origin(entry))
      for name in ownDomains { table.add(name.word, ":", name.origin) }
    case .unknown(let mailer):
      table.add("*", unknownMailer(mailer), origin(entry))
      for name in ownDomains { table.add(name.word, ":", name.origin) }
      note(entry, .manual, "transport", "There is no mailer \(mailer) in Postfix.")
    default:
      note(
        entry, .manual, "default_transport",
        "Only a host or an error can be the route of everything else.")
    }
  }

  /// Address literals pass by the mailertable, so that its `.` is not for them; the smart
  /// host, where there is one, still is.
  private func literals(_ origin: Provenance) {
    var route = "smtp:"
    if let (value, _) = facts.macro("S"), case .transport(let smart) = target(value.folded) {
      route = smart
    }
    var table = PostfixTable("literals", .regexp, "addresses at [192.0.2.1] go straight there")
    table.add("/@\\[[^@]+\\]$/", route, origin)
    addTable(table, to: "transport_maps", .routing, origin)
  }

  /// %1 is what stands before the key; tables cannot say that, so known hosts are listed.
  private func enumerate(_ entry: SourceEntry, _ table: inout PostfixTable) {
    let parent = entry.key.trimmedDot
    var count = 0
    let keys = tableEntries(ofMap: "mailertable").map(\.key)
    for host in knownHosts where host.hasSuffix("." + parent) && !isOwn(host) {
      let closer = keys.contains { $0 == host || $0.hasPrefix(".") && $0.count > entry.key.count && host.hasSuffix($0) }
      if closer { continue }
      let prefix = String(host.dropLast(parent.count + 1))
      let stripped = prefix.cutLast(".")?.after ?? prefix
      let value = entry.value.replacing("%1", by: prefix).replacing("%2", by: stripped)
      guard case .transport(let route) = target(value) else { continue }
      if table.add(host, route, origin(entry)) { count += 1 }
    }
    // A wider key would send the rest to the wrong host.
    table.add(entry.key, "retry:4.3.5 no route for this host of \(parent) yet", origin(entry))
    note(
      entry, .manual, "transport",
      "Postfix's tables take no part of the key into the route. \(count) known hosts below \(parent) "
        + "were listed; add a line for each other one, whose mail waits until then.")
  }

  /// Host names that tables and classes mention.
  private var knownHosts: [String] {
    var names: Set<String> = []
    for map in ["mailertable", "virtuser", "generics", "access", "domaintable"] {
      for entry in tableEntries(ofMap: map) {
        for text in [entry.key, entry.value.folded] {
          let host = text.cutLast("@")?.after ?? text.cutLast(":")?.after ?? text
          if host.contains("."), !host.hasPrefix("."), !host.contains("%"),
            !host.contains(where: \.isBlank)
          {
            names.insert(host)
          }
        }
      }
    }
    for name in ["w", "R", "M", "G", "VirtHost"] {
      names.formUnion(facts.members(name).map(\.word))
    }
    return names.sorted()
  }

  // MARK: the rest

  private func pseudoDomains(_ table: inout PostfixTable) {
    let gateways = [
      ("Y", "UUCP_RELAY", "uucp"), ("B", "BITNET_RELAY", "bitnet"), ("C", "DECNET_RELAY", "decnet"),
      ("F", "FAX_RELAY", "fax"),
    ]
    for (macro, word, domain) in gateways {
      guard let (value, origin) = facts.macro(macro) else { continue }
      guard case .transport(let route) = target(value.folded) else {
        note(.macro(macro), .manual, "transport .\(domain)")
        continue
      }
      table.add("." + domain, route, origin)
      note(.macro(macro), .approximate, "transport .\(domain)", Self.pathsOfHosts)
      note(.word(word), .approximate, "transport .\(domain)", Self.pathsOfHosts)
    }
  }

  private static let pathsOfHosts =
    "Addresses below the domain go there. Paths (host!user) become user@host and go the usual way."

  /// LOCAL_NET_CONFIG's usual rule: what lies below a domain is near and needs no smart
  /// host. `smtp:` without a host goes to the recipient's own domain.
  private func directDomains(_ table: inout PostfixTable) {
    var count = 0
    for line in facts.cf.lines {
      guard case .rule(let rule) = line.content, let domain = directDomain(rule) else { continue }
      let call = facts.calls.last { $0.name == "LOCAL_NET_CONFIG" }
      table.add(
        "." + domain, "smtp:",
        call.map { Provenance($0) } ?? Provenance("R line", at: line.position))
      count += 1
    }
    guard count > 0 else { return }
    note(
      .word("LOCAL_NET_CONFIG"), .approximate, "transport",
      "Rules that send a domain's subdomains straight to their hosts became routes; look at any others."
    )
  }

  /// The domain of `$* < @ $* .domain. > $*` where it is sent to the host it names.
  private func directDomain(_ rule: CFRule) -> String? {
    func squeezed(_ units: ArraySlice<CFUnit>) -> String { facts.text(Array(units)).filter { !$0.isBlank } }
    guard let text = squeezed(rule.left).dropping(prefix: "$*<@$*.")?.dropping(suffix: ".>$*")
    else { return nil }
    let named = text == "$m" ? ownDomain : text.contains("$") ? nil : text.folded
    guard let domain = named else { return nil }
    let right = squeezed(rule.right)
    let targets = ["smtp", "esmtp", "smtp8"].flatMap {
      ["$#\($0)$@$2.\(text)$:", "$#\($0)$@$2.\(text).$:"]
    }
    return targets.contains { right.hasPrefix($0) } ? domain : nil
  }

  /// With FEATURE(stickyhost) user@here is the hub's, before aliases are looked at.
  private func stickyDomains(_ table: inout PostfixTable) {
    guard let feature = facts.origin(ofFeature: "stickyhost"), let (value, _) = facts.macro("H"),
      case .transport(let route) = target(value.folded)
    else { return }
    for name in ownDomains { table.add(name.word, route, feature) }
    note(
      .feature("stickyhost"), .approximate, "transport",
      "Bare names get the host's own name when they come in, and are the hub's, too.")
  }

  private func redirect() {
    guard let feature = facts.features["redirect"] else { return }
    var table = PostfixTable("redirect", .regexp, "addresses of people who have moved bounce")
    table.add(
      "/\\.REDIRECT$/", "error:5.1.1 User has moved; please try the address before .REDIRECT",
      feature.origin)
    addTable(table, to: "transport_maps", .routing, feature.origin)
    note(
      .feature("redirect"), .approximate, "moved_users, transport_maps regexp:redirect",
      "The text of a bounce, where no client could be told, is the same for all.")
    note(.classNamed("P"), .approximate, "transport_maps")
  }

  private func addressForms() {
    let operators = facts.members("O").map(\.word)
    guard !operators.isEmpty else { return }
    if let feature = facts.features["nouucp"] {
      set("swap_bangpath", "no", .rewriting, feature.origin)
      let refuses = feature.arguments.first == "reject"
      note(.feature("nouucp"), refuses ? .manual : .exact, "swap_bangpath = no")
    }
    if !operators.contains("%") {
      set("allow_percent_hack", "no", .rewriting, Provenance("class O"))
    }
    note(.classNamed("O"), .exact, "swap_bangpath, allow_percent_hack")
  }
}

extension String {
  var trimmedDot: String { hasPrefix(".") ? String(dropFirst()) : self }

  /// The local domain in a pattern table, which knows no parameters.
  func localized(_ name: String?) -> String { replacing("$myhostname", by: name ?? "localhost") }
}
