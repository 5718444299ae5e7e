// TLSDemand.swift: what one server must offer to get one message, and how it proves itself.
//
//     "secure match=.example.org protocols=TLSv1.3"     an entry of smtp_tls_policy_maps
//
// DANE needs a resolver that validates (RFC 7672); ours does not, as Postfix sees it where its
// resolver is not trusted: `dane` is then `may`, and `dane-only` sends nothing.
//
// Fails: an entry that cannot be read defers the mail, as smtp(8) does.

import MailAddress
import NIOSSL
import PostfixConfig
import Routing
import SMTP

/// Why mail waits; the log tells people the reason, the reply what smtp(8) says.
struct ClientTLSFault: Error, Equatable, Sendable {
  let reason: String
  init(_ reason: String) { self.reason = reason }

  static let reply = Reply(451, "4.7.5", "client TLS configuration problem")
}

struct TLSDemand: Sendable {
  var level: TLSLevel
  var context: NIOSSLContext?
  /// Names, and words for names: hostname, nexthop, dot-nexthop; fingerprints at that level.
  var matches: [Bytes] = []
  var digest: Bytes = []
  var isImplicit = false

  /// Without a context of ours mail that may go in clear does, and other mail waits.
  var policy: ClientSettings.TLSPolicy {
    switch level {
    case .none: .never
    case .may: context == nil ? .never : .opportunistic
    default: context == nil ? .unavailable : .required
    }
  }

  /// The refusal of a server whose certificate is not what is asked for.
  func refusal(_ facts: TLSFacts?, host: Bytes, nextHop: Bytes) -> Reply? {
    guard level >= .fingerprint else { return nil }
    guard let facts, let certificate = facts.certificate else { return Self.notVerified }
    if level == .fingerprint {
      let known = [certificate.fingerprints[digest.text], certificate.keyFingerprints[digest.text]]
      return matches.contains { known.contains($0.uppercasedHex) } ? nil : Self.notVerified
    }
    guard facts.verification == .trusted else { return Self.notVerified }
    let names = certificate.names.isEmpty ? [certificate.commonName ?? []] : certificate.names
    let isMatched = matches.contains { word in
      let pattern = Self.pattern(word, host: host, nextHop: nextHop)
      return names.contains { Self.matches($0.lowercased, pattern.lowercased) }
    }
    return isMatched ? nil : Self.notVerified
  }

  private static let notVerified = Reply(451, "4.7.5", "Server certificate not verified")

  private static func pattern(_ word: Bytes, host: Bytes, nextHop: Bytes) -> Bytes {
    switch word.text {
    case "hostname": host
    case "nexthop": nextHop
    case "dot-nexthop": [.dot] + nextHop
    default: word
    }
  }

  /// - Parameter pattern: a name, or a dot and the domain that it must be below.
  private static func matches(_ name: Bytes, _ pattern: Bytes) -> Bool {
    if pattern.isEmpty || name.isEmpty { return false }
    if pattern.first == .dot { return name.count > pattern.count && name.hasSuffix(pattern) }
    if name == pattern { return true }
    // `*.example.org` stands for one label.
    guard name.starts(with: Bytes(ascii: "*.")), let dot = pattern.firstIndex(of: .dot), dot > 0 else { return false }
    return name.dropFirst().elementsEqual(pattern[dot...])
  }
}

extension ClientTLS {
  /// - Parameter nextHop: as the transport has it, with brackets and port.
  func demand(_ nextHop: Bytes) throws(ClientTLSFault) -> TLSDemand {
    guard let entry = try entry(nextHop) else { return try complete(TLSDemand(level: try level.get()), protocols: nil) }
    var words = entry.split { [0x20, 0x09, 0x2C, 0x0A].contains($0) }.map(Array.init)
    guard !words.isEmpty, let level = TLSLevel(words.removeFirst().text.lowercased()) else {
      throw fault(nextHop, "invalid security level \"\(entry.text)\"")
    }
    var demand = TLSDemand(level: level)
    // Attributes mean nothing without TLS.
    if level == .none { return try complete(demand, protocols: nil) }
    var versions: [Bytes]?
    for word in words {
      guard let equals = word.firstIndex(of: 0x3D) else {
        throw fault(nextHop, "malformed attribute: \"\(word.text)\"")
      }
      let (name, value) = (Array(word[..<equals]).lowercased.text, Array(word[(equals + 1)...]))
      switch name {
      case "match" where level >= .fingerprint:
        let separator: UInt8 = level == .fingerprint ? 0x7C : 0x3A
        demand.matches += value.split(separator: separator).map(Array.init)
      case "protocols": versions = value.split(separator: 0x3A).map(Array.init)
      // NIOSSL has none but strong ones.
      case "ciphers", "exclude", "servername", "connection_reuse": break
      case "match":
        throw fault(nextHop, "attribute \"\(name)\" invalid at security level \"\(level)\"")
      default: throw fault(nextHop, "invalid attribute name: \"\(name)\"")
      }
    }
    return try complete(demand, protocols: versions)
  }

  private func fault(_ nextHop: Bytes, _ reason: String) -> ClientTLSFault {
    ClientTLSFault("\(policies?.title ?? "TLS policy"), next-hop destination \"\(nextHop.text)\": \(reason)")
  }

  /// Of the next hop itself, or of a domain above it.
  private func entry(_ nextHop: Bytes) throws(ClientTLSFault) -> Bytes? {
    guard let policies else { return nil }
    var key = nextHop[...]
    do throws(MapList.Failure) {
      while !key.isEmpty {
        if let hit = try policies.lookUp(Array(key).lowercased) { return hit.value }
        guard nextHop.first != 0x5B, !nextHop.contains(0x3A),
          let dot = key.dropFirst().firstIndex(of: .dot)
        else { return nil }
        key = key[dot...]
      }
    } catch {
      throw fault(nextHop, error.reason)
    }
    return nil
  }

  /// What the level asks for beyond the entry.
  private func complete(_ demand: TLSDemand, protocols own: [Bytes]?) throws(ClientTLSFault) -> TLSDemand {
    var demand = demand
    demand.isImplicit = isImplicit
    if demand.level == .dane { demand.level = .may }
    switch demand.level {
    case .none: return demand
    case .daneOnly: throw ClientTLSFault("dane-only needs a resolver that validates")
    case .fingerprint:
      demand.digest = digest
      demand.matches += demand.matches.isEmpty ? fingerprints : []
      if demand.matches.isEmpty { throw ClientTLSFault("level fingerprint with no fingerprints to match") }
    case .verify where demand.matches.isEmpty: demand.matches = verifyNames
    case .secure where demand.matches.isEmpty: demand.matches = secureNames
    case .may, .encrypt, .dane, .verify, .secure: break
    }
    let words = own ?? (demand.level > .may ? mandatoryProtocols : protocols)
    let versions = TLSProtocols(words)
    if versions.isEmpty {
      throw ClientTLSFault("no version of TLS is left of \(words.map(\.text).joined(separator: " "))")
    }
    guard case .success(let shared) = context else { return demand }
    demand.context = versions == TLSProtocols(protocols) ? shared : try material.context(versions)
    return demand
  }
}

extension Bytes {
  /// Letters of a fingerprint as we write them.
  var uppercasedHex: Bytes { map { (0x61...0x66).contains($0) ? $0 - 0x20 : $0 } }
}
