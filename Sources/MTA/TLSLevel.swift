// TLSLevel.swift: Postfix's security levels, from little to much.

import PostfixConfig

enum TLSLevel: Int, Sendable, Comparable, CustomStringConvertible {
  case none, may, encrypt, dane, daneOnly, fingerprint, verify, secure

  private static let names = ["none", "may", "encrypt", "dane", "dane-only", "fingerprint", "verify", "secure"]

  init?(_ name: String) {
    guard let index = Self.names.firstIndex(of: name), let level = TLSLevel(rawValue: index) else { return nil }
    self = level
  }

  var description: String { Self.names[rawValue] }

  static func < (left: TLSLevel, right: TLSLevel) -> Bool { left.rawValue < right.rawValue }

  /// The level of a daemon, the older parameters counted.
  init(of daemon: String, _ settings: Settings) throws(RuntimeError) {
    let name = settings.value("\(daemon)_tls_security_level").text
    if name.isEmpty {
      self = settings.flag("\(daemon)_enforce_tls") ? .encrypt : settings.flag("\(daemon)_use_tls") ? .may : .none
      return
    }
    guard let level = TLSLevel(name.lowercased()) else {
      throw RuntimeError("invalid TLS level: \(daemon)_tls_security_level = \(name)", .configuration)
    }
    self = level
  }
}
