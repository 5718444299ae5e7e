// Daemon.swift: a runtime from its start to its end, under signals.
//
//     ports ─► another user ─► runtime ─► [ SIGHUP: configuration anew ] ─► SIGTERM, SIGINT: drain
//
// Root is needed for ports below 1024 only: it is given up before the queue is opened or a
// client is heard, and without a user to become nothing is started.

import Glibc
import Posix

package struct Daemon {
  package var settings: RuntimeSettings
  /// Who the runtime becomes where we are root: a name or number, perhaps `user:group`.
  package var user: String?
  /// How to name one, for the refusal.
  package var userAdvice: String
  /// Gets the process's number in its first line.
  package var pidFile: String?
  package var commandLine: String = ""

  package init(_ settings: RuntimeSettings, user: String?, userAdvice: String) {
    (self.settings, self.user, self.userAdvice) = (settings, user, userAdvice)
  }

  /// To be called before there are threads, which inherit it: signals are waited for, by
  /// `run` alone.
  package static func blockSignals() {
    var signals = Self.signals
    pthread_sigmask(SIG_BLOCK, &signals, nil)
    signal(SIGPIPE, SIG_IGN)
  }

  private static var signals: sigset_t {
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in [SIGTERM, SIGINT, SIGHUP] { sigaddset(&signals, signal) }
    return signals
  }

  /// Takes the ports and gives up root.
  package func bind() throws(RuntimeError) -> [BoundListener] {
    let account = try target()
    let sockets = try Runtime.bind(settings)
    try writePidFile(owner: account?.account)
    if let account {
      try makeStateFolder(for: account.account)
      do throws(Errno) { try account.become(group: group) } catch {
        throw RuntimeError("cannot become \(account.name): \(error)", .noPermission)
      }
    }
    return sockets
  }

  /// A new one belongs to who is going to use it.
  private func makeStateFolder(for account: Account) throws(RuntimeError) {
    if exists(settings.stateFolder) { return }
    do throws(Errno) {
      try makeFolders(settings.stateFolder)
      guard chown(settings.stateFolder, account.user, group ?? account.group) == 0 else { throw .last }
    } catch {
      throw RuntimeError("cannot make the state folder \(settings.stateFolder): \(error)", .cannotCreate)
    }
  }

  /// Nil where we stay who we are.
  package func target() throws(RuntimeError) -> UserAccount? {
    guard geteuid() == 0 else { return nil }
    guard let user, let name = user.split(whereSeparator: { ":.".contains($0) }).first.map(String.init) else {
      throw RuntimeError("will not run as root: \(userAdvice)", .noPermission)
    }
    guard let account = UserAccount.named(name) else {
      throw RuntimeError("there is no user \(name) to become", .noUser)
    }
    guard account.account.user != 0 else {
      throw RuntimeError("will not run as root, which is who \(name) is: \(userAdvice)", .noPermission)
    }
    return account
  }

  private var group: UInt32? {
    guard let parts = user?.split(whereSeparator: { ":.".contains($0) }), parts.count == 2 else { return nil }
    return UserAccount.group(named: String(parts[1]))
  }

  private func writePidFile(owner: Account?) throws(RuntimeError) {
    guard let pidFile else { return }
    do throws(Errno) {
      try replaceFile(pidFile, with: Array("\(getpid())\n\(commandLine)\n".utf8))
      // So that it can be taken away again.
      if let owner { chown(pidFile, owner.user, owner.group) }
    } catch {
      throw RuntimeError("cannot write the pid file \(pidFile): \(error)", .cannotCreate)
    }
  }

  /// Runs until a signal ends it.
  ///
  /// - Parameters:
  ///   - started: called when mail is taken.
  ///   - reload: the configuration as it is now; nil, with its faults shown, where it has some.
  package func run(
    _ configuration: LoadedConfiguration, _ sockets: [BoundListener],
    started: () throws(RuntimeError) -> Void = {}, reload: () -> LoadedConfiguration?
  ) throws(RuntimeError) {
    let runtime = try Runtime(configuration, settings, sockets)
    for address in runtime.addresses { settings.log("listening on \(address)") }
    for line in configuration.foreignAccounts(settings) { settings.log(line) }
    try started()
    var signals = Self.signals
    while true {
      var received: Int32 = 0
      guard sigwait(&signals, &received) == 0, received == SIGHUP else { break }
      if let configuration = reload() {
        runtime.use(configuration)
        settings.log("the configuration was read anew")
        for line in configuration.foreignAccounts(settings) { settings.log(line) }
      } else {
        settings.log("the configuration is faulty: the old one stays in force")
      }
    }
    settings.log("going down")
    runtime.stop()
    if let pidFile { unlink(pidFile) }
  }
}
