// MailerProgramTests.swift: programs of M lines get the same words and bytes as from the real
// sendmail.

import Foundation
import TestSupport
import Testing

@Suite(
  "Same mailer programs as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct MailerProgramTests {
  /// The local mailer, one that takes several recipients, one whose lines are its own, and
  /// one that is not local.
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
    O OperatorChars=.:%@!^/[]+
    O MaxHopCount=25
    Troot
    H?P?Return-Path: <$g>
    HReceived: by $j id $i$?u for $u$.; $b
    H?D?Date: $a
    H?M?Message-Id: <$t.$i@$j>
    Mlocal, P=\(path)/capture, F=lsDFMAw5:/|@P, S=0, R=0, E=\\n, T=DNS/RFC822/X-Unix, A=local -f $g -d $u -h $h x$u/$h z=$z -m $f
    Mmany, P=\(path)/capture, F=lsDFMfm, S=0, R=0, r=2, E=\\n, A=many $g -- $u $h last=$u
    Mshort, P=\(path)/capture, F=lsDFMnEXu, S=0, R=0, L=100, E=\\r\\n, D=/no/such:/tmp, A=short $u@$h $j
    Mbsmtp, P=\(path)/capture, F=DFMur, S=0, R=0, E=\\n, A=bsmtp $u
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, D=/tmp, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
    M*file*, P=[FILE], F=lsDFMPEouq9, T=DNS/RFC822/X-Unix, A=FILE $u
    M*include*, P=/dev/null, F=su, A=INCLUDE $u
    S3
    S4
    S0
    R$* @ test.example\t$1
    R$+ . many\t$#many $@ host.many $: $1
    R$+ . short\t$#short $@ host.short $: $1
    R$+ . bsmtp\t$#bsmtp $@ host.bsmtp $: $1
    R$+\t$#local $: $1

    """
  }

  private let (theirs, ours): (TemporaryFolder, TemporaryFolder)

  init() throws {
    (theirs, ours) = (try TemporaryFolder(), try TemporaryFolder())
    for folder in [theirs, ours] {
      let path = folder.path
      try folder.write("queue/.keep", "")
      try folder.write("out/.keep", "")
      try folder.write("switch", "hosts files\naliases files\npasswd files\n")
      try folder.write("aliases", "nobody-here: daemon\n")
      try folder.write(
        "capture",
        """
        #!/bin/sh
        new=$(mktemp \(path)/out/.new.XXXXXX)
        { for word; do printf '[%s]\\n' "$word"; done; echo --; env | grep -v '^PWD='; echo --; cat; } > $new
        chmod 644 $new; mv $new \(path)/out/$(echo "$*" | tr -c 'a-zA-Z0-9\\n' _)

        """)
      try folder.write("sendmail.cf", Self.configuration(path))
      chmod(path + "/capture", 0o755)
      chmod(path + "/out", 0o777)
      chmod(path, 0o755)
    }
    let result = try sendmail(["-bi"])
    #expect(result.status == 0, "\(result)")
  }

  @discardableResult
  private func sendmail(_ words: [String], _ input: String = "") throws -> RunResult {
    try Peer.sendmail.runOnHost("test.example", ["-C", theirs.path + "/sendmail.cf"] + words, input: Array(input.utf8))
  }

  private func captured(_ folder: TemporaryFolder) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/out")) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().map {
      HeaderMessages.masked(Array(FileManager.default.contents(atPath: folder.path + "/out/" + $0) ?? Data()))
        .replacing(/[A-Z][a-z]{2} [A-Z][a-z]{2} [0-9 ]{2} [0-9:]{8} [0-9]{4}/, with: "DATE")
        // How it came is told by another suite.
        .replacing(/Received: .*\n/, with: "").replacing(/\tby .*\n/, with: "")
    }
  }

  private static let text =
    "From: a@b.example\nSubject: s\n\nhello\nFrom here\n.dot\n" + String(repeating: "long ", count: 50) + "\nlast\n"

  @Test("the words and the bytes that a mailer's program gets are the same")
  func sameCalls() throws {
    let recipients = ["daemon", "games", "x.many", "Y.many", "z.many", "Short.short", "N.bsmtp"]
    try sendmail(["-f", "Al@x.example"] + recipients, Self.text)
    let expected = captured(theirs)
    #expect(expected.count == 6)
    let host = try ServedHost(in: ours, "sendmail.cf", relay: 9, ["--programs"])
    let session = try SMTPSession(port: host.port)
    for line in ["EHLO x", "MAIL FROM:<Al@x.example>"] + recipients.map({ "RCPT TO:<\($0)>" }) + ["DATA"] {
      #expect(try session.say(line).isPositive, "\(line)")
    }
    let lines = Self.text.replacingOccurrences(of: "\n.", with: "\n..").replacingOccurrences(of: "\n", with: "\r\n")
    #expect(try session.say(lines + ".").code == 250)
    try host.wait(for: "the programs") { captured(ours).count == expected.count }
    let own = captured(ours)
    for (one, other) in zip(own, expected) { #expect(one == other) }
  }

  @Test("mail that passed too many hosts comes back when it is delivered")
  func hops() throws {
    let host = try ServedHost(in: ours, "sendmail.cf", relay: 9, ["--programs"])
    for count in [24, 25] {
      let text = String(repeating: "Received: x\n", count: count) + Self.text
      try sendmail(["-f", "a@x.example", "daemon"], text)
      _ = try HeaderMessages.send(text, from: "a@x.example", to: "daemon", port: host.port)
      try host.wait(for: "the end of \(count)") {
        host.log.split(separator: "\n").count { $0.contains("to=<daemon>") } == count - 23
      }
      #expect(captured(ours).count == 1 && captured(theirs).count == 1, "\(count)")
    }
    #expect(host.log.contains("dsn=5.4.6, stat=Too many hops 26 (25 max)"))
  }

  @Test("without --programs the local mailer is a mailbox, and others wait")
  func closed() throws {
    let host = try ServedHost(in: ours, "sendmail.cf", relay: 9)
    for recipient in ["daemon", "N.bsmtp"] {
      let codes = try HeaderMessages.send(Self.text, from: "a@x.example", to: recipient, port: host.port)
      #expect(codes == [250, 250, 250, 354, 250])
    }
    try host.wait(for: "the mailbox") { host.messages(of: "daemon") == 1 }
    try host.wait(for: "the reason") {
      host.log.contains("stat=Deferred: the mailer bsmtp is not run here: start with --programs")
    }
    #expect(captured(ours).isEmpty)
  }
}
