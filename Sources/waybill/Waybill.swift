// Waybill.swift: the waybill command and its subcommands.
//
// Each subcommand has a file of its own; what several share is in
// `SharedOptions.swift` and `Report.swift`. Here are only words and printing: the
// work is done by the libraries. Subcommands state their names, because working
// one out from the type costs a tenth of the start.

import ArgumentParser
import Glibc
import Posix

@main
struct Waybill: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "waybill",
    abstract: "Compile, check, translate and compare mail configurations.",
    subcommands: [Build.self, Check.self, Trace.self, Compare.self, Translate.self])

  /// Wrong usage ends with 64, as sysexits.h wants, whatever the subcommand.
  static func main() {
    holdStandardDescriptors()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let status as ExitCode {
      Glibc.exit(status.rawValue)
    } catch {
      let status = exitCode(for: error)
      if status.isSuccess { exit(withError: error) }
      writeError(fullMessage(for: error) + "\n")
      Glibc.exit(64)
    }
  }
}
