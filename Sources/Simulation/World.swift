// World.swift: who and where the rest of the world is, seen from an organisation.
//
// One host stands for all others. Its name and address are those that no organisation has
// (RFC 2606, RFC 5737), and not the site's own where it is made of such names itself.

import MailAddress
import Resolver
import Site

package struct World: Sendable {
  package let name: DomainName
  package let address: IPAddress
  /// Who writes from there.
  package let sender: Bytes

  init(outside organisation: Organisation) {
    let top = organisation.top.name
    let domains = ["example.net", "example.org", "example.com"].compactMap { DomainName($0) }
    let domain = domains.first { !$0.isBelowOrSame(top) && !top.isBelowOrSame($0) } ?? .root
    name = DomainName(Bytes(ascii: "out.") + domain.text) ?? .root
    sender = Bytes(ascii: "alice@") + domain.text
    let addresses = ["198.51.100.25", "203.0.113.25", "192.0.2.25"].compactMap { IPAddress($0) }
    let networks = organisation.domains.flatMap(\.flow.networks)
    let hosts = Set(organisation.domains.flatMap(\.hosts).flatMap(\.addresses))
    address =
      addresses.first { address in !hosts.contains(address) && !networks.contains { $0.contains(address) } }
      ?? .v4([198, 18, 0, 25])
  }
}
