// SMTPAddress.swift: what stands in MAIL FROM and RCPT TO, as smtpd reads it.

import MailAddress

enum SMTPAddress {
  /// The address without quotes and without a route before it (`@a,@b:user@c`);
  /// nil where it is more than one word or address.
  static func parse(_ path: Bytes) -> Bytes? {
    let tokens = withoutRoute(
      inside(AddressToken.scan(path).filter { if case .comment = $0 { false } else { true } }))
    let divided = tokens.contains(.special(.comma)) || tokens.contains(.special(0x3B))
    let runOn = zip(tokens, tokens.dropFirst()).contains { $0.isWord && $1.isWord }
    return divided || runOn ? nil : AddressToken.internalForm(tokens)
  }

  /// `<<user@host>>`, which some clients send.
  private static func inside(_ tokens: [AddressToken]) -> [AddressToken] {
    guard tokens.first == .special(0x3C), tokens.last == .special(0x3E), tokens.count >= 2 else { return tokens }
    return Array(tokens.dropFirst().dropLast())
  }

  private static func withoutRoute(_ tokens: [AddressToken]) -> [AddressToken] {
    guard tokens.first == .at, let colon = tokens.firstIndex(of: .special(.colon)) else { return tokens }
    return Array(tokens[(colon + 1)...])
  }

  static func internalForm(_ path: Bytes) -> Bytes { parse(path) ?? path }
}
