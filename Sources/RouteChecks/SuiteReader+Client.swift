// SuiteReader+Client.swift: who hands the message over.
//
//     client: 192.0.2.7                                   an address
//     client: command-line                                the sendmail command on the host
//     client: { address: 192.0.2.7, name: mx.example.net, helo: mx, authenticated: alice }

import Diagnostics
import MailAddress
import PostfixConfig
import Routing
import YAML

extension SuiteReader {
  private static let clientKeys = ["address", "name", "helo", "authenticated"]

  /// The client, and whether a zone may say its name.
  func readClient(_ node: YAMLNode) -> (Client, Bool)? {
    if let scalar = node.scalar, scalar.text == "command-line" { return (.commandLine, false) }
    if node.scalar != nil { return clientAddress(node).map { (Client(address: $0), true) } }
    let meant = ["ip": "address", "hostname": "name", "ehlo": "helo", "user": "authenticated", "auth": "authenticated"]
    guard let mapping = reader.mapping(node, "a client", keys: Self.clientKeys, meant: meant) else { return nil }
    let words = ["name", "helo", "authenticated"].map { key in mapping[key].flatMap { word($0, key) } }
    guard let address = reader.required("address", in: mapping).flatMap(clientAddress) else { return nil }
    let client = Client(address: address, name: words[0], helo: words[1], authenticatedAs: words[2])
    return (client, words[0] == nil)
  }

  private func clientAddress(_ node: YAMLNode) -> Bytes? {
    guard let text = reader.bytes(node, "the IP address of a client, or command-line,") else { return nil }
    if Network.octets(text) != nil { return text }
    reader.fault(
      .yamlBadValue("\"\(text.text)\" is no IP address", fix: "write 192.0.2.1, 2001:db8::1, or command-line"),
      at: node)
    return nil
  }

  private func word(_ node: YAMLNode, _ key: String) -> Bytes? {
    guard let bytes = reader.bytes(node, "a word") else { return nil }
    if !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) { return bytes }
    reader.fault(.yamlBadValue("\"\(bytes.text)\" cannot be the \(key) of a client"), at: node)
    return nil
  }
}
