// SiteReaderTests.swift: what a site file says, and each fault at its place.

import Diagnostics
import MailAddress
import Resolver
import Site
import TestSupport
import Testing

private let university = """
  organisation: example.edu
  networks: [192.0.2.0/24, "2001:db8::/32"]
  outbound: up
  masquerade: domain
  access: { "From:flood@example.com": REJECT }
  hosts:
    mail: 192.0.2.1
  people:
    postmaster: hostmaster@cs.example.edu
    emp0: The.Boss@bio.example.edu
  domains:
    cs:
      kind: autonomous
      outbound: direct
      hosts: { mail: { address: 192.0.2.10, system: postfix } }
      people:
        hostmaster: mailbox
        ann: { account: alm, also: [A.Miller], forward: ann@home.example, by: user, keep: yes }
    bio:
      access: { "Connect:192.0.2.66": REJECT }
      hosts:
        mail: { address: 192.0.2.20, roles: [inbound, outbound] }
        box: { address: 192.0.2.21, system: lmtp }
      people:
        The.Boss: boss@inf.bio.example.edu
        gregor: mailbox
      domains:
        inf:
          kind: autonomous
          hosts: { mail: { address: 192.0.2.30 } }
          people: { boss: mailbox }
        lab:
          people: { mendel: gregor@bio.example.edu }
  """

private func read(_ text: String) -> (organisation: Organisation?, faults: [Diagnostic]) {
  var faults: [Diagnostic] = []
  let organisation = SiteReader.read(Array(text.utf8), file: "site.yaml") { faults.append($0) }
  return (organisation, faults)
}

