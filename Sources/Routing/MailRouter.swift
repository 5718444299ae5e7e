// MailRouter.swift: the one question both engines answer.
//
// `SendmailRouting` answers from a sendmail.cf, `PostfixRouting` from a main.cf.
// The runtime takes either; `Equivalence` asks both and compares.
//
// Fails: never. An engine that cannot say now (a table does not open, the DNS
// does not answer) says `temporaryFailure`, so that nobody bounces mail for it.

/// A mail system, as far as one envelope can tell.
///
/// Synchronous; one value a thread. Values share only what does not change.
package protocol MailRouter {
  func answer(_ envelope: Envelope) -> EnvelopeAnswer

  /// The same for one step of a session: what is said up to this stage, and nothing of what
  /// comes later. Recipients are asked about at `recipient`.
  ///
  /// - Parameter memory: what this session's earlier steps have left; any router of the same
  ///   configuration reads it. nil at the start.
  func answer(
    _ envelope: Envelope, at stage: EnvelopeAnswer.Stage, memory: inout (any SessionMemory)?
  ) -> EnvelopeAnswer

  /// Whether nobody is ever refused at this stage, so that it need not be asked about.
  func isSilent(at stage: EnvelopeAnswer.Stage) -> Bool

  /// Looks into messages; nil where the configuration has nothing to say of their content.
  var contentChecker: (any ContentChecker)? { get }
}

extension MailRouter {
  package func isSilent(at stage: EnvelopeAnswer.Stage) -> Bool { false }

  package var contentChecker: (any ContentChecker)? { nil }

  package func answer(
    _ envelope: Envelope, at stage: EnvelopeAnswer.Stage, memory: inout (any SessionMemory)?
  ) -> EnvelopeAnswer {
    var answer = answer(envelope)
    if !answer.session.isPositive, answer.stage > stage { answer.session = .accept }
    return answer
  }
}

/// What a router keeps of a session between two steps, so that none is done twice.
package protocol SessionMemory: Sendable {}

/// All that a mail system says of one envelope.
package struct EnvelopeAnswer: Sendable, Hashable {
  /// At which command of the session a decision is told. Postfix with
  /// smtpd_delay_reject and sendmail with delay_checks tell at `recipient`
  /// what they decide of client and sender, so it stands in the recipients'
  /// answers there.
  package enum Stage: Sendable, Hashable, Comparable, CaseIterable {
    case connection, helo, sender, recipient, data, endOfData
  }

  /// What the session answers before the first RCPT, at its first refusal
  /// (later stages are not reached then), else `accept`.
  package var session: Decision
  /// The stage of `session`; `recipient` where nothing was refused before.
  package var stage: Stage
  /// What applies to the message as a whole once recipients are accepted:
  /// accept, hold, discard, or the refusal at DATA or at the end of the data.
  package var message: Decision
  /// Where a refusal of `message` is told.
  package var messageStage = Stage.data
  /// One for each recipient of the envelope, in its order; empty where the
  /// session was refused before.
  package var recipients: [RecipientAnswer]
  /// The envelope sender as it is queued, before a mailer rewrites it, in the
  /// form of an SMTP path.
  package var sender: [UInt8]
  /// Copies that nobody asked for: always_bcc and the like.
  package var extraDeliveries: [Delivery]
  /// Header lines that restrictions put before the message.
  package var prepended: [[UInt8]] = []
  /// Under which they are kept with the message, a line each.
  package static let prependedFact = "prepended"
  /// Steps that concern no recipient.
  package var trace: [TraceStep]

  package init(
    session: Decision = .accept, stage: Stage = .recipient, message: Decision = .accept,
    recipients: [RecipientAnswer] = [], sender: [UInt8] = [],
    extraDeliveries: [Delivery] = [], trace: [TraceStep] = []
  ) {
    self.session = session
    self.stage = stage
    self.message = message
    self.recipients = recipients
    self.sender = sender
    self.extraDeliveries = extraDeliveries
    self.trace = trace
  }
}

/// What a mail system says of one recipient.
package struct RecipientAnswer: Sendable, Hashable {
  /// As the envelope gave it.
  package var given: [UInt8]
  package var decision: Decision
  /// Where its mail goes, after virtual and alias expansion. Empty where it was
  /// refused; also told for a recipient that is accepted and bounced later
  /// (`Destination.bounce`).
  package var deliveries: [Delivery]
  package var trace: [TraceStep]
  /// A virtual alias has put other addresses in its place.
  package var isExpanded = false

  package init(
    given: [UInt8], decision: Decision, deliveries: [Delivery] = [], trace: [TraceStep] = []
  ) {
    self.given = given
    self.decision = decision
    self.deliveries = deliveries
    self.trace = trace
  }
}
