// Relaying.swift: who may send through this host, and to which domains.
//
// sendmail asks class R, class w and the access table of the client's address, of
// its name and of the recipient's domain; one yes is enough. Postfix has
// mynetworks, a table of client names and relay_domains for that.
//
// All domain tables are written for Postfix without parent matching: `dom` for the
// domain itself, `.dom` for all below it. sendmail's look-ups mean both in most
// places and one in some, and a table should say which.

import Diagnostics

extension Builder {
  func translateRelaying() {
    set(
      "parent_domain_matches_subdomains",
      "debug_peer_list, fast_flush_domains, mynetworks, permit_mx_backup_networks, "
        + "qmqpd_authorized_clients", .relaying,
      .standard("tables say dom and .dom, each for itself"))
    if allowsOpenRelay, let feature = facts.features["promiscuous_relay"] {
      set("mynetworks", ownNetworks, .relaying, [])
      restrict("smtpd_relay_restrictions", "permit", feature.origin)
      restrict("smtpd_relay_restrictions", "reject")
      note(.feature("promiscuous_relay"), .exact, "smtpd_relay_restrictions = permit")
    } else {
      var seen: Set<String> = []
      let networks = (ownNetworks + classNetworks + accessNetworks).filter {
        seen.insert($0.text).inserted
      }
      set("mynetworks", networks, .relaying, [])
      relayRestrictions()
      refuseOpenRelay()
    }
    relayDomains()
    noteRelaying()
  }

  private func refuseOpenRelay() {
    guard let feature = facts.features["promiscuous_relay"] else { return }
    diagnostics.append(Diagnostic(.warning, .openRelay(), at: feature.origin.position))
    note(
      .feature("promiscuous_relay"), .manual, "smtpd_relay_restrictions",
      "Not carried over: an open relay is listed within days. mynetworks = 0.0.0.0/0 [::]/0 would make one.")
  }

  var accessRules: AccessTable? {
    guard let table = table(ofMap: "access") else { return nil }
    return AccessTable(table, knowsSkip: hasAccessSwitch("skip"))
  }

  func hasAccessSwitch(_ name: String) -> Bool {
    facts.features["access_db"]?.arguments.dropFirst().contains(name) ?? false
      || facts.has("access_db(\(name))") || facts.has(name)
  }

  var looksUpDots: Bool { hasAccessSwitch("lookupdotdomain") }
  var relaysHostsOnly: Bool { facts.has("relay_hosts_only") }

  // MARK: mynetworks

  private var ownNetworks: [ValueWord] {
    let standard = Provenance.standard("this host may always relay")
    var words = [ValueWord("127.0.0.1/32", standard), ValueWord("[::1]/128", standard)]
    for name in ownNames {
      guard let network = name.word.hasPrefix("[") ? AccessNetwork(name.word) : nil else {
        continue
      }
      words.append(ValueWord(network.network, name.origin))
    }
    return words
  }

  private var classNetworks: [ValueWord] {
    facts.members("R").compactMap { member in
      AccessNetwork(member.word).map { ValueWord($0.network, member.origin) }
    }
  }

  /// The longest first; what lies in a relaying network and may not relay is excluded.
  private var accessNetworks: [ValueWord] {
    let found = networks(accessRules?.effective(.connect) ?? [])
    let relaying = found.filter { $0.entry.action == .relay }.map(\.network)
    return found.compactMap { network, entry in
      if entry.action == .relay { return ValueWord(network.network, origin(entry.source)) }
      guard relaying.contains(where: { $0 != network && $0.contains(network) }) else { return nil }
      return ValueWord("!" + network.network, origin(entry.source))
    }
  }

  /// The entries whose keys are addresses, the longest first.
  func networks(_ entries: [AccessEntry]) -> [(network: AccessNetwork, entry: AccessEntry)] {
    let found = entries.compactMap { entry -> (AccessNetwork, AccessEntry)? in
      if case .network(let network) = entry.key { (network, entry) } else { nil }
    }
    return found.sorted { one, other in
      one.0.length != other.0.length
        ? one.0.length > other.0.length : one.0.bytes.lexicographicallyPrecedes(other.0.bytes)
    }
  }

