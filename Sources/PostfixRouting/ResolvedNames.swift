// ResolvedNames.swift: what the engines ask of the DNS, answered by a resolver.

import MailAddress
import Resolver

/// Names as a resolver has them.
package struct ResolvedNames: DomainNameService {
  private let resolver: any DomainNameResolver
  private static let patience = Duration.seconds(10)

  package init(_ resolver: any DomainNameResolver) { self.resolver = resolver }

  package func mailDomain(_ domain: Bytes) -> NameAnswer {
    guard let name = DomainName(domain) else { return .noSuchName }
    switch resolver.mailExchangers(of: name, deadline: .now + Self.patience) {
    case .hosts(let hosts) where hosts.first?.host == name: return host(domain)
    case .hosts: return .exists
    case .noSuchDomain: return .noSuchName
    case .refusesMail: return .nullMX
    case .temporaryFailure: return .temporaryFailure
    }
  }

  package func host(_ name: Bytes) -> NameAnswer {
    guard let name = DomainName(name) else { return .noSuchName }
    switch resolver.addresses(of: name, deadline: .now + Self.patience) {
    case .addresses(let found) where !found.isEmpty: return .exists
    case .addresses:
      if case .records = resolver.lookUp(name, .mx, deadline: .now + Self.patience) { return .exists }
      return .noSuchName
    case .noSuchHost: return .noSuchName
    case .temporaryFailure: return .temporaryFailure
    }
  }

  package func listEntry(_ name: Bytes) -> ListEntry {
    guard let name = DomainName(name) else { return .notListed }
    switch resolver.lookUp(name, .a, deadline: .now + Self.patience) {
    case .records(let records):
      let addresses = records.compactMap {
        if case .address(let address) = $0.data { Bytes("\(address)".utf8) } else { nil }
      }
      return .listed(addresses: addresses, reason: reason(name))
    case .noSuchName, .noData: return .notListed
    case .temporaryFailure: return .temporaryFailure
    }
  }

  private func reason(_ name: DomainName) -> Bytes {
    guard case .records(let records) = resolver.lookUp(name, .txt, deadline: .now + Self.patience),
      case .text(let text)? = records.first?.data
    else { return [] }
    return text
  }

  package func exchangers(of domain: Bytes) -> Exchangers {
    guard let name = DomainName(domain) else { return .none }
    switch resolver.mailExchangers(of: name, deadline: .now + Self.patience) {
    case .hosts(let hosts):
      return .hosts(hosts.map { Exchangers.Exchanger(preference: $0.preference, host: Bytes("\($0.host)".utf8)) })
    case .noSuchDomain, .refusesMail: return .none
    case .temporaryFailure: return .temporaryFailure
    }
  }

  package func nameServers(of name: Bytes) -> [Bytes]? {
    var zone = DomainName(name)
    while let asked = zone, asked != .root {
      switch resolver.lookUp(asked, .ns, deadline: .now + Self.patience) {
      case .records(let records):
        return records.compactMap { if case .nameServer(let host) = $0.data { Bytes("\(host)".utf8) } else { nil } }
      case .temporaryFailure: return nil
      case .noSuchName, .noData: zone = asked.parent
      }
    }
    return nil
  }

  package func addresses(of host: Bytes) -> HostAddresses {
    guard let host = DomainName(host) else { return .noSuchHost }
    return resolver.addresses(of: host, deadline: .now + Self.patience)
  }
}
