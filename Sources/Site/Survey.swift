// Survey.swift: does mail go everywhere as the site file says?
//
// Every address is followed from every host that the DNS names for it until all copies have
// ended, and so is mail that must not be taken and mail that goes out. What is found wrong is shown with the hops
// of a message that does it.

import Diagnostics
import MailAddress
import Resolver
import Routing

package struct Survey {
  private let organisation: Organisation
  private let traveller: Traveller
  private var findings: [Diagnostic] = []
  /// How many messages were followed.
  package private(set) var messages = 0

  /// What is wrong, the most serious first within each domain.
  package static func run(_ organisation: Organisation, _ traveller: Traveller) -> (
    findings: [Diagnostic], messages: Int
  ) {
    var survey = Survey(organisation: organisation, traveller: traveller)
    for index in organisation.domains.indices {
      survey.people(of: index)
      survey.strangers(at: index)
      survey.outgoing(from: index)
    }
    return (survey.findings, survey.messages)
  }

  private init(organisation: Organisation, traveller: Traveller) {
    self.organisation = organisation
    self.traveller = traveller
  }

  // Names that no organisation has (RFC 2606, RFC 5737).
  package static let foreigner = Bytes(ascii: "alice@example.net")
  private static let foreign = Bytes(ascii: "x@remote.example")

  package static var stranger: Client {
    var client = Client(address: Bytes(ascii: "198.51.100.25"))
    (client.name, client.nameState, client.helo) = (
      Bytes(ascii: "out.example.net"), .verified, Bytes(ascii: "out.example.net")
    )
    return client
  }

  private func insider(_ host: MailHost) -> Client {
    var client = Client(address: Bytes((host.addresses.first?.description ?? "127.0.0.1").utf8))
    (client.name, client.nameState, client.helo) = (host.name.text, .verified, host.name.text)
    return client
  }

  private mutating func follow(_ recipient: Bytes, from sender: Bytes, _ client: Client, at host: DomainName)
    -> [Journey]
  {
    messages += 1
    return traveller.journeys(of: recipient, from: sender, client: client, at: host)
  }

  private mutating func add(
    _ message: Diagnostic.Message, at position: SourcePosition, _ journey: Journey? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    let hops = journey.map { journey in
      journey.hops.map { Diagnostic.Note("\($0.host) has it for \($0.recipient.text)") }
        + [Diagnostic.Note("then: \(journey.end.summary)")]
    }
    findings.append(Diagnostic(severity, message, at: position, notes: hops ?? []))
  }

  // MARK: mail for people

  private mutating func people(of index: DomainIndex) {
    let domain = organisation.domains[index]
    let entrances = organisation.exchangers(of: index, in: .outside).map(\.host).filter { !organisation.isClosed($0) }
    for person in domain.people {
      for name in person.names {
        let address = name + [.at] + domain.name.text
        for host in entrances { check(address, person, index, at: host) }
      }
    }
    for host in entrances { unknown(index, at: host) }
  }

  private mutating func check(_ address: Bytes, _ person: Person, _ index: DomainIndex, at host: DomainName) {
    let journeys = follow(address, from: Self.foreigner, Self.stranger, at: host)
    for journey in journeys {
      if let message = Self.fault(of: journey, address: address, start: host) {
        add(message, at: person.position, journey)
      } else if case .mailbox = journey.end, let last = journey.last, !isStore(last) {
        add(.deliveredAtRelay(address, last), at: person.position, journey)
      }
    }
    let wanted = organisation.wantedEnds(of: address)
    let reached = Set(journeys.compactMap(\.wantedEnd))
    for end in wanted.subtracting(reached).map(\.summary).sorted() where journeys.allSatisfy({ $0.wantedEnd != nil }) {
      add(.neverReached(address, end, start: host), at: person.position, journeys.first)
    }
    for journey in journeys {
      guard let end = journey.wantedEnd, !wanted.contains(end) else { continue }
      add(.reachesOther(address, end.summary, start: host), at: person.position, journey)
    }
  }

  private func isStore(_ host: DomainName) -> Bool {
    organisation.domains.contains { $0.mailboxHost?.name == host }
  }

  private static func fault(of journey: Journey, address: Bytes, start: DomainName) -> Diagnostic.Message? {
    switch journey.end {
    case .loop: .loop(address)
    case .lost(let hop): .lost(address, hop)
    case .discarded: .discarded(address, journey.last ?? start)
    case .refused where journey.hops.count == 1: .refusedByExchanger(address, start)
    case .refused, .bounced: .comesBack(address, journey.last ?? start)
    case .waits(let host): .waits(address, host)
    case .mailbox, .store, .left, .program, .file: nil
    }
  }

  /// Somebody whom nobody knows: refused at once where the domain is managed, before it is in a mailbox in any case.
  private mutating func unknown(_ index: DomainIndex, at host: DomainName) {
    let domain = organisation.domains[index]
    let address = Bytes(ascii: "no.such.person@") + domain.name.text
    for journey in follow(address, from: Self.foreigner, Self.stranger, at: host) {
      switch journey.end {
      case .refused where journey.hops.count == 1 || domain.isAutonomous: continue
      case .refused, .bounced:
        add(.takenForNobody(address, host), at: domain.position, journey, severity: .warning)
      default: add(.endsForNobody(address), at: domain.position, journey)
      }
    }
  }

  // MARK: strangers

  private mutating func strangers(at index: DomainIndex) {
    let domain = organisation.domains[index]
    for host in domain.hosts where host.system != .lmtp {
      for recipient in Self.relayAttempts(at: domain.name) {
        let journeys = follow(recipient, from: Self.foreigner, Self.stranger, at: host.name)
        guard let journey = journeys.first(where: Self.leaves) else { continue }
        add(.openRelay(host.name, recipient), at: host.position, journey)
        break
      }
      guard organisation.takesMailAtTopOnly(index) else { continue }
      let postmaster = Bytes(ascii: "postmaster@") + domain.name.text
      for journey in follow(postmaster, from: Self.foreigner, Self.stranger, at: host.name) {
        if case .refused = journey.end, journey.hops.count == 1 { continue }
        add(.reachable(host.name), at: host.position, journey)
      }
    }
  }

  /// The same address in all the forms that relays fell for.
  private static func relayAttempts(at domain: DomainName) -> [Bytes] {
    [
      foreign, Bytes(ascii: "x%remote.example@") + domain.text, Bytes(ascii: "remote.example!x@") + domain.text,
      Bytes(ascii: "\"x@remote.example\"@") + domain.text,
      Bytes(ascii: "@") + domain.text + Bytes(ascii: ":x@remote.example"),
    ]
  }

  private static func leaves(_ journey: Journey) -> Bool {
    if case .left(_, let recipient) = journey.end {
      return AddressForm.parts(recipient).domain?.equalsIgnoringCase(Bytes(ascii: "remote.example")) ?? false
    }
    return false
  }

  // MARK: mail that goes out

  private mutating func outgoing(from index: DomainIndex) {
    let domain = organisation.domains[index]
    for host in domain.hosts where host.system != .lmtp {
      let sender = Bytes(ascii: "someone@") + host.name.text
      guard let journey = follow(Self.foreign, from: sender, insider(host), at: host.name).first else { continue }
      guard Self.leaves(journey) else {
        add(.cannotSend(host.name), at: host.position, journey)
        continue
      }
      let wanted = way(out: index, from: host)
      if journey.hops.map(\.host) != wanted { add(.otherWayOut(host.name, wanted), at: host.position, journey) }
    }
  }

  private func way(out index: DomainIndex, from host: MailHost) -> [DomainName] {
    var way = [host.name]
    var current = index
    if !host.roles.contains(.outbound), let next = organisation.domains[index].outboundHost { way.append(next.name) }
    while let (next, name) = organisation.nextOutbound(after: current) {
      way.append(name)
      current = next
    }
    return way
  }
}
