// Options.swift: options that become parameters.
//
// A row says for one option which parameters it sets and how its value is turned
// into theirs. Options that are not set count too: where the two systems have
// different defaults, sendmail's is written out.

/// How one option is translated.
struct OptionRule: Sendable {
  var name: String
  var section: Section
  /// The parameters for a value; nil where this value cannot be translated.
  var parameters: @Sendable (String) -> [(name: String, value: String)]?
  /// The value that holds in sendmail when the option is not set, where Postfix's differs.
  var standard: String?

  init(
    _ name: String, _ section: Section, standard: String? = nil,
    _ parameters: @escaping @Sendable (String) -> [(name: String, value: String)]?
  ) {
    self.name = name
    self.section = section
    self.standard = standard
    self.parameters = parameters
  }

  /// One or more parameters that take the converted value.
  init(
    _ name: String, _ section: Section, to parameters: String..., standard: String? = nil,
    by convert: @escaping @Sendable (String) -> String?
  ) {
    self.init(name, section, standard: standard) { value in
      convert(value).map { converted in parameters.map { ($0, converted) } }
    }
  }
}

/// Values of options in Postfix's notation.
package enum OptionValue {
  /// A number without further meaning.
  package static func number(_ text: String) -> String? {
    let digits = text.trimmed.prefix { $0.isASCII && $0.isNumber }
    return digits.isEmpty ? nil : String(digits)
  }

  package static func same(_ text: String) -> String? { text.isEmpty ? nil : text.withoutReferences }

  /// `True`, `yes` and the like; sendmail looks at the first letter.
  package static func isTrue(_ text: String) -> Bool {
    text.isEmpty || "tTyY".contains(text.prefix(1))
  }

  /// `1h30m` as seconds, in the largest unit that fits; the default unit is given.
  package static func interval(_ text: String, unit: Character) -> String? {
    guard let seconds = seconds(text, unit: unit) else { return nil }
    for (letter, size) in [("w", 604_800), ("d", 86_400), ("h", 3600), ("m", 60)]
    where seconds > 0 && seconds % size == 0 {
      return "\(seconds / size)\(letter)"
    }
    return "\(seconds)s"
  }

  package static func seconds(_ text: String, unit: Character) -> Int? {
    let sizes: [Character: Int] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
    var total = 0
    var digits = ""
    for character in text.trimmed + (text.last?.isNumber ?? false ? String(unit) : "") {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else {
        guard let size = sizes[character], let count = Int(digits), count < 1 << 32 else { return nil }
        total = min(total + count * size, 1 << 40)
        digits = ""
      }
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }

  package static func seconds(_ text: String) -> String? { interval(text, unit: "s") }
  package static func minutes(_ text: String) -> String? { interval(text, unit: "m") }
  package static func hours(_ text: String) -> String? { interval(text, unit: "h") }
  package static func days(_ text: String) -> String? { interval(text, unit: "d") }
}

extension OptionRule {
  private typealias Value = OptionValue

  static let all: [OptionRule] = limits + times + service + delivery + filters + security

  private static let limits: [OptionRule] = [
    OptionRule("MaxMessageSize", .limits, standard: "0") { value in
      Value.number(value).map { [("message_size_limit", $0), ("mailbox_size_limit", "0")] }
    },
    OptionRule("MaxHopCount", .limits, to: "hopcount_limit", standard: "25", by: Value.number),
    OptionRule("MaxRecipientsPerMessage", .limits, standard: "0") { value in
      // 0 means no limit, which Postfix has no number for.
      Value.number(value).map { [("smtpd_recipient_limit", $0 == "0" ? "100000" : $0)] }
    },
    OptionRule("MinFreeBlocks", .limits) { value in
      Value.number(value).flatMap(Int.init).map { [("queue_minfree", "\(min($0, 1 << 30) * 4096)")] }
    },
    OptionRule("BadRcptThrottle", .limits) { value in
      Value.number(value).map { [("smtpd_soft_error_limit", $0), ("smtpd_hard_error_limit", "100")] }
    },
    OptionRule("ConnectionRateThrottle", .limits) { value in
      Value.number(value).map { [("smtpd_client_connection_rate_limit", $0)] }
    },
    OptionRule("ConnectionRateWindowSize", .limits, to: "anvil_rate_time_unit", by: Value.seconds),
    OptionRule("MaxDaemonChildren", .limits, to: "default_process_limit", by: Value.positive),
    OptionRule("MaxHeadersLength", .limits) { _ in [] },
    OptionRule("MaxNOOPCommands", .limits, to: "smtpd_junk_command_limit", by: Value.number),
    OptionRule("MaxQueueRunSize", .limits, to: "qmgr_message_active_limit", by: Value.positive),
    OptionRule("SingleThreadDelivery", .limits) {
      Value.isTrue($0) ? [("smtp_destination_concurrency_limit", "1")] : []
    },
    OptionRule("MaxAliasRecursion", .limits) { value in
      Value.number(value).map { [("virtual_alias_recursion_limit", $0)] }
    },
    OptionRule("ConnectionCacheSize", .limits) { _ in [] },
    OptionRule("ConnectionCacheTimeout", .limits) { _ in [] },
  ]

  private static let times: [OptionRule] = [
    OptionRule("QueueTimeout", .times) { Value.queueTimeout($0) },
    OptionRule("Timeout.queuereturn", .times, to: "maximal_queue_lifetime", by: Value.days),
    OptionRule("Timeout.queuereturn.normal", .times, to: "maximal_queue_lifetime", by: Value.days),
    OptionRule("Timeout.queuereturn.dsn", .times, to: "bounce_queue_lifetime", by: Value.days),
    OptionRule(
      "Timeout.queuewarn", .times, to: "delay_warning_time", standard: "4h", by: Value.hours),
    OptionRule("Timeout.queuewarn.normal", .times, to: "delay_warning_time", by: Value.hours),
    OptionRule("Timeout.connect", .times, to: "smtp_connect_timeout", by: Value.minutes),
    OptionRule("Timeout.initial", .times, to: "smtp_helo_timeout", by: Value.minutes),
    OptionRule("Timeout.helo", .times, to: "smtp_helo_timeout", by: Value.minutes),
    OptionRule("Timeout.mail", .times, to: "smtp_mail_timeout", by: Value.minutes),
    OptionRule("Timeout.rcpt", .times, to: "smtp_rcpt_timeout", by: Value.minutes),
    OptionRule("Timeout.datainit", .times, to: "smtp_data_init_timeout", by: Value.minutes),
    OptionRule("Timeout.datablock", .times, to: "smtp_data_xfer_timeout", by: Value.minutes),
    OptionRule("Timeout.datafinal", .times, to: "smtp_data_done_timeout", by: Value.minutes),
    OptionRule("Timeout.rset", .times, to: "smtp_rset_timeout", by: Value.minutes),
    OptionRule("Timeout.quit", .times, to: "smtp_quit_timeout", by: Value.minutes),
    OptionRule("Timeout.lhlo", .times, to: "lmtp_lhlo_timeout", by: Value.minutes),
    OptionRule("Timeout.command", .times, to: "smtpd_timeout", standard: "1h", by: Value.minutes),
    OptionRule(
      "Timeout.starttls", .times, to: "smtp_starttls_timeout", "smtpd_starttls_timeout",
      by: Value.minutes),
    OptionRule("Timeout.hoststatus", .times, to: "minimal_backoff_time", by: Value.minutes),
    OptionRule("MinQueueAge", .times, to: "minimal_backoff_time", by: Value.minutes),
    OptionRule("MaxQueueAge", .times, to: "maximal_backoff_time", by: Value.minutes),
  ]

  private static let service: [OptionRule] = [
    OptionRule("SmtpGreetingMessage", .identity, standard: "$j Sendmail $v/$Z; $b") { value in
      [("smtpd_banner", Value.banner(value))]
    },
    OptionRule("HeloName", .identity, to: "smtp_helo_name", by: Value.same),
    OptionRule("PrivacyOptions", .restrictions) { Value.privacy($0) },
    OptionRule("AllowBogusHELO", .restrictions) { _ in [] },
    OptionRule("SoftBounce", .delivery) { Value.isTrue($0) ? [("soft_bounce", "yes")] : [] },
    OptionRule("DeliveryMode", .delivery) { value in
      switch String(value.prefix(1)).folded {
      case "b", "i": []
      case "q", "d": [("defer_transports", "smtp, relay, lmtp, local")]
      default: nil
      }
    },
    OptionRule("NoRecipientAction", .rewriting) { value in
      switch value.folded {
      case "none": [("undisclosed_recipients_header", "")]
      case "add-to-undisclosed": [("undisclosed_recipients_header", "To: undisclosed-recipients:;")]
      default: nil
      }
    },
    OptionRule("EightBitMode", .delivery) { value in
      switch String(value.prefix(1)).folded {
      case "m": []
      case "p": [("disable_mime_output_conversion", "yes")]
      case "s": [("strict_8bitmime", "yes")]
      default: nil
      }
    },
    OptionRule("DontExpandCnames", .rewriting) { _ in [] },
    OptionRule("MeToo", .delivery) { Value.isTrue($0) ? [] : nil },
    OptionRule("HoldExpensive", .delivery) { Value.isTrue($0) ? nil : [] },
    OptionRule("DontProbeInterfaces", .local) { _ in [] },
    OptionRule("ResolverOptions", .other) { _ in [] },
    OptionRule("ServiceSwitchFile", .other) { _ in [] },
    OptionRule("TimeZoneSpec", .other) { value in
      value.isEmpty
        ? [] : [("import_environment", "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ=\(value) LANG=C")]
    },
    OptionRule("FallbackMXhost", .routing) { value in
      [("smtp_fallback_relay", value.split(separator: ":").joined(separator: ", "))]
    },
    OptionRule("FallbackSmartHost", .routing, to: "smtp_fallback_relay", by: Value.same),
    OptionRule("TryNullMXList", .routing) { _ in [] },
    OptionRule("DoubleBounceAddress", .delivery) { value in
      value.isEmpty
        ? [] : [("2bounce_notice_recipient", value), ("notify_classes", "resource, software, 2bounce")]
    },
    OptionRule("PostmasterCopy", .delivery) { value in
      value.isEmpty
        ? []
        : [("bounce_notice_recipient", value), ("notify_classes", "resource, software, bounce, delay")]
    },
  ]

  private static let delivery: [OptionRule] = [
    OptionRule("DefaultUser", .delivery, standard: "daemon") { value in
      Value.account(value).map { [("default_privs", $0)] }
    },
    OptionRule("ForwardPath", .delivery) { value in
      Value.forwardPath(value).map { [("forward_path", $0)] }
    },
    OptionRule("SafeFileEnvironment", .delivery) { $0.isEmpty ? [] : nil },
  ]

  private static let filters: [OptionRule] =
    [
      OptionRule("RejectNUL", .restrictions) {
        Value.isTrue($0) ? [("message_reject_characters", "\\0")] : []
      }
    ]
    + [
      ("connect", "connect"), ("helo", "helo"), ("envfrom", "mail"), ("envrcpt", "rcpt"), ("data", "data"),
      ("eoh", "end_of_header"), ("eom", "end_of_data"),
    ].map { stage, name in
      OptionRule("Milter.macros.\(stage)", .restrictions, to: "milter_\(name)_macros") { value in
        value.split { $0 == "," || $0.isBlank }.joined(separator: " ")
      }
    }

  private static let security: [OptionRule] = [
    OptionRule("CACertPath", .security, to: "smtpd_tls_CApath", "smtp_tls_CApath", by: Value.same),
    OptionRule("CACertFile", .security, to: "smtpd_tls_CAfile", "smtp_tls_CAfile", by: Value.same),
    OptionRule("ServerCertFile", .security) { value in
      value.contains(",") || value.isEmpty
        ? nil : [("smtpd_tls_cert_file", value), ("smtpd_tls_security_level", "may")]
    },
    OptionRule("ServerKeyFile", .security) { value in
      value.contains(",") || value.isEmpty ? nil : [("smtpd_tls_key_file", value)]
    },
    OptionRule("ClientCertFile", .security) { value in
      value.contains(",") || value.isEmpty
        ? nil : [("smtp_tls_cert_file", value), ("smtp_tls_security_level", "may")]
    },
    OptionRule("ClientKeyFile", .security) { value in
      value.contains(",") || value.isEmpty ? nil : [("smtp_tls_key_file", value)]
    },
    OptionRule("TLSSrvOptions", .security) { value in
      [("smtpd_tls_ask_ccert", value.contains("V") ? "no" : "yes")]
    },
    OptionRule("CertFingerprintAlgorithm", .security, to: "smtpd_tls_fingerprint_digest", by: Value.same),
    OptionRule("AuthOptions", .security) { Value.authentication($0) },
    OptionRule("AuthRealm", .security, to: "smtpd_sasl_local_domain", by: Value.same),
    OptionRule("TLSFallbacktoClear", .security) {
      Value.isTrue($0) ? [("smtp_tls_security_level", "may")] : nil
    },
    OptionRule("DHParameters", .security) { value in
      value.hasPrefix("/") ? [("smtpd_tls_dh1024_param_file", value)] : []
    },
    OptionRule("ServerSSLOptions", .security) { Value.protocols($0, of: "smtpd") },
    OptionRule("ClientSSLOptions", .security) { Value.protocols($0, of: "smtp") },
  ]
}

extension OptionValue {
  /// `5d/4h`: the times to give up and to warn, in one.
  package static func queueTimeout(_ text: String) -> [(name: String, value: String)]? {
    let parts = text.split(separator: "/").map(String.init)
    guard let first = parts.first, let end = days(first) else { return nil }
    let warning = parts.count > 1 ? hours(parts[1]) : nil
    return [("maximal_queue_lifetime", end)] + (warning.map { [("delay_warning_time", $0)] } ?? [])
  }

  /// `+SSL_OP_NO_TLSv1`: protocols that are not spoken; nil where other options are set.
  package static func protocols(_ text: String, of side: String) -> [(name: String, value: String)]? {
    let known = [
      "SSL_OP_NO_SSLv2": "SSLv2", "SSL_OP_NO_SSLv3": "SSLv3", "SSL_OP_NO_TLSv1": "TLSv1",
      "SSL_OP_NO_TLSv1_1": "TLSv1.1", "SSL_OP_NO_TLSv1_2": "TLSv1.2", "SSL_OP_NO_TLSv1_3": "TLSv1.3",
    ]
    var excluded: [String] = []
    var others: [(name: String, value: String)] = []
    for word in text.split(whereSeparator: { $0.isBlank || $0 == "," || $0 == "|" }) {
      if word.hasPrefix("-") { continue }
      let name = String(word.drop { $0 == "+" })
      if let version = known[name] {
        excluded.append("!" + version)
      } else if name == "SSL_OP_CIPHER_SERVER_PREFERENCE", side == "smtpd" {
        others.append(("tls_preempt_cipherlist", "yes"))
      } else {
        return nil
      }
    }
    let list = excluded.joined(separator: ", ")
    let names = ["_tls_protocols", "_tls_mandatory_protocols"]
    return (excluded.isEmpty ? [] : names.map { (side + $0, list) }) + others
  }

  /// A number above 0; 0 means no limit, as without the parameter.
  package static func positive(_ text: String) -> String? {
    number(text).flatMap { Int($0) ?? 0 > 0 ? $0 : nil }
  }

  /// The greeting: what cannot be said there is left out.
  package static func banner(_ text: String) -> String {
    var words = text.words.map { word in
      word.hasPrefix("$j") ? "$myhostname" : word
    }.filter { !$0.contains("$") || $0 == "$myhostname" }
    if words.first != "$myhostname" { words.insert("$myhostname", at: 0) }
    words.insert("ESMTP", at: 1)
    return words.joined(separator: " ").withoutTrailingPunctuation
  }

  /// The user of `user:group`; numbers that every system gives to the same accounts.
  package static func account(_ text: String) -> String? {
    let user = text.cut(":")?.before ?? text.cut(".")?.before ?? text
    if user.isEmpty || user == "root" || user == "0" { return nil }
    guard user.allSatisfy({ $0.isASCII && $0.isNumber }) else { return user }
    return ["1": "daemon", "2": "bin", "8": "mail", "65534": "nobody"][user]
  }

  package static func privacy(_ text: String) -> [(name: String, value: String)] {
    let flags = Set(text.split { $0 == "," || $0.isBlank }.map { String($0).folded })
    let all = flags.contains("goaway")
    var result: [(String, String)] = []
    if all || flags.contains("needmailhelo") { result.append(("smtpd_helo_required", "yes")) }
    if all || flags.contains("novrfy") || flags.contains("needvrfyhelo") {
      result.append(("disable_vrfy_command", "yes"))
    }
    if flags.contains("noetrn") { result.append(("smtpd_etrn_restrictions", "reject")) }
    if flags.contains("noreceipts") { result.append(("smtpd_discard_ehlo_keywords", "silent-discard, dsn")) }
    if flags.contains("nobodyreturn") { result.append(("bounce_size_limit", "1")) }
    if flags.contains("restrictmailq") { result.append(("authorized_mailq_users", "root")) }
    if flags.contains("restrictqrun") { result.append(("authorized_flush_users", "root")) }
    return result
  }

  /// Letters that exclude mechanisms. Anonymous logins stay out in any case.
  package static func authentication(_ text: String) -> [(name: String, value: String)] {
    let words: [(letters: String, word: String)] = [
      ("a", "noactive"), ("d", "nodictionary"), ("f", "forward_secrecy"), ("cm", "mutual_auth"),
    ]
    let demands = ["noanonymous"] + words.filter { $0.letters.contains(where: text.contains) }.map(\.word)
    let all = demands.joined(separator: ", ")
    guard text.contains("p") else {
      return [("smtpd_sasl_security_options", all), ("smtp_sasl_security_options", all)]
    }
    return [
      ("smtpd_tls_auth_only", "yes"), ("smtpd_sasl_security_options", all),
      ("smtp_sasl_security_options", "noplaintext, " + all), ("smtp_sasl_tls_security_options", all),
    ]
  }

  /// Flags of PrivacyOptions that say nothing to Postfix.
  package static let exactPrivacy: Set<String> = [
    "public", "needmailhelo", "novrfy", "noexpn", "needexpnhelo", "noetrn", "noreceipts", "goaway",
  ]

  package static func forwardPath(_ text: String) -> String? {
    var paths: [String] = []
    for part in text.split(separator: ":") {
      let path = String(part).replacing("+$h", by: "${recipient_delimiter}${extension}")
        .replacing("$h", by: "${extension}").replacing("$z", by: "$home").replacing("$u", by: "$user")
      // $w, the host's name, has no expansion there.
      if !path.contains("$w"), !path.contains("$j"), !paths.contains(path) { paths.append(path) }
    }
    return paths.isEmpty ? nil : paths.joined(separator: ", ")
  }
}

extension String {
  fileprivate var withoutTrailingPunctuation: String {
    var text = self
    while let last = text.last, ";:, /".contains(last) { text.removeLast() }
    return text
  }
}

extension Builder {
  func translateOptions() {
    mailFilters()
    for rule in OptionRule.all {
      if let (value, origin) = facts.option(rule.name) {
        apply(rule, value, origin)
      } else if let standard = rule.standard, let parameters = rule.parameters(standard) {
        for (name, value) in parameters where side.setting(name) == nil {
          set(name, value, rule.section, .standard("\(rule.name)=\(standard)"))
        }
        noteDefault(
          "\(rule.name) is not set", .exact, parameters.map(\.name).joined(separator: ", "),
          "sendmail's default, \(standard), is not Postfix's.")
      }
    }
    // Debian's mail readers expect no announcement, and sendmail never makes one.
    set("biff", "no", .delivery, .standard("nobody is told of new mail"))
  }

  private func apply(_ rule: OptionRule, _ value: String, _ origin: Provenance) {
    let entry = OptionCatalogue.entry(rule.name)
    guard let parameters = rule.parameters(value) else {
      note(.option(rule.name), .manual, entry?.postfix ?? "-")
      return
    }
    for (name, value) in parameters { set(name, value, rule.section, origin) }
    let names = parameters.map(\.name).joined(separator: ", ")
    note(
      .option(rule.name), entry?.verdict == .exact ? .exact : .approximate, names.isEmpty ? "-" : names)
  }
}
