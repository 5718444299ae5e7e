// SMTPSession.swift: a client that says line after line and shows each reply.
//
// For tests that talk to a real server on loopback. Every read has a deadline,
// so that a server that hangs fails the test instead of hanging it.

import Foundation

package final class SMTPSession {
  /// A reply: its code and the text of its lines.
  package struct Reply: Sendable, Equatable, CustomStringConvertible {
    package var code: Int
    package var lines: [String]
    package var isPositive: Bool { (200..<400).contains(code) }
    /// The last line, which is the only one of most replies.
    package var text: String { lines.last ?? "" }
    package var description: String { "\(code) \(text)" }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package private(set) var greeting = Reply(code: 0, lines: [])
  private var descriptor: Int32
  private var program: ProcessGroup?
  private var pending: [UInt8] = []

  /// Connects to a port of 127.0.0.1 and reads the greeting.
  ///
  /// - Parameter early: said before the greeting.
  package init(port: UInt16, seconds: Int = 60, early: String = "") throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var address = Self.loopback(port)
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      close()
      throw Failure(description: "cannot connect to port \(port)")
    }
    if !early.isEmpty { try send(Array(early.utf8)) }
    greeting = try reply()
  }

  /// Starts a program that speaks SMTP on its standard descriptors.
  ///
  /// - Parameter greets: what it says first is a greeting.
  package init(
    program: String, _ arguments: [String], environment: [String: String?] = [:], greets: Bool = true
  ) throws {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Failure(description: "no pair of sockets")
    }
    descriptor = ends[0]
    defer { Glibc.close(ends[1]) }
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    self.program = try ProcessGroup(program, arguments, environment: environment, descriptor: ends[1])
    if greets { greeting = try reply() }
  }

  deinit {
    close()
    program?.end()
  }

  /// Closes the connection and waits for the program: its exit status.
  package func end() -> Int32? {
    close()
    for _ in 0..<400 where program?.isRunning ?? false { usleep(25_000) }
    return program?.status
  }

  package func close() {
    if descriptor >= 0 { Glibc.close(descriptor) }
    descriptor = -1
  }

  /// Ends the connection by a reset, as where a host goes down.
  package func reset() {
    Self.setReset(descriptor)
    close()
  }

  /// Closing the socket will be a reset.
  package static func setReset(_ descriptor: Int32) {
    var now = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
  }

  /// The port that a socket is bound to.
  package static func port(of descriptor: Int32) -> UInt16? {
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    return result == 0 ? UInt16(bigEndian: address.sin_port) : nil
  }

  static func loopback(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  /// Sends one line and reads the reply to it.
  package func say(_ line: [UInt8]) throws -> Reply {
    try send(line + [0x0D, 0x0A])
    return try reply()
  }

  package func say(_ line: String) throws -> Reply { try say(Array(line.utf8)) }

  package func send(_ bytes: [UInt8]) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "the server closed the connection") }
      done += count
    }
  }

  /// The next reply.
  package func reply() throws -> Reply {
    var lines: [String] = []
    while true {
      let line = try readLine()
      let text = String(decoding: line, as: UTF8.self)
      guard let code = Int(text.prefix(3)) else { throw Failure(description: "no reply: \(text)") }
      lines.append(String(text.dropFirst(4)))
      if !text.dropFirst(3).hasPrefix("-") { return Reply(code: code, lines: lines) }
    }
  }

  private func readLine() throws -> [UInt8] {
    while true {
      if let end = pending.firstIndex(of: 0x0A) {
        let line = pending[..<end]
        pending = Array(pending[(end + 1)...])
        return line.last == 0x0D ? Array(line.dropLast()) : Array(line)
      }
      var block = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &block, block.count, 0)
      guard count > 0 else { throw Failure(description: "the server said no more") }
      pending += block.prefix(count)
    }
  }
}
