// SiteReader+Host.swift: the hosts of a domain and what each is for.

import Diagnostics
import MailAddress
import Resolver
import YAML

extension SiteReader {
  private static let hostKeys = ["address", "roles", "preference", "system", "access", "mc"]
  private static let hostMeant = ["addresses": "address", "ip": "address", "role": "roles", "mx": "preference"]

  func hosts(_ node: YAMLNode, of domain: DomainName, flow: MailFlow) -> [MailHost] {
    var hosts = (reader.entries(node, "hosts") ?? []).compactMap { host($0, of: domain, flow: flow) }
    // What no host of the domain is for falls to the first that can do it.
    for role in HostRole.allCases where !hosts.contains(where: { $0.roles.contains(role) }) {
      if let first = hosts.firstIndex(where: { $0.system != .lmtp }) { hosts[first].roles.insert(role) }
    }
    return hosts
  }

  private func host(_ entry: YAMLEntry, of domain: DomainName, flow: MailFlow) -> MailHost? {
    guard let name = name(entry, below: domain) else { return nil }
    var host = MailHost(
      name: name, position: entry.key.position, addresses: [], roles: [],
      system: flow.system == .lmtp ? .sendmail : flow.system)
    if entry.value.scalar?.isNull == false {
      host.addresses = addresses(entry.value)
      return host
    }
    guard let mapping = reader.mapping(entry.value, "a host", keys: Self.hostKeys, meant: Self.hostMeant) else {
      return nil
    }
    host.addresses = reader.required("address", in: mapping).map(addresses) ?? []
    if let node = mapping["system"], let system: HostSystem = reader.choice(node, "what runs on the host") {
      host.system = system
    }
    if let node = mapping["roles"] { host.roles = roles(node) }
    if host.system == .lmtp { host.roles = storeRoles(host, at: mapping["roles"]) }
    if let node = mapping["preference"], let number = reader.number(node, "a preference", in: 0...4) {
      host.preference = number
    }
    if let node = mapping["access"] { host.access = access(node) }
    if let node = mapping["mc"] { host.mcLines = lines(node) }
    return host
  }

  private func addresses(_ node: YAMLNode) -> [IPAddress] {
    reader.texts(node, "an IP address, or a list of them").compactMap { written in
      if let address = IPAddress(written.bytes) { return address }
      reader.fault(.noIPAddress(written.bytes.text), at: written.node)
      return nil
    }
  }

  private func roles(_ node: YAMLNode) -> Set<HostRole> {
    let items = if case .sequence(let items) = node.content { items } else { [node] }
    return Set(items.compactMap { reader.choice($0, "what the host is for") as HostRole? })
  }

  /// A store takes mail by LMTP, and no more.
  private func storeRoles(_ host: MailHost, at node: YAMLNode?) -> Set<HostRole> {
    if let node, host.roles != [.mailboxes] { reader.fault(.storeWithRoles(), at: node) }
    return [.mailboxes]
  }
}
