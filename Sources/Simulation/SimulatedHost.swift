// SimulatedHost.swift: a host of the organisation, running or not.
//
//     sendmail, postfix      the runtime under its configuration
//     lmtp                   a server that takes mail for the accounts of the site file
//
// Its addresses are taken from the beginning: nobody answers there until it is started, and
// nobody else can have them.

import Delivery
import MTA
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import NIOCore
import Resolver
import Routing
import SMTP
import Site

final class SimulatedHost {
  let host: MailHost
  /// Whoever listens on them closes them.
  private var sockets: [BoundListener]
  private let state: String
  private var running: Running?

  private enum Running {
    case system(Runtime)
    case store([any Channel], NIOLockedValueBox<[TakenMessage]>)
  }

  init(_ host: MailHost, state: String, sockets: [BoundListener]) {
    (self.host, self.state, self.sockets) = (host, state, sockets)
  }

  var isUp: Bool { running != nil }

  // MARK: life

  func start(_ configuration: LoadedConfiguration, _ settings: RuntimeSettings) throws(RuntimeError) {
    var settings = settings
    settings.stateFolder = state
    running = .system(try Runtime(configuration, settings, sockets))
    sockets = []
  }

  /// - Parameter accounts: whose mail it takes.
  func start(
    storeOf accounts: Set<Bytes>, _ network: SimulatedNetwork, _ group: any EventLoopGroup
  ) throws(RuntimeError) {
    let taken = NIOLockedValueBox<[TakenMessage]>([])
    var sink = MessageSink(hostName: host.name.text) { message in taken.withLockedValue { $0.append(message) } }
    (sink.isLMTP, sink.leavesTrace, sink.network) = (true, true, network)
    sink.refusal = { address in
      accounts.contains(AddressForm.parts(address).local.lowercased) ? nil : Reply(550, "5.1.1", "User unknown")
    }
    var channels: [any Channel] = []
    for socket in sockets { channels.append(try sink.open(socket, group)) }
    running = .store(channels, taken)
    sockets = []
  }

  func stop() {
    switch running {
    case .system(let runtime): runtime.stop(patience: .zero)
    case .store(let channels, _): for channel in channels { try? channel.close().wait() }
    case nil: for socket in sockets { socket.close() }
    }
    (running, sockets) = (nil, [])
  }

  // MARK: mail

  private var queue: MessageQueue? { if case .system(let runtime) = running { runtime.queue } else { nil } }

  /// Messages that are just coming in or being delivered.
  var underWay: Int {
    let counts = queue?.counts() ?? [:]
    return counts[.incoming, default: 0] + counts[.active, default: 0]
  }

  /// The mail that was delivered here; lines end in LF.
  var mailboxes: [(account: Bytes, content: Bytes)] {
    guard case .store(_, let taken) = running else { return MailboxFiles.read(state) }
    return taken.withLockedValue { $0 }.flatMap { message in
      message.recipients.map { (AddressForm.parts($0).local, LineEnds.toFile(message.content)) }
    }
  }

  /// What stays in the queue, for whom and why.
  var waiting: [(content: Bytes, recipient: Bytes, reason: Bytes)] {
    guard let queue else { return [] }
    return queue.list().flatMap { entry -> [(content: Bytes, recipient: Bytes, reason: Bytes)] in
      guard let envelope = entry.envelope, let content = try? queue.content(of: entry.id) else { return [] }
      let isHeld = entry.state == .hold
      return envelope.recipients.map { recipient in
        (LineEnds.toFile(content), recipient.address, isHeld ? Bytes(ascii: "it is held") : recipient.reason)
      }
    }
  }
}
