// Test.swift: `waybill test`, assertions on routing.
//
// Everything is read and opened before the first test is run: a file with a fault in it
// must not end as a file whose tests hold.

import ArgumentParser
import Diagnostics
import MTA
import MailAddress
import Posix
import RouteChecks
import Routing
import YAML

struct Test: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", _superCommandName: Waybill.name,
    abstract: "Run routing tests: what is to become of an address, under which configuration.",
    discussion: """
      A file of routing tests names a configuration (a .mc, a sendmail.cf, a main.cf or the \
      folder of one) and what is to become of each address: who takes it, who refuses it with \
      which code, where it goes and under which addresses. docs/routing-tests.md describes it.

      Without `dns:` in the file every name is taken to exist, unless it ends in .invalid.

      Exit status: 0 when all tests hold, 1 when one fails, 65 for a fault in a file of tests, \
      66 for a file that is not there, 78 for a configuration with an error.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("The files of tests.", valueName: "file"))
  var files: [String]

  @ArgumentParser.Option(
    help: ArgumentHelp(
      "Run them under this configuration, whatever the files name; may be repeated.", valueName: "configuration"))
  var config: [String] = []

  @ArgumentParser.Option(
    help: ArgumentHelp("Stands in for /etc/mail, whatever the files name.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Host name for configurations that do not say their own.", valueName: "name"))
  var host: String?

  @ArgumentParser.Option(
    help: ArgumentHelp("Run tests with all of these words in their name, sender or recipient.", valueName: "words"))
  var filter: String?

  @ArgumentParser.Flag(help: "Answer in the Test Anything Protocol.")
  var tap = false

  @ArgumentParser.Option(
    help: ArgumentHelp("Write the results as JUnit XML, too; - for standard output instead.", valueName: "file"))
  var junit: String?

  @ArgumentParser.Flag(
    help: "Send the envelopes through the mail system under each configuration, and judge what it did.")
  var live = false

  @ArgumentParser.Flag(name: .shortAndLong, help: "Name the tests that hold, too.")
  var verbose = false

  @ArgumentParser.Flag(
    help: "Show each rule and look-up of a failed test, not only those that decide. --json always has them all.")
  var allSteps = false

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func validate() throws {
    let forms = [tap, compilerOptions.json, junit == "-"].count { $0 }
    if forms > 1 { throw ValidationError("--tap, --json and --junit - are forms of one answer: give one of them") }
  }

  func run() throws {
    let opened = try readSuites().map { try open($0) }
    let cases = opened.map { suite in suite.suite.cases.filter(isWanted) }
    if cases.allSatisfy(\.isEmpty) {
      throw failure(.badArguments, "no test has the words \"\(filter ?? "")\"", at: nil, .usage)
    }
    let groups = try zip(opened, cases).flatMap { opened, cases in
      try opened.configurations.map { configuration in
        if live { return try runLive(cases, configuration, opened) }
        return CheckGroup(
          opened.suite, cases, under: configuration.name, of: configuration.program, asking: configuration.asker,
          names: opened.names)
      }
    }
    try write(groups)
    if options.annotations { options.report.annotate(groups.flatMap { $0.results.flatMap(\.diagnostics) }) }
    let faults = opened.flatMap { $0.configurations.flatMap { $0.asker.locatedFaults() } }
    options.report.show(faults)
    // What a table would say that does not open, nobody knows.
    if !faults.isEmpty { throw ExitCode(ExitStatus.configuration.rawValue) }
    if groups.failures > 0 { throw ExitCode(1) }
  }

  private func runLive(
    _ cases: [RouteCase], _ configuration: OpenedConfiguration, _ opened: OpenedSuite
  ) throws -> CheckGroup {
    do throws(RuntimeError) {
      return try LiveChecks(configuration, names: opened.names).run(cases, of: opened.suite)
    } catch {
      throw reported(error, options)
    }
  }

  private func isWanted(_ test: RouteCase) -> Bool {
    let text = "\(test.name) \(test.sender.text) \(test.recipient.text)".lowercased()
    return (filter ?? "").lowercased().split(separator: " ").allSatisfy { text.contains($0) }
  }

  // MARK: before

  private struct OpenedSuite {
    let suite: RouteSuite
    let configurations: [OpenedConfiguration]
    let names: ClientNames?
  }

  /// The files of tests; ends with the faults of all of them.
  private func readSuites() throws -> [RouteSuite] {
    var suites: [RouteSuite] = []
    var status: ExitStatus?
    for file in files {
      let text: [UInt8]
      do throws(Errno) { text = try readFile(file) } catch {
        options.report.show([
          Diagnostic(.error, .init(.cannotRead, "cannot read \(file): \(error)"), at: SourcePosition(file: file))
        ])
        status = status ?? .noInput
        continue
      }
      var faults: [Diagnostic] = []
      if let suite = SuiteReader.read(text, file: file, report: { faults.append($0) }) {
        suites.append(suite)
      } else {
        status = status ?? .dataError
      }
      options.report.show(faults)
    }
    if let status { throw ExitCode(status.rawValue) }
    return suites
  }

  private func open(_ suite: RouteSuite) throws -> OpenedSuite {
    let names = try config.isEmpty ? suite.configurations.map { try place(of: $0, in: suite) } : config
    if names.isEmpty {
      throw failure(
        .yamlMissingKey, "a file of routing tests without `configuration'",
        at: SourcePosition(file: suite.path, line: 1, column: 1), .dataError,
        fix: "name one there, or with --config")
    }
    let opener = try SuiteOpener(suite, options: options, tables: tables, host: host)
    return OpenedSuite(suite: suite, configurations: try names.map { try opener.open($0) }, names: opener.names)
  }

  /// The path of a configuration that a file names; a fault is told there.
  private func place(of stated: Stated<String>, in suite: RouteSuite) throws -> String {
    let path = suite.place(of: stated.value)
    if exists(options.place(of: path)) { return path }
    throw failure(.cannotRead, "cannot read \(path): no such file or folder", at: stated.position, .noInput)
  }

  private func failure(
    _ code: MessageCode, _ text: String, at position: SourcePosition?, _ status: ExitStatus, fix: String? = nil
  ) -> ExitCode {
    options.report.show([Diagnostic(.error, .init(code, text, fix: fix), at: position)])
    return ExitCode(status.rawValue)
  }

  // MARK: after

  private func write(_ groups: [CheckGroup]) throws {
    let xml = JUnitResults(showsAllSteps: allSteps).render(groups)
    if let junit, junit != "-" { try writeReport(xml, to: junit) }
    if junit == "-" { return try writeOutput(xml) }
    if tap { return try writeOutput(TAPResults(showsAllSteps: allSteps).render(groups)) }
    if options.json { return try writeOutput(JSONResults().render(groups)) }
    let renderer = options.report.renderer(for: 1)
    try writeOutput(TerminalResults(renderer, listsAll: verbose, showsAllSteps: allSteps).render(groups))
  }

  private func writeReport(_ text: String, to path: String) throws {
    do throws(Errno) { try replaceFile(path, with: Array(text.utf8)) } catch {
      throw failure(.cannotWrite, "cannot write \(path): \(error)", at: nil, .cannotCreate)
    }
  }
}
