// Settings.swift: main.cf as one service sees it.
//
// Its own `-o` settings come first, then main.cf, then the defaults; each value
// is expanded when it is asked for. Three defaults depend on the host: myhostname,
// mydomain and mynetworks.
//
// Fails: a value that cannot be expanded counts as its default (`check` has
// reported it: Postfix itself would not start).

import Diagnostics
import MailAddress

/// What Postfix learns from the machine.
package struct HostFacts: Sendable, Equatable {
  package var name: Bytes
  /// Addresses with their network's prefix length, for mynetworks.
  package var interfaces: [Interface]

  package struct Interface: Sendable, Equatable {
    package var address: Bytes
    package var prefixLength: Int

    package init(_ address: Bytes, prefixLength: Int) {
      self.address = address
      self.prefixLength = prefixLength
    }
  }

  package init(
    name: Bytes = Bytes(ascii: "localhost.localdomain"),
    interfaces: [Interface] = [Interface(Bytes(ascii: "127.0.0.1"), prefixLength: 8)]
  ) {
    self.name = name
    self.interfaces = interfaces
  }
}

package struct Settings: Sendable {
  let main: MainConfiguration
  let overrides: [String: MainConfiguration.Entry]
  let folder: String
  let host: HostFacts

  init(
    main: MainConfiguration, overrides: [MainConfiguration.Entry], folder: String, host: HostFacts
  ) {
    self.main = main
    self.overrides = Dictionary(overrides.map { ($0.name, $0) }) { $1 }
    self.folder = folder
    self.host = host
  }

  /// The entry that sets a name; nil where the default holds.
  package func entry(_ name: String) -> MainConfiguration.Entry? {
    overrides[name] ?? main.settings[name]
  }

  package func isSet(_ name: String) -> Bool { entry(name) != nil }

  /// The value as written, or the default.
  package func rawValue(_ name: String) -> Bytes? {
    entry(name)?.value ?? hostDefault(name) ?? ParameterTable.defaultValue(name)
      ?? serviceDefault(name)
  }

  /// The expanded value; empty where there is none.
  package func value(_ name: String) -> Bytes {
    let expansion = ValueExpansion(value: rawValue)
    guard let raw = rawValue(name) else { return [] }
    if let value = try? expansion.expand(raw) { return value }
    return (try? expansion.expand(ParameterTable.defaultValue(name) ?? [])) ?? []
  }

  package func flag(_ name: String) -> Bool { value(name).lowercased == Bytes(ascii: "yes") }

  package func number(_ name: String, otherwise: Int = 0) -> Int {
    value(name).decimalValue ?? ParameterTable.defaultValue(name)?.decimalValue ?? otherwise
  }

  package func list(_ name: String) -> [Bytes] { ListSyntax.words(value(name)) }

  /// Where a setting, or a part of its value that stands there literally, was written.
  package func position(_ name: String, of part: Bytes = []) -> SourcePosition? {
    guard let entry = entry(name) else { return nil }
    guard !part.isEmpty, entry.value.count >= part.count else { return entry.position }
    for offset in 0...(entry.value.count - part.count)
    where entry.value[offset..<(offset + part.count)].elementsEqual(part) {
      return entry.position(ofValueAt: offset)
    }
    return entry.position
  }

  /// The addresses of the machine.
  package var interfaceAddresses: [Bytes] { host.interfaces.map(\.address) }

  // MARK: defaults that are computed

  private func hostDefault(_ name: String) -> Bytes? {
    switch name {
    case "config_directory": Bytes(folder.utf8)
    case "myhostname": host.name.contains(.dot) ? host.name : host.name + [.dot] + value("mydomain")
    case "mydomain": domain
    case "mynetworks": networks
    default: nil
    }
  }

  /// The host name without its first label.
  private var domain: Bytes {
    let name = entry("myhostname").map { _ in value("myhostname") } ?? host.name
    guard let (_, rest) = name.split(atFirst: .dot), !rest.isEmpty else {
      return Bytes(ascii: "localdomain")
    }
    return rest
  }

  private var networks: Bytes {
    let style = value("mynetworks_style")
    let networks = host.interfaces.map { interface -> Bytes in
      let isIPv6 = interface.address.contains(.colon)
      let whole = isIPv6 ? 128 : 32
      var length = style == Bytes(ascii: "host") ? whole : interface.prefixLength
      if style == Bytes(ascii: "class"), !isIPv6 { length = Self.classLength(interface.address) }
      if interface.address.hasPrefix(Bytes(ascii: "127.")), style != Bytes(ascii: "host") { length = 8 }
      let network = Network.masked(interface.address, length) ?? interface.address
      let shown = isIPv6 ? [.openBracket] + network + [.closeBracket] : network
      return shown + [.slash] + Bytes(String(length).utf8)
    }
    return Bytes(networks.joined(separator: [0x20]))
  }

  private static func classLength(_ address: Bytes) -> Int {
    switch Bytes(address.prefix { $0 != .dot }).decimalValue ?? 0 {
    case ..<128: 8
    case ..<192: 16
    default: 24
    }
  }

  /// `smtp_destination_recipient_limit` and the like; it ends like `recipient_limit`, too.
  private func serviceDefault(_ name: String) -> Bytes? {
    ParameterTable.perService.filter { name.hasSuffix("_" + $0.key) }.max { $0.key.count < $1.key.count }
      .map { Bytes($0.value.utf8) }
  }
}
