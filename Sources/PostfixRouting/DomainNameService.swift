// DomainNameService.swift: what the engine asks of the DNS.
//
// Injected: tests hand in a zone, a compiler without a network hands in
// `NoDomainNameService`, which never says no because it never knows.

import MailAddress

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
  /// Whether a list (`zen.example`) has an entry for the reversed address or name.
  func isListed(_ name: Bytes) -> NameAnswer
}

package struct NoDomainNameService: DomainNameService {
  package init() {}

  package func mailDomain(_ domain: Bytes) -> NameAnswer { .temporaryFailure }
  package func host(_ name: Bytes) -> NameAnswer { .temporaryFailure }
  package func isListed(_ name: Bytes) -> NameAnswer { .temporaryFailure }
}
