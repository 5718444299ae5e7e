// EightBitTests.swift: 8-bit mail reaches mailers and hosts that take seven bits in the bytes that
// the real programs make of it.

import Foundation
import TestSupport
import Testing

/// Messages that are sent as bytes.
private enum EightBitMessages {
  private static func message(_ header: String, _ body: [UInt8]) -> [UInt8] {
    Array("From: a@b.example\nMIME-Version: 1.0\n\(header)\n".utf8) + body
  }

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// All bytes but those that end lines, in lines of 60.
  private static let binary: [UInt8] =
    (1...500).flatMap { number -> [UInt8] in
      let byte = UInt8(truncatingIfNeeded: number * 7)
      return (byte == 0x0A || byte == 0x0D || byte == 0 ? [0x20] : [byte]) + (number % 60 == 0 ? [0x0A] : [])
    } + [0x0A]

  static let all: [(name: String, text: [UInt8])] = [
    (
      "plain",
      message(
        "Content-Transfer-Encoding: 8bit\nContent-Type: text/plain; charset=utf-8\nX-Last: 1\n",
        text(
          "grün = blau \t\nFrom here\n.dot\n.\n..\n\ttab\nblank \n\(String(repeating: "words ", count: 60))ä\nend\u{1}\u{7F}\n"
        ))
    ),
    (
      "dense",
      message("Content-Type: application/x-y\nContent-Transfer-Encoding: BINARY (so)\n", binary)
    ),
    (
      "long",
      message(
        "Content-Type: text/html\nContent-Transfer-Encoding: 8bit\n",
        text(
          String(repeating: "x", count: 900) + "ä\n" + String(repeating: "y", count: 70) + "ä. x\n"
            + String(repeating: "z", count: 73) + "...... y\n" + String(repeating: "seven bits only\n", count: 400)))
    ),
    (
      "parts",
      message(
        "Content-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed; boundary=\"b 1\"\nX-Last: 1\n",
        text("preämble\n--b 1\nContent-Transfer-Encoding: 8bit\nContent-Type: text/plain\nX-O: 1\n\nseven = only\n")
          + text("--b 1\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\ngrün\n\n--b 1 \n")
          + text("Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nZ3Lg\n--b 1\n")
          + text(
            "Content-Type: multipart/alternative; boundary=\"b 1b\"\n\n--b 1b\n\nünlabelled\n--b 1b--\nin between ü\n")
          + text(
            "--b 1\nContent-Type: message/rfc822\n\nSubject: inner\nContent-Transfer-Encoding: 8bit\n\nüber alles and more of it all\n"
          )
          + text(
            "--b 1\nContent-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\nünlabelled message in a digest\n--d--\n"
          )
          + text("--b 1--\nepilögue\n"))
    ),
    (
      "signed",
      message(
        "Content-Type: multipart/mixed; boundary=b\n",
        text(
          "--b\nContent-Type: multipart/signed; boundary=cc\n\n--cc\nContent-Transfer-Encoding: 8bit\n\nü\n--cc--\n--b\n\nplain\n--b--\n"
        ))
    ),
    ("none of MIME", text("From: a@b.example\nSubject: no mime\n\ngrün\n")),
    ("no encoding", message("Content-Type: text/plain\n", text("grün\n"))),
    ("header only", message("Subject: hü\nContent-Type: text/plain\n", text("ascii = only\n"))),
    (
      "quoted",
      message(
        "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: Quoted-Printable\nX-Last: 1\n",
        text("gr=C3=BCn =3D soft=\n next\nt=20\nend=20=\n\nbad=ZZ rest\nhalf=3\nlow=c3=bc\nlast=\n"))
    ),
    ("html", message("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n", text("gr=C3=BCn\n"))),
    (
      "base64",
      message(
        "Content-Transfer-Encoding: base64\nContent-Type: text/plain; charset=utf-8\n",
        text("Z3LDvG4KbGluZSAyDQplbmQ=\n"))
    ),
    (
      "message", message("Content-Type: message/rfc822\nContent-Transfer-Encoding: binary\n", text("Subject: i\n\nü\n"))
    ),
  ]

  static func send(_ text: [UInt8], _ mail: String, to recipient: String, port: UInt16) throws {
    let session = try SMTPSession(port: port)
    for line in ["EHLO client.example", "MAIL FROM:<x@y.example>\(mail)", "RCPT TO:<\(recipient)>", "DATA"] {
      #expect(try session.say(line).isPositive, "\(line)")
    }
    var lines: [UInt8] = []
    for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
      lines += (line.first == 0x2E ? [0x2E] : []) + line + [0x0D, 0x0A]
    }
    try session.send(lines)
    #expect(try session.say(".").code == 250)
    session.close()
  }

  static func masked(_ text: [UInt8]) -> String {
    // Each byte a character, so that what is no UTF-8 is compared, too.
    let shown = String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) }))
    return HeaderMessages.masked(Array(shown.utf8)).replacing(/\(CET\)|\(UTC\)/, with: "ZONE")
  }
}

