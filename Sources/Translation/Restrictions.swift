// Restrictions.swift: what is refused, and in which order it is asked.
//
//     sendmail      check_relay        check_mail            check_rcpt
//     Postfix       client list        sender list           recipient, then relay list
//
// Each question of the access table gets tables of its own, one for each kind of
// key, because sendmail asks for user@dom, user@ and dom in this order and Postfix
// for user@ last. Codes and texts are written out: the two have different ones for
// the same word.

import Diagnostics

extension Builder {
  func translateRestrictions() {
    let access = accessRules
    friends(access)
    clientRestrictions(access)
    senderRestrictions(access)
    recipientRestrictions(access)
    heloRestrictions()
    checkOnlyForHaters()
    encryptedClients(access)
    refusedSenders()
    for (list, words) in restrictions.sorted(by: { order($0.key) < order($1.key) }) {
      let section = list == "smtpd_relay_restrictions" ? Section.relaying : .restrictions
      set(list, words, section, [])
    }
    delayOfRefusals(access)
    if let access { reportAccess(access) }
  }

  private func order(_ list: String) -> Int {
    ["client", "helo", "sender", "recipient", "relay", "data"].firstIndex {
      list.hasPrefix("smtpd_" + $0)
    } ?? 9
  }

  /// The text of REJECT for clients and senders.
  var rejectText: String {
    refusal("confREJECT_MSG", "<REJECT", "5.7.1", standard: "550 5.7.1 Access denied")
  }

  private var recipientRejectText: String {
    refusal(
      "confRCPTREJ_MSG", "<REJECT", "5.2.1",
      standard: "550 5.2.1 Mailbox disabled for this recipient")
  }

  /// The text that the rules have, as Postfix's tables write it.
  private func refusal(_ name: String, _ word: String, _ enhanced: String, standard: String)
    -> String
  {
    note(.word(name), .exact, "the texts of the access tables")
    guard let text = facts.signs.refusal(word, enhanced: enhanced) else { return standard }
    return ReplyText.of(text, enhanced: enhanced)
  }

  // MARK: clients

  private func clientRestrictions(_ access: AccessTable?) {
    if let entrance { closePort(entrance) }
    guard let access else { return }
    let entries = access.effective(.connect)
    var names = PostfixTable("client_access", .hash, "what clients get by their verified names")
    addDomains(entries, to: &names, reject: rejectText)
    var nets = PostfixTable(
      "client_networks", .cidr, "what clients get by their addresses, longest first")
    for (network, entry) in networks(entries) {
      nets.add(network.pattern, entry.action.postfix(reject: rejectText), origin(entry.source))
    }
    for table in [names, nets] where !table.isEmpty {
      restrict(
        "smtpd_client_restrictions", "check_client_access " + side.put(table),
        facts.origin(ofFeature: "access_db"))
    }
  }

  /// Strangers are told where to go before anything else is asked about them.
  private func closePort(_ entrance: ClosedPort) {
    let reason = Provenance("Local_check_relay")
    var table = PostfixTable("strangers", .cidr, "who may hand in mail here at all")
    for network in entrance.networks { table.add(network, "DUNNO", reason) }
    for everybody in ["0.0.0.0/0", "::/0"] { table.add(everybody, entrance.reply, reason) }
    restrict("smtpd_client_restrictions", "check_client_access " + side.put(table), reason)
    note(.ruleset("Local_check_relay"), .exact, "smtpd_client_restrictions")
  }

  /// Entries of domains: `dom` for itself and `.dom` for what lies below it.
  private func addDomains(_ entries: [AccessEntry], to table: inout PostfixTable, reject: String) {
    for entry in entries {
      let value = entry.action.postfix(reject: reject)
      switch entry.key {
      case .domain(let domain):
        table.add(domain, value, origin(entry.source))
        let hasOwnRule = looksUpDots && entries.contains { $0.key == .below(domain) }
        if !hasOwnRule, !domain.hasPrefix("[") {
          table.add("." + domain, value, origin(entry.source))
        }
      case .below(let domain) where looksUpDots:
        table.add("." + domain, value, origin(entry.source))
      default: continue
      }
    }
  }

  private func addAddresses(
    _ entries: [AccessEntry], to table: inout PostfixTable, reject: String
  ) {
    for entry in entries {
      guard case .address(let user, let domain) = entry.key else { continue }
      table.add("\(user)@\(domain)", entry.action.postfix(reject: reject), origin(entry.source))
    }
  }

