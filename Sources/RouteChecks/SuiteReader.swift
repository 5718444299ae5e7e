// SuiteReader.swift: a YAML file read as routing tests.
//
// `docs/routing-tests.md` describes the format. Every fault of the file is told at its
// place, and a file with a fault has no tests: a test that was misread would prove nothing.

import Diagnostics
import MailAddress
import PostfixConfig
import Routing
import YAML

/// Reads files of routing tests.
package struct SuiteReader {
  let reader = YAMLReader()
  private let file: String
  private var client = Client(address: Bytes(ascii: "198.51.100.25"))
  private var wantsClientName = true
  private var sender = Bytes(ascii: "sender@example.net")

  private init(file: String) { self.file = file }

  /// The tests of a file.
  ///
  /// - Parameter report: takes what is wrong in it.
  /// - Returns: nil where anything is.
  package static func read(_ text: Bytes, file: String, report: (Diagnostic) -> Void) -> RouteSuite? {
    var isFaulty = false
    let root = YAMLDocument.parse(text, file: file) { fault in
      isFaulty = true
      report(fault)
    }
    guard let root else { return nil }
    var reader = SuiteReader(file: file)
    let suite = reader.suite(root)
    reader.reader.faults.sorted { ($0.position ?? .init(file: file)) < ($1.position ?? .init(file: file)) }
      .forEach(report)
    return isFaulty || !reader.reader.faults.isEmpty ? nil : suite
  }

  private static let keys = ["configuration", "host", "tables", "files", "accounts", "dns", "defaults", "tests"]
  private static let meant = ["config": "configuration", "zone": "dns", "cases": "tests", "hostname": "host"]

  private mutating func suite(_ root: YAMLNode) -> RouteSuite? {
    guard let mapping = reader.mapping(root, "a file of routing tests", keys: Self.keys, meant: Self.meant) else {
      return nil
    }
    var suite = RouteSuite(path: file)
    suite.configurations = paths(mapping["configuration"], "the path of a configuration")
    suite.host = mapping["host"].flatMap { reader.text($0, "the name of the host") }
    suite.tables = mapping["tables"].flatMap { path($0, "the path of a folder") }
    suite.files = mapping["files"].map(files) ?? []
    suite.accounts = mapping["accounts"].flatMap(accounts)
    suite.zone = mapping["dns"].flatMap(source)
    if let defaults = mapping["defaults"] { readDefaults(defaults) }
    if let tests = reader.required("tests", in: mapping) {
      let items = reader.items(tests, "a list of tests") ?? []
      if items.isEmpty, reader.faults.isEmpty { reader.fault(.yamlBadValue("a list of no tests"), at: tests) }
      suite.cases = items.flatMap { test($0) }
    }
    return suite
  }

  // MARK: surroundings

  private func paths(_ node: YAMLNode?, _ what: String) -> [Stated<String>] {
    guard let node else { return [] }
    return reader.texts(node, what).compactMap { path($0.node, what) }
  }

  private func path(_ node: YAMLNode, _ what: String) -> Stated<String>? {
    guard let text = reader.text(node, what) else { return nil }
    guard !text.isEmpty, !text.utf8.contains(0) else {
      reader.fault(.yamlBadValue("\(node.kind) where \(what) is wanted"), at: node)
      return nil
    }
    return Stated(text, node)
  }

  private func files(_ node: YAMLNode) -> [SuiteFile] {
    (reader.entries(node, "files") ?? []).compactMap { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      guard !entry.name.isEmpty, !entry.name.hasSuffix("/"), !parts.contains(".."), !entry.name.utf8.contains(0) else {
        reader.fault(
          .yamlBadValue("\"\(entry.name)\" is no file of a configuration", fix: "write access, or /etc/aliases"),
          at: entry.key)
        return nil
      }
      return reader.bytes(entry.value, "the text of the file").map {
        SuiteFile(path: entry.name, text: InlineText($0, entry.value))
      }
    }
  }

  private func accounts(_ node: YAMLNode) -> RouteSuite.Accounts? {
    if node.scalar != nil { return path(node, "a list of names, or the path of a passwd file").map { .file($0) } }
    guard let items = reader.items(node, "a list of names, or the path of a passwd file") else { return nil }
    return .names(
      items.compactMap { item in
        guard let name = reader.bytes(item, "the name of an account") else { return nil }
        if name.isEmpty || name.contains(where: { $0 <= 0x20 || $0 == .colon || $0 == .slash || $0 == 0x7F }) {
          reader.fault(.yamlBadValue("\"\(name.text)\" is no name of an account"), at: item)
        }
        return Stated(name, item)
      })
  }

  /// Text over several lines is the zone itself.
  private func source(_ node: YAMLNode) -> RouteSuite.Source? {
    guard let bytes = reader.bytes(node, "the records of a zone, or the path of a zone file") else { return nil }
    if node.scalar?.style == .literal || bytes.contains(.newline) { return .inline(InlineText(bytes, node)) }
    return path(node, "the path of a zone file").map { .file($0) }
  }

  private mutating func readDefaults(_ node: YAMLNode) {
    let meant = ["sender": "from"]
    guard let mapping = reader.mapping(node, "defaults", keys: ["client", "from"], meant: meant) else { return }
    if let node = mapping["client"], let read = readClient(node) { (client, wantsClientName) = read }
    if let node = mapping["from"], let address = address(node, "a sender", isSender: true) { sender = address }
  }

  // MARK: tests

  private static let testKeys = ["name", "to", "from", "client", "size", "expect"]
  private static let testMeant = ["sender": "from", "recipient": "to", "recipients": "to", "expected": "expect"]

  /// One case for each recipient.
  private func test(_ node: YAMLNode) -> [RouteCase] {
    guard let mapping = reader.mapping(node, "a test", keys: Self.testKeys, meant: Self.testMeant) else { return [] }
    let name = mapping["name"].flatMap { reader.text($0, "the name of the test") }
    let (client, wantsName) = mapping["client"].flatMap(readClient) ?? (client, wantsClientName)
    let sender = mapping["from"].flatMap { address($0, "a sender", isSender: true) } ?? sender
    let size = mapping["size"].flatMap { reader.number($0, "a size in bytes", in: 0...Int.max) }
    let recipients = reader.required("to", in: mapping).map { self.recipients($0) } ?? []
    guard let node = reader.required("expect", in: mapping), let expected = expectations(node) else { return [] }
    return recipients.map { recipient in
      RouteCase(
        name: caseName(name, recipient, isOneOfSeveral: recipients.count > 1), position: mapping.node.position,
        client: client, wantsClientName: wantsName, sender: sender, recipient: recipient, size: size,
        expectation: expected.all, exceptions: expected.exceptions)
    }
  }

  private func caseName(_ name: String?, _ recipient: Bytes, isOneOfSeveral: Bool) -> String {
    guard let name else { return recipient.text }
    return isOneOfSeveral ? "\(name): \(recipient.text)" : name
  }

  private func recipients(_ node: YAMLNode) -> [Bytes] {
    if case .sequence(let items) = node.content, items.isEmpty {
      reader.fault(.yamlBadValue("a list of no recipients"), at: node)
    }
    return reader.texts(node, "a recipient, or a list of them").compactMap { address($0.node, "a recipient") }
  }

  /// An address, with or without the angle brackets of SMTP.
  func address(_ node: YAMLNode, _ what: String, isSender: Bool = false) -> Bytes? {
    guard let written = reader.bytes(node, what) else { return nil }
    let inner = Self.withoutBrackets(written)
    if let problem = AddressProblem.find(in: inner, mayBeEmpty: isSender) {
      reader.fault(.yamlBadValue("\"\(written.text)\" is no address: \(problem)"), at: node)
      return nil
    }
    return inner
  }

  static func withoutBrackets(_ written: Bytes) -> Bytes {
    written.first == 0x3C && written.last == 0x3E ? Bytes(written.dropFirst().dropLast()) : written
  }
}
