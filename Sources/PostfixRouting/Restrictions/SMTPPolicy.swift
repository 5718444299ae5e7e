// SMTPPolicy.swift: main.cf as smtpd reads it.

import MailAddress
import Posix
import PostfixConfig
import Routing

/// The lists of restrictions, and all that they refer to.
final class SMTPPolicy: Sendable {
  let replies: ReplyWriter
  let codes: ReplyCodes
  let networks: MatchList
  let classes: AddressClasses
  let lookup: AddressLookup
  let resolution: AddressResolution
  let names: any DomainNameService
  let classNames: Set<Bytes>
  let root: FileRoot
  let restrictionClasses: [Bytes: [Restriction]]
  let client, helo, sender, relay, recipient, data, endOfData: [Restriction]
  let tables: RecipientTables
  let loginMaps: MapList
  /// relay_clientcerts, and the digest that its keys are made by.
  let certificates: MapList
  let certificateDigest: Bytes
  let emptySenderKey: Bytes
  let accessMatchesParents, allowsUntrustedRouting, showsTable, checksUnknownRecipients: Bool
  let delaysReject, relayFirst, requiresHelo, rejectsUnlistedRecipient, rejectsUnlistedSender: Bool
  let strictEnvelopes: Bool
  let sizeLimit: Int
  let recipientLimit: Int
  let doubleBounce: Bytes
  /// Clients whose headers are completed and rewritten.
  let headerClients: [Bytes]
  let headerTables: [MapList]
  /// Clients that may say for whom they speak.
  let xclients, bareNewlineExclusions: MatchList
  let hasLogin: Bool
  /// How a refusal by a list in the DNS is worded: by its domain, and otherwise.
  let blockListReplies: MapList
  let blockListReply: Bytes
  /// permit_mx_backup_networks: where the first exchangers are that this host may stand in for.
  let backupNetworks: MatchList
  /// inet_protocols.
  let protocols: [Bytes]

  init(_ settings: Settings, opener: TableOpener, resolution: AddressResolution, names: any DomainNameService) {
    replies = ReplyWriter(softBounce: settings.flag("soft_bounce"))
    codes = ReplyCodes(settings)
    let style = MatchStyle(settings)
    networks = MatchList(
      settings.value("mynetworks"), kind: .clients(matchingParents: style.contains("mynetworks")),
      opener: opener
    ) { settings.position("mynetworks", of: $0) }
    xclients = MatchList(
      settings.value("smtpd_authorized_xclient_hosts"), kind: .clients(matchingParents: false), opener: opener
    ) { settings.position("smtpd_authorized_xclient_hosts", of: $0) }
    bareNewlineExclusions = MatchList(
      settings.value("smtpd_forbid_bare_newline_exclusions"), kind: .clients(matchingParents: false), opener: opener
    ) { settings.position("smtpd_forbid_bare_newline_exclusions", of: $0) }
    hasLogin = settings.flag("smtpd_sasl_auth_enable")
    blockListReplies = MapList("rbl_reply_maps", of: settings, opener: opener, allowsReferences: false)
    protocols = settings.list("inet_protocols")
    blockListReply = settings.rawValue("default_rbl_reply") ?? []
    backupNetworks = MatchList(
      settings.value("permit_mx_backup_networks"),
      kind: .clients(matchingParents: style.contains("permit_mx_backup_networks")), opener: opener
    ) { settings.position("permit_mx_backup_networks", of: $0) }
    classes = resolution.classes
    lookup = resolution.lookup
    self.resolution = resolution
    self.names = names
    let classNames = Set(settings.list("smtpd_restriction_classes"))
    self.classNames = classNames
    root = opener.root
    func list(_ name: String, _ bare: AccessSubject?) -> [Restriction] {
      RestrictionParser(classes: classNames, opener: opener, bareTable: bare)
        .parse(settings.list(name)) { settings.position(name, of: $0) }
    }
    restrictionClasses = Dictionary(classNames.map { ($0, list($0.text, nil)) }) { first, _ in first }
    client = list("smtpd_client_restrictions", .client)
    helo = list("smtpd_helo_restrictions", .helo)
    sender = list("smtpd_sender_restrictions", .sender)
    relay = list("smtpd_relay_restrictions", .recipient)
    recipient = list("smtpd_recipient_restrictions", .recipient)
    data = list("smtpd_data_restrictions", nil)
    endOfData = list("smtpd_end_of_data_restrictions", nil)
    tables = RecipientTables(settings, opener: opener)
    loginMaps = MapList("smtpd_sender_login_maps", of: settings, opener: opener, allowsReferences: false)
    certificates = MapList("relay_clientcerts", of: settings, opener: opener, allowsReferences: false)
    certificateDigest = settings.value("smtpd_tls_fingerprint_digest")
    emptySenderKey = settings.value("smtpd_null_access_lookup_key")
    accessMatchesParents = style.contains("smtpd_access_maps")
    allowsUntrustedRouting = settings.flag("allow_untrusted_routing")
    showsTable = settings.flag("show_user_unknown_table_name")
    checksUnknownRecipients = !settings.list("receive_override_options")
      .contains(Bytes(ascii: "no_unknown_recipient_checks"))
    delaysReject = settings.flag("smtpd_delay_reject")
    relayFirst = settings.flag("smtpd_relay_before_recipient_restrictions")
    requiresHelo = settings.flag("smtpd_helo_required")
    rejectsUnlistedRecipient = settings.flag("smtpd_reject_unlisted_recipient")
    rejectsUnlistedSender = settings.flag("smtpd_reject_unlisted_sender")
    strictEnvelopes = settings.flag("strict_rfc821_envelopes")
    sizeLimit = settings.number("message_size_limit")
    recipientLimit = settings.number("smtpd_recipient_limit", otherwise: 1000)
    doubleBounce = settings.value("double_bounce_sender").lowercased
    headerClients = settings.list("local_header_rewrite_clients")
    headerTables = headerClients.filter { $0.contains(.colon) }.map {
      MapList("local_header_rewrite_clients", $0, opener: opener)
    }
  }

