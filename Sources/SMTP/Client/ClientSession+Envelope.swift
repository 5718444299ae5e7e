// ClientSession+Envelope.swift: one message, from MAIL to the last reply.

import MailAddress
import Routing

extension ClientSession {
  /// Sends MAIL, each RCPT and DATA: together, or each when the one before is answered.
  mutating func sendEnvelope() {
    guard let message, !message.recipients.isEmpty else { return finish(resetting: false) }
    if let reply = sizeFault(message) {
      for index in results.indices { decide(index, reply, at: .sender, isFromServer: false) }
      return finish(resetting: false)
    }
    var lines: [(step: Step, line: Bytes)] = [(.sender, senderLine(message))]
    for (index, recipient) in message.recipients.enumerated() where results[index] == nil {
      lines.append((.recipient(index), recipientLine(recipient)))
    }
    lines.append((.data, Bytes(ascii: "DATA")))
    guard settings.usesPipelining, offers["PIPELINING"] != nil else {
      unsent = Array(lines.dropFirst())
      return say(.sender, lines[0].line)
    }
    for (step, line) in lines { say(step, line) }
  }

  /// A message larger than the server takes is not sent.
  private func sizeFault(_ message: OutgoingMessage) -> Reply? {
    guard let size = message.size, let limit = offers["SIZE"]?.decimalValue, limit > 0, size > limit else { return nil }
    return Reply(552, "5.3.4", "message size \(size) exceeds the server's limit of \(limit)")
  }

  private func senderLine(_ message: OutgoingMessage) -> Bytes {
    var line = Bytes(ascii: "MAIL FROM:<") + message.sender + [.closeAngle]
    if let size = message.size, offers["SIZE"] != nil { line += " SIZE=\(size)".utf8 }
    if message.hasEightBit, takesEightBit { line += " BODY=8BITMIME".utf8 }
    guard offers["DSN"] != nil else { return line }
    if let returning = message.returning { line += " RET=\(returning == .full ? "FULL" : "HDRS")".utf8 }
    if let id = message.envelopeID { line += Bytes(ascii: " ENVID=") + Xtext.encode(id) }
    return line
  }

  private func recipientLine(_ recipient: OutgoingMessage.Recipient) -> Bytes {
    var line = Bytes(ascii: "RCPT TO:<") + recipient.address + [.closeAngle]
    guard offers["DSN"] != nil else { return line }
    if let notify = recipient.parameters.notify { line += Bytes(ascii: " NOTIFY=") + notify.text }
    if let original = recipient.parameters.original { line += Bytes(ascii: " ORCPT=") + original.text }
    return line
  }

  // MARK: replies

  mutating func handleEnvelope(_ step: Step, _ reply: Reply) {
    switch step {
    case .sender where !reply.isSuccess:
      for index in results.indices { decide(index, reply, at: .sender) }
    case .recipient(let index):
      if reply.isSuccess, results[index] == nil { accepted.append(index) } else { decide(index, reply, at: .recipient) }
    case .data: return handleData(reply)
    default: break
    }
    sendNext()
  }

  /// Without pipelining: the next command, or RSET where it would be of no use.
  private mutating func sendNext() {
    guard let next = unsent.first else { return }
    let isDecided = results.allSatisfy { $0 != nil }
    if isDecided { return finish(resetting: true) }
    unsent.removeFirst()
    say(next.step, next.line)
  }

  private mutating func handleData(_ reply: Reply) {
    guard reply.code == 354 else {
      // A 2xx here is no yes to anything.
      let refusal = reply.code >= 400 ? reply : Reply(451, "4.5.0", "the server does not want the message")
      for index in results.indices { decide(index, refusal, at: .data) }
      return finish(resetting: true)
    }
    guard !accepted.isEmpty else {
      // Pipelined, and nobody is there: an empty message goes to no one (RFC 2920, 3.1).
      sendLoneDot()
      expected.append(.end)
      return
    }
    expected += Array(repeating: .end, count: settings.dialect == .lmtp ? accepted.count : 1)
    isSendingContent = true
    act(.setTimeout(.content))
    act(.sendContent)
  }

  mutating func handleEnd(_ reply: Reply) {
    if isSendingContent {
      // The server has had enough before it had all.
      let refusal = reply.code >= 400 ? reply : Reply(451, "4.5.0", "the server answered before the message ended")
      for index in accepted { decide(index, refusal, at: .content) }
      return breakOff(refusal, isFromServer: true, at: .content)
    }
    let verdict = (200..<300).contains(reply.code) || reply.code >= 400 ? reply : Reply(451, "4.5.0", reply.text)
    if settings.dialect == .lmtp, !accepted.isEmpty {
      decide(accepted.removeFirst(), verdict, at: .end)
    } else {
      for index in accepted { decide(index, verdict, at: .end) }
      accepted = []
    }
    if accepted.isEmpty { finish(resetting: false) }
  }

  /// The first word on a recipient counts.
  private mutating func decide(_ index: Int, _ reply: Reply, at stage: ClientStage, isFromServer: Bool = true) {
    guard results[index] == nil else { return }
    let outcome = reply.isSuccess && stage != .end ? .deferred : reply.outcome
    var result = RecipientResult(outcome: outcome, reply: reply, isFromServer: isFromServer, stage: stage)
    result.isReportedByServer = outcome == .delivered && offers["DSN"] != nil
    results[index] = result
  }
}
