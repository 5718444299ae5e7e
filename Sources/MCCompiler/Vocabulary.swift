// Vocabulary.swift: the macros that a site file calls, and calls that are none.
//
// m4 copies what is no macro. A misspelt call so lands at the top of the .cf, before
// its V line, where sendmail takes it for a line of its own: nothing that a site file
// says belongs there.

import Diagnostics

enum Vocabulary {
  /// The names of sendmail's cf README.
  static let names = [
    "CANONIFY_DOMAIN", "CANONIFY_DOMAIN_FILE", "CLIENT_OPTIONS", "CONCAT", "DAEMON_OPTIONS", "DOL",
    "DOMAIN", "EXPOSED_USER", "EXPOSED_USER_FILE", "FEATURE", "GENERICS_DOMAIN",
    "GENERICS_DOMAIN_FILE", "HACK", "INPUT_MAIL_FILTER", "LDAPROUTE_DOMAIN",
    "LDAPROUTE_DOMAIN_FILE", "LDAPROUTE_EQUIVALENT", "LDAPROUTE_EQUIVALENT_FILE",
    "LOCAL_CLT_FEATURES", "LOCAL_CONFIG", "LOCAL_DNSBL", "LOCAL_DOMAIN", "LOCAL_NET_CONFIG",
    "LOCAL_RULESETS", "LOCAL_RULE_0", "LOCAL_RULE_1", "LOCAL_RULE_2", "LOCAL_RULE_3",
    "LOCAL_SRV_FEATURES", "LOCAL_TLS_CLIENT", "LOCAL_TLS_RCPT", "LOCAL_TLS_SERVER",
    "LOCAL_TRY_TLS", "LOCAL_USER", "LOCAL_USER_FILE", "LOCAL_UUCP", "MAILER", "MAILER_DEFINITIONS",
    "MAIL_FILTER", "MASQUERADE_AS", "MASQUERADE_DOMAIN", "MASQUERADE_DOMAIN_FILE",
    "MASQUERADE_EXCEPTION", "MASQUERADE_EXCEPTION_FILE", "MODIFY_MAILER_FLAGS", "OSTYPE",
    "QUEUE_GROUP", "RELAY_DOMAIN", "RELAY_DOMAIN_FILE", "SITE", "SITECONFIG", "TRUST_AUTH_MECH",
    "UUCPSMTP", "VERSIONID", "VIRTUSER_DOMAIN", "VIRTUSER_DOMAIN_FILE", "define",
  ]

  /// Features that each call gives another list, domain or address to.
  static let manyTimes = [
    "dnsbl", "enhdnsbl", "rhsbl", "mtamark", "domainmap", "relay_mail_from", "bestmx_is_local", "check_other",
  ]

  /// Words that look like calls in front of the V line, each once.
  static func strayCalls(in configuration: [UInt8]) -> [String] {
    var found: [String] = []
    var rest = configuration[...]
    while !rest.isEmpty {
      let line = rest.prefix { $0 != 0x0A }
      rest = rest.dropFirst(line.count + 1)
      if line.first == 0x23 { continue }
      if line.count > 1, line.first == 0x56, (0x30...0x39).contains(line[line.startIndex + 1]) { break }
      let name = line.prefix { $0 == 0x5F || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
      guard name.count > 2, line.dropFirst(name.count).first == 0x28 else { continue }
      let text = String(decoding: name, as: UTF8.self)
      if !found.contains(text) { found.append(text) }
      // What dnl left on the same line: the V line itself.
      if line.contains(0x29), line.suffix(from: line.lastIndex(of: 0x29) ?? line.startIndex).starts(with: [0x29, 0x56])
      {
        break
      }
    }
    return found
  }
}