@Suite(
  "Same 8-bit mail as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PostfixEightBitTests {
  @Test("what hosts with and without 8BITMIME get is the same", arguments: [[], ["8BITMIME"]], ["no", "yes"])
  func same(_ offers: [String], _ disabled: String) throws {
    if disabled == "yes", !offers.isEmpty { return }
    let (theirs, ours) = (try SMTPSink(offers: offers), try SMTPSink(offers: offers))
    let main = """
      myhostname = mail.example.edu
      mydestination = example.edu
      mynetworks = 127.0.0.0/8
      local_recipient_maps =
      alias_maps =
      disable_mime_output_conversion = \(disabled)

      """
    let real = try PostfixInstance(
      main: main + "relayhost = [127.0.0.1]:\(theirs.port)\n", recorders: ["local", "error", "retry"])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "compatibility_level = 3.6\ndisable_dns_lookups = yes\n" + main)
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    let host = try ServedHost(in: folder, "main.cf", relay: ours.port)
    for (name, text) in EightBitMessages.all {
      for mail in ["", " BODY=8BITMIME"] {
        let count = ours.messages.count
        for port in [real.port, host.port] {
          try EightBitMessages.send(text, mail, to: "someone@example.org", port: port)
        }
        try host.wait(for: name) { theirs.messages.count > count && ours.messages.count > count }
        #expect(
          EightBitMessages.masked(ours.messages[count]) == EightBitMessages.masked(theirs.messages[count]),
          "\(name)\(mail)")
      }
    }
    #expect(ours.envelopes == theirs.envelopes)
  }
}

