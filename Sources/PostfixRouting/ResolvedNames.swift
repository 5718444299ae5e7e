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

  package func isListed(_ name: Bytes) -> NameAnswer {
    guard let name = DomainName(name) else { return .noSuchName }
    switch resolver.lookUp(name, .a, deadline: .now + Self.patience) {
    case .records: return .exists
    case .noSuchName, .noData: return .noSuchName
    case .temporaryFailure: return .temporaryFailure
    }
  }
}
