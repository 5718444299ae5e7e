// Check.swift: `waybill check`, everything that can be found without writing.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Say what is wrong with site files and configurations, and write nothing.",
    discussion: """
      A file that ends in .cf is read as sendmail would read it; any other one is compiled,
      and what it gives is read.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The files to check.", valueName: "file"))
  var files: [String]

  @OptionGroup var options: CompilerOptions

  func run() throws {
    var first: ExitCode?
    for file in files {
      do {
        let found = file.hasSuffix(".cf") ? try read(file) : try compile(file, options).diagnostics
        let warnings = found.count { $0.severity == .warning }
        if !options.json {
          try writeOutput("\(file): " + (warnings == 0 ? "no faults" : counted(warnings, "warning")) + "\n")
        }
      } catch let status as ExitCode {
        first = first ?? status
      }
    }
    if let first { throw first }
  }

  /// The warnings of a .cf; ends with its errors.
  private func read(_ file: String) throws -> [Diagnostic] {
    let report = Report(isJSON: options.json)
    let bytes = try readConfiguration(file, report)
    let found = faults(in: bytes, named: file, root: options.root)
    report.show(found)
    guard !found.contains(where: { $0.severity == .error }) else {
      throw ExitCode(ExitStatus.configuration.rawValue)
    }
    return found
  }
}
