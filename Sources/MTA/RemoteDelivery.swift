// RemoteDelivery.swift: mail for another host, or for a server of this one that speaks LMTP.
//
// Hosts are tried in turn until one can be talked to. What the sender wants to hear (DSN,
// RFC 3461) goes with the mail where the host offers it.

import Delivery
import MailAddress
import MailQueue
import Resolver
import Routing
import SMTP

extension DeliveryAgents {
  func smtp(_ host: Bytes, _ job: Job, _ copy: OutgoingText, isLMTP: Bool) -> [Outcome] {
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
    let content = copy.text.network(copy.form)
    var client = ClientSettings(heloName: configuration.hostName)
    client.dialect = isLMTP ? .lmtp : .smtp
    var message = OutgoingMessage(
      sender: job.route.sender, recipients: job.routes.map { OutgoingMessage.Recipient($0.recipient) },
      size: content.count, hasEightBit: job.envelope.bodyType == .eightBitMIME)
    message.returning = job.envelope.returns.map { $0 == .full ? .full : .headers }
    message.envelopeID = job.envelope.envelopeID
    for (index, recipient) in job.recipients.enumerated() {
      message.recipients[index].parameters = parameters(of: recipient)
    }
    return deliver(message, content, client, targets, Circumstances(host: host, job: job))
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
    _ message: OutgoingMessage, _ content: Bytes, _ client: ClientSettings, _ targets: [RemoteHosts.Target],
    _ circumstances: Circumstances
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
        var outcome = Outcome(kind: kind, reply: result.reply, host: target.host)
        outcome.isReportedElsewhere = result.isReportedByServer
        return outcome
      }
      let isTalkedTo = results.contains { $0.isFromServer && ![.greeting, .hello, .startTLS].contains($0.stage) }
      if isTalkedTo || outcomes.contains(where: { $0.kind != .deferred }) { return outcomes }
    }
    return outcomes
  }
}
