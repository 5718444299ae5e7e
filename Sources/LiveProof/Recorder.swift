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
    var sink = MessageSink(hostName: Bytes(ascii: "recorder.invalid")) { [self] message in
      record(
        RecordedCopy(
          destination: destination, sender: message.sender, recipients: message.recipients, content: message.content))
    }
    if case .agent(let name, _) = destination { sink.isLMTP = name.starts(with: "lmtp".utf8) }
    guard let channel = try? sink.bootstrap(group).bind(host: "127.0.0.1", port: 0).wait() else { return nil }
    // Another thread may have been faster; mail that reaches either is recorded alike.
    state.withLockedValue { $0.listeners[destination] = channel }
    return Self.address(of: channel)
  }

  private static func address(of channel: any Channel) -> RuntimeSettings.Listener? {
    channel.localAddress?.port.map { RuntimeSettings.Listener(host: "127.0.0.1", port: $0) }
  }
}
