// Traveller.swift: follows a message through the engines of all hosts.
//
// Each host's own configuration is asked what it does with the envelope that the host before
// would hand to it, until every copy has come to an end. Next hops are found as the hosts
// would find them: a name in brackets is a host, another one is asked for in the inside view of the DNS.
//
// Fails: never. A host that was in a copy's way before, for the same recipient, ends it as a loop.

import MailAddress
import Resolver
import Routing

package struct Traveller {
  private let organisation: Organisation
  private let router: (DomainName) -> (any MailRouter)?
  /// Hosts that nobody reaches.
  package var down: Set<DomainName> = []

  /// - Parameter router: the engine of a host; nil for hosts that take LMTP alone.
  package init(_ organisation: Organisation, router: @escaping (DomainName) -> (any MailRouter)?) {
    self.organisation = organisation
    self.router = router
  }

  /// The ways of a message that a client hands to a host.
  package func journeys(of recipient: Bytes, from sender: Bytes, client: Client, at host: DomainName) -> [Journey] {
    let hop = Journey.Hop(host: host, sender: sender, recipient: recipient)
    return follow(Journey(hops: [hop], end: .loop), client)
  }

  private func follow(_ journey: Journey, _ client: Client) -> [Journey] {
    guard let hop = journey.hops.last, let router = router(hop.host) else { return [] }
    let envelope = Envelope(client: client, sender: hop.sender, recipients: [hop.recipient])
    let answer = router.answer(envelope)
    if let reply = answer.session.refusal ?? answer.recipients.first?.decision.refusal ?? answer.message.refusal {
      return [ended(journey, reply.isTransient ? .waits(for: hop.host.text) : .refused(reply))]
    }
    if case .discard = answer.message { return [ended(journey, .discarded)] }
    guard let recipient = answer.recipients.first else { return [ended(journey, .discarded)] }
    if case .discard = recipient.decision { return [ended(journey, .discarded)] }
    return recipient.deliveries.flatMap { deliver($0, journey) }
  }

  private func ended(_ journey: Journey, _ end: Journey.End) -> Journey { Journey(hops: journey.hops, end: end) }

  private func deliver(_ delivery: Delivery, _ journey: Journey) -> [Journey] {
    switch delivery.destination {
    case .mailbox(let user, _): [ended(journey, .mailbox(account: user))]
    case .program(let command): [ended(journey, .program(command))]
    case .file(let path): [ended(journey, .file(path))]
    case .bounce(let reply): [ended(journey, .bounced(reply))]
    case .deferred: [ended(journey, .waits(for: delivery.resolution.host))]
    case .nowhere: [ended(journey, .discarded)]
    case .remote(let host), .agent(_, let host): hand(delivery, to: host, journey)
    }
  }

  private func hand(_ delivery: Delivery, to nextHop: Bytes, _ journey: Journey) -> [Journey] {
    guard let here = journey.last else { return [] }
    switch NextHop(nextHop, from: here, in: organisation) {
    case .outside: return [ended(journey, .left(nextHop: nextHop, recipient: delivery.recipient))]
    case .nobody: return [ended(journey, .lost(nextHop: nextHop))]
    case .hosts(let hosts):
      guard let host = hosts.first(where: { !down.contains($0.name) }) else {
        return [ended(journey, .waits(for: nextHop))]
      }
      if host.system == .lmtp {
        let account = AddressForm.parts(delivery.recipient).local
        return [ended(journey, .store(host: host.name, account: account))]
      }
      let hop = Journey.Hop(host: host.name, sender: delivery.sender, recipient: delivery.recipient)
      let isRound = journey.hops.contains {
        $0.host == hop.host && $0.recipient.equalsIgnoringCase(hop.recipient)
      }
      let next = Journey(hops: journey.hops + [hop], end: .loop)
      return isRound ? [next] : follow(next, client(of: here))
    }
  }

  /// A host of the organisation, as the next one sees it.
  private func client(of name: DomainName) -> Client {
    let host = organisation.domains.flatMap(\.hosts).first { $0.name == name }
    var client = Client(address: Bytes((host?.addresses.first?.description ?? "127.0.0.1").utf8))
    (client.name, client.nameState, client.helo) = (name.text, .verified, name.text)
    return client
  }
}