  // MARK: senders

  private func senderRestrictions(_ access: AccessTable?) {
    let list = "smtpd_sender_restrictions"
    let entries = access?.effective(.from) ?? []
    var full = PostfixTable("sender_access", .hash, "senders by their whole addresses")
    addAddresses(entries, to: &full, reject: rejectText)
    var users = PostfixTable("sender_users", .hash, "senders by their names, in any domain")
    for entry in entries {
      if case .user(let user) = entry.key {
        users.add(user + "@", entry.action.postfix(reject: rejectText), origin(entry.source))
      }
    }
    var domains = PostfixTable("sender_domains", .hash, "senders by their domains")
    addDomains(entries, to: &domains, reject: rejectText)
    addDomainAliases(entries, to: &domains)
    let access = facts.origin(ofFeature: "access_db")
    realDomainRequired()
    for table in [full, users] where !table.isEmpty {
      restrict(list, "check_sender_access " + side.put(table), access)
    }
    if !domains.isEmpty { restrict(list, "check_sender_access " + side.put(domains), access) }
    if !facts.has("accept_unresolvable_domains") {
      pseudoDomainsAllowed(list)
      restrict(list, "reject_unknown_sender_domain", .standard("the sender's domain must exist"))
      set(
        "unknown_address_reject_code", "553", .restrictions, .standard("553 5.1.8 does not exist"))
    }
    if !facts.has("accept_unqualified_senders") { domainRequired(list) }
    note(.feature("accept_unqualified_senders"), .exact, "no reject_non_fqdn_sender")
    note(.feature("accept_unresolvable_domains"), .exact, "no reject_unknown_sender_domain")
  }

  /// Endings of class P are never looked up, so nobody misses them in the DNS.
  private func pseudoDomainsAllowed(_ list: String) {
    var table = PostfixTable("sender_pseudo_domains", .hash, "endings of senders that are in no DNS")
    for member in facts.members("P") {
      let name = member.word.trimmedDot
      guard !name.isEmpty else { continue }
      table.add(name, "OK", member.origin)
      table.add("." + name, "OK", member.origin)
    }
    // A null client's own names are no destinations, and need no DNS all the same.
    if let hub = nullClientHub {
      for name in ["localhost"] + ownDomains.map(\.word) { table.add(name, "OK", hub.origin) }
    }
    if !table.isEmpty { restrict(list, "check_sender_access " + side.put(table), Provenance("class P")) }
  }

  /// A sender without a domain is refused. Postfix's word for it also refuses one at a
  /// name without a dot, and host!user, which sendmail takes: those are let through before.
  private func domainRequired(_ list: String) {
    let origin = Provenance.standard("a sender must have a domain")
    var table = PostfixTable("sender_domain_given", .regexp, "senders that have a domain, though none with a dot")
    // A bare name has $myorigin by now; a path or a percent hack has what it names.
    let completed = nullClientHub?.host ?? fullName
    table.add(completed.map { "!/@\($0.literalPattern)$/" } ?? "/@[^@.]+$/", "OK", origin)
    restrict(list, "check_sender_access " + side.put(table), origin)
    restrict(list, "reject_non_fqdn_sender", origin)
    set("non_fqdn_reject_code", "553", .restrictions, .standard("553 Domain name required"))
  }

  /// Before everything else that is asked of senders, friends and haters included.
  private func refusedSenders() {
    let list = "smtpd_sender_restrictions"
    let others = restrictions.removeValue(forKey: list) ?? []
    refusedRoutes(list, "check_sender_access")
    if !others.isEmpty { restrictions[list, default: []] += others }
  }

  /// sendmail finds out where an address leads before it asks any other question, of
  /// senders too: what leads to an error is refused.
  private func refusedRoutes(_ list: String, _ question: String) {
    if let feature = facts.features["redirect"] {
      restrict(list, "\(question) regexp:$config_directory/moved_users", feature.origin)
    }
    for table in virtualErrors where !table.isEmpty {
      restrict(list, "\(question) \(table.reference)", facts.origin(ofFeature: "virtusertable"))
    }
    if !routeErrors.isEmpty {
      restrict(list, "\(question) \(routeErrors.reference)", facts.origin(ofFeature: "mailertable"))
    }
  }

