// Recorder.swift: stands behind every mailer and transport, and keeps what reaches it.
//
//     next hop a ──► port 41001 ┐
//     next hop b ──► port 41002 ┼─► copies, each with the place where it would have gone
//     a program  ───────────────┘
//
// Each next hop gets a listener of its own, so that a copy's port says where it went.

import MTA
import MailAddress
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Routing
import SMTP

/// A message as it reached what is behind the mail system.
struct RecordedCopy: Sendable {
  var destination: Destination
  var sender: Bytes
  var recipients: [Bytes]
  var content: Bytes
}

final class Recorder: DeliveryRecorder {
  private let group: any EventLoopGroup
  private let state = NIOLockedValueBox(State())

  private struct State {
    var listeners: [Destination: any Channel] = [:]
    var copies: [RecordedCopy] = []
    /// What the runtime set out to do, by the numbers of the questions.
    var attempts: [Int: [Delivery]] = [:]
  }

  init(_ group: any EventLoopGroup) { self.group = group }

  /// What has come so far.
  var copies: [RecordedCopy] { state.withLockedValue(\.copies) }

  var attempts: [Int: [Delivery]] { state.withLockedValue(\.attempts) }

  func note(_ deliveries: [Delivery], of header: [HeaderField]) {
    guard let number = ProbeMessage.number(of: header) else { return }
    state.withLockedValue { $0.attempts[number, default: []] += deliveries }
  }

  func record(_ destination: Destination, sender: Bytes, recipient: Bytes, content: Bytes) {
    record(RecordedCopy(destination: destination, sender: sender, recipients: [recipient], content: content))
  }

  private func record(_ copy: RecordedCopy) { state.withLockedValue { $0.copies.append(copy) } }

  // Called on delivery threads, which may wait.
  func listener(for destination: Destination) -> RuntimeSettings.Listener? {
    if let known = state.withLockedValue({ $0.listeners[destination] }) { return Self.address(of: known) }
    let bootstrap = ServerBootstrap(group: group).serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            RecorderHandler(destination) { [self] in record($0) })
        }
      }
    guard let channel = try? bootstrap.bind(host: "127.0.0.1", port: 0).wait() else { return nil }
    // Another thread may have been faster; mail that reaches either is recorded alike.
    state.withLockedValue { $0.listeners[destination] = channel }
    return Self.address(of: channel)
  }

  private static func address(of channel: any Channel) -> RuntimeSettings.Listener? {
    channel.localAddress?.port.map { RuntimeSettings.Listener(host: "127.0.0.1", port: $0) }
  }
}

/// Takes all mail of one connection.
private final class RecorderHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var session: ServerSession
  private let record: @Sendable (RecordedCopy) -> Void
  private var copy: RecordedCopy

  init(_ destination: Destination, record: @escaping @Sendable (RecordedCopy) -> Void) {
    copy = RecordedCopy(destination: destination, sender: [], recipients: [], content: [])
    self.record = record
    let isLMTP = if case .agent(let name, _) = destination { name.starts(with: "lmtp".utf8) } else { false }
    var settings = ServerSettings(
      voice: .postfix, hostName: Bytes(ascii: "recorder.invalid"), dialect: isLMTP ? .lmtp : .smtp)
    settings.limits = ServerLimits()
    settings.limits.errors = 0
    session = ServerSession(settings, client: .localhost)
  }

  func channelActive(context: ChannelHandlerContext) { perform(session.begin(), context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    perform(session.receive(Bytes(unwrapInboundIn(data).readableBytesView)), context)
  }

  func channelInactive(context: ChannelHandlerContext) { perform(session.peerClosed(), context) }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func perform(_ actions: [ServerAction], _ context: ChannelHandlerContext) {
    for action in actions {
      switch action {
      case .send(let bytes):
        context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
      case .ask(let question): perform(session.answer(answer(question)), context)
      case .content(let bytes): copy.content += bytes
      case .abandon: copy.content = []
      case .close:
        context.flush()
        context.close(promise: nil)
      case .pause, .delay, .setTimeout, .startTLS: break
      }
    }
    context.flush()
  }

  private func answer(_ question: ServerQuestion) -> ServerAnswer {
    switch question {
    case .sender(let path, _):
      (copy.sender, copy.recipients, copy.content) = (path.address, [], [])
    case .recipient(let path, _): copy.recipients.append(path.address)
    case .messageComplete:
      record(copy)
      return .queued(id: Bytes(ascii: "recorded"))
    default: break
    }
    return .proceed
  }
}
