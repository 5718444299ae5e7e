// Report.swift: diagnostics and answers on their way to people and programs.

import ArgumentParser
import Diagnostics
import Glibc
import Posix

/// Writes text to standard error.
func writeError(_ text: String) {
  // Nowhere is left to say that this failed.
  try? writeAll(2, Array(text.utf8))
}

/// Writes bytes to standard output; a failure ends the command.
func writeOutput(_ bytes: [UInt8]) throws {
  do throws(Errno) { try writeAll(1, bytes) } catch {
    // The reader of a pipe went away: nobody waits for the rest.
    if error.code == EPIPE { throw ExitCode(0) }
    writeError("waybill: cannot write the output: \(error)\n")
    throw ExitCode(ExitStatus.inputOutput.rawValue)
  }
}

func writeOutput(_ text: String) throws { try writeOutput(Array(text.utf8)) }

/// Shows findings as the options want them.
struct Report {
  let isJSON: Bool
  let sourceLine: (SourcePosition) -> [UInt8]?

  func show(_ diagnostics: [Diagnostic]) {
    if isJSON {
      let renderer = JSONRenderer()
      for diagnostic in diagnostics { writeError(renderer.render(diagnostic)) }
      return
    }
    let wantsColour = isatty(2) == 1 && getenv("NO_COLOR") == nil
    let renderer = TerminalRenderer(colour: wantsColour, sourceLine: sourceLine)
    for diagnostic in diagnostics { writeError(renderer.render(diagnostic)) }
  }
}

/// `3 warnings`, `1 warning`.
func counted(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
  number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
}
