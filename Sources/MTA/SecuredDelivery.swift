// SecuredDelivery.swift: a delivery to another host with the TLS that the configuration demands.
//
//     main.cf      demand of the next hop ─► STARTTLS, or not ─► the certificate is looked at
//     sendmail.cf  try_tls ─► STARTTLS, or not ─► tls_server, tls_rcpt

import MailAddress
import MailQueue
import Routing
import SMTP
import SendmailRouting

extension DeliveryAgents {
  /// What a demand for TLS depends on beside the host.
  struct Circumstances: Sendable {
    /// As the route has it.
    let host: Bytes
    let job: Job
  }

  func deliver(
    _ message: OutgoingMessage, _ content: SMTPDelivery.Content, _ client: ClientSettings,
    to target: RemoteHosts.Target, _ circumstances: Circumstances
  ) -> [RecipientResult] {
    guard target.isHost else {
      return SMTPDelivery(group: group, settings: client).deliver(message, content, to: target)
    }
    let transport = circumstances.job.route.transport
    let security = configuration.security.client(of: transport)
    var delivery = SMTPDelivery(group: group, settings: client)
    delivery.network = settings.network
    delivery.settings.serverName = Bytes("\(target.name.isEmpty ? target.host : target.name)[\(target.host)]".utf8)
    let demand: TLSDemand
    do throws(ClientTLSFault) { demand = try security.demand(circumstances.host) } catch {
      settings.log("no TLS towards \(circumstances.host.text): \(error.reason)")
      return message.recipients.map { _ in
        RecipientResult(outcome: .deferred, reply: ClientTLSFault.reply, isFromServer: false, stage: .greeting)
      }
    }
    delivery.security = demand.context
    delivery.settings.tls = demand.policy
    delivery.settings.beginsWithTLS = demand.isImplicit && demand.context != nil && demand.level > .none
    if configuration.voice == .sendmail {
      delivery.shownName = target.name.isEmpty ? "[\(target.host)]" : target.name + "."
      judge(target, message, &delivery)
    } else {
      let names = Self.names(circumstances.host, target)
      delivery.refusal = { demand.refusal($0, host: names.host, nextHop: names.nextHop) }
    }
    let results = delivery.deliver(message, content, to: target)
    guard results.allSatisfy({ $0.stage == .startTLS && !$0.isFromServer }), delivery.settings.tls == .opportunistic,
      !delivery.settings.beginsWithTLS, security.fallsBack(after: MailDates.now() - circumstances.job.envelope.arrival)
    else { return results }
    delivery.settings.tls = .never
    return delivery.deliver(message, content, to: target)
  }

  /// The host that is connected to, and the domain that the mail is for.
  private static func names(_ host: Bytes, _ target: RemoteHosts.Target) -> (host: Bytes, nextHop: Bytes) {
    let written = host.first == 0x5B ? host.dropFirst().prefix { $0 != 0x5D } : host.prefix { $0 != 0x3A }
    let nextHop = target.nextHop.isEmpty ? Array(written) : Bytes(target.nextHop.utf8)
    return (Bytes((target.name.isEmpty ? target.host : target.name).utf8), nextHop)
  }

  /// What the rulesets of a .cf have to say.
  private func judge(_ target: RemoteHosts.Target, _ message: OutgoingMessage, _ delivery: inout SMTPDelivery) {
    let server = SendmailRouter.Server(name: Bytes(target.name.utf8), address: Bytes(target.host.utf8))
    @Sendable func ask<Result>(_ question: (SendmailRouter) -> Result) -> Result? {
      let answer: Result?? = try? configuration.withSendmail { router throws(HeaderFailure) in question(router) }
      return answer ?? nil
    }
    if ask({ $0.triesTLS(with: server) }) == false { delivery.settings.tls = .never }
    guard ask({ $0.judgesServers }) == true else { return }
    let isOwnChoice = delivery.settings.tls == .never
    let recipients = message.recipients.map(\.address)
    delivery.judge = { tls in
      ask { $0.judge(server, tls, isOwnChoice: isOwnChoice, recipients: recipients) } ?? (nil, [])
    }
  }
}
