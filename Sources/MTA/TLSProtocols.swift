// TLSProtocols.swift: which versions of TLS a list of Postfix's allows.
//
//     >=TLSv1.2      !SSLv2, !SSLv3      TLSv1.3
//
// Versions before 1.2 are not spoken here, as with the OpenSSL of today's systems.

import MailAddress
import NIOSSL

struct TLSProtocols: Sendable, Equatable {
  private(set) var lowest = TLSVersion.tlsv12
  private(set) var highest: TLSVersion?
  /// None of those that are spoken is allowed.
  private(set) var isEmpty = false

  init() {}

  private static let names = ["sslv2", "sslv3", "tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"]

  /// Unknown words are as if they were not there.
  init(_ words: [Bytes]) {
    var (isListed, isExcluded) = (Set<Int>(), Set<Int>())
    var range = 0...5
    for word in words {
      let text = word.lowercased.text
      func index(_ prefix: String) -> Int? {
        text.hasPrefix(prefix) ? Self.names.firstIndex(of: String(text.dropFirst(prefix.count))) : nil
      }
      if let floor = index(">="), floor <= range.upperBound {
        range = max(floor, range.lowerBound)...range.upperBound
      } else if let ceiling = index("<="), ceiling >= range.lowerBound {
        range = range.lowerBound...min(ceiling, range.upperBound)
      } else if let excluded = index("!") {
        isExcluded.insert(excluded)
      } else if let listed = index("") {
        isListed.insert(listed)
      }
    }
    func isAllowed(_ version: Int) -> Bool {
      range.contains(version) && !isExcluded.contains(version) && (isListed.isEmpty || isListed.contains(version))
    }
    switch (isAllowed(4), isAllowed(5)) {
    case (true, true): break
    case (true, false): highest = .tlsv12
    case (false, true): lowest = .tlsv13
    case (false, false): isEmpty = true
    }
  }
}
