// TranslationReport.swift: what became of everything the input says.
//
// One row for every call, class line, cf macro, map, option, ruleset, mailer and
// header of the input, and for table entries that lose something. Nothing is
// dropped in silence: what nobody knows gets a row that says so.

import Diagnostics

/// How well something could be translated.
package enum Verdict: String, Sendable, CaseIterable {
  /// The Postfix side does the same.
  case exact
  /// It does the same in the usual case; the reason says where it differs.
  case approximate
  /// A person has to decide or write something.
  case manual
  /// Postfix has no such thing, or needs none.
  case none
}

package struct TranslationReport: Sendable, Equatable {
  /// What kind of thing a row is about.
  package enum Kind: String, Sendable, CaseIterable {
    case call, option, `class`
    case classFile = "class file"
    case macro, map, ruleset, mailer, header,
      other
    case tableEntry = "table entry"
    case defaults = "default"
  }

  package struct Row: Sendable, Equatable {
    package var kind: Kind
    package var subject: String
    package var position: SourcePosition?
    package var verdict: Verdict
    /// Parameters, services or tables; `-` for nothing.
    package var postfix: String
    package var reason: String
  }

  package var rows: [Row] = []

  package func count(_ kind: Kind) -> Int { rows.count { $0.kind == kind } }
  package func count(_ verdict: Verdict) -> Int { rows.count { $0.verdict == verdict } }
}

extension TranslationReport {
  /// For people: what is left to do first, then the rest by kind.
  package var text: String {
    var text = "Translation report\n\n"
    for verdict in Verdict.allCases {
      text += "  \(verdict.rawValue): \(count(verdict))\n"
    }
    let groups: [(String, [Row])] = [
      ("To be done by hand", rows.filter { $0.verdict == .manual }),
      ("Differs in corner cases", rows.filter { $0.verdict == .approximate }),
      ("The same", rows.filter { $0.verdict == .exact }),
      ("Without counterpart", rows.filter { $0.verdict == .none }),
    ]
    for (title, rows) in groups where !rows.isEmpty {
      text += "\n\(title)\n\(String(repeating: "-", count: title.count))\n"
      for row in rows { text += Self.paragraph(row) }
    }
    return text
  }

  private static func paragraph(_ row: Row) -> String {
    let place = row.position.map { "\($0): " } ?? ""
    var text = "\n\(place)\(row.kind.rawValue) \(row.subject.shown)\n"
    if row.postfix != "-" { text += "    Postfix: \(row.postfix.shown)\n" }
    return row.reason.isEmpty ? text : text + "    \(row.reason.shown)\n"
  }

  /// For programs: one object.
  package var json: String {
    JSONValue.object([
      ("counts", .object(Verdict.allCases.map { ($0.rawValue, .number(count($0))) })),
      ("rows", .array(rows.map(Self.object))),
    ]).text
  }

  private static func object(_ row: Row) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("kind", .string(row.kind.rawValue)), ("subject", .string(row.subject.shown)),
    ]
    if let position = row.position {
      members += [("file", .string(position.file)), ("line", .number(position.line))]
    }
    members += [
      ("verdict", .string(row.verdict.rawValue)), ("postfix", .string(row.postfix.shown)),
      ("reason", .string(row.reason.shown)),
    ]
    return .object(members)
  }
}
