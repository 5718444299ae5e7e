// SetupPlace.swift: the folder that `waybill setup` works on: what is there, and what
// would come of new texts.
//
// New texts are put into a temporary folder with the rest of the configuration, and all is
// built and asked there, so that what is shown is what will be, and nothing has changed.

import ArgumentParser
import Diagnostics
import Equivalence
import Installation
import MCCompiler
import Posix
import PostfixRouting
import Setup
import Translation

/// A file that setup writes.
struct SetupFile {
  let name: String
  let bytes: [UInt8]
  /// What is there now.
  let old: [UInt8]?

  var isDatabase: Bool { name.hasSuffix(".db") }
  /// Whether people wrote it.
  var isText: Bool { !isDatabase && name != "sendmail.cf" }
}

/// A configuration that is complete, but not in its place.
struct BuiltSetup {
  struct Route {
    let words: String
    let warning: Diagnostic?
    let object: JSONValue
  }

  /// Those that are not there, or different.
  var changes: [SetupFile] = []
  var routes: [Route] = []
  var pidFile = ""

  var json: JSONValue {
    .object([
      ("changes", .array(changes.map { .string($0.name) })), ("routes", .array(routes.map(\.object))),
    ])
  }
}

struct SetupPlace {
  let options: CompilerSettings
  let root: FileRoot

  init(_ options: CompilerSettings) {
    self.options = options
    root = FileRoot(options.root ?? "")
  }

  /// Below the root only: what is there will be written to.
  var folder: String { root + Self.settings }
  private static let settings = "/etc/mail"

  func shown(_ name: String) -> String { folder + "/" + name }

  func failure(_ status: ExitStatus, _ message: Diagnostic.Message, at file: String) -> ExitCode {
    options.report.show([Diagnostic(.error, message, at: SourcePosition(file: file))])
    return ExitCode(status.rawValue)
  }

  func changedSince(_ name: String) -> Diagnostic {
    Diagnostic(
      .warning,
      .init(
        .setupBackup, "\(name) was changed after setup had written it; the change would be lost",
        fix: "keep a copy of it, and take it back at a terminal, which asks"), at: SourcePosition(file: shown(name)))
  }

  // MARK: what is found

  func survey() throws -> FoundHost {
    var found = FoundHost()
    var host = options
    host.root = options.root ?? "/"
    found.systemName = host.hostBelowRoot
    found.mailName = (try? readFile(root + "/etc/mailname")).map { show(Array($0.prefix { $0 > 0x20 })) }
    found.isDebian = exists(root + "/etc/debian_version")
    found.user = firstUser ?? "root"
    for name in Self.textNames where exists(shown(name)) {
      do throws(Errno) { found.texts[name] = try readFile(shown(name)) } catch {
        throw failure(.noInput, .init(.cannotRead, "cannot read \(shown(name)): \(error)"), at: shown(name))
      }
    }
    if let text = found.texts["sendmail.mc"] {
      found.calls = try options.compiler(settingsFolder: folder).compile(text, named: shown("sendmail.mc")).calls
    }
    return found
  }

  private static let textNames = [
    "sendmail.mc", "sendmail.conf", "local-host-names", "access", "mailertable", "virtusertable", "genericstable",
    "aliases",
  ]

  /// The first account of a person.
  private var firstUser: String? {
    for line in show((try? readFile(root + "/etc/passwd")) ?? []).split(separator: "\n") {
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      if fields.count > 6, let number = Int(fields[2]), (1000..<60000).contains(number) { return String(fields[0]) }
    }
    return nil
  }

  // MARK: what would be

  /// - Throws: the exit status, once what is wrong is shown.
  func build(_ texts: [(name: String, bytes: [UInt8])], _ answers: Answers, _ found: FoundHost) throws -> BuiltSetup {
    let made = withTemporaryFolder { (aside) -> Result<BuiltSetup, any Error> in
      Result { try build(texts.sorted { rank($0.name) < rank($1.name) }, answers, found, in: aside) }
    }
    switch made {
    case .success(let result): return try result.get()
    case .failure(let error):
      throw failure(.cannotCreate, .init(.cannotWrite, "no temporary folder can be made: \(error)"), at: "")
    }
  }

