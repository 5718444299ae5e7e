// Build.swift: `waybill build`, a site file compiled into what a host needs.

import ArgumentParser
import Diagnostics
import Installation
import MCCompiler
import Posix
import SendmailCF
import Translation

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

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "The texts of the tables; stands in for /etc/mail. Databases are built from them.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Flag(help: "Write the Postfix side too, into the folder postfix of the output.")
  var postfix = false

  @ArgumentParser.Flag(help: "Print the .cf alone, and write nothing.")
  var stdout = false

  @OptionGroup var options: CompilerOptions

  func run() throws {
    let compilation = try compile(file, options, settingsFolder: tables)
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
    let built = try tables.map { try buildTables($0, compilation, into: folder) } ?? []
    try tell(path, compilation, built, folder)
    if postfix { try writePostfix(compilation, into: folder + "/postfix") }
  }

  private func writePostfix(_ compilation: Compilation, into folder: String) throws {
    let output = PostfixOutput(folder: folder, report: Report(isJSON: options.json) { _ in nil })
    let result = try output.write(
      CFReader.read(compilation.configuration, name: "sendmail.cf"), calls: compilation.calls,
      tables: TableSource(folder: tables, root: options.root))
    try writeOutput(options.json ? result.report.json : output.summary(result))
  }

  /// Builds the databases and copies the class files that the .cf names.
  private func buildTables(
    _ sources: String, _ compilation: Compilation, into folder: String
  ) throws -> [BuiltTable] {
    let installation = Installation(
      compilation.configuration, named: folder + "/sendmail.cf",
      root: FileRoot(root: options.root, settingsFolder: sources), hostName: "localhost.localdomain")
    let report = Report(isJSON: options.json) { position in
      guard let text = try? readFile(position.file) else { return nil }
      let lines = text.split(separator: 0x0A, omittingEmptySubsequences: false)
      return lines.indices.contains(position.line - 1) ? Array(lines[position.line - 1]) : nil
    }
    var diagnostics: [Diagnostic] = []
    let built = installation.buildTables(from: sources, into: folder) { diagnostics.append($0) }
    report.show(diagnostics)
    guard let built else { throw ExitCode(ExitStatus.dataError.rawValue) }
    for file in installation.files where file.kind == .text || file.kind == .aliases {
      let source = sources + "/" + file.name
      guard source != folder + "/" + file.name, let text = try? readFile(source) else { continue }
      try write(text, to: folder + "/" + file.name)
    }
    if let accounts = try? readFile(sources + "/passwd") { try write(accounts, to: folder + "/passwd") }
    return built
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    do throws(Errno) { try replaceFile(path, with: bytes) } catch {
      Report(isJSON: options.json) { _ in nil }.show([
        Diagnostic(.error, .init(.cannotWrite, "cannot write \(path): \(error)"), at: SourcePosition(file: path))
      ])
      throw ExitCode(ExitStatus.cannotCreate.rawValue)
    }
  }

  private func tell(
    _ path: String, _ compilation: Compilation, _ built: [BuiltTable], _ folder: String
  ) throws {
    if options.json {
      let answer = JSONValue.object([
        ("configuration", .string(path)), ("bytes", .number(compilation.configuration.count)),
        (
          "tables",
          .array(built.map { .object([("name", .string($0.name)), ("entries", .number($0.entries))]) })
        ),
      ])
      try writeOutput(answer.text + "\n")
      return
    }
    let lines = compilation.configuration.count { $0 == 0x0A }
    try writeOutput("wrote \(path) (\(counted(lines, "line")))\n")
    for table in built {
      try writeOutput("built \(folder)/\(table.name).db (\(counted(table.entries, "entry", "entries")))\n")
    }
  }
}
