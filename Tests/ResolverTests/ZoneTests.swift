import Diagnostics
import Resolver
import TestSupport
import Testing

@Suite("Zone files and answers from them")
struct ZoneTests {
  static let text = """
    $TTL 1h
    $ORIGIN example.edu.
    @       IN SOA ns admin ( 2026112601 ; serial
                       1h 10m 1w 5m )
            NS   ns
            MX   10 mail
            MX   5  mail.bio.example.edu.
    ns      A    192.0.2.53
    mail    300 IN A 192.0.2.1
            IN 300 AAAA 2001:db8::1
            TXT  "v=spf1 mx" " -all"
    www     CNAME mail
    none    MX   0 .
    *.wild  A    192.0.2.9
    deep.tree.x A 192.0.2.8
    loop1   CNAME loop2
    loop2   CNAME loop1
    $ORIGIN 2.0.192.in-addr.arpa.
    1 PTR mail.example.edu.
    """

  private let zone = ZoneFile.parse(Array(text.utf8), file: "zone")
  private let later = ContinuousClock.now + .seconds(5)

  private func ask(_ name: String, _ type: RecordType) -> DNSAnswer {
    ZoneResolver(zone.records).lookUp(DomainName(name) ?? .root, type, deadline: later)
  }

  private func data(_ answer: DNSAnswer) -> [RecordData] {
    if case .records(let records) = answer { records.map(\.data) } else { [] }
  }

  @Test("all of its records are read")
  func reads() throws {
    #expect(zone.faults.isEmpty)
    #expect(zone.records.count == 15)
    #expect(zone.records.first?.lifetime == 3600)
    guard case .authority(let authority)? = zone.records.first?.data else {
      Issue.record("no SOA")
      return
    }
    #expect(authority.serial == 2_026_112_601 && authority.retry == 600 && authority.expire == 604_800)
    #expect(data(ask("mail.example.edu", .txt)) == [.text(Array("v=spf1 mx -all".utf8))])
    let mail = try #require(DomainName("mail.example.edu"))
    #expect(zone.records.filter { $0.name == mail }.map(\.lifetime) == [300, 300, 3600])
  }

  @Test("answers: records, aliases, wildcards, no data, no name")
  func answers() throws {
    let address = try #require(IPAddress("192.0.2.1"))
    #expect(data(ask("WWW.example.EDU.", .a)) == [.address(address)])
    #expect(ask("mail.example.edu", .mx) == .noData)
    #expect(ask("tree.x.example.edu", .a) == .noData)
    #expect(ask("nobody.example.edu", .a) == .noSuchName)
    #expect(!data(ask("any.wild.example.edu", .a)).isEmpty && ask("wild.example.edu", .a) == .noData)
    #expect(ask("other.example", .a) == .noSuchName)
    if case .temporaryFailure = ask("loop1.example.edu", .a) {} else { Issue.record("a circle of aliases ended") }
  }

  @Test("mail exchangers by preference, the domain itself, none at all")
  func exchangers() throws {
    let resolver = ZoneResolver(zone.records)
    func of(_ name: String) -> MailExchangers {
      resolver.mailExchangers(of: DomainName(name) ?? .root, deadline: later)
    }
    let hosts = try ["mail.bio.example.edu", "mail.example.edu", "ns.example.edu"].map { try #require(DomainName($0)) }
    #expect(of("example.edu") == .hosts([.init(preference: 5, host: hosts[0]), .init(preference: 10, host: hosts[1])]))
    #expect(of("ns.example.edu") == .hosts([.init(preference: 0, host: hosts[2])]))
    #expect(of("none.example.edu") == .refusesMail)
    #expect(of("nobody.example.edu") == .noSuchDomain)
    let address = try #require(IPAddress("192.0.2.1"))
    #expect(data(resolver.names(of: address, deadline: later)) == [.pointer(hosts[1])])
    let both = try ["192.0.2.1", "2001:db8::1"].map { try #require(IPAddress($0)) }
    #expect(resolver.addresses(of: hosts[1], deadline: later) == .addresses(both))
    #expect(resolver.addresses(of: hosts[0], deadline: later) == .noSuchHost)
  }

  @Test(
    "faults have their places, and the other lines count",
    arguments: [
      ("x A 1.2.3", 1, 5), ("x MX mail", 1, 6), ("x A 192.0.2.1 extra", 1, 5), ("\tA 192.0.2.1", 1, 1),
      ("x MY 10 mail", 1, 3), ("$INCLUDE other", 1, 1), ("x TXT \"open", 1, 1), ("x SOA a b ( 1 2 3 4", 1, 1),
      ("x A 192.0.2.1 )", 1, 1), ("a..b A 192.0.2.1", 1, 1), ("$TTL soon", 1, 6), ("x MX 70000 mail", 1, 6),
      ("x", 1, 1),
      ("y A 192.0.2.1\nx AAAA 192.0.2.1", 2, 8),
    ])
  func faults(_ text: String, _ line: Int, _ column: Int) {
    let zone = ZoneFile.parse(Array("\(text)\n".utf8), file: "zone")
    #expect(zone.faults.map(\.position) == [SourcePosition(file: "zone", line: line, column: column)], "\(zone.faults)")
  }

  @Test("noise never crashes", arguments: 0..<20)
  func noise(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<300 {
      var bytes = Array(Self.text.utf8)
      for _ in 0..<5 {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] =
          [0x28, 0x29, 0x22, 0x5C, 0x0A, 0x24, 0x40, 0x2E, 0, 0xFF].randomElement(using: &generator) ?? 0
      }
      _ = ZoneFile.parse(Array(bytes.prefix(Int.random(in: 1...bytes.count, using: &generator))), file: "noise")
    }
  }
}
