// PathArgument.swift: what stands behind MAIL FROM: and RCPT TO:.
//
//     <@a.example:"two words"@b.example> SIZE=100 BODY=8BITMIME
//     `------------- path -------------' `---- parameters ----'
//
// The path reaches to the first white space outside quotes and angle brackets, as in
// sendmail and Postfix, which both take an address without brackets. Whether it is an
// address is the router's to say; here it is only told apart from the parameters.
//
// Fails: nil where the words FROM: or TO: or the path are missing.

import MailAddress

package struct PathArgument: Sendable, Equatable {
  /// As the client wrote it, for replies that repeat it.
  package var written: Bytes
  /// Without the angle brackets around it, as `Envelope` wants it.
  package var address: Bytes
  package var parameters: [Parameter]

  /// `NAME` or `NAME=value`.
  package struct Parameter: Sendable, Equatable {
    /// In capital letters.
    package var name: Bytes
    package var value: Bytes?
    /// As the client wrote it.
    package var written: Bytes
  }

  /// - Parameters:
  ///   - argument: what follows MAIL or RCPT.
  ///   - keyword: `FROM` or `TO`.
  ///   - allowsBlank: white space may stand before the colon.
  package init?(_ argument: ArraySlice<UInt8>, keyword: Bytes, allowsBlank: Bool = false) {
    guard let colon = argument.firstIndex(of: .colon) else { return nil }
    let word = Array(argument[..<colon])
    guard (allowsBlank ? word.trimmed : word).equalsIgnoringCase(keyword) else { return nil }
    let rest = argument[(colon + 1)...].drop { $0.isWhiteSpace }
    let end = Self.endOfPath(rest)
    guard rest.startIndex < end else { return nil }
    written = Array(rest[..<end])
    address = Self.withoutBrackets(written)
    parameters = rest[end...].split(whereSeparator: \.isWhiteSpace).map(Parameter.init)
  }

  private static func endOfPath(_ text: ArraySlice<UInt8>) -> Int {
    var isQuoted = false
    var depth = 0
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case .backslash where index + 1 < text.endIndex: index += 1
      case .quote: isQuoted.toggle()
      case .openAngle where !isQuoted: depth += 1
      case .closeAngle where !isQuoted && depth > 0: depth -= 1
      case let byte where byte.isWhiteSpace && !isQuoted && depth == 0: return index
      default: break
      }
      index += 1
    }
    return text.endIndex
  }

  private static func withoutBrackets(_ path: Bytes) -> Bytes {
    guard path.count >= 2, path.first == .openAngle, path.last == .closeAngle else { return path }
    let inner = path.dropFirst().dropLast()
    return inner.contains(.openAngle) || inner.contains(.closeAngle) ? path : Array(inner)
  }

  /// The address without a source route, which RFC 5321 (appendix C) wants ignored.
  package static func withoutRoute(_ address: Bytes) -> Bytes {
    guard address.first == .at, let (_, rest) = address.split(atFirst: .colon) else { return address }
    return rest
  }
}

extension PathArgument.Parameter {
  init(_ text: ArraySlice<UInt8>) {
    let end = text.firstIndex(of: .equals) ?? text.endIndex
    name = text[..<end].map(\.uppercased)
    value = end < text.endIndex ? Array(text[(end + 1)...]) : nil
    written = Array(text)
  }
}

extension UInt8 {
  var uppercased: UInt8 { (0x61...0x7A).contains(self) ? self & 0xDF : self }
}
