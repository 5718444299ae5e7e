// Prober.swift: puts questions to a mail system that runs, as a client does.
//
//     greeting ─ EHLO ─ XCLIENT ─ EHLO ─ MAIL ─ RCPT ─ DATA ─ message ─ QUIT
//
// XCLIENT makes us the client that the question has. The first refusal is the answer.

import MTA
import MailAddress
import NIOCore
import NIOPosix
import Routing
import SMTP

/// What a client was told.
enum ProbeAnswer: Sendable, Equatable {
  case accepted
  case refused(Reply)
  /// The question has no form in the dialogue, or nobody answered.
  case unasked(String)
}

struct Prober: Sendable {
  let group: any EventLoopGroup
  let address: RuntimeSettings.Listener

  func ask(_ number: Int, _ envelope: Envelope) -> EventLoopFuture<ProbeAnswer> {
    let loop = group.next()
    let done = loop.makePromise(of: ProbeAnswer.self)
    let dialogue = Self.dialogue(number, envelope)
    ClientBootstrap(group: loop).channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(ProbeHandler(dialogue, done))
        }
      }
      .connect(host: address.host, port: address.port)
      .whenFailure { done.succeed(.unasked("\($0)")) }
    return done.futureResult
  }

  /// What is sent after the greeting and after each positive reply.
  private static func dialogue(_ number: Int, _ envelope: Envelope) -> [ProbeStep] {
    let client = envelope.client
    let size = envelope.size.map { Bytes(" SIZE=\($0)".utf8) } ?? []
    let recipient = envelope.recipients.first ?? []
    var steps = [
      ProbeStep(Bytes(ascii: "EHLO prober.invalid"), .greeting), ProbeStep(xclient(client), .introduction),
    ]
    if let helo = client.helo { steps.append(ProbeStep(Bytes(ascii: "EHLO ") + helo)) }
    steps += [
      ProbeStep(Bytes(ascii: "MAIL FROM:<") + envelope.sender + [0x3E] + size),
      ProbeStep(Bytes(ascii: "RCPT TO:<") + recipient + [0x3E]),
      ProbeStep(Bytes(ascii: "DATA")),
      ProbeStep(ProbeMessage.content(number, envelope), .content),
    ]
    return steps
  }

  /// XCLIENT_README's attributes for a client.
  private static func xclient(_ client: Client) -> Bytes {
    let unknown = Bytes(client.nameState == .temporaryFailure ? "[TEMPUNAVAIL]".utf8 : "[UNAVAILABLE]".utf8)
    func value(_ text: Bytes?) -> Bytes { text.map(Xtext.encode) ?? unknown }
    let address = client.address.contains(.colon) ? Bytes(ascii: "IPV6:") + client.address : client.address
    var words = Bytes(ascii: "XCLIENT ADDR=") + Xtext.encode(address) + Bytes(ascii: " NAME=") + value(client.name)
    words += Bytes(ascii: " REVERSE_NAME=") + value(client.reverseName)
    if let login = client.authenticatedAs { words += Bytes(ascii: " LOGIN=") + Xtext.encode(login) }
    return words
  }
}

private struct ProbeStep: Sendable {
  enum Kind { case greeting, introduction, command, content }

  let bytes: Bytes
  let kind: Kind

  init(_ bytes: Bytes, _ kind: Kind = .command) {
    self.bytes = bytes
    self.kind = kind
  }

  /// Whether a refusal says something about the question; that the client is not let in does.
  func isAnswered(by refusal: Reply) -> Bool {
    switch kind {
    case .greeting: false
    case .introduction: refusal.code != 501
    case .command, .content: true
    }
  }
}

private final class ProbeHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let steps: [ProbeStep]
  private let done: EventLoopPromise<ProbeAnswer>
  private var parser = ReplyParser()
  /// The step that the next reply is about; -1 for the greeting.
  private var current = -1
  private var isDone = false

  init(_ steps: [ProbeStep], _ done: EventLoopPromise<ProbeAnswer>) {
    self.steps = steps
    self.done = done
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    parser.feed(Bytes(unwrapInboundIn(data).readableBytesView)[...])
    do throws(ReplyParser.Fault) {
      while let reply = try parser.next() { take(reply, context) }
    } catch {
      finish(.unasked("the server's reply is none: \(error)"), context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.unasked("the connection was closed"), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { finish(.unasked("\(error)"), context) }

  private func take(_ reply: Reply, _ context: ChannelHandlerContext) {
    guard !isDone else { return }
    guard reply.code < 400 else {
      let isAnswer = current >= 0 && steps[current].isAnswered(by: reply)
      return finish(isAnswer ? .refused(reply) : .unasked("\(reply)"), context)
    }
    current += 1
    guard steps.indices.contains(current) else { return finish(.accepted, context) }
    let step = steps[current]
    if step.kind == .content {
      var encoder = DataEncoder()
      var encoded: Bytes = []
      encoder.encode(step.bytes[...], into: &encoded)
      encoder.finish(into: &encoded)
      send(encoded, context)
    } else {
      send(step.bytes + [13, 10], context)
    }
  }

  private func send(_ bytes: Bytes, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)), promise: nil)
  }

  private func finish(_ answer: ProbeAnswer, _ context: ChannelHandlerContext) {
    guard !isDone else { return }
    isDone = true
    done.succeed(answer)
    send(Bytes(ascii: "QUIT\r\n"), context)
    context.close(promise: nil)
  }
}
