// HandshakeWatch.swift: reads the two hellos of a TLS handshake as they pass.
//
//     socket ─► watch ─► NIOSSL
//
// NIOSSL does not say which cipher suite was chosen. The ServerHello says it in clear, in
// every version of TLS (RFC 8446, section 4.1.3), as the ClientHello says how the server may sign.
//
// Fails: never; what cannot be read leaves nothing known, and the bytes pass as they are.

import NIOCore

final class HandshakeWatch: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private var inbound = HandshakeReader()
  private var outbound = HandshakeReader()
  private let isServer: Bool

  init(isServer: Bool) { self.isServer = isServer }

  var serverHello: ServerHello? { (isServer ? outbound : inbound).message.flatMap { ServerHello($0) } }

  var clientHello: ClientHello? { (isServer ? inbound : outbound).message.flatMap { ClientHello($0) } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if inbound.isReading { inbound.feed(unwrapInboundIn(data).readableBytesView) }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if outbound.isReading { outbound.feed(unwrapOutboundIn(data).readableBytesView) }
    context.write(data, promise: promise)
  }
}

/// The first handshake message of one side, out of its records.
package struct HandshakeReader {
  /// With its head: a byte for the type, three for the length.
  package private(set) var message: ArraySlice<UInt8>?
  package private(set) var isReading = true
  private var records: [UInt8] = []
  private var payload: [UInt8] = []
  /// No hello is longer.
  private static let most = 1 << 16

  package init() {}

  package mutating func feed(_ bytes: some Sequence<UInt8>) {
    guard isReading else { return }
    records += bytes
    while records.count >= 5 {
      let length = Int(records[3]) << 8 | Int(records[4])
      guard records[0] == 22, length > 0 else { return stop() }
      guard records.count >= 5 + length else { break }
      payload += records[5..<(5 + length)]
      records.removeFirst(5 + length)
      if payload.count >= 4 {
        let size = 4 + payload[1...3].reduce(0) { $0 << 8 | Int($1) }
        if payload.count >= size {
          message = payload[..<size]
          return stop()
        }
      }
    }
    if records.count + payload.count > Self.most { stop() }
  }

  private mutating func stop() {
    isReading = false
    (records, payload) = ([], [])
  }
}

/// Reads numbers and counted parts.
private struct HelloReader {
  private(set) var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func number(_ bytes: Int) -> Int? {
    take(bytes)?.reduce(0) { $0 << 8 | Int($1) }
  }

  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count <= rest.count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  /// A part with its length before it.
  mutating func part(_ lengthBytes: Int) -> ArraySlice<UInt8>? { number(lengthBytes).flatMap { take($0) } }

  /// Extensions by their numbers; none where there are none, nil where they are malformed.
  mutating func extensions() -> [Int: ArraySlice<UInt8>]? {
    if rest.isEmpty { return [:] }
    guard let all = part(2) else { return nil }
    var reader = HelloReader(all)
    var found: [Int: ArraySlice<UInt8>] = [:]
    while !reader.rest.isEmpty {
      guard let type = reader.number(2), let body = reader.part(2) else { return nil }
      found[type] = body
    }
    return found
  }
}

/// What the server has chosen.
package struct ServerHello: Equatable {
  package var version: UInt16
  package var cipher: UInt16
  /// How keys are agreed on, with TLS 1.3.
  package var group: UInt16?

  package init?(_ message: ArraySlice<UInt8>) {
    var reader = HelloReader(message)
    guard reader.number(1) == 2, reader.number(3) != nil, let version = reader.number(2), reader.take(32) != nil,
      reader.part(1) != nil, let cipher = reader.number(2), reader.number(1) != nil,
      let extensions = reader.extensions()
    else { return nil }
    let numbers = [43, 51].map { number in
      extensions[number].flatMap { body in
        var reader = HelloReader(body)
        return reader.number(2)
      }
    }
    self.version = UInt16(truncatingIfNeeded: numbers[0] ?? version)
    self.cipher = UInt16(truncatingIfNeeded: cipher)
    group = numbers[1].map { UInt16(truncatingIfNeeded: $0) }
  }
}

/// What the client can do.
package struct ClientHello: Equatable {
  /// By which the server may sign.
  package var signatures: [UInt16] = []

  package init?(_ message: ArraySlice<UInt8>) {
    var reader = HelloReader(message)
    guard reader.number(1) == 1, reader.number(3) != nil, reader.number(2) != nil, reader.take(32) != nil,
      reader.part(1) != nil, reader.part(2) != nil, reader.part(1) != nil, let extensions = reader.extensions()
    else { return nil }
    guard let body = extensions[13] else { return }
    var list = HelloReader(body)
    guard let entries = list.part(2) else { return }
    var entry = HelloReader(entries)
    while let number = entry.number(2) { signatures.append(UInt16(truncatingIfNeeded: number)) }
  }
}
