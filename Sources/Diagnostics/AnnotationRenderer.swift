// AnnotationRenderer.swift: a diagnostic as GitHub Actions reads it from a job's log.
//
//     ::error file=site.mc,line=14,col=1,title=WB4001::FEATURE(…) is not in the library
//
// The runner shows it beside the line in the change under review. Fails: never.

/// Renders diagnostics as workflow commands, one a line.
package struct AnnotationRenderer {
  package init() {}

  package func render(_ diagnostic: Diagnostic) -> String {
    let kind =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    var properties: [(String, String)] = []
    if let position = diagnostic.position {
      properties.append(("file", position.file))
      if position.line > 0 { properties.append(("line", String(position.line))) }
      if position.column > 0 { properties.append(("col", String(position.column))) }
    }
    properties.append(("title", diagnostic.message.code.label))
    let list = properties.map { "\($0.0)=\(Self.escaped($0.1, also: ":,"))" }.joined(separator: ",")
    let fix = diagnostic.message.fix.map { "\nfix: \($0)" } ?? ""
    return "::\(kind) \(list)::\(Self.escaped(diagnostic.message.text + fix))\n"
  }

  /// What would end the value or the line, as the runner reads it back.
  private static func escaped(_ text: String, also more: String = "") -> String {
    let special = "%\r\n" + more
    return text.unicodeScalars.map { scalar in
      guard special.unicodeScalars.contains(scalar) else { return String(scalar) }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "%" + String(repeating: "0", count: max(2 - digits.count, 0)) + digits
    }.joined()
  }
}
