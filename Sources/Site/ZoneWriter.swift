// ZoneWriter.swift: the organisation in the DNS, as zone files (RFC 1035 section 5).
//
// An autonomous domain is a zone of its own, to which the zone above delegates; managed
// domains are names in the zone above. Names are written in full, so that no $ORIGIN has to be kept in mind.

import MailAddress
import Resolver

/// A zone file.
package struct ZoneText: Sendable, Equatable {
  package var name: DomainName
  package var view: DNSView
  package var text: String
}

extension Organisation {
  /// The zones of both views, in the order of the tree.
  package var zones: [ZoneText] {
    DNSView.allCases.flatMap { view in
      domains.indices.filter { domains[$0].isAutonomous }.map { apex in
        ZoneText(name: domains[apex].name, view: view, text: ZoneWriter(self, apex, view).text)
      }
    }
  }
}

private struct ZoneWriter {
  private let organisation: Organisation
  private let apex: DomainIndex
  private let view: DNSView

  init(_ organisation: Organisation, _ apex: DomainIndex, _ view: DNSView) {
    self.organisation = organisation
    self.apex = apex
    self.view = view
  }

  var text: String {
    let name = organisation.domains[apex].name
    let head = "; \(name), as seen from \(view.rawValue) of the organisation. Made from the site file.\n"
    return head + "$TTL \(organisation.zone.timeToLive)\n"
      + ([start] + servers(of: name) + contents).joined(separator: "\n") + "\n"
  }

  private var start: String {
    let zone = organisation.zone
    let primary = zone.nameServers.first.map { "\($0.value)." } ?? "."
    // Refresh, retry, expire and the time that "no such name" is kept (RFC 1912 section 2.2, RFC 2308).
    return
      "\(organisation.domains[apex].name). IN SOA \(primary) \(mailbox(zone.hostmaster)) (\(zone.serial) 7200 1800 1209600 3600)"
  }

  /// An address as the SOA record has it: its local part is one label.
  private func mailbox(_ address: Bytes) -> String {
    let parts = AddressForm.parts(address)
    let domain = parts.domain.flatMap { DomainName($0) }
    return (DomainName(labels: [parts.local] + (domain?.labels ?? [])) ?? organisation.top.name).description + "."
  }

  private func servers(of name: DomainName) -> [String] {
    organisation.zone.nameServers.map { "\(name). IN NS \($0.value)." }
  }

  /// Records of the domains in this zone, and what leads to the zones below it.
  private var contents: [String] {
    organisation.domains.indices.flatMap { index -> [String] in
      let domain = organisation.domains[index]
      if apexOf(index) == apex { return exchangers(of: index) + hosts(of: index) }
      let isBelow = domain.isAutonomous && domain.parent.map { apexOf($0) == apex } ?? false
      return isBelow ? servers(of: domain.name) + glue(below: domain.name) : []
    }
  }

  private func apexOf(_ index: DomainIndex) -> DomainIndex {
    organisation.path(from: index).first { organisation.domains[$0].isAutonomous } ?? 0
  }

  private func exchangers(of index: DomainIndex) -> [String] {
    organisation.exchangers(of: index, in: view).map {
      "\(organisation.domains[index].name). IN MX \($0.preference) \($0.host)."
    }
  }

  private func hosts(of index: DomainIndex) -> [String] {
    let hosts = organisation.domains[index].hosts
    return hosts.filter { view == .inside || !organisation.isHidden(index) || isNameServer($0) }.flatMap(addresses)
  }

  private func isNameServer(_ host: MailHost) -> Bool {
    organisation.zone.nameServers.contains { $0.value == host.name }
  }

  private func addresses(_ host: MailHost) -> [String] {
    host.addresses.map { address in
      if case .v4 = address { "\(host.name). IN A \(address)" } else { "\(host.name). IN AAAA \(address)" }
    }
  }

  /// Addresses of name servers that stand below the zone they serve.
  private func glue(below name: DomainName) -> [String] {
    organisation.domains.flatMap(\.hosts).filter { $0.name.isBelowOrSame(name) && isNameServer($0) }
      .flatMap(addresses)
  }
}
