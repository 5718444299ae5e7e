// Services.swift: daemons and their ports to master.cf.
//
// DaemonPortOptions become inet services, each with what its modifiers ask for; the
// rest of master.cf is what every Postfix has.

import Diagnostics

/// One DaemonPortOptions or ClientPortOptions line, by first letters as sendmail reads it.
struct PortOptions {
  private(set) var fields: [Character: String] = [:]

  init(_ text: String) {
    for part in text.split(separator: ",") {
      guard let (name, value) = String(part).trimmed.cut("="), let letter = name.trimmed.first else { continue }
      fields[letter] = value.trimmed
    }
  }

  var name: String { fields["N"] ?? "" }
  var port: String { fields["P"] ?? "smtp" }
  var address: String { fields["A"] ?? "" }
  var family: String { fields["F"]?.folded ?? "" }
  var filters: String { fields["I"] ?? "" }
  var modifiers: Set<Character> { Set(fields["M"] ?? "") }
}

extension Builder {
  func translateServices() {
    let lines = facts.allOptions("DaemonPortOptions")
    var services: [ServiceLine] = []
    for (value, origin) in lines { add(PortOptions(value), origin, &services) }
    if services.isEmpty, !lines.isEmpty || nullClientHub == nil {
      add(PortOptions("Name=MTA"), .standard("one daemon on port 25"), &services)
    }
    side.services = services + Self.standardServices
    networkFamilies(lines.map { PortOptions($0.value) })
    clientPorts()
    reportModifiers(lines)
  }

  private func add(_ options: PortOptions, _ origin: Provenance, _ services: inout [ServiceLine]) {
    let name = endpoint(options)
    if let index = services.firstIndex(where: { $0.name == name }) {
      // IPv4 and IPv6 of one port are one service.
      services[index].origins.append(origin)
      return
    }
    services.append(
      ServiceLine(
        name: name, type: "inet", columns: "n - n - -", command: "smtpd", overrides: overrides(options),
        origins: [origin]))
  }

  private func endpoint(_ options: PortOptions) -> String {
    let numbers = [
      "smtp": "smtp", "25": "smtp", "587": "submission", "submission": "submission", "smtps": "465", "465": "465",
      "msa": "submission",
    ]
    let port = numbers[options.port.folded] ?? options.port
    let address = options.address.folded
    if address.isEmpty || address == "0.0.0.0" || address == "::" { return port }
    let plain = address.dropping(prefix: "ipv6:") ?? address
    return (plain.contains(":") ? "[\(plain)]" : plain) + ":" + port
  }

  private func overrides(_ options: PortOptions) -> [String] {
    var result: [String] = []
    let modifiers = options.modifiers
    if !options.name.isEmpty, options.name != "MTA" {
      result.append("syslog_name=postfix/" + Self.logName(options.name))
    }
    if modifiers.contains("s") { result.append("smtpd_tls_wrappermode=yes") }
    if modifiers.contains("S") { result.append("smtpd_tls_security_level=none") }
    if modifiers.contains("A") { result.append("smtpd_sasl_auth_enable=no") }
    if modifiers.contains("E") { result.append("smtpd_etrn_restrictions=reject") }
    if modifiers.contains("a") {
      if authenticates { result.append("smtpd_sasl_auth_enable=yes") }
      result.append("smtpd_client_restrictions=permit_sasl_authenticated,reject")
      result.append("smtpd_delay_reject=yes")
    }
    if modifiers.contains("u"), let list = side.setting("smtpd_sender_restrictions") {
      let words = list.words.map(\.text).filter { $0 != "reject_non_fqdn_sender" }
      result.append("{ smtpd_sender_restrictions = \(words.joined(separator: ", ")) }")
    }
    if modifiers.contains("f"), let list = side.setting("smtpd_helo_restrictions") {
      let words = list.words.map(\.text) + ["reject_non_fqdn_helo_hostname"]
      result.append("{ smtpd_helo_restrictions = \(words.joined(separator: ", ")) }")
    }
    // smtpd takes whoever these maps rewrite for known, and they name whole domains.
    if mapLists["recipient_canonical_maps"] != nil { result.append("recipient_canonical_maps=") }
    return result
  }

  /// Whether the site lets clients log in.
  private var authenticates: Bool {
    !facts.members("TrustAuthMech").isEmpty || facts.option("AuthMechanisms") != nil
  }

