// DomainName.swift: a name as the DNS knows it.
//
//     Mail.Example.  ->  mail.example      a\.b.example: one label with a point in it
//
// Case does not matter to the DNS, so names are kept in lower case and compare as they
// are. Fails: labels above 63 bytes, names above 255 on the wire, empty labels.

/// An absolute domain name, without the point at its end; the root is empty.
package struct DomainName: Sendable, Hashable, CustomStringConvertible {
  /// From the host to the root, in lower case.
  package let labels: [[UInt8]]

  package static let root = DomainName(unchecked: [])

  private init(unchecked labels: [[UInt8]]) { self.labels = labels }

  package init?(labels: [[UInt8]]) {
    let size = labels.reduce(1) { $0 + $1.count + 1 }
    guard size <= 255, labels.allSatisfy({ (1...63).contains($0.count) }) else { return nil }
    self.labels = labels.map { $0.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
  }

  /// Reads presentation form (RFC 1035 section 5.1): `\.` and `\123` are bytes of a label.
  package init?(_ text: some Collection<UInt8>) {
    if text.elementsEqual([0x2E]) {
      self = .root
      return
    }
    var labels: [[UInt8]] = [[]]
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x2E: labels.append([])
      case 0x5C:
        guard let escaped = Self.escaped(&rest) else { return nil }
        labels[labels.count - 1].append(escaped)
      default: labels[labels.count - 1].append(byte)
      }
    }
    if labels.last == [] { labels.removeLast() }
    guard !labels.isEmpty else { return nil }
    self.init(labels: labels)
  }

  package init?(_ text: String) { self.init(Array(text.utf8)) }

  private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
    guard let first = rest.first else { return nil }
    guard (0x30...0x39).contains(first) else { return rest.popFirst() }
    let digits = rest.prefix(3)
    guard digits.count == 3, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    rest = rest.dropFirst(3)
    return UInt8(exactly: digits.reduce(0) { $0 * 10 + Int($1 - 0x30) })
  }

  /// The name as text, without the last point.
  package var text: [UInt8] {
    if labels.isEmpty { return [0x2E] }
    return Array(labels.map { $0.flatMap(Self.presented) }.joined(separator: [0x2E]))
  }

  private static func presented(_ byte: UInt8) -> [UInt8] {
    switch byte {
    case 0x2E, 0x5C: [0x5C, byte]
    case 0x21...0x7E: [byte]
    default: [0x5C] + String(1000 + Int(byte)).utf8.dropFirst()
    }
  }

  package var description: String { String(decoding: text, as: UTF8.self) }

  /// The name that this one is below; nil for the root.
  package var parent: DomainName? {
    labels.isEmpty ? nil : DomainName(unchecked: Array(labels.dropFirst()))
  }

  /// This name below another; nil where it gets too long.
  package func below(_ domain: DomainName) -> DomainName? { DomainName(labels: labels + domain.labels) }

  package func isBelowOrSame(_ domain: DomainName) -> Bool {
    labels.count >= domain.labels.count && labels.suffix(domain.labels.count).elementsEqual(domain.labels)
  }
}

extension DomainName {
  /// The name that an address's own name is asked under: `1.2.0.192.in-addr.arpa`.
  package init(reverseOf address: IPAddress) {
    switch address {
    case .v4(let bytes):
      labels = bytes.reversed().map { Array(String($0).utf8) } + ["in-addr", "arpa"].map { Array($0.utf8) }
    case .v6(let bytes):
      let nibbles = bytes.reversed().flatMap { [$0 & 15, $0 >> 4] }
      labels = nibbles.map { Array(String($0, radix: 16).utf8) } + ["ip6", "arpa"].map { Array($0.utf8) }
    }
  }
}
