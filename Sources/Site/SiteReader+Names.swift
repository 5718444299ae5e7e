// SiteReader+Names.swift: names of domains and hosts, and addresses, as a site file writes them.

import Diagnostics
import MailAddress
import Resolver
import YAML

extension SiteReader {
  /// A name in full.
  func domainName(_ node: YAMLNode, _ what: String) -> DomainName? {
    guard let text = reader.text(node, what) else { return nil }
    if let name = DomainName(text), name != .root, name.labels.allSatisfy(Self.isHostLabel) { return name }
    reader.fault(.noDomainName(text, wanted: what), at: node)
    return nil
  }

  func domainNames(_ node: YAMLNode, _ what: String) -> [Stated<DomainName>] {
    reader.texts(node, what).compactMap { written in
      domainName(written.node, what).map { Stated($0, written.node) }
    }
  }

  /// A single label, below a domain.
  func name(_ entry: YAMLEntry, below domain: DomainName) -> DomainName? {
    let label = Bytes(entry.name.utf8)
    if Self.isHostLabel(label), let name = DomainName(labels: [label] + domain.labels) { return name }
    reader.fault(.noLabel(entry.name, below: domain), at: entry.key)
    return nil
  }

  /// Letters, digits and hyphens within (RFC 1123 section 2.1).
  private static func isHostLabel(_ label: Bytes) -> Bool {
    (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
      && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x2D }
  }

  /// An address with its domain, as between the brackets of SMTP.
  func fullAddress(_ node: YAMLNode, _ what: String) -> Bytes? {
    guard let written = reader.bytes(node, what) else { return nil }
    let parts = AddressForm.parts(written)
    if let domain = parts.domain, isLocalPart(parts.local), DomainName(domain) != nil { return written }
    reader.fault(.noAddress(written, wanted: what), at: node)
    return nil
  }

  /// A dot-string (RFC 5321 section 4.1.2): what every mail system and its tables take without quotes.
  func isLocalPart(_ local: Bytes) -> Bool {
    !local.isEmpty && local.count <= 64 && local.first != .dot && local.last != .dot
      && !local.hasDoubleDot && local.allSatisfy(Self.isAtomByte)
  }

  private static func isAtomByte(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == .dot || "#$&'*/=?^_`{}~+-".utf8.contains(byte)
  }
}

extension Bytes {
  fileprivate var hasDoubleDot: Bool { zip(self, dropFirst()).contains { $0 == .dot && $1 == .dot } }
}
