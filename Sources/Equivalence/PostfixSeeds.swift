// PostfixSeeds.swift: what a main.cf, a master.cf and their tables name.

import MailAddress
import Posix
import PostfixConfig

extension Seeds {
  package init(_ configuration: PostfixConfiguration) {
    self.init()
    let settings = configuration.settings()
    let aliases = Set(settings.list("alias_maps") + settings.list("alias_database"))
    for name in ["mydestination", "myhostname"] {
      for word in settings.list(name) { addWord(word, "main.cf \(name)", isLocal: true, configuration) }
    }
    for entry in configuration.main.entries {
      for word in settings.list(entry.name) {
        if let (type, path) = Self.table(word) {
          addTable(type, path, isAliases: aliases.contains(word), configuration)
        } else if let entries = Self.inlineEntries(word) {
          for (key, value) in entries {
            add(key: key, "main.cf \(entry.name)")
            addTargets(value, "main.cf \(entry.name)")
          }
        } else {
          addWord(word, "main.cf \(entry.name)", isLocal: false, configuration)
        }
      }
    }
    add(size: settings.number("message_size_limit"), "message_size_limit")
  }

  /// `type:/path` of a table whose keys can be listed.
  private static func table(_ word: Bytes) -> (type: String, path: String)? {
    guard let (type, path) = word.split(atFirst: .colon), path.first == .slash || path.first == .dot else { return nil }
    return (type.text, path.text)
  }

  /// Of `inline:{ key=value, { key = text } }`.
  private static func inlineEntries(_ word: Bytes) -> [(key: Bytes, value: Bytes)]? {
    guard let (type, rest) = word.split(atFirst: .colon), type == Bytes(ascii: "inline"),
      let inside = ListSyntax.unbraced(rest)
    else { return nil }
    return ListSyntax.words(inside).compactMap { element in
      guard let (key, value) = (ListSyntax.unbraced(element) ?? element).split(atFirst: 0x3D) else { return nil }
      return (key.trimmed, value.trimmed)
    }
  }

  private mutating func addTable(
    _ type: String, _ path: String, isAliases: Bool, _ configuration: PostfixConfiguration
  ) {
    guard ["hash", "btree", "texthash", "cidr"].contains(type) else { return }
    for entry in TableKeys.entries(path, in: configuration.root, isAliases ? .aliases : .columns) {
      if isAliases { add(user: entry.key, entry.origin) } else { add(key: entry.key, entry.origin) }
      addTargets(entry.value, entry.origin)
    }
  }

  /// A word of a list: a domain, a network, or a file that holds more of them.
  private mutating func addWord(
    _ word: Bytes, _ origin: String, isLocal: Bool, _ configuration: PostfixConfiguration
  ) {
    var word = word
    if word.first == .bang { word.removeFirst() }
    if word.first == .slash || word.first == .dot && word.contains(.slash) {
      let name = String(word.text.split(separator: "/").last ?? "")
      guard let text = try? readFile(configuration.root + word.text) else { return }
      for line in LogicalLine.all(in: text, of: name) {
        for entry in ListSyntax.words(line.text) {
          addWord(entry, "\(name):\(line.line)", isLocal: isLocal, configuration)
        }
      }
    } else if isLocal {
      add(domain: word, origin, isLocal: true)
    } else if word.contains(.dot) || ClientNetwork.address(in: word) != nil {
      add(key: word, origin)
    }
  }
}
