// SMTPAddress.swift: what stands in MAIL FROM and RCPT TO, as smtpd reads it.

import MailAddress

enum SMTPAddress {
  /// The address without quotes and without a route before it (`@a,@b:user@c`);
  /// nil where it is more than one word or address, or its brackets do not match.
  static func parse(_ path: Bytes) -> Bytes? {
    let words = AddressToken.scan(path).filter { if case .comment = $0 { false } else { true } }
    guard let inner = inside(words) else { return nil }
    let tokens = withoutRoute(inner)
    let divided = tokens.contains(.special(.comma)) || tokens.contains(.special(0x3B))
    let runOn = zip(tokens, tokens.dropFirst()).contains { $0.isWord && $1.isWord }
    return divided || runOn ? nil : AddressToken.internalForm(tokens)
  }

  /// Without the brackets: some clients send `<<user@host>>`, and one too many may stand at the end.
  private static func inside(_ tokens: [AddressToken]) -> [AddressToken]? {
    let (open, close) = (AddressToken.special(0x3C), AddressToken.special(0x3E))
    let depth = tokens.prefix { $0 == open }.count
    var inner = tokens.dropFirst(depth)
    var closed = 0
    while closed <= depth, inner.last == close {
      inner.removeLast()
      closed += 1
    }
    return closed < depth || inner.contains(open) || inner.contains(close) ? nil : Array(inner)
  }

  private static func withoutRoute(_ tokens: [AddressToken]) -> [AddressToken] {
    guard tokens.first == .at, let colon = tokens.firstIndex(of: .special(.colon)) else { return tokens }
    return Array(tokens[(colon + 1)...])
  }

  static func internalForm(_ path: Bytes) -> Bytes { parse(path) ?? path }
}
