// Client.swift: who hands a message over.
//
// Both engines ask the same things of a client: its address, what the DNS says
// of its name, how it greeted, whether it logged in, and whether it came by
// SMTP at all. A submission on the command line has no address and meets other
// checks (in Postfix none of smtpd's).

/// The sending side of one envelope.
package struct Client: Sendable, Hashable {
  package enum Arrival: Sendable, Hashable {
    case smtp
    /// The sendmail command on this host.
    case commandLine
  }

  /// What looking up the address and then its name gave.
  package enum NameState: Sendable, Hashable {
    /// Name and address lead to each other.
    case verified
    /// The address has no name, or the name leads elsewhere.
    case unknown
    /// The DNS could not say now.
    case temporaryFailure
  }

  /// How many connections it has and had, itself included.
  package struct Load: Sendable, Hashable {
    package var open: Int
    /// Of the last minute, or of the time that the configuration says.
    package var recent: Int
    /// The same of all clients.
    package var recentOfAll: Int

    package init(open: Int, recent: Int, recentOfAll: Int) {
      (self.open, self.recent, self.recentOfAll) = (open, recent, recentOfAll)
    }
  }

  package var arrival: Arrival
  /// nil where nobody counts.
  package var load: Load?
  /// In text, as `192.0.2.1` or `2001:db8::1`.
  package var address: [UInt8]
  /// The verified name; nil where there is none to trust.
  package var name: [UInt8]?
  package var nameState: NameState
  /// The name that the address led to, whether or not it leads back.
  package var reverseName: [UInt8]?
  /// The argument of HELO or EHLO; nil when the client did not greet.
  package var helo: [UInt8]?
  /// The login name after AUTH.
  package var authenticatedAs: [UInt8]?
  /// nil where the connection is in clear.
  package var tls: TLSFacts?

  package init(
    arrival: Arrival = .smtp, address: [UInt8], name: [UInt8]? = nil,
    nameState: NameState? = nil, reverseName: [UInt8]? = nil, helo: [UInt8]? = nil,
    authenticatedAs: [UInt8]? = nil
  ) {
    self.arrival = arrival
    self.address = address
    self.name = name
    self.nameState = nameState ?? (name == nil ? .unknown : .verified)
    self.reverseName = reverseName ?? name
    self.helo = helo
    self.authenticatedAs = authenticatedAs
  }

  /// A process on this host that calls the sendmail command.
  package static let commandLine = Client(
    arrival: .commandLine, address: Array("127.0.0.1".utf8), name: Array("localhost".utf8))

  /// A client that connects from 127.0.0.1 and greets as localhost.
  package static let localhost = Client(
    address: Array("127.0.0.1".utf8), name: Array("localhost".utf8),
    helo: Array("localhost".utf8))
}
