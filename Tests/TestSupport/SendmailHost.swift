// SendmailHost.swift: a configuration that the real sendmail runs for a test.
//
// Below one temporary folder: the .cf that sendmail's own library gives for a site
// file, its paths led into the folder, its tables built by the real makemap and
// newaliases. The daemon listens on a port of 127.0.0.1 that the kernel chose, under
// a host name of its own (unshare -u), asks no DNS and delivers nothing. Needs root.
//
// Fails: with what the program said.

import Foundation

package final class SendmailHost {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  package static let hostName = "test.example"

  package let folder: TemporaryFolder
  /// The .cf, as both the real program and ours read it.
  package let configuration: String
  private var daemon: ProcessGroup?
  package private(set) var port: UInt16 = 0

  /// - Parameters:
  ///   - site: the text of a .mc file without an include of the library.
  ///   - files: tables and class files by their names in /etc/mail; a name ending in
  ///     one of `tables` is built as a hash table too.
  package init(site: String, files: [String: String], tables: [String] = SendmailHost.tables) throws {
    folder = try TemporaryFolder()
    configuration = folder.path + "/sendmail.cf"
    try folder.write("queue/.keep", "")
    try folder.write("switch", "hosts files\naliases files\npasswd files\n")
    for (name, text) in files { try folder.write("mail/" + name, text) }
    for path in ["", "/mail", "/queue"] { chmod(folder.path + path, 0o700) }
    try folder.write("sendmail.cf", Self.privately(try Self.expand(site, in: folder), folder.path))
    for table in tables where files[table] != nil {
      try must(
        Peer.makemap.run(
          ["-C", configuration, "hash", folder.path + "/mail/\(table).db"],
          input: Array((files[table] ?? "").utf8)), "makemap \(table)")
    }
    if files["aliases"] != nil { try must(run(["-bi"]), "newaliases") }
  }

  /// - Parameter built: a folder with a sendmail.cf, the databases that it names and nothing else of /etc/mail.
  package init(built: String) throws {
    folder = try TemporaryFolder()
    configuration = folder.path + "/sendmail.cf"
    try folder.write("queue/.keep", "")
    try folder.write("switch", "hosts files\naliases files\npasswd files\n")
    try FileManager.default.copyItem(atPath: built, toPath: folder.path + "/mail")
    for path in ["", "/mail", "/queue"] { chmod(folder.path + path, 0o700) }
    let text = try String(contentsOfFile: built + "/sendmail.cf", encoding: .utf8)
    try folder.write("sendmail.cf", Self.privately(text, folder.path))
  }

  deinit { daemon?.end() }

  package static let tables = [
    "access", "mailertable", "virtusertable", "genericstable", "domaintable",
  ]

  private func must(_ result: RunResult, _ what: String) throws {
    guard result.status == 0 else { throw Failure(description: "\(what): \(result)") }
  }

  private static func expand(_ site: String, in folder: TemporaryFolder) throws -> String {
    try folder.write("site.mc", site)
    let result = try Peer.m4.run(
      ["-D_NO_MAKEINFO_", "-D_CF_DIR_=\(Peer.library)/", Peer.library + "/m4/cf.m4", folder.path + "/site.mc"])
    guard result.status == 0 else { throw Failure(description: "m4: \(result)") }
    return result.text
  }

  /// Options that would reach out of the folder or slow a test down are replaced.
  private static func privately(_ text: String, _ folder: String) -> String {
    let replaced = [
      "QueueDirectory", "StatusFile", "HostStatusDirectory", "PidFile", "ServiceSwitchFile", "TrustedUser",
      "DefaultUser", "RunAsUser", "DontBlameSendmail", "DaemonPortOptions", "BadRcptThrottle",
      "ControlSocketName", "DeadLetterDrop", "HelpFile", "DeliveryMode",
    ]
    let kept = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      !replaced.contains { line.hasPrefix("O \($0)=") || line.hasPrefix("O \($0) ") }
    }
    let own = """
      O QueueDirectory=\(folder)/queue
      O PidFile=\(folder)/pid
      O ServiceSwitchFile=\(folder)/switch
      O DefaultUser=1:1
      O DontBlameSendmail=GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,AssumeSafeChown,WorldWritableAliasFile,GroupWritableAliasFile,LinkedAliasFileInWritableDir,ClassFileInUnsafeDirPath,LinkedClassFileInWritableDir,HelpFileInUnsafeDirPath,ForwardFileInUnsafeDirPath,ForwardFileInUnsafeDirPathSafe,GroupWritableForwardFileSafe
      O DeliveryMode=queueonly
      O QueueLA=100000
      O RefuseLA=100000
      O DelayLA=0

      """
    // First of all, because class files are read under the rules of DontBlameSendmail.
    return own
      + kept.joined(separator: "\n")
      .replacingOccurrences(of: "/etc/mail/", with: folder + "/mail/")
  }

  /// Runs the real sendmail under the configuration.
  package func run(_ arguments: [String], input: [UInt8] = []) throws -> RunResult {
    try Peer.sendmail.runOnHost(Self.hostName, ["-C", configuration] + arguments, input: input)
  }

  /// What `sendmail -bv` says of addresses: one line a final recipient.
  package func verify(_ addresses: [String]) throws -> [String] {
    let result = try run(["-bv"] + addresses)
    return (result.text + result.messageText).split(separator: "\n").map(String.init)
  }

  /// Starts the daemon and opens a session.
  package func session() throws -> SMTPSession {
    if daemon == nil { try start() }
    return try SMTPSession(port: port)
  }

  private func start() throws {
    port = try PostfixInstance.freePort()
    daemon = try ProcessGroup(
      "/usr/bin/unshare",
      [
        "-u", "/bin/sh", "-c", "hostname \"$0\" && exec \"$@\"", Self.hostName, Peer.sendmail.path, "-C",
        configuration, "-bD", "-ODaemonPortOptions=Port=\(port),Addr=127.0.0.1,Name=MTA",
        "-OConnectionRateThrottle=0",
      ], environment: Peer.environment)
    for _ in 0..<1200 {
      if (try? SMTPSession(port: port)) != nil { return }
      guard daemon?.isRunning ?? false else { break }
      usleep(25_000)
    }
    throw Failure(description: "sendmail does not listen")
  }
}
