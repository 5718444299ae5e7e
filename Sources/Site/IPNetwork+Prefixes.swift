// IPNetwork+Prefixes.swift: a network as sendmail's tables and classes write it.
//
//     192.0.2.0/23  ->  192.0.2, 192.0.3          2001:db8::/32  ->  IPv6:2001:db8
//
// They know prefixes that end with a byte (IPv4) or with a group of 16 bits (IPv6), so that
// other networks become several.

import Resolver

extension IPNetwork {
  /// More entries than this are no table that somebody wants.
  package static let mostPrefixes = 256

  private var unit: Int { address.bytes.count == 4 ? 8 : 16 }

  /// How many entries it takes.
  package var prefixCount: Int {
    let free = (unit - prefix % unit) % unit
    return 1 << free
  }

  package var sendmailPrefixes: [String] {
    let free = (unit - prefix % unit) % unit
    let groups = (prefix + free) / unit
    let values = groupValues.prefix(groups)
    guard let last = values.last, free > 0 else { return [written(values)] }
    return (0..<(1 << free)).map { written(values.dropLast() + [last + $0]) }
  }

  private var groupValues: [Int] {
    let bytes = address.bytes.map(Int.init)
    if unit == 8 { return bytes }
    return stride(from: 0, to: bytes.count - 1, by: 2).map { bytes[$0] << 8 | bytes[$0 + 1] }
  }

  private func written(_ groups: some Collection<Int>) -> String {
    unit == 8
      ? groups.map { String($0) }.joined(separator: ".")
      : "IPv6:" + groups.map { String($0, radix: 16) }.joined(separator: ":")
  }
}

extension IPNetwork {
  /// An address alone.
  package init(_ address: IPAddress) {
    self.init(address, prefix: address.bytes.count * 8)
  }
}
