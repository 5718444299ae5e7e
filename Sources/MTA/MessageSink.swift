// MessageSink.swift: a server that takes mail and keeps it, for what stands behind a mail system.
//
// Fails: never; a client that says something wrong is told so.

import MailAddress
import NIOCore
import NIOPosix
import Routing
import SMTP

/// A message as a sink was given it, with its last client.
package struct TakenMessage: Sendable {
  /// The client's address.
  package var client = ""
  package var helo: Bytes = []
  package var sender: Bytes = []
  package var recipients: [Bytes] = []
  /// Lines end in CR LF.
  package var content: Bytes = []

  /// What a host says that takes it (RFC 5321 section 4.4), without a line end.
  func trace(by hostName: Bytes, _ protocolName: String) -> Bytes {
    let client = Bytes(ascii: "from ") + helo + Bytes(" ([\(client)]) by ".utf8) + hostName
    let recipient = recipients.count == 1 ? Bytes(ascii: " for <") + (recipients.first ?? []) + [0x3E] : []
    return Bytes(ascii: "Received: ") + client + Bytes(" with \(protocolName)".utf8) + recipient
      + Bytes(ascii: "; ") + MailDates.text(MailDates.now())
  }
}

package struct MessageSink: Sendable {
  package var hostName: Bytes
  package var isLMTP = false
  /// In which its clients' addresses are.
  package var network: SimulatedNetwork?
  /// Why a recipient is not taken.
  package var refusal: @Sendable (Bytes) -> Reply? = { _ in nil }
  /// Whether its own Received: field is put before what it takes.
  package var leavesTrace = false
  package var take: @Sendable (TakenMessage) -> Void

  package init(hostName: Bytes, take: @escaping @Sendable (TakenMessage) -> Void) {
    (self.hostName, self.take) = (hostName, take)
  }

  package func bootstrap(_ group: any EventLoopGroup) -> ServerBootstrap {
    ServerBootstrap(group: group).serverChannelOption(.backlog, value: 256)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(SinkHandler(self)) }
      }
  }

  /// Listens on an address that is taken.
  package func open(_ socket: BoundListener, _ group: any EventLoopGroup) throws(RuntimeError) -> any Channel {
    do { return try bootstrap(group).withBoundSocket(socket.descriptor).wait() } catch {
      throw RuntimeError("cannot listen on \(socket.listener): \(error)", .unavailable)
    }
  }
}

/// Takes all mail of one connection.
private final class SinkHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let sink: MessageSink
  private var session: ServerSession
  private var message = TakenMessage()

  init(_ sink: MessageSink) {
    self.sink = sink
    var settings = ServerSettings(voice: .postfix, hostName: sink.hostName, dialect: sink.isLMTP ? .lmtp : .smtp)
    settings.limits = ServerLimits()
    settings.limits.errors = 0
    session = ServerSession(settings, client: .localhost)
  }

  func channelActive(context: ChannelHandlerContext) {
    let address = context.channel.remoteAddress?.ipAddress ?? ""
    message.client = sink.network?.address(at: address) ?? address
    perform(session.begin(), context)
  }

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
      case .content(let bytes): message.content += bytes
      case .abandon: message.content = []
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
    case .helo(let name, _): message.helo = name
    case .sender(let path, _):
      (message.sender, message.recipients, message.content) = (path.address, [], [])
    case .recipient(let path, _):
      if let refusal = sink.refusal(path.address) { return .reply(refusal) }
      message.recipients.append(path.address)
    case .messageComplete:
      if sink.leavesTrace {
        message.content =
          message.trace(by: sink.hostName, sink.isLMTP ? "LMTP" : "ESMTP") + [0x0D, 0x0A] + message.content
      }
      sink.take(message)
      return .queued(id: Bytes(ascii: "recorded"))
    default: break
    }
    return .proceed
  }
}
