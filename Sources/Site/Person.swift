// Person.swift: who has an address in a domain, and what becomes of mail for it.

import Diagnostics
import MailAddress
import YAML

package struct Person: Sendable {
  /// The local part, as it is written.
  package var name: Bytes
  package var position: SourcePosition
  /// Further local parts.
  package var otherNames: [Stated<Bytes>] = []
  /// The account of the mailbox; nil where mail is only forwarded by an alias.
  package var account: Bytes?
  /// Full addresses.
  package var forward: [Stated<Bytes>] = []
  package var forwarder = Forwarder.alias
  /// Whether the mailbox gets a copy of what is forwarded.
  package var keepsCopy = false

  package var names: [Bytes] { [name] + otherNames.map(\.value) }
}

/// Who forwards.
package enum Forwarder: String, Sendable, CaseIterable {
  /// An alias, kept by the postmaster.
  case alias
  /// The user's own .forward file.
  case user
}
