// HostPlan.swift: what one host has to know, whatever system it runs.
//
//     organisation ─► plan of each host ─► sendmail.mc and tables ─► sendmail.cf, or Postfix
//
// A host takes mail for the domains that its own serves, hands mail for domains below to their
// inbound hosts, and everything else to a smart host or to whom the DNS names.

import MailAddress
import Resolver

package struct HostPlan: Sendable {
  package var host: MailHost
  package var domain: DomainIndex
  /// Names whose mail ends or is forwarded here.
  package var localDomains: [DomainName] = []
  /// Served domains with people of their own, told apart by whole addresses.
  package var virtualDomains: [DomainName] = []
  package var relays: [RelayedDomain] = []
  /// Where mail goes that nothing else says a way for; nil: where the DNS says.
  package var smartHost: DomainName?
  /// Local parts and where their mail goes.
  package var aliases: [Forwarding] = []
  /// Whole addresses in virtual domains and where their mail goes.
  package var virtualUsers: [Forwarding] = []
  package var accounts: [Bytes] = []
  /// The .forward files of accounts.
  package var forwardFiles: [Forwarding] = []
  package var masquerade: DomainName?
  /// Clients that may send anywhere.
  package var trustedNetworks: [IPNetwork] = []
  /// Where other clients are told to hand in their mail; nil where they may do it here.
  package var entrance: DomainName?
  /// Hosts that take mail by LMTP from this one.
  package var stores: [DomainName] = []
}

extension HostPlan {
  /// Whom the host's port is open to alone, and what others hear; nil where it is open to all.
  package var closedPort: (networks: [IPNetwork], reply: String)? {
    let here = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
    return entrance.map { (here + trustedNetworks, "550 5.7.1 mail for this domain is handed in at \($0)") }
  }
}

/// A domain whose mail is handed on.
package struct RelayedDomain: Sendable, Equatable {
  package var name: DomainName
  /// Tried in turn.
  package var hosts: [DomainName]
  /// The local parts that it knows; nil where it does not tell.
  package var knownNames: [Bytes]?
}

/// Where mail for a name goes.
package struct Forwarding: Sendable, Equatable {
  package var name: Bytes
  package var targets: [Bytes]
}
