// MainConfiguration.swift: main.cf as a list of settings, each with its place.
//
// Values stay as written; `ValueExpansion` makes them what the daemons see. A
// name that is set twice counts by its last value, at the place of the last.
//
// Fails: a line without `=` is a diagnostic and left out; Postfix itself refuses
// to start with it.

import Diagnostics
import MailAddress

package struct MainConfiguration: Sendable, Equatable {
  /// One `name = value`.
  package struct Entry: Sendable, Equatable {
    package var name: String
    /// Without white space at its ends; inner line ends are already dropped.
    package var value: Bytes
    /// Where the name stands; nil for settings that no file holds.
    package var position: SourcePosition?
    let line: LogicalLine?
    let valueOffset: Int

    package init(_ name: String, _ value: Bytes) {
      self.name = name
      self.value = value
      line = nil
      valueOffset = 0
    }

    init(_ name: String, _ value: Bytes, line: LogicalLine, nameOffset: Int, valueOffset: Int) {
      self.name = name
      self.value = value
      self.line = line
      self.valueOffset = valueOffset
      position = line.position(nameOffset)
    }

    /// Where a byte of the value stands.
    package func position(ofValueAt offset: Int) -> SourcePosition? {
      line?.position(valueOffset + offset) ?? position
    }
  }

  package private(set) var entries: [Entry] = []
  /// By name, the entry that counts.
  package private(set) var settings: [String: Entry] = [:]

  package init(entries: [Entry] = []) {
    for entry in entries { append(entry) }
  }

  package mutating func append(_ entry: Entry) {
    entries.append(entry)
    settings[entry.name] = entry
  }

  package static func parse(
    _ bytes: Bytes, file: String, report: (Diagnostic) -> Void = { _ in }
  ) -> MainConfiguration {
    var result = MainConfiguration()
    for line in LogicalLine.all(in: bytes, of: file) {
      guard let entry = entry(of: line, report: report) else { continue }
      if let earlier = result.settings[entry.name] {
        report(overriding(earlier, by: entry))
      }
      result.append(entry)
    }
    return result
  }

  private static func overriding(_ earlier: Entry, by entry: Entry) -> Diagnostic {
    Diagnostic(
      .warning, .postfixOverridden(entry.name), at: entry.position, length: entry.name.utf8.count,
      notes: [Diagnostic.Note("first set here", at: earlier.position)])
  }

  private static func entry(of line: LogicalLine, report: (Diagnostic) -> Void) -> Entry? {
    let text = line.text
    let nameStart = text.firstIndex { !$0.isWhiteSpace } ?? 0
    let nameEnd = text[nameStart...].firstIndex { $0.isWhiteSpace || $0 == 0x3D } ?? text.count
    let equals = text[nameEnd...].firstIndex { !$0.isWhiteSpace }
    guard let equals, text[equals] == 0x3D else {
      report(Diagnostic(.error, .postfixMissingEquals(text.text), at: line.position(nameStart)))
      return nil
    }
    guard nameEnd > nameStart else {
      report(Diagnostic(.error, .postfixMissingName(), at: line.position(nameStart)))
      return nil
    }
    let rest = text[(equals + 1)...]
    return Entry(
      Bytes(text[nameStart..<nameEnd]).text, Bytes(rest).trimmed, line: line, nameOffset: nameStart,
      valueOffset: rest.firstIndex { !$0.isWhiteSpace } ?? text.count)
  }

  /// The text of the file: one line a setting, in order.
  package var rendered: Bytes {
    entries.reduce(into: []) { text, entry in
      text += Bytes(entry.name.utf8) + Bytes(ascii: " =")
      if !entry.value.isEmpty { text += [0x20] + entry.value }
      text.append(.newline)
    }
  }
}
