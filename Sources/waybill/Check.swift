// Check.swift: `waybill check`, everything that can be found without writing.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with site files, and write nothing.")

  @ArgumentParser.Argument(help: ArgumentHelp("The files to check.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: CompilerOptions

  func run() throws {
    var worst: ExitCode?
    for file in files {
      do {
        let compilation = try compile(file, options)
        let warnings = compilation.diagnostics.count { $0.severity == .warning }
        if !options.json {
          try writeOutput("\(file): " + (warnings == 0 ? "no faults" : counted(warnings, "warning")) + "\n")
        }
      } catch let status as ExitCode {
        worst = status
      }
    }
    if let worst { throw worst }
  }
}