  private static func logName(_ name: String) -> String {
    name.folded.filter { ("a"..."z").contains($0) || $0.isASCIIDigit || $0 == "-" }
  }

  private func networkFamilies(_ options: [PortOptions]) {
    let families = Set(options.map { $0.family.isEmpty ? "inet" : $0.family })
    if options.isEmpty || families == ["inet"] {
      set(
        "inet_protocols", "ipv4", .identity,
        facts.allOptions("DaemonPortOptions").first?.origin ?? .standard("the daemon listens on IPv4"))
    } else if families == ["inet6"] {
      set("inet_protocols", "ipv6", .identity, facts.allOptions("DaemonPortOptions")[0].origin)
    } else {
      set("inet_protocols", "all", .identity, facts.allOptions("DaemonPortOptions")[0].origin)
    }
    set("inet_interfaces", "all", .identity, .standard("services that listen on one address say so in master.cf"))
  }

  private func clientPorts() {
    for (value, origin) in facts.allOptions("ClientPortOptions") {
      let options = PortOptions(value)
      if !options.address.isEmpty {
        let isSix = options.address.contains(":")
        let address = options.address.folded
        set(
          isSix ? "smtp_bind_address6" : "smtp_bind_address", address.dropping(prefix: "ipv6:") ?? address,
          .routing, origin)
      }
      if options.modifiers.contains("A") { set("smtp_sasl_auth_enable", "no", .security, origin) }
      if options.modifiers.contains("S") { set("smtp_tls_security_level", "none", .security, origin) }
    }
    note(.option("ClientPortOptions"), .approximate, "smtp_bind_address, smtp_bind_address6")
    note(.word("CLIENT_OPTIONS"), .approximate, "smtp_bind_address, smtp_bind_address6")
  }

  private func reportModifiers(_ lines: [(value: String, origin: Provenance)]) {
    let needsLogin = lines.contains { PortOptions($0.value).modifiers.contains("a") }
    let losing = lines.contains {
      !PortOptions($0.value).modifiers.isDisjoint(with: "bcChO") || !PortOptions($0.value).filters.isEmpty
    }
    let verdict: Verdict = needsLogin && !authenticates ? .manual : losing || needsLogin ? .approximate : .exact
    let reason =
      needsLogin && !authenticates
      ? "M=a asks for a login, and the site names no way to log in: all mail is refused there, as "
        + "sendmail does. Set up SASL and smtpd_sasl_auth_enable=yes."
      : nil
    note(.option("DaemonPortOptions"), verdict, "master.cf", reason)
    note(.word("DAEMON_OPTIONS"), verdict, "master.cf", reason)
    note(.feature("no_default_msa"), .exact, "no submission service but those named")
  }

  /// What every Postfix runs besides its network daemons.
  private static let standardServices: [ServiceLine] =
    [
      ("pickup", "n - n 60 1", "pickup"), ("cleanup", "n - n - 0", "cleanup"), ("qmgr", "n - n 300 1", "qmgr"),
      ("tlsmgr", "- - n 1000? 1", "tlsmgr"), ("rewrite", "- - n - -", "trivial-rewrite"),
      ("bounce", "- - n - 0", "bounce"), ("defer", "- - n - 0", "bounce"), ("trace", "- - n - 0", "bounce"),
      ("verify", "- - n - 1", "verify"), ("flush", "n - n 1000? 0", "flush"), ("proxymap", "- - n - -", "proxymap"),
      ("proxywrite", "- - n - 1", "proxymap"), ("smtp", "- - n - -", "smtp"), ("relay", "- - n - -", "smtp"),
      ("showq", "n - n - -", "showq"), ("error", "- - n - -", "error"), ("retry", "- - n - -", "error"),
      ("discard", "- - n - -", "discard"), ("local", "- n n - -", "local"), ("virtual", "- n n - -", "virtual"),
      ("lmtp", "- - n - -", "lmtp"), ("anvil", "- - n - 1", "anvil"), ("scache", "- - n - 1", "scache"),
    ].map { name, columns, command in
      ServiceLine(name: name, type: "unix", columns: columns, command: command, overrides: [], origins: [])
    } + [
      ServiceLine(
        name: "postlog", type: "unix-dgram", columns: "n - n - 1", command: "postlogd", overrides: [], origins: [])
    ]
}
