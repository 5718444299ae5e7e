// Runtime.swift: the mail system that runs: listeners, engines, queue and its runner.
//
//     start ─► serve … reload … ─► drain ─► stop
//
// Fails: `RuntimeError` at the start, with what to do about it; afterwards it goes on.

import Diagnostics
import Glibc
import MailAddress
import MailQueue
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Posix
import Routing
import SMTP

package struct RuntimeError: Error, CustomStringConvertible {
  package let description: String
  package let status: ExitStatus
  /// It goes better in a moment: another process opens the queue or closes it.
  package var isPassing = false

  package init(_ description: String, _ status: ExitStatus) { (self.description, self.status) = (description, status) }
}

/// An address that is taken, and not listened on yet.
package struct BoundListener: Sendable {
  package let listener: RuntimeSettings.Listener
  let descriptor: Int32

  /// The kernel's choice, where none was asked for.
  package var port: Int? { boundPort(descriptor) }

  /// Gives up the address.
  package func close() { Glibc.close(descriptor) }
}

package final class Runtime: Sendable {
  package let settings: RuntimeSettings
  package let queue: MessageQueue
  private let group: MultiThreadedEventLoopGroup
  private let engines: EngineThreads
  /// For requests of this host, which may wait for deliveries.
  private let controlThreads = EngineThreads(count: 4)
  private let runner: QueueRunner
  private let state: NIOLockedValueBox<State>

  private struct State {
    var configuration: LoadedConfiguration
    var listeners: [any Channel] = []
    var sessions: [ObjectIdentifier: any Channel] = [:]
  }

  /// Sockets for the settings' addresses, before there are threads: whoever is root takes the
  /// ports and then becomes somebody else.
  package static func bind(_ settings: RuntimeSettings) throws(RuntimeError) -> [BoundListener] {
    var bound: [BoundListener] = []
    for listener in settings.listeners {
      do throws(BindFailure) {
        bound.append(
          BoundListener(listener: listener, descriptor: try bindSocket(host: listener.host, port: listener.port)))
      } catch {
        for socket in bound { socket.close() }
        throw RuntimeError("cannot listen on \(listener): \(error)", .unavailable)
      }
    }
    return bound
  }

  /// Opens the queue and listens. Mail is taken when this returns.
  ///
  /// - Parameter sockets: nil for those of the settings.
  package init(
    _ configuration: LoadedConfiguration, _ settings: RuntimeSettings, _ sockets: [BoundListener]? = nil
  ) throws(RuntimeError) {
    self.settings = settings
    let sockets = if let sockets { sockets } else { try Self.bind(settings) }
    let queue = try Self.openQueue(settings)
    self.queue = queue
    group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    engines = EngineThreads(count: settings.engineThreads)
    runner = QueueRunner(queue, configuration, settings, group)
    state = NIOLockedValueBox(State(configuration: configuration))
    sayMapFaults(configuration)
    try offerControl()
    for socket in sockets { try listen(socket) }
    runner.start()
    sayWarnings(configuration)
  }

  private static func openQueue(_ settings: RuntimeSettings) throws(RuntimeError) -> MessageQueue {
    for (what, folder) in [("state folder", settings.stateFolder), ("folder of mailboxes", settings.mailFolder)] {
      do throws(Errno) { try makeFolders(folder) } catch {
        throw RuntimeError("cannot make the \(what) \(folder): \(error)", .cannotCreate)
      }
    }
    // Else all mail for mailboxes would come back to its senders.
    guard access(settings.mailFolder, W_OK | X_OK) == 0 else {
      throw RuntimeError("cannot write to the folder of mailboxes \(settings.mailFolder): \(Errno.last)", .cannotCreate)
    }
    do throws(QueueError) {
      var queueSettings = settings.queue
      queueSettings.report = { settings.log(told(of: $0)) }
      let queue = try MessageQueue.open(folder: settings.queueFolder, settings: queueSettings)
      for finding in queue.findings { settings.log(told(of: finding)) }
      return queue
    } catch {
      var failure = RuntimeError("\(error)", .temporaryFailure)
      if case .locked = error { failure.isPassing = true }
      throw failure
    }
  }

  /// What the queue found, and where a copy is.
  private static func told(of finding: Diagnostic) -> String {
    "the queue: " + finding.message.text + (finding.message.fix.map { "; " + $0 } ?? "")
  }

  private func listen(_ socket: BoundListener) throws(RuntimeError) {
    let listener = socket.listener
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        // The client has a name, or none, before it is spoken to.
        engines.run(on: channel.eventLoop) { [settings] in
          let address = channel.remoteAddress?.ipAddress ?? ""
          return ClientNames(settings.resolver).client(at: settings.network?.address(at: address) ?? address)
        }.flatMapThrowing { client in try self.begin(channel, client, listener) }
      }
    try serve(bootstrap, socket.descriptor, named: "\(listener)")
  }

  /// The socket by which commands of this host submit, list and ask for deliveries.
  private func offerControl() throws(RuntimeError) {
    let path = settings.controlPath
    let descriptor: Int32
    do throws(Errno) { descriptor = try listenLocally(path) } catch {
      throw RuntimeError("cannot offer the socket \(path): \(error)", .cannotCreate)
    }
    let control = Control(queue: queue, runner: runner)
    let bootstrap = ServerBootstrap(group: group)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        Self.peer(of: channel).flatMapThrowing { [self] user in
          let handler = ControlHandler(control, controlThreads, user: user) { [self] submission in
            try begin(channel, .commandLine, nil, submission)
          }
          try channel.pipeline.syncOperations.addHandler(handler)
        }
      }
    try serve(bootstrap, descriptor, named: path)
  }

  /// The user at the other end of a socket of this host, by the kernel's word.
  private static func peer(of channel: any Channel) -> EventLoopFuture<UInt32> {
    guard let options = channel as? any SocketOptionProvider else {
      return channel.eventLoop.makeFailedFuture(Errno(ENOPROTOOPT))
    }
    let credentials: EventLoopFuture<PeerCredentials> = options.unsafeGetSocketOption(
      level: .socket, name: NIOBSDSocket.Option(rawValue: SO_PEERCRED))
    return credentials.map { $0.user }
  }

  private func serve(
    _ bootstrap: ServerBootstrap, _ descriptor: Int32, named name: String
  ) throws(RuntimeError) {
    do {
      let channel = try bootstrap.withBoundSocket(descriptor).wait()
      state.withLockedValue { $0.listeners.append(channel) }
    } catch {
      throw RuntimeError("cannot listen on \(name): \(error)", .unavailable)
    }
  }

  /// The addresses that are listened on, in the order of the settings.
  package var addresses: [RuntimeSettings.Listener] {
    state.withLockedValue(\.listeners).compactMap { channel in
      guard let address = channel.localAddress, let port = address.port else { return nil }
      return RuntimeSettings.Listener(host: address.ipAddress ?? "", port: port)
    }
  }

  private func begin(
    _ channel: any Channel, _ client: Client, _ listener: RuntimeSettings.Listener?, _ submission: Submission? = nil
  ) throws {
    var client = client
    let configuration = state.withLockedValue { state in
      state.sessions[ObjectIdentifier(channel)] = channel
      return state.configuration
    }
    channel.closeFuture.whenComplete { [state] _ in
      state.withLockedValue { _ = $0.sessions.removeValue(forKey: ObjectIdentifier(channel)) }
    }
    // One that speaks for others comes more often than any of them.
    if submission == nil, !settings.trustsLocalClients, let counts = configuration.counts {
      client.load = counts.begin(client.address, now: MailDates.now())
      channel.closeFuture.whenComplete { [address = client.address] _ in counts.end(address) }
    }
    var dialogue = configuration.serverSettings(
      for: client, isLMTP: listener?.isLMTP ?? false, now: MailDates.now())
    if settings.trustsLocalClients, client.address.starts(with: "127.".utf8) { dialogue.allowsXCLIENT = true }
    // M=E, M=S; other letters are about other things.
    dialogue.withhold(ServerExtension.withheld(by: (listener?.modifiers ?? "").utf8.filter { "ES".utf8.contains($0) }))
    if submission != nil {
      // A person greets nobody.
      dialogue.requiresGreeting = false
      dialogue.requiresTLS = false
      // Of a message; the limit is one of clients.
      if submission?.refusals != .answered { dialogue.limits.recipients = 0 }
    }
    let session = ServerSession(dialogue, client: client)
    let reception = Reception(configuration, queue, settings, client: client)
    reception.turn = { [weak self] node in self?.turn(node) }
    if let submission { reception.submit(submission) { [runner] in runner.deliverOnDemand($0) } }
    try channel.pipeline.syncOperations.addHandler(SMTPServerHandler(session, reception, configuration, engines))
  }

  /// A queue run of the mail for a node, as ETRN asks; nobody waits for its end.
  private func turn(_ node: Bytes) {
    let control = Control(queue: queue, runner: runner)
    let selection = QueueSelection(.recipient, [.at] + node.drop { $0 == .at })
    controlThreads.run(on: group.next()) { _ = control.answer(ControlRow("run", [selection.field])) }
      .whenComplete { _ in }
  }

  /// Sessions that begin from now on, and deliveries, use another configuration.
  package func use(_ configuration: LoadedConfiguration) {
    state.withLockedValue { $0.configuration = configuration }
    runner.use(configuration)
    sayMapFaults(configuration)
    sayWarnings(configuration)
  }

  private func sayWarnings(_ configuration: LoadedConfiguration) {
    for warning in configuration.security.warnings { settings.log(warning) }
  }

  /// Clients only hear that something is wrong for now.
  private func sayMapFaults(_ configuration: LoadedConfiguration) {
    for fault in configuration.mapFaults {
      settings.log((fault.position.map { "\($0): " } ?? "") + fault.message.text)
    }
  }

  /// Takes no more mail; sessions end when their transaction does, and at the latest after
  /// some seconds. Then what is being delivered ends, and the queue is closed.
  package func stop(patience: Duration = .seconds(10)) {
    let (listeners, sessions) = state.withLockedValue { ($0.listeners, Array($0.sessions.values)) }
    for channel in listeners { try? channel.close().wait() }
    unlink(settings.controlPath)
    for channel in sessions { channel.pipeline.fireUserInboundEventTriggered(RuntimeDrains()) }
    let deadline = ContinuousClock.now + patience
    while !state.withLockedValue(\.sessions).isEmpty, ContinuousClock.now < deadline { usleep(20_000) }
    for channel in state.withLockedValue({ Array($0.sessions.values) }) { try? channel.close().wait() }
    engines.shutDown()
    controlThreads.shutDown()
    runner.finishOnDemand()
    runner.stop()
    try? queue.close()
    try? group.syncShutdownGracefully()
  }
}

/// What SO_PEERCRED gives: `struct ucred`, which Glibc's module leaves out.
private struct PeerCredentials: Sendable {
  var process: Int32
  var user: UInt32
  var group: UInt32
}
