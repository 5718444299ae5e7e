// ZoneTests.swift: the zones of sites of many kinds, read by the real named-checkzone.

import Diagnostics
import Resolver
import Site
import TestSupport
import Testing

private let tree = """
  organisation: example.edu
  networks: 192.0.2.0/24
  hosts: { mail: 192.0.2.1 }
  people:
    postmaster: boss@inf.bio.example.edu
  domains:
    bio:
      hosts:
        mail: { address: [192.0.2.20, "2001:db8::20"], roles: [inbound, outbound] }
        second: { address: 192.0.2.22, roles: [inbound], preference: 2 }
        box: { address: 192.0.2.21, system: lmtp }
      people: { gregor: mailbox }
      domains:
        lab: { people: { mendel: gregor@bio.example.edu } }
        inf:
          kind: autonomous
          hosts: { mail: 192.0.2.30, box: { address: 192.0.2.32, system: lmtp } }
          people: { boss: mailbox }
          domains: { deep: { kind: autonomous, hosts: { mail: 192.0.2.31 }, people: { eve: mailbox } } }

  """

@Suite(
  "DNS zones in the eyes of BIND", .enabled(if: Peer.namedCheckzone.isWanted, "\(Peer.namedCheckzone.hint)"))
struct ZoneTests {
  /// What named-checkzone says of a zone: names are looked for in the zone alone, and any doubt is a fault.
  private func check(_ zone: ZoneText) throws -> RunResult {
    let folder = try TemporaryFolder()
    let file = try folder.write("zone", zone.text)
    let strict = ["-k", "-m", "-M", "-n", "-r", "-S", "-T"].flatMap {
      [$0, ["-T", "-S"].contains($0) ? "warn" : "fail"]
    }
    return try Peer.namedCheckzone.run(["-i", "local"] + strict + ["\(zone.name)", file])
  }

  @Test(
    "each zone of each view is accepted",
    arguments: [
      "", "inbound: top", "inbound: top\noutside: closed-port", "backup: no", "inbound: top\nbackup: no",
      "dns: { hostmaster: Host.Master@example.edu, nameservers: [mail.inf.bio.example.edu, ns.example.net], ttl: 300, serial: 7 }",
      "inbound: top\ndns: { nameservers: [mail.deep.inf.bio.example.edu, mail.example.edu] }",
    ])
  func accepted(_ lines: String) throws {
    var faults: [Diagnostic] = []
    let text = tree.replacing("networks:", with: lines + (lines.isEmpty ? "" : "\n") + "networks:")
    let read = SiteReader.read(Array(text.utf8), file: "site.yaml") { faults.append($0) }
    let organisation = try #require(read, "\(faults)")
    let zones = organisation.zones
    #expect(zones.count == 6)
    for zone in zones {
      let result = try check(zone)
      #expect(
        result.status == 0 && result.messages.isEmpty && result.text.hasSuffix("OK\n")
          && result.text.split(separator: "\n").count == 2, "\(zone.name), \(zone.view): \(result)\n\(zone.text)")
    }
  }

  @Test("and the program sees what is wrong")
  func refused() throws {
    let read = SiteReader.read(Array(tree.utf8), file: "site.yaml") { _ in }
    var zone = try #require(read?.zones.first)
    zone.text = zone.text.replacing("mail.example.edu. IN A", with: "other.example.edu. IN A")
    #expect(try check(zone).status != 0)
  }
}
