// SMTPAnswering.swift: one SMTP session with smtpd, command by command.
//
// With smtpd_delay_reject, which is the default, client, greeting and sender are
// judged at each RCPT; without, each at its own command.

import MailAddress
import PostfixConfig
import Routing

final class SMTPAnswering {
  let policy: SMTPPolicy
  let envelope: Envelope
  private(set) var actions = MessageActions()
  private var sender: Bytes = []
  private var acceptedCount = 0
  private var lastAccepted: Bytes?
  private let trace = Tracer()
  /// What earlier commands left to be told at RCPT (defer_if_permit).
  private var carried: Verdict?

  init(policy: SMTPPolicy, envelope: Envelope) {
    self.policy = policy
    self.envelope = envelope
  }

  func answer() -> EnvelopeAnswer {
    var answer = answer(upTo: .sender)
    guard answer.session.isPositive else { return answer }
    for given in envelope.recipients { answer.recipients.append(recipient(given)) }
    (answer.messageStage, answer.message) = data()
    answer.trace += trace.take()
    return answer
  }

  /// What is told before the first RCPT, up to a command of the session.
  func answer(upTo last: EnvelopeAnswer.Stage) -> EnvelopeAnswer {
    for (stage, check) in stages where stage <= last {
      if let refusal = check() {
        return EnvelopeAnswer(session: refusal, stage: stage, trace: trace.take())
      }
    }
    return EnvelopeAnswer(trace: trace.take())
  }

  private var stages: [(EnvelopeAnswer.Stage, () -> Decision?)] {
    [
      (.connection, { self.policy.delaysReject ? nil : self.checkClient(self.context(nil, at: .connection))?.refusal }),
      (.helo, { self.policy.delaysReject ? nil : self.checkHelo(self.context(nil, at: .helo))?.refusal }),
      (.sender, { self.mail() }),
    ]
  }

  private func refuse(_ code: Int, _ enhanced: String, _ text: String) -> Decision {
    .reject(policy.replies.reply(code, enhanced, Bytes(text.utf8)))
  }

  // MARK: MAIL

  private func mail() -> Decision? {
    // MAIL begins a message: what earlier commands asked for is forgotten.
    actions = MessageActions()
    if policy.requiresHelo, envelope.client.helo == nil {
      return refuse(503, "5.5.1", "Error: send HELO/EHLO first")
    }
    guard let parsed = SMTPAddress.parse(envelope.sender), isWellFormed(parsed, isSender: true) else {
      return refuse(501, "5.1.7", "Bad sender address syntax")
    }
    sender = parsed
    if let size = envelope.size, policy.sizeLimit > 0, size > policy.sizeLimit {
      return refuse(552, "5.3.4", "Message size exceeds fixed limit")
    }
    return policy.delaysReject ? nil : checkSender(context(nil, at: .sender))?.refusal
  }

  /// An address that resolves to no possible domain is refused as syntax.
  private func isWellFormed(_ address: Bytes, isSender: Bool) -> Bool {
    if address.isEmpty { return isSender }
    if policy.strictEnvelopes, address.first == .at { return false }
    let completed = policy.resolution.rewriting.rewrite(address)
    let route = try? policy.resolution.resolve(completed, sender: sender)
    return !(route?.isMalformed ?? false)
  }

  // MARK: RCPT

  private func recipient(_ given: Bytes) -> RecipientAnswer {
    let decision = decide(given)
    if decision.isPositive { acceptedCount += 1 }
    return RecipientAnswer(given: given, decision: decision, trace: trace.take())
  }

  private func decide(_ given: Bytes) -> Decision {
    if acceptedCount >= policy.recipientLimit {
      return refuse(452, "4.5.3", "Error: too many recipients")
    }
    guard let address = SMTPAddress.parse(given), isWellFormed(address, isSender: false) else {
      return refuse(501, "5.1.3", "Bad recipient address syntax")
    }
    // RFC 2821, section 3.6: a bare postmaster is always accepted.
    if address.equalsIgnoringCase(Bytes(ascii: "postmaster")) { return .accept }
    let context = context(address, at: .recipient)
    context.deferral = carried
    let refusal = check(context)
    actions = context.actions
    if refusal == nil { lastAccepted = address }
    return refusal?.refusal ?? .accept
  }

  private func context(_ recipient: Bytes?, at stage: EnvelopeAnswer.Stage) -> RestrictionContext {
    let context = RestrictionContext(
      policy: policy, client: envelope.client, sender: sender, recipient: recipient,
      recipientCount: acceptedCount + 1, actions: actions, trace: trace)
    context.isSentAhead = envelope.sentAhead == stage
    return context
  }

  private func check(_ context: RestrictionContext) -> Verdict? {
    if policy.delaysReject {
      for check in [checkClient, checkHelo, checkSender] {
        if let refusal = check(context) { return refusal }
      }
    }
    guard let recipient = context.recipient else { return nil }
    for list in policy.relayFirst ? [policy.relay, policy.recipient] : [policy.recipient, policy.relay] {
      context.softening = nil
      let verdict = context.evaluate(list, name: recipient, subject: .recipient)
      if verdict.refusal != nil { return verdict }
    }
    if let deferral = context.deferral { return deferral }
    guard policy.rejectsUnlistedRecipient, context.actions.discard == nil else { return nil }
    return refusal(context.rejectUnlistedRecipient())
  }

  private func refusal(_ verdict: Verdict) -> Verdict? { verdict.refusal == nil ? nil : verdict }

  private func checkClient(_ context: RestrictionContext) -> Verdict? {
    finish(context, context.evaluate(policy.client, name: context.clientLabel, subject: .client))
  }

  private func checkHelo(_ context: RestrictionContext) -> Verdict? {
    guard let helo = envelope.client.helo else { return nil }
    return finish(context, context.evaluate(policy.helo, name: helo, subject: .helo))
  }

  private func checkSender(_ context: RestrictionContext) -> Verdict? {
    let verdict = context.evaluate(policy.sender, name: sender, subject: .sender)
    if let refusal = finish(context, verdict) { return refusal }
    return policy.rejectsUnlistedSender ? refusal(context.rejectUnlistedSender()) : nil
  }

  /// Keeps what a list left behind, for the lists and commands that follow.
  private func finish(_ context: RestrictionContext, _ verdict: Verdict) -> Verdict? {
    context.softening = nil
    actions = context.actions
    if context.recipient == nil { carried = context.deferral ?? carried }
    return refusal(verdict)
  }

  // MARK: DATA

  private func data() -> (EnvelopeAnswer.Stage, Decision) {
    guard acceptedCount > 0 else {
      return (.data, refuse(554, "5.5.1", "Error: no valid recipients"))
    }
    for (stage, list, name, subject) in [
      (EnvelopeAnswer.Stage.data, policy.data, Bytes(ascii: "DATA"), Subject.data),
      (.endOfData, policy.endOfData, Bytes(ascii: "END-OF-MESSAGE"), Subject.endOfData),
    ] {
      let context = RestrictionContext(
        policy: policy, client: envelope.client, sender: sender,
        recipient: acceptedCount == 1 ? lastAccepted : nil, recipientCount: acceptedCount, actions: actions,
        trace: trace)
      context.isSentAhead = envelope.sentAhead == stage
      let verdict = context.evaluate(list, name: name, subject: subject)
      actions = context.actions
      if let refusal = verdict.refusal ?? context.deferral?.refusal { return (stage, refusal) }
    }
    return (.data, .accept)
  }
}
