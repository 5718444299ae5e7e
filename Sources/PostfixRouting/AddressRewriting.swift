// AddressRewriting.swift: how trivial-rewrite completes an address.
//
//     @a,@b:user@c   user@c            routes are dropped
//     site!user      user@site         swap_bangpath
//     user%site      user@site         allow_percent_hack
//     user           user@$myorigin    append_at_myorigin
//     user@host      user@host.$mydomain   append_dot_mydomain
//     user@host.     user@host
//
// Fails: never.

import MailAddress
import PostfixConfig

struct AddressRewriting: Sendable {
  let swapsBangPath: Bool
  let hasPercentHack: Bool
  private(set) var origin: Bytes?
  private(set) var domain: Bytes?

  init(_ settings: Settings, origin: Bytes) {
    swapsBangPath = settings.flag("swap_bangpath")
    hasPercentHack = settings.flag("allow_percent_hack")
    self.origin = settings.flag("append_at_myorigin") ? origin : nil
    domain = settings.flag("append_dot_mydomain") ? settings.value("mydomain") : nil
  }

  /// With one domain for both what lacks one and what lacks a part of it.
  func completing(with name: Bytes) -> AddressRewriting {
    var result = self
    (result.origin, result.domain) = (origin.map { _ in name }, domain.map { _ in name })
    return result
  }

  /// An address without quotes, completed, again without quotes.
  func rewrite(_ address: Bytes) -> Bytes {
    if address.isEmpty { return address }
    return AddressToken.internalForm(rewrite(AddressToken.scan(AddressForm.quoted(address))))
  }

  func rewrite(_ address: [AddressToken]) -> [AddressToken] {
    if address == [.quoted([])] || address.isEmpty { return address }
    if address == [.at] { return [.quoted([])] }
    var tokens = withoutRoute(address)
    if !tokens.contains(.at) { tokens = withDomain(tokens) }
    return withoutTrailingDot(withFullDomain(tokens))
  }

  private func withoutRoute(_ tokens: [AddressToken]) -> [AddressToken] {
    guard tokens.first == .at, let colon = tokens.firstIndex(of: .special(.colon)),
      colon + 1 < tokens.count
    else { return tokens }
    return Array(tokens[(colon + 1)...])
  }

  private func withDomain(_ tokens: [AddressToken]) -> [AddressToken] {
    var tokens = tokens
    if swapsBangPath, let bang = tokens.firstIndex(of: .special(.bang)) {
      return Array(tokens[(bang + 1)...]) + [.at] + tokens[..<bang]
    }
    if hasPercentHack, let percent = tokens.lastIndex(of: .special(.percent)) {
      tokens[percent] = .at
      return tokens
    }
    guard let origin, !origin.isEmpty else { return tokens }
    return tokens + [.at] + AddressToken.scan(origin)
  }

  private func withFullDomain(_ tokens: [AddressToken]) -> [AddressToken] {
    guard let domain, !domain.isEmpty, let at = tokens.lastIndex(of: .at), at + 1 < tokens.count
    else { return tokens }
    let isWhole = tokens[at...].contains { token in
      if case .literal = token { true } else { token == .special(.dot) }
    }
    return isWhole ? tokens : tokens + [.special(.dot)] + AddressToken.scan(domain)
  }

  func withoutTrailingDot(_ tokens: [AddressToken]) -> [AddressToken] {
    guard tokens.count >= 2, tokens.last == .special(.dot) else { return tokens }
    let before = tokens[tokens.count - 2]
    return before == .special(.dot) || before == .at ? tokens : Array(tokens.dropLast())
  }
}
