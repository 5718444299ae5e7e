// SourcePosition.swift: where in the admin's text something stands.
//
// Every typed result of the toolchain remembers one, so that whatever is found
// later can be shown at the line that somebody wrote.

/// A place in a file.
package struct SourcePosition: Sendable, Hashable {
  /// The name as the user gave it, or as an include found it.
  package var file: String
  /// Counted from 1; 0 when the whole file is meant.
  package var line: Int
  /// Counted from 1, in bytes; 0 when the whole line is meant.
  package var column: Int

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }
}

extension SourcePosition: Comparable {
  package static func < (one: SourcePosition, other: SourcePosition) -> Bool {
    (one.file, one.line, one.column) < (other.file, other.line, other.column)
  }
}

extension SourcePosition: CustomStringConvertible {
  /// `file:line:column`, the form that editors and CI systems turn into links.
  package var description: String {
    if line == 0 { return file }
    return column == 0 ? "\(file):\(line)" : "\(file):\(line):\(column)"
  }
}
