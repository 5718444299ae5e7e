// YAMLNode.swift: what stands in a YAML file, each piece with its place.
//
// Scalars stay the bytes that were written: what a value means is said by whoever reads
// it (`YAMLReader`), so that `no` can be a user and `1e3` a local part.

import Diagnostics

/// A value in a YAML file.
package struct YAMLNode: Sendable {
  package indirect enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the file; every key once.
    case mapping([YAMLEntry])
  }

  package let content: Content
  package let position: SourcePosition
  /// How many bytes of its first line it has; 0 for collections.
  package let length: Int
  /// Nodes in it, itself included, those that aliases stand for counted each time.
  let weight: Int

  init(_ content: Content, at position: SourcePosition, length: Int = 0, weight: Int = 1) {
    self.content = content
    self.position = position
    self.length = length
    self.weight = weight
  }

  package var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }

  /// What it is, in words for messages.
  package var kind: String {
    switch content {
    case .scalar(let scalar): scalar.isNull ? "nothing" : "\"\(scalar.shown)\""
    case .sequence: "a list"
    case .mapping: "a set of keys"
    }
  }
}

/// A key of a mapping with its value.
package struct YAMLEntry: Sendable {
  package let key: YAMLNode
  package let name: String
  package let value: YAMLNode
}

/// A piece of text.
package struct YAMLScalar: Sendable {
  package enum Style: Sendable {
    case plain, quoted
    /// `|`, its lines as they stand.
    case literal
    /// `>`, lines joined.
    case folded
  }

  package let bytes: [UInt8]
  package let style: Style
  /// Where each line of a literal begins: the first line's number and the bytes before
  /// its text.
  let block: Block?

  struct Block: Sendable {
    let firstLine: Int
    let indentation: Int
  }

  /// Nothing was written, or `~` or `null` without quotes.
  package var isNull: Bool {
    style == .plain && ["", "~", "null", "Null", "NULL"].contains { bytes.elementsEqual($0.utf8) }
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The beginning of it, for messages.
  var shown: String {
    let line = bytes.prefix { $0 != 0x0A }
    return String(decoding: line.prefix(60), as: UTF8.self) + (line.count > 60 || line.count < bytes.count ? "..." : "")
  }
}

extension YAMLNode {
  /// The place of a line of its text, as a parser of that text counts.
  package func position(ofLine line: Int, column: Int) -> SourcePosition {
    guard let block = scalar?.block, line > 0 else { return position }
    return SourcePosition(
      file: position.file, line: block.firstLine + line - 1, column: column > 0 ? block.indentation + column : 0)
  }
}
