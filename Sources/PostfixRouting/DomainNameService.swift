// DomainNameService.swift: what the engine asks of the DNS.
//
// Injected: tests hand in a zone, a compiler without a network hands in
// `NoDomainNameService`, which never says no because it never knows.

import MailAddress
import Resolver

/// How a DNS question ends.
package enum NameAnswer: Sendable, Equatable {
  case exists
  case noSuchName
  /// The domain says that it takes no mail (RFC 7505).
  case nullMX
  case temporaryFailure
}

package protocol DomainNameService: Sendable {
  /// Whether mail can be sent to a domain: MX, else address records.
  func mailDomain(_ domain: Bytes) -> NameAnswer
  /// Whether a host name has an address or MX record.
  func host(_ name: Bytes) -> NameAnswer
  /// The addresses that a list (`zen.example`) has for the reversed address or name.
  func listEntry(_ name: Bytes) -> ListEntry
  /// Best first. A domain without MX records is its own exchanger, where it is a host.
  func exchangers(of domain: Bytes) -> Exchangers
  /// The name servers of a name or of the nearest domain above it; nil where nobody can say.
  func nameServers(of name: Bytes) -> [Bytes]?
  func addresses(of host: Bytes) -> HostAddresses
}

/// The hosts that take the mail of a domain.
package enum Exchangers: Sendable, Equatable {
  case hosts([Exchanger])
  /// No such domain, or one that takes no mail.
  case none
  case temporaryFailure

  package struct Exchanger: Sendable, Equatable {
    package let preference: Int
    package let host: Bytes
  }
}

/// What a list of addresses or domains has about somebody (RFC 5782).
package enum ListEntry: Sendable, Equatable {
  /// With the first TXT record, where there is one.
  case listed(addresses: [Bytes], reason: Bytes)
  case notListed
  case temporaryFailure
}

/// Which hosts behind a name a check_…_access table is asked about.
package enum ServerKind: String, Sendable, CaseIterable {
  case address = "a"
  case exchanger = "mx"
  case nameServer = "ns"
}

package struct NoDomainNameService: DomainNameService {
  package init() {}

  package func mailDomain(_ domain: Bytes) -> NameAnswer { .temporaryFailure }
  package func host(_ name: Bytes) -> NameAnswer { .temporaryFailure }
  package func listEntry(_ name: Bytes) -> ListEntry { .temporaryFailure }
  package func exchangers(of domain: Bytes) -> Exchangers { .temporaryFailure }
  package func nameServers(of name: Bytes) -> [Bytes]? { nil }
  package func addresses(of host: Bytes) -> HostAddresses { .temporaryFailure("no DNS") }
}
