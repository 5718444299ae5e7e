// SendmailCommand.swift: from what a command line asks for to the mode that does it.
//
//     configuration, state folder ─► deliver │ -bv │ -bi │ -bp │ -q │ -bs │ -bd
//
// State is kept where the configuration says, as far as we may write there; otherwise below
// the home of whoever calls.

import Diagnostics
import Glibc
import MTA
import MailAddress
import Posix
import Resolver
import SendmailCF
import TestMode

struct SendmailCommand {
  let invocation: Invocation
  private let host = currentHostName()

  init(_ invocation: Invocation) { self.invocation = invocation }

  func run() -> Int32 {
    if invocation.asksForHelp {
      say("usage: \(invocation.name) [option ...] [address ...]\n\n\(sendmailOptions.help())")
      return ExitStatus.ok.rawValue
    }
    // It reads the command line in its own way, and needs no runtime.
    if invocation.mode == .test { return Command.run(invocation.words) }
    for failure in invocation.failures where !failure.text.isEmpty { say(failure.text, on: failure.output) }
    if let failure = invocation.failures.first(where: { $0.status != .ok }) {
      if failure.readsMessage, invocation.mode == .deliver, !invocation.recipients.isEmpty { saveUnsent() }
      return failure.status.rawValue
    }
    do throws(RuntimeError) { return try perform().rawValue } catch {
      say("\(invocation.name): \(error)", on: 2)
      return error.status.rawValue
    }
  }

  private func perform() throws(RuntimeError) -> ExitStatus {
    signal(SIGPIPE, SIG_IGN)
    let configuration = try load()
    if case .sendmail(let installation) = configuration.system, invocation.debug[0] > 0 {
      HostIdentity.current().describe(installation.router().engine, invocation.debug, on: 1)
    }
    switch invocation.mode {
    case .deliver: return try deliver(configuration)
    case .smtp: return try speakSMTP(configuration)
    case .verify: return verify(configuration)
    case .newAliases: return rebuildAliases(configuration)
    case .printQueue: return try printQueue(configuration)
    case .countQueue: return try countQueue(configuration)
    case .queueRun: return try runQueue(configuration)
    case .daemon: return try serve(configuration, inBackground: true)
    case .foreground: return try serve(configuration, inBackground: false)
    // Reading it was the check; no status of other hosts is kept.
    case .checkConfiguration, .hostStatus, .purgeStatus, .test: return .ok
    case .showOptions:
      for option in CFOptionTable.all { say(option.name) }
      return .ok
    }
  }

  // MARK: the configuration

  var source: ConfigurationSource {
    let mailFolder = "/etc/mail/"
    let usual = mailFolder + (invocation.usesSubmitConfiguration ? "submit.cf" : "sendmail.cf")
    var source = ConfigurationSource(
      invocation.configuration ?? usual, hostName: host.full, resolver: SystemResolver())
    // Not the ports: those are a list, and the command line's counts alone.
    source.options = invocation.options.filter { $0.name != "DaemonPortOptions" }
    source.macros = invocation.macros
    source.serves = invocation.mode == .daemon || invocation.mode == .foreground
    return source
  }

  /// What is wrong with it is told.
  func load() throws(RuntimeError) -> LoadedConfiguration {
    try source.load { [name = invocation.name] finding in
      let place = finding.position.map { "\($0): " } ?? ""
      if finding.severity == .error { say("\(name): \(place)\(finding.message.text)", on: 2) }
    }
  }

  /// What the configuration and the command line say of an option.
  func option(_ name: String, _ configuration: LoadedConfiguration, parameter: String? = nil) -> String? {
    invocation.options.last { $0.name == name }?.value.text ?? configuration.option(name, orParameter: parameter)
  }

  // MARK: where things are

  /// - Parameter account: who will write there; nil for us.
  func stateFolder(_ configuration: LoadedConfiguration, for account: Account? = nil) -> String {
    if let asked = invocation.options.last(where: { $0.name == "QueueDirectory" }) { return asked.value.text }
    let account = account ?? Account(user: geteuid(), group: getegid())
    let own =
      configuration.isPostfix
      ? configuration.option("", orParameter: "data_directory").map { $0 + "/waybill" }
      : configuration.option("QueueDirectory")
    if let own {
      let folder = exists(own) ? own : String(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])
      let mayUse = configuration.isPostfix ? isWritable(folder, by: account) : isWritable(own, by: account)
      if mayUse { return own }
    }
    if account.user == geteuid(), let state = variable("XDG_STATE_HOME") { return state + "/waybill" }
    let home = account.user == geteuid() ? variable("HOME") : nil
    return (home ?? UserAccount.numbered(account.user)?.home ?? "/tmp") + "/.local/state/waybill"
  }

  private func isWritable(_ folder: String, by account: Account) -> Bool {
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return false }
    if account.user == 0 { return true }
    if status.st_uid == account.user { return status.st_mode & 0o300 == 0o300 }
    if status.st_gid == account.group { return status.st_mode & 0o030 == 0o030 }
    return status.st_mode & 0o003 == 0o003
  }

  func settings(_ configuration: LoadedConfiguration, stateFolder: String, logsToFile: Bool = true) -> RuntimeSettings {
    var settings = RuntimeSettings(stateFolder: stateFolder, resolver: SystemResolver())
    // A program that root's aliases name would run as root.
    settings.usesPrograms = !isRoot
    if let interval = invocation.queueRun?.interval {
      settings.firstRetry = max(1, interval)
      settings.longestRetry = max(1, interval)
    }
    let short = host.short
    let path = stateFolder + "/mail.log"
    let write: @Sendable (String) -> Void = { text in
      if logsToFile { appendLine(text, to: path) } else { say(text, on: 2) }
    }
    settings.mailLog = { write(syslogLine(host: short, program: $0, $1)) }
    settings.log = { write(syslogLine(host: short, program: "sendmail", $0)) }
    return settings
  }
}

func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }

/// A line for people; nobody may be there to read it.
func say(_ text: String, on descriptor: Int32 = 1) {
  do throws(Errno) { try writeAll(descriptor, Array((text + "\n").utf8)) } catch {}
}

/// Adds a line to a log, which others add to as well.
private func appendLine(_ text: String, to path: String) {
  let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
  guard descriptor >= 0 else { return }
  defer { close(descriptor) }
  do throws(Errno) { try writeAll(descriptor, Array((text + "\n").utf8)) } catch {}
}
