// TableKeys.swift: what a table holds, whichever of its two files is there.
//
// Fails: a table that cannot be read has no entries here; the engines say what
// they make of it.

import Aliases
import MailAddress
import Posix
import PostfixConfig
import Tables

/// The entries of a table, with the place of each.
enum TableKeys {
  struct Entry {
    let key: Bytes
    let value: Bytes
    let origin: String
  }

  /// How the text of a table is written.
  enum Dialect { case columns, aliases }

  /// - Parameter path: without the ending of a database.
  static func entries(_ path: String, in root: FileRoot, _ dialect: Dialect = .columns) -> [Entry] {
    let name = String(path.split(separator: "/").last ?? "")
    if case .text(let place) = root.tableFile(path), let text = try? readFile(place) {
      return entries(ofText: text, name, dialect)
    }
    if let file = try? BerkeleyDBFile(path: root + (path + ".db")), let entries = try? file.entries() {
      return entries.map { Entry(key: withoutNUL($0.key), value: withoutNUL($0.value), origin: name) }
    }
    // Without a database a program may still read the text itself.
    guard let text = try? readFile(root + path) else { return [] }
    return entries(ofText: text, name, dialect)
  }

  private static func entries(ofText text: Bytes, _ name: String, _ dialect: Dialect) -> [Entry] {
    switch dialect {
    case .columns:
      TextTable.entries(in: text, file: name).map {
        Entry(key: $0.key, value: $0.value, origin: "\(name):\($0.position.line)")
      }
    case .aliases:
      AliasFile.parse(text, file: name).entries.map {
        Entry(key: $0.name, value: $0.value, origin: "\(name):\($0.position.line)")
      }
    }
  }

  private static func withoutNUL(_ bytes: Bytes) -> Bytes { bytes.last == 0 ? Bytes(bytes.dropLast()) : bytes }
}
