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
import PostfixRouting
import Routing
import SMTP
import SendmailRouting

/// One session's side of the house.
final class Reception: @unchecked Sendable {
  private let configuration: LoadedConfiguration
  private let queue: MessageQueue
  private let settings: RuntimeSettings
  /// As the session knows it by now.
  var client: Client
  /// srv_features may say that this client is asked for none.
  private(set) var asksForCertificate = true
  /// The client went on where it must wait for an answer.
  var isSentAhead = false
  private var sender: (path: PathArgument, parameters: SenderParameters)?
  private var recipients: [(path: PathArgument, parameters: RecipientParameters)] = []
  private var writer: MessageWriter?
  private var accepted: EnvelopeAnswer?
  private var refused = 0
  private var lastRefusal: Bytes = []
  /// Recipients, by where their addresses lead.
  private var firstForms: [Resolution: Bytes] = [:]
  /// What looks at the message on its way.
  private var check: (any ContentCheck)?
  private var lines = 0
  /// What the engine keeps of this session.
  private var memory: (any SessionMemory)?
  /// The beginning of the message, for what the log says of its header.
  private var head: Bytes = []
  private var submission: Submission?
  private var deliver: @Sendable (QueueID) -> Void = { _ in }
  private var isExtended = false
  /// Starts a queue run of a node's mail.
  var turn: @Sendable (Bytes) -> Void = { _ in }

  init(_ configuration: LoadedConfiguration, _ queue: MessageQueue, _ settings: RuntimeSettings, client: Client) {
    self.configuration = configuration
    self.queue = queue
    self.settings = settings
    self.client = client
  }

  var isSubmission: Bool { submission != nil }

  /// The client is the sendmail command.
  ///
  /// - Parameter deliver: told of each message that is to go out at once.
  func submit(_ submission: Submission, deliver: @escaping @Sendable (QueueID) -> Void) {
    (self.submission, self.deliver) = (submission, deliver)
  }

  func answer(_ question: ServerQuestion, isExtended: Bool, _ router: any MailRouter) -> ServerAnswer {
    switch question {
    case .connection: return welcome(router)
    case .secured:
      guard let router = router as? SendmailRouter else { return .proceed }
      return ServerAnswer(router.checkEncryption(of: client, memory: memory))
    case .helo(let name, _):
      client.helo = name
      return refusal(upTo: .helo, router)
    case .sender(let path, let parameters):
      reset()
      if let reply = configuration.space.refusal(in: settings.queueFolder, size: parameters.size) {
        return .reply(reply)
      }
      sender = (path, parameters)
      let answer = refusal(upTo: .sender, router)
      if case .reply(let reply) = answer {
        sender = nil
        return .reply(naming(path, reply))
      }
      return answer
    case .recipient(let path, let parameters): return answer(path, parameters, isExtended: isExtended, router)
    case .dataBegin: return beginData(isExtended: isExtended, router)
    case .messageComplete(let facts): return finish(facts, isExtended: isExtended, router)
    case .xclient(let attributes):
      reset()
      client = attributes.applied(to: client)
      let answer = refusal(upTo: .connection, router)
      // Whom it speaks for now may not say so again.
      guard answer == .proceed, let postfix = router as? PostfixRouter, !postfix.allowsXCLIENT(client) else {
        return answer
      }
      return .greet(pause: 0, withheld: [.xclient])
    case .verify(let text): return inquiry(router).verify(text)
    case .expand(let text): return inquiry(router).expand(text)
    case .remoteQueue(let node):
      let answer = inquiry(router).turn(node)
      if answer == .proceed { turn(node) }
      return answer
    }
  }

  /// Takes the next part of a message.
  func append(_ content: Bytes) {
    writer?.append(check?.pass(content) ?? content)
    lines += content.count { $0 == .newline }
    if head.count < Self.mostHead { head += content.prefix(Self.mostHead - head.count) }
  }

