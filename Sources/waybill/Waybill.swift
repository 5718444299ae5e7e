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
  static let name = "waybill"
  static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Compile, check, translate and compare mail configurations.",
    version: "waybill 0.1",
    subcommands: [
      Build.self, Check.self, Trace.self, Test.self, Compare.self, Translate.self, SetupCommand.self, Serve.self,
      Simulate.self,
      Graph.self,
    ])

  /// A subcommand is read as a command of its own (its `_superCommandName` says of which):
  /// the way through the tree costs as much as compiling a site file. Where it cannot be
  /// read so, the tree has better words for the mistake.
  private static func chosen(_ arguments: ArraySlice<String>) throws -> any ParsableCommand {
    let named = configuration.subcommands.first { $0.configuration.commandName == arguments.first }
    return try (try? named?.parseAsRoot(Array(arguments.dropFirst()))) ?? parseAsRoot(Array(arguments))
  }

  /// `-DNAME=VALUE` in one word, as m4 takes it, is `-D NAME=VALUE` to the parser.
  private static func separated(_ arguments: ArraySlice<String>) -> ArraySlice<String> {
    let options = arguments.prefix { $0 != "--" }
    let words = options.flatMap { word in
      word.hasPrefix("-D") && word.utf8.count > 2 ? ["-D", String(word.dropFirst(2))] : [word]
    }
    return words[...] + arguments.dropFirst(options.count)
  }

  /// Wrong usage ends with 64, as sysexits.h wants, whatever the subcommand.
  static func main() {
    keepFreedMemory()
    holdStandardDescriptors()
    do {
      let words = CommandLine.arguments.dropFirst()
      if let job = BuildJob(plainWords: words) { return try job.isOfSite ? SiteBuild(job).run() : job.run() }
      var command = try chosen(separated(words))
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
