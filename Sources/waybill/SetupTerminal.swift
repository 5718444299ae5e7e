// SetupTerminal.swift: a person at a terminal: questions out, lines in.
//
// Lines are edited by the terminal itself, so that its width does not matter and nothing
// is left behind in it. Ctrl-C and a closed terminal end the command by their signals;
// nothing is written before the last question.
//
// Fails: without a terminal; where the input ends before all is answered.

import ArgumentParser
import Diagnostics
import Glibc
import Posix
import Setup

struct Terminal {
  enum Reply { case yes, no, back }

  static var isThere: Bool { isatty(0) == 1 }

  /// - Throws: the exit status, once it is said that there is none.
  init(_ report: Report) throws {
    if Self.isThere { return }
    report.show([
      Diagnostic(
        .error,
        .init(
          .noTerminal, "the standard input is no terminal, and nobody can be asked",
          fix: "give --answers with a file; waybill setup --write-answers writes one"))
    ])
    throw ExitCode(ExitStatus.usage.rawValue)
  }

  private func ask(_ prompt: String) throws -> String {
    try writeOutput(prompt)
    if let line = readLine() { return line }
    writeError("\nwaybill: the input ended before all was answered; nothing was changed\n")
    throw ExitCode(ExitStatus.noInput.rawValue)
  }

  /// Asks until all is answered.
  func run(_ dialogue: inout Dialogue) throws {
    while !dialogue.isFinished {
      let line = try ask(dialogue.prompt)
      try writeOutput(dialogue.hear(line))
    }
  }

  /// Any word that begins with y or n will do; the Enter key is yes.
  func yesNo(_ question: String, help: String) throws -> Reply {
    while true {
      let line = try ask("\n\(question) [yes] ").split { $0 == " " || $0 == "\t" }.joined(separator: " ")
      switch line.lowercased().first {
      case nil, "y": return .yes
      case "n": return .no
      case "<": return .back
      case "?": try writeOutput("  \(help)\n  Answer yes or no; < goes back.\n")
      default: try writeOutput("  Answer yes or no; ? helps.\n")
      }
    }
  }

  /// Asks about a configuration that is there already.
  ///
  /// - Returns: whether it is taken as it is; else there are questions to answer.
  func takesExisting(_ found: FoundHost, _ place: SetupPlace) throws -> Bool {
    guard found.has("sendmail.mc") else { return false }
    while true {
      let settings = place.shown("sendmail.conf")
      switch try yesNo("Configure sendmail with the existing \(settings)?", help: "It says how the daemon is run.") {
      case .no:
        try writeOutput("Edit \(settings) and run waybill setup again.\n")
        throw ExitCode(0)
      case .back:
        try writeOutput("  This is the first question.\n")
        continue
      case .yes: break
      }
      let faults = DaemonSettings(found.texts["sendmail.conf"] ?? []).faults(file: settings)
      place.options.report.show(faults)
      if !faults.isEmpty { throw ExitCode(ExitStatus.configuration.rawValue) }
      let help = "With yes it is built as it is. With no there are questions, and it proposes answers to them."
      switch try yesNo("Configure sendmail with the existing \(place.shown("sendmail.mc"))?", help: help) {
      case .yes: return true
      case .no: return false
      case .back: continue
      }
    }
  }
}
