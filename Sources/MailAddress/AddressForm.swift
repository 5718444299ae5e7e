// AddressForm.swift: one address in its two forms.
//
// Between programs an address has no quotes: `john smith@example.com`. In
// envelopes, headers and tables its local part is quoted where RFC 5321 asks for
// it: `"john smith"@example.com`. The last `@` divides; a route before `:` stays.

package enum AddressForm {
  /// With quotes around the local part where it needs them.
  package static func quoted(_ address: Bytes) -> Bytes {
    var start = 0
    if address.first == .at, let colon = address.firstIndex(of: .colon) { start = colon + 1 }
    let end = address[start...].lastIndex(of: .at) ?? address.count
    let local = address[start..<end]
    if isDotString(local) { return address }
    var result = Bytes(address[..<start]) + [.quote]
    for byte in local {
      if byte == .quote || byte == .backslash || byte == 0x0D { result.append(.backslash) }
      result.append(byte)
    }
    return result + [.quote] + address[end...]
  }

  /// A local part alone, in quotes where it needs them.
  package static func quotedLocalPart(_ local: Bytes) -> Bytes { Bytes(quoted(local + [.at]).dropLast()) }

  /// Without quotes and backslashes in the local part.
  package static func unquoted(_ address: Bytes) -> Bytes {
    guard address.contains(.quote) || address.contains(.backslash) else { return address }
    let end = address.lastIndex(of: .at) ?? address.count
    var local: Bytes = []
    var rest = address[..<end]
    while let byte = rest.popFirst() {
      if byte == .quote { continue }
      guard byte == .backslash else {
        local.append(byte)
        continue
      }
      if let next = rest.popFirst() { local.append(next) }
    }
    return local + address[end...]
  }

  /// Atoms with single dots between them (RFC 5321, 4.1.2).
  private static func isDotString(_ text: ArraySlice<UInt8>) -> Bool {
    guard text.first != .dot, text.last != .dot else { return false }
    var previous: UInt8 = 0
    for byte in text {
      if byte <= 0x20 || byte == 0x7F || "()<>@,;:\\\"[]".utf8.contains(byte) { return false }
      if byte == .dot, previous == .dot { return false }
      previous = byte
    }
    return true
  }

  /// Local part and domain, at the last `@`; without one the domain is nil.
  package static func parts(_ address: Bytes) -> (local: Bytes, domain: Bytes?) {
    guard let (local, domain) = address.split(atLast: .at) else { return (address, nil) }
    return (local, domain)
  }
}
