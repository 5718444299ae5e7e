// TestNameServer.swift: a name server on loopback that answers as it is told.
//
// Fails: where its address cannot be bound.

import Foundation
import Resolver

package final class TestNameServer: Sendable {
  package let address: String
  package let port: UInt16
  private let udp: Int32
  private let tcp: Int32

  /// - Parameter respond: the responses to a query by UDP, and the first by TCP.
  package init(
    at address: String = "127.0.0.1", port wanted: UInt16 = 0,
    _ respond: @escaping @Sendable (DNSMessage, _ isStream: Bool) -> [DNSMessage]
  ) throws {
    self.address = address
    udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var bound = wanted
    for descriptor in [tcp, udp] {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = bound.bigEndian
      name.sin_addr.s_addr = inet_addr(address)
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &name) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
        }
      }
      guard isBound else { throw POSIXError(.EADDRINUSE) }
      bound = UInt16(bigEndian: name.sin_port)
    }
    port = bound
    listen(tcp, 5)
    let (udp, tcp) = (udp, tcp)
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 4096)
      var from = sockaddr_in()
      while true {
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &from) {
          $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(udp, &buffer, buffer.count, 0, $0, &size) }
        }
        guard count > 0, let query = DNSMessage(Array(buffer.prefix(count))) else { return }
        for response in respond(query, false) {
          _ = withUnsafePointer(to: &from) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
              sendto(udp, response.encoded, response.encoded.count, 0, $0, size)
            }
          }
        }
      }
    }
    Thread.detachNewThread {
      while true {
        let connection = accept(tcp, nil, nil)
        guard connection >= 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(connection, &buffer, buffer.count, 0)
        if count > 2, let query = DNSMessage(Array(buffer[2..<count])), let response = respond(query, true).first {
          let text = response.encoded
          let framed = [UInt8(truncatingIfNeeded: text.count >> 8), UInt8(truncatingIfNeeded: text.count)] + text
          // In two pieces, as networks do.
          _ = framed.prefix(5).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
          _ = framed.dropFirst(5).withUnsafeBytes { send(connection, $0.baseAddress, $0.count, 0) }
        }
        close(connection)
      }
    }
  }

  /// Answers from a zone. On port 53 of a loopback address that nobody else uses, so that
  /// programs which know no other port can be told of it; that needs root.
  package static func forPeers(zone: String) throws -> TestNameServer {
    let file = ZoneFile.parse(Array(zone.utf8), file: "zone")
    guard file.faults.isEmpty else { throw PostfixInstance.Failure(description: "\(file.faults)") }
    let resolver = ZoneResolver(file.records)
    let address = "127.\(Int.random(in: 64...127)).\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
    return try TestNameServer(at: address, port: 53) { query, _ in [answer(query, from: resolver)] }
  }

  private static func answer(_ query: DNSMessage, from resolver: ZoneResolver) -> DNSMessage {
    var response = query
    response.isResponse = true
    guard let type = RecordType(rawValue: query.question.type) else { return response }
    switch resolver.lookUp(query.question.name, type, deadline: .now) {
    case .records(let records): response.answers = records
    case .noData: break
    case .noSuchName: response.code = ResponseCode.noSuchName.rawValue
    case .temporaryFailure: response.code = ResponseCode.serverFailure.rawValue
    }
    return response
  }

  /// A resolv.conf that names this server.
  package var resolverFile: String { "nameserver \(address)\noptions timeout:5 attempts:2\n" }

  package func stop() {
    for descriptor in [udp, tcp] {
      shutdown(descriptor, Int32(SHUT_RDWR))
      close(descriptor)
    }
  }
}
