// AliasTables.swift: the alias files that the configuration names, in order.
//
// Each is asked in its database form, as newaliases built it; where there is
// only the text, the text is asked.

import Aliases
import Posix
import Rulesets
import Tables

struct AliasTables {
  private enum Source {
    case database(BerkeleyDBFile)
    case text([[UInt8]: [UInt8]])
    case unreadable
  }

  private var sources: [(name: String, source: Source)] = []

  /// - Parameter specification: the value of AliasFile: files after one another,
  ///   each with its map type before a colon, or without.
  init(_ specification: [UInt8], root: FileRoot) {
    for part in specification.split(separator: 0x2C) {
      var text = String(decoding: part, as: UTF8.self).filter { $0 != " " }
      if let colon = text.firstIndex(of: ":"), !text.hasPrefix("/") {
        text = String(text[text.index(after: colon)...])
      }
      if let space = text.lastIndex(of: " ") { text = String(text[text.index(after: space)...]) }
      guard !text.isEmpty else { continue }
      sources.append((text, Self.open(text, root)))
    }
  }

  private static func open(_ name: String, _ root: FileRoot) -> Source {
    if case .database(let path) = root.tableFile(name), isReadable(path),
      let file = try? BerkeleyDBFile(path: path)
    {
      return .database(file)
    }
    let path = root + name
    guard let bytes = try? readFile(path) else { return .unreadable }
    var entries: [[UInt8]: [UInt8]] = [:]
    for entry in AliasFile.parse(bytes, file: path).entries { entries[entry.name] = entry.value }
    return .text(entries)
  }

  enum Answer {
    case found(value: [UInt8], table: String)
    case notFound
    case temporaryFailure
  }

  /// The value of a name, folded as newaliases folds.
  func lookUp(_ name: [UInt8]) -> Answer {
    let key = name.map(folded)
    for (table, source) in sources {
      switch source {
      case .text(let entries):
        if let value = entries[key] { return .found(value: value, table: table) }
      case .database(let file):
        do throws(TableError) {
          // newaliases ends keys and values with a NUL.
          if let value = try file.lookUp(key + [0]) {
            return .found(value: Array(value.prefix { $0 != 0 }), table: table)
          }
          if let value = try file.lookUp(key) { return .found(value: value, table: table) }
        } catch { return .temporaryFailure }
      case .unreadable: continue
      }
    }
    return .notFound
  }
}
