// Sightings.swift: where the messages of the questions turned up.

import Delivery
import MailAddress
import MailQueue
import Routing

/// All that was seen, by the numbers of the questions.
struct Sightings {
  private var deliveries: [[Delivery]]
  /// Header fields besides addresses and trace fields.
  private(set) var fields: [Set<Bytes>]
  private var held: Set<Int> = []
  private let envelopes: [Envelope]
  /// What the runtime set out to do.
  private let attempts: [Int: [Delivery]]

  init(_ recorder: Recorder, _ queue: MessageQueue, _ envelopes: [Envelope]) {
    self.envelopes = envelopes
    attempts = recorder.attempts
    deliveries = Array(repeating: [], count: envelopes.count)
    fields = Array(repeating: [], count: envelopes.count)
    for copy in recorder.copies {
      for recipient in copy.recipients { note(copy.destination, copy.sender, recipient, copy.content) }
    }
    for entry in queue.list() { note(entry, queue) }
  }

  /// The answer that these sightings are.
  ///
  /// - Parameter told: what the client heard; nil is returned where that is nothing.
  func answer(to envelope: Envelope, number: Int, told: ProbeAnswer) -> EnvelopeAnswer? {
    var recipient = RecipientAnswer(given: envelope.recipients.first ?? [], decision: .accept)
    var answer = EnvelopeAnswer(sender: envelope.sender)
    switch told {
    case .unasked: return nil
    case .refused(let reply): recipient.decision = .reject(reply)
    case .accepted:
      recipient.deliveries = deliveries[number]
      if held.contains(number) {
        answer.message = .hold(reason: [])
      } else if recipient.deliveries.isEmpty {
        answer.message = .discard(reason: [])
      }
      // A copy under the null sender has nobody in From: whom one could look for.
      if recipient.deliveries.contains(where: { $0.headers != nil && $0.sender.isEmpty }) { answer.sender = [] }
    }
    answer.recipients = [recipient]
    return answer
  }

  private mutating func note(
    _ destination: Destination, _ sender: Bytes, _ recipient: Bytes, _ content: Bytes
  ) {
    var content = LineEnds.toFile(content)
    // Mailboxes, files and programs may get a From line.
    if content.starts(with: Self.fromLine) { content = Bytes(content.drop { $0 != .newline }.dropFirst()) }
    let header = HeaderBlock(content)
    guard let (number, kind) = ProbeMessage.recognize(content, header), envelopes.indices.contains(number) else {
      return
    }
    switch kind {
    case .notice(let status): noteReturned(number, status)
    case .copy:
      var delivery = attempt(number, destination, recipient)
      (delivery.sender, delivery.recipient) = (sender, recipient)
      delivery.headers = ProbeMessage.headerForms(header, envelopes[number])
      if !deliveries[number].contains(delivery) { deliveries[number].append(delivery) }
      fields[number].formUnion(ProbeMessage.otherFields(header))
    }
  }

  /// The attempt that led there, for what a copy does not show.
  private func attempt(_ number: Int, _ destination: Destination, _ recipient: Bytes?) -> Delivery {
    let known = (attempts[number] ?? []).filter { $0.destination == destination }
    return known.first { recipient == nil || $0.recipient == recipient } ?? known.first
      ?? Delivery(
        resolution: Resolution(transport: [], host: [], user: []), destination: destination, sender: [], recipient: [])
  }

  private mutating func noteReturned(_ number: Int, _ status: Int) {
    let bounced = (attempts[number] ?? []).first { delivery in
      if case .bounce(let reply) = delivery.destination { reply.code / 100 == status } else { false }
    }
    deliveries[number].append(bounced ?? attempt(number, .bounce(Reply(status * 100, nil, "")), nil))
  }

  /// What is left in the queue waits there, or is held.
  private mutating func note(_ entry: QueueEntry, _ queue: MessageQueue) {
    guard let content = (try? queue.content(of: entry.id)).map(LineEnds.toFile),
      let (number, kind) = ProbeMessage.recognize(content, HeaderBlock(content)), kind == .copy,
      envelopes.indices.contains(number)
    else { return }
    if entry.state == .hold {
      held.insert(number)
    } else {
      deliveries[number].append(attempt(number, .deferred(Reply(450, nil, "")), nil))
    }
  }

  private static let fromLine = Bytes(ascii: "From ")
}
