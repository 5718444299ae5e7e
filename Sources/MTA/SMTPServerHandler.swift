// SMTPServerHandler.swift: carries one session's bytes between a socket and its dialogue.
//
//     socket ─► ServerSession ─► actions: send │ ask the engines │ content to the queue
//
// The event loop only moves bytes. While a question is open, or the queue is behind with
// the content, nothing is read: TCP slows the client down.

import MailAddress
import NIOCore
import NIOSSL
import NIOTLS
import Routing
import SMTP

final class SMTPServerHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var session: ServerSession
  private let reception: Reception
  private let configuration: LoadedConfiguration
  private let engines: EngineThreads
  private var context: ChannelHandlerContext?
  /// Actions behind a delay, in their order.
  private var waiting: [ServerAction] = []
  private var isDelayed = false
  private var timeout: Scheduled<Void>?
  /// The end of what engine threads were given to do for this session.
  private var tail: EventLoopFuture<Void>?
  /// Content that is not on its way to the queue yet, and the bytes that are.
  private var content: Bytes = []
  private var unwritten = 0
  private var wantsRead = false
  private var handshake: VerifiedHandshake?
  /// The client sends no more, and may still listen.
  private var hasInputEnded = false

  private static let contentPiece = 128 << 10
  private static let mostUnwritten = 1 << 20

  init(
    _ session: ServerSession, _ reception: Reception, _ configuration: LoadedConfiguration,
    _ engines: EngineThreads
  ) {
    self.session = session
    self.reception = reception
    self.configuration = configuration
    self.engines = engines
  }

  // MARK: the channel

  /// In place of another handler, on a channel that is in use.
  func handlerAdded(context: ChannelHandlerContext) {
    guard context.channel.isActive else { return }
    self.context = context
    begin()
  }

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    begin()
    context.fireChannelActive()
  }

  private func begin() {
    let isImplicitlySecured = configuration.security.offer.isImplicit && !reception.isSubmission
    perform(isImplicitlySecured ? session.beginWithTLS() : session.begin())
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    perform(session.receive(Bytes(buffer.readableBytesView)))
  }

  func read(context: ChannelHandlerContext) {
    if mayRead { context.read() } else { wantsRead = true }
  }

  func channelInactive(context: ChannelHandlerContext) {
    timeout?.cancel()
    perform(session.peerClosed())
    self.context = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event {
      hasInputEnded = true
      perform([])
    }
    if event is RuntimeDrains { perform(session.shutDown()) }
    if let event = event as? TLSUserEvent, case .handshakeCompleted = event { secured() }
    context.fireUserInboundEventTriggered(event)
  }

  private var mayRead: Bool {
    (session.wantsInput || session.isHandshaking) && !isDelayed && content.count + unwritten < Self.mostUnwritten
  }

  private func readOn() {
    guard wantsRead, mayRead, let context else { return }
    wantsRead = false
    context.read()
  }

  // MARK: actions

  private func perform(_ actions: [ServerAction]) {
    waiting += actions
    while !isDelayed, !waiting.isEmpty { act(waiting.removeFirst()) }
    context?.flush()
    // What it sent is carried out first.
    if hasInputEnded, !isDelayed, session.wantsInput {
      hasInputEnded = session.hasMoreInput
      perform(session.inputEnded())
    }
    readOn()
  }

  private func act(_ action: ServerAction) {
    switch action {
    case .send(let bytes):
      guard let context else { return }
      context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    case .ask(let question):
      writeContent()
      ask(question)
    case .content(let bytes):
      content += bytes
      if content.count >= Self.contentPiece { writeContent() }
    case .abandon:
      content = []
      enqueue({ reception, _ in reception.reset() }, then: { _ in })
    case .pause(let milliseconds): pause(milliseconds)
    case .delay(let seconds): delay(seconds)
    case .setTimeout(let kind): setTimeout(kind)
    case .startTLS: startTLS()
    case .close: close()
    }
  }

  /// From here on the bytes are the handshake's, once the reply has gone in clear.
  private func startTLS() {
    guard let context, let served = configuration.security.offer.served else { return close() }
    context.flush()
    do {
      let handshake = try VerifiedHandshake(served, asksForCertificate: reception.asksForCertificate)
      self.handshake = handshake
      try handshake.begin(context)
    } catch {
      close()
    }
  }

  private func secured() {
    let facts = handshake?.facts
    handshake = nil
    if configuration.security.offer.requiresCertificate, facts?.verification != .trusted { return close() }
    perform(session.tlsStarted(facts))
  }

  /// What was said is to arrive, also where the client has sent what nobody reads: so our
  /// side ends first, and the client gets a moment to end its own.
  private func close() {
    guard let context else { return }
    context.flush()
    context.close(mode: .output, promise: nil)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .seconds(2)) { bound.value.close(promise: nil) }
  }

  // MARK: engine threads

  private func ask(_ question: ServerQuestion) {
    if configuration.isSilent(about: question) { return perform(session.answer(.proceed)) }
    let (isExtended, client) = (session.isExtended, session.client)
    // With ESMTP only DATA must be waited for.
    let isSentAhead = session.hasMoreInput && (!isExtended || question == .dataBegin)
    enqueue(
      { reception, router in
        reception.client = client
        reception.isSentAhead = isSentAhead
        return reception.answer(question, isExtended: isExtended, router)
      },
      then: { [self] result in
        let down = ServerAnswer.reply(Reply(421, "4.3.2", "Service shutting down"))
        perform(session.answer((try? result.get()) ?? down))
      })
  }

  private func writeContent() {
    if content.isEmpty { return }
    let piece = content
    content = []
    unwritten += piece.count
    enqueue(
      { reception, _ in reception.append(piece) },
      then: { [self] _ in
        unwritten -= piece.count
        readOn()
      })
  }

  /// Does something on an engine thread when all that was given to do before is done.
  private func enqueue<Outcome: Sendable>(
    _ body: @escaping @Sendable (Reception, any MailRouter) -> Outcome,
    then finish: @escaping (Result<Outcome, any Error>) -> Void
  ) {
    guard let loop = context?.eventLoop else { return }
    let (engines, configuration, reception) = (engines, configuration, reception)
    let next = (tail ?? loop.makeSucceededVoidFuture()).flatMap {
      engines.ask(configuration, on: loop) { body(reception, $0) }
    }
    tail = next.map { _ in }.recover { _ in }
    let bound = NIOLoopBound(finish, eventLoop: loop)
    next.whenComplete { bound.value($0) }
  }

  /// Reads on meanwhile: a client that speaks first shows itself.
  private func pause(_ milliseconds: Int) {
    guard let context else { return }
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .milliseconds(Int64(milliseconds))) {
      handler.value.perform(handler.value.session.pauseIsOver())
    }
  }

  private func delay(_ seconds: Int) {
    guard let context else { return }
    isDelayed = true
    context.flush()
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      handler.value.isDelayed = false
      handler.value.perform([])
    }
  }

  private func setTimeout(_ kind: ServerTimeout) {
    guard let context else { return }
    timeout?.cancel()
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let seconds = configuration.patience.seconds(for: kind)
    timeout = context.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
      handler.value.perform(handler.value.session.timeoutNow())
    }
  }
}

/// Tells sessions that the runtime goes down.
struct RuntimeDrains: Sendable {}
