// Seeds.swift: what two configurations know, from which questions are made.
//
//     From:flood@example.com  REJECT    an address
//     .cs.example.edu  smtp:[…]         a domain with hosts below it
//     Connect:192.0.2  RELAY            a network
//     O MaxMessageSize=1000000          a size
//
// A configuration can only treat differently what it names, so an edit that matters
// concerns something that is named on one side at least: keys, class members and
// list words of both sides are put to both.

import MailAddress

/// A word that a configuration names, with the place that names it.
package struct Seed: Sendable, Hashable {
  package let text: Bytes
  /// For instance `access:3` or `class w`.
  package let origin: String
}

/// Words by what they can be used for, each once, in the order they came up.
package struct Seeds: Sendable {
  package private(set) var addresses: [Seed] = []
  package private(set) var domains: [Seed] = []
  /// Domains whose mail ends here.
  package private(set) var localDomains: [Seed] = []
  package private(set) var users: [Seed] = []
  package private(set) var clientAddresses: [Seed] = []
  /// The first and the last address of each network, and those beside them.
  package private(set) var networkEnds: [Seed] = []
  package private(set) var sizes: [(size: Int, origin: String)] = []
  private var known: Set<Bytes> = []

  package init() {}

  /// A name without a dot is that of a host, where lists of hosts have it.
  package mutating func add(host: Bytes, _ origin: String) {
    if host.contains(where: { !$0.isLetter && !$0.isDigit && $0 != 0x2D }) { return add(key: host, origin) }
    if host.contains(where: \.isLetter) { add(domain: host, origin) }
  }

  package mutating func add(domain: Bytes, _ origin: String, isLocal: Bool = false) {
    let domain = domain.lowercased
    guard Self.isName(domain) else { return }
    if isLocal, insert(4, domain) { localDomains.append(Seed(text: domain, origin: origin)) }
    if insert(0, domain) { domains.append(Seed(text: domain, origin: origin)) }
  }

  package mutating func add(user: Bytes, _ origin: String) {
    guard user.contains(where: { $0.isLetter || $0.isDigit }) else { return }
    if insert(1, user) { users.append(Seed(text: user, origin: origin)) }
  }

  package mutating func add(address: Bytes, _ origin: String) {
    if insert(2, address) { addresses.append(Seed(text: address, origin: origin)) }
  }

  package mutating func add(client address: Bytes, _ origin: String) {
    if insert(3, address) { clientAddresses.append(Seed(text: address, origin: origin)) }
  }

  package mutating func add(size: Int, _ origin: String) {
    if size > 0, !sizes.contains(where: { $0.size == size }) { sizes.append((size, origin)) }
  }

  /// Takes a key of a table or a word of a list for what it looks like.
  package mutating func add(key: Bytes, _ origin: String) {
    var key = key
    if ClientNetwork.address(in: key) == nil { key = Self.untagged(key) }
    guard !key.isEmpty, key.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return }
    if let client = ClientNetwork.address(in: key) {
      add(client: client, origin)
      for end in ClientNetwork.ends(of: key) where insert(5, end) {
        networkEnds.append(Seed(text: end, origin: origin))
      }
      return
    }
    // [host] and [host]:port: a host whose MX records are not asked.
    if key.first == .openBracket, let end = key.firstIndex(of: .closeBracket) { key = Bytes(key[1..<end]) }
    if let (local, domain) = key.split(atLast: .at) { return add(local, domain, origin) }
    if key.first == .dot {
      add(domain: Bytes(key.dropFirst()), origin)
    } else if key.contains(.dot) {
      add(domain: key, origin)
    } else {
      add(user: Self.concrete(key), origin)
    }
  }

  private mutating func add(_ local: Bytes, _ domain: Bytes, _ origin: String) {
    if !domain.isEmpty { add(domain: domain.first == .dot ? Bytes(domain.dropFirst()) : domain, origin) }
    if local.isEmpty { return }
    if domain.isEmpty { return add(user: Self.concrete(local), origin) }
    add(address: Self.concrete(local) + [.at] + domain, origin)
  }

  /// Without the tag of a key of sendmail's access table (`From:`, `TLS_Rcpt:`), or the
  /// mailer of a route (`smtp:`).
  static func untagged(_ text: Bytes) -> Bytes {
    guard let (tag, rest) = text.split(atFirst: .colon), !tag.isEmpty,
      tag.allSatisfy({ $0.isLetter || $0.isDigit || $0 == 0x5F })
    else { return text }
    return rest
  }

  /// Whether a domain can be asked about: what a table holds may be anything.
  private static func isName(_ domain: Bytes) -> Bool {
    domain.first != .dot && domain.contains { $0.isLetter || $0.isDigit }
      && domain.allSatisfy { $0.isLetter || $0.isDigit || $0 == .dot || $0 == 0x2D || $0 == 0x5F }
  }

  /// `user+*` and `user++*` stand for any detail.
  private static func concrete(_ local: Bytes) -> Bytes {
    guard let (user, detail) = local.split(atFirst: 0x2B), detail.last == 0x2A else { return local }
    return user + Bytes(ascii: "+detail")
  }

  /// Whether a word of a kind is new.
  private mutating func insert(_ kind: UInt8, _ text: Bytes) -> Bool {
    !text.isEmpty && known.insert([kind] + text).inserted
  }

  package mutating func add(_ other: Seeds) {
    for seed in other.localDomains { add(domain: seed.text, seed.origin, isLocal: true) }
    for seed in other.domains { add(domain: seed.text, seed.origin) }
    for seed in other.users { add(user: seed.text, seed.origin) }
    for seed in other.addresses { add(address: seed.text, seed.origin) }
    for seed in other.clientAddresses { add(client: seed.text, seed.origin) }
    for seed in other.networkEnds where insert(5, seed.text) { networkEnds.append(seed) }
    for (size, origin) in other.sizes { add(size: size, origin) }
  }
}

