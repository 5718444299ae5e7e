// Serve.swift: `waybill serve`, the mail system that runs under a configuration.
//
//     SIGHUP            the configuration is read anew; a faulty one changes nothing
//     SIGTERM, SIGINT   no new mail; what is under way ends

import ArgumentParser
import Diagnostics
import Glibc
import Installation
import MTA
import Posix
import PostfixConfig
import Resolver

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", _superCommandName: Waybill.name,
    abstract: "Run a mail system under a sendmail.cf or a main.cf.",
    discussion: """
      Takes mail by SMTP, keeps it in a queue that survives crashes, and delivers it. Unless \
      told otherwise it touches nothing of the host: it listens on loopback, has its files \
      below the state folder, mailboxes included, and runs no programs.
      """)

  @ArgumentParser.Argument(
    help: ArgumentHelp("A sendmail.cf, a .mc file, a main.cf, or a folder with one.", valueName: "configuration"))
  var file: String

  @ArgumentParser.Option(help: ArgumentHelp("Where the queue and the mailboxes are.", valueName: "folder"))
  var state: String

  @ArgumentParser.Option(
    name: [.customShort("l"), .long],
    help: ArgumentHelp("Listen there; default: 127.0.0.1:2525.", valueName: "address:port"))
  var listen: [ListenAddress] = []

  @ArgumentParser.Option(help: ArgumentHelp("Offer LMTP there.", valueName: "address:port"))
  var lmtp: [ListenAddress] = []

  @ArgumentParser.Option(
    help: ArgumentHelp("Send all mail for other hosts there, whatever its route.", valueName: "address:port"))
  var relayTo: ListenAddress?

  @ArgumentParser.Option(help: ArgumentHelp("Answer DNS questions from a zone file alone.", valueName: "file"))
  var zone: String?

  @ArgumentParser.Option(help: ArgumentHelp("Mailboxes are files in it.", valueName: "folder"))
  var spool: String?

  @ArgumentParser.Flag(help: "Run programs and write files that aliases, mailers and transports name.")
  var programs = false

  @ArgumentParser.Flag(help: "Have mailboxes where a main.cf has them: spool, homes, virtual mailboxes.")
  var hostMailboxes = false

  @ArgumentParser.Option(
    help: ArgumentHelp("Become this user once the ports are taken, where started as root.", valueName: "name"))
  var user: String?

  @ArgumentParser.Option(help: ArgumentHelp("Seconds until a first retry.", valueName: "seconds"))
  var retry = 300

  @ArgumentParser.Option(
    help: ArgumentHelp("Stands in for /etc/mail; default: the folder of the .cf.", valueName: "folder"))
  var tables: String?

  @ArgumentParser.Option(help: ArgumentHelp("The name that the host gives itself.", valueName: "name"))
  var host: String?

  @OptionGroup var compilerOptions: CompilerOptions

  private var options: CompilerSettings { compilerOptions.settings }

  func run() throws {
    Daemon.blockSignals()
    let settings = try settings()
    let loaded = try load(settings.resolver)
    let daemon = Daemon(settings, user: user ?? loaded.userToBecome, userAdvice: "name another user by --user")
    do throws(RuntimeError) {
      try daemon.run(loaded, try daemon.bind()) { try? load(settings.resolver) }
    } catch {
      writeError("waybill: \(error)\n")
      throw ExitCode(error.status.rawValue)
    }
  }

  private func settings() throws -> RuntimeSettings {
    if let zone { try requireFile(zone) }
    let resolver: any DomainNameResolver = try zone.map { try zoneResolver($0) } ?? SystemResolver()
    var settings = RuntimeSettings(stateFolder: state, resolver: resolver)
    if !listen.isEmpty || !lmtp.isEmpty { settings.listeners = listen.map(\.listener) }
    settings.listeners += lmtp.map { address in
      var listener = address.listener
      listener.isLMTP = true
      return listener
    }
    if let relayTo { settings.outbound = .everything(to: relayTo.listener) }
    settings.spoolFolder = spool
    settings.usesPrograms = programs
    settings.usesMailboxPrograms = programs
    settings.usesHostMailboxes = hostMailboxes
    settings.firstRetry = max(1, retry)
    // Clients and servers choose some of the words: none of them may begin a line of its own.
    settings.log = { text in
      let shown = text.utf8.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }
      writeError("waybill: " + String(decoding: shown, as: UTF8.self) + "\n")
    }
    let host = currentHostName().short
    settings.mailLog = { writeError(syslogLine(host: host, program: $0, $1) + "\n") }
    return settings
  }

  private func requireFile(_ path: String) throws {
    guard !isReadable(path) else { return }
    Report(isJSON: options.json).show([
      Diagnostic(.error, .init(.cannotRead, "cannot read \(path)"), at: SourcePosition(file: path))
    ])
    throw ExitCode(ExitStatus.noInput.rawValue)
  }

  private func zoneResolver(_ path: String) throws -> ZoneResolver {
    let zone = ZoneFile.parse(try readFile(path), file: path)
    Report(isJSON: options.json).show(
      zone.faults.map { Diagnostic(.error, .init(.badArguments, $0.text), at: $0.position) })
    guard zone.faults.isEmpty else { throw ExitCode(ExitStatus.dataError.rawValue) }
    return ZoneResolver(zone.records)
  }

  /// The configuration as it is on the disk now; what is wrong with it is shown.
  private func load(_ resolver: any DomainNameResolver) throws -> LoadedConfiguration {
    var place = ConfigurationPlace(options: options, tables: tables)
    try place.check()
    let found = try place.find(file)
    if let name = host ?? place.statedHostName([found]) ?? options.hostBelowRoot { place.hostName = name }
    if let installation = try place.installation(found) {
      let isFaulty = installation.program.diagnostics.contains {
        $0.severity == .error && $0.message.code != .badClassFile
      }
      if isFaulty { throw ExitCode(ExitStatus.configuration.rawValue) }
      return LoadedConfiguration(installation, resolver: resolver)
    }
    guard case .postfix(let folder) = found else { throw ExitCode(ExitStatus.configuration.rawValue) }
    var findings: [Diagnostic] = []
    let configuration = try place.postfix(folder, accounts: place.tables) { findings.append($0) }
    let loaded = try loaded { () throws(RuntimeError) in
      try LoadedConfiguration(configuration, resolver: resolver) { findings.append($0) }
    }
    Report(isJSON: options.json).show(findings)
    if findings.contains(where: { $0.severity == .error }) { throw ExitCode(ExitStatus.configuration.rawValue) }
    return loaded
  }

  private func loaded(
    _ body: () throws(RuntimeError) -> LoadedConfiguration
  ) throws -> LoadedConfiguration {
    do throws(RuntimeError) { return try body() } catch { throw reported(error, options) }
  }
}
