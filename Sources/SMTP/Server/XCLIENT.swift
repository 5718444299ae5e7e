// XCLIENT.swift: a proxy's word for whom it speaks.
//
//     XCLIENT NAME=mail.example ADDR=192.0.2.1 HELO=mail.example PROTO=ESMTP
//
// Postfix's XCLIENT_README: values are xtext, `[UNAVAILABLE]` says that there is none
// and `[TEMPUNAVAIL]` that the DNS could not say. Only clients that the configuration
// trusts may say it.
//
// Fails: with the reply that Postfix gives.

import MailAddress
import Routing

package struct XCLIENT: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case text(Bytes)
    case unavailable
    case temporarilyUnavailable

    var text: Bytes? {
      if case .text(let bytes) = self { bytes } else { nil }
    }
  }

  package struct Fault: Error {
    package let reply: Reply
  }

  /// In the order of EHLO's line.
  package static let names = [
    "NAME", "ADDR", "PROTO", "HELO", "REVERSE_NAME", "PORT", "LOGIN", "DESTADDR", "DESTPORT",
  ]

  /// By their names in capital letters.
  package private(set) var attributes: [String: Value] = [:]

  package init(_ argument: ArraySlice<UInt8>) throws(Fault) {
    guard !argument.isEmpty else { throw Self.fault("Syntax: XCLIENT attribute=value...") }
    for word in argument.split(whereSeparator: \.isWhiteSpace) {
      guard let (name, value) = Array(word).split(atFirst: .equals), !value.isEmpty else {
        throw Self.fault("Error: attribute=value expected")
      }
      let key = name.map(\.uppercased).text
      guard Self.names.contains(key) else {
        throw Self.fault("Bad XCLIENT attribute name: ", name)
      }
      attributes[key] = try Self.value(key, value)
    }
  }

  private static func value(_ name: String, _ written: Bytes) throws(Fault) -> Value {
    let bad = fault("Bad \(name) syntax: ", written)
    guard let text = Xtext.decode(written), !text.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw bad }
    switch text.map(\.uppercased).text {
    case "[UNAVAILABLE]": return .unavailable
    case "[TEMPUNAVAIL]": return .temporarilyUnavailable
    default: break
    }
    switch name {
    case "ADDR", "DESTADDR":
      guard let address = address(text) else { throw bad }
      return .text(address)
    case "NAME", "REVERSE_NAME": guard isHostName(text) else { throw bad }
    case "PORT", "DESTPORT": guard let port = text.decimalValue, port <= 65535 else { throw bad }
    case "PROTO":
      guard ["SMTP", "ESMTP"].contains(text.map(\.uppercased).text) else { throw bad }
    default: break
    }
    return .text(text)
  }

  /// `192.0.2.1`, or `IPV6:2001:db8::1` without its prefix.
  private static func address(_ text: Bytes) -> Bytes? {
    let prefix = Bytes(ascii: "IPV6:")
    if text.count > prefix.count, Bytes(text.prefix(prefix.count)).equalsIgnoringCase(prefix) {
      let address = Bytes(text.dropFirst(prefix.count))
      let isWellFormed =
        address.contains(.colon)
        && address.allSatisfy { $0.isDigit || (0x61...0x66).contains($0 | 0x20) || $0 == .colon || $0 == .dot }
      return isWellFormed ? address : nil
    }
    let parts = text.split(separator: .dot, omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { Array($0).decimalValue.map { $0 <= 255 } ?? false } ? text : nil
  }

  private static func isHostName(_ text: Bytes) -> Bool {
    text.split(separator: .dot, omittingEmptySubsequences: false).allSatisfy { label in
      !label.isEmpty && label.count <= 63 && label.first != .hyphen && label.last != .hyphen
        && label.allSatisfy { $0.isLetter || $0.isDigit || $0 == .hyphen || $0 == 0x5F }
    }
  }

  private static func fault(_ text: String, _ argument: Bytes = []) -> Fault {
    Fault(reply: Reply(501, "5.5.4", Bytes(text.utf8) + argument.printable))
  }

  /// The client as it is to be seen from now on.
  package func applied(to client: Client) -> Client {
    var result = client
    result.helo = attributes["HELO"]?.text
    if let address = attributes["ADDR"] { result.address = address.text ?? Bytes(ascii: "unknown") }
    if let name = attributes["NAME"] {
      result.name = name.text
      result.nameState =
        name == .temporarilyUnavailable ? .temporaryFailure : name == .unavailable ? .unknown : .verified
    }
    // A name that is known leads there and back.
    if let name = attributes["REVERSE_NAME"] {
      result.reverseName = name.text
    } else if case .text(let name) = attributes["NAME"] {
      result.reverseName = name
    }
    if let login = attributes["LOGIN"] { result.authenticatedAs = login.text }
    return result
  }
}