/// An address of a client, from a key that names it or a network.
enum ClientNetwork {
  /// - Returns: nil where the key is no network.
  static func address(in key: Bytes) -> Bytes? {
    var (host, length) = key.split(atFirst: .slash) ?? (key, [])
    if host.first == .openBracket, host.last == .closeBracket { host = Bytes(host.dropFirst().dropLast()) }
    if host.lowercased.hasPrefix(Bytes(ascii: "ipv6:")) { host = Bytes(host.dropFirst(5)) }
    if host.count(where: { $0 == .colon }) > 1 { return sixth(host) }
    let octets = host.split(separator: .dot).map { Bytes($0).decimalValue ?? 256 }
    guard (1...4).contains(octets.count), octets.allSatisfy({ $0 < 256 }) else { return nil }
    guard host.last != .dot, octets.count > 1 || length.isEmpty else { return nil }
    var full = octets + [Int](repeating: 0, count: 4 - octets.count)
    if full[3] == 0 { full[3] = 1 }
    return Bytes(full.map(String.init).joined(separator: ".").utf8)
  }

  /// Where an IPv4 network begins and ends, inside and outside.
  static func ends(of key: Bytes) -> [Bytes] {
    let (host, length) = key.split(atFirst: .slash) ?? (key, [])
    let octets = host.split(separator: .dot).compactMap { Bytes($0).decimalValue }
    let bits = length.decimalValue ?? octets.count * 8
    guard (1...4).contains(octets.count), octets.allSatisfy({ $0 < 256 }), (1..<32).contains(bits) else { return [] }
    let size = 1 << (32 - bits)
    let first = (octets + [0, 0, 0]).prefix(4).reduce(0) { $0 << 8 | $1 } & ~(size - 1)
    return [first - 1, first, first + size - 1, first + size].filter { (1..<1 << 32).contains($0) }.map { number in
      Bytes([24, 16, 8, 0].map { String(number >> $0 & 255) }.joined(separator: ".").utf8)
    }
  }

  /// An IPv6 address, a network's with its last part set.
  private static func sixth(_ host: Bytes) -> Bytes? {
    let isPart = host.allSatisfy { $0 == .colon || $0 == .dot || $0.isDigit || (0x61...0x66).contains($0 | 0x20) }
    guard isPart else { return nil }
    if host.hasSuffix(Bytes(ascii: "::")) { return host + Bytes(ascii: "1") }
    // The beginning of an address stands for the network.
    let groups = host.split(separator: .colon).count
    return groups < 8 && host.firstRange(of: Bytes(ascii: "::")) == nil ? host + Bytes(ascii: "::9") : host
  }
}
