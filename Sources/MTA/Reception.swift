// Reception.swift: the answers to one client, and its message's way into the queue.
//
//     question of the session ─► engine ─► yes or no
//     content ─► writer of the queue          end of data ─► envelope ─► durable ─► 250
//
// Called on engine threads, one call at a time; never on an event loop.
//
// Fails: what the queue cannot take is answered 452 or 451, and the client keeps it.

import MailAddress
import MailQueue
import Routing
import SMTP

/// One session's side of the house.
final class Reception: @unchecked Sendable {
  private let configuration: LoadedConfiguration
  private let queue: MessageQueue
  private let settings: RuntimeSettings
  /// As the session knows it by now.
  var client: Client
  private var sender: (path: PathArgument, parameters: SenderParameters)?
  private var recipients: [(path: PathArgument, parameters: RecipientParameters)] = []
  private var writer: MessageWriter?
  private var accepted: EnvelopeAnswer?
  private var isExtended = false

  init(_ configuration: LoadedConfiguration, _ queue: MessageQueue, _ settings: RuntimeSettings, client: Client) {
    self.configuration = configuration
    self.queue = queue
    self.settings = settings
    self.client = client
  }

  func answer(_ question: ServerQuestion, isExtended: Bool, _ router: any MailRouter) -> ServerAnswer {
    switch question {
    case .connection: return refusal(upTo: .connection, router)
    case .helo(let name, _):
      client.helo = name
      return refusal(upTo: .helo, router)
    case .sender(let path, let parameters):
      reset()
      sender = (path, parameters)
      let answer = refusal(upTo: .sender, router)
      if case .reply = answer { sender = nil }
      return answer
    case .recipient(let path, let parameters): return answer(path, parameters, router)
    case .dataBegin: return beginData(isExtended: isExtended, router)
    case .messageComplete(let facts): return finish(facts)
    case .verify, .expand, .remoteQueue, .xclient: return .proceed
    }
  }

  /// Takes the next part of a message.
  func append(_ content: Bytes) { writer?.append(content) }

  /// Forgets the transaction.
  func reset() {
    writer?.abandon()
    (writer, accepted, sender, recipients) = (nil, nil, nil, [])
  }

  // MARK: asking

  private func envelope(_ paths: [Bytes]) -> Envelope {
    Envelope(client: client, sender: sender?.path.address ?? [], recipients: paths, size: sender?.parameters.size)
  }

  private func refusal(upTo stage: EnvelopeAnswer.Stage, _ router: any MailRouter) -> ServerAnswer {
    let answer = router.answer(envelope([]))
    guard let reply = answer.session.refusal, answer.stage <= stage else { return .proceed }
    return .reply(reply)
  }

  private func answer(
    _ path: PathArgument, _ parameters: RecipientParameters, _ router: any MailRouter
  ) -> ServerAnswer {
    let answer = router.answer(envelope([path.address]))
    if let reply = answer.session.refusal ?? answer.recipients.first?.decision.refusal { return .reply(reply) }
    // Mail that leads nowhere is not to be taken and lost.
    if answer.recipients.first?.deliveries.isEmpty ?? true, !answer.message.isDiscard {
      return .reply(Reply(451, "4.3.5", "The configuration has no way to deliver to that recipient"))
    }
    recipients.append((path, parameters))
    // Of one recipient the engine has said all there is.
    accepted = recipients.count == 1 ? answer : nil
    return .proceed
  }

  private func beginData(isExtended: Bool, _ router: any MailRouter) -> ServerAnswer {
    let answer = accepted ?? router.answer(envelope(recipients.map(\.path.address)))
    if let reply = answer.session.refusal ?? answer.message.refusal { return .reply(reply) }
    do throws(QueueError) {
      let writer = try queue.begin(expectedSize: sender?.parameters.size ?? 0)
      self.isExtended = isExtended
      self.writer = writer
      accepted = answer
      return .proceed
    } catch {
      return .reply(refusal(error))
    }
  }

