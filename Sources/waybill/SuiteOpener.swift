// SuiteOpener.swift: the configurations that a file of routing tests is run under, opened.
//
// Each is opened once, whatever the number of tests. Paths in the file are relative to its
// folder; the command line's go before it.

import ArgumentParser
import Diagnostics
import Installation
import MTA
import MailAddress
import Posix
import PostfixConfig
import PostfixRouting
import Resolver
import RouteChecks
import Routing

/// A configuration that answers.
struct OpenedConfiguration {
  let name: String
  let program: MailProgram
  let asker: EngineAsker
  /// The same for the runtime.
  let loaded: () -> LoadedConfiguration
}

/// Asks an engine; places in inline files are told as places in the tests.
struct EngineAsker: RouteAsker {
  let router: any MailRouter
  let setTracing: (Bool) -> Void
  let inline: InlineFiles
  /// What came to light while it answered: tables that do not open.
  let faults: () -> [Diagnostic]

  func answer(_ envelope: Envelope) -> EnvelopeAnswer { router.answer(envelope) }

  func traced(_ envelope: Envelope) -> EnvelopeAnswer {
    setTracing(true)
    defer { setTracing(false) }
    var answer = router.answer(envelope)
    answer.trace = answer.trace.map(located)
    for index in answer.recipients.indices {
      answer.recipients[index].trace = answer.recipients[index].trace.map(located)
    }
    return answer
  }

  func locatedFaults() -> [Diagnostic] { faults().map(inline.located) }

  private func located(_ step: TraceStep) -> TraceStep {
    var step = step
    step.position = step.position.map(inline.located)
    return step
  }
}

/// Opens what a suite names.
struct SuiteOpener {
  private let suite: RouteSuite
  private let inline: InlineFiles
  private let resolver: ZoneResolver?
  private let statedHost: String?
  private var place: ConfigurationPlace
  private let report: Report

  /// - Throws: the exit status, once the reason is shown.
  init(_ suite: RouteSuite, options: CompilerSettings, tables: String?, host: String?) throws {
    self.suite = suite
    report = options.report
    inline = try Self.inlineFiles(suite, report)
    resolver = try Self.resolver(suite, report)
    statedHost = host ?? suite.host
    place = ConfigurationPlace(options: options, tables: tables ?? suite.tables.map { suite.place(of: $0.value) })
    place.overlay = inline.moves
    if tables == nil, let stated = suite.tables, let folder = place.tables, !isFolder(folder) {
      throw Self.failure(.cannotRead, "\(folder) is no folder", at: stated.position, .noInput, report)
    }
    try place.check()
    guard case .file(let accounts)? = suite.accounts else { return }
    let path = suite.place(of: accounts.value)
    guard isReadable(path) else {
      throw Self.failure(.cannotRead, "cannot read \(path)", at: accounts.position, .noInput, report)
    }
    place.overlay.append(FileRoot.Move(path: "/etc/passwd", to: path))
  }

  /// Who answers for the DNS.
  private var service: any DomainNameService { resolver.map { ResolvedNames($0) } ?? AssumedNames() }

  /// Who says the names of clients.
  var names: ClientNames? { resolver.map { ClientNames($0) } }

  func open(_ name: String) throws -> OpenedConfiguration {
    var place = place
    let found = try place.find(name)
    if let host = statedHost ?? place.statedHostName([found]) ?? place.options.hostBelowRoot { place.hostName = host }
    guard let installation = try installation(found, place) else { return try openPostfix(found, name, place) }
    // Lists that are missing may be on the host that is meant.
    let isFaulty = installation.program.diagnostics.contains {
      $0.severity == .error && $0.message.code != .badClassFile
    }
    if isFaulty { throw ExitCode(ExitStatus.configuration.rawValue) }
    let names = service
    let router = installation.router { names.host($0) != .noSuchName }
    return OpenedConfiguration(
      name: name, program: .sendmail,
      asker: EngineAsker(
        router: router, setTracing: { router.isTracing = $0 }, inline: inline, faults: { router.engine.mapFaults }),
      loaded: { LoadedConfiguration(installation, names: names) })
  }

  /// A site file that does not compile is a bad configuration here: the input are the tests.
  private func installation(_ found: ConfigurationPlace.Found, _ place: ConfigurationPlace) throws -> Installation? {
    do { return try place.installation(found) } catch let status as ExitCode
      where status.rawValue == ExitStatus.dataError.rawValue
    {
      throw ExitCode(ExitStatus.configuration.rawValue)
    }
  }

  private func openPostfix(
    _ found: ConfigurationPlace.Found, _ name: String, _ place: ConfigurationPlace
  ) throws -> OpenedConfiguration {
    guard case .postfix(let folder) = found else { throw ExitCode(ExitStatus.configuration.rawValue) }
    let findings = Findings()
    let configuration: PostfixConfiguration
    do {
      configuration = try place.postfix(folder, accounts: place.tables) { findings.all.append($0) }
    } catch let error as Errno {
      throw place.failure("cannot read \(name): \(error)", fix: nil)
    }
    let names = service
    let router = PostfixRouter(configuration, names: names) { findings.all.append($0) }
    let found = findings.take().map(inline.located)
    report.show(found)
    if found.contains(where: { $0.severity == .error }) { throw ExitCode(ExitStatus.configuration.rawValue) }
    return OpenedConfiguration(
      name: name, program: .postfix,
      asker: EngineAsker(router: router, setTracing: { _ in }, inline: inline, faults: { findings.all }),
      loaded: { LoadedConfiguration(configuration, names: names) { _ in } })
  }

  // MARK: parts

  private static func inlineFiles(_ suite: RouteSuite, _ report: Report) throws -> InlineFiles {
    do throws(Errno) { return try InlineFiles(suite) } catch {
      let place = SourcePosition(file: suite.path)
      throw failure(.cannotWrite, "cannot hold its files in memory: \(error)", at: place, .systemError, report)
    }
  }

  private static func resolver(_ suite: RouteSuite, _ report: Report) throws -> ZoneResolver? {
    guard let source = suite.zone else { return nil }
    let zone: ZoneFile
    var place: (SourcePosition) -> SourcePosition = { $0 }
    switch source {
    case .inline(let text):
      zone = ZoneFile.parse(text.bytes, file: suite.path)
      place = { text.position(ofLine: $0.line, column: $0.column) }
    case .file(let file):
      let path = suite.place(of: file.value)
      do throws(Errno) { zone = ZoneFile.parse(try readFile(path), file: path) } catch {
        throw failure(.cannotRead, "cannot read \(path): \(error)", at: file.position, .noInput, report)
      }
    }
    report.show(zone.faults.map { Diagnostic(.error, .init(.zoneSyntax, $0.text), at: place($0.position)) })
    guard zone.faults.isEmpty else { throw ExitCode(ExitStatus.dataError.rawValue) }
    return ZoneResolver(zone.records)
  }

  private static func failure(
    _ code: MessageCode, _ text: String, at position: SourcePosition, _ status: ExitStatus, _ report: Report
  ) -> ExitCode {
    report.show([Diagnostic(.error, .init(code, text), at: position)])
    return ExitCode(status.rawValue)
  }
}

/// What turns up in passing.
private final class Findings {
  var all: [Diagnostic] = []

  func take() -> [Diagnostic] {
    defer { all = [] }
    return all
  }
}

extension RouteSuite {
  /// Where a path of the file leads: relative ones begin at its folder.
  func place(of path: String) -> String {
    if path.hasPrefix("/") || !self.path.contains("/") { return path }
    return path == "." ? folderOf(self.path) : folderOf(self.path) + "/" + path
  }
}
