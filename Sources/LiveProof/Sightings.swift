// Sightings.swift: where the messages of the questions turned up.

import Delivery
import MailAddress
import MailQueue
import Posix
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

  /// - Parameter mailFolder: mbox files by the names of users.
  init(_ recorder: Recorder, mailFolder: String, _ queue: MessageQueue, _ envelopes: [Envelope]) {
    self.envelopes = envelopes
    attempts = recorder.attempts
    deliveries = Array(repeating: [], count: envelopes.count)
    fields = Array(repeating: [], count: envelopes.count)
    for copy in recorder.copies {
      for recipient in copy.recipients { note(copy.destination, copy.sender, recipient, copy.content) }
    }
    for user in namesInFolder(mailFolder) {
      for content in Self.messages((try? readFile(mailFolder + "/" + user)) ?? []) {
        note(.mailbox(user: Bytes(user.utf8)), nil, nil, content)
      }
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
    _ destination: Destination, _ sender: Bytes?, _ recipient: Bytes?, _ content: Bytes
  ) {
    var content = LineEnds.toFile(content)
    // Files and programs get it as a mailbox does.
    if content.starts(with: Self.fromLine) { content = Bytes(content.drop { $0 != .newline }.dropFirst()) }
    let header = HeaderBlock(content)
    guard let (number, kind) = ProbeMessage.recognize(content, header), envelopes.indices.contains(number) else {
      return
    }
    switch kind {
    case .notice(let status): noteReturned(number, status)
    case .copy:
      var delivery = attempt(number, destination, recipient)
      delivery.sender = sender ?? delivery.sender
      delivery.recipient = recipient ?? delivery.recipient
      delivery.headers = ProbeMessage.headerForms(header, envelopes[number])
      if !deliveries[number].contains(delivery) { deliveries[number].append(delivery) }
      fields[number].formUnion(ProbeMessage.otherFields(header))
    }
  }

  /// The attempt that led there, for what a copy does not show.
  private func attempt(_ number: Int, _ destination: Destination, _ recipient: Bytes?) -> Delivery {
    let known = (attempts[number] ?? []).filter { Self.areAlike($0.destination, destination) }
    return known.first { recipient == nil || $0.recipient == recipient } ?? known.first
      ?? Delivery(
        resolution: Resolution(transport: [], host: [], user: []), destination: destination, sender: [], recipient: [])
  }

  /// A mailbox does not show by which command the mail came.
  private static func areAlike(_ one: Destination, _ other: Destination) -> Bool {
    if case .mailbox(let user, _) = one, case .mailbox(let second, _) = other { return user == second }
    return one == other
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

  /// The messages of an mbox file, without their From lines.
  private static func messages(_ mailbox: Bytes) -> [Bytes] {
    var result: [Bytes] = []
    for line in mailbox.split(separator: .newline, omittingEmptySubsequences: false) {
      if line.starts(with: fromLine) {
        result.append([])
      } else if let last = result.indices.last {
        result[last] += line
        result[last].append(.newline)
      }
    }
    return result
  }
}
