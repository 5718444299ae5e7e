import Foundation
import Resolver
import TestSupport
import Testing

/// A name server on a port of its own that answers as it is told.
private final class TestServer: Sendable {
  let port: UInt16
  private let udp: Int32
  private let tcp: Int32

  /// - Parameter respond: the response to a query by UDP, and by TCP; nil for silence.
  init(_ respond: @escaping @Sendable (DNSMessage, _ isStream: Bool) -> [DNSMessage]) throws {
    udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var bound: UInt16 = 0
    for descriptor in [tcp, udp] {
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_port = bound.bigEndian
      name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
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

  func stop() {
    for descriptor in [udp, tcp] {
      shutdown(descriptor, Int32(SHUT_RDWR))
      close(descriptor)
    }
  }
}

@Suite("The system's name servers", .serialized)
struct SystemResolverTests {
  private let address = IPAddress("192.0.2.1")

  private func resolver(_ servers: TestServer..., hosts: String = "", options: String = "timeout:1 attempts:1")
    -> SystemResolver
  {
    let lines = servers.map { "nameserver [127.0.0.1]:\($0.port)\n" }.joined()
    return SystemResolver(configuration: Array("\(lines)options \(options)\n".utf8), hosts: Array(hosts.utf8))
  }

  private func ask(_ resolver: SystemResolver, _ name: String = "mail.example", _ seconds: Double = 5) -> DNSAnswer {
    resolver.lookUp(DomainName(name) ?? .root, .a, deadline: .now + .seconds(seconds))
  }

  private static func answer(_ query: DNSMessage, _ records: [Record] = [], code: ResponseCode = .noError) -> DNSMessage
  {
    var response = query
    response.isResponse = true
    response.code = code.rawValue
    response.answers = records
    return response
  }

  @Test("records, through an alias, and what a server says of a name")
  func answers() throws {
    let address = try #require(address)
    let server = try TestServer { query, _ in
      let real = DomainName("real.example") ?? .root
      switch query.question.name.description {
      case "mail.example":
        return [
          Self.answer(query, [Record(query.question.name, .alias(real)), Record(real, lifetime: 7, .address(address))])
        ]
      case "none.example": return [Self.answer(query, code: .noSuchName)]
      case "empty.example": return [Self.answer(query)]
      default: return [Self.answer(query, code: .serverFailure)]
      }
    }
    defer { server.stop() }
    let resolver = resolver(server, hosts: "192.0.2.7 here.example here # a host\n")
    #expect(ask(resolver) == .records([Record(DomainName("real.example") ?? .root, lifetime: 7, .address(address))]))
    #expect(ask(resolver, "none.example") == .noSuchName)
    #expect(ask(resolver, "empty.example") == .noData)
    if case .temporaryFailure = ask(resolver, "broken.example") {} else { Issue.record("SERVFAIL was an answer") }
    guard case .records(let own) = ask(resolver, "HERE") else {
      Issue.record("the hosts file was not asked")
      return
    }
    #expect(own.map(\.data) == [.address(try #require(IPAddress("192.0.2.7")))])
  }

  @Test("an answer that is cut off is asked for by TCP")
  func truncated() throws {
    let address = try #require(address)
    let server = try TestServer { query, isStream in
      var response = Self.answer(
        query, isStream ? (0..<60).map { _ in Record(query.question.name, .address(address)) } : [])
      response.isTruncated = !isStream
      return [response]
    }
    defer { server.stop() }
    guard case .records(let records) = ask(resolver(server)) else {
      Issue.record("no records")
      return
    }
    #expect(records.count == 60)
  }

  @Test("forged packets do not count, and the next server is asked where one is silent or broken")
  func servers() throws {
    let address = try #require(address)
    let forger = try TestServer { query, _ in
      var wrong = Self.answer(query, [Record(query.question.name, .address(.v4([6, 6, 6, 6])))])
      wrong.identifier &+= 1
      var other = Self.answer(query)
      other.question.name = DomainName("other.example") ?? .root
      return [wrong, other, query, Self.answer(query, [Record(query.question.name, .address(address))])]
    }
    defer { forger.stop() }
    let silent = try TestServer { _, _ in [] }
    defer { silent.stop() }
    let broken = try TestServer { query, _ in [Self.answer(query, code: .refused)] }
    defer { broken.stop() }
    for resolver in [resolver(forger), resolver(silent, forger), resolver(broken, forger)] {
      guard case .records(let records) = ask(resolver) else {
        Issue.record("no records")
        continue
      }
      #expect(records.map(\.data) == [.address(address)])
    }
    let start = ContinuousClock.now
    if case .temporaryFailure = ask(resolver(silent, options: "timeout:30"), "x.example", 0.3) {
    } else {
      Issue.record("silence was an answer")
    }
    #expect(start.duration(to: .now) < .seconds(5))
  }
}