  /// local_header_rewrite_clients: whether header addresses of this client are rewritten.
  func rewritesHeaders(of client: Client) -> Bool {
    if client.arrival == .commandLine { return true }
    let context = RestrictionContext(
      policy: self, client: client, sender: nil, recipient: nil, recipientCount: 0,
      actions: MessageActions(), trace: Tracer())
    let permits = headerClients.contains { name in
      guard let rule = RestrictionRule.all[name.text] else { return false }
      return rule.check(context) == .permit
    }
    return permits
      || headerTables.contains { maps in
        let hit = try? maps.lookUp(client.address)
        return hit != nil
      }
  }

  /// Whether this host has anything to do with an address by its protocol.
  func uses(_ address: Bytes) -> Bool {
    protocols.contains(Bytes(ascii: "all"))
      || protocols.contains(Bytes(ascii: address.contains(.colon) ? "ipv6" : "ipv4"))
  }

  /// Reads what an access table says. Tables that it names open without a word,
  /// because no line of main.cf could be blamed.
  var parser: RestrictionParser {
    RestrictionParser(classes: classNames, opener: TableOpener(root: root), bareTable: nil)
  }

  /// Tables whose keys are known although no recipient table has them.
  func rewritingMaps(for subject: Subject) -> [MapList] {
    (subject == .sender ? [tables.senderCanonical] : [])
      + [tables.recipientCanonical, tables.canonical, tables.virtualAlias]
  }

  func recipientTable(of kind: AddressClass) -> (maps: MapList, code: Int, title: String)? {
    switch kind {
    case .local: (tables.local, codes.unknownLocal, "local recipient table")
    case .virtualMailbox: (tables.virtualMailbox, codes.unknownMailbox, "virtual mailbox table")
    case .relay: (tables.relay, codes.unknownRelay, "relay recipient table")
    case .virtualAlias, .other: nil
    }
  }

  /// Addresses that mail systems themselves need.
  func isAlwaysKnown(_ recipient: Bytes) -> Bool {
    let local = AddressForm.parts(recipient).local.lowercased
    return [Bytes(ascii: "postmaster"), Bytes(ascii: "mailer-daemon"), doubleBounce].contains(local)
  }
}

/// Who is known, by address class.
struct RecipientTables: Sendable {
  let local, relay, virtualMailbox, virtualAlias, canonical, senderCanonical, recipientCanonical: MapList

  init(_ settings: Settings, opener: TableOpener) {
    func maps(_ name: String) -> MapList { MapList(name, of: settings, opener: opener) }
    local = maps("local_recipient_maps")
    relay = maps("relay_recipient_maps")
    virtualMailbox = maps("virtual_mailbox_maps")
    virtualAlias = maps("virtual_alias_maps")
    canonical = maps("canonical_maps")
    senderCanonical = maps("sender_canonical_maps")
    recipientCanonical = maps("recipient_canonical_maps")
  }
}

/// The reply codes that main.cf may change.
struct ReplyCodes: Sendable {
  let reject, mapReject, mapDefer, relay, unknownClient, invalidName, unqualified, unknownHostName: Int
  let unknownAddress, unknownLocal, unknownRelay, unknownAlias, unknownMailbox, blockList, plaintext: Int
  let multiRecipientBounce, deferral: Int

  init(_ settings: Settings) {
    reject = settings.number("reject_code")
    mapReject = settings.number("access_map_reject_code")
    mapDefer = settings.number("access_map_defer_code")
    relay = settings.number("relay_domains_reject_code")
    unknownClient = settings.number("unknown_client_reject_code")
    invalidName = settings.number("invalid_hostname_reject_code")
    unqualified = settings.number("non_fqdn_reject_code")
    unknownHostName = settings.number("unknown_hostname_reject_code")
    unknownAddress = settings.number("unknown_address_reject_code")
    unknownLocal = settings.number("unknown_local_recipient_reject_code")
    unknownRelay = settings.number("unknown_relay_recipient_reject_code")
    unknownAlias = settings.number("unknown_virtual_alias_reject_code")
    unknownMailbox = settings.number("unknown_virtual_mailbox_reject_code")
    blockList = settings.number("maps_rbl_reject_code")
    plaintext = settings.number("plaintext_reject_code")
    multiRecipientBounce = settings.number("multi_recipient_bounce_reject_code")
    deferral = settings.number("defer_code", otherwise: 450)
  }
}
