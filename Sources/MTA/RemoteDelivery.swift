// RemoteDelivery.swift: mail for another host, or for a server of this one that speaks LMTP.
//
// Hosts are tried in turn until one can be talked to; a socket or program of this host is
// the only one. What the sender wants to hear (DSN, RFC 3461) goes with the mail where it is
// offered.

import Delivery
import MailAddress
import MailQueue
import Posix
import Resolver
import Routing
import SMTP
import SendmailRouting

extension DeliveryAgents {
  func converse(with server: NextServer, _ job: Job, _ copy: OutgoingText) -> [Outcome] {
    let targets: [RemoteHosts.Target]
    switch targetsOf(server, job) {
    case .success(let found): targets = found
    case .failure(let failure):
      return all(job, failure.reply.isTransient ? .deferred : .failed, failure.reply)
    }
    let content = SMTPDelivery.Content(
      usual: copy.text.network(copy.form), sevenBit: copy.eightBit.sevenBit?.network(copy.form))
    return job.parts(of: server.recipientLimit).flatMap { hand($0, content, copy.eightBit, to: server, targets) }
  }

  /// In a sandbox the servers of this host are spoken with where programs are run.
  private func targetsOf(
    _ server: NextServer, _ job: Job
  ) -> Result<[RemoteHosts.Target], RemoteHosts.RefusedHost> {
    switch (settings.outbound, server.way) {
    case (.recorded(let recorder), _):
      guard let listener = recorder.listener(for: job.route.destination) else {
        return .failure(.init(Reply(451, "4.3.0", "the recorder cannot listen")))
      }
      return .success([RemoteHosts.Target(host: listener.host, port: listener.port)])
    case (_, .program(let call)):
      guard settings.usesPrograms else {
        let reason = "the mailer \(job.route.transport.text) is not run here: start with --programs to allow it"
        return .failure(.init(Reply(450, "4.3.5", reason)))
      }
      var target = RemoteHosts.Target(host: configuration.hostName.text, port: 0)
      target.wire = .program(program(call))
      return .success([target])
    case (.everything(let listener), _) where !server.isOnThisHost || !settings.usesPrograms:
      return .success([RemoteHosts.Target(host: listener.host, port: listener.port)])
    case (_, .socket(let path, let shown)):
      var target = RemoteHosts.Target(host: configuration.hostName.text, port: 0, name: configuration.hostName.text)
      target.wire = .socket(path, shown: shown.text)
      return .success([target])
    case (_, .hosts(let host, let port, let asksExchangers)):
      var hosts = RemoteHosts(settings.resolver)
      (hosts.defaultPort, hosts.asksExchangers) = (port, asksExchangers)
      return hosts.targets(of: host)
    }
  }

  /// A mailer's program runs in the folder and environment that it has as a mailer.
  private func program(_ call: MailerCall) -> Program {
    var program = Program(path: call.path, words: call.words)
    program.environment = ProgramEnvironment.sendmail()
    program.folder = call.folders.first { isFolder($0.text) }
    return program
  }

  private func hand(
    _ job: Job, _ content: SMTPDelivery.Content, _ eightBit: EightBitMail, to server: NextServer,
    _ targets: [RemoteHosts.Target]
  ) -> [Outcome] {
    var client = ClientSettings(heloName: server.heloName)
    client.dialect = server.isLMTP ? .lmtp : .smtp
    client.usesExtendedHello = server.usesExtendedHello
    var message = OutgoingMessage(
      sender: server.sender, recipients: job.routes.map { OutgoingMessage.Recipient($0.recipient) },
      size: content.usual.count, hasEightBit: eightBit.isAnnounced)
    message.returning = job.envelope.returns.map { $0 == .full ? .full : .headers }
    message.envelopeID = job.envelope.envelopeID
    for (index, recipient) in job.recipients.enumerated() {
      message.recipients[index].parameters = parameters(of: recipient)
    }
    return deliver(message, content, client, targets, Circumstances(host: server.hostName, job: job)).map { outcome in
      var outcome = outcome
      if outcome.kind == .relayed, server.isFinal { outcome.kind = .delivered }
      return outcome
    }
  }

  /// What the sender wants to hear of a recipient, for a host that offers DSN. Postfix says to
  /// whom the mail was sent, even where the client did not.
  private func parameters(of recipient: QueuedRecipient) -> RecipientParameters {
    var original = recipient.original.flatMap { RecipientParameters.OriginalRecipient($0) }
    if original == nil, configuration.voice == .postfix {
      original = .init(type: Bytes(ascii: "rfc822"), address: AddressForm.unquoted(recipient.address))
    }
    let words: [(QueuedRecipient.Notify, Notify)] = [
      (.never, .never), (.success, .success), (.failure, .failure), (.delay, .delay),
    ]
    let notify = words.reduce(into: Notify()) { result, word in
      if recipient.notify.contains(word.0) { result.insert(word.1) }
    }
    return RecipientParameters(notify: recipient.notify.isEmpty ? nil : notify, original: original)
  }

  /// The next host is tried where one could not be talked to.
  private func deliver(
    _ message: OutgoingMessage, _ content: SMTPDelivery.Content, _ client: ClientSettings,
    _ targets: [RemoteHosts.Target], _ circumstances: Circumstances
  ) -> [Outcome] {
    var outcomes: [Outcome] = []
    for target in targets {
      let results = deliver(message, content, client, to: target, circumstances)
      outcomes = results.map { result in
        let kind: Outcome.Kind =
          switch result.outcome {
          case .delivered: .relayed
          case .deferred: .deferred
          case .failed: .failed
          }
        // Of a host that was not reached nobody has said anything.
        let isReached = result.isFromServer || result.stage != .greeting
        var outcome = Outcome(kind: kind, reply: result.reply, host: isReached ? target.shownHost : nil)
        outcome.place = isReached ? target.place : ""
        outcome.isReportedElsewhere = result.isReportedByServer
        return outcome
      }
      let isTalkedTo = results.contains { $0.isFromServer && ![.greeting, .hello, .startTLS].contains($0.stage) }
      if isTalkedTo || outcomes.contains(where: { $0.kind != .deferred }) { return outcomes }
    }
    return outcomes
  }
}
