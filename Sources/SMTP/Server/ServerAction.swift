// ServerAction.swift: what a session wants done, what it asks and what it is told.

import MailAddress
import Routing

/// What the owner of a session does, in this order.
package enum ServerAction: Sendable, Equatable {
  case send(Bytes)
  /// The session reads no further until `answer`.
  case ask(ServerQuestion)
  /// The next part of the message, dots removed, lines ending in CR LF.
  case content(ArraySlice<UInt8>)
  /// What was kept of the transaction is of no use any more.
  case abandon
  /// The client is greeted so much later, unless it speaks before: see `ServerSession.pauseIsOver`.
  case pause(milliseconds: Int)
  /// What follows is to be done so much later.
  case delay(seconds: Int)
  /// From now on the client has so long to send something.
  case setTimeout(ServerTimeout)
  case startTLS
  case close
}

/// A time limit of the owner's; docs/smtp-limits.md has their options.
package enum ServerTimeout: Sendable, Equatable {
  case command, data, handshake
}

package enum ServerQuestion: Sendable, Equatable {
  /// May it come in? Asked again after XCLIENT, of the client it speaks for.
  case connection
  /// TLS is up. May it go on?
  case secured
  case helo(name: Bytes, isExtended: Bool)
  case sender(PathArgument, SenderParameters)
  case recipient(PathArgument, RecipientParameters)
  case dataBegin
  /// All of it was handed over: the answer comes when the queue has it.
  case messageComplete(MessageFacts)
  case verify(Bytes)
  case expand(Bytes)
  case remoteQueue(Bytes)
  case xclient(XCLIENT)
}

/// What was seen of a message on its way.
package struct MessageFacts: Sendable, Equatable {
  /// Bytes of content.
  package var size = 0
  package var headerSize = 0
  /// Received: lines.
  package var hops = 0
  /// Without the line end; above 998 it must be wrapped where it goes on by SMTP.
  package var longestLine = 0
  /// A byte above 127 is in it.
  package var hasEightBit = false
}

package enum ServerAnswer: Sendable, Equatable {
  /// Yes, in the words of this voice.
  case proceed
  /// Yes; the recipient was given before, in these words.
  case accepted(as: Bytes)
  /// The client may come in, after a pause, and is not offered all that the settings offer.
  case greet(pause: Int, withheld: Set<ServerExtension>)
  /// In these words, yes or no as the code says. 421 and 521 close the connection.
  case reply(Reply)
  /// Lines of one reply, as EXPN gives.
  case replies([Reply])
  /// The queue has the message.
  case queued(id: Bytes)
  /// The message is refused, and its sender and recipients stay (smtpd_end_of_data_restrictions).
  case refusedAtEnd(Reply)
  /// One for each recipient that was accepted (LMTP).
  case perRecipient([Reply])

  package init(_ decision: Decision) {
    self = decision.refusal.map { .reply($0) } ?? .proceed
  }
}