  private func rank(_ name: String) -> Int { Self.textNames.firstIndex(of: name) ?? Self.textNames.count }

  private func build(
    _ texts: [(name: String, bytes: [UInt8])], _ answers: Answers, _ found: FoundHost, in aside: String
  ) throws -> BuiltSetup {
    try copyOthers(than: texts.map(\.name), to: aside)
    var staged = StagedOutput(Report(isJSON: options.json, isAnnotating: options.annotations) { line($0, in: texts) })
    for text in texts { try staged.add(aside + "/" + text.name, text.bytes) }
    try staged.putIntoPlace()
    let site = texts.first { $0.name == "sendmail.mc" }
    let compilation = try compile(shown("sendmail.mc"), options, settingsFolder: aside, text: site?.bytes)
    try staged.add(aside + "/sendmail.cf", compilation.configuration)
    let installation = Installation(
      compilation.configuration, named: generatedName, root: FileRoot(root: options.root, settingsFolder: aside),
      hostName: answers.hostName)
    let databases = try buildTables(installation, aside, &staged)
    try staged.putIntoPlace()
    var built = BuiltSetup()
    built.changes = try changes(texts, databases, aside)
    built.routes = routes(installation, answers, found, aside)
    built.pidFile = installation.program.options.text("PidFile") ?? "/var/run/sendmail.pid"
    return built
  }

  /// A line of a text that is not in its place.
  private func line(_ position: SourcePosition, in texts: [(name: String, bytes: [UInt8])]) -> [UInt8]? {
    let text = texts.first { shown($0.name) == position.file }?.bytes
    let lines = text?.split(separator: 0x0A, omittingEmptySubsequences: false) ?? []
    return lines.indices.contains(position.line - 1) ? Array(lines[position.line - 1]) : nil
  }

  /// Lists and tables that the .cf names and no question is about.
  private func copyOthers(than names: [String], to aside: String) throws {
    var staged = StagedOutput(options.report)
    for name in namesInFolder(folder) where !names.contains(name) && !name.hasSuffix(".db") && name != "sendmail.cf" {
      guard !isFolder(shown(name)), let bytes = try? readFile(shown(name)) else { continue }
      try staged.add(aside + "/" + name, bytes)
    }
    try staged.putIntoPlace()
  }

  /// - Returns: the names of the databases.
  private func buildTables(
    _ installation: Installation, _ aside: String, _ staged: inout StagedOutput
  ) throws -> [String] {
    var faults: [Diagnostic] = []
    let tables: [BuiltTable]?
    do throws(ReplacementSet.Failure) {
      tables = try installation.buildTables(from: aside, into: aside, output: &staged.set) { fault in
        var fault = fault
        if let position = fault.position, position.file.hasPrefix(aside) {
          fault.position = SourcePosition(
            file: folder + position.file.dropFirst(aside.count), line: position.line, column: position.column)
        }
        faults.append(fault)
      }
    } catch {
      throw staged.ending(error)
    }
    staged.report.show(faults)
    guard let tables else { throw ExitCode(ExitStatus.dataError.rawValue) }
    return tables.map { $0.name + ".db" }
  }

  private func changes(
    _ texts: [(name: String, bytes: [UInt8])], _ databases: [String], _ aside: String
  ) throws -> [SetupFile] {
    let made = try (["sendmail.cf"] + databases).map { ($0, try readFile(aside + "/" + $0)) }
    return (texts.map { ($0.name, $0.bytes) } + made)
      .map { name, bytes in SetupFile(name: name, bytes: bytes, old: try? readFile(shown(name))) }
      .filter { $0.bytes != $0.old }
  }

  private func routes(
    _ installation: Installation, _ answers: Answers, _ found: FoundHost, _ aside: String
  ) -> [BuiltSetup.Route] {
    let system = MailSystem(installation, tables: TableSource(folder: aside, root: options.root), named: generatedName)
    return TellingAddress.all(answers, found).map { question in
      let answer = system.answer(question.envelope)
      return BuiltSetup.Route(
        words: question.words(answer), warning: question.warning(answer), object: question.object(answer))
    }
  }
}
