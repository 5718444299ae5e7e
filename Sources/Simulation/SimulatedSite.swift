// SimulatedSite.swift: all hosts of an organisation on this machine, and the world around them.
//
//     world ── SMTP ──► mail.example.edu ──► mail.bio.example.edu ──► …      127/8, one port
//       ▲                     │
//       └──── mail that leaves┘          the DNS: the site's zones, as each sees them
//
// Fails: `RuntimeError` where a host does not start.

import Delivery
import MTA
import MailAddress
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Resolver
import Routing
import SMTP
import Site

package final class SimulatedSite {
  /// The configuration of a host, whose questions to the DNS are answered by this.
  package typealias Load = (HostPlan, any DomainNameResolver) throws -> LoadedConfiguration

  let organisation: Organisation
  package let world: World
  /// What stands for the ports of mail.
  package let port: Int
  let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let network: SimulatedNetwork
  private let names: (inside: SiteNames, outside: SiteNames)
  private let load: Load
  private(set) var hosts: [SimulatedHost] = []
  private let outside: (socket: BoundListener, taken: NIOLockedValueBox<[TakenMessage]>)

  /// Takes the addresses of all hosts; nobody listens there yet.
  ///
  /// - Parameter state: a folder for queues and mailboxes.
  package init(_ organisation: Organisation, state: String, load: @escaping Load) throws(RuntimeError) {
    self.organisation = organisation
    self.load = load
    world = World(outside: organisation)
    names = (try SiteNames(organisation, .inside, world), try SiteNames(organisation, .outside, world))
    let hosts = organisation.domains.flatMap(\.hosts)
    var network = SimulatedNetwork(hosts.flatMap(\.addresses) + [world.address])
    var (sockets, port) = try Self.bind(hosts.flatMap(\.addresses) + [world.address], in: network)
    for host in hosts {
      for address in host.addresses { network.open(host.system == .lmtp ? 24 : 25, of: address, to: port) }
    }
    network.open(25, of: world.address, to: port)
    self.network = network
    self.port = port
    outside = (sockets.removeLast(), NIOLockedValueBox([]))
    var rest = sockets[...]
    self.hosts = hosts.map { host in
      defer { rest = rest.dropFirst(host.addresses.count) }
      return SimulatedHost(host, state: "\(state)/\(host.name)", sockets: Array(rest.prefix(host.addresses.count)))
    }
    var sink = MessageSink(hostName: world.name.text) { [taken = outside.taken] message in
      taken.withLockedValue { $0.append(message) }
    }
    (sink.leavesTrace, sink.network) = (true, network)
    _ = try sink.open(outside.socket, group)
  }

  private static let attempts = 20

  /// One port for all of them, which the kernel chooses for the first.
  private static func bind(
    _ addresses: [IPAddress], in network: SimulatedNetwork
  ) throws(RuntimeError) -> ([BoundListener], port: Int) {
    let places = addresses.compactMap(network.place)
    var failure = RuntimeError("no port is free on \(places.count) addresses of loopback", .temporaryFailure)
    for _ in 0..<attempts {
      var settings = RuntimeSettings(stateFolder: "", resolver: ZoneResolver([]))
      settings.listeners = places.prefix(1).map { RuntimeSettings.Listener(host: "\($0)", port: 0) }
      let first = try Runtime.bind(settings)
      guard let port = first.first.flatMap(\.port) else { break }
      settings.listeners = places.dropFirst().map { RuntimeSettings.Listener(host: "\($0)", port: port) }
      do throws(RuntimeError) { return (first + (try Runtime.bind(settings)), port) } catch {
        failure = error
        for socket in first { socket.close() }
      }
    }
    throw failure
  }

  // MARK: life

  package func start(_ wanted: (DomainName) -> Bool) throws {
    for plan in organisation.plans where wanted(plan.host.name) {
      guard let host = host(plan.host.name), !host.isUp else { continue }
      try host.start(try load(plan, names.inside), settings(of: host))
    }
    for (index, domain) in organisation.domains.enumerated() {
      for store in domain.hosts where store.system == .lmtp && wanted(store.name) {
        guard let host = host(store.name), !host.isUp else { continue }
        try host.start(storeOf: accounts(at: store, index), seen(from: host), group)
      }
    }
  }

  /// Everything ends, and the addresses are free.
  package func stop() {
    for host in hosts { host.stop() }
    try? group.syncShutdownGracefully()
  }

  func host(_ name: DomainName) -> SimulatedHost? { hosts.first { $0.host.name == name } }

  private func accounts(at store: MailHost, _ index: DomainIndex) -> Set<Bytes> {
    guard organisation.domains[index].mailboxHost?.name == store.name else { return [] }
    let people = organisation.served(by: index).flatMap { organisation.domains[$0].people }
    return Set(people.compactMap(\.account).map(\.lowercased))
  }

  private func seen(from host: SimulatedHost) -> SimulatedNetwork {
    var network = network
    network.source = host.host.addresses.first
    return network
  }

  private func settings(of host: SimulatedHost) -> RuntimeSettings {
    var settings = RuntimeSettings(stateFolder: "", resolver: names.inside)
    settings.network = seen(from: host)
    // Nobody waits here for more than a moment, and hosts are many.
    (settings.firstRetry, settings.longestRetry) = (1, 1)
    (settings.engineThreads, settings.deliveryThreads) = (2, 6)
    return settings
  }

  // MARK: mail

  var clients: SimulatedClients {
    var open = network
    open.source = world.address
    // Firewalls, where the DNS is not what keeps strangers away.
    for host in hosts where organisation.isClosed(host.host.name) {
      for address in host.host.addresses { open.close(address) }
    }
    return SimulatedClients(
      world: MailClient(heloName: world.name.text, resolver: names.outside, network: open, group: group),
      insider: MailClient(
        heloName: Bytes(ascii: "localhost"), resolver: names.inside, network: network, group: group))
  }

  /// The mail that left the organisation, or came back to the world; lines end in LF.
  var left: [(recipient: Bytes, content: Bytes)] {
    outside.taken.withLockedValue { $0 }.flatMap { message in
      message.recipients.map { ($0, LineEnds.toFile(message.content)) }
    }
  }
}

/// Who hands messages in.
struct SimulatedClients: Sendable {
  let world: MailClient
  /// Somebody on a host of the organisation.
  let insider: MailClient

  func handIn(_ message: NumberedMessage, run: String) -> RecipientResult {
    let content = message.content(run: run)
    if let start = message.start {
      let host = [.openBracket] + start.text + [.closeBracket]
      return insider.send(content, from: message.sender, to: message.recipient, by: host)
    }
    let domain = AddressForm.parts(message.recipient).domain ?? []
    return world.send(content, from: message.sender, to: message.recipient, by: domain)
  }
}
