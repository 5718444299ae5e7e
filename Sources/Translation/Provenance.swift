// Provenance.swift: where a line of the Postfix side comes from.
//
// A translation is trusted when every line says whose decision it is: a line of
// the site file, an entry of a table, or a default that the two systems do not
// share.

import Diagnostics
import MCCompiler

/// What made us write a line.
package struct Provenance: Sendable, Hashable {
  package var position: SourcePosition?
  /// The call, the line or the reason, in one line.
  package var what: String

  package init(_ what: String, at position: SourcePosition? = nil) {
    self.what = what
    self.position = position
  }

  /// A call as the site file has it; a long one is cut.
  init(_ call: SiteCall) {
    self.init(Self.text(of: call), at: call.position)
  }

  static func text(of call: SiteCall) -> String {
    let arguments = call.arguments.map { "`" + String(decoding: $0, as: UTF8.self) + "'" }
    let text = arguments.isEmpty ? call.name : call.name + "(" + arguments.joined(separator: ", ") + ")"
    let line = String(text.prefix { !$0.isNewline })
    return line.count < 100 && line == text ? line : line.prefix(96) + " …"
  }

  /// For what holds in sendmail although nobody wrote it.
  package static func standard(_ what: String) -> Self { Provenance("sendmail's default: " + what) }

  /// `sendmail.mc:12 FEATURE(`mailertable')`, with the name of the file but not its folder.
  package var text: String {
    guard let position else { return what }
    let place = position.file.fileName + (position.line > 0 ? ":\(position.line)" : "")
    return what.isEmpty ? place : place + " " + what
  }

  /// As a comment line.
  var comment: String { "# from " + text.map { $0.isNewline ? " " : String($0) }.joined() }
}