  /// Old names of a domain are refused as the new one is: sendmail maps them first.
  private func addDomainAliases(_ entries: [AccessEntry], to table: inout PostfixTable) {
    for alias in tableEntries(ofMap: "domaintable") {
      guard let entry = entries.found(for: alias.value.folded, lookUpDots: looksUpDots) else {
        continue
      }
      table.add(alias.key, entry.action.postfix(reject: rejectText), origin(alias))
    }
  }

  func tableEntries(ofMap name: String) -> [SourceEntry] { table(ofMap: name)?.entries ?? [] }

  /// `user@localhost` from elsewhere is no sender.
  private func realDomainRequired() {
    guard !facts.has("accept_unqualified_senders") else { return }
    let origin = Provenance.standard("nobody else's sender is at localhost")
    var senders = PostfixTable(
      "sender_localhost", .hash, "senders that only this host itself can have")
    for name in ["localhost", "[127.0.0.1]", "[IPv6:::1]"] + otherLocalhosts {
      senders.add(name.folded, "real_domain_required", origin)
    }
    var clients = PostfixTable("own_addresses", .cidr, "this host itself")
    clients.add("127.0.0.0/8", "DUNNO", origin)
    clients.add("::1/128", "DUNNO", origin)
    clients.add("0.0.0.0/0", "553 5.5.4 Real domain name required for sender address", origin)
    clients.add("::/0", "553 5.5.4 Real domain name required for sender address", origin)
    set(
      "smtpd_restriction_classes", classes + [ValueWord("real_domain_required")], .restrictions,
      [origin])
    set("real_domain_required", "check_client_access " + side.put(clients), .restrictions, origin)
    restrict("smtpd_sender_restrictions", "check_sender_access " + side.put(senders), origin)
  }

  private var classes: [ValueWord] { side.setting("smtpd_restriction_classes")?.words ?? [] }

  // MARK: recipients

  private func recipientRestrictions(_ access: AccessTable?) {
    let list = "smtpd_recipient_restrictions"
    for table in virtualErrors + [routeErrors, movedUsers] where !table.isEmpty { _ = side.put(table) }
    refusedRoutes(list, "check_recipient_access")
    blockedRecipients(access, list)
  }

  /// user@host.REDIRECT: the reply names the address without its end.
  private var movedUsers: PostfixTable {
    var table = PostfixTable("moved_users", .regexp, "addresses of people who have moved")
    if let feature = facts.features["redirect"] {
      table.add("/^(.+)\\.REDIRECT$/", "551 5.1.1 User has moved; please try <${1}>", feature.origin)
    }
    return table
  }

  private func blockedRecipients(_ access: AccessTable?, _ list: String) {
    guard let access, blocksRecipients else { return }
    let entries = access.effective(.to)
    let kept = entries.filter { !discardsSafely($0) }
    var full = PostfixTable("recipient_access", .hash, "recipients by their whole addresses")
    addAddresses(kept, to: &full, reject: recipientRejectText)
    for entry in kept {
      // sendmail asks for user@ only in its own domains.
      guard case .user(let user) = entry.key else { continue }
      for name in ownDomains {
        full.add(
          "\(user)@\(name.word)", entry.action.postfix(reject: recipientRejectText),
          origin(entry.source))
      }
    }
    var domains = PostfixTable("recipient_domains", .hash, "recipients by their domains")
    addDomains(kept, to: &domains, reject: recipientRejectText)
    for table in [full, domains] where !table.isEmpty {
      restrict(
        list, "check_recipient_access " + side.put(table),
        facts.origin(ofFeature: "blocklist_recipients"))
    }
    discardRecipients(entries.filter(discardsSafely))
  }

  var blocksRecipients: Bool {
    facts.has("blocklist_recipients") || facts.has("blacklist_recipients")
  }

  /// DISCARD of a recipient whose mail is accepted anyway: as a transport it drops this
  /// recipient alone, where the word in an access table would drop the whole message.
  private func discardsSafely(_ entry: AccessEntry) -> Bool {
    guard entry.action == .discard else { return false }
    switch entry.key {
    case .address(_, let domain), .domain(let domain), .below(let domain):
      return isOwn(domain) || isRelayed(domain)
    case .user: return true
    case .network: return false
    }
  }

