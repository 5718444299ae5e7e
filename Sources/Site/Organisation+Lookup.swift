// Organisation+Lookup.swift: who serves a domain, and who is behind an address.

import MailAddress
import Resolver

extension Organisation {
  package var top: MailDomain { domains[0] }

  package func index(of name: DomainName) -> DomainIndex? { domains.firstIndex { $0.name == name } }

  package func children(of index: DomainIndex) -> [DomainIndex] {
    domains.indices.filter { domains[$0].parent == index }
  }

  /// The domain and those above it, up to the top.
  package func path(from index: DomainIndex) -> [DomainIndex] {
    Array(sequence(first: index) { domains[$0].parent })
  }

  /// The domain whose hosts serve this one: itself, or the nearest above that has some.
  package func server(of index: DomainIndex) -> DomainIndex? {
    path(from: index).first { !domains[$0].hosts.isEmpty }
  }

  /// The domains that the hosts of this one serve, itself first.
  package func served(by index: DomainIndex) -> [DomainIndex] {
    domains.indices.filter { server(of: $0) == index }
  }

  /// The domains with hosts of their own whose mail the hosts of this one hand on directly.
  package func relayed(by index: DomainIndex) -> [DomainIndex] {
    domains.indices.filter { child in
      child != index && !domains[child].hosts.isEmpty && domains[child].parent.flatMap(server(of:)) == index
    }
  }

  /// The outbound host that a domain's own hands mail for the rest of the world to; nil where it goes out there.
  package func nextOutbound(after index: DomainIndex) -> (domain: DomainIndex, host: DomainName)? {
    let above = path(from: index).dropFirst().filter { !domains[$0].hosts.isEmpty }
    let next: DomainIndex? =
      switch domains[index].flow.outbound {
      case .direct: nil
      case .up: above.first
      case .top: above.last
      }
    return next.flatMap { next in domains[next].outboundHost.map { (next, $0.name) } }
  }

  /// The person behind an address; nil where the domain is not one of ours or knows nobody of that name.
  package func person(at address: Bytes) -> (domain: DomainIndex, person: Person)? {
    let parts = AddressForm.parts(address)
    guard let name = parts.domain.flatMap({ DomainName($0) }), let index = index(of: name) else { return nil }
    let person = domains[index].people.first { person in
      person.names.contains { $0.equalsIgnoringCase(parts.local) }
    }
    return person.map { (index, $0) }
  }

  /// Who reads mail for the postmaster of a domain: its own, or that of the nearest above who has one.
  package func postmaster(of index: DomainIndex) -> Bytes? {
    for index in path(from: index) {
      let address = Bytes(ascii: "postmaster@") + domains[index].name.text
      if person(at: address) != nil { return address }
    }
    return nil
  }
}

extension Organisation {
  /// The hosts that a name may mean: the one of that name, or those whose names begin with these labels.
  package func hosts(named name: String) -> [MailHost] {
    let hosts = domains.flatMap(\.hosts)
    guard let name = DomainName(name) else { return [] }
    if let host = hosts.first(where: { $0.name == name }) { return [host] }
    return hosts.filter { $0.name.labels.starts(with: name.labels) }
  }
}

extension MailDomain {
  /// Those named in its MX records, the preferred first.
  package var inboundHosts: [MailHost] {
    hosts.filter { $0.roles.contains(.inbound) }.enumerated()
      .sorted { ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset) }.map(\.element)
  }

  package var outboundHost: MailHost? { hosts.first { $0.roles.contains(.outbound) } }

  package var mailboxHost: MailHost? { hosts.first { $0.roles.contains(.mailboxes) } }
}
