// CallCatalogue.swift: what becomes of each call of a site file, in words.
//
// Features first, by name and by name(argument) where an argument changes the
// answer; then the other words of the vocabulary and what `define` can set.

enum CallCatalogue {
  static func feature(_ name: String) -> CatalogueEntry? { features[name.lowercased()] }
  static func word(_ name: String) -> CatalogueEntry? { words[name.lowercased()] }

  private static let features = CatalogueEntry.table(featureText)
  private static let words = CatalogueEntry.table(wordText)

  private static let featureText = #"""
    accept_unqualified_senders | exact | leave out reject_non_fqdn_sender
      By default sendmail refuses MAIL FROM:<joe> from the network with 553 5.5.4 even from localhost and
      relay clients; so the default needs reject_non_fqdn_sender placed before permit_mynetworks and
      non_fqdn_reject_code = 553. Dsn differs (5.5.2).
    accept_unresolvable_domains | exact | leave out reject_unknown_sender_domain
      By default sendmail answers 553 5.1.8 to a sender domain without MX and A, 451 on a temporary
      failure, for every client including the LAN (not for names in class w or covered by access
      OK/RELAY). unknown_address_reject_code = 553; unknown_address_tempfail_action stays defer_if_permit.
    access_db | approximate | check_client_access, check_helo_access, check_sender_access, check_recipient_access, check_etrn_access, mynetworks, relay_domains, smtp_tls_policy_maps
      One table with tags becomes one table a restriction. See the access kinds below. The default map is
      hash /etc/mail/access; -T<TMPF> (temp-fail on lookup error) is what Postfix always does.
    access_db(relaytofulladdress) | approximate | check_recipient_access before reject_unauth_destination
      Without it To:user@dom RELAY does not permit relaying (measured 550), with it it does. Put 'user@dom
      permit_auth_destination'-like OK in smtpd_relay_restrictions.
    access_db(skip) | exact | DUNNO
      SKIP is known only when this argument is given; otherwise SKIP is taken as an error text and gives
      553 5.3.0 SKIP (measured). Lint: SKIP without the argument.
    access_db(lookupdotdomain) | exact | .domain keys
      As FEATURE(lookupdotdomain).
    allmasquerade | approximate | masquerade_classes = envelope_sender, header_sender, header_recipient
      Header recipients rewritten too. Also genericstable on header recipients. Envelope recipients never
      in either.
    always_add_domain | exact | append_at_myorigin = yes, local_header_rewrite_clients = static:all
      Unqualified header addresses of local mail get @$j (or masquerade name). Postfix always does for
      local submissions and, with static:all, for network clients. Without the feature sendmail leaves
      them bare on local delivery only (measured: To: hostmaster stays bare).
    authinfo | exact | smtp_sasl_auth_enable, smtp_sasl_password_maps, smtp_sasl_mechanism_filter, smtp_sasl_security_options
      Key AuthInfo:host -> [host] or host exactly as in relayhost/transport nexthop; see table authinfo.
      noplaintext must be removed from smtp_sasl_security_options when M:PLAIN/LOGIN is used in clear.
    badmx | approximate | check_sender_mx_access
      Regular expression over MX/A of the sender domain. check_sender_mx_access with pcre or cidr.
    bcc | exact | recipient_bcc_maps, always_bcc
      bcc map keyed by recipient, full or domain. sendmail matches any recipient including local after
      aliasing off.
    bestmx_is_local | manual | mydestination
      Domain whose best MX is this host is local. No dynamic counterpart: enumerate the domains (optional
      class argument lists them). permit_mx_backup relates to relaying, not to local delivery.
    bitdomain | approximate | canonical_maps, transport_maps
      host.bitnet -> mapped Internet name; remaining *.bitnet to BITNET_RELAY by transport '.bitnet
      smtp:[relay]'. Use regexp for key host -> host.bitnet.
    blacklist_recipients | exact | check_recipient_access
      Old name of blocklist_recipients.
    block_bad_helo | approximate | smtpd_helo_restrictions = check_helo_access, reject_non_fqdn_helo_hostname
      Refuses, for clients that may not relay, HELO without a dot, localhost, own names (class w) and [own
      address] with 550 5.7.1; relay clients and authenticated ones are exempt. Own names -> helo_access
      REJECT; place after permit_mynetworks.
    blocklist_recipients | exact | check_recipient_access
      Makes To: and untagged keys apply to recipients (user@dom, user@, dom). user@ matches only local-
      domain recipients; Postfix user@ matches any domain: write full addresses.
    check_cert_altnames | approximate | smtp_tls_policy_maps match=
      Certificate names against server names. level verify or secure does it.
    check_other | exact | smtpd_forbidden_commands
      Session is dropped when a header-like command is seen: smtpd_forbidden_commands = CONNECT GET POST
      regexp:{...} . Own pattern -> regexp table (the list takes table names).
    compat_check | manual | restriction classes
      Sender/recipient pairs in access (Compat:sender<@>recipient). Use smtpd_restriction_classes:
      recipient -> class -> check_sender_access. manual for many pairs.
    conncontrol | approximate | smtpd_client_connection_count_limit, smtpd_client_event_limit_exceptions
      ClientConn:addr N per client in access; Postfix has one limit plus exceptions. Differing numbers
      need several smtpd services.
    delay_checks | exact | smtpd_delay_reject = yes
      Postfix default is delayed. Without the feature sendmail refuses at connect/MAIL; the mail fails
      either way. Order under delay_checks: check_rcpt first (recipient OK/REJECT), then check_mail, then
      check_relay; Postfix runs client, helo, sender, relay, recipient lists in this order.
    delay_checks(friend) | approximate | check_recipient_access with OK first in smtpd_client_restrictions and smtpd_sender_restrictions
      Spam:user@dom FRIEND skips check_mail and check_relay for that recipient, relay check stays. Put a
      friends table first in those two lists: 'user@dom OK'. Recipient restriction in client/sender lists
      works because of smtpd_delay_reject. Measured exact.
    delay_checks(hater) | approximate | smtpd_restriction_classes
      Only recipients tagged Spam:... HATER are checked. Class 'hater = check_client..., check_sender...'
      chosen by recipient.
    dnsbl | exact | reject_rbl_client, rbl_reply_maps
      Place after permit_mynetworks and the client table; access Connect: OK/RELAY exempts. Text from
      rbl_reply_maps. Code 550 (maps_rbl_reject_code default 554).
    domaintable | approximate | canonical_maps
      Old domain -> new domain in every address (envelope, headers; sender, recipient). '@old @new' in
      canonical_maps. Applied in ruleset 3 in sendmail, i.e. also before access checks; canonical runs
      after smtpd checks. Add the old domains to mydestination/relay_domains/access too. Wildcard
      canonical accepts every user: see backscatter note. Header rewriting needs
      local_header_rewrite_clients = static:all.
    drac | manual | check_client_access
      POP-before-SMTP map as client access table.
    enhdnsbl | exact | reject_rbl_client zone=127.0.0.2
      Result filter after '='; 't' (temp-fail on lookup failure) has no counterpart: Postfix ignores
      lookup failures. Several results: [2;3] patterns.
    generics_entire_domain | approximate | regexp sender_canonical
      Subdomains of class G looked up as user@full.sub. and by user alone. Needs a regexp or pcre line per
      domain: /^user@(.*\.)?dom$/.
    genericstable | approximate | sender_canonical_maps or smtp_generic_maps
      Keys: user@dom, then @dom (8.13+: localpart is %1 -- detail is %1 in user+*), then user for domains
      in class G. Header senders; envelope sender only with masquerade_envelope; header recipients only
      with allmasquerade. sender_canonical_classes = header_sender[, envelope_sender]. sendmail also
      applies on local delivery: hence canonical, not smtp_generic_maps (which applies only on SMTP output
      and to all six address kinds). Order of keys: Postfix user@dom, user, @dom; sendmail user@dom,
      user+*, @dom, user. Bare user key matches $myorigin/mydestination only: expand to user@each-
      generics-domain.
    greet_pause | approximate | postscreen_greet_wait, postscreen_greet_action
      Milliseconds to seconds; per-client GreetPause: entries -> postscreen_access_list. Or sleep +
      reject_unauth_pipelining in smtpd_client_restrictions.
    ldap_routing | approximate | transport_maps = ldap:, virtual_alias_maps = ldap:
      mailHost -> transport (result_format smtp:[%s]), mailRoutingAddress -> virtual alias. bounce ->
      reject unknown by listing; passthru -> nothing. Detail handling strip/preserve ~ recipient_delimiter
      lookups. sendmail looks up user@dom then @dom. Combination table of mailHost local/remote with
      routing address must be reproduced (see README of sendmail).
    limited_masquerade | exact | masquerade_domains or sender_canonical_maps
      Only class M domains are masqueraded, not those of class w. Enumerate exactly. Measured: names of
      class w not in M stay.
    local_lmtp | approximate | mailbox_transport = lmtp:unix:
      mail.local via LMTP on a pipe cannot be run by Postfix; use local(8) itself, or an LMTP socket
      (Dovecot, Cyrus).
    local_no_masquerade | approximate | smtp_generic_maps instead of masquerade_domains
      Masquerading only for mail leaving the machine: exactly what smtp_generic_maps does; also affects
      recipients there.
    local_procmail | exact | mailbox_command = procmail -Y -a "$EXTENSION"
      procmail -Y -a $h -d $u. mailbox_command runs as the user, not root. OSTYPE(linux) turns this on by
      itself.
    lookupdotdomain | exact | remove smtpd_access_maps from parent_domain_matches_subdomains, write .domain
      Adds '.dom' keys for subdomains below. Without it 'dom' matches dom and all subdomains (and .dom
      nothing), as Postfix does by default.
    loose_relay_check | approximate | allow_untrusted_routing = yes
      Percent-hack recipients only checked after the last @. Dangerous; report.
    mailertable | approximate | transport_maps, relay_domains
      dom -> dom; .dom -> .dom (needs transport_maps absent from parent_domain_matches_subdomains, the
      default). Longest match first in both; the root key '.' -> '*'. smtp:host -> smtp:host ([host] keeps
      brackets), esmtp/smtp8/relay -> smtp, local: -> mydestination or local with an alias, local:user ->
      virtual_alias, error:dsn:code text -> error:dsn text, %1 -> regexp table. Colon or comma lists of
      hosts -> comma list (3.5+). mailertable does not itself permit relaying: add to relay_domains only
      what RELAY permits. It is used for recipients after virtusertable, before SMART_HOST; not for local
      class w names.
    masquerade_entire_domain | exact | masquerade_domains
      Postfix masquerade_domains strips all subdomains always. Without the feature only exact names in
      class M are rewritten: use sender_canonical_maps '@host.dom @dom'.
    masquerade_envelope | exact | masquerade_classes += envelope_sender
      Without it only header_sender.
    msp | exact | postdrop, pickup
      submit.cf is replaced by pickup(8); argument host other than localhost: relayhost = [host], no local
      delivery (inet_interfaces loopback).
    mtamark | none | -
      Experimental.
    no_default_msa | exact | master.cf without submission
      By default sendmail also listens on 587 with M=E. So the default needs a submission service.
    nocanonify | exact | -
      No $[ $] DNS canonification. Postfix never does it. Without nocanonify sendmail replaces CNAME'd and
      completes short host names by DNS. append_dot_mydomain covers short names partly.
    nopercenthack | approximate | allow_percent_hack = no
      a%b@local: with nopercenthack treated as is (or refused with argument reject).
    notsticky | exact | -
      Default since 8.7: user@local-domain is the same as user. Postfix the same.
    nouucp | approximate | swap_bangpath = no
      nospecial: ! ordinary character; reject: 553 refuse: check_recipient_access regexp:/!/ 553. Default
      (no feature): a!b@ rewritten as b@a.UUCP.
    nullclient | approximate | relayhost = [hub], mydestination =, inet_interfaces = loopback-only, local_transport = error, myorigin = hub, smtp_generic_maps
      Every address user@thishost and bare user becomes user@hub (sender and recipient, envelope and
      header); recipients too. masquerade only what is local: foreign senders stay. Measured: kai@ws ->
      kai@hub, unqualified env sender on SMTP refused 553.
    prefixmod | none | -
      The same in both.
    preserve_local_plus_detail | approximate | recipient_delimiter unset
      user+detail passed on unstripped to the local mailer: with local(8) means no delimiter at all. With
      procmail every plus address fails (measured): lint.
    preserve_luser_host | exact | luser_relay
      Keeps the host that a rule gave the local mailer, and the usual rules give none: user@relay all the
      same.
    promiscuous_relay | manual | smtpd_relay_restrictions = permit
      Open relay. Refuse to translate without a flag.
    queuegroup | manual | master.cf clone of smtp
      Queue group by access QGRP:. A cloned smtp service per group with own concurrency limits is the
      nearest.
    ratecontrol | approximate | smtpd_client_connection_rate_limit
      ClientRate:addr N. One number plus exceptions. 452/421 against 421.
    redirect | approximate | relocated_maps, or transport regexp '/\.REDIRECT$/ error:5.1.6 ...'
      alias old: new@x.REDIRECT gives a bounce 551 'User has moved; please try <new@x>'. relocated_maps
      refuses at RCPT (550 5.1.6). The transport form gives sendmail's accept-then-bounce (measured
      exact).
    relay_based_on_MX | approximate | permit_mx_backup
      Domain that lists this host as MX may be relayed to. Postfix also wants the primary networks
      optional (permit_mx_backup_networks) and refuses domains for which it is the best MX. Deprecated in
      Postfix 3.9+. Better: enumerate into relay_domains.
    relay_entire_domain | approximate | mynetworks / check_client_access .domain
      Clients in a subdomain of class m ($m) may relay, and mail to hosts of $m. By client name (forward-
      confirmed) -> check_client_access '.dom OK' in relay restrictions; destination -> relay_domains =
      $mydomain.
    relay_hosts_only | exact | parent_domain_matches_subdomains without relay_domains, smtpd_access_maps
      Relay domains match exactly, not subdomains.
    relay_local_from | approximate | check_sender_access
      Sender in a local domain may relay: check_sender_access hash:local OK in smtpd_relay_restrictions.
      Spoofable. Warn.
    relay_mail_from | approximate | check_sender_access
      From:addr RELAY permits; (domain) argument: From:dom too. Warn.
    require_rdns | approximate | reject_unknown_reverse_client_hostname, reject_unknown_client_hostname
      No PTR -> 550 5.7.1 (450 on temporary failure); forged (PTR/A mismatch) -> 550 too:
      reject_unknown_client_hostname with unknown_client_reject_code=550. Exempt: Connect: OK/RELAY,
      loopback.
    smrsh | approximate | local_command_shell
      local_command_shell = /usr/sbin/smrsh -c runs pipes through smrsh in Postfix too. exact if smrsh is
      kept; path prefix is stripped to the smrsh folder.
    stickyhost | manual | virtual_alias_maps
      user@local-domain not treated as user (MAIL_HUB).
    sts | manual | smtp_tls_policy_maps = socketmap:
      MTA-STS by an outside resolver (postfix-mta-sts-resolver) on a socketmap. 8.16+ uses also an outside
      map.
    tls_failures | approximate | smtp_tls_security_level = may
      After repeated TLS failures clear text is used.
    tls_session_features | approximate | smtp_tls_policy_maps, smtpd_tls_* per service
      TLS_Srv_features/TLS_Clt_features: per-peer options (cipher list, certificate). Client side: policy
      protocols=, ciphers=; server side none per client.
    use_client_ptr | approximate | check_reverse_client_hostname_access
      Access lookups by unverified PTR name: check_reverse_client_hostname_access. exact for that check.
    use_ct_file | none | -
      See confCT_FILE.
    use_cw_file | exact | mydestination
      The same in both.
    uucpdomain | approximate | canonical_maps regexp
      host.UUCP -> domain.
    virtuser_entire_domain | approximate | regexp virtual table
      Subdomains of class VirtHost looked up with the key of the full host. /@(.+\.)?dom$/
    virtusertable | approximate | virtual_alias_maps, virtual_alias_domains
      See table virtusertable. Domains in class w stay in mydestination; domains only in class VirtHost
      become virtual_alias_domains. An address with no entry: class w -> goes on to aliases/users;
      VirtHost -> sendmail goes to DNS and mostly bounces 'mail loops back to me', Postfix refuses 550
      5.1.1 (better). Recursion: both repeat until nothing matches; sendmail limit 10 (MaxAliasRecursion),
      Postfix virtual_alias_recursion_limit.
    access_db(LDAP) | manual | ldap: access tables
      Stock schema sendmailMTAKey/MapValue; keys carry the tag (From:dom) so query_filter must add it:
      sendmailMTAKey=From:%s. RHS keywords (RELAY, OK) differ from Postfix's; result_format cannot
      translate.
    domainmap | manual | virtual_alias_maps
      Debian extra feature.
    rhsbl | exact | reject_rhsbl_sender
      Debian extra feature.
    """#

  private static let wordText = #"""
    OSTYPE | none | -
      Paths and defaults of the system (linux: local_procmail, debian...). Only effects matter: mailer
      paths, alias file, spool folder. Expand it, then drop.
    DOMAIN | none | -
      Site-wide include: expand its definitions first. DOMAIN(generic) sets confFORWARD_PATH, redirect,
      use_cw_file.
    VERSIONID | none | comment in main.cf
      The same in both.
    MAILER(local) | exact | local service
      Includes prog.
    MAILER(smtp) | exact | smtp, relay services
      smtp, esmtp, smtp8, dsmtp, relay.
    MAILER(uucp) | manual | master.cf: uucp unix - n n - - pipe flags=Fqhu user=uucp argv=uux -r -n -z -a$sender - $nexthop!rmail ($recipient)
      Mailers uucp-old, uucp-new (suucp), uucp-dom, uucp-uudom differ in address form: bang paths against
      user@domain. pipe(8) flag with u folds the domain of the recipient to lower case; it can write
      neither bang-path senders nor 'remote from'. uucp-dom translates, uucp-old/new need a wrapper script
      that turns addresses. neighbours of class U/Y/Z: transport_maps keys host.uucp.
    MAILER(procmail) | approximate | pipe service procmail
      mailertable dom procmail:/etc/procmailrcs/x -> transport dom procmail:x with argv=procmail -Y -m
      $nexthop $sender $recipient. FEATURE(local_procmail) is the other thing.
    MAILER(cyrus) | approximate | pipe service cyrus (deliver -e -m)
      Prefer LMTP.
    MAILER(cyrusv2) | exact | mailbox_transport = lmtp:unix:/var/lib/imap/socket/lmtp
      confLOCAL_MAILER cyrusv2 -> mailbox_transport, mailertable cyrusv2: -> transport lmtp:.
    MAILER(fax) | approximate | pipe service fax (mailfax wrapper)
      user@host.fax -> transport .fax fax:.
    MAILER(usenet) | approximate | pipe service usenet (inews)
      group.usenet -> transport regexp.
    MAILER(pop) | none | -
      Obsolete spop.
    MAILER(phquery) | none | -
      Obsolete.
    MAILER(mail11) | none | pipe service
      DECnet mail.
    MAILER(qpage) | approximate | pipe service qpage
      The same in both.
    MODIFY_MAILER_FLAGS | manual | pipe flags=, -o overrides
      See mailer flags.
    LOCAL_MAILER_PATH | approximate | mailbox_command or mailbox_transport = pipe service
      mail.local, deliver, maildrop: mailbox_command (runs as user) or a pipe transport. mail.local alone
      -> nothing: local(8) writes the mbox itself.
    LOCAL_MAILER_ARGS | approximate | mailbox_command or mailbox_transport = pipe service
      mail.local, deliver, maildrop: mailbox_command (runs as user) or a pipe transport. mail.local alone
      -> nothing: local(8) writes the mbox itself.
    LOCAL_MAILER_FLAGS | approximate | mailbox_command or mailbox_transport = pipe service
      mail.local, deliver, maildrop: mailbox_command (runs as user) or a pipe transport. mail.local alone
      -> nothing: local(8) writes the mbox itself.
    LOCAL_MAILER_MAX | approximate | mailbox_size_limit; size= in pipe
      SMTP_MAILER_MAX none.
    SMTP_MAILER_MAX | approximate | mailbox_size_limit; size= in pipe
      SMTP_MAILER_MAX none.
    UUCP_MAILER_MAX | approximate | mailbox_size_limit; size= in pipe
      SMTP_MAILER_MAX none.
    LOCAL_SHELL_PATH | approximate | local_command_shell
      Default sh -c; Postfix execs directly when no shell characters.
    LOCAL_SHELL_ARGS | approximate | local_command_shell
      Default sh -c; Postfix execs directly when no shell characters.
    SMTP_MAILER_ARGS | approximate | relayhost = [host]:port
      'TCP $h 587' -> port on every nexthop of that mailer: relayhost/transport entries get :587, or a
      service with smtp_tcp_port (3.6+: smtp_tcp_port) .
    RELAY_MAILER_ARGS | approximate | relayhost = [host]:port
      'TCP $h 587' -> port on every nexthop of that mailer: relayhost/transport entries get :587, or a
      service with smtp_tcp_port (3.6+: smtp_tcp_port) .
    SMTP_MAILER_MAXMSGS | approximate | smtp_connection_reuse_count_limit, smtp_destination_recipient_limit
      The same in both.
    SMTP_MAILER_MAXRCPTS | approximate | smtp_connection_reuse_count_limit, smtp_destination_recipient_limit
      The same in both.
    ALIAS_FILE | exact | alias_maps, alias_database
      Comma list, first match wins in both. nis:, ldap:, hash: prefixes; sequence. Relative text files
      need hash: or lmdb:.
    HELP_FILE | none | queue_directory
      Queues are not interchangeable: drain first.
    STATUS_FILE | none | queue_directory
      Queues are not interchangeable: drain first.
    QUEUE_DIR | none | queue_directory
      Queues are not interchangeable: drain first.
    MSP_QUEUE_DIR | none | queue_directory
      Queues are not interchangeable: drain first.
    MASQUERADE_AS | approximate | masquerade_domains, sender_canonical_maps, myorigin
      Name equal to a parent domain: masquerade_domains. Otherwise (unrelated name) sender_canonical_maps
      '@each-local-name @name'. Applies to names of class w and M, headers From, Sender, Reply-To..., not
      To. local_header_rewrite_clients=static:all needed for network clients. masquerade_classes =
      header_sender unless masquerade_envelope.
    MASQUERADE_DOMAIN | approximate | masquerade_domains (with masquerade_entire_domain) or canonical '@dom @name'
      Exact names only without the feature.
    MASQUERADE_DOMAIN_FILE | approximate | masquerade_domains (with masquerade_entire_domain) or canonical '@dom @name'
      Exact names only without the feature.
    MASQUERADE_EXCEPTION | exact | masquerade_domains = !exception name
      The ! entry covers its subdomains too; list before the parent.
    MASQUERADE_EXCEPTION_FILE | exact | masquerade_domains = !exception name
      The ! entry covers its subdomains too; list before the parent.
    EXPOSED_USER | exact | masquerade_exceptions
      Users in every masqueraded domain. With canonical: precede by identity entries.
    EXPOSED_USER_FILE | exact | masquerade_exceptions
      Users in every masqueraded domain. With canonical: precede by identity entries.
    LOCAL_USER | approximate | -
      Users not sent to LOCAL_RELAY/MAIL_HUB: virtual alias exceptions.
    LOCAL_USER_FILE | approximate | -
      Users not sent to LOCAL_RELAY/MAIL_HUB: virtual alias exceptions.
    LOCAL_DOMAIN | exact | mydestination
      The same in both.
    CANONIFY_DOMAIN | none | -
      Postfix does not canonify.
    CANONIFY_DOMAIN_FILE | none | -
      Postfix does not canonify.
    GENERICS_DOMAIN | exact | keys of sender_canonical
      Expand bare keys over them.
    GENERICS_DOMAIN_FILE | exact | keys of sender_canonical
      Expand bare keys over them.
    VIRTUSER_DOMAIN | approximate | virtual_alias_domains
      Also permits relaying to subdomains in sendmail (class R): mail to x@sub.dom accepted then routed by
      DNS; Postfix refuses 554. Measured in the ISP case.
    VIRTUSER_DOMAIN_FILE | approximate | virtual_alias_domains
      Also permits relaying to subdomains in sendmail (class R): mail to x@sub.dom accepted then routed by
      DNS; Postfix refuses 554. Measured in the ISP case.
    LDAPROUTE_DOMAIN | approximate | ldap table domain=
      'domain =' limits lookups; equivalent hosts by canonical.
    LDAPROUTE_DOMAIN_FILE | approximate | ldap table domain=
      'domain =' limits lookups; equivalent hosts by canonical.
    LDAPROUTE_EQUIVALENT | approximate | ldap table domain=
      'domain =' limits lookups; equivalent hosts by canonical.
    LDAPROUTE_EQUIVALENT_FILE | approximate | ldap table domain=
      'domain =' limits lookups; equivalent hosts by canonical.
    RELAY_DOMAIN | approximate | relay_domains, mynetworks, check_client_access
      Works both ways: to those domains (relay_domains) and FROM clients whose verified name or address is
      in them. Addresses (10.10) -> mynetworks 10.10.0.0/16. Subdomains included unless relay_hosts_only.
      Client names: check_client_access hash:relay_clients 'dom OK' in smtpd_relay_restrictions.
    RELAY_DOMAIN_FILE | approximate | relay_domains, mynetworks, check_client_access
      Works both ways: to those domains (relay_domains) and FROM clients whose verified name or address is
      in them. Addresses (10.10) -> mynetworks 10.10.0.0/16. Subdomains included unless relay_hosts_only.
      Client names: check_client_access hash:relay_clients 'dom OK' in smtpd_relay_restrictions.
    SMART_HOST | exact | relayhost
      [host] -> [host]; host -> host (MX); mailer:host -> mailer ignored except uucp-*, local; port needs
      mailer args; list a:b -> comma list. Also used for address literals in both. Not used for class w,
      mailertable hits. Multiple hosts: relayhost = a, b (3.5+).
    LUSER_RELAY | approximate | luser_relay, local_recipient_maps =
      Unknown local users -> user@relay. luser_relay = $local@relay and transport for relay; also unset
      local_recipient_maps, else smtpd refuses. error:... and local:user forms.
    LOCAL_RELAY | approximate | virtual_alias_maps, mailbox_transport
      Unqualified names only (no host part) with stickyhost; else as MAIL_HUB. Deprecated.
    MAIL_HUB | approximate | virtual_alias_maps, mailbox_transport
      All local names to user@hub, but those of LOCAL_USER; aliases first. Pipes of maps ask for users and
      aliases before virtual_alias_maps writes the hub's name; mailbox_transport has what aliases lead to.
    UUCP_RELAY | approximate | transport .uucp smtp:[relay]
      The same in both.
    BITNET_RELAY | approximate | transport .bitnet/.decnet/.fax smtp:[relay]
      Relay lookups keep the pseudo-domain in the address in both. node::user form none.
    DECNET_RELAY | approximate | transport .bitnet/.decnet/.fax smtp:[relay]
      Relay lookups keep the pseudo-domain in the address in both. node::user form none.
    FAX_RELAY | approximate | transport .bitnet/.decnet/.fax smtp:[relay]
      Relay lookups keep the pseudo-domain in the address in both. node::user form none.
    UUCPSMTP | approximate | transport/canonical regexp
      The same in both.
    SITE | approximate | transport keys host.uucp
      Neighbour lists of class U/V/...
    SITECONFIG | approximate | transport keys host.uucp
      Neighbour lists of class U/V/...
    LOCAL_CONFIG | manual | -
      Own macros (D), classes (C, F), maps (K), options (O). Classes w, R, M, E, G, VirtHost, t have
      meaning: merge; rest only used by own rules.
    LOCAL_RULE_0 | manual | transport_maps / virtual_alias_maps regexp
      Rules of the form R$* <@ pattern> $#mailer $@ host $: user can be turned into a regexp transport
      entry; $#error into error:. Anything else report.
    LOCAL_NET_CONFIG | manual | transport_maps / virtual_alias_maps regexp
      Rules of the form R$* <@ pattern> $#mailer $@ host $: user can be turned into a regexp transport
      entry; $#error into error:. Anything else report.
    LOCAL_RULE_1 | manual | sender_canonical_maps / recipient_canonical_maps regexp
      The same in both.
    LOCAL_RULE_2 | manual | sender_canonical_maps / recipient_canonical_maps regexp
      The same in both.
    LOCAL_RULE_3 | manual | canonical_maps regexp
      Applies before everything in sendmail.
    LOCAL_RULESETS | manual | check_sender_access, check_recipient_access, check_client_access with pcre or a policy service
      The same in both.
    Local_check_rcpt | manual | check_sender_access, check_recipient_access, check_client_access with pcre or a policy service
      The same in both.
    Local_check_relay | manual | check_sender_access, check_recipient_access, check_client_access with pcre or a policy service
      The same in both.
    LOCAL_RULESETS | manual | header_checks pcre
      REJECT -> REJECT text, $#discard -> DISCARD, $#quarantine -> HOLD.
    LOCAL_RULESETS | manual | -
      The same in both.
    Local_localaddr | manual | -
      The same in both.
    Local_greet_pause | manual | -
      The same in both.
    LOCAL_TRY_TLS | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_TLS_CLIENT | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_TLS_SERVER | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_TLS_RCPT | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_SRV_FEATURES | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_CLT_FEATURES | manual | smtp_tls_policy_maps, smtpd_discard_ehlo_keyword_address_maps
      The same in both.
    LOCAL_UUCP | manual | -
      The same in both.
    LOCAL_DNSBL | manual | -
      The same in both.
    HACK | manual | -
      Expand and treat as rules.
    CF_LEVEL, _USE_ETC_MAIL_ | none | default_database_type
      Paths and map type: hash, btree, lmdb, cdb carry over by name where Postfix has them; dbm too.
    MAIL_SETTINGS_DIR | none | default_database_type
      Paths and map type: hash, btree, lmdb, cdb carry over by name where Postfix has them; dbm too.
    DATABASE_MAP_TYPE | none | default_database_type
      Paths and map type: hash, btree, lmdb, cdb carry over by name where Postfix has them; dbm too.
    QUEUE_GROUP | none | master.cf cloned smtp service
      Flags, Runners, Interval per group: default_transport clones with own limits.
    INPUT_MAIL_FILTER | exact | smtpd_milters, milter_default_action, milter_connect_timeout, milter_command_timeout, milter_content_timeout
      S=inet:port@host -> inet:host:port; S=local: or unix:path -> unix:path (relative to the queue when
      chrooted); F=R -> reject, F=T -> tempfail, F=4 -> tempfail, none -> accept; T=C: connect, S: R:
      command, E: content. Per filter: { inet:..., default_action=... }. Local submissions also pass
      milters in sendmail through the MTA: set non_smtpd_milters alike.
    MAIL_FILTER | exact | smtpd_milters
      Defined without being added to the list: only when confINPUT_MAIL_FILTERS names it.
    TRUST_AUTH_MECH | exact | permit_sasl_authenticated in smtpd_relay_restrictions
      Only mechanisms in class TrustAuthMech may relay; Postfix lets every authenticated client. Without
      it no AUTH relaying at all: leave permit_sasl_authenticated out.
    confMAILER_NAME | approximate | double_bounce_sender, bounce_template_file
      The bounce author is MAILER-DAEMON in both; Postfix fixes the name in its bounce templates
      (bounce_template_file) and uses double_bounce_sender for undeliverable-bounce reports. Only a non-
      default value needs work.
    confDOMAIN_NAME | exact | myhostname
      $j. Postfix derives mydomain from it and, at its default, myorigin equals it. Set myorigin =
      $myhostname so that unqualified names get @$j, as in sendmail.
    confCF_VERSION | none | -
      Only shown in the greeting and Received line. Drop; mail_version is not site text.
    confLDAP_CLUSTER | approximate | ldap table query_filter
      sendmail substitutes ${sendmailMTACluster} in the stock filters; write the cluster name into each
      query_filter. Expand when translating @LDAP classes.
    confFROM_HEADER | none | -
      Postfix writes its own From: when missing. Header text cannot be set.
    confRECEIVED_HEADER | none | smtpd_tls_received_header, smtpd_sasl_authenticated_header
      Only two optional parts can be switched. header_checks can only rewrite it afterwards.
    confMESSAGEID_HEADER | none | always_add_missing_headers
      Postfix adds Message-Id for local mail (always_add_missing_headers=yes for all). Format is fixed.
    confCW_FILE | exact | mydestination
      File of class w; a path in mydestination reads one name a line like it. Comments (#) must be whole
      lines in Postfix. sendmail adds its own host names and interface literals to class w by itself; see
      FEATURE(use_cw_file).
    confCT_FILE | none | -
      Trusted users (-f without a warning header): any local user may use -f in Postfix and no
      X-Authentication-Warning is made. authorized_submit_users limits who may submit at all.
    confCR_FILE | approximate | relay_domains, mynetworks
      Class R mixes domains one relays to, client domains and client nets. Split it: names to
      relay_domains and a client access table, numbers to mynetworks. See FEATURE(relay_*),
      RELAY_DOMAIN_FILE.
    confTRUSTED_USERS | none | -
      As confCT_FILE. Drop.
    confSMTP_MAILER | approximate | default_transport, relay_transport
      smtp/esmtp/smtp8/dsmtp all become smtp. Postfix always tries ESMTP (smtp_always_send_ehlo). For
      'smtp' proper one could set -o smtp_never_send_ehlo=yes in a copy of the service.
    confUUCP_MAILER | approximate | master.cf pipe service uucp
      See MAILER(uucp).
    confLOCAL_MAILER | approximate | local_transport
      Name of the mailer for local users; default local. cyrusv2 -> lmtp:unix:, cyrus -> pipe.
    confRELAY_MAILER | approximate | relayhost, relay_transport
      The mailer of SMART_HOST, LUSER_RELAY etc. when none is named; smtp in Postfix.
    confREJECT_MSG | exact | access_map_reject_code, table text
      Text of REJECT: write '550 5.7.1 text' into each table instead of REJECT. Default text Access
      denied, code 550 (Postfix 554).
    confRELAY_MSG | approximate | relay_domains_reject_code
      Relaying denied: code 550 against 554, text fixed 'Relay access denied'. Set 550; for the text use
      check_recipient_access static:... last.
    confRCPTREJ_MSG | exact | recipient access table text
      To: REJECT text 'Mailbox disabled for this recipient', 550 5.2.1. Write in full.
    confDEQUOTE_OPTS | none | -
      Has no counterpart in Postfix and changes no routing.
    confEBINDIR | none | -
      Place of smrsh, mail.local. Drop.
    confAUTO_REBUILD | none | -
      Removed from sendmail 8.12. Drop, report as obsolete.
    confCLIENT_OPTIONS | approximate | smtp_bind_address, smtp_bind_address6, inet_protocols
      See CLIENT_OPTIONS.
    confDAEMON_OPTIONS | approximate | master.cf inet services
      Obsolete form of DAEMON_OPTIONS.
    confDEF_GROUP_ID | none | default_privs
      Obsolete; folded into confDEF_USER_ID.
    confMESSAGE_TIMEOUT | exact | maximal_queue_lifetime
      Obsolete name of confTO_QUEUERETURN/QUEUEWARN (a/b).
    confREAD_TIMEOUT | approximate | smtpd_timeout
      Obsolete.
    """#
}
