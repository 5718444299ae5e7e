// Organisation.swift: the mail of an organisation, as a site file describes it.
//
//     example.edu            mail.example.edu             domains from the top down,
//     ├─ cs.example.edu      mail.cs.example.edu          each with its hosts and people
//     └─ bio.example.edu     mail.bio.example.edu
//        └─ inf.bio…         mail.inf.bio.example.edu
//
// What is inherited has been passed down already: each domain and host says in full what
// holds for it. `docs/site.md` has the format and what the words mean.

import Diagnostics
import MailAddress
import Resolver
import YAML

/// Domains as a tree, hosts and people in them.
package struct Organisation: Sendable {
  /// Each domain stands before those below it; the first is the top.
  package var domains: [MailDomain]
  package var zone: ZoneSettings
  package var outside: OutsideView
}

/// A place in `Organisation.domains`.
package typealias DomainIndex = Int

/// A domain with what holds in it.
package struct MailDomain: Sendable {
  package var name: DomainName
  package var position: SourcePosition
  package var parent: DomainIndex?
  package var isAutonomous: Bool
  package var hosts: [MailHost]
  package var people: [Person]
  package var flow: MailFlow
}

/// What a domain hands on to those below it.
package struct MailFlow: Sendable {
  package var inbound = InboundFlow.direct
  package var outbound = OutboundFlow.direct
  package var hasBackup = true
  package var system = HostSystem.sendmail
  package var ostype = "linux"
  package var masquerade = Masquerade.none
  package var networks: [IPNetwork] = []
  package var access: [AccessEntry] = []
  package var mcLines: [Stated<Bytes>] = []
}

/// Where mail from outside comes in.
package enum InboundFlow: String, Sendable, CaseIterable {
  case direct, top
}

/// Where mail for the rest of the world goes.
package enum OutboundFlow: String, Sendable, CaseIterable {
  case direct, up, top
}

/// What keeps strangers to the top.
package enum OutsideView: String, Sendable, CaseIterable {
  case splitDNS = "split-dns"
  case closedPort = "closed-port"
}

/// What senders on the hosts of a domain appear as.
package enum Masquerade: Sendable {
  case none
  /// The domain that they are in.
  case ownDomain
  case domain(Stated<DomainName>)
}

/// An entry of the access map.
package struct AccessEntry: Sendable {
  package var key: Stated<Bytes>
  package var value: Bytes
}

/// What the zones say of themselves.
package struct ZoneSettings: Sendable {
  package var hostmaster: Bytes
  package var nameServers: [Stated<DomainName>]
  /// In seconds.
  package var timeToLive = 3600
  package var serial = 1
}
