// PostfixSide.swift: the Postfix configuration that a translation gives.
//
// Parameters by section, services and tables, each line with the reasons it is
// there for. Rendering is deterministic: the same input gives the same bytes.

/// The parts that main.cf is divided into, in their order.
package enum Section: Int, Sendable, CaseIterable {
  case identity, local, relaying, restrictions, routing, rewriting, delivery, limits, times,
    security, other

  var title: String {
    switch self {
    case .identity: "Who this host is, and where it listens"
    case .local: "Domains whose mail ends here"
    case .relaying: "Whose mail is relayed"
    case .restrictions: "What is refused"
    case .routing: "Where mail goes"
    case .rewriting: "How addresses are rewritten"
    case .delivery: "Delivery to people of this host"
    case .limits: "Limits"
    case .times: "Times"
    case .security: "TLS, authentication and mail filters"
    case .other: "Everything else"
    }
  }
}

/// A word of a value, with its own reason where it has one.
package struct ValueWord: Sendable, Equatable {
  package var text: String
  package var origin: Provenance?

  init(_ text: String, _ origin: Provenance? = nil) {
    self.text = text
    self.origin = origin
  }
}

/// One parameter of main.cf.
package struct Setting: Sendable, Equatable {
  package var name: String
  package var words: [ValueWord]
  package var origins: [Provenance]
  package var section: Section

  /// The value on one line.
  package var value: String { words.map(\.text).joined(separator: ", ") }
}

/// One service of master.cf.
package struct ServiceLine: Sendable, Equatable {
  package var name: String
  package var type: String
  /// private, unprivileged, chroot, wakeup, maxproc.
  package var columns: String
  package var command: String
  /// `name=value`, each written with -o.
  package var overrides: [String]
  package var origins: [Provenance]
}

/// A lookup table or a list of names.
package struct PostfixTable: Sendable, Equatable {
  package enum Kind: String, Sendable {
    case hash, regexp, cidr
    /// Names, one a line, read by a list parameter.
    case list
    /// Text for postalias.
    case aliases
  }

  package struct Entry: Sendable, Equatable {
    package var key: String
    package var value: String
    package var origin: Provenance?
  }

  package var name: String
  package var kind: Kind
  package var purpose: String
  package private(set) var entries: [Entry] = []
  /// For tables that are copied as they stand.
  package var copiedText: Bytes?
  private var keys: Set<String> = []

  init(_ name: String, _ kind: Kind, _ purpose: String) {
    self.name = name
    self.kind = kind
    self.purpose = purpose
  }

  /// Adds an entry; of equal keys the first one counts.
  ///
  /// - Returns: whether the key was new.
  @discardableResult
  mutating func add(_ key: String, _ value: String, _ origin: Provenance? = nil) -> Bool {
    guard keys.insert(key).inserted else { return false }
    entries.append(Entry(key: key, value: value, origin: origin))
    return true
  }

  func contains(_ key: String) -> Bool { keys.contains(key) }

  var isEmpty: Bool { entries.isEmpty && copiedText == nil }

  /// A file cannot name the host by a parameter; a table within main.cf can.
  var isInline: Bool {
    kind == .hash && entries.contains { ($0.key + $0.value).contains("$my") }
  }

  /// The command that makes the database, nil where the text itself is read.
  package var builder: String? {
    switch kind {
    case .hash: "postmap"
    case .aliases: "postalias"
    case .regexp, .cidr, .list: nil
    }
  }

  /// As a parameter names it.
  package var reference: String {
    if isInline { return "inline:{ " + entries.map { "{ \($0.key) = \($0.value) }" }.joined(separator: ", ") + " }" }
    let path = "$config_directory/" + name
    return kind == .list ? path : (kind == .aliases ? "hash" : kind.rawValue) + ":" + path
  }
}

/// A file to be written below /etc/postfix.
package struct PostfixFile: Sendable, Equatable {
  package var name: String
  package var bytes: Bytes
  /// `postmap` or `postalias` with the type, where a database is to be built.
  package var builder: (command: String, type: String)?

  package static func == (one: Self, other: Self) -> Bool {
    one.name == other.name && one.bytes == other.bytes
      && one.builder?.command == other.builder?.command
  }
}

/// The whole configuration.
package struct PostfixSide: Sendable, Equatable {
  package private(set) var settings: [Setting] = []
  package var services: [ServiceLine] = []
  package private(set) var tables: [PostfixTable] = []

  package func setting(_ name: String) -> Setting? { settings.first { $0.name == name } }

  mutating func put(_ setting: Setting) {
    if let index = settings.firstIndex(where: { $0.name == setting.name }) {
      settings[index] = setting
    } else {
      settings.append(setting)
    }
  }

  /// Keeps a table that has entries; returns how parameters name it.
  mutating func put(_ table: PostfixTable) -> String {
    tables.append(table)
    return table.reference
  }

  /// main.cf, master.cf and the tables.
  package var files: [PostfixFile] {
    [
      PostfixFile(name: "main.cf", bytes: MainRendering.text(of: settings).bytes),
      PostfixFile(name: "master.cf", bytes: MasterRendering.text(of: services).bytes),
    ]
      + tables.filter { !$0.isInline }.sorted { $0.name < $1.name }.map { table in
        PostfixFile(
          name: table.name, bytes: TableRendering.bytes(of: table),
          builder: table.builder.map { ($0, "hash") })
      }
  }
}
