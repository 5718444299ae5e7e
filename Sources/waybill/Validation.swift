// Validation.swift: what is wrong in a sendmail.cf.
//
// The .cf that a site file gives is read as sendmail would read it. A line of it that
// the admin wrote himself (LOCAL_CONFIG, LOCAL_RULE_0 …) stands in the site file as it
// is in the .cf: the fault is shown there. Files that the .cf names may be on another
// host, so that a class file that is not here is no fault.

import Diagnostics
import Installation
import MCCompiler
import Posix

/// The faults of a .cf.
func faults(in configuration: [UInt8], named name: String, root: String?) -> [Diagnostic] {
  let installation = Installation(
    configuration, named: name, root: FileRoot(root ?? ""), hostName: "localhost.localdomain")
  let found = installation.program.diagnostics.filter { $0.message.code != .badClassFile }
  return found + placesOfNUL(in: configuration, named: name)
}

/// sendmail reads a line up to its first NUL, and the rest is lost.
private func placesOfNUL(in configuration: [UInt8], named name: String) -> [Diagnostic] {
  guard configuration.contains(0) else { return [] }
  let lines = configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
  return lines.enumerated().compactMap { number, line in
    line.firstIndex(of: 0).map { index in
      Diagnostic(
        .error,
        .init(
          .unknownConfigurationLine, "a NUL byte: sendmail reads the line up to it and no further",
          fix: "take the byte out"),
        at: SourcePosition(file: name, line: number + 1, column: index - line.startIndex + 1))
    }
  }
}

/// The faults of the .cf that a site file gave, at their places in the site file.
func faults(in compilation: Compilation, root: String?) -> [Diagnostic] {
  let found = faults(in: compilation.configuration, named: generatedName, root: root)
  if found.isEmpty { return [] }
  let lines = compilation.configuration.split(separator: 0x0A, omittingEmptySubsequences: false)
  let written = compilation.source.split(separator: 0x0A, omittingEmptySubsequences: false)
  return found.map { diagnostic in
    guard let position = diagnostic.position, lines.indices.contains(position.line - 1),
      let index = written.firstIndex(of: lines[position.line - 1])
    else { return diagnostic }
    var moved = diagnostic
    moved.position = SourcePosition(
      file: compilation.path, line: index + 1, column: position.column)
    moved.notes.append(.init("in the .cf it is line \(position.line)"))
    return moved
  }
}

/// What a .cf is called that is not written yet.
let generatedName = "sendmail.cf"
