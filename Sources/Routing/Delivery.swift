// Delivery.swift: where one copy of a message goes, and under which addresses.
//
// sendmail calls it mailer, host and user; Postfix transport, nexthop and
// recipient. `Resolution` is either, in the words of the engine that answers;
// `Destination` says the same without those words, so that two engines can be
// compared.

/// A mailer triple, or transport, nexthop and recipient.
package struct Resolution: Sendable, Hashable, CustomStringConvertible {
  /// `local`, `esmtp`, `smtp`, `relay`, `error` …
  package var transport: [UInt8]
  /// `$@` in sendmail, nexthop in Postfix; the text of an error.
  package var host: [UInt8]
  /// `$:` in sendmail, the recipient in Postfix.
  package var user: [UInt8]

  package init(transport: [UInt8], host: [UInt8], user: [UInt8]) {
    self.transport = transport
    self.host = host
    self.user = user
  }

  package var description: String {
    [transport, host, user].map { String(decoding: $0, as: UTF8.self) }.joined(separator: ":")
  }
}

/// Where a copy ends up, in words that no engine owns.
package enum Destination: Sendable, Hashable {
  /// The mailbox of an account on this host; with the command that the
  /// configuration has put the mail there, where it is not the system's own.
  case mailbox(user: [UInt8], command: [UInt8]? = nil)
  /// A command from an alias file, .forward or the configuration.
  case program(command: [UInt8])
  case file(path: [UInt8])
  /// Another host: `host` as the configuration wrote it, brackets and port
  /// included; brackets mean that its MX records are not asked.
  case remote(host: [UInt8])
  /// Some other agent: a pipe service, a virtual mailbox, LMTP.
  case agent(transport: [UInt8], host: [UInt8])
  case bounce(Reply)
  /// Kept and tried again later.
  case deferred(Reply)
  /// Thrown away without a word.
  case nowhere
}

/// The addresses that a mailer writes into headers, for one address given.
package struct HeaderForms: Sendable, Hashable {
  /// The envelope sender as From: would show it.
  package var sender: [UInt8]
  /// The recipient as To: would show it.
  package var recipient: [UInt8]

  package init(sender: [UInt8], recipient: [UInt8]) {
    self.sender = sender
    self.recipient = recipient
  }
}

/// One copy of the message.
package struct Delivery: Sendable, Hashable {
  /// The last word: nothing is expanded behind it.
  package var resolution: Resolution
  package var destination: Destination
  /// The resolutions on the way, first the one of the recipient as accepted;
  /// aliases and .forward files make more than one.
  package var path: [Resolution]
  /// The envelope sender as this mailer passes it on, in the form of an SMTP path.
  package var sender: [UInt8]
  /// The recipient as this mailer passes it on, in the same form.
  package var recipient: [UInt8]
  /// Header addresses as this mailer writes them; nil where the engine does not say.
  package var headers: HeaderForms?

  package init(
    resolution: Resolution, destination: Destination, path: [Resolution] = [],
    sender: [UInt8], recipient: [UInt8], headers: HeaderForms? = nil
  ) {
    self.resolution = resolution
    self.destination = destination
    self.path = path.isEmpty ? [resolution] : path
    self.sender = sender
    self.recipient = recipient
    self.headers = headers
  }
}
