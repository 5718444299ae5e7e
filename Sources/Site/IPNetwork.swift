// IPNetwork.swift: addresses with the same first bits.
//
//     192.0.2.0/24    2001:db8::/32    192.0.2.7 (itself alone)
//
// Fails: no address, more bits than it has, bits set behind the prefix.

import Resolver

package struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
  /// The lowest one.
  package let address: IPAddress
  /// In bits.
  package let prefix: Int

  init(_ address: IPAddress, prefix: Int) {
    self.address = address
    self.prefix = prefix
  }

  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, let address = IPAddress(String(first)) else { return nil }
    let most = address.bytes.count * 8
    guard let prefix = parts.count == 2 ? Int(parts[1]) : most, (0...most).contains(prefix) else { return nil }
    self.address = address
    self.prefix = prefix
    guard Self.masked(address.bytes, prefix) == address.bytes else { return nil }
  }

  package func contains(_ other: IPAddress) -> Bool {
    other.bytes.count == address.bytes.count && Self.masked(other.bytes, prefix) == address.bytes
  }

  private static func masked(_ bytes: [UInt8], _ prefix: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(max(prefix - index * 8, 0), 8)
      return kept == 0 ? 0 : byte & (0xFF << UInt8(8 - kept))
    }
  }

  package var description: String {
    prefix == address.bytes.count * 8 ? "\(address)" : "\(address)/\(prefix)"
  }
}
