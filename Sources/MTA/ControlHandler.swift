// ControlHandler.swift: one question from a process of this host.
//
//     request line ─► queue, runner ─► rows ─► ok
//                 └─ submit ─► this handler goes, and the SMTP dialogue comes
//
// Whoever may connect is us, or root: the socket's mode sees to that.
//
// Fails: a request that is no request is answered with "error" and why.

import MailAddress
import MailQueue
import NIOCore

/// What the requests are answered from.
struct Control: Sendable {
  let queue: MessageQueue
  let runner: QueueRunner

  /// Blocking. The rows before the last are what was asked for.
  func answer(_ request: ControlRow) -> [ControlRow] {
    let rest = Array(request.fields.dropFirst())
    do throws(QueueError) {
      switch request.word {
      case "list": return try select(rest).map { ListedMessage($0).row } + [ControlRow("ok")]
      case "run": return reports(try select(rest).map(\.id))
      case "deliver": return reports(rest.compactMap { QueueID($0.text) })
      case "hold":
        let reason = rest.first ?? []
        for entry in try select(Array(rest.dropFirst())) where entry.state != .corrupt {
          try queue.quarantine(entry.id, reason: reason)
        }
      case "release":
        for entry in try select(rest) where entry.state == .hold { try queue.release(entry.id) }
      default: return [ControlRow("error", [Bytes("no such request: \(request.word)".utf8)])]
      }
      return [ControlRow("ok")]
    } catch {
      return [ControlRow("error", [Bytes("\(error)".utf8)])]
    }
  }

  private func reports(_ ids: [QueueID]) -> [ControlRow] {
    runner.deliverNow(ids).map { AttemptReport($0).row } + [ControlRow("ok")]
  }

  private func select(_ fields: [Bytes]) throws(QueueError) -> [QueueEntry] {
    let wanted = fields.compactMap { QueueSelection($0) }
    return queue.list().filter { entry in
      guard let envelope = entry.envelope else { return wanted.isEmpty }
      return wanted.allSatisfy { $0.matches(entry.id, envelope) }
    }
  }
}

final class ControlHandler: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let control: Control
  private let engines: EngineThreads
  /// Who is at the other end.
  private let user: UInt32
  private let submit: (Submission) throws -> Void
  private var line: Bytes = []
  private var isAsked = false

  private static let longestLine = 1 << 16

  /// - Parameter submit: puts the SMTP dialogue in this handler's place.
  init(
    _ control: Control, _ engines: EngineThreads, user: UInt32, submit: @escaping (Submission) throws -> Void
  ) {
    (self.control, self.engines, self.user, self.submit) = (control, engines, user, submit)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if isAsked { return context.fireChannelRead(data) }
    line += unwrapInboundIn(data).readableBytesView
    guard let end = line.firstIndex(of: .newline) else {
      if line.count > Self.longestLine { context.close(promise: nil) }
      return
    }
    isAsked = true
    guard let request = ControlRow(line: line[..<end]) else {
      return answer([ControlRow("error", [Bytes("the request cannot be read".utf8)])], context)
    }
    if request.word == "submit" {
      guard var submission = Submission(request) else {
        return answer([ControlRow("error", [Bytes("the request cannot be read".utf8)])], context)
      }
      submission.comes(from: user)
      return begin(submission, line[(end + 1)...], context)
    }
    ask(request, context)
  }

  /// - Parameter rest: what came behind the request.
  private func begin(_ submission: Submission, _ rest: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
    do {
      try submit(submission)
      if !rest.isEmpty { context.fireChannelRead(wrapInboundOut(context.channel.allocator.buffer(bytes: rest))) }
      context.pipeline.syncOperations.removeHandler(self, promise: nil)
    } catch {
      context.close(promise: nil)
    }
  }

  private func ask(_ request: ControlRow, _ context: ChannelHandlerContext) {
    let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let control = control
    engines.run(on: context.eventLoop) { control.answer(request) }.whenComplete { result in
      handler.value.answer((try? result.get()) ?? [ControlRow("error", [Bytes("going down".utf8)])], bound.value)
    }
  }

  private func answer(_ rows: [ControlRow], _ context: ChannelHandlerContext) {
    var buffer = context.channel.allocator.buffer(capacity: 256)
    for row in rows { buffer.writeBytes(row.line) }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    context.writeAndFlush(wrapOutboundOut(buffer)).whenComplete { _ in bound.value.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
