// SMTPDelivery.swift: one message to one server, by SMTP or LMTP.
//
// Blocking for the delivery thread that calls it; the event loop carries the bytes.
//
// Fails: never; a host that cannot be reached leaves each recipient deferred.

import Glibc
import MailAddress
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Posix
import Resolver
import Routing
import SMTP

struct SMTPDelivery: Sendable {
  let group: any EventLoopGroup
  var settings: ClientSettings
  /// For a session that is to have TLS.
  var security: NIOSSLContext?
  /// Why a server's certificate will not do; asked on the event loop.
  var refusal: @Sendable (TLSFacts?) -> Reply? = { _ in nil }
  /// Judges a connection before mail is sent by it; asked on the delivery thread.
  var judge: (@Sendable (TLSFacts?) -> (connection: Reply?, recipients: [Reply?]))?
  /// How a server that cannot be reached is spoken of: in sendmail's words where it has a name here, and in
  /// Postfix's otherwise.
  var shownName: String?
  /// The network to connect in; nil for the one that there is.
  var network: SimulatedNetwork?
  private static let connectSeconds = 30
  private static let connectTimeout = TimeAmount.seconds(Int64(connectSeconds))
  /// A program may take so long to end once it was told to.
  private static let lastSeconds = 30.0

  struct Content: Sendable {
    var usual: Bytes
    /// For servers that do not offer 8BITMIME; nil for no difference.
    var sevenBit: Bytes?
  }

  /// - Returns: one result a recipient.
  func deliver(_ message: OutgoingMessage, _ content: Content, to target: RemoteHosts.Target) -> [RecipientResult] {
    let loop = group.next()
    let done = loop.makePromise(of: [RecipientResult].self)
    let asked = loop.makePromise(of: Judgeable?.self)
    var settings = settings
    settings.isJudged = judge != nil
    let link = Link(settings: settings, security: security, refusal: refusal, asked: asked, done: done)
    let prepare: @Sendable (any Channel) -> EventLoopFuture<Void> = { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(SMTPClientHandler(link, message, content))
      }
    }
    var spoken: SpokenProgram?
    let connection: EventLoopFuture<any Channel>
    do {
      switch target.wire {
      case .network:
        connection = try connect(
          ClientBootstrap(group: loop).connectTimeout(Self.connectTimeout)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1).channelInitializer(prepare), to: target)
      case .socket(let path, _):
        connection = ClientBootstrap(group: loop).channelInitializer(prepare)
          .withConnectedSocket(try connectLocally(path, seconds: Self.connectSeconds))
      case .program(let program):
        let started = try program.startDialogue()
        spoken = started
        connection = NIOPipeBootstrap(group: loop).channelInitializer(prepare)
          .takingOwnershipOfDescriptors(input: started.output, output: started.input)
      }
    } catch {
      connection = loop.makeFailedFuture(error)
    }
    let shownName = shownName
    connection.whenFailure { error in
      asked.succeed(nil)
      done.succeed(Self.all(message, Self.failure(error, target, shownName)))
    }
    if let judge, let asking = try? asked.futureResult.wait() { asking.answer(judge(asking.facts)) }
    let results = (try? done.futureResult.wait()) ?? Self.all(message, Reply(451, "4.3.2", "the runtime goes down"))
    spoken?.finish(seconds: Self.lastSeconds)
    return results
  }

  private func connect(
    _ bootstrap: ClientBootstrap, to target: RemoteHosts.Target
  ) throws -> EventLoopFuture<any Channel> {
    guard let network else { return bootstrap.connect(host: target.host, port: target.port) }
    guard let door = network.door(target.host, target.port) else { throw Errno(EHOSTUNREACH) }
    guard let place = network.source.flatMap(network.place) else {
      return bootstrap.connect(host: door.host, port: door.port)
    }
    return bootstrap.bind(to: try SocketAddress(ipAddress: "\(place)", port: 0))
      .connect(host: door.host, port: door.port)
  }

  private static func failure(_ error: any Error, _ target: RemoteHosts.Target, _ shownName: String?) -> Reply {
    switch target.wire {
    case .network, .socket:
      let text =
        shownName.map { words(error, about: $0) } ?? "connect to \(target.shownHost)\(target.place): \(reason(error))"
      return Reply(451, "4.4.1", text)
    case .program(let program): return Reply(451, "4.0.0", "cannot run \(program.path.text): \(reason(error))")
    }
  }

  private static func cause(of error: any Error) -> (any Error)? {
    (error as? NIOConnectionError).map { $0.connectionErrors.first?.error } ?? error
  }

  private static func words(_ error: any Error, about name: String) -> String {
    let cause = cause(of: error)
    switch (cause as? IOError)?.errnoCode {
    case ECONNREFUSED: return "Connection refused by \(name)"
    case ECONNRESET: return "Connection reset by \(name)"
    case ETIMEDOUT: return "Connection timed out with \(name)"
    case nil where cause is ChannelError: return "Connection timed out with \(name)"
    default: return "\(name): \(reason(error))"
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let cause = cause(of: error) else { return "no address" }
    if let errno = cause as? Errno { return "\(errno)" }
    if let fault = cause as? ProgramFault {
      switch fault {
      case .notRun(let errno), .system(let errno): return "\(errno)"
      }
    }
    return (cause as? IOError).map { "\(Errno($0.errnoCode))" } ?? "\(cause)"
  }

  private static func all(_ message: OutgoingMessage, _ reply: Reply) -> [RecipientResult] {
    message.recipients.map { _ in
      RecipientResult(outcome: .deferred, reply: reply, isFromServer: false, stage: .greeting)
    }
  }
}

