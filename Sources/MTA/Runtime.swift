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

  package init(_ description: String, _ status: ExitStatus) {
    self.description = description
    self.status = status
  }
}

package final class Runtime: Sendable {
  package let settings: RuntimeSettings
  package let queue: MessageQueue
  private let group: MultiThreadedEventLoopGroup
  private let engines: EngineThreads
  private let runner: QueueRunner
  private let state: NIOLockedValueBox<State>

  private struct State {
    var configuration: LoadedConfiguration
    var listeners: [any Channel] = []
    var sessions: [ObjectIdentifier: any Channel] = [:]
  }

  /// Opens the queue and listens. Mail is taken when this returns.
  package init(_ configuration: LoadedConfiguration, _ settings: RuntimeSettings) throws(RuntimeError) {
    self.settings = settings
    let queue = try Self.openQueue(settings)
    self.queue = queue
    group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
    engines = EngineThreads(count: settings.engineThreads)
    runner = QueueRunner(queue, configuration, settings, group)
    state = NIOLockedValueBox(State(configuration: configuration))
    for listener in settings.listeners { try listen(listener) }
    runner.start()
  }

  private static func openQueue(_ settings: RuntimeSettings) throws(RuntimeError) -> MessageQueue {
    do throws(Errno) {
      try makeFolders(settings.stateFolder)
      try makeFolders(settings.mailFolder)
    } catch {
      throw RuntimeError("cannot make the state folder \(settings.stateFolder): \(error)", .cannotCreate)
    }
    do throws(QueueError) {
      let queue = try MessageQueue.open(folder: settings.queueFolder)
      for finding in queue.findings { settings.log("the queue: \(finding.message.text)") }
      return queue
    } catch {
      throw RuntimeError("\(error)", .temporaryFailure)
    }
  }

  private func listen(_ listener: RuntimeSettings.Listener) throws(RuntimeError) {
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer { [self] channel in
        // The client has a name, or none, before it is spoken to.
        engines.run(on: channel.eventLoop) { [settings] in
          ClientNames(settings.resolver).client(at: channel.remoteAddress?.ipAddress ?? "")
        }.flatMapThrowing { client in try self.begin(channel, client, isLMTP: listener.isLMTP) }
      }
    do {
      let channel = try bootstrap.bind(host: listener.host, port: listener.port).wait()
      state.withLockedValue { $0.listeners.append(channel) }
    } catch {
      throw RuntimeError("cannot listen on \(listener): \(error)", .unavailable)
    }
  }

  /// The addresses that are listened on, in the order of the settings.
  package var addresses: [RuntimeSettings.Listener] {
    state.withLockedValue(\.listeners).compactMap { channel in
      guard let address = channel.localAddress, let port = address.port else { return nil }
      return RuntimeSettings.Listener(host: address.ipAddress ?? "", port: port)
    }
  }

  private func begin(_ channel: any Channel, _ client: Client, isLMTP: Bool) throws {
    let configuration = state.withLockedValue { state in
      state.sessions[ObjectIdentifier(channel)] = channel
      return state.configuration
    }
    channel.closeFuture.whenComplete { [state] _ in
      state.withLockedValue { _ = $0.sessions.removeValue(forKey: ObjectIdentifier(channel)) }
    }
    var dialogue = configuration.serverSettings(
      for: client, isLMTP: isLMTP, date: MailDates.text(MailDates.now()))
    if settings.trustsLocalClients, client.address.starts(with: "127.".utf8) { dialogue.allowsXCLIENT = true }
    let session = ServerSession(dialogue, client: client)
    let reception = Reception(configuration, queue, settings, client: client)
    try channel.pipeline.syncOperations.addHandler(SMTPServerHandler(session, reception, configuration, engines))
  }

  /// Sessions that begin from now on, and deliveries, use another configuration.
  package func use(_ configuration: LoadedConfiguration) {
    state.withLockedValue { $0.configuration = configuration }
    runner.use(configuration)
  }

  /// Takes no more mail; sessions end when their transaction does, and at the latest after
  /// some seconds. Then what is being delivered ends, and the queue is closed.
  package func stop(patience: Duration = .seconds(10)) {
    let (listeners, sessions) = state.withLockedValue { ($0.listeners, Array($0.sessions.values)) }
    for channel in listeners { try? channel.close().wait() }
    for channel in sessions { channel.pipeline.fireUserInboundEventTriggered(RuntimeDrains()) }
    let deadline = ContinuousClock.now + patience
    while !state.withLockedValue(\.sessions).isEmpty, ContinuousClock.now < deadline { usleep(20_000) }
    for channel in state.withLockedValue({ Array($0.sessions.values) }) { try? channel.close().wait() }
    engines.shutDown()
    runner.stop()
    try? queue.close()
    try? group.syncShutdownGracefully()
  }
}