@Suite(
  "Same 8-bit mail as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SendmailEightBitTests {
  private static func configuration(_ path: String, port: UInt16, mode: String) -> String {
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
    O EightBitMode=\(mode)
    Troot
    H?M?Message-Id: <$t.$i@$j>
    Mlocal, P=\(path)/capture, F=lsDFMAw5:/|@n, S=0, R=0, E=\\n, T=DNS/RFC822/X-Unix, A=local $u
    Mseven, P=\(path)/capture, F=lsDFMn7, S=0, R=0, E=\\n, A=seven $u.7
    Mnine, P=\(path)/capture, F=lsDFMn9, S=0, R=0, E=\\n, A=nine $u.9
    Mtcp, P=[IPC], F=mDFMuXa, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=TCP [127.0.0.1] \(port)
    Meight, P=[IPC], F=mDFMuX8a, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=TCP [127.0.0.1] \(port)
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, D=/tmp, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
    M*file*, P=[FILE], F=lsDFMPEouq9, T=DNS/RFC822/X-Unix, A=FILE $u
    M*include*, P=/dev/null, F=su, A=INCLUDE $u
    S3
    S4
    S0
    R$* @ test.example\t$1
    R$+ . seven\t$#seven $: $1
    R$+ . nine\t$#nine $: $1
    R$+ . tcp\t$#tcp $@ host.tcp $: $1@host.tcp
    R$+ . eight\t$#eight $@ host.tcp $: $1@host.tcp
    R$+\t$#local $: $1

    """
  }

  /// The real program comes to its end by a fault of its own where mail that is none of MIME meets
  /// F=7 under pass8.
  ///
  /// What stands between parts loses its eighth bit in the real program on its way to other hosts,
  /// wherever the parts themselves stay as they are; here it does not.
  private static func isTried(_ name: String, _ mailer: String, _ mode: String, _ offers: [String]) -> Bool {
    !(name == "none of MIME" && mailer == "seven" && mode == "pass8")
      && !(name == "parts" && (mailer == "eight" || mailer == "tcp" && !offers.isEmpty))
  }

  @Test("what mailers and hosts get is the same", arguments: ["pass8", "mimefy"], [[], ["8BITMIME"]])
  func same(_ mode: String, _ offers: [String]) throws {
    let (theirs, ours) = (try TemporaryFolder(), try TemporaryFolder())
    let (theirTCP, ourTCP) = (try SMTPSink(offers: offers), try SMTPSink(offers: offers))
    for (folder, port) in [(theirs, theirTCP.port), (ours, ourTCP.port)] {
      let path = folder.path
      try folder.write("queue/.keep", "")
      try folder.write("out/.keep", "")
      try folder.write("switch", "hosts files\naliases files\npasswd files\n")
      try folder.write("aliases", "nobody-here: daemon\n")
      try folder.write(
        "capture",
        "#!/bin/sh\nnew=$(mktemp \(path)/out/.new.XXXXXX)\ncat > $new\nchmod 644 $new\nmv $new \(path)/out/$1\n")
      try folder.write("sendmail.cf", Self.configuration(path, port: port, mode: mode))
      chmod(path + "/capture", 0o755)
      chmod(path + "/out", 0o777)
      chmod(path, 0o755)
    }
    func sendmail(_ words: [String], _ input: [UInt8] = []) throws {
      _ = try Peer.sendmail.runOnHost("test.example", ["-C", theirs.path + "/sendmail.cf"] + words, input: input)
    }
    try sendmail(["-bi"])
    let host = try ServedHost(in: ours, "sendmail.cf", relay: nil, ["--programs"])
    let mailers = offers.isEmpty ? ["seven", "nine", "tcp", "eight"] : ["tcp", "eight"]
    for (index, (name, text)) in EightBitMessages.all.enumerated() {
      let tried = mailers.filter { Self.isTried(name, $0, mode, offers) }
      if tried.isEmpty { continue }
      let body = index % 2 == 0 ? "" : " BODY=8BITMIME"
      let recipients = tried.map { "m\(index).\($0)" }
      let session = try SMTPSession(port: host.port)
      for line in ["EHLO x", "MAIL FROM:<x@y.example>\(body)"] + recipients.map({ "RCPT TO:<\($0)>" }) + ["DATA"] {
        #expect(try session.say(line).isPositive, "\(line)")
      }
      var lines: [UInt8] = []
      for line in text.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast() {
        lines += (line.first == 0x2E ? [0x2E] : []) + line + [0x0D, 0x0A]
      }
      try session.send(lines)
      #expect(try session.say(".").code == 250)
      try sendmail(["-oi", "-f", "x@y.example"] + (body.isEmpty ? [] : ["-B8BITMIME"]) + recipients, text)
    }
    func captured(_ folder: TemporaryFolder, _ sink: SMTPSink) -> [String: String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/out")) ?? []
      var all: [String: String] = [:]
      for name in names where !name.hasPrefix(".") {
        let data = FileManager.default.contents(atPath: folder.path + "/out/" + name) ?? Data()
        all[name] = EightBitMessages.masked(Array(data))
      }
      for (index, message) in sink.messages.enumerated() { all["tcp\(index)"] = EightBitMessages.masked(message) }
      return all
    }
    let expected = captured(theirs, theirTCP)
    try host.wait(for: "all") { captured(ours, ourTCP).count >= expected.count }
    let own = captured(ours, ourTCP)
    #expect(own.keys.sorted() == expected.keys.sorted())
    for (name, text) in expected where !name.hasPrefix("tcp") { #expect(own[name] == text, "\(name)") }
    func sent(_ all: [String: String]) -> Set<String> { Set(all.filter { $0.key.hasPrefix("tcp") }.values) }
    #expect(sent(own) == sent(expected))
    func bodies(_ sink: SMTPSink) -> [String] {
      var result: [String] = []
      for (mail, recipient) in zip(sink.envelopes, sink.envelopes.dropFirst()) where mail.uppercased().hasPrefix("MAIL")
      {
        result.append("\(recipient.uppercased()) \(mail.contains("BODY=8BITMIME"))")
      }
      return result.sorted()
    }
    #expect(bodies(ourTCP) == bodies(theirTCP))
  }

  @Test("strict: 8-bit mail that was not declared is refused")
  func strict() throws {
    let sink = try RefusingServer()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port) { folder in
      let path = folder + "/sendmail.cf"
      let text = try String(contentsOfFile: path, encoding: .utf8) + "O EightBitMode=strict\n"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let real = try DeliveringSendmail(built: host.folder.path + "/out", sink: sink.port)
    func answer(_ mail: String, _ text: String, port: UInt16) throws -> String {
      let session = try SMTPSession(port: port)
      defer { session.close() }
      for line in ["EHLO x", "MAIL FROM:<x@y.example>\(mail)", "RCPT TO:<root@example.org>", "DATA"] {
        #expect(try session.say(line).isPositive, "\(line)")
      }
      try session.send(Array("Subject: s\r\n\r\n\(text)\r\n".utf8))
      let reply = try session.say(".")
      return reply.isPositive ? "\(reply.code)" : "\(reply)"
    }
    for (mail, text) in [("", "grün"), (" BODY=8BITMIME", "grün"), (" BODY=7BIT", "grün"), ("", "plain")] {
      #expect(
        try answer(mail, text, port: host.port) == answer(mail, text, port: real.port), "\(mail) \(text)")
    }
    #expect(try answer("", "ü", port: host.port).contains("Eight bit data not allowed"))
  }
}
