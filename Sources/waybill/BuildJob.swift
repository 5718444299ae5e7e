// BuildJob.swift: `waybill build`, a site file compiled into what a host needs.

import ArgumentParser
import Diagnostics
import Installation
import MCCompiler
import Posix
import SendmailCF
import Translation

/// What came of the tables of a site.
private struct TableResults {
  var built: [BuiltTable] = []
  /// Files that the .cf names and that are read as they are, and the accounts.
  var copied: [String] = []
}

/// What to build; each as the option of that name.
struct BuildJob {
  var file: String
  var output: String?
  var tables: String?
  var host: String?
  var postfix = false
  /// Who may come in on the Postfix side; nil for everybody.
  var entrance: ClosedPort?
  var stdout = false
  /// Run for real once it is built.
  var isValidated = false
  var options = CompilerSettings()
  /// A rule for make that is wanted, too.
  var rule: RuleRequest?
  let log = BuildLog()

  init(file: String) { self.file = file }

  func run() throws {
    let file = options.place(of: file)
    let tables = tables.map { options.place(of: $0) }
    let compilation = try compile(file, options, settingsFolder: tables)
    log.add(compilation)
    let folder = output ?? folderOf(file)
    if stdout {
      try writeOutput(compilation.configuration)
      var staged = StagedOutput(Report(isJSON: options.json))
      try addRule(about: folder + "/sendmail.cf", to: &staged)
      try staged.putIntoPlace()
      return
    }
    let path = folder + "/sendmail.cf"
    let report = Report(isJSON: options.json)
    if let tables { try requireFolder(tables, "--tables", report) }
    var staged = StagedOutput(report)
    let (results, summary) = try stage(compilation, tables, folder, &staged)
    if let rule, rule.isAlone {
      try printRule(rule, about: path)
      return
    }
    try addRule(about: path, to: &staged)
    try staged.putIntoPlace()
    try tell(path, compilation, results, folder)
    if let summary { try writeOutput(summary) }
    if isValidated { try BuiltProof(folder: folder, postfix: postfix, host: host, options: options).run() }
  }

  private func stage(
    _ compilation: Compilation, _ tables: String?, _ folder: String, _ staged: inout StagedOutput
  ) throws -> (TableResults, summary: String?) {
    try staged.makeFolder(folder)
    try staged.add(folder + "/sendmail.cf", compilation.configuration)
    if let map = compilation.map {
      let text = SourceMapFile.text(map, of: compilation.configuration, in: folder)
      try staged.add(folder + "/sendmail.cf" + SourceMapFile.ending, text)
    }
    let results = try tables.map { try buildTables($0, compilation, into: folder, &staged) } ?? TableResults()
    return (results, postfix ? try addPostfix(compilation, tables, folder + "/postfix", &staged) : nil)
  }

  /// Adds the rule that is wanted, if one is.
  func addRule(about path: String, to staged: inout StagedOutput) throws {
    guard let rule else { return }
    let text = try rule.text(log, about: path, staged.report)
    try staged.add(rule.file ?? path + ".d", Array(text.utf8))
  }

  /// Prints the rule, or writes it where `-MF` says.
  func printRule(_ rule: RuleRequest, about path: String) throws {
    let report = Report(isJSON: options.json)
    let text = try rule.text(log, about: path, report)
    guard let file = rule.file else { return try writeOutput(text) }
    var staged = StagedOutput(report)
    try staged.add(file, Array(text.utf8))
    try staged.putIntoPlace()
  }

  /// Adds what comes of the file to what others build, too.
  func build(to staged: inout StagedOutput) throws {
    let compilation = try compile(file, options, settingsFolder: tables)
    log.add(compilation)
    _ = try stage(compilation, tables, output ?? folderOf(file), &staged)
  }

  /// - Returns: what there is to say about the Postfix side.
  private func addPostfix(
    _ compilation: Compilation, _ tables: String?, _ folder: String, _ staged: inout StagedOutput
  ) throws -> String {
    var output = PostfixOutput(folder: folder, report: staged.report, hostName: host ?? options.hostBelowRoot)
    output.entrance = entrance
    var source = TableSource(folder: tables, root: options.root)
    source.onRead = { [log] in log.add($0) }
    let result = try output.write(
      CFReader.read(compilation.configuration, name: "sendmail.cf"), calls: compilation.calls,
      tables: source, to: &staged)
    return options.json ? result.report.json : output.summary(result)
  }

  /// Builds the databases and copies the class files that the .cf names.
  private func buildTables(
    _ sources: String, _ compilation: Compilation, into folder: String, _ staged: inout StagedOutput
  ) throws -> TableResults {
    let installation = Installation(
      compilation.configuration, named: folder + "/sendmail.cf",
      root: FileRoot(root: options.root, settingsFolder: sources), hostName: "localhost.localdomain")
    var diagnostics: [Diagnostic] = []
    let built: [BuiltTable]?
    do throws(ReplacementSet.Failure) {
      for name in installation.files.map(\.name) where exists(sources + "/" + name) { log.add(sources + "/" + name) }
      built = try installation.buildTables(from: sources, into: folder, output: &staged.set) {
        diagnostics.append($0)
      }
    } catch {
      throw staged.ending(error)
    }
    staged.report.show(diagnostics)
    guard let built else {
      let isUnreadable = diagnostics.allSatisfy { $0.message.code == .cannotRead }
      throw ExitCode((isUnreadable ? ExitStatus.noInput : .dataError).rawValue)
    }
    var results = TableResults(built: built)
    let named = installation.files.filter { $0.kind == .text || $0.kind == .aliases }.map(\.name)
    for name in named + ["passwd"] where sources != folder && !results.copied.contains(name) {
      guard let text = try? readFile(sources + "/" + name) else { continue }
      log.add(sources + "/" + name)
      try staged.add(folder + "/" + name, text)
      results.copied.append(name)
    }
    return results
  }

  private func tell(
    _ path: String, _ compilation: Compilation, _ results: TableResults, _ folder: String
  ) throws {
    if options.json {
      let answer = JSONValue.object([
        ("configuration", .string(path)), ("bytes", .number(compilation.configuration.count)),
        (
          "tables",
          .array(results.built.map { .object([("name", .string($0.name)), ("entries", .number($0.entries))]) })
        ), ("copied", .array(results.copied.map { .string($0) })),
      ])
      try writeOutput(answer.text + "\n")
      return
    }
    let lines = compilation.configuration.withUnsafeBufferPointer { $0.reduce(0) { $0 &+ ($1 == 0x0A ? 1 : 0) } }
    try writeOutput("wrote \(path) (\(counted(lines, "line")))\n")
    for table in results.built {
      try writeOutput("built \(folder)/\(table.name).db (\(counted(table.entries, "entry", "entries")))\n")
    }
    if !results.copied.isEmpty {
      try writeOutput("copied into \(folder): \(results.copied.joined(separator: ", "))\n")
    }
  }
}
