// TransportTable.swift: transport_maps, per address, domain and parent domain.
//
// `transport:nexthop`; an empty transport keeps the one there is, an empty
// nexthop means the recipient's domain. `*` is for all that nothing else matches.

import MailAddress
import PostfixConfig

struct TransportTable: Sendable {
  let maps: MapList
  let strategy: LookupStrategy

  init(_ settings: Settings, opener: TableOpener) {
    maps = MapList("transport_maps", of: settings, opener: opener, allowsReferences: false)
    let parents = MatchStyle(settings).contains("transport_maps")
    strategy = [.domain, parents ? .parents : .dottedParents]
  }

  func find(
    _ recipient: Bytes, lookup: AddressLookup, isLocal: (Bytes) throws(MapList.Failure) -> Bool
  ) throws(MapList.Failure) -> MapList.Hit? {
    if maps.isEmpty { return nil }
    if let hit = try lookup.find(recipient, in: maps, strategy, isLocal: isLocal) { return hit.entry }
    return try maps.lookUp(Bytes(ascii: "*"), partial: true)
  }

  func apply(_ value: Bytes, to route: inout Route) {
    let (transport, nexthop) = value.split(atFirst: .colon) ?? (value, [])
    if transport.isEmpty {
      if !nexthop.isEmpty { route.nexthop = nexthop }
      return
    }
    let hasText = [Bytes(ascii: "error"), Bytes(ascii: "retry")].contains(transport)
    route.transport = transport
    route.nexthop =
      !nexthop.isEmpty ? nexthop : hasText ? Bytes(ascii: "Address is undeliverable") : route.domain
  }
}
