// DeliveryAgents.swift: one attempt for recipients that go the same way.
//
//     mailbox ─► a file below the spool folder      remote ─► SMTP to the first host that answers
//     program, file ─► where they are allowed       agent  ─► LMTP, SMTP; others wait
//
// Blocking: called on delivery threads.

import Delivery
import MailAddress
import MailQueue
import NIOCore
import Posix
import Resolver
import Routing
import SMTP

struct DeliveryAgents: Sendable {
  let configuration: LoadedConfiguration
  let settings: RuntimeSettings
  let group: any EventLoopGroup

  /// How an attempt ended for one recipient.
  struct Outcome: Sendable, Equatable {
    enum Kind: Sendable, Equatable { case delivered, relayed, failed, deferred }

    var kind: Kind
    var reply: Reply
    /// The host that said so.
    var host: String?

    static func delivered(_ text: String) -> Outcome { Outcome(kind: .delivered, reply: Reply(250, "2.0.0", text)) }

    init(kind: Kind, reply: Reply, host: String? = nil) {
      self.kind = kind
      self.reply = reply
      self.host = host
    }

    init(_ failure: DeliveryFailure) {
      let code = failure.isTemporary ? 450 : 550
      self.init(
        kind: failure.isTemporary ? .deferred : .failed, reply: Reply(code, failure.enhancedCode, failure.text))
    }
  }

  /// What is delivered.
  struct Job: Sendable {
    var route: Route
    var recipients: [QueuedRecipient]
    var routes: [Route]
    var id: QueueID
    var envelope: QueuedEnvelope
    var message: ArrivedMessage
  }

  func attempt(_ job: Job) -> [Outcome] {
    do throws(HeaderFailure) { return try deliver(job) } catch {
      return all(job, .deferred, Reply(451, "4.3.5", error.reason))
    }
  }

  private func outgoing(_ job: Job) throws(HeaderFailure) -> OutgoingText {
    try configuration.outgoing(job.message, job.id, job.envelope, job.route)
  }

  private func deliver(_ job: Job) throws(HeaderFailure) -> [Outcome] {
    if let outcomes = try recorded(job) { return outcomes }
    switch job.route.destination {
    case .mailbox(let user, _): return [try mailbox(user, job)]
    case .file(let path): return [try file(path, job)]
    case .program(let command): return [try program(command, job)]
    case .remote(let host): return try smtp(host, job, isLMTP: false)
    case .agent(let transport, let host):
      return Self.speaksSMTP(transport)
        ? try smtp(host, job, isLMTP: transport.starts(with: Bytes(ascii: "lmtp")))
        : all(job, .deferred, Reply(450, "4.3.5", "the transport \(transport.text) is not run here"))
    case .bounce(let reply): return all(job, .failed, reply)
    case .deferred(let reply): return all(job, .deferred, reply)
    case .nowhere: return all(job, .delivered, Reply(250, "2.0.0", "thrown away"))
    }
  }

  private static func speaksSMTP(_ transport: Bytes) -> Bool {
    transport.starts(with: Bytes(ascii: "lmtp")) || transport.starts(with: Bytes(ascii: "smtp"))
  }

  /// What the recorder takes as it is; nil for what goes its ordinary way.
  private func recorded(_ job: Job) throws(HeaderFailure) -> [Outcome]? {
    guard case .recorded(let recorder) = settings.outbound else { return nil }
    switch job.route.destination {
    case .program, .file: break
    case .agent(let transport, _) where !Self.speaksSMTP(transport): break
    default: return nil
    }
    let content = try localText(job)
    for route in job.routes {
      recorder.record(job.route.destination, sender: route.sender, recipient: route.recipient, content: content)
    }
    return all(job, .delivered, Reply(250, "2.0.0", "recorded"))
  }

  private func all(_ job: Job, _ kind: Outcome.Kind, _ reply: Reply) -> [Outcome] {
    job.recipients.map { _ in Outcome(kind: kind, reply: reply) }
  }

  // MARK: on this host

  /// The message as a mailbox, file or program takes it.
  private func localText(_ job: Job) throws(HeaderFailure) -> Bytes {
    let outgoing = try outgoing(job)
    guard configuration.voice == .postfix else { return outgoing.form.render(outgoing.text.file) }
    var header = HeaderBlock(outgoing.text.file)
    header.stampDelivery(
      sender: job.envelope.sender, original: job.recipients.first?.address, delivered: job.route.recipient)
    return outgoing.form.render(header.message)
  }

  private func mailbox(_ user: Bytes, _ job: Job) throws(HeaderFailure) -> Outcome {
    // Names come from strangers: one that leads elsewhere is nobody's.
    guard !user.isEmpty, user.first != 0x2E, !user.contains(0x2F), !user.contains(0) else {
      return Outcome(kind: .failed, reply: Reply(550, "5.1.1", "no mailbox has that name"))
    }
    var box = Mailbox(settings.mailFolder + "/" + user.text)
    box.locks = configuration.locks
    let text = try localText(job)
    do throws(DeliveryFailure) { try box.append(text) } catch { return Outcome(error) }
    return .delivered("Sent")
  }

