// NameServer.swift: one question to one name server, by UDP and then TCP.

import Glibc

struct NameServer: Sendable, CustomStringConvertible {
  let address: IPAddress
  let port: UInt16

  struct Failure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
    static var system: Failure { Failure(strerror(errno).map { String(cString: $0) } ?? "error \(errno)") }
  }

  var description: String { port == 53 ? "\(address)" : "[\(address)]:\(port)" }

  /// The response to a question, whatever it says.
  func ask(
    _ name: DomainName, _ type: RecordType, until deadline: ContinuousClock.Instant
  ) -> Result<DNSMessage, Failure> {
    let query = DNSMessage(
      identifier: UInt16.random(in: .min ... .max), name: name, type: type.rawValue)
    do throws(Failure) {
      let response = try exchange(query, SOCK_DGRAM, deadline)
      return .success(response.isTruncated ? try exchange(query, SOCK_STREAM, deadline) : response)
    } catch {
      return .failure(error)
    }
  }

  private func exchange(
    _ query: DNSMessage, _ kind: __socket_type, _ deadline: ContinuousClock.Instant
  ) throws(Failure) -> DNSMessage {
    let family = if case .v4 = address { AF_INET } else { AF_INET6 }
    let socket = Glibc.socket(
      family, Int32(kind.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard socket >= 0 else { throw .system }
    defer { close(socket) }
    try connect(socket, deadline)
    let isStream = kind == SOCK_STREAM
    let text = query.encoded
    let length = [UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)]
    try send(isStream ? length + text : text, socket, deadline)
    while true {
      let bytes = isStream ? try receiveStream(socket, deadline) : try receivePacket(socket, deadline)
      if let response = DNSMessage(bytes), response.isResponse, response.identifier == query.identifier,
        response.question == query.question
      {
        return response
      }
      // By UDP anybody may send; the right answer may still come.
      if isStream { throw Failure("a response that is none") }
    }
  }

  private func connect(_ socket: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) {
    let status = withSocketAddress { Glibc.connect(socket, $0, $1) }
    if status == 0 { return }
    guard errno == EINPROGRESS else { throw .system }
    try wait(socket, POLLOUT, deadline)
    var problem: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size) == 0, problem == 0 else {
      errno = problem
      throw .system
    }
  }

  private func withSocketAddress(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var storage = sockaddr_storage()
    return withUnsafeMutableBytes(of: &storage) { raw in
      let size: Int
      switch address {
      case .v4(let bytes):
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        withUnsafeMutableBytes(of: &name.sin_addr) { $0.copyBytes(from: bytes) }
        size = MemoryLayout<sockaddr_in>.size
        raw.storeBytes(of: name, as: sockaddr_in.self)
      case .v6(let bytes):
        var name = sockaddr_in6()
        name.sin6_family = sa_family_t(AF_INET6)
        name.sin6_port = port.bigEndian
        withUnsafeMutableBytes(of: &name.sin6_addr) { $0.copyBytes(from: bytes) }
        size = MemoryLayout<sockaddr_in6>.size
        raw.storeBytes(of: name, as: sockaddr_in6.self)
      }
      guard let base = raw.baseAddress else { return -1 }
      return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
    }
  }

  private func wait(_ socket: Int32, _ events: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { throw Failure("no answer in time") }
      var poll = pollfd(fd: socket, events: Int16(truncatingIfNeeded: events), revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      let ready = Glibc.poll(&poll, 1, Int32(truncatingIfNeeded: min(milliseconds, 60_000)))
      if ready > 0 { return }
      if ready < 0, errno != EINTR { throw .system }
    }
  }

  private func send(_ bytes: [UInt8], _ socket: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if sent >= 0 {
        rest = rest.dropFirst(sent)
      } else if errno == EAGAIN {
        try wait(socket, POLLOUT, deadline)
      } else if errno != EINTR {
        throw .system
      }
    }
  }

  private func receivePacket(_ socket: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    try receive(4096, socket, deadline)
  }

  private func receiveStream(_ socket: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < 2 || bytes.count < 2 + (Int(bytes[0]) << 8 | Int(bytes[1])) {
      let piece = try receive(1 << 14, socket, deadline)
      if piece.isEmpty { throw Failure("the connection was closed") }
      bytes += piece
    }
    return Array(bytes[2..<(2 + (Int(bytes[0]) << 8 | Int(bytes[1])))])
  }

  private func receive(
    _ most: Int, _ socket: Int32, _ deadline: ContinuousClock.Instant
  ) throws(Failure) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    while true {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count >= 0 { return Array(buffer.prefix(count)) }
      if errno == EAGAIN {
        try wait(socket, POLLIN, deadline)
      } else if errno != EINTR {
        throw .system
      }
    }
  }
}
