// AliasFile.swift: `name: target, target`, as newaliases and postalias read it.
//
// A line that starts with white space continues the one before; # in the first
// visible column makes a comment. Names are compared in small letters, quotes
// around them are dropped.
//
// Fails: a line without a colon or without a target is a diagnostic and left
// out. Of equal names which counts depends on the mail system: all are kept.

import Diagnostics
import MailAddress

package struct AliasFile: Sendable, Equatable {
  package struct Entry: Sendable, Equatable {
    /// In small letters, without quotes.
    package var name: Bytes
    package var value: Bytes
    package var position: SourcePosition

    package var targets: [AliasTarget] { AliasTarget.parse(value) }
  }

  package var entries: [Entry]

  package static func parse(
    _ bytes: Bytes, file: String, report: (Diagnostic) -> Void = { _ in }
  ) -> AliasFile {
    AliasFile(
      entries: logicalLines(bytes).compactMap { line in
        let position = SourcePosition(file: file, line: line.number, column: 1)
        guard let colon = nameEnd(line.text) else {
          report(Diagnostic(.warning, .aliasWithoutColon(line.text.text), at: position))
          return nil
        }
        let name = unquoted(Bytes(line.text[..<colon]).trimmed)
        let value = Bytes(line.text[(colon + 1)...]).trimmed
        guard !name.isEmpty, !value.isEmpty else {
          report(Diagnostic(.warning, .aliasWithoutTarget(name.text), at: position))
          return nil
        }
        return Entry(name: name.lowercased, value: value, position: position)
      })
  }

  /// A warning for each name that was there before, whose last line is the one that
  /// sendmail goes by.
  package var repetitions: [Diagnostic] {
    var lines: [Bytes: Int] = [:]
    return entries.compactMap { entry in
      let earlier = lines.updateValue(entry.position.line, forKey: entry.name)
      return earlier.map { Diagnostic(.warning, .aliasRepeated(entry.name.text, line: $0), at: entry.position) }
    }
  }

  private static func logicalLines(_ bytes: Bytes) -> [(text: Bytes, number: Int)] {
    var result: [(text: Bytes, number: Int)] = []
    for (index, line) in bytes.split(separator: .newline, omittingEmptySubsequences: false).enumerated() {
      guard let visible = line.first(where: { !$0.isWhiteSpace }), visible != .hash else { continue }
      if line.first?.isWhiteSpace ?? false, let last = result.indices.last {
        result[last].text += line
      } else {
        result.append((Bytes(line), index + 1))
      }
    }
    return result
  }

  /// The colon after the name; one in quotes belongs to it.
  private static func nameEnd(_ text: Bytes) -> Int? {
    var isQuoted = false
    for (index, byte) in text.enumerated() {
      if byte == .quote { isQuoted.toggle() }
      if byte == .colon, !isQuoted { return index }
    }
    return nil
  }

  private static func unquoted(_ name: Bytes) -> Bytes {
    AddressForm.unquoted(name)
  }
}

extension Diagnostic.Message {
  static func aliasWithoutColon(_ line: String) -> Self {
    Self(.aliasSyntax, "no ':' after the name in '\(line)'; line ignored", fix: "write NAME: TARGET, TARGET")
  }

  static func aliasRepeated(_ name: String, line: Int) -> Self {
    Self(
      .aliasRepeated, "alias '\(name)' stands in line \(line) already; sendmail goes by the last of them",
      fix: "write one line with the targets of both")
  }

  static func aliasWithoutTarget(_ name: String) -> Self {
    Self(.aliasSyntax, "alias '\(name)' has no name or no target; line ignored", fix: "write NAME: TARGET, TARGET")
  }
}
