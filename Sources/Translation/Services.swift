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

  var isIPv6: Bool { family.hasPrefix("inet6") }
  /// The port as master.cf names it.
  var service: String {
    switch port.folded {
    case "25": "smtp"
    case "587", "msa": "submission"
    case "smtps": "465"
    default: port.folded
    }
  }
  /// Where it listens on one address only.
  var host: String? {
    let small = address.folded
    if ["", "0.0.0.0", "::", "ipv6:::"].contains(small) { return nil }
    return small.dropping(prefix: "ipv6:") ?? small
  }
}

/// Which ports are open by which protocol.
private struct PortFamilies {
  private let all: [PortOptions]

  init(_ all: [PortOptions]) { self.all = all }

  var usesIPv6: Bool { all.contains(where: \.isIPv6) }

  /// The name of the service. sendmail's socket for IPv6 takes IPv4 too, as Linux has it,
  /// and so does a port alone where main.cf has both.
  func endpoint(_ options: PortOptions) -> String {
    if let host = options.host { return (host.contains(":") ? "[\(host)]" : host) + ":" + options.service }
    let isSixThere = all.contains { $0.isIPv6 && $0.host == nil && $0.service == options.service }
    return usesIPv6 && !isSixThere ? "0.0.0.0:" + options.service : options.service
  }
}

extension Builder {
  func translateServices() {
    let lines = facts.allOptions("DaemonPortOptions").map { (PortOptions($0.value), $0.origin) }
    let families = PortFamilies(lines.map(\.0))
    var services: [ServiceLine] = []
    for (options, origin) in lines { add(options, origin, families, &services) }
    if services.isEmpty, !lines.isEmpty || nullClientHub == nil {
      add(PortOptions("Name=MTA"), .standard("one daemon on port 25"), families, &services)
    }
    side.services = services + Self.standardServices.map { client($0, families) }
    let six = lines.first { $0.0.isIPv6 }
    set(
      "inet_protocols", families.usesIPv6 ? "all" : "ipv4", .identity,
      six?.1 ?? lines.first?.1 ?? .standard("the daemon listens on IPv4"))
    set("inet_interfaces", "all", .identity, .standard("services that listen on one address say so in master.cf"))
    clientPorts()
    noteServices()
  }

  /// The daemon's family is not the client's, which sends to both.
  private func client(_ service: ServiceLine, _ families: PortFamilies) -> ServiceLine {
    guard service.command == "smtp", !families.usesIPv6 else { return service }
    var service = service
    service.overrides.append("inet_protocols=all")
    service.origins.append(.standard("mail goes out by IPv6, too"))
    return service
  }

  private func add(
    _ options: PortOptions, _ origin: Provenance, _ families: PortFamilies, _ services: inout [ServiceLine]
  ) {
    let name = families.endpoint(options)
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
    if nullClientHub == nil, mapLists["canonical_maps"] != nil { result.append("canonical_maps=") }
    return result
  }

  /// Whether the site lets clients log in.
  private var authenticates: Bool {
    !facts.members("TrustAuthMech").isEmpty || facts.option("AuthMechanisms") != nil
  }

  private static func logName(_ name: String) -> String {
    name.folded.filter { ("a"..."z").contains($0) || $0.isASCIIDigit || $0 == "-" }
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

  private func noteServices() {
    note(.feature("no_default_msa"), .exact, "no submission service but those named")
    for name in ["smtp", "esmtp", "smtp8", "dsmtp", "relay"] {
      note(.mailer(name), .approximate, "smtp, relay", "One SMTP client for all; it always tries ESMTP.")
    }
    for name in ["confSMTP_MAILER", "confRELAY_MAILER"] {
      note(.word(name), .approximate, "smtp, relay", "One SMTP client for all; it always tries ESMTP.")
    }
  }

  /// What became of one DaemonPortOptions line.
  func portOutcome(_ value: String) -> Outcome {
    let options = PortOptions(value)
    if options.modifiers.contains("a"), !authenticates {
      return Outcome(
        verdict: .manual, postfix: "master.cf",
        reason: "M=a asks for a login, and the site names no way to log in: all mail is refused there, as "
          + "sendmail does. Set up SASL and smtpd_sasl_auth_enable=yes.")
    }
    if options.isIPv6, options.host == nil {
      return Outcome(
        verdict: .approximate, postfix: "master.cf",
        reason: "A socket for IPv6 takes IPv4 too, in sendmail as here; [::]:smtp in master.cf is IPv6 alone.")
    }
    let isLosing = !options.modifiers.isDisjoint(with: "abcChO") || !options.filters.isEmpty
    return Outcome(
      verdict: isLosing ? .approximate : .exact, postfix: "master.cf",
      reason: options.filters.isEmpty ? nil : "The filters of I= have to be named in smtpd_milters.")
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
