// Reception.swift: the answers to one client, and its message's way into the queue.
//
//     question of the session ─► engine ─► yes or no
//     content ─► writer of the queue          end of data ─► envelope ─► durable ─► 250
//
// Called on engine threads, one call at a time; never on an event loop.
//
// Fails: what the queue cannot take is answered 452 or 451, and the client keeps it.

import Delivery
import Glibc
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
  /// What the engine keeps of this session.
  private var memory: (any SessionMemory)?
  /// The beginning of the message, for what the log says of its header.
  private var head: Bytes = []
  private var submission: Submission?
  private var deliver: @Sendable (QueueID) -> Void = { _ in }
  private var isExtended = false

  init(_ configuration: LoadedConfiguration, _ queue: MessageQueue, _ settings: RuntimeSettings, client: Client) {
    self.configuration = configuration
    self.queue = queue
    self.settings = settings
    self.client = client
  }

  /// The client is the sendmail command.
  ///
  /// - Parameter deliver: told of each message that is to go out at once.
  func submit(_ submission: Submission, deliver: @escaping @Sendable (QueueID) -> Void) {
    (self.submission, self.deliver) = (submission, deliver)
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
    case .recipient(let path, let parameters): return answer(path, parameters, isExtended: isExtended, router)
    case .dataBegin: return beginData(isExtended: isExtended, router)
    case .messageComplete(let facts): return finish(facts, isExtended: isExtended)
    case .xclient(let attributes):
      reset()
      client = attributes.applied(to: client)
      return refusal(upTo: .connection, router)
    case .verify(let text): return Inquiry(router, hostName: configuration.hostName, client: client).verify(text)
    case .expand(let text): return Inquiry(router, hostName: configuration.hostName, client: client).expand(text)
    case .remoteQueue: return .proceed
    }
  }

  /// Takes the next part of a message.
  func append(_ content: Bytes) {
    writer?.append(content)
    if head.count < Self.mostHead { head += content.prefix(Self.mostHead - head.count) }
  }

  private static let mostHead = 1 << 15

  /// Forgets the transaction.
  func reset() {
    writer?.abandon()
    (writer, accepted, sender, recipients, head) = (nil, nil, nil, [], [])
  }

  // MARK: asking

  private func envelope(_ paths: [Bytes]) -> Envelope {
    Envelope(client: client, sender: sender?.path.address ?? [], recipients: paths, size: sender?.parameters.size)
  }

  private func refusal(upTo stage: EnvelopeAnswer.Stage, _ router: any MailRouter) -> ServerAnswer {
    router.answer(envelope([]), at: stage, memory: &memory).session.refusal.map { .reply($0) } ?? .proceed
  }

  private func answer(
    _ path: PathArgument, _ parameters: RecipientParameters, isExtended: Bool, _ router: any MailRouter
  ) -> ServerAnswer {
    let answer = router.answer(envelope([path.address]), at: .recipient, memory: &memory)
    if let reply = answer.session.refusal ?? answer.recipients.first?.decision.refusal {
      guard submission?.bouncesRefused ?? false else {
        MailLog(configuration, settings)
          .refused(path.address, reply, from: sender?.path.address ?? [], client, isExtended: isExtended)
        return .reply(reply)
      }
      // The sender hears of it by mail.
      recipients.append((path, parameters))
      accepted = nil
      return .proceed
    }
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
    let paths = recipients.map(\.path.address)
    let answer = accepted ?? router.answer(envelope(paths), at: .recipient, memory: &memory)
    if let reply = answer.session.refusal ?? answer.message.refusal { return .reply(reply) }
    if let hops = submission?.hops, configuration.mostHops > 0, hops > configuration.mostHops {
      return .reply(Reply(554, "5.4.6", "Too many hops \(hops) (\(configuration.mostHops) max)"))
    }
    do throws(QueueError) {
      let writer = try queue.begin(expectedSize: sender?.parameters.size ?? 0)
      for warning in submission?.warnings ?? [] {
        writer.append(Bytes(ascii: "X-Authentication-Warning: ") + warning + [13, 10])
      }
      self.isExtended = isExtended
      self.writer = writer
      accepted = answer
      return .proceed
    } catch {
      return .reply(refusal(error))
    }
  }

  // MARK: into the queue

  private func finish(_ facts: MessageFacts, isExtended: Bool) -> ServerAnswer {
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
    if let due = firstAttempt {
      for index in envelope.recipients.indices { envelope.recipients[index].due = due }
    }
    do throws(QueueError) {
      try writer.commit(envelope)
    } catch {
      return .reply(refusal(error))
    }
    let log = MailLog(configuration, settings)
    log.accepted(
      MailLog.Arrival(
        id: writer.id, sender: accepted.sender, size: facts.size, recipients: recipients.count,
        messageID: HeaderBlock(head).first(Bytes(ascii: "message-id"))?.body.trimmed ?? [], client: client,
        isExtended: isExtended, login: submission?.login))
    switch submission?.mode {
    case .background: deliver(writer.id)
    case .queue, .postponed: log.queued(writer.id, size: facts.size, recipients)
    case .interactive, nil: break
    }
    return .queued(id: id)
  }

  /// One entry for each copy; copies that are the same, for two recipients, are one.
  private func queued(_ answer: EnvelopeAnswer) -> [QueuedRecipient] {
    var seen: Set<Route> = []
    var result: [QueuedRecipient] = []
    for (index, recipient) in answer.recipients.enumerated() {
      let given = recipients.indices.contains(index) ? recipients[index].parameters : RecipientParameters()
      if let reply = recipient.decision.refusal {
        guard submission?.bouncesRefused ?? false else { continue }
        // Who cannot be asked about now is asked about again.
        let route = reply.isTransient ? [] : Route(refusing: recipient.given, from: answer.sender, reply).encoded
        result.append(
          QueuedRecipient(
            address: recipient.given, original: given.original?.text, notify: Self.notify(given), route: route))
        continue
      }
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
    var facts: [(String, Bytes?)] = [("recipient", only)]
    if let submission {
      facts += [("login", submission.login), ("fullname", submission.fullName), ("userid", Bytes("\(getuid())".utf8))]
    } else {
      facts += [
        ("address", client.address), ("name", client.name ?? []), ("helo", client.helo ?? []),
        ("protocol", Bytes((isExtended ? "ESMTP" : "SMTP").utf8)),
      ]
    }
    return facts.compactMap { key, value in value.map { QueuedEnvelope.Fact(key: Bytes(key.utf8), value: $0) } }
  }

  /// When a submitted message is tried first; nil for at once.
  private var firstAttempt: Int? {
    switch submission?.mode {
    case nil, .background: nil
    // The command asks for it next; should it not, the mail goes out all the same.
    case .interactive: MailDates.now() + 60
    case .queue, .postponed: MailDates.now() + settings.firstRetry
    }
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