  private func discardRecipients(_ entries: [AccessEntry]) {
    var table = PostfixTable(
      "discarded_recipients", .hash, "recipients whose mail is accepted and dropped")
    for entry in entries {
      let origin = origin(entry.source)
      switch entry.key {
      case .address(let user, let domain): table.add("\(user)@\(domain)", "discard:", origin)
      case .user(let user):
        for name in ownDomains { table.add("\(user)@\(name.word)", "discard:", origin) }
      case .domain(let domain):
        table.add(domain, "discard:", origin)
        table.add("@" + domain, "discard:", origin)
        table.add("." + domain, "discard:", origin)
      default: continue
      }
    }
    guard !table.isEmpty else { return }
    let reference = side.put(table)
    addMap("transport_maps", reference, .routing, facts.origin(ofFeature: "blocklist_recipients"))
    extraLocalRecipients.append(ValueWord(reference))
  }

  // MARK: the rest

  private func heloRestrictions() {
    let option = facts.option("AllowBogusHELO")
    guard option.map({ OptionValue.isTrue($0.value) }) != true else { return }
    restrict(
      "smtpd_helo_restrictions", "reject_invalid_helo_hostname",
      option?.origin ?? .standard("HELO with illegal characters is refused with 501"))
  }

  private func noteDelay(_ access: AccessTable?, isHater: Bool) {
    let hasOrder = access?.entries.isEmpty == false
    note(
      .feature("delay_checks"), isHater || hasOrder ? .approximate : .exact,
      "smtpd_delay_reject = yes",
      hasOrder
        ? "Of several refusals Postfix gives that of the client or sender, sendmail that of the recipient; and "
          + "what a DISCARD of a client or sender drops is dropped before the recipient is looked at."
        : nil)
  }

  /// Recipients that choose whether clients and senders are checked at all.
  private func friends(_ access: AccessTable?) {
    guard facts.has("delay_checks") else { return }
    let argument = facts.features["delay_checks"]?.arguments.first ?? ""
    let isHater = argument == "hater" || facts.has("delay_checks(hater)")
    let isFriend = argument == "friend" || facts.has("delay_checks(friend)")
    let origin = facts.origin(ofFeature: "delay_checks")
    let lists = ["smtpd_client_restrictions", "smtpd_sender_restrictions"]
    if let mechanism = facts.members("TrustAuthMech").first {
      for list in lists { restrict(list, "permit_sasl_authenticated", mechanism.origin) }
    }
    noteDelay(access, isHater: isHater)
    guard isHater || isFriend, let access else { return }
    let wanted: AccessAction = isHater ? .hater : .friend
    let chosen = access.effective(.spam, untagged: false).filter { $0.action == wanted }
    guard isFriend else {
      haters = chosen
      return
    }
    var table = PostfixTable("spam_friends", .hash, "recipients who get everything")
    fill(&table, with: chosen, value: "OK")
    guard !table.isEmpty else { return }
    let reference = side.put(table)
    for list in lists { restrict(list, "check_recipient_access " + reference, origin) }
  }

  /// Clients and senders are checked for these recipients alone: the two lists become
  /// classes that a table of recipients chooses.
  private func checkOnlyForHaters() {
    guard let haters, let origin = facts.origin(ofFeature: "delay_checks") else { return }
    for kind in ["client", "sender"] {
      let list = "smtpd_\(kind)_restrictions"
      guard let checks = restrictions[list] else { continue }
      let name = "\(kind)_checks_for_haters"
      var table = PostfixTable(
        "spam_haters_\(kind)", .hash, "recipients for whom the \(kind) is checked")
      fill(&table, with: haters, value: name)
      set("smtpd_restriction_classes", classes + [ValueWord(name)], .restrictions, [origin])
      set(name, checks, .restrictions, [])
      restrictions[list] =
        table.isEmpty ? nil : [ValueWord("check_recipient_access " + side.put(table), origin)]
    }
  }

  private func fill(_ table: inout PostfixTable, with entries: [AccessEntry], value: String) {
    for entry in entries {
      switch entry.key {
      case .address(let user, let domain):
        table.add("\(user)@\(domain)", value, origin(entry.source))
      case .domain(let domain):
        table.add(domain, value, origin(entry.source))
        table.add("." + domain, value, origin(entry.source))
      case .user(let user):
        for name in ownDomains where entries.found(for: name.word, lookUpDots: looksUpDots) == nil {
          table.add("\(user)@\(name.word)", value, origin(entry.source))
        }
      default: continue
      }
    }
  }