  // MARK: restrictions

  private func relayRestrictions() {
    let list = "smtpd_relay_restrictions"
    restrict(list, "permit_mynetworks")
    if fullName == nil {
      restrict(
        list, "check_client_access inline:{ { $myhostname = OK } }", .standard("the host's own name is in class w"))
    }
    let clients = relayClients
    if !clients.isEmpty { restrict(list, "check_client_access " + side.put(clients)) }
    if let mechanism = facts.members("TrustAuthMech").first {
      restrict(list, "permit_sasl_authenticated", mechanism.origin)
    }
    let recipients = relayRecipients
    if !recipients.isEmpty { restrict(list, "check_recipient_access " + side.put(recipients)) }
    let code = facts.signs.relayRefusalCode ?? "550"
    var closed = PostfixTable("closed_destinations", .hash, "domains here that strangers may not write to")
    for entry in destinationsOfFriends { closed.add(entry.key, code + " 5.7.1 Relaying denied", origin(entry)) }
    if !closed.isEmpty {
      restrict(list, "check_recipient_access " + side.put(closed), facts.origin(ofFeature: "mailertable"))
    }
    restrict(list, "reject_unauth_destination")
    set(
      "relay_domains_reject_code", code, .relaying,
      .standard("relaying is refused with 550"))
    set(
      "smtpd_relay_before_recipient_restrictions", "no", .relaying,
      .standard("the access table is asked before relaying is"))
  }

  private var relayClients: PostfixTable {
    var table = PostfixTable(
      "relay_clients", .hash, "clients that may relay, by their verified names")
    for member in ownDomains { table.add(member.word, "OK", member.origin) }
    for (domain, origin) in relayedByClass {
      table.add(domain, "OK", origin)
      if !relaysHostsOnly { table.add("." + domain, "OK", origin) }
    }
    let entries = accessRules?.effective(.connect) ?? []
    for entry in byDepth(entries) {
      addRelayRule(entry, entries, yes: "OK", no: "DUNNO") {
        table.add($0, $1, origin(entry.source))
      }
    }
    return table
  }

  /// Names in class R, and in class m where the whole domain relays.
  private var relayedByClass: [(domain: String, origin: Provenance)] {
    // sendmail's library puts the virtual domains into class R, as `$={VirtHost}`.
    var found = facts.members("R").filter { AccessNetwork($0.word) == nil }.map {
      ($0.word, $0.origin)
    }
    if let feature = facts.features["relay_entire_domain"] {
      if let own = ownDomain { found.append((own, feature.origin)) }
      found += facts.members("m").map { ($0.word, $0.origin) }
    }
    return found
  }

  private func isBelowClass(_ domain: String) -> Bool {
    relayedByClass.contains { domain == $0.domain || domain.hasSuffix("." + $0.domain) }
  }

  /// A rule about relaying for one domain: yes where the entry says RELAY, no where it
  /// ends the search below a domain that relays.
  private func addRelayRule(
    _ entry: AccessEntry, _ entries: [AccessEntry], yes: String, no: String,
    _ add: (String, String) -> Void
  ) {
    let isRelay = entry.action == .relay
    switch entry.key {
    case .domain(let domain):
      guard isRelay || needsExclusion(domain, entries), !isBelowClass(domain) else { return }
      add(domain, isRelay ? yes : no)
      let below = looksUpDots ? entries.first { $0.key == .below(domain) } : nil
      if below == nil, !relaysHostsOnly { add("." + domain, isRelay ? yes : no) }
    case .below(let domain):
      guard looksUpDots, isRelay || needsExclusion(domain, entries), !isBelowClass(domain) else {
        return
      }
      add("." + domain, isRelay ? yes : no)
    default: return
    }
  }

