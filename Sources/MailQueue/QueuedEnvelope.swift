// QueuedEnvelope.swift: what the queue knows of a message beside its content.
//
// The SMTP side fills one in and commits it; the queue then numbers the recipients and
// keeps with each of them how its delivery stands. Times are seconds since 1970.

/// Sender, recipients and circumstances of a message.
package struct QueuedEnvelope: Sendable, Equatable {
  /// What the sender wants back with a report of failure (RFC 3461, RET).
  package enum Return: UInt8, Sendable {
    case full = 1
    case headers = 2
  }

  package enum BodyType: UInt8, Sendable {
    case sevenBit = 0
    case eightBitMIME = 1
  }

  /// Something known of the client, such as its name or address.
  package struct Fact: Sendable, Equatable {
    package var key: [UInt8]
    package var value: [UInt8]

    package init(key: [UInt8], value: [UInt8]) {
      self.key = key
      self.value = value
    }
  }

  package var sender: [UInt8]
  package var recipients: [QueuedRecipient]
  package var returns: Return?
  /// ENVID of RFC 3461, as it was given.
  package var envelopeID: [UInt8]?
  package var bodyType: BodyType
  package var arrival: Int
  /// Name, address, helo, protocol, login: what the runtime wants to remember.
  package var client: [Fact]
  /// Nothing is delivered before somebody releases it.
  package var isHeld: Bool

  package init(
    sender: [UInt8], recipients: [QueuedRecipient], returns: Return? = nil, envelopeID: [UInt8]? = nil,
    bodyType: BodyType = .sevenBit, arrival: Int, client: [Fact] = [], isHeld: Bool = false
  ) {
    self.sender = sender
    self.recipients = recipients
    self.returns = returns
    self.envelopeID = envelopeID
    self.bodyType = bodyType
    self.arrival = arrival
    self.client = client
    self.isHeld = isHeld
  }
}

/// One recipient and how its delivery stands.
package struct QueuedRecipient: Sendable, Equatable {
  /// NOTIFY of RFC 3461; empty where the sender said nothing.
  package struct Notify: OptionSet, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let never = Notify(rawValue: 1)
    package static let success = Notify(rawValue: 2)
    package static let failure = Notify(rawValue: 4)
    package static let delay = Notify(rawValue: 8)
  }

  package var address: [UInt8]
  /// ORCPT of RFC 3461, as it was given.
  package var original: [UInt8]?
  package var notify: Notify
  /// Where it goes, in the words of the runtime; empty where nobody decided yet.
  package var route: [UInt8]
  /// Not before this time.
  package var due: Int
  /// Attempts that ended with "later".
  package var attempts: Int
  /// Why the last of them did.
  package var reason: [UInt8]
  /// Whether the sender was told of the delay.
  package var delayIsReported: Bool
  /// Its name within the message. The queue gives it, and never twice.
  package internal(set) var number: UInt32

  package init(
    address: [UInt8], original: [UInt8]? = nil, notify: Notify = [], route: [UInt8] = [], due: Int = 0
  ) {
    self.address = address
    self.original = original
    self.notify = notify
    self.route = route
    self.due = due
    attempts = 0
    reason = []
    delayIsReported = false
    number = 0
  }
}

/// How an attempt for one recipient ended.
package struct RecipientOutcome: Sendable, Equatable {
  package enum Result: Sendable, Equatable {
    case delivered
    /// Not to be tried again; the report to the sender is a message of its own.
    case failed
    case deferred(until: Int, reason: [UInt8], delayIsReported: Bool = false)
    /// Others take its place: an alias was expanded, another route was chosen.
    case replaced(by: [QueuedRecipient])
  }

  package var recipient: UInt32
  package var result: Result

  package init(_ recipient: UInt32, _ result: Result) {
    self.recipient = recipient
    self.result = result
  }
}

/// A message that was claimed for delivery.
package struct QueuedMessage: Sendable, Equatable {
  package let id: QueueID
  /// Bytes of the content.
  package let size: Int
  /// With those recipients only that are due.
  package let envelope: QueuedEnvelope
}

/// A line of `mailq`.
package struct QueueEntry: Sendable, Equatable {
  /// As Postfix names them.
  package enum State: String, Sendable, CaseIterable { case incoming, active, deferred, hold, corrupt }

  package let id: QueueID
  package let state: State
  package let size: Int
  /// Of a corrupt message only the id is known, and what is left is counted as its size.
  package let envelope: QueuedEnvelope?
}
