// OptionCatalogue.swift: what becomes of each option, in words.
//
// One paragraph an option: its name in the .cf, the verdict and Postfix's side of
// it, then the reason in words for the postmaster. `Options.swift` holds the rows
// that compute a value; an option without such a row writes nothing.

enum OptionCatalogue {
  /// The text for an option, by its name in the .cf (`Timeout.queuewarn` with its part).
  static func entry(_ name: String) -> CatalogueEntry? { entries[name.lowercased()] }

  private static let entries = CatalogueEntry.table(text)

  private static let text = #"""
    AliasFile | exact | alias_maps, alias_database
      The files in the order they are searched; the texts are copied and built anew with postalias.
    AliasWait | none | -
      Waiting for the @:@ marker; Postfix rebuilds aliases atomically enough by newaliases. Drop.
    AllowBogusHELO | approximate | reject_invalid_helo_hostname
      False (default): bad syntax refused -> reject_invalid_helo_hostname; True -> leave out. Code 501
      both.
    AuthMaxBits | none | -
      Has no counterpart in Postfix and changes no routing.
    AuthMechanisms | approximate | smtp_sasl_mechanism_filter
      Server list comes from the SASL library (mech_list in smtpd.conf, or Dovecot auth_mechanisms);
      client list from smtp_sasl_mechanism_filter.
    AuthOptions | approximate | smtpd_tls_auth_only, smtpd_sasl_security_options, smtp_sasl_security_options
      p -> noplaintext unless TLS: smtpd_tls_auth_only=yes plus noplaintext in smtp_sasl_security_options
      (cleared in smtp_sasl_tls_security_options). y -> noanonymous. a -> noactive. d -> nodictionary. f
      -> forward_secrecy. c, m -> mutual_auth. A -> AUTH= only when authenticated (Postfix never sends
      AUTH=). T -> no counterpart. Measured: with A p y on port 25 without TLS sendmail answers 503 to
      AUTH.
    AuthRealm | exact | smtpd_sasl_local_domain
      Has no counterpart in Postfix and changes no routing.
    BadRcptShutdown | approximate | smtpd_hard_error_limit
      Postfix counts all errors of a session.
    BadRcptShutdownGood | none | -
      Postfix counts errors whatever was accepted.
    BadRcptThrottle | approximate | smtpd_soft_error_limit, smtpd_error_sleep_time, smtpd_hard_error_limit
      After N bad recipients sleep 1s each; Postfix counts all errors and finally disconnects (421 at hard
      limit 20). Raise smtpd_hard_error_limit to keep long sessions.
    BlankSub | none | -
      Replaces spaces in unquoted old-style addresses. Drop.
    CACertFile | exact | smtpd_tls_CAfile, smtp_tls_CAfile
      Has no counterpart in Postfix and changes no routing.
    CACertPath | exact | smtpd_tls_CApath, smtp_tls_CApath
      Has no counterpart in Postfix and changes no routing.
    CertFingerprintAlgorithm | exact | smtpd_tls_fingerprint_digest
      Has no counterpart in Postfix and changes no routing.
    CheckAliases | none | -
      Right-hand sides are never checked by postalias. The toolchain should check them itself.
    CheckpointInterval | none | -
      Postfix records each recipient as it is done. Drop.
    CipherList | approximate | tls_high_cipherlist, smtpd_tls_ciphers, smtpd_tls_mandatory_ciphers, smtpd_tls_exclude_ciphers
      An OpenSSL string becomes grade high with tls_high_cipherlist set; !aNULL goes to the exclude list.
      Postfix advises against touching tls_*_cipherlist.
    ClassFactor | none | -
      Has no counterpart in Postfix and changes no routing.
    ClientCertFile | exact | smtp_tls_cert_file
      Has no counterpart in Postfix and changes no routing.
    ClientKeyFile | exact | smtp_tls_key_file
      Has no counterpart in Postfix and changes no routing.
    ClientPortOptions | approximate | smtp_bind_address, smtp_bind_address6
      Where connections go out from.
    ClientSSLOptions | approximate | smtp_tls_protocols, smtp_tls_mandatory_protocols
      As above.
    ColonOkInAddr | none | -
      Has no counterpart in Postfix and changes no routing.
    ConnectionCacheSize | approximate | smtp_connection_cache_on_demand, smtp_connection_cache_destinations
      Number of open connections per process against cached by destination in scache. Defaults serve.
    ConnectionCacheTimeout | approximate | smtp_connection_cache_time_limit
      5m against 2s default; connection_cache_ttl_limit caps it.
    ConnectionRateThrottle | approximate | smtpd_client_connection_rate_limit
      sendmail: all clients together per second (delays). Postfix: per client per anvil_rate_time_unit
      (421).
    ConnectionRateWindowSize | exact | anvil_rate_time_unit
      60s both.
    ConnectOnlyTo | approximate | default_transport
      Test aid: all SMTP to one address: default_transport = smtp:[addr], relay_transport likewise,
      transport_maps empty.
    ControlSocketName | none | -
      Has no counterpart in Postfix and changes no routing.
    CRLFile | none | -
      Postfix has no CRL check. Report.
    CRLPath | none | -
      As above. Report.
    DaemonPortOptions | exact | master.cf inet services
      One service a line, with its own restrictions where the modifiers ask for them.
    DANE | approximate | smtp_tls_security_level = dane, smtp_dns_support_level = dnssec
      true -> dane; always -> dane-only is NOT the same (always = check TLSA even where a policy says
      otherwise).
    DataFileBufferSize | none | -
      Has no counterpart in Postfix and changes no routing.
    DeadLetterDrop | none | -
      Has no counterpart in Postfix and changes no routing.
    DefaultAuthInfo | approximate | smtp_sasl_password_maps
      Old single-credential file: static or per-relayhost entry.
    DefaultCharSet | none | -
      Has no counterpart in Postfix and changes no routing.
    DefaultUser | exact | default_privs
      User for pipes and files from root-owned aliases. sendmail default 1:1 (daemon) or mailnull, Postfix
      nobody. The group is the user's own in Postfix. Must be written, or file deliveries lose permission.
      Measured: archive files owned by daemon fail as nobody.
    DelayLA | none | smtpd_error_sleep_time
      As above.
    DeliverByMin | none | -
      No DELIVERBY. Drop.
    DeliveryMode | approximate | defer_transports
      background and interactive: Postfix always queues, then delivers at once. queueonly/deferred: these
      transports wait for `postqueue -f`, which cron has to run where sendmail -q did it. Interactive
      mode's delivery result inside DATA cannot be had.
    DHParameters | approximate | smtpd_tls_dh1024_param_file
      A file path; keyword 2/5/auto -> leave out. Deprecated in later Postfix.
    DialDelay | none | -
      Has no counterpart in Postfix and changes no routing.
    DirectSubmissionModifiers | none | -
      Has no counterpart in Postfix and changes no routing.
    DontBlameSendmail | none | -
      Safety relaxations; Postfix has none of these checks except .forward/:include: ownership and owner
      of executables. GroupWritableIncludeFile..., ForwardFileInGroupWritableDirPath: Postfix already
      permits more.
    DontExpandCnames | approximate | smtp_cname_overrides_servername
      Postfix never rewrites addresses by CNAME, i.e. behaves as True. With False (default) and without
      nocanonify sendmail replaces CNAME domains in addresses. Report when CNAME domains are used.
    DontInitGroups | none | -
      Has no counterpart in Postfix and changes no routing.
    DontProbeInterfaces | approximate | inet_interfaces, proxy_interfaces
      sendmail puts names of interface addresses into class w; Postfix accepts user@[addr] only.
      True/loopback: nothing to do. When false, add reverse names of the interfaces to mydestination.
    DontPruneRoutes | none | -
      Postfix always strips source routes.
    DoubleBounceAddress | approximate | 2bounce_notice_recipient
      Only when notify_classes includes 2bounce; sendmail does so always. Empty value -> leave class out.
    EightBitMode | approximate | strict_8bitmime, strict_8bitmime_body, disable_mime_output_conversion
      mime (default) = Postfix default conversion to quoted-printable for 7bit peers; pass =
      disable_mime_output_conversion=yes; strict = strict_8bitmime=yes.
    ErrorHeader | approximate | bounce_template_file
      Text placed before error messages. Put the text into the bounce template.
    ErrorMode | none | -
      How command-line errors are told (print, mail, write back); Postfix sendmail always accepts and
      later bounces. A wrong recipient of `sendmail addr` exits 67 in sendmail, 0 plus a bounce in
      Postfix.
    FallbackMXhost | approximate | smtp_fallback_relay
      Tried after all MX hosts fail, also when the domain has no MX/A in Postfix's case; sendmail also
      uses it for temporary lookup failures.
    FallbackSmartHost | approximate | smtp_fallback_relay
      Used when MX/A lookup says host unknown.
    FastSplit | none | smtp_destination_recipient_limit
      Has no counterpart in Postfix and changes no routing.
    ForkEachJob | none | -
      Has no counterpart in Postfix and changes no routing.
    ForwardPath | approximate | forward_path
      $z -> $home, $u -> $user, $w/$j have no counterpart expansion (write the host name in), $h (detail)
      -> ${extension}, $r -> $recipient. Default order in sendmail
      $z/.forward.$w+$h:$z/.forward+$h:$z/.forward.$w:$z/.forward; in Postfix
      $home/.forward${recipient_delimiter}${extension}, $home/.forward. Emit the full list; colon becomes
      comma.
    HeloName | exact | smtp_helo_name
      Has no counterpart in Postfix and changes no routing.
    HelpFile | none | -
      Postfix has no HELP command.
    HoldExpensive | approximate | defer_transports
      Mailers with flag e wait for the next queue run. defer_transports holds a transport until sendmail
      -q (ETRN flush).
    HostsFile | none | -
      Always the system hosts file, when native lookup is on.
    HostStatusDirectory | none | -
      Postfix remembers dead destinations in qmgr memory. Drop (hoststat has no counterpart).
    IgnoreDots | none | -
      Daemon-wide -oi. Per command -i exists.
    InputMailFilters | approximate | smtpd_milters, non_smtpd_milters
      Order as listed. See INPUT_MAIL_FILTER.
    LDAPDefaultSpec | exact | ldap table server_host, search_base, bind, bind_dn, bind_pw, version, scope, start_tls
      -H/-h -> server_host, -b -> search_base, -d -> bind_dn, -P file -> bind_pw (contents), -w ->
      version, -M simple -> bind=yes, -s -> scope, -r -> dereference/chase_referrals. One
      ldap:/etc/postfix/x.cf file a map; needs the postfix-ldap package.
    LogLevel | none | debug_peer_level
      Postfix logs each delivery always; verbosity by -v in master.cf. Levels 0-8 lose lines that Postfix
      always writes.
    MailboxDatabase | none | local_recipient_maps
      Always the system passwd for local(8).
    MatchGECOS | none | -
      Matching names in the passwd full-name field (also needs mailer flag w). Generate Full.Name aliases
      from passwd.
    MaxAliasRecursion | approximate | virtual_alias_recursion_limit
      sendmail 10 nestings of alias/virtuser/.forward; Postfix has no nesting limit for aliases(5), it
      detects loops by Delivered-To, and virtual recursion is 1000.
    MaxDaemonChildren | approximate | default_process_limit
      Per service maxproc column in master.cf for smtpd. sendmail counts all children.
    MaxHeadersLength | approximate | header_size_limit
      Total of headers (32768) against one header (102400).
    MaxHopCount | exact | hopcount_limit
      Received count; sendmail default 25, Postfix 50. Write 25 when unset to keep behaviour.
    MaxMessageSize | exact | message_size_limit
      0 means unlimited in both. Default: none in sendmail, 10240000 in Postfix, so an unset option must
      become message_size_limit = 0. Postfix also checks mailbox_size_limit >= message_size_limit. Set
      mailbox_size_limit = 0 too. Code 552 in both.
    MaxMimeHeaderLength | none | mime_header_checks
      Truncation of long MIME parameters.
    MaxNOOPCommands | approximate | smtpd_junk_command_limit
      20 against 100.
    MaxQueueAge | approximate | maximal_backoff_time
      Has no counterpart in Postfix and changes no routing.
    MaxQueueChildren | approximate | default_process_limit
      Has no counterpart in Postfix and changes no routing.
    MaxQueueRunSize | approximate | qmgr_message_active_limit
      Has no counterpart in Postfix and changes no routing.
    MaxRecipientsPerMessage | exact | smtpd_recipient_limit
      452 in both. Unlimited in sendmail by default, 1000 in Postfix.
    MaxRunnersPerQueue | none | -
      Has no counterpart in Postfix and changes no routing.
    MeToo | approximate | -
      Postfix always delivers to the sender too (as true). confME_TOO=False (old default) has no
      counterpart.
    Milter.LogLevel | none | -
      Has no counterpart in Postfix and changes no routing.
    Milter.macros.connect | exact | milter_connect_macros
      Same macro names mostly; some sendmail macros do not exist (see MILTER_README table).
    Milter.macros.data | exact | milter_data_macros
      As above.
    Milter.macros.envfrom | exact | milter_mail_macros
      As above.
    Milter.macros.envrcpt | exact | milter_rcpt_macros
      As above.
    Milter.macros.eoh | exact | milter_end_of_header_macros
      As above.
    Milter.macros.eom | exact | milter_end_of_data_macros
      As above.
    Milter.macros.helo | exact | milter_helo_macros
      As above.
    MinFreeBlocks | approximate | queue_minfree
      Blocks against bytes; Postfix also wants 1.5 times message_size_limit free. Multiply by the file
      system block size (often 4096).
    MinQueueAge | exact | minimal_backoff_time
      sendmail 0, Postfix 300s; queue_run_delay corresponds to -q interval.
    MustQuoteChars | none | -
      Has no counterpart in Postfix and changes no routing.
    NiceQueueRun | none | -
      Has no counterpart in Postfix and changes no routing.
    NoRecipientAction | exact | undisclosed_recipients_header
      none -> empty; add-to-undisclosed -> To: undisclosed-recipients:;. add-bcc, add-apparently-to, add-
      to have no counterpart.
    OldStyleHeaders | none | -
      Has no counterpart in Postfix and changes no routing.
    OperatorChars | none | -
      Address operator set is fixed (RFC 822, ! and % by swap_bangpath, allow_percent_hack).
    PidFile | none | -
      Fixed (pid/master.pid below queue_directory).
    PostmasterCopy | approximate | notify_classes, bounce_notice_recipient
      PostmasterCopy -> notify_classes gains bounce, delay; bounce_notice_recipient takes the address.
      Headers only in both.
    PrivacyOptions | approximate | disable_vrfy_command, smtpd_helo_required, smtpd_discard_ehlo_keywords, authorized_mailq_users, authorized_flush_users
      public: nothing. needmailhelo -> smtpd_helo_required=yes. needexpnhelo/noexpn -> nothing (no EXPN).
      novrfy, needvrfyhelo -> disable_vrfy_command=yes. goaway -> both. noetrn ->
      smtpd_etrn_restrictions=reject. noverb, nobodyreturn, noreceipts, authwarnings -> see notes.
      restrictmailq -> authorized_mailq_users; restrictqrun -> authorized_flush_users; restrictexpand ->
      nothing (sendmail -bv reports only by mail). noactualrecipient -> nothing (X-Actual-Recipient is not
      made). noreceipts -> smtpd_discard_ehlo_keywords = dsn. nobodyreturn -> bounce_size_limit small.
      authwarnings has no counterpart.
    ProcessTitlePrefix | none | syslog_name
      Has no counterpart in Postfix and changes no routing.
    QueueDirectory | none | queue_directory
      The queues are not interchangeable: let sendmail empty its own before the change.
    QueueFactor | none | -
      Load-based queueing. Drop.
    QueueFileMode | none | -
      Has no counterpart in Postfix and changes no routing.
    QueueLA | none | in_flow_delay
      Load average plays no part in Postfix; see STRESS_README for overload.
    QueueSortOrder | none | -
      Postfix schedules by destination. Drop.
    QueueTimeout | exact | maximal_queue_lifetime
      The old name of Timeout.queuereturn.
    RandFile | approximate | tls_random_source
      file:/path -> dev: or file path; egd: too. Drop.
    RecipientFactor | none | -
      Queue ordering weights. Drop.
    RefuseLA | none | -
      As above.
    RejectLogInterval | none | -
      Has no counterpart in Postfix and changes no routing.
    RejectNUL | approximate | message_reject_characters
      Both refuse the message, sendmail with 554 and Postfix with 550.
    RequiresDirfsync | none | -
      Has no counterpart in Postfix and changes no routing.
    ResolverOptions | approximate | smtp_dns_resolver_options, smtp_host_lookup
      Resolver flags (+AAONLY, WorkAroundBrokenAAAA...). Only res_defnames and res_dnsrch exist. Usually
      drop.
    RetryFactor | none | -
      Has no counterpart in Postfix and changes no routing.
    RrtImpliesDsn | none | -
      Has no counterpart in Postfix and changes no routing.
    RunAsUser | none | mail_owner
      Privilege separation is built in. Drop.
    SafeFileEnvironment | approximate | allow_mail_to_files
      chroot for file delivery; Postfix can only forbid file targets.
    SaveFromLine | none | -
      Has no counterpart in Postfix and changes no routing.
    SendMimeErrors | none | -
      Postfix bounces are always multipart/report. Drop.
    ServerCertFile | exact | smtpd_tls_cert_file, smtpd_tls_chain_files
      A second pair after a comma (ECDSA) -> smtpd_tls_eccert_file or chain_files. Presence turns on
      smtpd_tls_security_level=may.
    ServerKeyFile | exact | smtpd_tls_key_file
      Has no counterpart in Postfix and changes no routing.
    ServerSSLOptions | approximate | smtpd_tls_protocols, smtpd_tls_mandatory_protocols, tls_ssl_options, tls_preempt_cipherlist
      SSL_OP_NO_* -> protocol lists; CIPHER_SERVER_PREFERENCE -> tls_preempt_cipherlist=yes; others ->
      tls_ssl_options.
    ServiceSwitchFile | approximate | smtp_host_lookup
      hosts dns files -> smtp_host_lookup = dns, native; aliases nis/ldap -> alias_maps list.
    SetCertAltnames | approximate | smtp_tls_policy_maps
      The levels verify and secure compare alternative names themselves.
    SevenBitInput | none | strict_8bitmime
      sendmail strips the eighth bit; Postfix can only refuse 8bit headers/bodies not declared
      (strict_7bit_headers, strict_8bitmime). Do not translate.
    SharedMemoryKey | none | -
      Has no counterpart in Postfix and changes no routing.
    SharedMemoryKeyFile | none | -
      Has no counterpart in Postfix and changes no routing.
    SingleLineFromHeader | none | header_checks
      Has no counterpart in Postfix and changes no routing.
    SingleThreadDelivery | approximate | smtp_destination_concurrency_limit
      One connection a host: limit 1.
    SmtpGreetingMessage | exact | smtpd_banner
      $j -> $myhostname, $v -> $mail_version, $b (date) and $Z none. Must begin with $myhostname (sendmail
      inserts ESMTP by itself as second word).
    SoftBounce | exact | soft_bounce
      5xx become 4xx.
    SSLEngine | none | -
      Report.
    SSLEnginePath | none | -
      Report.
    StatusFile | none | -
      Statistics are made from the log.
    SuperSafe | none | -
      SuperSafe. Postfix always fsyncs. Drop.
    TempFileMode | none | -
      Has no counterpart in Postfix and changes no routing.
    Timeout.aconnect | approximate | smtp_mx_session_limit, smtp_mx_address_limit
      Overall limit over all addresses; Postfix limits their number.
    Timeout.auth | none | -
      Part of smtp_helo_timeout.
    Timeout.command | exact | smtpd_timeout
      1h against 300s default (10s under stress). Server side.
    Timeout.connect | exact | smtp_connect_timeout
      Default 0 (system) against 30s.
    Timeout.control | none | -
      Has no counterpart in Postfix and changes no routing.
    Timeout.datablock | exact | smtp_data_xfer_timeout
      As a client; as a server smtpd_timeout.
    Timeout.datafinal | exact | smtp_data_done_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.datainit | exact | smtp_data_init_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.fileopen | none | -
      Has no counterpart in Postfix and changes no routing.
    Timeout.helo | exact | smtp_helo_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.hoststatus | approximate | minimal_backoff_time
      How long a host stays marked dead.
    Timeout.iconnect | none | -
      Shorter timeout for the first try only.
    Timeout.ident | none | -
      Postfix never asks ident. Drop.
    Timeout.initial | exact | smtp_connect_timeout, smtp_helo_timeout
      Greeting wait: smtp_helo_timeout covers greeting and HELO. Sum of two in sendmail.
    Timeout.lhlo | exact | lmtp_lhlo_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.mail | exact | smtp_mail_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.misc | approximate | smtp_xforward_timeout
      NOOP, VERB. Drop.
    Timeout.queuereturn | exact | maximal_queue_lifetime
      5d in both.
    Timeout.queuereturn.dsn | exact | bounce_queue_lifetime
      For null-sender mail.
    Timeout.queuereturn.non-urgent | none | maximal_queue_lifetime
      As above.
    Timeout.queuereturn.normal | exact | maximal_queue_lifetime
      No Precedence-dependent times.
    Timeout.queuereturn.urgent | none | maximal_queue_lifetime
      Per-Priority times do not exist. Use the normal one.
    Timeout.queuewarn | exact | delay_warning_time
      sendmail 4h, Postfix 0h = never. Write 4h when unset.
    Timeout.queuewarn.dsn | none | -
      Postfix never warns about bounces.
    Timeout.queuewarn.non-urgent | none | delay_warning_time
      No priorities.
    Timeout.queuewarn.normal | exact | delay_warning_time
      Has no counterpart in Postfix and changes no routing.
    Timeout.queuewarn.urgent | none | delay_warning_time
      No priorities.
    Timeout.quit | exact | smtp_quit_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.rcpt | exact | smtp_rcpt_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.resolver.retrans | none | -
      Resolver timing belongs to resolv.conf (options timeout:).
    Timeout.resolver.retrans.first | none | -
      As above.
    Timeout.resolver.retrans.normal | none | -
      As above.
    Timeout.resolver.retry | none | -
      resolv.conf attempts:.
    Timeout.resolver.retry.first | none | -
      As above.
    Timeout.resolver.retry.normal | none | -
      As above.
    Timeout.rset | exact | smtp_rset_timeout
      Has no counterpart in Postfix and changes no routing.
    Timeout.starttls | approximate | smtp_starttls_timeout, smtpd_starttls_timeout
      Has no counterpart in Postfix and changes no routing.
    TimeZoneSpec | approximate | import_environment
      TZ=value may be put into import_environment.
    TLSFallbacktoClear | exact | smtp_tls_security_level = may
      Postfix with 'may' retries in clear after a failed handshake by itself. Without this option sendmail
      defers.
    TLSSrvOptions | exact | smtpd_tls_ask_ccert
      V = do not ask the client for a certificate = smtpd_tls_ask_ccert=no (the Postfix default). Without
      V sendmail asks: smtpd_tls_ask_ccert=yes.
    TrustedUser | none | mail_owner
      Owner of maps and control socket; mail_owner is a different thing (account of the daemons). Drop.
    TryNullMXList | approximate | mydestination, transport_maps
      If best MX is this host: True sends to its A record, False says 'config error: mail loops back to
      me'. Postfix: 'mail for X loops back to myself'. List such domains explicitly.
    UnixFromLine | none | -
      UNIX From_ line format is fixed.
    UnsafeGroupWrites | none | -
      Postfix ignores .forward files that are group or world writable only when owner is wrong. Drop.
    UseCompressedIPv6Addresses | none | -
      Postfix always looks up and prints compressed IPv6. Uncompressed access keys must be rewritten.
      Normalise Connect:IPv6: keys.
    UseErrorsTo | none | -
      Errors-To: header is never used by Postfix.
    UseMSP | none | -
      postdrop/pickup is always there. Drop.
    UserDatabaseSpec | manual | virtual_alias_maps, sender_canonical_maps
      user:maildrop -> virtual alias; user:mailname -> sender_canonical (envelope and header).
      user:mailsender -> owner handling. Dump the btree with makemap -u and split it.
    Verbose | none | -
      Only for tests at the terminal.
    XscriptFileBufferSize | none | -
      Has no counterpart in Postfix and changes no routing.
    """#
}
