// ClientMessage.swift: what a client is to deliver, and what became of it.

import MailAddress
import Routing

/// One message for one server.
package struct OutgoingMessage: Sendable, Equatable {
  package struct Recipient: Sendable, Equatable {
    /// Without angle brackets.
    package var address: Bytes
    package var parameters: RecipientParameters

    package init(_ address: Bytes, parameters: RecipientParameters = RecipientParameters()) {
      self.address = address
      self.parameters = parameters
    }
  }

  /// Without angle brackets; empty for the null sender.
  package var sender: Bytes
  package var recipients: [Recipient]
  /// Of the content, where it is known.
  package var size: Int?
  package var hasEightBit: Bool
  package var returning: SenderParameters.Return?
  package var envelopeID: Bytes?

  package init(
    sender: Bytes, recipients: [Recipient], size: Int? = nil, hasEightBit: Bool = false,
    returning: SenderParameters.Return? = nil, envelopeID: Bytes? = nil
  ) {
    self.sender = sender
    self.recipients = recipients
    self.size = size
    self.hasEightBit = hasEightBit
    self.returning = returning
    self.envelopeID = envelopeID
  }
}

/// What became of one recipient.
package struct RecipientResult: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    case delivered, deferred, failed
  }

  package var outcome: Outcome
  /// The server's; where it has said nothing, what we say in its place.
  package var reply: Reply
  /// The server has said it, as against us of a connection that was lost.
  package var isFromServer: Bool
  /// What was being said.
  package var stage: ClientStage
  /// The server knows what the sender wants to hear of the delivery, and tells it (DSN).
  package var isReportedByServer = false

  package init(outcome: Outcome, reply: Reply, isFromServer: Bool, stage: ClientStage) {
    self.outcome = outcome
    self.reply = reply
    self.isFromServer = isFromServer
    self.stage = stage
  }
}

/// A step of the dialogue.
package enum ClientStage: Sendable, Equatable {
  case greeting, hello, startTLS, sender, recipient, data, content, end, reset, quit

  /// As the log names it.
  package var name: String {
    switch self {
    case .greeting: "the initial greeting"
    case .hello: "EHLO"
    case .startTLS: "STARTTLS"
    case .sender: "MAIL FROM"
    case .recipient: "RCPT TO"
    case .data: "DATA"
    case .content: "the message"
    case .end: "the end of data"
    case .reset: "RSET"
    case .quit: "QUIT"
    }
  }
}

package struct ClientSettings: Sendable {
  package enum TLSPolicy: Sendable {
    case never
    /// Where it is offered.
    case opportunistic
    /// Or nothing is delivered.
    case required
    /// Required, and we cannot.
    case unavailable
  }

  package var dialect = ServerSettings.Dialect.smtp
  package var heloName: Bytes
  package var tls = TLSPolicy.never
  /// The connection begins with TLS.
  package var beginsWithTLS = false
  /// The owner says of each connection whether it will do: see `ClientSession.judged`.
  package var isJudged = false
  /// How replies of ours name the server; empty for no name.
  package var serverName: Bytes = []
  package var usesPipelining = true
  /// EHLO is said to servers whose greeting does not say ESMTP, too.
  package var usesExtendedHello = true
  /// A 5xx greeting says nothing of the recipient: another host may take the mail
  /// (Postfix's smtp_skip_5xx_greeting).
  package var defersRefusedGreeting = true

  package init(heloName: Bytes) { self.heloName = heloName }
}

/// What the owner of a client's session does, in this order.
package enum ClientAction: Sendable, Equatable {
  case send(Bytes)
  case startTLS
  /// Is the connection good enough? `ClientSession.judged` has the answer.
  case judge
  /// Sends the message (see `DataEncoder`), then calls `contentSent`.
  case sendContent
  /// No more of the content is to be sent.
  case stopContent
  /// One result a recipient, in the order of the message. Another message may follow.
  case finished([RecipientResult])
  /// From now on the server has so long to say something.
  case setTimeout(ClientStage)
  case close
}