/// What a delivery and its channel share.
private struct Link: Sendable {
  let settings: ClientSettings
  let security: NIOSSLContext?
  let refusal: @Sendable (TLSFacts?) -> Reply?
  /// The connection that waits for its judgement; nil where none does.
  let asked: EventLoopPromise<Judgeable?>
  let done: EventLoopPromise<[RecipientResult]>
}

private struct Judgeable: Sendable {
  let facts: TLSFacts?
  let handler: NIOLoopBound<SMTPClientHandler>
  let context: NIOLoopBound<ChannelHandlerContext>
  let loop: any EventLoop

  func answer(_ judgement: (connection: Reply?, recipients: [Reply?])) {
    loop.execute { handler.value.judged(judgement.connection, judgement.recipients, context.value) }
  }
}

/// Carries the bytes of one client's dialogue.
private final class SMTPClientHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var session: ClientSession
  private let message: OutgoingMessage
  private let content: SMTPDelivery.Content
  private let link: Link
  private var handshake: VerifiedHandshake?
  private var facts: TLSFacts?
  private var timeout: Scheduled<Void>?

  init(_ link: Link, _ message: OutgoingMessage, _ content: SMTPDelivery.Content) {
    session = ClientSession(link.settings)
    self.message = message
    self.content = content
    self.link = link
  }

  func judged(_ connection: Reply?, _ recipients: [Reply?], _ context: ChannelHandlerContext) {
    perform(session.judged(connection: connection, recipients: recipients), context)
  }

  func channelActive(context: ChannelHandlerContext) {
    setTimeout(.greeting, context)
    perform(session.begin() + session.send(message), context)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    perform(session.receive(Bytes(unwrapInboundIn(data).readableBytesView)), context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    timeout?.cancel()
    perform(session.peerClosed(), context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? TLSUserEvent, case .handshakeCompleted = event { secured(context) }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    perform(session.tlsFailed(), context)
    context.close(promise: nil)
  }

  /// From here on the bytes are the handshake's, once the command has gone in clear.
  private func startTLS(_ context: ChannelHandlerContext) {
    context.flush()
    do {
      guard let security = link.security else { return perform(session.tlsFailed(), context) }
      let handshake = try VerifiedHandshake(security, serverName: nil)
      self.handshake = handshake
      try handshake.begin(context)
    } catch {
      perform(session.tlsFailed(), context)
    }
  }

  private func secured(_ context: ChannelHandlerContext) {
    facts = handshake?.facts
    handshake = nil
    let refusal = link.refusal(facts)
    perform(refusal == nil ? session.tlsStarted() : session.tlsFailed(refusal), context)
  }

  private func ask(_ context: ChannelHandlerContext) {
    link.asked.succeed(
      Judgeable(
        facts: facts, handler: NIOLoopBound(self, eventLoop: context.eventLoop),
        context: NIOLoopBound(context, eventLoop: context.eventLoop), loop: context.eventLoop))
  }

  private func perform(_ actions: [ClientAction], _ context: ChannelHandlerContext) {
    for action in actions {
      switch action {
      case .send(let bytes): write(bytes, context)
      case .sendContent:
        let content = session.takesEightBit ? content.usual : content.sevenBit ?? content.usual
        var encoder = DataEncoder()
        var encoded: Bytes = []
        encoded.reserveCapacity(content.count + content.count / 64 + 16)
        encoder.encode(content[...], into: &encoded)
        encoder.finish(into: &encoded)
        write(encoded, context)
        perform(session.contentSent(), context)
      case .finished(let results):
        link.asked.succeed(nil)
        link.done.succeed(results)
        perform(session.quit(), context)
      case .setTimeout(let stage): setTimeout(stage, context)
      case .close: context.close(promise: nil)
      case .startTLS: startTLS(context)
      case .judge: ask(context)
      // It was sent in one piece.
      case .stopContent: break
      }
    }
    context.flush()
  }

  private func write(_ bytes: Bytes, _ context: ChannelHandlerContext) {
    context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
  }

  private func setTimeout(_ stage: ClientStage, _ context: ChannelHandlerContext) {
    timeout?.cancel()
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    timeout = context.eventLoop.scheduleTask(in: .minutes(stage == .end ? 10 : 5)) {
      handler.value.perform(handler.value.session.timeoutNow(), bound.value)
    }
  }
}
