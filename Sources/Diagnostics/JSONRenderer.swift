// JSONRenderer.swift: a diagnostic as a program reads it.
//
// One object a line, so that a consumer can read them as they come.

/// Renders diagnostics as JSON, one object a line.
package struct JSONRenderer {
  package init() {}

  package func render(_ diagnostic: Diagnostic) -> String {
    var object: [(String, JSONValue)] = [
      ("severity", .string(diagnostic.severity.rawValue)),
      ("code", .string(diagnostic.message.code.label)),
      ("name", .string(diagnostic.message.code.name)),
      ("message", .string(diagnostic.message.text)),
    ]
    if let position = diagnostic.position { object += fields(of: position) }
    if let fix = diagnostic.message.fix { object.append(("fix", .string(fix))) }
    if !diagnostic.notes.isEmpty {
      object.append(
        (
          "notes",
          .array(
            diagnostic.notes.map { note in
              .object((note.position.map(fields) ?? []) + [("message", .string(note.text))])
            })
        ))
    }
    return JSONValue.object(object).text + "\n"
  }

  private func fields(of position: SourcePosition) -> [(String, JSONValue)] {
    [
      ("file", .string(position.file)), ("line", .number(position.line)),
      ("column", .number(position.column)),
    ]
  }
}

/// A JSON value to be written; keys keep their order, so that the same answer
/// is the same bytes.
package indirect enum JSONValue: Sendable {
  case null
  case bool(Bool)
  case number(Int)
  case string(String)
  case array([JSONValue])
  case object([(String, JSONValue)])

  /// The value on one line.
  package var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): String(value)
    case .string(let value): Self.quoted(value)
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case let control where control.value < 0x20 || control.value == 0x7F:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