  // MARK: into the queue

  private func finish(_ facts: MessageFacts) -> ServerAnswer {
    defer { reset() }
    guard let writer, let accepted else { return .reply(Reply(451, "4.3.0", "no message was begun")) }
    let id = Bytes("\(writer.id)".utf8)
    let recipients = queued(accepted)
    if accepted.message.isDiscard { return .queued(id: id) }
    guard !recipients.isEmpty else {
      return .reply(Reply(451, "4.3.5", "The configuration has no way to deliver the message"))
    }
    var envelope = QueuedEnvelope(sender: accepted.sender, recipients: recipients, arrival: MailDates.now())
    envelope.returns = sender?.parameters.returning.map { $0 == .full ? .full : .headers }
    envelope.envelopeID = sender?.parameters.envelopeID
    envelope.bodyType = facts.hasEightBit ? .eightBitMIME : .sevenBit
    envelope.client = clientFacts
    if case .hold = accepted.message { envelope.isHeld = true }
    do throws(QueueError) {
      try writer.commit(envelope)
    } catch {
      return .reply(refusal(error))
    }
    let shown = String(decoding: client.address, as: UTF8.self)
    settings.log(
      "\(writer.id): from=<\(String(decoding: accepted.sender, as: UTF8.self))>, size=\(writer.size), "
        + "nrcpts=\(recipients.count), relay=[\(shown)]")
    return .queued(id: id)
  }

  /// One entry for each copy; copies that are the same, for two recipients, are one.
  private func queued(_ answer: EnvelopeAnswer) -> [QueuedRecipient] {
    var seen: Set<Route> = []
    var result: [QueuedRecipient] = []
    for (index, recipient) in answer.recipients.enumerated() where recipient.decision.isPositive {
      let given = recipients.indices.contains(index) ? recipients[index].parameters : RecipientParameters()
      for delivery in recipient.deliveries {
        let route = Route(delivery)
        guard seen.insert(route).inserted else { continue }
        result.append(
          QueuedRecipient(
            address: recipient.given, original: given.original?.text, notify: Self.notify(given),
            route: route.encoded))
      }
    }
    for delivery in answer.extraDeliveries where seen.insert(Route(delivery)).inserted {
      result.append(
        QueuedRecipient(address: delivery.recipient, notify: .never, route: Route(delivery).encoded))
    }
    return result
  }

  private static func notify(_ parameters: RecipientParameters) -> QueuedRecipient.Notify {
    guard let given = parameters.notify else { return [] }
    var result: QueuedRecipient.Notify = []
    if given.contains(.never) { result.insert(.never) }
    if given.contains(.success) { result.insert(.success) }
    if given.contains(.failure) { result.insert(.failure) }
    if given.contains(.delay) { result.insert(.delay) }
    return result
  }

  /// What Received: and other fields say of the client and of how it came.
  private var clientFacts: [QueuedEnvelope.Fact] {
    let only = recipients.count == 1 ? recipients.first?.path.address : nil
    let facts: [(String, Bytes?)] = [
      ("address", client.address), ("name", client.name ?? []), ("helo", client.helo ?? []),
      ("protocol", Bytes((isExtended ? "ESMTP" : "SMTP").utf8)), ("recipient", only),
    ]
    return facts.compactMap { key, value in value.map { QueuedEnvelope.Fact(key: Bytes(key.utf8), value: $0) } }
  }

  private func refusal(_ error: QueueError) -> Reply {
    settings.log("the queue refuses a message: \(error)")
    switch error {
    case .insufficientSpace: return Reply(452, "4.3.1", "Insufficient system storage")
    case .tooLarge: return Reply(552, "5.3.4", "Message too large for the queue")
    default: return Reply(451, "4.3.0", "The message could not be queued")
    }
  }
}

extension Decision {
  fileprivate var isDiscard: Bool { if case .discard = self { true } else { false } }
}
