// SMTPServerHandler.swift: carries one session's bytes between a socket and its dialogue.
//
//     socket ─► ServerSession ─► actions: send │ ask the engines │ content to the queue
//
// The event loop only moves bytes. While a question is open, or the queue is behind with
// the content, nothing is read: TCP slows the client down.

import MailAddress
import NIOCore
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
  /// Actions behind a delay or a question, in their order.
  private var waiting: [ServerAction] = []
  private var isDelayed = false
  private var timeout: Scheduled<Void>?
  /// Content that the queue has not taken yet.
  private var content: Bytes = []
  private var isAppending = false
  /// What comes after the content was taken.
  private var afterContent: [() -> Void] = []
  private var wantsRead = false

  private static let contentPiece = 128 << 10

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

  func channelActive(context: ChannelHandlerContext) {
    self.context = context
    perform(session.begin())
    context.fireChannelActive()
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
    if case ChannelEvent.inputClosed = event { perform(session.peerClosed()) }
    if event is RuntimeDrains { perform(session.shutDown()) }
    context.fireUserInboundEventTriggered(event)
  }

  private var mayRead: Bool { session.wantsInput && !isDelayed && content.count < Self.contentPiece }

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
    readOn()
  }

  private func act(_ action: ServerAction) {
    switch action {
    case .send(let bytes):
      guard let context else { return }
      context.write(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
    case .ask(let question): behindContent { self.ask(question) }
    case .content(let bytes):
      content += bytes
      if content.count >= Self.contentPiece { appendContent() }
    case .abandon: behindContent { self.onEngineThread { $0.reset() } }
    case .delay(let seconds): delay(seconds)
    case .setTimeout(let kind): setTimeout(kind)
    // Not offered.
    case .startTLS: break
    case .close: close()
    }
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

  private func ask(_ question: ServerQuestion) {
    guard let context else { return }
    let (reception, isExtended, client) = (reception, session.isExtended, session.client)
    let loop = context.eventLoop
    let handler = NIOLoopBound(self, eventLoop: loop)
    engines.ask(configuration, on: loop) { router in
      reception.client = client
      return reception.answer(question, isExtended: isExtended, router)
    }.whenComplete { result in
      let busy = ServerAnswer.reply(Reply(421, "4.3.2", "Service shutting down"))
      let this = handler.value
      this.perform(this.session.answer((try? result.get()) ?? busy))
    }
  }

  private func onEngineThread(_ body: @escaping @Sendable (Reception) -> Void) {
    guard let context else { return }
    let reception = reception
    _ = engines.run(on: context.eventLoop) { body(reception) }
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
    let patience = TimeAmount.minutes(kind == .handshake ? 1 : 5)
    timeout = context.eventLoop.scheduleTask(in: patience) {
      handler.value.perform(handler.value.session.timeoutNow())
    }
  }

  // MARK: content

  private func appendContent() {
    guard !isAppending, !content.isEmpty, let context else { return }
    isAppending = true
    let (reception, piece) = (reception, content)
    content = []
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    engines.run(on: context.eventLoop) { reception.append(piece) }.whenComplete { _ in
      let this = handler.value
      this.isAppending = false
      if this.content.isEmpty { this.contentIsTaken() } else { this.appendContent() }
      this.readOn()
    }
  }

  /// Does something when the queue has taken all content that came before.
  private func behindContent(_ body: @escaping () -> Void) {
    guard isAppending || !content.isEmpty else { return body() }
    afterContent.append(body)
    appendContent()
  }

  private func contentIsTaken() {
    let bodies = afterContent
    afterContent = []
    for body in bodies { body() }
  }
}

/// Tells sessions that the runtime goes down.
struct RuntimeDrains: Sendable {}