  private static let mostHead = 1 << 15

  /// Forgets the transaction.
  func reset() {
    writer?.abandon()
    (writer, accepted, check, sender, recipients, refused, head) = (nil, nil, nil, nil, [], 0, [])
    (lastRefusal, lines, firstForms) = ([], 0, [:])
  }

  // MARK: asking

  private func inquiry(_ router: any MailRouter) -> Inquiry {
    Inquiry(router, hostName: configuration.hostName, client: client)
  }

  private func welcome(_ router: any MailRouter) -> ServerAnswer {
    let answer = refusal(upTo: .connection, router)
    guard answer == .proceed, client.arrival == .smtp, let router = router as? SendmailRouter else { return answer }
    let welcome = router.welcome(client)
    asksForCertificate = !welcome.letters.contains(0x56)
    return .greet(pause: welcome.pause, withheld: ServerExtension.withheld(by: welcome.letters))
  }

  /// - Parameter stage: the command that is judged; nil for none.
  private func envelope(_ paths: [Bytes], at stage: EnvelopeAnswer.Stage?) -> Envelope {
    var envelope = Envelope(
      client: client, sender: sender?.path.address ?? [], recipients: paths, size: sender?.parameters.size)
    // sendmail asks nothing about it.
    if isSentAhead, configuration.voice == .postfix { envelope.sentAhead = stage }
    return envelope
  }

  private func refusal(upTo stage: EnvelopeAnswer.Stage, _ router: any MailRouter) -> ServerAnswer {
    router.answer(envelope([], at: stage), at: stage, memory: &memory).session.refusal.map { .reply($0) } ?? .proceed
  }

  private func answer(
    _ path: PathArgument, _ parameters: RecipientParameters, isExtended: Bool, _ router: any MailRouter
  ) -> ServerAnswer {
    let answer = router.answer(envelope([path.address], at: .recipient), at: .recipient, memory: &memory)
    if let reply = answer.session.refusal ?? answer.recipients.first?.decision.refusal {
      guard submission?.refusals == .mailed else {
        refused += 1
        lastRefusal = reply.text
        MailLog(configuration, settings)
          .refused(path.address, reply, from: sender?.path.address ?? [], client, isExtended: isExtended)
        return .reply(naming(path, reply))
      }
      // The sender hears of it by mail.
      recipients.append((path, parameters))
      accepted = nil
      return .proceed
    }
    if submission?.refusals == .told, let reply = answer.recipients.first?.failure {
      lastRefusal = reply.text
      return .reply(reply)
    }
    // Mail that leads nowhere is not to be taken and lost.
    if answer.recipients.first?.deliveries.isEmpty ?? true, answer.message.isPositive, !answer.message.isDiscard {
      return .reply(Reply(451, "4.3.5", "The configuration has no way to deliver to that recipient"))
    }
    recipients.append((path, parameters))
    // Of one recipient the engine has said all there is.
    accepted = recipients.count == 1 && !isSentAhead ? answer : nil
    return firstForm(of: path.written, answer).map { .accepted(as: $0) } ?? .proceed
  }

  /// How sendmail names a recipient: as it was first given in this transaction.
  private func firstForm(of written: Bytes, _ answer: EnvelopeAnswer) -> Bytes? {
    guard configuration.voice == .sendmail,
      let place = answer.recipients.first?.deliveries.first?.path.first
    else { return nil }
    let form = firstForms[place] ?? written
    firstForms[place] = form
    return form
  }

  /// sendmail names an address in a refusal as it was written.
  private func naming(_ path: PathArgument, _ reply: Reply) -> Reply {
    let end = Bytes(ascii: "... ")
    guard configuration.voice == .sendmail, path.written.first != 0x3C || path.written.last != 0x3E,
      reply.text.starts(with: [0x3C] + path.address + [0x3E] + end)
    else { return reply }
    return Reply(reply.code, reply.enhancedCode, path.written + reply.text.dropFirst(path.address.count + 2))
  }

