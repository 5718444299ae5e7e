// SiteNames.swift: the DNS of an organisation and of the rest of the world, as one view has it.
//
//     inf.bio.example.edu      from the site's own zones
//     30.2.0.192.in-addr.arpa  the host that has the address
//     anything.example         is the world's host, which takes mail for all

import MTA
import MailAddress
import Resolver
import Site

struct SiteNames: DomainNameResolver {
  private let zones: ZoneResolver
  private let top: DomainName
  private let world: World

  /// - Throws: `RuntimeError` where a zone file has a fault.
  init(_ organisation: Organisation, _ view: DNSView, _ world: World) throws(RuntimeError) {
    var records: [Record] = []
    for zone in organisation.zones where zone.view == view {
      let parsed = ZoneFile.parse(Array(zone.text.utf8), file: "\(zone.name).zone")
      if let fault = parsed.faults.first {
        throw RuntimeError("\(fault.position): \(fault.text)", .dataError)
      }
      records += parsed.records
    }
    let hosts = organisation.domains.flatMap(\.hosts).map { ($0.name, $0.addresses) }
    for (name, addresses) in hosts + [(world.name, [world.address])] {
      records += addresses.map { Record(DomainName(reverseOf: $0), .pointer(name)) }
    }
    // Zones and those above them both have the addresses of name servers.
    var seen: Set<Record> = []
    zones = ZoneResolver(records.filter { seen.insert($0).inserted })
    top = organisation.top.name
    self.world = world
  }

  func lookUp(_ name: DomainName, _ type: RecordType, deadline: ContinuousClock.Instant) -> DNSAnswer {
    if name.isBelowOrSame(top) || name.labels.last == Bytes(ascii: "arpa") {
      return zones.lookUp(name, type, deadline: deadline)
    }
    return switch (type, world.address) {
    case (.mx, _): .records([Record(name, .mailExchanger(preference: 0, world.name))])
    case (.a, .v4), (.aaaa, .v6): .records([Record(name, .address(world.address))])
    default: .noData
    }
  }
}
