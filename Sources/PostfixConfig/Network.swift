// Network.swift: addresses and networks in numbers: 192.0.2.0/24, 2001:db8::/32.
//
// inet_pton decides what an address is, so that ours and Postfix's agree.
//
// Fails: what is no address or network is nil.

import Glibc
import MailAddress

/// A network, or one address as a network of its own.
package struct Network: Sendable, Hashable {
  /// Four or sixteen bytes, with no bit set beyond the prefix.
  let address: Bytes
  let length: Int

  /// Four or sixteen bytes of an address in text.
  package static func octets(_ text: Bytes) -> Bytes? {
    guard !text.contains(0) else { return nil }
    let isIPv6 = text.contains(.colon)
    var octets = Bytes(repeating: 0, count: isIPv6 ? 16 : 4)
    let result = octets.withUnsafeMutableBytes { buffer in
      inet_pton(isIPv6 ? AF_INET6 : AF_INET, text.text, buffer.baseAddress)
    }
    return result == 1 ? octets : nil
  }

  /// The network that a text names; brackets around an IPv6 address are allowed.
  ///
  /// - Returns: nil when it is none, or when bits are set beyond the prefix.
  package init?(_ text: Bytes) {
    let parts = text.split(atLast: .slash)
    var host = parts?.before ?? text
    if host.first == .openBracket, host.last == .closeBracket { host = Bytes(host.dropFirst().dropLast()) }
    guard let octets = Self.octets(host) else { return nil }
    let length = parts.map { $0.after.decimalValue ?? -1 } ?? octets.count * 8
    guard (0...octets.count * 8).contains(length), Self.mask(octets, length) == octets else { return nil }
    address = octets
    self.length = length
  }

  package func contains(_ octets: Bytes) -> Bool {
    octets.count == address.count && Self.mask(octets, length) == address
  }

  private static func mask(_ octets: Bytes, _ length: Int) -> Bytes {
    octets.enumerated().map { index, octet in
      let bits = min(max(length - index * 8, 0), 8)
      return bits == 0 ? 0 : octet & (0xFF << UInt8(8 - bits))
    }
  }

  /// An address with the bits beyond the prefix cleared, in text.
  static func masked(_ text: Bytes, _ length: Int) -> Bytes? {
    guard let octets = octets(text) else { return nil }
    let masked = mask(octets, length)
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = octets.count == 16 ? AF_INET6 : AF_INET
    let done = masked.withUnsafeBytes {
      inet_ntop(family, $0.baseAddress, &buffer, socklen_t(buffer.count)) != nil
    }
    return done ? buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) } : nil
  }
}
