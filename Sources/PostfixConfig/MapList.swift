// MapList.swift: the tables of one parameter, asked in turn.
//
// Every table is asked with one key before any is asked with the next, shorter
// one. An empty answer is a fault of the table, not a no.

import Diagnostics
import MailAddress

package struct MapList: Sendable {
  package let title: String
  let tables: [any LookupTable]

  package var isEmpty: Bool { tables.isEmpty }

  /// - Parameter position: where a table's name stands in main.cf.
  package init(
    _ title: String, _ list: Bytes, opener: TableOpener, allowsReferences: Bool = true,
    position: (Bytes) -> SourcePosition? = { _ in nil }
  ) {
    self.title = title
    tables = ListSyntax.words(list).map {
      opener.open(
        TableOpener.Request($0, at: position($0), allowsReferences: allowsReferences, defaultOf: title))
    }
  }

  package init(
    _ name: String, of settings: Settings, opener: TableOpener, allowsReferences: Bool = true
  ) {
    self.init(name, settings.value(name), opener: opener, allowsReferences: allowsReferences) {
      settings.position(name, of: $0)
    }
  }

  /// An entry and the table that has it.
  package struct Hit: Sendable, Equatable {
    package var key: Bytes
    package var value: Bytes
    package var table: String
    package var position: SourcePosition?
  }

  package struct Failure: Error, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// - Parameter partial: the key is a part of something, so that only tables
  ///   with exact keys are asked.
  package func lookUp(_ key: Bytes, partial: Bool = false) throws(Failure) -> Hit? {
    if key.isEmpty { return nil }
    for table in tables where !partial || table.hasFixedKeys {
      switch table.lookUp(key) {
      case .notFound: continue
      case .temporaryFailure(let reason): throw Failure(reason: reason)
      case .found(let value, let position):
        guard !value.isEmpty else {
          throw Failure(reason: "\(table.name): the value of \(key.text) is empty")
        }
        return Hit(key: key, value: value, table: table.name, position: position)
      }
    }
    return nil
  }
}
