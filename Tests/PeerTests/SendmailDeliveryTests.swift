// SendmailDeliveryTests.swift: mailers, files and programs beside the real sendmail.
//
// A small .cf of our own has a mailer that only captures, one with L= and E=, and the three
// that every .cf has: prog, *file* and a local one, whose captures are the bounces.

import Delivery
import Foundation
import MailAddress
import Posix
import TestSupport
import Testing

@Suite(
  "Same deliveries as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SendmailDeliveryTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path }

  init() throws {
    folder = try TemporaryFolder()
    let path = folder.path
    try folder.write("queue/.keep", "")
    mkdir(path + "/out", 0o777)
    for name in ["", "/out"] { chmod(path + name, 0o777) }
    chmod(path, 0o755)
    try folder.write("switch", "hosts files\naliases files\npasswd files\n")
    try folder.write("capture", "cat >> \(path)/out/$1; env | grep -v '^PWD=' > \(path)/out/env\n")
    try folder.write("sendmail.cf", Self.configuration(path))
  }

  private static func configuration(_ path: String) -> String {
    """
    V10
    Djtest.example
    Cwtest.example localhost
    DnMAILER-DAEMON
    O QueueDirectory=\(path)/queue
    O ServiceSwitchFile=\(path)/switch
    O AliasFile=\(path)/aliases
    O DefaultUser=1:1
    O DontBlameSendmail=GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,AssumeSafeChown,WorldWritableAliasFile,GroupWritableAliasFile,LinkedAliasFileInWritableDir,RunWritableProgram
    O DeliveryMode=interactive
    O QueueLA=100000
    O RefuseLA=100000
    O DelayLA=0
    O LogLevel=0
    O UnixFromLine=From $g $d
    O OperatorChars=.:%@!^/[]+
    Troot
    H?P?Return-Path: <$g>
    H?D?Date: $a
    H?F?From: $g
    H?M?Message-Id: <$t.$i@$j>
    Mlocal, P=/bin/sh, F=lsDFMAn5:/|@, S=0, R=0, E=\\n, T=DNS/RFC822/X-Unix, A=sh \(path)/capture local $u
    Mraw, P=/bin/sh, F=lsDFMn, S=0, R=0, E=\\n, A=sh \(path)/capture raw $u
    Mshort, P=/bin/sh, F=lsDFMn, S=0, R=0, L=30, E=\\r\\n, A=sh \(path)/capture short $u
    Mnone, P=/no/such/program, F=lsDFMn, S=0, R=0, E=\\n, A=none $u
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, D=/tmp, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
    M*file*, P=[FILE], F=lsDFMPEouq9, T=DNS/RFC822/X-Unix, A=FILE $u
    M*include*, P=/dev/null, F=su, A=INCLUDE $u
    S3
    S4
    S0
    R$* @ $*\t$1
    Rraw\t$#raw $: raw
    Rshort\t$#short $: short
    Rnone\t$#none $: none
    R$+\t$#local $: $1

    """
  }

  private func aliases(_ entries: [(name: String, target: String)]) throws {
    try folder.write("aliases", entries.map { "\($0.name): \($0.target)\n" }.joined())
    let result = try sendmail(["-bi"])
    #expect(result.status == 0, "\(result)")
  }

  @discardableResult
  private func sendmail(_ arguments: [String], input: String = "") throws -> RunResult {
    try Peer.sendmail.runOnHost("test.example", ["-C", path + "/sendmail.cf"] + arguments, input: Array(input.utf8))
  }

  private func read(_ name: String) -> Bytes {
    FileManager.default.contents(atPath: path + "/" + name).map { Bytes($0) } ?? []
  }

  private static let message =
    "From: a@b.example\nSubject: s\nTo: x\n\nhello\nFrom here\n>From there\n.dot\n"
    + (25...95).map { String(repeating: "abcdefghij", count: 10).prefix($0) + "\n" }.joined() + "last\n"

  @Test("lines are broken and ended as L= and E= say, and files have the same bytes")
  func sameBytes() throws {
    try aliases([("file", path + "/out/file")])
    try sendmail(["-f", "alice@b.example", "raw", "short", "file"], input: Self.message)
    let raw = read("out/raw")
    #expect(raw.count > Self.message.utf8.count)
    var form = MessageForm()
    form.lineLimit = 30
    form.lineEnd = [0x0D, 0x0A]
    let short = read("out/short")
    #expect(form.render(raw) == short, "\(short.text)")
    let file = read("out/file")
    let line = Bytes(file.prefix { $0 != .newline })
    let now = time(nil)
    #expect((now - 60...now).contains { Array("From alice@b.example ".utf8) + FromLine.date($0) == line })
    var block = HeaderBlock(raw)
    block.stampDelivery(sender: Array("alice@b.example".utf8), original: nil, delivered: nil)
    let ours = path + "/out/ours"
    try FileDelivery(ours).append(MessageForm.mailbox(fromLine: line).render(block.message))
    #expect(read("out/ours") == file, "\(file.text)")
  }

  @Test("a mailer's environment is the same")
  func sameEnvironment() throws {
    try aliases([("a", "b")])
    try sendmail(["-f", "alice@b.example", "raw"], input: Self.message)
    let theirs = read("out/env").split(separator: 0x0A).map { Bytes($0) }
    #expect(Set(theirs) == Set(ProgramEnvironment.sendmail()))
  }

  @Test("what a program's end means is the same")
  func sameStatuses() throws {
    let codes = [1, 2] + Array(63...79) + [99, 126, 127, 255]
    var commands = codes.map { ("x\($0)", "exit \($0)") }
    commands += [("k9", "kill -9 $$"), ("k15", "kill -15 $$"), ("d1", "echo 4.7.9 wait; exit 1")]
    try aliases(commands.map { ($0.0, "\"|\($0.1)\"") })
    try sendmail(["-f", "alice@b.example"] + commands.map(\.0) + ["none"], input: Self.message)
    let bounced = statuses(read("out/local"))
    let deferred = deferredCommands()
    for (name, command) in commands {
      let delivery = ProgramDelivery(
        .sendmail, path: Array("/bin/sh".utf8), words: ["sh", "-c", command].map { Array($0.utf8) },
        environment: ProgramEnvironment.sendmail())
      let ours = failure { try delivery.deliver([]) }
      if ours?.isTemporary == true {
        #expect(deferred.contains { $0.contains("|\(command)") }, "\(command)")
      } else {
        #expect(ours?.enhancedCode == bounced[name], "\(command)")
      }
    }
    let none = ProgramDelivery(.sendmail, path: Array("/no/such/program".utf8), words: [[0x61]], environment: [])
    #expect(failure { try none.deliver([]) }?.isTemporary == true)
    #expect(deferred.contains { $0.hasSuffix(":none") })
  }

  /// `Status:` by the name of `Final-Recipient:` in a bounce.
  private func statuses(_ bounce: Bytes) -> [String: String] {
    var result: [String: String] = [:]
    var name = ""
    for line in bounce.text.split(separator: "\n") {
      if line.hasPrefix("Final-Recipient: ") {
        name = String(line.split(separator: ";").last ?? "").trimmingCharacters(in: .whitespaces)
        name = String(name.prefix { $0 != "@" })
      } else if line.hasPrefix("Status: ") {
        result[name] = String(line.dropFirst(8))
      }
    }
    return result
  }

  /// The recipients that wait in the queue.
  private func deferredCommands() -> [String] {
    namesInFolder(path + "/queue").filter { $0.hasPrefix("qf") }.flatMap { name in
      read("queue/" + name).text.split(separator: "\n").filter { $0.hasPrefix("R") }.map(String.init)
    }
  }

  @Test("what an alias may name as a file is the same")
  func samePlaces() throws {
    let kinds = ["new", "symlink", "hard link", "folder", "executable", "foreign", "writable", "no folder"]
    func place(_ kind: String, _ folder: String) -> String {
      kind == "no folder" ? folder + "/no/such/file" : folder + "/" + kind.filter { $0 != " " }
    }
    let ours = path + "/ours"
    mkdir(ours, 0o777)
    chmod(ours, 0o777)
    for folder in [path + "/out", ours] { for kind in kinds { lay(kind, place(kind, folder)) } }
    try aliases(kinds.enumerated().map { ("f\($0)", place($1, path + "/out")) })
    try sendmail(["-f", "alice@b.example"] + kinds.indices.map { "f\($0)" }, input: Self.message)
    let bounced = statuses(read("out/local"))
    for (index, kind) in kinds.enumerated() {
      var delivery = FileDelivery(place(kind, ours))
      delivery.rights = Account(user: 1, group: 1)
      let failed = failure { try delivery.append(Array("x\n\n".utf8)) }
      #expect((failed == nil) == (bounced["f\(index)"] == nil), "\(kind): \(failed?.text.text ?? "delivered")")
      #expect(failed?.isTemporary != true)
    }
  }

  private func lay(_ kind: String, _ file: String) {
    func make(_ path: String, _ owner: uid_t) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      chown(path, owner, 0)
    }
    switch kind {
    case "symlink":
      make(file + ".other", 1)
      symlink(file + ".other", file)
    case "hard link":
      make(file, 1)
      link(file, file + ".other")
    case "folder": mkdir(file, 0o777)
    case "executable":
      make(file, 1)
      chmod(file, 0o755)
    case "foreign": make(file, 0)
    case "writable":
      make(file, 0)
      chmod(file, 0o666)
    default: break
    }
  }

  private func failure(_ body: () throws -> Void) -> DeliveryFailure? {
    do {
      try body()
      return nil
    } catch { return error as? DeliveryFailure }
  }
}