  /// Without delay_checks sendmail refuses at once; DISCARD and HOLD need a message, though.
  private func delayOfRefusals(_ access: AccessTable?) {
    let needsMessage =
      access?.effective(.connect).contains { entry in
        if case .quarantine = entry.action { return true }
        return entry.action == .discard
      } ?? false
    let feature = facts.origin(ofFeature: "delay_checks")
    if let feature {
      set("smtpd_delay_reject", "yes", .restrictions, feature)
    } else if !needsMessage {
      set(
        "smtpd_delay_reject", "no", .restrictions, .standard("what is refused is refused at once"))
    }
  }

  private func reportAccess(_ access: AccessTable) {
    note(.map("access"), .approximate, "access tables, mynetworks, relay_domains")
    note(
      .feature("access_db"), .approximate,
      "client_*, sender_*, recipient_* tables, mynetworks, relay_domains")
    for name in ["blocklist_recipients", "blacklist_recipients"] {
      note(.feature(name), .exact, "recipient_access, recipient_domains")
    }
    note(.feature("lookupdotdomain"), .exact, ".dom keys")
    for entry in access.entries { reportEntry(entry) }
    for entry in access.others where !isClientPolicy(entry) { reportOther(entry) }
  }

  private func reportEntry(_ entry: AccessEntry) {
    if case .below = entry.key, !looksUpDots {
      note(
        entry.source, .none,
        "Keys with a leading dot are asked for only with FEATURE(lookupdotdomain).")
    }
    if entry.action == .discard, entry.tag != .to {
      note(
        entry.source, .approximate, "DISCARD in the client and sender tables",
        "Here the mail is taken and dropped whoever it is for: sendmail still refuses recipients that lead to an "
          + "error or that the client may not write to.")
    }
    guard entry.tag == .to, !blocksRecipients, entry.action != .relay else {
      if discardsSafely(entry), entry.tag == .to, blocksRecipients {
        note(
          entry.source, .approximate, "discarded_recipients",
          "From hosts that may not relay, only mail for domains accepted here gets this far.")
      }
      return
    }
    note(
      entry.source, .none,
      "To: has no effect but RELAY without FEATURE(blocklist_recipients); sendmail ignores it, too."
    )
  }

  private func reportOther(_ entry: SourceEntry) {
    let tag = entry.key.cut(":")?.before ?? ""
    let (postfix, reason) = Self.otherTags[tag] ?? ("-", "Nothing looks this key up.")
    var entry = entry
    // A report is shown around; passwords are not.
    if tag == "authinfo" { entry.value = "(not shown)" }
    note(entry, Self.otherTags[tag] == nil ? .none : .manual, postfix, reason)
  }

  /// Tags that are about something else than accepting mail.
  private static let otherTags: [String: (String, String)] = [
    "tls_srv": (
      "smtp_tls_policy_maps",
      "The server's name becomes the next hop: VERIFY is verify, ENCR encrypt."
    ),
    "tls_rcpt": (
      "smtp_tls_policy_maps", "Policies go by next hop; there is none for one recipient."
    ),
    "try_tls": ("smtp_tls_policy_maps", "Write `host none`."),
    "srv_features": (
      "smtpd_discard_ehlo_keyword_address_maps",
      "Letters become keywords: S starttls, A auth, E etrn."
    ),
    "clt_features": ("smtp_tls_policy_maps", "D and S become levels of the next hop's policy."),
    "tls_srv_features": (
      "smtp_tls_policy_maps", "Only options of the client side have a place there."
    ),
    "tls_clt_features": (
      "smtp_tls_policy_maps", "Only options of the client side have a place there."
    ),
    "authinfo": (
      "smtp_sasl_password_maps", "Write `nexthop user:password` into a table of mode 600."
    ),
    "greetpause": (
      "postscreen_greet_wait",
      "postscreen waits for all clients alike; exempt ones stand in postscreen_access_list."
    ),
    "clientrate": (
      "smtpd_client_connection_rate_limit",
      "One limit for all; exempt clients stand in smtpd_client_event_limit_exceptions."
    ),
    "clientconn": (
      "smtpd_client_connection_count_limit",
      "One limit for all; exempt clients stand in smtpd_client_event_limit_exceptions."
    ),
    "compat": (
      "smtpd_restriction_classes", "A recipient table chooses a class that checks the sender."
    ),
    "certissuer": (
      "relay_clientcerts", "Postfix goes by fingerprints, which have to be collected."
    ),
    "certsubject": (
      "relay_clientcerts", "Postfix goes by fingerprints, which have to be collected."
    ),
    "qgrp": ("-", "Postfix schedules by destination."),
    "bcc": ("recipient_bcc_maps", "Write `domain address`."),
  ]
}
