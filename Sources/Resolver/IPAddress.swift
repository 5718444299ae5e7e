// IPAddress.swift: an address of a host, of either family.

import Glibc

/// Four or sixteen bytes in network order.
package enum IPAddress: Sendable, Hashable, CustomStringConvertible {
  case v4([UInt8])
  case v6([UInt8])

  /// As inet_pton(3) reads it; nil for anything else.
  package init?(_ text: some Collection<UInt8>) {
    var bytes = [UInt8](repeating: 0, count: 16)
    let terminated = text.map { CChar(bitPattern: $0) } + [0]
    guard !text.contains(0) else { return nil }
    if inet_pton(AF_INET, terminated, &bytes) == 1 {
      self = .v4(Array(bytes.prefix(4)))
    } else if inet_pton(AF_INET6, terminated, &bytes) == 1 {
      self = .v6(bytes)
    } else {
      return nil
    }
  }

  package init?(_ text: String) { self.init(Array(text.utf8)) }

  package var bytes: [UInt8] {
    switch self {
    case .v4(let bytes), .v6(let bytes): bytes
    }
  }

  package var isLoopback: Bool {
    switch self {
    case .v4(let bytes): bytes.first == 127
    case .v6(let bytes): bytes == [UInt8](repeating: 0, count: 15) + [1]
    }
  }

  /// As inet_ntop(3) writes it.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    let family = if case .v4 = self { AF_INET } else { AF_INET6 }
    _ = inet_ntop(family, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
