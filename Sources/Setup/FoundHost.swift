// FoundHost.swift: what is on a host already, as proposals for answers.
//
// An earlier sendmail.mc is read by its calls, as m4 carried them out, so that it does
// not matter who wrote it. The tables are read as they are.

import MCCompiler

/// What was found on a host.
package struct FoundHost: Sendable {
  /// Full, where the host knows it.
  package var systemName: String?
  /// What /etc/mailname says.
  package var mailName: String?
  package var isDebian = false
  /// A user who has mail here.
  package var user = "root"
  /// Files of the configuration's folder by name.
  package var texts: [String: [UInt8]] = [:]
  /// Those of the earlier sendmail.mc.
  package var calls: [SiteCall] = []

  package init() {}

  /// Whether a file is there.
  package func has(_ file: String) -> Bool { texts[file] != nil }
}

// MARK: - Calls

extension FoundHost {
  /// Begins the lines at the end of a sendmail.mc that are kept as they are; Debian's
  /// sendmailconfig keeps what follows the same words.
  static let customMark = "## Custom"
  static let kindMark = "dnl  Kind of host: "

  private var mcLines: [Substring] {
    String(decoding: texts["sendmail.mc"] ?? [], as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The kept end of the earlier sendmail.mc, its mark first.
  var customLines: [String] {
    let lines = mcLines.drop { !$0.hasPrefix(Self.customMark) }.map(String.init)
    return lines.last == "" ? lines.dropLast() : lines
  }

  /// The calls before it, and before the LOCAL_CONFIG that brings it into the .cf.
  private var outerCalls: [SiteCall] {
    guard let mark = mcLines.firstIndex(where: { $0.hasPrefix(Self.customMark) }) else { return calls }
    return calls.filter { $0.position.line < mark || $0.position.line == mark && $0.name != "LOCAL_CONFIG" }
  }

  private func words(of name: String) -> [String] {
    calls.filter { $0.name == name }.flatMap { $0.text(0).split { $0.isWhitespace || $0 == "," }.map(String.init) }
  }

  private func definition(of name: String) -> String? {
    calls.last { $0.name == "define" && $0.text(0) == name }?.text(1)
  }

  func feature(_ name: String) -> SiteCall? { calls.last { $0.name == "FEATURE" && $0.text(0) == name } }

  func firstArgument(of name: String) -> String? { calls.last { $0.name == name }?.text(0) }

  /// Calls that no question covers, written again.
  package var keptCalls: [String] { outerCalls.filter { !isCovered($0) }.compactMap(\.rewritten) }
  var keptMailers: [String] {
    outerCalls.filter { $0.name == "MAILER" && !["local", "smtp"].contains($0.text(0)) }.compactMap(\.rewritten)
  }

  /// What is in the earlier file and gets lost, as people would find it there.
  package var lostCalls: [SiteCall] {
    outerCalls.filter {
      $0.arguments.isEmpty && !$0.isLayout && $0.name != "include" || !isCovered($0) && $0.rewritten == nil
    }
  }

  private func isCovered(_ call: SiteCall) -> Bool {
    switch call.name {
    case "FEATURE": Self.coveredFeatures.contains(call.text(0))
    case "define": Self.coveredNames.contains(call.text(0))
    default: call.isLayout || call.arguments.isEmpty || Self.coveredCalls.contains(call.name)
    }
  }

  private static let coveredFeatures: Set<String> = [
    "access_db", "blacklist_recipients", "blocklist_recipients", "genericstable", "local_lmtp", "local_procmail",
    "mailertable", "masquerade_envelope", "no_default_msa", "nullclient", "use_cw_file", "virtusertable",
  ]
  private static let coveredNames: Set<String> = ["SMART_HOST", "_USE_ETC_MAIL_", "confDOMAIN_NAME"]
  private static let coveredCalls: Set<String> = [
    "DAEMON_OPTIONS", "DOMAIN", "EXPOSED_USER", "GENERICS_DOMAIN", "MAILER", "MASQUERADE_AS", "OSTYPE", "VERSIONID",
    "VIRTUSER_DOMAIN",
  ]
}

extension SiteCall {
  /// The call as it may be written again; nil where its text would not be the same.
  fileprivate var rewritten: String? {
    let texts = arguments.map { String(decoding: $0, as: UTF8.self) }
    return texts.allSatisfy(\.hasBalancedQuotes) ? mcCall(name, texts) : nil
  }
}

extension String {
  fileprivate var hasBalancedQuotes: Bool {
    var depth = 0
    for character in self {
      if character == "`" { depth += 1 }
      if character == "'" { depth -= 1 }
      if depth < 0 { return false }
    }
    return depth == 0
  }
}

/// A call as people write it in a sendmail.mc.
func mcCall(_ name: String, _ arguments: [String]) -> String {
  "\(name)(" + arguments.map { $0.isEmpty ? "" : "`\($0)'" }.joined(separator: ", ") + ")dnl"
}

// MARK: - Proposals

extension FoundHost {
  var kind: HostKind {
    let mark = mcLines.first { $0.hasPrefix(Self.kindMark) }
    if let mark, let kind = HostKind(rawValue: mark.dropFirst(Self.kindMark.count).trimmed) { return kind }
    if hub != nil { return .nullClient }
    if !virtualUsers.isEmpty || localNames.contains(where: { $0 != hostName }) { return .domainServer }
    if !relayDomains.isEmpty || !relayNetworks.isEmpty { return .relay }
    return smartHost == nil ? .workstation : .smartHostClient
  }

  var hostName: String? { (definition(of: "confDOMAIN_NAME") ?? systemName).flatMap(Words.domain) }

  var hub: String? { feature("nullclient").flatMap { Words.domain($0.text(1)) } }

  var smartHost: String? { definition(of: "SMART_HOST").flatMap(Words.mailHost) }

  var localNames: [String] {
    String(decoding: texts["local-host-names"] ?? [], as: UTF8.self).split(separator: "\n").compactMap { line in
      Words.domain(line.prefix { $0 != "#" }.trimmed)
    }
  }

  /// Nil where there is no sendmail.mc.
  var listen: String? {
    let ports = calls.filter { $0.name == "DAEMON_OPTIONS" }.map { $0.text(0).lowercased() }
    if ports.isEmpty { return calls.isEmpty ? nil : "all" }
    let isInside = ports.allSatisfy { port in
      ["=127.", "=::1", "=ipv6:::1", "=localhost"].contains { port.contains($0) }
    }
    return isInside ? "loopback" : "all"
  }

  var relayNetworks: [String] { entries("access").compactMap(AnsweredTable.relayNetwork).uniqued }

  var relayDomains: [String] {
    let routes = entries("mailertable").compactMap(AnsweredTable.route)
    return entries("access").compactMap(AnsweredTable.relayDomain).uniqued.map { domain in
      routes.first { $0.hasPrefix(domain + "=") } ?? domain
    }
  }

  var refused: [String] { entries("access").compactMap(AnsweredTable.refused).uniqued }

  var virtualUsers: [String] { entries("virtusertable").compactMap(AnsweredTable.virtualUser) }

  var senderAddresses: [String] { entries("genericstable").compactMap(AnsweredTable.senderAddress) }

  private func entries(_ table: String) -> [TableEntry] { TableText(texts[table] ?? []).entries }

  func masquerade(_ answers: Answers) -> String? {
    if let name = firstArgument(of: "MASQUERADE_AS") { return Words.domain(name) }
    let name = calls.isEmpty ? mailName.flatMap(Words.domain) : nil
    return name == answers.hostName ? nil : name
  }

  var exposedUsers: [String] {
    let users = words(of: "EXPOSED_USER").compactMap(Words.user)
    return users.isEmpty ? ["root"] : users.uniqued
  }

  var localDelivery: String {
    if feature("local_procmail") != nil { return "procmail" }
    return feature("local_lmtp") != nil ? "lmtp" : "system"
  }

  var queueInterval: String {
    let value = DaemonSettings(texts["sendmail.conf"] ?? []).value(of: "QUEUE_INTERVAL")
    return value.flatMap(Form.interval.read) ?? "10m"
  }
}

extension [String] {
  /// Each once, in their order.
  var uniqued: [String] { enumerated().filter { !self[..<$0.offset].contains($0.element) }.map(\.element) }
}
