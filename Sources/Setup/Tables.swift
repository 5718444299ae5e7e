// Tables.swift: which answers stand in which table, and how.
//
//     relay-networks 192.0.2.0/24              access        Connect:192.0.2         RELAY
//     relay-domains  example.org=box.example   access        To:example.org          RELAY
//                                              mailertable   example.org             esmtp:[box.example]
//     refuse         flood.example             access        From:flood.example      REJECT
//     virtual-users  @example.net=ann          virtusertable @example.net            ann
//
// Both directions are here, so that what was written is found again.

import Resolver
import Site

/// A table that answers fill.
struct AnsweredTable: Sendable {
  let name: String
  let head: String
  let entries: @Sendable (Answers) -> [TableEntry]
  /// Whether an entry is of the sort that answers are about.
  let isOwn: @Sendable (TableEntry) -> Bool

  static let all = [access, mailertable, virtusertable, genericstable]

  func text(_ answers: Answers, old: [UInt8]) -> [UInt8] {
    TableText(old).with(entries(answers), head: head, isOwn: isOwn)
  }

  static let access = AnsweredTable(
    name: "access", head: "# Who may do what: man access, or sendmail's cf/README.",
    entries: { answers in
      let networks = answers[.relayNetworks].flatMap(prefixes).map { TableEntry("Connect:\($0)", "RELAY") }
      let domains = answers[.relayDomains].map { TableEntry("To:\(Words.split($0)?.key ?? $0)", "RELAY") }
      let refused = answers[.refuse].flatMap { word in
        Words.network(word) == nil ? ["From:\(word)"] : prefixes(word).map { "Connect:\($0)" }
      }
      return networks + domains + refused.map { TableEntry($0, "REJECT") }
    },
    isOwn: { relayNetwork($0) != nil || relayDomain($0) != nil || refused($0) != nil })

  static let mailertable = AnsweredTable(
    name: "mailertable", head: "# Hosts for the mail of domains.",
    entries: { answers in
      answers[.relayDomains].compactMap(Words.split).map { TableEntry($0.key, "esmtp:[\($0.value)]") }
    }, isOwn: { route($0) != nil })

  static let virtusertable = AnsweredTable(
    name: "virtusertable", head: "# Addresses of virtual domains, and who gets their mail.",
    entries: { $0[.virtualUsers].compactMap(Words.split).map { TableEntry($0.key, $0.value) } },
    isOwn: { virtualUser($0) != nil })

  static let genericstable = AnsweredTable(
    name: "genericstable", head: "# Users of this host, and their addresses outside.",
    entries: { $0[.senderAddresses].compactMap(Words.split).map { TableEntry($0.key, $0.value) } },
    isOwn: { senderAddress($0) != nil })

  // MARK: entries as words of answers; nil for other sorts

  static func relayNetwork(_ entry: TableEntry) -> String? {
    entry.value == "RELAY" ? network(entry) : nil
  }

  static func relayDomain(_ entry: TableEntry) -> String? {
    entry.value == "RELAY" ? rest(entry, behind: "to:").flatMap(Words.domain) : nil
  }

  static func refused(_ entry: TableEntry) -> String? {
    guard entry.value == "REJECT" else { return nil }
    return network(entry) ?? rest(entry, behind: "from:").flatMap { Words.address($0) ?? Words.domain($0) }
  }

  static func route(_ entry: TableEntry) -> String? {
    guard entry.value.hasPrefix("esmtp:["), entry.value.hasSuffix("]"), let domain = Words.domain(entry.key),
      let host = Words.domain(String(entry.value.dropFirst(7).dropLast()))
    else { return nil }
    return domain + "=" + host
  }

  static func virtualUser(_ entry: TableEntry) -> String? { Form.virtualUsers.read(entry.key + "=" + entry.value) }

  static func senderAddress(_ entry: TableEntry) -> String? { Form.senderAddresses.read(entry.key + "=" + entry.value) }

  private static func rest(_ entry: TableEntry, behind tag: String) -> String? {
    entry.key.lowercased().hasPrefix(tag) ? String(entry.key.dropFirst(tag.count)) : nil
  }

  /// What a client's prefix stands for; the host itself is no network to ask about.
  private static func network(_ entry: TableEntry) -> String? {
    guard let prefix = rest(entry, behind: "connect:") else { return nil }
    if prefix.lowercased().hasPrefix("ipv6:") {
      let groups = prefix.dropFirst(5).split(separator: ":")
      let isWhole = groups.count == 8 || prefix.contains("::")
      let text = isWhole ? String(prefix.dropFirst(5)) : groups.joined(separator: ":") + "::/\(groups.count * 16)"
      return IPAddress(text)?.isLoopback == true ? nil : Words.network(text)
    }
    let parts = prefix.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...4).contains(parts.count), parts.first != "127", parts.allSatisfy({ UInt8($0) != nil }) else {
      return nil
    }
    let whole = (parts + Array(repeating: "0", count: 4 - parts.count)).joined(separator: ".")
    return Words.network("\(whole)/\(parts.count * 8)")
  }

  private static func prefixes(_ word: String) -> [String] { IPNetwork(word)?.sendmailPrefixes ?? [] }
}
