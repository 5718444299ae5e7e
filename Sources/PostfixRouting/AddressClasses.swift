// AddressClasses.swift: whose domain is it?
//
// Local (mydestination and the host's own addresses), virtual alias, virtual
// mailbox, relay, and everything else.
//
// Fails: with the reason, when a list cannot say.

import MailAddress
import PostfixConfig

enum AddressClass: Sendable {
  case local, virtualAlias, virtualMailbox, relay, other

  /// Mail ends here: relaying is no question.
  var isFinal: Bool { self != .relay && self != .other }
}

struct AddressClasses: Sendable {
  let local: MatchList
  let virtualAlias: MatchList
  let virtualMailbox: MatchList
  let relay: MatchList
  /// Addresses at which the host receives mail: `user@[192.0.2.1]` is local.
  let addresses: Set<Bytes>

  init(_ settings: Settings, opener: TableOpener) {
    let parents = MatchStyle(settings)
    func list(_ name: String, _ kind: MatchList.Kind) -> MatchList {
      MatchList(settings.value(name), kind: kind, opener: opener) { settings.position(name, of: $0) }
    }
    local = list("mydestination", .strings)
    virtualAlias = list("virtual_alias_domains", .strings)
    virtualMailbox = list("virtual_mailbox_domains", .strings)
    relay = list("relay_domains", .domains(matchingParents: parents.contains("relay_domains")))
    addresses = Self.ownAddresses(settings)
  }

  private static func ownAddresses(_ settings: Settings) -> Set<Bytes> {
    let words = settings.list("inet_interfaces") + settings.list("proxy_interfaces")
    var octets = words.compactMap { Network.octets($0) }
    let usual = [Bytes(ascii: "all"), Bytes(ascii: "loopback-only")]
    if words.contains(where: { usual.contains($0) }) {
      octets += settings.interfaceAddresses.compactMap { Network.octets($0) }
    }
    if words.contains(where: { usual.contains($0) || $0 == Bytes(ascii: "localhost") }) {
      octets += [Bytes(ascii: "127.0.0.1"), Bytes(ascii: "::1")].compactMap { Network.octets($0) }
    }
    return Set(octets)
  }

  /// Whether mail for the domain is local.
  func isLocal(_ domain: Bytes) throws(MapList.Failure) -> Bool {
    var name = domain
    while name.count > 1, name.last == .dot { name.removeLast() }
    if try holds(local.contains(name)) { return true }
    return literalOctets(name).map(addresses.contains) ?? false
  }

  /// The address in `[192.0.2.1]` or `[IPv6:…]`.
  private func literalOctets(_ domain: Bytes) -> Bytes? {
    guard domain.first == .openBracket, domain.last == .closeBracket else { return nil }
    let inside = Bytes(domain.dropFirst().dropLast())
    let tag = Bytes(ascii: "ipv6:")
    if inside.lowercased.hasPrefix(tag) { return Network.octets(Bytes(inside.dropFirst(tag.count))) }
    return Network.octets(inside)
  }

  /// The class of a domain that is not local.
  func classOfRemote(_ domain: Bytes) throws(MapList.Failure) -> AddressClass {
    if try holds(virtualAlias.contains(domain)) { return .virtualAlias }
    if try holds(virtualMailbox.contains(domain)) { return .virtualMailbox }
    if try holds(relay.contains(domain)) { return .relay }
    return .other
  }

  private func holds(_ membership: Membership) throws(MapList.Failure) -> Bool {
    switch membership {
    case .yes: return true
    case .no: return false
    case .temporaryFailure(let reason): throw MapList.Failure(reason: reason)
    }
  }
}

/// parent_domain_matches_subdomains: for which lists `example.com` means names below it too.
struct MatchStyle: Sendable {
  let names: Set<Bytes>

  init(_ settings: Settings) {
    names = Set(settings.list("parent_domain_matches_subdomains").map(\.lowercased))
  }

  func contains(_ list: String) -> Bool { names.contains(Bytes(list.utf8)) }
}
