// ControlClient.swift: the other side of the control socket: commands of this host.
//
//     with a daemon:  command ──────────────► its socket
//     without:        command ─► a runtime of its own, on demand ─► its socket
//
// So there is one way to submit, list and deliver, and commands that run at the same time
// share the queue.
//
// Fails: `RuntimeError`, with EX_TEMPFAIL where it may go better later.

import Diagnostics
import Glibc
import MailAddress
import MailQueue
import Posix
import Routing
import SMTP

package struct ControlClient: Sendable {
  package let path: String

  package init(stateFolder: String) { path = RuntimeSettings.controlPath(in: stateFolder) }

  /// Whether a runtime is there.
  package var isAnswered: Bool {
    guard let descriptor = try? connectLocally(path) else { return false }
    close(descriptor)
    return true
  }

  /// Asks and waits for the answer's lines, without the last one.
  package func ask(_ request: ControlRow) throws(RuntimeError) -> [ControlRow] {
    let bytes: Bytes
    do throws(Errno) {
      let descriptor = try connectLocally(path)
      defer { close(descriptor) }
      try writeAll(descriptor, request.line)
      bytes = try readAll(descriptor)
    } catch {
      throw failure("\(error)", isPassing: isGone(error))
    }
    var rows = bytes.split(separator: .newline).compactMap { ControlRow(line: $0) }
    guard let last = rows.popLast() else { throw failure("the runtime did not answer", isPassing: true) }
    guard last.word == "ok" else { throw failure(last.fields.dropFirst().first?.text ?? "it refused") }
    return rows
  }

  private func failure(_ reason: String, isPassing: Bool = false) -> RuntimeError {
    var failure = RuntimeError("\(path): \(reason)", .temporaryFailure)
    failure.isPassing = isPassing
    return failure
  }

  /// The runtime has just ended, or is about to.
  private func isGone(_ reason: Errno) -> Bool { [ENOENT, ECONNREFUSED, ECONNRESET, EPIPE].contains(reason.code) }

  package func list(_ selection: [QueueSelection] = []) throws(RuntimeError) -> [ListedMessage] {
    try ask(ControlRow("list", selection.map(\.field))).compactMap { ListedMessage($0) }
  }

  /// Delivers what is meant, due or not.
  @discardableResult
  package func run(_ selection: [QueueSelection] = []) throws(RuntimeError) -> [AttemptReport] {
    try ask(ControlRow("run", selection.map(\.field))).compactMap { AttemptReport($0) }
  }

  package static func isQueueID(_ word: Bytes) -> Bool { QueueID(word.text) != nil }

  package func deliver(_ ids: [Bytes]) throws(RuntimeError) -> [AttemptReport] {
    try ask(ControlRow("deliver", ids)).compactMap { AttemptReport($0) }
  }

  package func hold(_ selection: [QueueSelection], reason: Bytes) throws(RuntimeError) {
    _ = try ask(ControlRow("hold", [reason] + selection.map(\.field)))
  }

  package func release(_ selection: [QueueSelection]) throws(RuntimeError) {
    _ = try ask(ControlRow("release", selection.map(\.field)))
  }

  // MARK: submission

  /// Hands a message over; when a result says delivered, it is on the disk.
  ///
  /// - Parameter content: lines end in CR LF.
  package func submit(
    _ message: OutgoingMessage, _ content: Bytes, as submission: Submission
  ) throws(RuntimeError) -> [RecipientResult] {
    var session = ClientSession(ClientSettings(heloName: Bytes(ascii: "localhost")))
    var results: [RecipientResult]?
    do throws(Errno) {
      let descriptor = try connectLocally(path)
      defer { close(descriptor) }
      try writeAll(descriptor, submission.request.line)
      var pending = session.begin() + session.send(message)
      while results == nil {
        while !pending.isEmpty {
          switch pending.removeFirst() {
          case .send(let bytes): try writeAll(descriptor, bytes)
          case .sendContent:
            var encoder = DataEncoder()
            var encoded: Bytes = []
            encoder.encode(content[...], into: &encoded)
            encoder.finish(into: &encoded)
            try writeAll(descriptor, encoded)
            pending += session.contentSent()
          case .finished(let found): results = found
          case .startTLS, .stopContent, .setTimeout, .close, .judge: break
          }
        }
        if results != nil { break }
        let piece = try readPiece(descriptor)
        pending += piece.isEmpty ? session.peerClosed() : session.receive(piece)
      }
    } catch {
      throw failure("\(error)", isPassing: isGone(error))
    }
    // Nobody has the message: it may be handed over again.
    let isUntouched = results?.allSatisfy { result in
      result.outcome == .deferred && (!result.isFromServer || result.reply.code == 421)
        && result.stage != .content && result.stage != .end
    }
    if isUntouched ?? true { throw failure("the runtime goes down", isPassing: true) }
    return results ?? []
  }

  /// A dialogue on the descriptors of a process that speaks SMTP itself.
  ///
  /// - Parameters:
  ///   - convertsLineEnds: line feeds alone are made the ends of lines.
  ///   - passing: sees what goes either way.
  package func talk(
    _ submission: Submission, convertsLineEnds: Bool, input: Int32, output: Int32,
    passing: (_ bytes: Bytes, _ isInput: Bool) -> Void
  ) throws(RuntimeError) {
    let descriptor: Int32
    do throws(Errno) { descriptor = try connectLocally(path) } catch {
      throw failure("\(error)", isPassing: isGone(error))
    }
    defer { close(descriptor) }
    // What was read of the input cannot be read again.
    do throws(Errno) {
      try writeAll(descriptor, submission.request.line)
      var ends = LineEndings()
      try relay(
        from: input, to: descriptor, printingOn: output,
        change: {
          passing($0, true)
          return convertsLineEnds ? ends.toNetwork($0) : $0
        }, seeing: { passing($0, false) })
    } catch {
      throw failure("\(error)")
    }
  }
}

