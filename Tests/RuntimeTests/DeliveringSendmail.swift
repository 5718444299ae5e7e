// DeliveringSendmail.swift: the real sendmail's daemon under the .cf of an example.
//
// Mailers that go out send to a port of ours; the local one hands the message to a file
// that is written aside and then renamed. It delivers and answers at once however busy the
// machine is. Needs root (unshare -u).

import Foundation
import TestSupport

final class DeliveringSendmail {
  let folder: TemporaryFolder
  private(set) var port: UInt16 = 0
  private var daemon: ProcessGroup?

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// - Parameters:
  ///   - built: a folder with sendmail.cf and its tables.
  ///   - sink: where other hosts' mail goes.
  ///   - lines: more of the .cf.
  ///   - keys: a folder that the program sees as /mnt: it trusts no key below /tmp.
  init(built: String, sink: UInt16, lines: String = "", keys: String = "/mnt") throws {
    folder = try TemporaryFolder()
    let path = folder.path
    try folder.write("queue/.keep", "")
    try folder.write("out/.keep", "")
    try folder.write("switch", "hosts files\naliases files\npasswd files\n")
    try folder.write("capture", "cat > \(path)/out/new && mv \(path)/out/new \(path)/out/message\n")
    try FileManager.default.copyItem(atPath: built, toPath: path + "/mail")
    // The copy has the owner of what we serve, whose files sendmail does not trust.
    _ = try run("/bin/chown", ["-R", "0:0", path + "/mail"])
    for name in ["", "/mail", "/mail/postfix", "/queue"] { chmod(path + name, 0o700) }
    for name in ["", "/out"] { chmod(path + name, 0o755) }
    chmod(path + "/out", 0o777)
    let text = try String(contentsOfFile: built + "/sendmail.cf", encoding: .utf8)
    try folder.write("sendmail.cf", Self.privately(text, path, sink) + lines)
    port = try PostfixInstance.freePort()
    daemon = try ProcessGroup(
      "/usr/bin/unshare",
      [
        "-um", "/bin/sh", "-c", "mount --bind '\(keys)' /mnt; hostname \"$0\" && exec \"$@\"", "mail.example.edu",
        Peer.sendmail.path, "-C",
        path + "/sendmail.cf", "-bD", "-ODaemonPortOptions=Port=\(port),Addr=127.0.0.1,Name=MTA",
        "-OConnectionRateThrottle=0",
      ], environment: Peer.environment)
    for _ in 0..<200 {
      if (try? SMTPSession(port: port)) != nil { return }
      guard daemon?.isRunning ?? false else { break }
      usleep(25_000)
    }
    throw Failure(description: "sendmail does not listen")
  }

  deinit { daemon?.end() }

  /// The local mailer captures and has no argument for the sender (`F=f`); options that
  /// would reach out of the folder are replaced.
  private static func privately(_ text: String, _ folder: String, _ sink: UInt16) -> String {
    let replaced = [
      "QueueDirectory", "StatusFile", "HostStatusDirectory", "PidFile", "ServiceSwitchFile", "TrustedUser",
      "DefaultUser", "RunAsUser", "DontBlameSendmail", "DaemonPortOptions", "BadRcptThrottle", "ControlSocketName",
      "DeadLetterDrop", "HelpFile", "DeliveryMode",
    ]
    var isLocal = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      !replaced.contains { line.hasPrefix("O \($0)=") || line.hasPrefix("O \($0) ") }
    }.map { line -> String in
      isLocal = line.hasPrefix("Mlocal,") || isLocal && line.hasPrefix("\t")
      var line = line.replacingOccurrences(of: "A=TCP $h", with: "A=TCP [127.0.0.1] \(sink)")
      guard isLocal else { return line }
      line = line.replacing(/P=[^,]*/, with: "P=/bin/sh").replacing(/SPfhn9/, with: "SPhn9")
      return line.replacing(/A=.*$/, with: "A=sh \(folder)/capture $u")
    }
    let own = """
      O QueueDirectory=\(folder)/queue
      O PidFile=\(folder)/pid
      O ServiceSwitchFile=\(folder)/switch
      O DefaultUser=1:1
      O DontBlameSendmail=GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,AssumeSafeChown,WorldWritableAliasFile,GroupWritableAliasFile,LinkedAliasFileInWritableDir,ClassFileInUnsafeDirPath,LinkedClassFileInWritableDir,RunWritableProgram
      O DeliveryMode=interactive
      O QueueLA=100000
      O RefuseLA=100000
      O DelayLA=0
      O LogLevel=0

      """
    return own + lines.joined(separator: "\n").replacingOccurrences(of: "/etc/mail/", with: folder + "/mail/")
  }

  /// What the local mailer was given last, once.
  func takeLocal() -> [UInt8]? {
    let path = folder.path + "/out/message"
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    unlink(path)
    return Array(data)
  }
}
