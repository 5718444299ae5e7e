// Stated.swift: a value that remembers where somebody wrote it.

import Diagnostics

/// A value and where it was written.
package struct Stated<Value: Sendable>: Sendable {
  package var value: Value
  package var position: SourcePosition
  /// In bytes, for the mark below it.
  package var length: Int

  package init(_ value: Value, at position: SourcePosition, length: Int = 0) {
    self.value = value
    self.position = position
    self.length = length
  }

  package init(_ value: Value, _ node: YAMLNode) { self.init(value, at: node.position, length: node.length) }
}
