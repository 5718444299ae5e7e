// LookupTable.swift: what every `type:name` can do.
//
// Some tables are asked with exact keys, and callers then try shorter and shorter
// keys; others hold patterns and are asked with the whole string only. A table
// that does not open answers that it cannot say.

import Diagnostics
import MailAddress

/// How a look-up ends.
package enum TableAnswer: Sendable, Equatable {
  /// With the line that holds the entry, where the table is text.
  case found(Bytes, at: SourcePosition?)
  case notFound
  case temporaryFailure(reason: String)

  package var value: Bytes? {
    if case .found(let value, _) = self { value } else { nil }
  }
}

package protocol LookupTable: Sendable {
  /// As main.cf writes it.
  var name: String { get }
  /// Asked with exact keys, so also with parts of an address.
  var hasFixedKeys: Bool { get }
  func lookUp(_ key: Bytes) -> TableAnswer
}

/// A table that did not open.
struct UnavailableTable: LookupTable {
  let name: String
  let reason: String
  var hasFixedKeys: Bool { true }

  func lookUp(_ key: Bytes) -> TableAnswer { .temporaryFailure(reason: "\(name): \(reason)") }
}

/// `static:value`: the same answer to everything.
struct StaticTable: LookupTable {
  let name: String
  let value: Bytes
  var hasFixedKeys: Bool { true }

  func lookUp(_ key: Bytes) -> TableAnswer { .found(value, at: nil) }
}

/// Text tables in memory: texthash, inline, and the accounts of a passwd file.
struct KeyedTable: LookupTable {
  struct Entry: Sendable {
    let value: Bytes
    let position: SourcePosition?
  }

  let name: String
  let entries: [Bytes: Entry]
  var hasFixedKeys: Bool { true }

  func lookUp(_ key: Bytes) -> TableAnswer {
    guard let key = FoldedKey.of(key), let entry = entries[key] else { return .notFound }
    return .found(entry.value, at: entry.position)
  }
}

/// Keys are compared in small letters: all of Unicode's where they are UTF-8.
package enum FoldedKey {
  /// The key as tables hold it; nil for 8-bit text that is no UTF-8, which no table has.
  package static func of(_ key: Bytes) -> Bytes? {
    if key.allSatisfy({ $0 < 0x80 }) { return key.lowercased }
    guard let text = String(validating: key, as: UTF8.self) else { return nil }
    return Bytes(text.lowercased().utf8)
  }
}

/// `pipemap:{a,b}`: the answer of each is the key of the next.
struct PipeTable: LookupTable {
  let name: String
  let tables: [any LookupTable]
  var hasFixedKeys: Bool { tables.allSatisfy(\.hasFixedKeys) }

  func lookUp(_ key: Bytes) -> TableAnswer {
    var answer = TableAnswer.found(key, at: nil)
    for table in tables {
      guard case .found(let value, _) = answer else { return answer }
      answer = table.lookUp(value)
    }
    return answer
  }
}

/// `unionmap:{a,b}`: the answers of all, divided by commas.
struct UnionTable: LookupTable {
  let name: String
  let tables: [any LookupTable]
  var hasFixedKeys: Bool { tables.allSatisfy(\.hasFixedKeys) }

  func lookUp(_ key: Bytes) -> TableAnswer {
    var values: [Bytes] = []
    for table in tables {
      switch table.lookUp(key) {
      case .found(let value, _): values.append(value)
      case .notFound: continue
      case .temporaryFailure(let reason): return .temporaryFailure(reason: reason)
      }
    }
    return values.isEmpty ? .notFound : .found(Bytes(values.joined(separator: [.comma])), at: nil)
  }
}
