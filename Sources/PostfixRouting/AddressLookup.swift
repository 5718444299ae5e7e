// AddressLookup.swift: which keys a table is asked with for one address.
//
//     user+ext@domain   whole      all tables, patterns too
//     user@domain       bare       exact tables from here on
//     user+ext, user    if the domain is one of ours
//     domain, .domain   for access and transport tables
//     user+ext@, user@  access tables
//     @domain
//
// Local parts are asked in quoted form first, then without quotes.
//
// Fails: with the table's reason, when one cannot say.

import MailAddress
import PostfixConfig

/// Which of the keys a parameter uses, besides the whole and bare address.
struct LookupStrategy: OptionSet, Sendable {
  let rawValue: Int
  static let localPartIfLocal = LookupStrategy(rawValue: 1)
  static let domain = LookupStrategy(rawValue: 2)
  static let parents = LookupStrategy(rawValue: 4)
  static let dottedParents = LookupStrategy(rawValue: 8)
  static let localPartAt = LookupStrategy(rawValue: 16)
  static let atDomain = LookupStrategy(rawValue: 32)

  /// Of canonical, virtual, generic, relocated and recipient tables.
  static let address: LookupStrategy = [.localPartIfLocal, .atDomain]
}

struct AddressLookup: Sendable {
  let delimiters: Bytes
  let ownsSpecialNames: Bool
  let doubleBounce: Bytes
  let origin: Bytes

  init(_ settings: Settings, origin: Bytes) {
    delimiters = settings.value("recipient_delimiter")
    ownsSpecialNames = settings.flag("owner_request_special")
    doubleBounce = settings.value("double_bounce_sender").lowercased
    self.origin = origin
  }

  struct Hit: Sendable {
    let entry: MapList.Hit
    /// The part after the delimiter, with it, where the entry matched without.
    let unmatched: Bytes
  }

  /// - Parameter isLocal: whether a domain is in mydestination or the host's address.
  func find(
    _ address: Bytes, in maps: MapList, _ strategy: LookupStrategy = .address,
    isLocal: (Bytes) throws(MapList.Failure) -> Bool
  ) throws(MapList.Failure) -> Hit? {
    if maps.isEmpty { return nil }
    let (local, domain) = AddressForm.parts(address)
    let split = splitLocalPart(local)
    let bare = split.map { $0.user }
    let unmatched = split?.rest ?? []
    let suffix = domain.map { [.at] + $0 } ?? []

    if let hit = try ask(maps, local, suffix, partial: false) { return Hit(entry: hit, unmatched: []) }
    if let bare, let hit = try ask(maps, bare, suffix) { return Hit(entry: hit, unmatched: unmatched) }
    guard let domain else { return nil }
    if strategy.contains(.localPartIfLocal) {
      let ours = domain.equalsIgnoringCase(origin) ? true : try isLocal(domain)
      if ours {
        if let hit = try ask(maps, local, []) { return Hit(entry: hit, unmatched: []) }
        if let bare, let hit = try ask(maps, bare, []) { return Hit(entry: hit, unmatched: unmatched) }
      }
    }
    if let hit = try findDomain(domain, in: maps, strategy) { return Hit(entry: hit, unmatched: []) }
    if strategy.contains(.localPartAt) {
      if let hit = try ask(maps, local, [.at]) { return Hit(entry: hit, unmatched: []) }
      if let bare, let hit = try ask(maps, bare, [.at]) { return Hit(entry: hit, unmatched: unmatched) }
    }
    return nil
  }

  private func findDomain(
    _ domain: Bytes, in maps: MapList, _ strategy: LookupStrategy
  ) throws(MapList.Failure) -> MapList.Hit? {
    if strategy.contains(.atDomain), let hit = try maps.lookUp([.at] + domain, partial: true) { return hit }
    guard strategy.contains(.domain) else { return nil }
    var keys = [domain]
    if strategy.contains(.parents) { keys += DomainName.parents(of: domain, dotted: false) }
    if strategy.contains(.dottedParents) { keys += DomainName.parents(of: domain, dotted: true) }
    for key in keys {
      if let hit = try maps.lookUp(key, partial: true) { return hit }
    }
    return nil
  }

  /// Asks with the local part in quotes where it needs them, then without.
  private func ask(
    _ maps: MapList, _ local: Bytes, _ suffix: Bytes, partial: Bool = true
  ) throws(MapList.Failure) -> MapList.Hit? {
    let plain = local + suffix
    let quoted = AddressForm.quotedLocalPart(local) + suffix
    if let hit = try maps.lookUp(quoted, partial: partial) { return hit }
    return quoted == plain ? nil : try maps.lookUp(plain, partial: partial)
  }

  /// User and extension of a local part; nil where there is no extension.
  func splitLocalPart(_ local: Bytes) -> (user: Bytes, rest: Bytes)? {
    if delimiters.isEmpty || isSpecial(local) { return nil }
    guard let index = local.firstIndex(where: { delimiters.contains($0) }), index > 0 else { return nil }
    return (Bytes(local[..<index]), Bytes(local[index...]))
  }

  /// Names that are never split: list owners and those that mail systems use.
  private func isSpecial(_ local: Bytes) -> Bool {
    let folded = local.lowercased
    let reserved = [Bytes(ascii: "postmaster"), Bytes(ascii: "mailer-daemon"), doubleBounce]
    if reserved.contains(folded) { return true }
    guard ownsSpecialNames, delimiters.contains(0x2D) else { return false }
    return folded.hasPrefix(Bytes(ascii: "owner-")) || folded.hasSuffix(Bytes(ascii: "-request"))
  }
}
