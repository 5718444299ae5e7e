// MailExchangers.swift: the MX records of a domain.
//
//     inf.bio.example.edu    0 mail.inf.bio    5 mail.bio    10 mail.example.edu
//
// The preferences mirror the tree: five for each level up, to which a host's own is added.

import MailAddress
import Resolver

/// A line of the DNS that says who takes mail for a domain.
package struct MailExchanger: Sendable, Equatable {
  package var preference: Int
  package var host: DomainName
}

/// From where the DNS is looked at.
package enum DNSView: String, Sendable, CaseIterable {
  case inside, outside
}

extension Organisation {
  static let preferencesPerLevel = 5

  /// The MX records of a domain, the preferred first.
  package func exchangers(of index: DomainIndex, in view: DNSView) -> [MailExchanger] {
    if view == .outside, isHidden(index) { return exchangers(ofServer: 0, level: 0) }
    let servers = path(from: index).filter { !domains[$0].hosts.isEmpty }
    let counted = domains[index].flow.hasBackup ? servers[...] : servers.prefix(1)
    return counted.enumerated().flatMap { exchangers(ofServer: $0.element, level: $0.offset) }
  }

  private func exchangers(ofServer index: DomainIndex, level: Int) -> [MailExchanger] {
    domains[index].inboundHosts.map {
      MailExchanger(preference: level * Self.preferencesPerLevel + $0.preference, host: $0.name)
    }
  }

  /// Whom a stranger hands mail for an address to; nil where nobody takes it.
  package func entrance(for address: Bytes, without down: Set<DomainName>) -> DomainName? {
    guard let name = AddressForm.parts(address).domain.flatMap({ DomainName($0) }), let index = index(of: name) else {
      return nil
    }
    return exchangers(of: index, in: .outside).map(\.host).first { !down.contains($0) && !isClosed($0) }
  }

  /// Whether strangers cannot reach a host, though the DNS may name it.
  package func isClosed(_ host: DomainName) -> Bool {
    let index = domains.indices.first { domains[$0].hosts.contains { $0.name == host } }
    return index.map(takesMailAtTopOnly) ?? false
  }

  /// Whether the outside view of the DNS knows only the top's hosts for a domain.
  package func isHidden(_ index: DomainIndex) -> Bool {
    outside == .splitDNS && takesMailAtTopOnly(index)
  }

  /// Whether mail from outside for a domain comes in through the top alone.
  package func takesMailAtTopOnly(_ index: DomainIndex) -> Bool {
    domains[index].flow.inbound == .top && server(of: index) != 0
  }
}
