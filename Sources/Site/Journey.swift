// Journey.swift: the way of a message through an organisation, from host to host.
//
//     alice ─► mail.example.edu ─► mail.bio.example.edu ─► mail.inf.bio.example.edu ─► boss's mailbox

import MailAddress
import Resolver
import Routing

/// What became of one copy of a message.
package struct Journey: Sendable, Hashable {
  package var hops: [Hop]
  package var end: End

  package init(hops: [Hop], end: End) { (self.hops, self.end) = (hops, end) }

  /// A host that has the message, with its envelope as it is handed to that host.
  package struct Hop: Sendable, Hashable {
    package var host: DomainName
    package var sender: Bytes
    package var recipient: Bytes

    package init(host: DomainName, sender: Bytes, recipient: Bytes) {
      (self.host, self.sender, self.recipient) = (host, sender, recipient)
    }
  }

  package enum End: Sendable, Hashable {
    /// On the last host.
    case mailbox(account: Bytes)
    /// By LMTP in a mailbox of another host.
    case store(host: DomainName, account: Bytes)
    /// Out of the organisation.
    case left(nextHop: Bytes, recipient: Bytes)
    case program(Bytes)
    case file(Bytes)
    /// By the last host, when the message was handed to it.
    case refused(Reply)
    /// Taken, and sent back.
    case bounced(Reply)
    case discarded
    /// The last host cannot say now, or nobody takes it from there.
    case waits(for: Bytes)
    /// The last host has had it before, for the same recipient.
    case loop
    /// The last host hands it to a name that no host has.
    case lost(nextHop: Bytes)
  }

  package var last: DomainName? { hops.last?.host }
}

extension Journey.End {
  /// In words, for reports.
  package var summary: String {
    switch self {
    case .mailbox(let account): "the mailbox of \(account.text)"
    case .store(let host, let account): "the mailbox of \(account.text) on \(host), by LMTP"
    case .left(let nextHop, let recipient): "out to \(nextHop.text), for \(recipient.text)"
    case .program(let command): "the program \(command.text)"
    case .file(let path): "the file \(path.text)"
    case .refused(let reply): "refused: \(reply)"
    case .bounced(let reply): "taken, and sent back: \(reply)"
    case .discarded: "taken, and thrown away"
    case .waits(let host): "waits for \(host.text)"
    case .loop: "goes round: the host has had it before"
    case .lost(let nextHop): "lost: no host is \(nextHop.text)"
    }
  }
}
