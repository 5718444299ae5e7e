// TableGrammar.swift: how a line of a table's source is read.
//
//     # a comment, only in column 1
//     key<blanks>value up to the end of the line
//
// The grammar is makemap's, corners included. A line may have 1,022 bytes and
// its newline; a longer one is refused piece by piece, each piece counted as a
// line. A NUL hides the newline behind it, so that such a line counts as too
// long; at the end of the input, where no newline is wanted, it ends the line.

/// The choices that makemap's options make.
package struct TableGrammar: Sendable, Equatable {
  /// The byte that makes a line a comment.
  package var comment: UInt8 = UInt8(ascii: "#")
  /// The byte between key and value instead of blanks. Runs of it count as
  /// one, and blanks belong to the key then.
  package var separator: UInt8?
  package var allowsEmptyValues = false
  /// Whether each piece of a line that is too long counts as a line and is a fault, as
  /// makemap has it; otherwise lines are counted as an editor does.
  package var countsPieces = true
  /// Whether A to Z in keys become lower case.
  package var foldsKeys = true

  package init() {}

  /// The longest line with its newline.
  package static let longestLine = 1023
}

/// A line that gives no entry.
package struct TableFault: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case lineTooLong
    case leadingBlank
    case missingValue(key: [UInt8])
    case duplicateKey([UInt8])
  }

  package let kind: Kind
  /// Counted from 1, as makemap counts.
  package let line: Int

  package init(_ kind: Kind, line: Int) {
    self.kind = kind
    self.line = line
  }
}

/// One entry with the line it comes from.
package struct TableEntry: Sendable, Equatable {
  package var key: [UInt8]
  package var value: [UInt8]
  package var line: Int

  package init(key: [UInt8], value: [UInt8], line: Int) {
    self.key = key
    self.value = value
    self.line = line
  }
}
