// SentHost.swift: the sendmail command as built, under a .cf or main.cf of a test's own.

import Foundation
import TestSupport

/// A configuration below one folder, and what the command does under it.
final class SentHost: @unchecked Sendable {
  let folder: TemporaryFolder
  private let configuration: String
  private let variables: [String: String?]
  private var daemons: [pid_t] = []

  /// A sendmail.cf that knows local users by its aliases and accounts, and sends the rest to
  /// a port of this host.
  init(remotePort: UInt16 = 9, lines: String = "") throws {
    folder = try TemporaryFolder()
    try folder.write("aliases", "postmaster: root\nstaff: root, daemon\n")
    try folder.write(
      "sendmail.cf",
      """
      V10/Berkeley
      Djtest.example
      Cwtest.example localhost
      DnMAILER-DAEMON
      O AliasFile=\(folder.path)/aliases
      O QueueDirectory=\(folder.path)/spool
      O DeliveryMode=interactive
      O QueueLA=100000
      O RefuseLA=100000
      O DelayLA=0
      O PrivacyOptions=authwarnings
      O DaemonPortOptions=Port=smtp
      \(lines)
      Mlocal, P=[IPC], F=lsDFMAw5:/|@qPn9S, S=0, R=0, T=DNS/RFC822/X-Unix, A=TCP $h
      Mesmtp, P=[IPC], F=mDFMuXa, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=TCP $h
      Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, D=/tmp, A=sh -c $u
      M*file*, P=[FILE], F=lsDFMPEouq9, T=DNS/RFC822/X-Unix, A=FILE $u
      M*include*, P=/dev/null, F=su, A=INCLUDE $u
      S3
      S4
      S0
      R$* @ $=w\t$#local $: $1
      R$* @ $+\t$#esmtp $@ [127.0.0.1]:\(remotePort) $: $1@$2
      R$+\t$#local $: $1

      """)
    mkdir(folder.path + "/spool", 0o700)
    configuration = folder.path + "/sendmail.cf"
    variables = ["HOME": folder.path, "NAME": nil, "XDG_STATE_HOME": nil]
  }

  deinit { for daemon in daemons { kill(daemon, SIGTERM) } }

  var state: String { folder.path + "/spool" }

  func run(_ arguments: [String], _ input: String = "", as name: String = "sendmail") throws -> RunResult {
    try TestSupport.run(
      Checkout.command(name), ["-C", configuration] + arguments, input: Array(input.utf8), environment: variables,
      seconds: 120)
  }

  /// A dialogue with `-bs`.
  func session() throws -> SMTPSession {
    try SMTPSession(program: Checkout.command("sendmail"), ["-C", configuration, "-bs"], environment: variables)
  }

  func mailbox(_ user: String) -> String {
    (try? String(contentsOfFile: state + "/mail/" + user, encoding: .utf8)) ?? ""
  }

  var log: String { (try? String(contentsOfFile: state + "/mail.log", encoding: .utf8)) ?? "" }

  /// Starts a daemon that goes to the background, and returns its port.
  func startDaemon(_ arguments: [String] = []) throws -> UInt16 {
    let port = try PostfixInstance.freePort()
    try folder.giveAway()
    let user = isRoot ? ["-ORunAsUser=\(unprivilegedUser)"] : []
    let result = try run(
      ["-bd", "-ODaemonPortOptions=Port=\(port),Addr=127.0.0.1", "-OPidFile=\(folder.path)/pid"] + user + arguments)
    guard result.status == 0, let pid = daemonNumber else {
      throw ServedHost.Failure(description: "no daemon: \(result)\n\(log)")
    }
    daemons.append(pid)
    return port
  }

  var daemonNumber: pid_t? {
    let text = try? String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
    return text?.split(separator: "\n").first.flatMap { pid_t($0) }
  }

  func wait(for what: String, seconds: Double = 20, _ isThere: () -> Bool) throws {
    let end = Date().addingTimeInterval(seconds)
    while !isThere() {
      guard Date() < end else { throw ServedHost.Failure(description: "waited for \(what)\n\(log)") }
      usleep(20_000)
    }
  }
}
