// Route.swift: where a recipient of the queue goes, as bytes.
//
// The engine is asked while the client waits, and its answer is what is delivered later:
// each recipient of the queue carries its `Delivery`, as a row of strings with their
// lengths before them.
//
// Fails: nil for bytes that are no route.

import MailAddress
import Routing

/// The part of a `Delivery` that the runner needs.
struct Route: Sendable, Hashable {
  var transport: Bytes
  var host: Bytes
  var user: Bytes
  var destination: Destination
  /// As the mailer passes it on.
  var sender: Bytes
  var recipient: Bytes
  /// The address that an alias or a list has put in the place of the one that was given.
  var expansion: Bytes = []

  init(_ delivery: Delivery) {
    transport = delivery.resolution.transport
    host = delivery.resolution.host
    user = delivery.resolution.user
    destination = delivery.destination
    sender = delivery.sender
    recipient = delivery.recipient
  }

  /// For a recipient that is refused when it is too late to say so.
  init(refusing recipient: Bytes, from sender: Bytes, _ reply: Reply) {
    self.init(
      Delivery(
        resolution: Resolution(transport: [], host: [], user: recipient),
        destination: reply.isTransient ? .deferred(reply) : .bounce(reply), sender: sender, recipient: recipient))
  }

  /// What an alias stands for that was replaced by several members: its sender is told that
  /// (RFC 3461, section 5.2.7.3).
  static func expansion(of alias: Bytes, from sender: Bytes) -> Route {
    Route(
      Delivery(
        resolution: Resolution(transport: expansionName, host: [], user: alias), destination: .nowhere, sender: sender,
        recipient: alias))
  }

  private static let expansionName = Bytes(ascii: "*expanded*")

  var isExpansion: Bool { transport == Self.expansionName }

  var encoded: Bytes {
    let fields = [transport, host, user, sender, recipient, expansion] + Self.fields(of: destination)
    return fields.flatMap { Bytes("\($0.count):".utf8) + $0 }
  }

  init?(_ bytes: Bytes) {
    var fields: [Bytes] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      guard let colon = rest.firstIndex(of: 0x3A), let count = Int(String(decoding: rest[..<colon], as: UTF8.self)),
        count >= 0, rest.endIndex - colon - 1 >= count
      else { return nil }
      fields.append(Array(rest[(colon + 1)..<(colon + 1 + count)]))
      rest = rest[(colon + 1 + count)...]
    }
    guard fields.count > 6, let destination = Self.destination(Array(fields[6...])) else { return nil }
    (transport, host, user, sender, recipient) = (fields[0], fields[1], fields[2], fields[3], fields[4])
    (expansion, self.destination) = (fields[5], destination)
  }

  private static func fields(of destination: Destination) -> [Bytes] {
    switch destination {
    case .mailbox(let user, let command): [[0x6D], user] + (command.map { [$0] } ?? [])
    case .program(let command): [[0x70], command]
    case .file(let path): [[0x66], path]
    case .remote(let host): [[0x72], host]
    case .agent(let transport, let host): [[0x61], transport, host]
    case .bounce(let reply): [[0x62]] + fields(of: reply)
    case .deferred(let reply): [[0x64]] + fields(of: reply)
    case .nowhere: [[0x6E]]
    }
  }

  private static func fields(of reply: Reply) -> [Bytes] {
    [Bytes(String(reply.code).utf8), Bytes((reply.enhancedCode ?? "").utf8), reply.text]
  }

  private static func destination(_ fields: [Bytes]) -> Destination? {
    switch (fields[0].first, fields.count) {
    case (0x6D, 2): .mailbox(user: fields[1])
    case (0x6D, 3): .mailbox(user: fields[1], command: fields[2])
    case (0x70, 2): .program(command: fields[1])
    case (0x66, 2): .file(path: fields[1])
    case (0x72, 2): .remote(host: fields[1])
    case (0x61, 3): .agent(transport: fields[1], host: fields[2])
    case (0x62, 4): reply(fields).map { .bounce($0) }
    case (0x64, 4): reply(fields).map { .deferred($0) }
    case (0x6E, 1): .nowhere
    default: nil
    }
  }

  private static func reply(_ fields: [Bytes]) -> Reply? {
    guard let code = Int(String(decoding: fields[1], as: UTF8.self)) else { return nil }
    let enhanced = String(decoding: fields[2], as: UTF8.self)
    return Reply(code, enhanced.isEmpty ? nil : enhanced, fields[3])
  }
}
