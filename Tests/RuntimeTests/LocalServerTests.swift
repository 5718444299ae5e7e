// LocalServerTests.swift: servers of this host, by a socket or as programs, hear from us what
// they hear from the real programs, and what they answer means the same.

import Foundation
import TestSupport
import Testing

/// Sends one message to several recipients, over a connection of its own.
private func send(_ recipients: [String], from sender: String, port: UInt16, _ text: String = "Subject: s\n\nhello\n")
  throws
{
  let session = try SMTPSession(port: port)
  for line in ["EHLO client.example", "MAIL FROM:<\(sender)>"] + recipients.map({ "RCPT TO:<\($0)>" }) + ["DATA"] {
    #expect(try session.say(line).isPositive, "\(line)")
  }
  #expect(try session.say(text.replacingOccurrences(of: "\n", with: "\r\n") + ".").code == 250)
  session.close()
}

/// A dialogue without what no two runs share; the verbs in capital letters, recipients in one order.
private func masked(_ dialogues: [[String]]) -> [String] {
  dialogues.map { given in
    let recipients = given.filter(isRecipient).sorted()
    let start = given.firstIndex(where: isRecipient) ?? 0
    var lines = given.filter { !isRecipient($0) }
    lines.insert(contentsOf: recipients, at: start)
    let text = HeaderMessages.masked(Array((lines.joined(separator: "\n") + "\n").utf8))
    return text.replacing(/(?m)^(MAIL From|RCPT To|LHLO|EHLO)\b/) { $0.0.uppercased() }
      .replacing(#/ SIZE=[0-9]+/#, with: " SIZE=N").replacing(/by .* with E?SMTP.*id ID/, with: "by HOST id ID")
      .replacing(/[+-]0000( \(UTC\)| \(GMT\))?/, with: "ZONE")
  }.sorted()
}

private func isRecipient(_ line: String) -> Bool { line.uppercased().hasPrefix("RCPT TO:") }

private let rules = [
  LMTPServer.Rule("gone", recipient: "550 5.1.1 never heard of"), .init("late", recipient: "451 4.2.1 not now"),
  .init("full", end: "552 5.2.2 mailbox is full"), .init("busy", end: "451 4.3.2 too much to do"),
]

@Suite(
  "Same LMTP as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PostfixLocalServerTests {
  private static func main(port: UInt16, _ socket: String) -> String {
    """
    myhostname = mail.example.edu
    mydestination = $myhostname, example.edu
    mynetworks = 127.0.0.0/8
    local_recipient_maps =
    alias_maps =
    default_destination_recipient_limit = 50
    virtual_mailbox_domains = virtual.example
    virtual_mailbox_maps = static:x
    virtual_transport = lmtp:unix:private/sink
    mailbox_transport_maps = inline:{{daemon=\(socket)}}
    mailbox_transport = lmtp:unix:private/sink
    fallback_transport = lmtp:unix:private/sink
    transport_maps = inline:{{absolute.example=\(socket)},{tcp.example=lmtp:inet:127.0.0.1:\(port)},{nobody.example=lmtp:unix:private/none},{own.example=store:unix:private/sink}}

    """
  }

  private static let messages: [(recipients: [String], sender: String)] = [
    (["a@virtual.example", "full@virtual.example", "gone@virtual.example", "B.c@virtual.example"], "Al@x.example"),
    (["late@virtual.example", "busy@virtual.example"], ""), (["games@example.edu"], "\"a b\"@x.example"),
    (["daemon@example.edu"], "b@x.example"), (["\"q r\"@absolute.example"], "b@x.example"),
    (["nobody-has-it@example.edu"], "c@x.example"), (["t@tcp.example"], "c@x.example"),
    (["w@nobody.example"], ""), (["o@own.example", "full@own.example"], "c@x.example"),
  ]

  @Test("commands, text and log are the same", arguments: [[], ["PIPELINING", "SIZE 100000", "8BITMIME", "DSN"]])
  func same(_ offers: [String]) throws {
    let (theirTCP, ourTCP) = (try SMTPSink(offers: offers), try SMTPSink(offers: offers))
    let theirs = try TemporaryFolder()
    chmod(theirs.path, 0o755)
    let service = "store unix - - n - - lmtp -o lmtp_lhlo_name=other.example\n"
    let real = try PostfixInstance(
      main: Self.main(port: theirTCP.port, "lmtp:unix:\(theirs.path)/absolute"), master: service,
      recorders: ["smtp", "relay"])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf",
      "compatibility_level = 3.6\ndisable_dns_lookups = yes\nqueue_directory = \(folder.path)/spool\n"
        + Self.main(port: ourTCP.port, "lmtp:unix:\(folder.path)/absolute"))
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    try folder.write("spool/private/.keep", "")
    let host = try ServedHost(in: folder, "main.cf", relay: nil, ["--retry", "600"])
    func servers(_ spool: String, _ absolute: String) throws -> [LMTPServer] {
      [
        try LMTPServer(spool + "/private/sink", offers: offers, rules: rules),
        try LMTPServer(absolute, offers: offers, rules: rules),
      ]
    }
    let heard = try servers(real.folder.path + "/spool", theirs.path + "/absolute")
    let own = try servers(folder.path + "/spool", folder.path + "/absolute")
    for (recipients, sender) in Self.messages {
      for port in [real.port, host.port] { try send(recipients, from: sender, port: port) }
    }
    let count = Self.messages.reduce(0) { $0 + $1.recipients.count }
    try host.wait(for: "all attempts") {
      Self.ends(host.log).count >= count && Self.ends(real.log).count >= count
    }
    // What was put off may have been tried again meanwhile, in the same words; a session may end later than
    // the log says what came of it. The real program's session for the null sender, all of whose recipients are
    // put off, was never seen to end: only its log is compared.
    func said(_ server: LMTPServer) -> Set<String> {
      Set(masked(server.dialogues)).filter { !$0.contains("MAIL FROM:<>") }
    }
    try? host.wait(for: "the sessions' ends", seconds: 10) { own.map(said) == heard.map(said) }
    for (one, other) in zip(own, heard) { #expect(said(one) == said(other)) }
    #expect(ourTCP.envelopes.sorted() == theirTCP.envelopes.sorted())
    #expect(Self.ends(host.log) == Self.ends(real.log))
  }

  /// What became of each recipient, as the log has it, without times and folders.
  private static func ends(_ log: String) -> Set<String> {
    Set(
      log.split(separator: "\n").filter { $0.contains("/lmtp[") && $0.contains(" to=<") }.map { line in
        String(line).replacing(/^.*postfix\//, with: "").replacing(/\[[0-9]+\]: [0-9A-Za-z]+:/, with: "")
          .replacing(/delay=.*dsn=/, with: "dsn=").replacing(/\/tmp\/[^\]]*\/absolute/, with: "ABSOLUTE")
          .replacing(/127.0.0.1\]:[0-9]+/, with: "127.0.0.1]:PORT")
          // Who said it and to what, which we leave out.
          .replacing(#/\(host \S+ said: /#, with: "(").replacing(#/ \(in reply to [^)]*\)/#, with: "")
      })
  }
}

@Suite(
  "Same LMTP as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"),
  .enabled(
    if: !Checkout.isBelowCommonFolder, "sendmail takes no socket below a folder that anybody writes to, as is this one")
)
struct SendmailLocalServerTests {
  /// A local mailer that is a program with LMTP, one with a socket, a port, and a program with SMTP.
  private static func configuration(_ path: String, port: UInt16) -> String {
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
    O LogLevel=9
    O OperatorChars=.:%@!^/[]+
    O MaxHopCount=25
    Troot
    H?P?Return-Path: <$g>
    H?D?Date: $a
    H?M?Message-Id: <$t.$i@$j>
    Mlocal, P=\(path)/speaker, F=lsDFMAw5:/|@qSXzm, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=speaker lmtp -l $h
    Mcyrus, P=[IPC], F=lsDFMnqXzA@/:|m, S=0, R=0, E=\\r\\n, T=DNS/RFC822/X-Unix, A=FILE \(path)/socket
    Mtcp, P=[IPC], F=mDFMuX, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=TCP [127.0.0.1] \(port)
    Mone, P=[IPC], F=DFMuXz, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=FILE \(path)/$h
    Mstdio, P=\(path)/speaker, F=mDFMuX, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=speaker smtp $h
    Mprog, P=/bin/sh, F=lsDFMoqeu9, S=0, R=0, D=/tmp, T=X-Unix/X-Unix/X-Unix, A=sh -c $u
    M*file*, P=[FILE], F=lsDFMPEouq9, T=DNS/RFC822/X-Unix, A=FILE $u
    M*include*, P=/dev/null, F=su, A=INCLUDE $u
    S3
    S4
    S0
    R$* @ test.example\t$1
    R$+ . cyrus\t$#cyrus $: $1
    R$+ . tcp\t$#tcp $@ host.tcp $: $1@host.tcp
    R$+ . one\t$#one $@ socket $: $1@host.one
    R$+ . stdio\t$#stdio $@ host.stdio $: $1@host.stdio
    R$+\t$#local $: $1

    """
  }

  /// A program that speaks as LMTPServer does and writes what it hears into a file.
  private static func speaker(_ path: String) -> String {
    """
    #!/bin/sh
    kind=$1 file=$(mktemp \(path)/out/.new.XXXXXX) taken=
    echo "$*" > $file
    say() { printf '%s\\r\\n' "$1"; }
    heard() { IFS= read -r line || exit 0; line=$(printf '%s' "$line" | tr -d '\\r'); printf '%s\\n' "$line" >> $file; }
    say '220 speaker'
    while heard; do
      case $line in
      LHLO*|EHLO*|HELO*) say '250-speaker'; say '250-ENHANCEDSTATUSCODES'; say '250 SIZE';;
      [Rr]*'<gam'*) say '550 5.1.1 never heard of';;
      [Rr]*) taken="$taken $line"; say '250 2.1.5 ok';;
      DATA) say '354 go on'; while heard; [ "$line" != . ]; do :; done
        if [ $kind = smtp ]; then say '250 2.0.0 taken'; else
          for one in $taken; do
            case $one in *'<bin'*) say '451 4.2.2 not now';; *'<'*) say '250 2.0.0 taken';; esac
          done
        fi;;
      QUIT) say '221 bye'; chmod 644 $file; mv $file \(path)/out/${file##*.new.}; exit 0;;
      *) say '250 2.0.0 ok';;
      esac
    done

    """
  }

  private static let messages: [(recipients: [String], sender: String)] = [
    (["daemon", "bin"], "Al@x.example"), (["games", "mail"], ""),
    (["a.cyrus", "full.cyrus", "gone.cyrus"], "b@x.example"),
    (["t.tcp", "U.tcp"], "b@x.example"), (["o.one"], "c@x.example"),
    (["s.stdio", "games.stdio"], "c@x.example"),
  ]

  @Test("commands, text and ends are the same")
  func same() throws {
    let folders = (
      try TemporaryFolder(below: Checkout.root + "/.build"), try TemporaryFolder(below: Checkout.root + "/.build")
    )
    let (theirs, ours) = folders
    let (theirTCP, ourTCP) = (try SMTPSink(), try SMTPSink())
    for (folder, port) in [(theirs, theirTCP.port), (ours, ourTCP.port)] {
      let path = folder.path
      try folder.write("queue/.keep", "")
      try folder.write("out/.keep", "")
      try folder.write("switch", "hosts files\naliases files\npasswd files\n")
      try folder.write("aliases", "nobody-here: daemon\n")
      try folder.write("speaker", Self.speaker(path))
      try folder.write("sendmail.cf", Self.configuration(path, port: port))
      chmod(path + "/speaker", 0o755)
      chmod(path + "/out", 0o777)
      chmod(path, 0o755)
    }
    let heard = try LMTPServer(theirs.path + "/socket", rules: rules)
    let heardByUs = try LMTPServer(ours.path + "/socket", rules: rules)
    func sendmail(_ words: [String], _ input: String = "") throws -> RunResult {
      try Peer.sendmail.runOnHost(
        "test.example", ["-C", theirs.path + "/sendmail.cf"] + words, input: Array(input.utf8))
    }
    #expect(try sendmail(["-bi"]).status == 0)
    // One attempt: what is put off stays so.
    let host = try ServedHost(in: ours, "sendmail.cf", relay: nil, ["--programs", "--retry", "600"])
    var expected: [String] = []
    for (recipients, sender) in Self.messages {
      let result = try sendmail(
        ["-v", "-f", sender.isEmpty ? "<>" : sender] + recipients, "From: a@b.example\nSubject: s\n\nhello\n.dot\n")
      expected.append(result.text + result.messageText)
      try send(recipients, from: sender, port: host.port, "From: a@b.example\nSubject: s\n\nhello\n..dot\n")
    }
    let count = Self.messages.reduce(0) { $0 + $1.recipients.count }
    try host.wait(for: "all attempts") { Self.attempts(host.log).count >= count }
    let told = Self.told(expected)
    let own = Self.attempts(host.log)
    #expect(own.filter { told[$0.key] != nil || $0.value.hasPrefix("Sent") } == told, "\(expected)")
    // What a server refused.
    #expect(own.keys.filter { told[$0] == nil }.sorted() == ["full.cyrus", "games", "games.stdio", "gone.cyrus"])
    #expect(masked(heardByUs.dialogues) == masked(heard.dialogues), "\(expected)")
    #expect(ourTCP.envelopes.map { $0.uppercased() }.sorted() == theirTCP.envelopes.map { $0.uppercased() }.sorted())
    #expect(Self.spoken(ours) == Self.spoken(theirs))
  }

  private static func spoken(_ folder: TemporaryFolder) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/out")) ?? []
    return masked(
      names.filter { !$0.hasPrefix(".") }.map {
        let data = FileManager.default.contents(atPath: folder.path + "/out/" + $0) ?? Data()
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
      })
  }

  /// How the first attempt for each recipient ended, as our log has it.
  private static func attempts(_ log: String) -> [String: String] {
    var ends: [String: String] = [:]
    for line in log.split(separator: "\n") {
      guard let match = line.firstMatch(of: #/: to=([^,]+),.* stat=(.*)$/#) else { continue }
      let name = match.1.filter { $0 != "<" && $0 != ">" }
      if ends[name] == nil { ends[name] = withoutWords(match.2) }
    }
    return ends
  }

  /// Of the server that took it, which LMTP leaves out there.
  private static func withoutWords(_ end: Substring) -> String { String(end).replacing(/^Sent \(.*\)$/, with: "Sent") }

  /// The same, as `sendmail -v` tells it: what a server refused stands in its reply only.
  private static func told(_ runs: [String]) -> [String: String] {
    var ends: [String: String] = [:]
    for line in runs.joined(separator: "\n").split(separator: "\n") {
      guard let match = line.firstMatch(of: #/^(\S+)\.\.\. ((?:Sent|Deferred).*)$/#) else { continue }
      for name in match.1.split(separator: ",") { ends[String(name)] = withoutWords(match.2) }
    }
    return ends
  }
}