/// Line feeds of this host on their way to a server, piece by piece.
struct LineEndings {
  private var last: UInt8 = 0

  mutating func toNetwork(_ piece: Bytes) -> Bytes {
    var result: Bytes = []
    result.reserveCapacity(piece.count + piece.count / 32)
    for byte in piece {
      if byte == .newline, last != 0x0D { result.append(0x0D) }
      result.append(byte)
      last = byte
    }
    return result
  }
}

/// Where commands of this host are answered: by a daemon, or by a runtime of our own.
package final class QueueAccess {
  private let configuration: LoadedConfiguration
  private let settings: RuntimeSettings
  private let client: ControlClient
  private var own: Runtime?
  private static let patience = Duration.seconds(30)

  package init(_ configuration: LoadedConfiguration, _ settings: RuntimeSettings) {
    (self.configuration, self.settings) = (configuration, settings)
    client = ControlClient(stateFolder: settings.stateFolder)
  }

  /// Does something with whoever answers for the queue. A runtime that goes down meanwhile is
  /// another command's, which has ended: then it is done with the next one.
  ///
  /// - Parameter prepare: called before a runtime of our own is made, while there are no threads.
  package func use<Value>(
    prepare: () throws(RuntimeError) -> Void = {}, _ body: (ControlClient) throws(RuntimeError) -> Value
  ) throws(RuntimeError) -> Value {
    let deadline = ContinuousClock.now + Self.patience
    var isPrepared = false
    while true {
      do throws(RuntimeError) {
        if own == nil, !client.isAnswered {
          if !isPrepared { try prepare() }
          isPrepared = true
          try open()
        }
        return try body(client)
      } catch {
        guard error.isPassing, own == nil, ContinuousClock.now < deadline else { throw error }
        usleep(20_000)
      }
    }
  }

  private func open() throws(RuntimeError) {
    var settings = settings
    settings.isOnDemand = true
    settings.listeners = []
    own = try Runtime(configuration, settings, [])
  }

  /// Waits for what our own runtime has to do, and a while for others who talk to it, and
  /// closes the queue.
  package func close() {
    own?.stop(patience: .seconds(60))
    own = nil
  }
}
