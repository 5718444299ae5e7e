// SendmailRouter+Session.swift: a session answered step by step, each step once.
//
//     connection   check_relay              ─► macros, decision  ┐
//     MAIL         check_mail, on those     ─► macros, decision  ├─ remembered
//     RCPT         the recipient, on those                       ┘
//
// As in sendmail, what a ruleset sets when the client connects is there for the rest of the
// session. The memory is a value: the next step may be another thread's.

import Routing
import SendmailCF

extension SendmailRouter {
  struct Memory: SessionMemory {
    /// A step that was taken, and the macros that it has left.
    struct Step {
      var decision: Decision
      var names: MacroNames
      var macros: CFMacros
    }

    /// Without its greeting and its TLS, which come later.
    let client: Client
    let connection: Step
    var envelope: Envelope?
    var transaction: Step?
    /// After the last RCPT or DATA, where the content is looked at.
    var latest: Step?
  }

  package func answer(
    _ envelope: Envelope, at stage: EnvelopeAnswer.Stage, memory: inout (any SessionMemory)?
  ) -> EnvelopeAnswer {
    guard envelope.client.arrival == .smtp, !isTracing else { return answer(envelope) }
    var remembered = connected(envelope.client, memory as? Memory)
    defer { memory = remembered }
    var answer = EnvelopeAnswer(sender: envelope.sender)
    if let refusal = take(remembered.connection.decision, at: .connection, &answer) { return refusal }
    if stage == .connection { return answer }
    if let refusal = checkGreeting(envelope.client) {
      (answer.session, answer.stage) = (refusal, .helo)
      return answer
    }
    if stage == .helo { return answer }
    let transaction = opened(envelope, &remembered)
    if let refusal = take(transaction.decision, at: .sender, &answer) { return refusal }
    if stage > .sender {
      restore(transaction)
      addRecipients(of: envelope, to: &answer)
      if contentChecks != nil { remembered.latest = step(.accept) }
    }
    return answer
  }

  /// A greeting is judged by its characters alone, which the dialogue does itself.
  package func isSilent(at stage: EnvelopeAnswer.Stage) -> Bool { stage == .helo }

  /// Puts a decision into the answer; the answer is complete where it is a refusal.
  private func take(
    _ decision: Decision, at stage: EnvelopeAnswer.Stage, _ answer: inout EnvelopeAnswer
  ) -> EnvelopeAnswer? {
    if decision == .accept { return nil }
    if decision.isPositive {
      answer.message = decision
      return nil
    }
    (answer.session, answer.stage) = (decision, stage)
    return answer
  }

  private func connected(_ client: Client, _ memory: Memory?) -> Memory {
    var stranger = client
    (stranger.helo, stranger.tls) = (nil, nil)
    if let memory, memory.client == stranger { return memory }
    resetMacros()
    beginSession(stranger)
    let decision = checkClient(stranger)
    return Memory(client: stranger, connection: step(decision))
  }

  /// MAIL of this envelope, taken now or before.
  private func opened(_ envelope: Envelope, _ memory: inout Memory) -> Memory.Step {
    var opening = envelope
    opening.recipients = []
    if let known = memory.transaction, memory.envelope == opening { return known }
    restore(memory.connection)
    beginSession(envelope.client)
    var answer = EnvelopeAnswer()
    let refusal = openTransaction(envelope, &answer)
    let taken = step(refusal ?? answer.message)
    (memory.envelope, memory.transaction, memory.latest) = (opening, taken, nil)
    return taken
  }

  func step(_ decision: Decision) -> Memory.Step {
    Memory.Step(decision: decision, names: engine.names, macros: engine.macros)
  }

  func restore(_ step: Memory.Step) {
    engine.names = step.names
    engine.macros = step.macros
  }
}