  private func needsExclusion(_ domain: String, _ entries: [AccessEntry]) -> Bool {
    guard let (_, parent) = domain.cut(".") else { return false }
    return entries.found(for: parent, lookUpDots: looksUpDots)?.action == .relay
  }

  /// Deeper domains first, as lists are searched from the left.
  private func byDepth(_ entries: [AccessEntry]) -> [AccessEntry] {
    func depth(_ entry: AccessEntry) -> Int {
      switch entry.key {
      case .domain(let text), .below(let text): text.count { $0 == "." }
      default: 0
      }
    }
    return entries.enumerated().sorted { one, other in
      let depths = (depth(one.element), depth(other.element))
      return depths.0 != depths.1 ? depths.0 > depths.1 : one.offset < other.offset
    }.map(\.element)
  }

  private var relayRecipients: PostfixTable {
    var table = PostfixTable(
      "relay_recipients", .hash, "single recipients that anybody may write to")
    for entry in accessRules?.effective(.to) ?? [] {
      guard case .address(let user, let domain) = entry.key, entry.action == .relay else {
        continue
      }
      if hasAccessSwitch("relaytofulladdress") {
        table.add("\(user)@\(domain)", "OK", origin(entry.source))
      } else if entry.tag == .to {
        note(
          entry.source, .none,
          "Without the argument relaytofulladdress of access_db sendmail does not ask for whole "
            + "addresses when it decides about relaying.")
      }
    }
    return table
  }

  // MARK: relay_domains

  private func relayDomains() {
    var words: [ValueWord] = []
    func add(_ text: String, _ origin: Provenance) {
      if !words.contains(where: { $0.text == text || $0.text == "!" + text }) {
        words.append(ValueWord(text, origin))
      }
    }
    for (domain, origin) in relayedByClass {
      if !isOwn(domain), !twins.contains(domain) { add(domain, origin) }
      if !relaysHostsOnly { add("." + domain, origin) }
    }
    // Mail for a null client's own names is its hub's.
    if nullClientHub != nil {
      for name in ownDomains { words.append(ValueWord(name.word, name.origin)) }
    }
    let entries = accessRules?.effective(.to) ?? []
    for entry in byDepth(entries) {
      addRelayRule(entry, entries, yes: "", no: "!") { pattern, sign in
        if !isOwn(pattern), !twins.contains(pattern) { add(sign + pattern, origin(entry.source)) }
      }
    }
    set(
      "relay_domains", words, .relaying,
      words.isEmpty ? [.standard("nothing is relayed unasked")] : [])
  }

  /// Whether mail for a domain is accepted from everybody.
  func isRelayed(_ domain: String) -> Bool {
    if isBelowClass(domain) { return true }
    let entries = accessRules?.effective(.to) ?? []
    return entries.found(for: domain, lookUpDots: looksUpDots)?.action == .relay
  }

  private func noteRelaying() {
    for word in ["RELAY_DOMAIN", "RELAY_DOMAIN_FILE", "confCR_FILE"] {
      note(.word(word), .approximate, "relay_domains, mynetworks, relay_clients")
    }
    note(
      .classNamed("R"), .approximate, "relay_domains, mynetworks, relay_clients",
      "Names permit mail to them and from clients so called; numbers are networks.")
    note(.feature("relay_entire_domain"), .approximate, "relay_domains, relay_clients")
    note(.feature("relay_hosts_only"), .exact, "relay_domains, relay_clients without .dom")
    note(.feature("access_db(relaytofulladdress)"), .exact, "relay_recipients")
    note(.classNamed("m"), .approximate, "relay_domains, relay_clients")
    note(
      .word("confRELAY_MSG"), .approximate, "relay_domains_reject_code",
      "The code carries over; the text is Postfix's.")
    if !facts.members("TrustAuthMech").isEmpty {
      note(
        .classNamed("TrustAuthMech"), .approximate, "permit_sasl_authenticated",
        "Every authenticated client may relay, by whatever mechanism.")
      note(.word("TRUST_AUTH_MECH"), .approximate, "permit_sasl_authenticated")
    }
  }
}
