// ClientNames.swift: the name of a client, which counts only where it leads back.

import MailAddress
import Resolver

/// Finds the names of clients.
package struct ClientNames {
  private let resolver: any DomainNameResolver
  private static let patience = Duration.seconds(5)

  package init(_ resolver: any DomainNameResolver) { self.resolver = resolver }

  package func client(at text: String) -> Client {
    let written = Bytes(text.utf8)
    guard let address = IPAddress(text) else { return Client(address: written, nameState: .unknown) }
    let deadline = ContinuousClock.now + Self.patience
    switch resolver.names(of: address, deadline: deadline) {
    case .temporaryFailure: return Client(address: written, nameState: .temporaryFailure)
    case .noSuchName, .noData: return Client(address: written, nameState: .unknown)
    case .records(let records):
      guard case .pointer(let name)? = records.first?.data else {
        return Client(address: written, nameState: .unknown)
      }
      switch resolver.addresses(of: name, deadline: deadline) {
      case .addresses(let found) where found.contains(address):
        return Client(address: written, name: name.text, nameState: .verified)
      case .temporaryFailure:
        return Client(address: written, nameState: .temporaryFailure, reverseName: name.text)
      case .addresses, .noSuchHost:
        return Client(address: written, nameState: .unknown, reverseName: name.text)
      }
    }
  }
}