  private func beginData(isExtended: Bool, _ router: any MailRouter) -> ServerAnswer {
    let paths = recipients.map(\.path.address)
    let known = isSentAhead ? nil : accepted
    var answer = known ?? router.answer(envelope(paths, at: .data), at: .recipient, memory: &memory)
    if let reply = answer.session.refusal { return .reply(reply) }
    if let reply = answer.message.refusal, answer.messageStage < .endOfData { return .reply(reply) }
    if let hops = submission?.hops, configuration.mostHops > 0, hops > configuration.mostHops {
      return .reply(Reply(554, "5.4.6", "Too many hops \(hops) (\(configuration.mostHops) max)"))
    }
    if let checker = router.contentChecker {
      let decision = checker.decideData(contentFacts(), memory: &memory)
      if let reply = decision.refusal { return .reply(reply) }
      if decision != .accept { answer.message = decision }
      check = checker.contentCheck()
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

  // MARK: the content

  private func contentFacts(_ id: Bytes = []) -> ContentFacts {
    ContentFacts(queueID: id, recipients: recipients.count, refusedRecipients: refused)
  }

  /// What the content changes of the answer; the refusal, if there is one.
  private func judge(_ answer: inout EnvelopeAnswer, _ writer: MessageWriter, _ router: any MailRouter) -> Reply? {
    guard var check, let checker = router.contentChecker else { return nil }
    let verdict = check.finish(contentFacts(Bytes("\(writer.id)".utf8)), router, memory: &memory)
    MailLog(configuration, settings)
      .judged(writer.id, verdict, from: answer.sender, to: recipients.map(\.path.address), client)
    writer.append(verdict.rest)
    if let reply = verdict.decision.refusal { return reply }
    if verdict.decision != .accept, !answer.message.isDiscard { answer.message = verdict.decision }
    answer = checker.answer(envelope(recipients.map(\.path.address), at: nil), answer, after: verdict)
    return nil
  }

  // MARK: into the queue

  private func finish(_ facts: MessageFacts, isExtended: Bool, _ router: any MailRouter) -> ServerAnswer {
    guard let writer, var accepted else { return .reply(Reply(451, "4.3.0", "no message was begun")) }
    if let reply = accepted.message.refusal {
      writer.abandon()
      (self.writer, self.accepted, check, head) = (nil, nil, nil, [])
      return .refusedAtEnd(reply)
    }
    defer { reset() }
    let id = Bytes("\(writer.id)".utf8)
    if let reply = refusalOfEightBit(facts) { return .reply(reply) }
    if let reply = judge(&accepted, writer, router) { return .reply(reply) }
    if let reply = configuration.bounce(ofHops: facts.hops) {
      if submission?.refusals == .told { return .reply(reply) }
      accepted.bounce(reply)
    }
    let recipients = queued(accepted)
    if accepted.message.isDiscard { return .queued(id: id) }
    guard !recipients.isEmpty else {
      return .reply(Reply(451, "4.3.5", "The configuration has no way to deliver the message"))
    }
    var envelope = QueuedEnvelope(sender: accepted.sender, recipients: recipients, arrival: MailDates.now())
    envelope.returns = sender?.parameters.returning.map { $0 == .full ? .full : .headers }
    envelope.envelopeID = sender?.parameters.envelopeID
    envelope.bodyType = facts.hasEightBit ? .eightBitMIME : .sevenBit
    envelope.client = envelopeFacts(facts)
    if !accepted.prepended.isEmpty {
      let lines = Bytes(accepted.prepended.joined(separator: [.newline]))
      envelope.client.append(.init(key: Bytes(EnvelopeAnswer.prependedFact.utf8), value: lines))
    }
    if sender?.parameters.body == .eightBit {
      envelope.client.append(.init(key: Bytes(QueuedEnvelope.declaredFact.utf8), value: Bytes(ascii: "8BITMIME")))
    }
    if case .hold = accepted.message { envelope.isHeld = true }
    if let due = firstAttempt, !isReturned(recipients) {
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
        id: writer.id, sender: accepted.sender, size: submission == nil ? facts.size : facts.size - lines,
        recipients: recipients.count,
        messageID: HeaderBlock(head).first(Bytes(ascii: "message-id"))?.body.trimmed ?? [], client: client,
        isExtended: isExtended, login: submission?.login, userID: submission?.userID,
        ownID: submission == nil ? [] : configuration.messageID(id)))
    switch submission?.mode {
    case .background: deliver(writer.id)
    case .queue where isReturned(recipients): deliver(writer.id)
    case .queue, .postponed: log.queued(writer.id, size: facts.size - lines, recipients)
    case .interactive, nil: break
    }
    return .queued(id: id)
  }

  /// EightBitMode=strict: what the client did not declare.
  private func refusalOfEightBit(_ facts: MessageFacts) -> Reply? {
    guard configuration.voice == .sendmail, configuration.eightBitMode == .strict, facts.hasEightBit else { return nil }
    let isDeclared = submission.map { !$0.body.isEmpty } ?? (sender?.parameters.body != nil)
    return isDeclared ? nil : Reply(554, "5.6.1", "Eight bit data not allowed")
  }

  /// One entry for each copy; copies that are the same, for two recipients, are one.
  private func queued(_ answer: EnvelopeAnswer) -> [QueuedRecipient] {
    var seen: Set<Route> = []
    var result: [QueuedRecipient] = []
    for (index, recipient) in answer.recipients.enumerated() {
      let given = recipients.indices.contains(index) ? recipients[index].parameters : RecipientParameters()
      if let reply = recipient.decision.refusal {
        guard submission?.refusals == .mailed else { continue }
        // Who cannot be asked about now is asked about again.
        let route = reply.isTransient ? [] : Route(refusing: recipient.given, from: answer.sender, reply).encoded
        result.append(
          QueuedRecipient(
            address: recipient.given, original: given.original?.text, notify: Self.notify(given), route: route))
        continue
      }
      var notify = Self.notify(given)
      let isExpanded = recipient.isExpanded || Set(recipient.deliveries.map { Route($0) }).count > 1
      if notify.contains(.success), isExpanded {
        result.append(
          QueuedRecipient(
            address: recipient.given, original: given.original?.text, notify: .success,
            route: Route.expansion(of: recipient.given, from: answer.sender).encoded))
        notify.remove(.success)
        // Who wanted to hear nothing else is not to hear of failures.
        if notify.isEmpty { notify = .never }
      }
      for delivery in recipient.deliveries {
        if submission?.refusals == .told, case .bounce(let reply) = delivery.destination {
          lastRefusal = reply.text
          continue
        }
        var route = Route(delivery)
        guard seen.insert(route).inserted else { continue }
        route.expansion = delivery.expansion
        result.append(
          QueuedRecipient(
            address: recipient.given, original: given.original?.text, notify: notify, route: route.encoded))
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
  private func envelopeFacts(_ message: MessageFacts) -> [QueuedEnvelope.Fact] {
    let only = recipients.count == 1 ? recipients.first?.path.address : nil
    var facts: [(String, Bytes?)] = [("recipient", only)]
    if let submission {
      facts += [
        ("login", submission.login), ("fullname", submission.fullName), ("userid", Bytes("\(submission.userID)".utf8)),
      ]
    } else {
      facts += [
        ("address", client.address), ("name", client.name ?? []), ("helo", client.helo ?? []),
        ("protocol", Bytes(Self.protocolName(isExtended: isExtended, client.tls != nil).utf8)),
      ]
      facts += securityFacts
    }
    if let body = bodyName(message) { facts.append(("body", body)) }
    if !lastRefusal.isEmpty, submission != nil { facts.append(("refusal", MailLog.problem(lastRefusal))) }
    facts.append(("text", Bytes("\(textSize(message))".utf8)))
    return facts.compactMap { key, value in value.map { QueuedEnvelope.Fact(key: Bytes(key.utf8), value: $0) } }
  }

  /// BODY= or `-B`, as mailq shows it; what needs no 8BITMIME is not called so.
  private func bodyName(_ message: MessageFacts) -> Bytes? {
    if let submission { return submission.body.isEmpty ? nil : named(submission.body, message) }
    switch sender?.parameters.body {
    case .sevenBit: return Bytes(ascii: "7BIT")
    case .eightBit: return named(Bytes(ascii: "8BITMIME"), message)
    case nil: return nil
    }
  }

  private func named(_ body: Bytes, _ message: MessageFacts) -> Bytes {
    body.first == 0x38 && !message.hasEightBit ? Bytes(ascii: "7BIT") : body
  }

  /// Of the text behind the header, lines ending in LF, as mailq counts it.
  private func textSize(_ message: MessageFacts) -> Int {
    let headerLines = head.prefix(message.headerSize).count { $0 == .newline }
    // The line between the two counts as one byte, and is neither's.
    return max(0, message.size - message.headerSize - (lines - headerLines) - 1)
  }

  /// Nothing of it goes anywhere but back.
  private func isReturned(_ recipients: [QueuedRecipient]) -> Bool {
    recipients.allSatisfy { recipient in
      if case .bounce? = Route(recipient.route)?.destination { true } else { false }
    }
  }

  private static func protocolName(isExtended: Bool, _ isSecure: Bool) -> String {
    isExtended ? (isSecure ? "ESMTPS" : "ESMTP") : "SMTP"
  }

  private var securityFacts: [(String, Bytes?)] {
    guard let tls = client.tls else { return [] }
    switch configuration.system {
    case .sendmail(let installation):
      return tls.macros(fingerprint: installation.program.options.text("CertFingerprintAlgorithm"))
        .map { ("{\($0.name)}", $0.value) }
    case .postfix: return configuration.security.offer.isTold ? [("tls", tls.told)] : []
    }
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

extension RecipientAnswer {
  /// Why nothing of it can be delivered.
  fileprivate var failure: Reply? {
    let replies = deliveries.map { delivery in
      if case .bounce(let reply) = delivery.destination { reply } else { nil as Reply? }
    }
    return replies.contains(nil) ? nil : replies.last ?? nil
  }
}

extension Delivery {
  /// What stands in the alias or list; nothing where the recipient itself gets it.
  fileprivate var expansion: Bytes {
    guard path.count > 1 else { return [] }
    if case .program = destination { return [0x22] + resolution.user + [0x22] }
    return resolution.user
  }
}

extension EnvelopeAnswer {
  /// Lets every recipient that was taken have the message back.
  fileprivate mutating func bounce(_ reply: Reply) {
    for index in recipients.indices {
      recipients[index].deliveries = recipients[index].deliveries.prefix(1).map { delivery in
        var bounced = delivery
        bounced.destination = .bounce(reply)
        return bounced
      }
    }
    extraDeliveries = []
  }
}

extension LoadedConfiguration {
  /// As the H line that all configurations have makes it.
  fileprivate func messageID(_ id: Bytes) -> Bytes {
    Bytes(ascii: "<") + MailDates.minute(MailDates.now()) + [.dot] + id + [.at] + hostName + Bytes(ascii: ">")
  }

  /// sendmail takes what went round in circles, and sends it back.
  fileprivate func bounce(ofHops hops: Int) -> Reply? {
    guard voice == .sendmail, mostHops > 0, hops > mostHops else { return nil }
    return Reply(554, "5.4.6", "Too many hops \(hops) (\(mostHops) max)")
  }
}

extension Decision {
  fileprivate var isDiscard: Bool { if case .discard = self { true } else { false } }
}