@Suite("Site files")
struct SiteReaderTests {
  @Test("domains, hosts and people, with what they inherit")
  func wholeTree() throws {
    let (read, faults) = read(university)
    #expect(faults.isEmpty)
    let organisation = try #require(read)
    func domain(_ name: String) throws -> MailDomain {
      try #require(DomainName(name).flatMap(organisation.index(of:)).map { organisation.domains[$0] })
    }
    #expect(
      organisation.domains.map(\.name.description) == [
        "example.edu", "cs.example.edu", "bio.example.edu", "inf.bio.example.edu", "lab.bio.example.edu",
      ])
    let (cs, bio, inf) = (
      try domain("cs.example.edu"), try domain("bio.example.edu"), try domain("inf.bio.example.edu")
    )
    #expect(organisation.domains.map(\.isAutonomous) == [true, true, false, true, false])
    #expect(cs.flow.outbound == .direct && inf.flow.outbound == .up)
    #expect(inf.flow.access.map(\.key.value.text) == ["From:flood@example.com", "Connect:192.0.2.66"])
    #expect(inf.flow.networks.map(\.description) == ["192.0.2.0/24", "2001:db8::/32"])
    #expect({ if case .ownDomain = inf.flow.masquerade { true } else { false } }())
    #expect(cs.hosts.map(\.system) == [.postfix] && cs.hosts[0].roles == Set(HostRole.allCases))
    #expect(bio.mailboxHost?.name.description == "box.bio.example.edu" && bio.mailboxHost?.system == .lmtp)
    let ann = try #require(organisation.person(at: Bytes(ascii: "a.miller@CS.example.edu"))).person
    #expect(ann.account == Bytes(ascii: "alm") && ann.forwarder == .user && ann.keepsCopy)
    let lab = try #require(DomainName("lab.bio.example.edu").flatMap(organisation.index(of:)))
    #expect(organisation.server(of: lab) == organisation.index(of: bio.name))
    #expect(organisation.postmaster(of: lab) == Bytes(ascii: "postmaster@example.edu"))
    #expect(organisation.relayed(by: 0).map { organisation.domains[$0].name } == [cs.name, bio.name])
  }

  /// One change to the file, and what is said of it at which place.
  @Test(
    "each fault at its place, with a hint",
    arguments: [
      ("outbound: up", "outbound: upwards", "3:11", "\"upwards\" where how mail goes out is wanted"),
      ("outbound: up", "outbounds: up", "3:1", "unknown key `outbounds'; did you mean `outbound'?"),
      ("192.0.2.0/24", "192.0.2.1/24", "2:12", "is no network"),
      ("mail: 192.0.2.1\n", "mail: 192.0.2\n", "7:9", "\"192.0.2\" is no IP address"),
      ("mail: 192.0.2.1\n", "mail: 192.0.2.10\n", "15:14", "192.0.2.10 is the address of mail.example.edu already"),
      ("mail: 192.0.2.1\n", "cs: 192.0.2.1\n", "7:3", "cs.example.edu is a domain already"),
      ("The.Boss@bio.", "The.Bos@bio.", "10:9", "nobody is The.Bos@bio.example.edu; did you mean The.Boss@bio"),
      ("The.Boss@bio.", "The.Boss@boi.", "10:9", "boi.example.edu is no domain of the organisation; did you mean bio"),
      ("boss: mailbox", "boss: emp0@example.edu", "31:25", "mail goes round"),
      ("  postmaster: host", "  webmaster: host", "1:15", "example.edu has no postmaster"),
      ("box: { address: 192.0.2.21, system: lmtp }", "box: 192.0.2.21", "22:7", "give the domain a host for them"),
      ("system: lmtp", "system: lmtp, roles: [inbound]", "23:56", "does nothing else"),
      ("account: alm", "account: 'a b'", "18:23", "no name of an account"),
      (
        "hostmaster: mailbox", "hostmaster: { account: alm }", "18:7", "the account alm is the mailbox of hostmaster@cs"
      ),
      ("also: [A.Miller]", "also: [Hostmaster]", "18:35", "Hostmaster is a name in cs.example.edu already"),
      ("by: user, keep: yes", "by: alias", "18:23", "an account, but all mail is forwarded by an alias"),
      ("    inf:\n", "    inf.x:\n", "28:7", "no single label below bio.example.edu; write inf"),
      ("masquerade: domain", "masquerade: exemple.edu", "4:13", "did you mean example.edu"),
      ("boss: mailbox", "bo ss: mailbox", "31:19", "no name before the @"),
      ("kind: autonomous", "kind: autonomus", "13:11", "did you mean `autonomous'?"),
    ])
  func fault(_ old: String, _ new: String, _ place: String, _ words: String) {
    let isThere = university.contains(old)
    #expect(isThere)
    let (organisation, faults) = read(university.replacing(old, with: new, maxReplacements: 1))
    let isRead = organisation != nil
    #expect(!isRead)
    let told = faults.map { fault in
      "\(fault.position?.description ?? ""): \(fault.message.text)" + (fault.message.fix.map { "; \($0)" } ?? "")
    }
    #expect(told.contains { $0.hasPrefix("site.yaml:\(place): ") && $0.contains(words) }, "\(told)")
  }

  @Test("all faults are told in one run, in the order of the file")
  func allFaults() {
    let text = university.replacing("outbound: up", with: "outbound: sideways")
      .replacing("address: 192.0.2.10", with: "address: nowhere").replacing("boss@inf", with: "bosss@inf")
    let lines = read(text).faults.compactMap { $0.position?.line }
    #expect(lines == [3, 15, 25])
  }

  /// Whatever stands in a file, there is an answer.
  @Test("noise never ends the reader")
  func noise() {
    var random = SeededGenerator(seed: 71)
    let bytes = Array(university.utf8)
    for _ in 0..<400 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: changed[place] = UInt8.random(in: 0...255, using: &random)
        case 1: changed.removeSubrange(place..<min(changed.count, place + 9))
        default: changed.insert(contentsOf: changed[..<place].suffix(20), at: place)
        }
      }
      var isFaulty = false
      let organisation = SiteReader.read(changed, file: "x") { isFaulty = isFaulty || $0.severity == .error }
      #expect((organisation == nil) == isFaulty)
    }
  }
}
