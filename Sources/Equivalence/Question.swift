// Question.swift: an envelope to put to both systems, and why it is asked.

import MailAddress
import PostfixConfig
import Routing

/// One envelope with the reason it is asked for.
package struct Question: Sendable {
  package var envelope: Envelope
  /// For instance `access:3` or `a percent hack`.
  package var reason: String

  package init(_ envelope: Envelope, because reason: String) {
    self.envelope = envelope
    self.reason = reason
  }

  /// Reads `SENDER RECIPIENT [CLIENT-ADDRESS [CLIENT-NAME]]`; `<>` is the null sender.
  ///
  /// - Returns: nil where the line has no such form.
  package init?(line: Bytes, because reason: String) {
    let words = line.split(whereSeparator: \.isWhiteSpace).map { Bytes($0) }
    guard (2...4).contains(words.count) else { return nil }
    var client = Client.localhost
    if words.count > 2, Network.octets(words[2]) == nil { return nil }
    if words.count > 2 { client = .outside(words[2], name: words.count > 3 ? words[3] : nil) }
    self.init(
      Envelope(client: client, sender: Self.path(words[0]), recipients: [Self.path(words[1])]), because: reason)
  }

  /// The address without the angle brackets around it.
  private static func path(_ word: Bytes) -> Bytes {
    word.first == 0x3C && word.last == 0x3E ? Bytes(word.dropFirst().dropLast()) : word
  }
}

extension Client {
  /// Whether it is this host, by its address.
  var isLoopback: Bool {
    let parts = address.split(separator: .colon).map { Bytes($0).decimalValue }
    return address.hasPrefix(Bytes(ascii: "127.")) || parts.last == 1 && parts.dropLast().allSatisfy { $0 == 0 }
  }

  /// A client on the network.
  ///
  /// - Parameter name: its verified name; nil where it has none.
  package static func outside(_ address: Bytes, name: Bytes?) -> Client {
    Client(address: address, name: name, helo: name ?? Bytes(ascii: "client.example"))
  }
}
