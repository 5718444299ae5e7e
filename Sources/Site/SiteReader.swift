// SiteReader.swift: a YAML file read as the mail of an organisation.
//
// Every fault of the file is told at its place, all in one reading: first what is no
// organisation at all (types, words, names), then what does not fit together
// (`OrganisationCheck`). A file with a fault is no organisation.

import Diagnostics
import MailAddress
import Resolver
import YAML

/// Reads site files.
package struct SiteReader {
  let reader = YAMLReader()
  var domains: [MailDomain] = []

  private init() {}

  /// The organisation of a file.
  ///
  /// - Parameter report: takes what is wrong in it.
  /// - Returns: nil where anything is an error.
  package static func read(_ text: Bytes, file: String, report: (Diagnostic) -> Void) -> Organisation? {
    var faults: [Diagnostic] = []
    let root = YAMLDocument.parse(text, file: file) { faults.append($0) }
    var reader = SiteReader()
    let organisation = root.flatMap { reader.organisation($0) }
    faults += reader.reader.faults
    if let organisation { faults += OrganisationCheck.faults(of: organisation) }
    let start = SourcePosition(file: file)
    // In the order of the file; those of one place as they were found.
    let sorted = faults.enumerated().sorted {
      ($0.element.position ?? start, $0.offset) < ($1.element.position ?? start, $1.offset)
    }
    for fault in sorted { report(fault.element) }
    return faults.contains { $0.severity == .error } ? nil : organisation
  }

  private static let keys = ["organisation", "outside", "dns"]
  private static let meant = ["organization": "organisation", "site": "organisation", "zone": "dns"]

  private mutating func organisation(_ root: YAMLNode) -> Organisation? {
    let keys = Self.keys + Self.domainKeys
    let meant = Self.meant.merging(Self.domainMeant) { $1 }
    guard let mapping = reader.mapping(root, "a site file", keys: keys, meant: meant) else { return nil }
    let outside = mapping["outside"].flatMap { reader.choice($0, "what keeps strangers to the top") as OutsideView? }
    guard let node = reader.required("organisation", in: mapping), let name = domainName(node, "the top domain") else {
      return nil
    }
    readDomain(mapping, name: name, at: node.position, below: nil, flow: MailFlow())
    let zone = zone(mapping["dns"], of: domains[0])
    return Organisation(domains: domains, zone: zone, outside: outside ?? .splitDNS)
  }

  // MARK: the DNS

  private static let zoneKeys = ["hostmaster", "nameservers", "ttl", "serial"]
  private static let zoneMeant = ["nameserver": "nameservers", "ns": "nameservers"]

  private func zone(_ node: YAMLNode?, of top: MailDomain) -> ZoneSettings {
    var zone = ZoneSettings(
      hostmaster: Bytes(ascii: "hostmaster@") + top.name.text,
      nameServers: top.hosts.prefix(1).map { Stated($0.name, at: $0.position) })
    guard let node, let mapping = reader.mapping(node, "dns", keys: Self.zoneKeys, meant: Self.zoneMeant) else {
      return zone
    }
    if let node = mapping["hostmaster"], let address = fullAddress(node, "the hostmaster's address") {
      zone.hostmaster = address
    }
    if let node = mapping["nameservers"] {
      zone.nameServers = domainNames(node, "a name server, or a list of them")
    }
    if let node = mapping["ttl"], let seconds = reader.number(node, "a time in seconds", in: 0...0x7FFF_FFFF) {
      zone.timeToLive = seconds
    }
    if let node = mapping["serial"], let number = reader.number(node, "the zones' serial", in: 0...0xFFFF_FFFF) {
      zone.serial = number
    }
    return zone
  }
}