  private func file(_ path: Bytes, _ job: Job) throws(HeaderFailure) -> Outcome {
    guard settings.usesPrograms else { return closed("file \(path.text)") }
    let text = try localText(job)
    do throws(DeliveryFailure) { try FileDelivery(path.text).append(text) } catch { return Outcome(error) }
    return .delivered("Sent")
  }

  private func program(_ command: Bytes, _ job: Job) throws(HeaderFailure) -> Outcome {
    guard settings.usesPrograms else { return closed("program \(command.text)") }
    var local = ProgramEnvironment.Local()
    (local.sender, local.recipient) = (job.envelope.sender, job.route.recipient)
    let delivery =
      configuration.voice == .postfix
      ? ProgramDelivery.postfixCommand(command, environment: ProgramEnvironment.postfixLocal(local))
      : ProgramDelivery(
        .sendmail, path: Bytes(ascii: "/bin/sh"), words: [Bytes(ascii: "sh"), Bytes(ascii: "-c"), command],
        environment: ProgramEnvironment.sendmail())
    let text = try localText(job)
    do throws(DeliveryFailure) { try delivery.deliver(text) } catch { return Outcome(error) }
    return .delivered("Sent")
  }

  private func closed(_ what: String) -> Outcome {
    Outcome(
      kind: .deferred, reply: Reply(450, "4.7.1", "the \(what) is not used: start with --programs to allow it"))
  }

  // MARK: elsewhere

  private func smtp(_ host: Bytes, _ job: Job, isLMTP: Bool) throws(HeaderFailure) -> [Outcome] {
    let targets: [RemoteHosts.Target]
    switch settings.outbound {
    case .everything(let listener): targets = [RemoteHosts.Target(host: listener.host, port: listener.port)]
    case .recorded(let recorder):
      guard let listener = recorder.listener(for: job.route.destination) else {
        return all(job, .deferred, Reply(451, "4.3.0", "the recorder cannot listen"))
      }
      targets = [RemoteHosts.Target(host: listener.host, port: listener.port)]
    case .asRouted:
      switch RemoteHosts(settings.resolver).targets(of: host) {
      case .success(let found): targets = found
      case .failure(let failure):
        return all(job, failure.reply.isTransient ? .deferred : .failed, failure.reply)
      }
    }
    let outgoing = try outgoing(job)
    let content = outgoing.text.network(outgoing.form)
    var client = ClientSettings(heloName: configuration.hostName)
    client.dialect = isLMTP ? .lmtp : .smtp
    var message = OutgoingMessage(
      sender: job.route.sender, recipients: job.routes.map { OutgoingMessage.Recipient($0.recipient) },
      size: content.count, hasEightBit: job.envelope.bodyType == .eightBitMIME)
    message.returning = job.envelope.returns.map { $0 == .full ? .full : .headers }
    message.envelopeID = job.envelope.envelopeID
    for index in job.recipients.indices {
      message.recipients[index].parameters.original = job.recipients[index].original.flatMap { .init($0) }
    }
    return deliver(message, content, client, targets)
  }

  /// The next host is tried where one could not be talked to.
  private func deliver(
    _ message: OutgoingMessage, _ content: Bytes, _ client: ClientSettings, _ targets: [RemoteHosts.Target]
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    for target in targets {
      let results = deliver(message, content, client, to: target)
      outcomes = results.map { result in
        let kind: Outcome.Kind =
          switch result.outcome {
          case .delivered: .relayed
          case .deferred: .deferred
          case .failed: .failed
          }
        return Outcome(kind: kind, reply: result.reply, host: target.host)
      }
      let isTalkedTo = results.contains { $0.isFromServer && $0.stage != .greeting && $0.stage != .hello }
      if isTalkedTo || outcomes.contains(where: { $0.kind != .deferred }) { return outcomes }
    }
    return outcomes
  }

  /// With TLS as the configuration demands it; what was for good measure is no obstacle.
  private func deliver(
    _ message: OutgoingMessage, _ content: Bytes, _ client: ClientSettings, to target: RemoteHosts.Target
  ) -> [RecipientResult] {
    var delivery = SMTPDelivery(group: group, settings: client)
    let security = configuration.security
    if client.dialect == .smtp, security.client != nil {
      delivery.security = security.client
      delivery.settings.tls = security.policy
      delivery.certifiedName = security.certifiedName(of: target)
    }
    let results = delivery.deliver(message, content, to: target.host, port: target.port)
    let hasFailed = results.allSatisfy { $0.stage == .startTLS && !$0.isFromServer }
    guard hasFailed, security.fallsBack, delivery.settings.tls == .opportunistic else { return results }
    delivery.settings.tls = .never
    return delivery.deliver(message, content, to: target.host, port: target.port)
  }
}
