// Envelope.swift: the question that is put to a mail system.

/// One message's sender and recipients, as a client states them.
package struct Envelope: Sendable, Hashable {
  package var client: Client
  /// What stood between `<` and `>` of MAIL FROM, quoting included; empty for the null sender.
  package var sender: [UInt8]
  /// What stood between `<` and `>` of each RCPT TO.
  package var recipients: [[UInt8]]
  /// SIZE= in bytes, where the client says.
  package var size: Int?
  /// The command with which the client has sent more, where it must wait (RFC 2920, section 3.1).
  package var sentAhead: EnvelopeAnswer.Stage?

  package init(
    client: Client = .localhost, sender: [UInt8], recipients: [[UInt8]], size: Int? = nil
  ) {
    self.client = client
    self.sender = sender
    self.recipients = recipients
    self.size = size
  }
}
