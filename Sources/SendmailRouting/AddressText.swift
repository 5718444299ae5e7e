// AddressText.swift: addresses of clients as rulesets see them.
//
// 192.0.2.1 stays as it is; 2001:db8::1 is IPv6:2001:db8:0:0:0:0:0:1, because sendmail
// compresses no zeros unless UseCompressedIPv6Addresses says so.

enum AddressText {
  /// - Parameter address: as text; what is no address stays as it is.
  static func of(_ address: [UInt8]) -> [UInt8] {
    guard address.contains(0x3A), !address.starts(with: "IPv6:".utf8) else { return address }
    var groups: [[UInt8]]
    if let gap = address.firstRange(of: [0x3A, 0x3A]) {
      let head = Self.groups(address[..<gap.lowerBound])
      let tail = Self.groups(address[gap.upperBound...])
      groups = head + Array(repeating: [0x30], count: max(8 - head.count - tail.count, 0)) + tail
    } else {
      groups = Self.groups(address[...])
    }
    return groups.count == 8 ? Array("IPv6:".utf8) + Array(groups.joined(separator: [0x3A])) : address
  }

  /// Groups in small letters, without zeros at their beginnings.
  private static func groups(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
    text.split(separator: 0x3A).map { group in
      let digits = group.drop { $0 == 0x30 }
      return digits.isEmpty ? [0x30] : digits.map { (0x41...0x46).contains($0) ? $0 | 0x20 : $0 }
    }
  }
}
