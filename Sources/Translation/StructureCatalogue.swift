// StructureCatalogue.swift: the rulesets, classes, macros, maps and mailers that
// sendmail's library and ours write, and what does their work in Postfix.
//
// A name that stands here was made by a library: its rules need no translation of
// their own, the features behind them are translated. Whatever is not listed is the
// site's own and is reported for a person to write anew.

package enum StructureCatalogue {
  package static func ruleset(_ name: String) -> CatalogueEntry? { rulesets[name.lowercased()] }
  package static func classNamed(_ name: String) -> CatalogueEntry? { classes[name] }
  package static func macro(_ name: String) -> CatalogueEntry? { macros[name] }
  package static func map(_ name: String) -> CatalogueEntry? { maps[name] }
  package static func mailer(_ name: String) -> CatalogueEntry? { mailers[name] }

  /// Whether a ruleset is a place where sites put rules of their own.
  package static func isHook(_ name: String) -> Bool { hooks[name] != nil }
  package static func hook(_ name: String) -> String { hooks[name] ?? "-" }

  private static let hooks = [
    "ParseLocal": "transport_maps or virtual_alias_maps with regexp:", "98": "transport_maps",
    "Local_check_relay": "smtpd_client_restrictions", "Local_check_mail": "smtpd_sender_restrictions",
    "Local_check_rcpt": "smtpd_recipient_restrictions", "Local_localaddr": "virtual_alias_maps",
    "Local_trust_auth": "smtpd_sender_login_maps", "Local_Relay_Auth": "smtpd_relay_restrictions",
    "Local_greet_pause": "postscreen_greet_wait", "sender": "sender_canonical_maps with regexp:",
    "recipient": "recipient_canonical_maps with regexp:",
  ]

  /// Rows whose first column names several things alike.
  private static func table(_ text: String) -> [String: CatalogueEntry] {
    var result: [String: CatalogueEntry] = [:]
    for entry in CatalogueEntry.table(text).values {
      for name in entry.name.words {
        result[name] = entry
        result[name]?.name = name
      }
    }
    return result
  }

  private static let rulesets = Dictionary(
    uniqueKeysWithValues: table(rulesetText).map { ($0.key.lowercased(), $0.value) })

  private static let rulesetText = #"""
    canonify 3 Canonify2 96 CanonAddr CanonBang CanonBrackets CanonHost CanonListed CanonLiteral CanonPhrase CanonResolve CanonRoute CanonSplit | approximate | trivial-rewrite
      Postfix reads addresses itself; it asks no name server to complete or to replace a domain.
    final 4 FinalHost FinalNull FinalRoute Recurse 97 | exact | trivial-rewrite
      Addresses are written back as they were read.
    parse 0 Parse0 Parse1 ParseHere ParseLiteral ParseRoutes RouteAway RouteLiteral RouteName RouteSticky ErrorTriple | exact | mydestination, virtual_alias_maps, transport_maps, relayhost
      The same order: own domains, virtual users, routes, smart host, DNS.
    VirtualUser VirtualKeys | approximate | virtual_alias_maps
      See the entries of the table.
    localaddr 5 RememberHost UserAway | approximate | local(8)
      Aliases, hub, unknown users, in the order of local(8).
    Mailertable 90 RouteByTable TableSearch | exact | transport_maps
      The longest key first in both.
    MailerToTriple 95 NamedMailer CanonLocal | exact | transport_maps
      Routes are written as transport:nexthop.
    MasqHdr 93 MasqEnv 94 Generics GenericsKeys Disguise NameHere | exact | sender_canonical_maps
      One look-up does what the two steps do.
    RouteMoved | approximate | transport_maps
      The bounce has the same code and a text of its own.
    A D E F U SearchList SearchNext AccessAnswer AccessKey AccessVerdict DomainAbove NetAround | exact | access tables
      The order of the keys is kept by separate tables.
    FullAddr PlainAddr RemoteAddress | exact | smtpd
      smtpd qualifies addresses before it asks for them.
    check_relay checkrelay Basic_check_relay ClientName | exact | smtpd_client_restrictions
      The name is asked for before the address.
    check_mail checkmail Basic_check_mail SenderBare SenderHere SenderHost SenderListed | exact | smtpd_sender_restrictions
      Whole address, name, existence, domain, in this order.
    check_rcpt checkrcpt Basic_check_rcpt Rcpt_ok RcptAccess RcptListed RcptRelay RecipientBeyond ParseRecipient SpamWish | approximate | smtpd_recipient_restrictions, smtpd_relay_restrictions
      With delay_checks sendmail asks for the recipient first and Postfix last: where several refuse, another text is shown.
    Relay_ok RelayTLS ClientKnown | approximate | smtpd_relay_restrictions
      Certificates are known by fingerprint in Postfix: relay_clientcerts.
    Delay_TLS_Clt Delay_TLS_Clt2 tls_client tls_server tls_rcpt try_tls TLS_connection TLS_req TlsBits TlsCertificate TlsDemand TlsFeatures TlsStrength TlsVerify max | approximate | smtpd_tls_security_level, smtp_tls_policy_maps
      Without TLS entries in the access table they ask for nothing.
    srv_features clt_features | approximate | smtpd_discard_ehlo_keyword_address_maps
      Without entries in the access table they change nothing.
    trust_auth authinfo | approximate | smtpd_sender_login_maps, smtp_sasl_password_maps
      Without AUTH they do nothing.
    greet_pause | manual | postscreen_greet_wait
      One pause for all clients, in seconds, by postscreen.
    RateControl | manual | smtpd_client_connection_rate_limit
      One limit for all clients, with exceptions.
    ConnControl | manual | smtpd_client_connection_count_limit
      One limit for all clients, with exceptions.
    EnvFromL EnvToL HdrFromL HdrToL LocalSender AddDomain | approximate | append_at_myorigin
      Bare names always get a domain in Postfix.
    EnvFromSMTP EnvToSMTP HdrFromSMTP MasqSMTP MasqRelay PseudoToReal BangToReal AtGateway | exact | smtp, sender_canonical_maps
      What leaves by SMTP was rewritten when it came in.
    """#

  private static let classes = table(classText)

  private static let classText = #"""
    w | exact | mydestination
      The names of this host.
    t | none | -
      Trusted users: anybody may give a sender with -f in Postfix, and no warning header is made.
    P | approximate | transport_maps
      Pseudo-domains; those of gateways have routes.
    O | exact | swap_bangpath, allow_percent_hack
      The characters that route an address further.
    Canonify | none | -
      Postfix does not canonify.
    Accept ResOk Tls TlsVerified Src . [ Loop Loopback Myself SpamTag Dots | none | -
      A constant of the library's rules.
    E | exact | sender_canonical_maps
      Users who are not masqueraded; without a masquerade there is nothing to do.
    L | approximate | mailbox_transport_maps
      Users who stay here although a hub has the others.
    G M N | none | -
      Not used: neither a masquerade nor a table of senders is there.
    B LDAPRoute LDAPRouteEquiv | manual | mydestination, ldap: tables
      Name the domains where they are needed.
    VirtHost | approximate | virtual_alias_domains
      All of these are this host's own names, or have routes of their own.
    cert_altnames persistentMacros checkMIMEFieldNames checkMIMEHeaders checkMIMETextHeaders | none | -
      Postfix has no such switches.
    m | approximate | mydomain
      The domains of this host.
    TrustAuthMech | approximate | permit_sasl_authenticated
      Every authenticated client may relay.
    """#

  private static let macros = table(macroText)

  private static let macroText = #"""
    n | approximate | -
      The author of bounces, MAILER-DAEMON in both.
    Z | none | -
      The version shown in the greeting.
    m w | approximate | mydomain, myhostname
      What the host is called.
    M | none | -
      Without masquerading.
    S H | exact | relayhost
      The hub of a null client.
    R L Y B C F U X | manual | transport_maps
      A gateway of old; see its value.
    MTAHost | exact | pickup, postdrop
      Programs hand mail over by postdrop.
    sendmailMTACluster | manual | ldap: tables
      Write the name into the queries.
    o l e q v | none | -
      A constant of sendmail's own.
    """#

  private static let maps = table(mapText)

  private static let mapText = #"""
    arith dequote macro resolve user | none | -
      A helper of the library's rules.
    bestmx badmx dnsbl ednsbl dnsblaccess | manual | smtpd_client_restrictions
      Asks the DNS; reject_rbl_client and its like do so in Postfix.
    authinfo | manual | smtp_sasl_password_maps
      Write `nexthop user:password` into a table of mode 600.
    bitdomain uudomain | manual | canonical_maps
      A regexp table: host.BITNET to its name in the Internet.
    ldapmh ldapmra | manual | ldap: tables
      One ldap: table for routes, one for addresses.
    """#

  private static let mailers = table(mailerText)

  private static let mailerText = #"""
    smtp esmtp smtp8 dsmtp relay | exact | smtp
      One SMTP client for all; it always tries ESMTP.
    local prog | exact | local
      local(8) delivers and runs programs.
    *file* *include* | exact | local
      local(8) appends to files and reads lists.
    """#
}
