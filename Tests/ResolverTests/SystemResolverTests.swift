import Foundation
import Resolver
import TestSupport
import Testing

@Suite("The system's name servers", .serialized)
struct SystemResolverTests {
  private let address = IPAddress("192.0.2.1")

  private func resolver(_ servers: TestNameServer..., hosts: String = "", options: String = "timeout:1 attempts:1")
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
    let server = try TestNameServer { query, _ in
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
    let server = try TestNameServer { query, isStream in
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
    let forger = try TestNameServer { query, _ in
      var wrong = Self.answer(query, [Record(query.question.name, .address(.v4([6, 6, 6, 6])))])
      wrong.identifier &+= 1
      var other = Self.answer(query)
      other.question.name = DomainName("other.example") ?? .root
      return [wrong, other, query, Self.answer(query, [Record(query.question.name, .address(address))])]
    }
    defer { forger.stop() }
    let silent = try TestNameServer { _, _ in [] }
    defer { silent.stop() }
    let broken = try TestNameServer { query, _ in [Self.answer(query, code: .refused)] }
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
