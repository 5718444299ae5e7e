// MailClient.swift: hands a message in by SMTP, as a client that is no mail system.
//
// It asks the DNS for the hosts to try, or is told one, and what it hears first it comes back with.
//
// Blocking. Fails: never; who cannot be reached leaves the message deferred.

import MailAddress
import NIOCore
import Resolver
import Routing
import SMTP

package struct MailClient: Sendable {
  package let heloName: Bytes
  package let resolver: any DomainNameResolver
  package let network: SimulatedNetwork
  private let group: any EventLoopGroup

  package init(
    heloName: Bytes, resolver: any DomainNameResolver, network: SimulatedNetwork, group: any EventLoopGroup
  ) {
    (self.heloName, self.resolver, self.network, self.group) = (heloName, resolver, network, group)
  }

  /// - Parameters:
  ///   - content: lines end in CR LF.
  ///   - nextHop: a domain whose MX hosts are asked for, or a host in brackets.
  package func send(_ content: Bytes, from sender: Bytes, to recipient: Bytes, by nextHop: Bytes) -> RecipientResult {
    let targets: [RemoteHosts.Target]
    switch RemoteHosts(resolver).targets(of: nextHop) {
    case .success(let found): targets = found
    case .failure(let failure):
      let outcome: RecipientResult.Outcome = failure.reply.isTransient ? .deferred : .failed
      return RecipientResult(outcome: outcome, reply: failure.reply, isFromServer: false, stage: .greeting)
    }
    var delivery = SMTPDelivery(group: group, settings: ClientSettings(heloName: heloName))
    delivery.network = network
    let message = OutgoingMessage(sender: sender, recipients: [.init(recipient)], size: content.count)
    var last = RecipientResult(
      outcome: .deferred, reply: Reply(451, "4.4.1", "no host to ask"), isFromServer: false, stage: .greeting)
    for target in targets {
      guard let result = delivery.deliver(message, .init(usual: content), to: target).first else { continue }
      last = result
      if result.isFromServer || result.outcome != .deferred { break }
    }
    return last
  }
}
