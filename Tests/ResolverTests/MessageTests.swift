import Resolver
import TestSupport
import Testing

@Suite("DNS messages")
struct MessageTests {
  private static func name(_ text: String) -> DomainName { DomainName(text) ?? .root }

  @Test("what is written is read back")
  func roundTrip() throws {
    var message = DNSMessage(identifier: 0xBEEF, name: Self.name("bio.example.edu"), type: RecordType.mx.rawValue)
    message.isResponse = true
    message.code = ResponseCode.noSuchName.rawValue
    var authority = StartOfAuthority(primary: Self.name("ns.example"), mailbox: Self.name("admin.example"))
    authority.serial = 4_000_000_000
    let addresses = ["192.0.2.1", "2001:db8::1"].compactMap { IPAddress($0) }
    message.answers = [
      Record(Self.name("bio.example.edu"), lifetime: 60, .mailExchanger(preference: 5, Self.name("mail.example"))),
      Record(Self.name("a.example"), .address(addresses[0])), Record(Self.name("a.example"), .address(addresses[1])),
      Record(Self.name("b.example"), .alias(Self.name("a.example"))),
      Record(Self.name("t.example"), .text([UInt8](repeating: 0x61, count: 700))),
      Record(Self.name("t.example"), .text([])), Record(.root, .nameServer(Self.name("ns.example"))),
      Record(Self.name("p.example"), .pointer(Self.name("q.example"))),
      Record(Self.name("example"), .authority(authority)),
    ]
    #expect(DNSMessage(message.encoded) == message)
  }

  /// Composed by hand after RFC 1035 section 4.1.4.
  @Test("names that point back are followed")
  func compression() throws {
    var bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0]
    bytes += [7] + Array("example".utf8) + [3] + Array("edu".utf8) + [0, 0, 15, 0, 1]
    bytes += [0xC0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, 9, 0, 10, 4] + Array("mail".utf8) + [0xC0, 12]
    bytes += [0xC0, 20, 0, 99, 0, 1, 0, 0, 0, 60, 0, 1, 7]  // a type that nobody here needs
    let message = try #require(DNSMessage(bytes))
    #expect(
      message.answers == [
        Record(
          Self.name("example.edu"), lifetime: 60, .mailExchanger(preference: 10, Self.name("mail.example.edu")))
      ])
  }

  @Test("a pointer to itself or forward ends the reading", arguments: [UInt8(12), 14, 40, 255])
  func circles(_ target: UInt8) {
    let bytes: [UInt8] = [0, 1, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, target, 0, 1, 0, 1]
    #expect(DNSMessage(bytes) == nil)
  }

  @Test("noise is no message, and never a crash", arguments: 0..<40)
  func noise(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    var message = DNSMessage(identifier: 1, name: Self.name("a.b.c.example"), type: 15)
    message.isResponse = true
    message.answers = (0..<5).map { number in
      Record(Self.name("h\(number).example"), .mailExchanger(preference: number, Self.name("m.example")))
    }
    for _ in 0..<500 {
      var bytes = message.encoded
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0...2, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(place...)
        default: bytes[place] = 0xC0
        }
        if bytes.isEmpty { break }
      }
      if let read = DNSMessage(bytes) { #expect(read.answers.count <= 5) }
    }
  }

  @Test(
    "names",
    arguments: [
      ("Mail.Example.", "mail.example"), ("a\\.b.example", "a\\.b.example"), ("\\065.example", "a.example"),
      (".", "."), ("", nil), ("a..b", nil), ("\\300.x", nil), (String(repeating: "a", count: 64) + ".x", nil),
      (String(repeating: "abc.", count: 64), nil),
      (String(repeating: "abc.", count: 63), String(repeating: "abc.", count: 62) + "abc"),
    ] as [(String, String?)])
  func names(_ text: String, _ expected: String?) { #expect(DomainName(text)?.description == expected) }
}
