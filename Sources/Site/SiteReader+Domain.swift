// SiteReader+Domain.swift: a domain with what it inherits, and the domains below it.

import Diagnostics
import MailAddress
import Resolver
import YAML

extension SiteReader {
  static let domainKeys =
    ["kind", "hosts", "people", "domains"]
    + ["inbound", "outbound", "backup", "system", "ostype", "masquerade", "networks", "access", "mc"]
  static let domainMeant = [
    "users": "people", "host": "hosts", "subdomains": "domains", "children": "domains", "type": "kind",
    "network": "networks", "aliases": "people",
  ]
  /// Names have 127 labels at most; deeper trees do not exist.
  private static let mostLevels = 126

  private enum Kind: String, CaseIterable { case managed, autonomous }

  /// Adds a domain and all below it to `domains`.
  ///
  /// - Parameter flow: what the domain above hands on.
  mutating func readDomain(
    _ mapping: YAMLMapping, name: DomainName, at position: SourcePosition, below parent: DomainIndex?, flow: MailFlow
  ) {
    let flow = changed(flow, by: mapping)
    let kind = mapping["kind"].flatMap { reader.choice($0, "the kind of the domain") as Kind? }
    if let node = mapping["kind"], kind == .managed, parent == nil { reader.fault(.managedTop(), at: node) }
    let index = domains.count
    domains.append(
      MailDomain(
        name: name, position: position, parent: parent, isAutonomous: parent == nil || kind == .autonomous,
        hosts: mapping["hosts"].map { hosts($0, of: name, flow: flow) } ?? [],
        people: mapping["people"].map { people($0, of: name) } ?? [], flow: flow))
    guard let node = mapping["domains"], let entries = reader.entries(node, "domains") else { return }
    for entry in entries {
      guard let name = self.name(entry, below: name), name.labels.count < Self.mostLevels,
        let inner = reader.mapping(entry.value, "a domain", keys: Self.domainKeys, meant: Self.domainMeant)
      else { continue }
      readDomain(inner, name: name, at: entry.key.position, below: index, flow: flow)
    }
  }

  private func changed(_ flow: MailFlow, by mapping: YAMLMapping) -> MailFlow {
    var flow = flow
    if let node = mapping["inbound"], let way: InboundFlow = reader.choice(node, "how mail comes in") {
      flow.inbound = way
    }
    if let node = mapping["outbound"], let way: OutboundFlow = reader.choice(node, "how mail goes out") {
      flow.outbound = way
    }
    if let node = mapping["backup"], let flag = reader.flag(node, "whether hosts above are MX hosts, too") {
      flow.hasBackup = flag
    }
    if let node = mapping["system"], let system: HostSystem = reader.choice(node, "what runs on the hosts") {
      if system == .lmtp { reader.fault(.storeForAll(), at: node) }
      flow.system = system
    }
    if let node = mapping["ostype"], let word = word(node, "an OSTYPE") { flow.ostype = word }
    if let node = mapping["masquerade"], let masquerade = masquerade(node) { flow.masquerade = masquerade }
    if let node = mapping["networks"] { flow.networks = networks(node) }
    if let node = mapping["access"] { flow.access += access(node) }
    if let node = mapping["mc"] { flow.mcLines += lines(node) }
    return flow
  }

  private func masquerade(_ node: YAMLNode) -> Masquerade? {
    switch reader.text(node, "what senders appear as: no, domain, or the name of a domain") {
    case nil: nil
    case "no": Masquerade.none
    case "domain": .ownDomain
    default: domainName(node, "a domain that senders appear as").map { .domain(Stated($0, node)) }
    }
  }

  private func networks(_ node: YAMLNode) -> [IPNetwork] {
    reader.texts(node, "a network, or a list of them").compactMap { written in
      guard let network = IPNetwork(written.bytes.text), network.prefix > 0 else {
        reader.fault(.noNetwork(written.bytes.text), at: written.node)
        return nil
      }
      if network.prefixCount <= IPNetwork.mostPrefixes { return network }
      reader.fault(.unwieldyNetwork(network), at: written.node)
      return nil
    }
  }

  /// A word that can stand in a .mc file's quotes.
  private func word(_ node: YAMLNode, _ what: String) -> String? {
    guard let text = reader.text(node, what) else { return nil }
    if !text.isEmpty, text.utf8.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x2D || $0 == .dot || $0 == 0x5F }) {
      return text
    }
    reader.fault(.yamlBadValue("\(node.kind) where \(what) is wanted, one word"), at: node)
    return nil
  }

  // MARK: for domains and hosts

  func access(_ node: YAMLNode) -> [AccessEntry] {
    (reader.entries(node, "access, keys of the access map with their values,") ?? []).compactMap { entry in
      guard let value = reader.bytes(entry.value, "what the access map answers") else { return nil }
      let key = Bytes(entry.name.utf8)
      guard !key.isEmpty, !value.isEmpty, !key.contains(where: \.isWhiteSpace),
        !(key + value).contains(where: Self.isControl)
      else {
        reader.fault(.noAccessEntry(entry.name), at: entry.key)
        return nil
      }
      return AccessEntry(key: Stated(key, entry.key), value: value)
    }
  }

  private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 0x09 || byte == 0x7F }

  /// Text over several lines, each with its place.
  func lines(_ node: YAMLNode) -> [Stated<Bytes>] {
    guard let text = reader.bytes(node, "lines of a .mc file") else { return [] }
    let lines = text.split(separator: .newline, omittingEmptySubsequences: false).map { Bytes($0) }
    return lines.enumerated().filter { !($0.offset == lines.count - 1 && $0.element.isEmpty) }.map { offset, line in
      Stated(line, at: node.position(ofLine: offset + 1, column: 1))
    }
  }
}
