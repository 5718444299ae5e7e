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
    var text = JSONText()
    text.add(self)
    return text.text
  }
}
