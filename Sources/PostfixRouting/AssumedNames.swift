// AssumedNames.swift: the DNS where nobody is to be asked.
//
// Every name exists, unless it ends in .invalid, no list has anybody on it, and of the
// hosts behind a name nothing is known: what is looked at are configurations, not the
// network that this happens to run in.

import MailAddress
import Resolver

/// The DNS as it is assumed.
package struct AssumedNames: DomainNameService {
  package init() {}

  package static func exists(_ name: Bytes) -> Bool {
    // An address has a name, too.
    if name.first == .openBracket { return true }
    let name = name.last == .dot ? Bytes(name.dropLast()) : name
    return name.contains(.dot) && !name.lowercased.hasSuffix(Bytes(ascii: ".invalid"))
  }

  package func mailDomain(_ domain: Bytes) -> NameAnswer { Self.exists(domain) ? .exists : .noSuchName }
  package func host(_ name: Bytes) -> NameAnswer { Self.exists(name) ? .exists : .noSuchName }
  package func listEntry(_ name: Bytes) -> ListEntry { .notListed }
  package func exchangers(of domain: Bytes) -> Exchangers { .temporaryFailure }
  package func nameServers(of name: Bytes) -> [Bytes]? { nil }
  package func addresses(of host: Bytes) -> HostAddresses { .temporaryFailure("nobody is asked") }
}
