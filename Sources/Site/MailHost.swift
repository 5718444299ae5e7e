// MailHost.swift: a host that mail goes through or ends at.

import Diagnostics
import MailAddress
import Resolver
import YAML

package struct MailHost: Sendable {
  package var name: DomainName
  package var position: SourcePosition
  package var addresses: [IPAddress]
  package var roles: Set<HostRole>
  package var system: HostSystem
  /// Added to the preference of its MX records.
  package var preference = 0
  /// What it has beyond its domain.
  package var access: [AccessEntry] = []
  package var mcLines: [Stated<Bytes>] = []
}

package enum HostRole: String, Sendable, CaseIterable {
  /// Named in the domain's MX records.
  case inbound
  /// Sends mail for the rest of the world.
  case outbound
  /// Keeps the domain's mailboxes.
  case mailboxes
}

/// What runs on a host.
package enum HostSystem: String, Sendable, CaseIterable {
  case sendmail, postfix
  /// A store of mailboxes that takes mail by LMTP alone.
  case lmtp
}
