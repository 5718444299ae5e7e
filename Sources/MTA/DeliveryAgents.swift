// DeliveryAgents.swift: one attempt for recipients that go the same way.
//
//     mailbox ─► a place (MailboxDelivery), or the program that the configuration has for it
//     program, file ─► where they are allowed       remote ─► SMTP to the first host that answers
//     agent ─► LMTP, SMTP (NextServer); a program of master.cf (PipeDelivery) or of an M line
//              (MailerDelivery)
//
// Blocking: called on delivery threads.

import Delivery
import MailAddress
import MailQueue
import NIOCore
import Posix
import Routing

struct DeliveryAgents: Sendable {
  let configuration: LoadedConfiguration
  let settings: RuntimeSettings
  let group: any EventLoopGroup

  /// How an attempt ended for one recipient.
  struct Outcome: Sendable, Equatable {
    enum Kind: Sendable, Equatable { case delivered, relayed, expanded, failed, deferred }

    var kind: Kind
    var reply: Reply
    /// The host that said so.
    var host: String?
    /// Where it was reached: `[192.0.2.1]:25`, `[private/lmtp]`.
    var place = ""
    /// Whoever has the mail now was told what the sender wants to hear, and says it.
    var isReportedElsewhere = false

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

    /// As sendmail says it: `Sent (250 2.0.0 Ok)`, `Deferred: Connection refused`.
    var words: Bytes {
      let text = reply.text
      switch kind {
      case .delivered: return Bytes(ascii: "Sent")
      case .expanded: return Bytes(ascii: "expanded to multiple addresses")
      case .relayed: return Bytes(ascii: "Sent") + (host == nil ? [] : Bytes(ascii: " (") + text + Bytes(ascii: ")"))
      case .failed: return text.isEmpty ? Bytes(ascii: "Service unavailable") : text
      case .deferred: return Bytes(ascii: "Deferred: ") + text
      }
    }

    /// The configuration has to be mended first.
    static let misconfigured = Outcome(
      kind: .deferred, reply: Reply(451, "4.3.5", "mail system configuration error"))
  }

  /// What is delivered.
  struct Job: Sendable {
    var route: Route
    var recipients: [QueuedRecipient]
    var routes: [Route]
    var id: QueueID
    var envelope: QueuedEnvelope
    var message: ArrivedMessage

    /// In parts of so many recipients at most; 0 for one part.
    func parts(of most: Int) -> [Job] {
      guard most > 0, recipients.count > most else { return [self] }
      return stride(from: 0, to: recipients.count, by: most).map { start in
        let range = start..<min(start + most, recipients.count)
        var part = self
        (part.recipients, part.routes) = (Array(recipients[range]), Array(routes[range]))
        part.route = routes[start]
        return part
      }
    }
  }

  func attempt(_ job: Job) -> [Outcome] {
    do throws(HeaderFailure) {
      if let outcomes = try recorded(job) { return outcomes }
      return try deliver(job)
    } catch {
      return all(job, .deferred, Reply(451, "4.3.5", error.reason))
    }
  }

  private func deliver(_ job: Job) throws(HeaderFailure) -> [Outcome] {
    switch job.route.destination {
    case .bounce(let reply): return all(job, .failed, reply)
    case .deferred(let reply): return all(job, .deferred, reply)
    case .nowhere where job.route.isExpansion:
      return all(job, .expanded, Reply(250, "2.0.0", "alias expanded"))
    case .nowhere: return all(job, .delivered, Reply(250, "2.0.0", discarded(job)))
    case .mailbox, .program, .file, .remote, .agent: break
    }
    let copy = try configuration.outgoing(job.message, job.id, job.envelope, job.route)
    if let failure = circle(job, copy) { return job.recipients.map { _ in Outcome(failure) } }
    switch job.route.destination {
    case .mailbox(let user, let command): return try mailbox(user, command, job, copy)
    case .file(let path): return [file(path, job, copy)]
    case .program(let command): return [program(command, job, copy)]
    case .remote(let host): return try agent(job.route.transport, host, job, copy)
    case .agent(let transport, let host): return try agent(transport, host, job, copy)
    case .bounce, .deferred, .nowhere: return []
    }
  }

  private func agent(
    _ transport: Bytes, _ host: Bytes, _ job: Job, _ copy: OutgoingText
  ) throws(HeaderFailure) -> [Outcome] {
    if let server = try nextServer(job) { return converse(with: server, job, copy) }
    if let pipe = configuration.postfix?.pipes[transport] { return self.pipe(pipe, transport, host, job, copy) }
    if configuration.voice == .sendmail { return try mailer(job, copy) }
    return all(job, .deferred, Reply(450, "4.3.5", "the transport \(transport.text) is not run here"))
  }

  /// Whether the recorder holds the dialogue of an agent.
  private func speaksSMTP(_ transport: Bytes) -> Bool {
    configuration.postfix?.clients[transport] != nil
  }

  /// As discard(8) says it: with the text of the table.
  private func discarded(_ job: Job) -> Bytes {
    configuration.voice == .postfix && !job.route.host.isEmpty ? job.route.host : Bytes(ascii: "thrown away")
  }

  /// Mail that was here before. sendmail counts the hosts that had it, this one included,
  /// when it delivers; Postfix looks for its own Delivered-To.
  private func circle(_ job: Job, _ copy: OutgoingText) -> DeliveryFailure? {
    let header = HeaderBlock(copy.text.header)
    do throws(DeliveryFailure) {
      if configuration.voice == .sendmail {
        guard configuration.mostHops > 0, header.hops > configuration.mostHops else { return nil }
        throw DeliveryFailure("5.4.6", "Too many hops \(header.hops) (\(configuration.mostHops) max)")
      }
      switch job.route.destination {
      case .mailbox, .program, .file:
        try header.checkLoops(recipient: AddressForm.unquoted(job.route.recipient), mostHops: .max)
      default: break
      }
      return nil
    } catch {
      return error
    }
  }

  /// What the recorder takes as it is; nil for what goes its ordinary way.
  private func recorded(_ job: Job) throws(HeaderFailure) -> [Outcome]? {
    guard case .recorded(let recorder) = settings.outbound else { return nil }
    recorder.note(job.routes.map(\.delivery), of: job.message.fields)
    switch job.route.destination {
    case .mailbox, .program, .file: break
    case .agent(let transport, _) where !speaksSMTP(transport): break
    default: return nil
    }
    let copy = try configuration.outgoing(job.message, job.id, job.envelope, job.route)
    let content = copy.form.render(stamped(job, copy))
    for route in job.routes {
      recorder.record(job.route.destination, sender: route.sender, recipient: route.recipient, content: content)
    }
    return all(job, .delivered, Reply(250, "2.0.0", "recorded"))
  }

  func all(_ job: Job, _ kind: Outcome.Kind, _ reply: Reply) -> [Outcome] {
    job.recipients.map { _ in Outcome(kind: kind, reply: reply) }
  }

  /// The message with the fields of final delivery, where the system writes them.
  func stamped(_ job: Job, _ copy: OutgoingText) -> Bytes {
    guard configuration.voice == .postfix else { return copy.text.file }
    var header = HeaderBlock(copy.text.file)
    header.stampDelivery(
      sender: job.route.sender, original: job.recipients.first?.address, delivered: job.route.recipient)
    return header.message
  }

  func closed(_ what: String) -> Outcome {
    Outcome(
      kind: .deferred, reply: Reply(450, "4.7.1", "the \(what) is not used: start with --programs to allow it"))
  }
}
