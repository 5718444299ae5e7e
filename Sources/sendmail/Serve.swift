// Serve.swift: -bd, -bD and a queue run that comes again.
//
//     ports ─► background ─► another user ─► runtime ─► the caller goes on

import MTA
import MailAddress
import Posix

extension SendmailCommand {
  func serve(_ configuration: LoadedConfiguration, inBackground: Bool) throws(RuntimeError) -> ExitStatus {
    Daemon.blockSignals()
    // Before there are threads; the caller waits until mail is taken.
    let background = inBackground ? try goToBackground() : nil
    do throws(RuntimeError) { try serve(configuration, background) } catch {
      say("\(invocation.name): \(error)", on: 2)
      background?.release(error.status)
      return error.status
    }
    return .ok
  }

  private func serve(_ configuration: LoadedConfiguration, _ background: Background?) throws(RuntimeError) {
    let user = option("RunAsUser", configuration, parameter: "mail_owner")
    var daemon = Daemon(
      RuntimeSettings(stateFolder: "", resolver: source.resolver), user: user,
      userAdvice: configuration.isPostfix
        ? "set mail_owner in main.cf" : "set RunAsUser in the .cf, or -O RunAsUser=name")
    let account = try daemon.target()?.account
    daemon.settings = settings(
      configuration, stateFolder: stateFolder(configuration, for: account), logsToFile: background != nil)
    daemon.settings.listeners = try listeners(configuration, daemon.settings)
    daemon.pidFile = pidFile(configuration, daemon.settings)
    daemon.commandLine = invocation.words.joined(separator: " ")
    // A program that an alias names runs as whom we become.
    daemon.settings.usesPrograms = account != nil || !isRoot
    let sockets = try daemon.bind()
    try daemon.run(configuration, sockets, started: { background?.release() }, reload: { try? load() })
  }

  private func listeners(
    _ configuration: LoadedConfiguration, _ settings: RuntimeSettings
  ) throws(RuntimeError) -> [RuntimeSettings.Listener] {
    // -q1h alone listens to nobody.
    if invocation.mode == .queueRun { return [] }
    let asked = invocation.options.filter { $0.name == "DaemonPortOptions" }.map(\.value.text)
    let ports = DaemonPorts(configuration, asked: asked, isRoot: isRoot)
    for remark in ports.remarks { say("\(invocation.name): \(remark)", on: 2) }
    guard !ports.listeners.isEmpty else {
      throw RuntimeError("the configuration names no port to listen on", .configuration)
    }
    return ports.listeners
  }

  /// The one that the configuration names is for root; others have theirs beside the queue.
  private func pidFile(_ configuration: LoadedConfiguration, _ settings: RuntimeSettings) -> String {
    if let asked = invocation.options.last(where: { $0.name == "PidFile" }) { return asked.value.text }
    let usual = configuration.option("PidFile")
    return isRoot ? usual ?? "/var/run/sendmail.pid" : settings.stateFolder + "/sendmail.pid"
  }
}
