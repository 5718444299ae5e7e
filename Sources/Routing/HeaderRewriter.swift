// HeaderRewriter.swift: the header section of one copy, as its mailer or agent writes it.
//
// Where a copy goes decides what stands in its header: which fields are added, which go, how
// the addresses in them read. `MailRouter` says where; an engine that is a `HeaderRewriter`,
// too, then gives the fields.
//
// Fails: with the reason, where a table cannot say now; the copy is tried again later.

/// One field of a header section.
package struct HeaderField: Sendable, Hashable {
  /// Without white space before the colon.
  package var name: [UInt8]
  /// What follows the colon, with its first blank; lines inside end with LF, the last one
  /// without.
  package var body: [UInt8]

  package init(name: [UInt8], body: [UInt8]) {
    self.name = name
    self.body = body
  }
}

/// A copy that is about to be handed to its mailer or agent.
package struct OutgoingCopy: Sendable {
  /// The time of arrival in the forms that fields want.
  package struct Dates: Sendable {
    /// `Thu, 26 Nov 2026 15:04:05 +0000`
    package var mail: [UInt8]
    /// `20261126150405`
    package var second: [UInt8]
    /// `Thu Nov 26 15:04:05 2026`
    package var line: [UInt8]

    package init(mail: [UInt8], second: [UInt8], line: [UInt8]) {
      self.mail = mail
      self.second = second
      self.line = line
    }
  }

  package var queueID: [UInt8]
  /// The envelope sender as it was queued and as the mailer passes it on.
  package var sender: [UInt8]
  package var mailerSender: [UInt8]
  package var resolution: Resolution
  /// Of all copies, as the client named them.
  package var recipients: [[UInt8]]
  package var dates: Dates
  /// What the queue remembers of the client, by its keys: address, name, helo, protocol,
  /// recipient (where the client named one only), login, fullname, userid, process; `{name}` for a cf macro.
  package var facts: [[UInt8]: [UInt8]]

  package init(
    queueID: [UInt8], sender: [UInt8], mailerSender: [UInt8], resolution: Resolution,
    recipients: [[UInt8]] = [], dates: Dates, facts: [[UInt8]: [UInt8]] = [:]
  ) {
    self.queueID = queueID
    self.sender = sender
    self.mailerSender = mailerSender
    self.resolution = resolution
    self.recipients = recipients
    self.dates = dates
    self.facts = facts
  }

  package func fact(_ key: String) -> [UInt8]? { facts[Array(key.utf8)] }
}

/// The tables could not be asked.
package struct HeaderFailure: Error, Sendable, Equatable {
  package let reason: String
  package init(reason: String) { self.reason = reason }
}

/// A mail system, as far as the header of one copy can tell.
///
/// Synchronous; one value a thread.
package protocol HeaderRewriter {
  /// - Parameter fields: as the message arrived, without a Received: of this host.
  func header(_ fields: [HeaderField], of copy: OutgoingCopy) throws(HeaderFailure) -> [HeaderField]
}
