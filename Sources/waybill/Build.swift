// Build.swift: `waybill build`, a site file compiled into what a host needs.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix

struct Build: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Compile a .mc file to sendmail.cf, with its tables and its Postfix side.",
    discussion: """
      Nothing is written when the file has an error. Each file is written aside and
      renamed when it is complete, so that a running system never reads half of one.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The site file.", valueName: "file.mc"))
  var file: String

  @ArgumentParser.Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Where the results go; default: beside the file.", valueName: "folder"))
  var output: String?

  @ArgumentParser.Flag(help: "Print the .cf alone, and write nothing.")
  var stdout = false

  @OptionGroup var options: CompilerOptions

  func run() throws {
    let compilation = try compile(file, options)
    if stdout {
      try writeOutput(compilation.configuration)
      return
    }
    let folder = output ?? folderOf(file)
    let path = folder + "/sendmail.cf"
    do throws(Errno) {
      try makeFolders(folder)
      try replaceFile(path, with: compilation.configuration)
    } catch {
      Report(isJSON: options.json) { _ in nil }.show([
        Diagnostic(
          .error, .init(.cannotWrite, "cannot write \(path): \(error); nothing was changed"),
          at: SourcePosition(file: path))
      ])
      throw ExitCode(ExitStatus.cannotCreate.rawValue)
    }
    if options.json {
      let answer = JSONValue.object([
        ("files", .array([.string(path)])), ("bytes", .number(compilation.configuration.count)),
      ])
      try writeOutput(answer.text + "\n")
    } else {
      try writeOutput("wrote \(path)\n")
    }
  }
}

private func folderOf(_ path: String) -> String {
  path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
}
