// SendmailCommandTests.swift: our sendmail command beside the real one, under one .cf.
//
// Both run under the same host name, each with a queue folder of its own; nothing is
// delivered. What has to differ (queue names, dates, sizes of what is stored) is masked.

import Foundation
import TestSupport
import Testing

@Suite(
  "Same command line as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SendmailCommandTests {
  private let host: SendmailHost
  private var ours: String { host.folder.path + "/ours" }

  init() throws {
    host = try SendmailHost(
      site: """
        VERSIONID(`the command line')
        OSTYPE(`linux')
        define(`confDOMAIN_NAME', `test.example')
        FEATURE(`nocanonify')
        FEATURE(`accept_unresolvable_domains')
        MAILER(`local')
        MAILER(`smtp')
        """,
      files: [
        "aliases":
          "postmaster: root\nstaff: root, daemon\nbig: a@b.example, staff\ngone: nosuchuser\nprogs: \"|/bin/cat >/dev/null\"\n"
      ])
  }

  private func runOurs(_ arguments: [String], _ input: String = "") throws -> RunResult {
    try run(
      "/usr/bin/unshare",
      [
        "-u", "/bin/sh", "-c", "hostname \"$0\" && exec \"$@\"", SendmailHost.hostName, Checkout.command("sendmail"),
        "-C", host.configuration, "-OQueueDirectory=\(ours)",
      ] + arguments, input: Array(input.utf8), environment: ["HOME": host.folder.path])
  }

  private func runTheirs(_ arguments: [String], _ input: String = "") throws -> RunResult {
    try host.run(arguments, input: Array(input.utf8))
  }

  /// The real program adds to the letter in root's home, whatever HOME says: puts back what was there.
  private func keepingLetter(_ body: () throws -> Void) throws {
    guard let home = getpwuid(0)?.pointee.pw_dir.map({ String(cString: $0) }) else { return try body() }
    let path = home + "/dead.letter"
    let before = FileManager.default.contents(atPath: path)
    defer {
      if let before { FileManager.default.createFile(atPath: path, contents: before) } else { unlink(path) }
    }
    try body()
  }

  /// All that is said, without warnings about the folders of this test.
  private func words(_ result: RunResult) -> [String] {
    (result.text + result.messageText).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("WARNING:") }
  }

  private func expectSame(_ arguments: [String], _ input: String = "") throws {
    let (theirs, our) = (try runTheirs(arguments, input), try runOurs(arguments, input))
    #expect(our.status == theirs.status, "\(arguments)\n\(theirs)\n\(our)")
    // The name by which each was called.
    let mask = { (lines: [String]) in
      // One saves a letter in the home that HOME names, the other in that of the account.
      lines.map { line in
        line.replacing(#/^\S*/sendmail: /#, with: "sendmail: ").replacing(#/\S*/dead\.letter/#, with: "dead.letter")
      }
    }
    #expect(mask(words(our)) == mask(words(theirs)), "\(arguments)")
  }

  @Test("-bv says the same of addresses, with the same status")
  func verify() throws {
    for addresses in [
      ["root"], ["nosuch"], ["staff"], ["big"], ["gone"], ["progs"], ["a@b.example"], ["user@[192.0.2.1]"], ["x@"],
      ["\"|/bin/ls\""], ["/tmp/file"], [":include:/x"], ["a b@c"], ["root,daemon"], ["Root <root>"],
      ["root@test.example"], ["a@b.example", "nosuch", "root", "gone", "daemon@localhost"], ["nosuch", "x@"], [],
      ["<root"],
      ["root>"], ["\"root"],
    ] { try expectSame(["-bv"] + addresses) }
  }

  @Test("options that are wrong are refused in the same words, with the same status")
  func badOptions() throws {
    let commands = [
      ["-N", "foo", "root"], ["-R", "x", "root"], ["-V", "a b", "root"], ["-h", "abc", "root"], ["-bX"], ["-bz"],
      ["-V", "a+b", "root"], ["-R", "full", "-R", "hdrs", "root"], ["-q-5"], ["-bq"], ["-x", "root"], ["-U", "root"],
      ["-qGother"], ["-ba"], ["-bO"], ["-X", "/no/such/folder/x", "root"], ["-OTimeout.queuereturn=x", "root"],
      ["-f", "a", "-f", "b", "root"], ["-q5x"], ["-Z"], ["-M"], ["-Onosuch=1", "root"], [], ["-bm"],
      ["-ba", "nosuch", "root"],
    ]
    try keepingLetter {
      for words in commands { try expectSame(words, "Subject: x\n\nhi\n") }
    }
  }

  @Test("submissions end with the same status, and say the same of recipients")
  func submissions() throws {
    let text = "Subject: x\n\nhi\n"
    func expectSame(_ words: [String], _ input: String) throws {
      var theirs = try runTheirs(["-odq"] + words, input)
      // 74: the letter in root's home went while another test put back what was there.
      if theirs.status == 74 { theirs = try runTheirs(["-odq"] + words, input) }
      let our = try runOurs(["-odq"] + words, input)
      #expect(our.status == theirs.status, "\(words)\n\(theirs)\n\(our)")
      // Whether a letter can be saved is the home folder's affair.
      let isLetter = { (line: String) in
        line.contains("dead.letter") || line.contains("putbody: write error") || line == "Operating system error"
      }
      #expect(
        self.words(our).filter { !isLetter($0) } == self.words(theirs).filter { !isLetter($0) }, "\(words)")
    }
    let queued = [
      (["root"], text), (["-t"], text), (["-t"], "To: root\n" + text), (["-i", "root"], "a\n.\nb\n"),
      (["-f", "alice@b.example", "a@b.example"], text), (["-oeq", "nosuch", "root"], text), (["gone"], text),
      (["gone", "root"], text), (["-f", "a@b@c", "root"], text), (["-f", "/tmp/x", "root"], text),
      ([""], text), (["-h", "", "root"], text), (["-h", "-1", "root"], text),
      (["-V", "", "root"], text), (["-Ax", "root"], text), (["-OMaxRecipientsPerMessage=1", "root", "daemon"], text),
      (["-f", "<>", "root"], text), (["-B7bit", "root,daemon, bin"], text), (["--x", "root"], text),
      (["progs", "big"], "Bcc: x\n\nhi\n"), (["-B8BITMIME", "-N", "never", "-R", "hdrs", "-V", "id", "root"], text),
    ]
    try keepingLetter {
      for (words, input) in queued { try expectSame(words, input) }
    }
    // What of it was queued is listed alike, sizes and all.
    func listed(_ result: RunResult) -> [String] {
      result.text.replacing(#/(?m)^[0-9A-Za-z]{14}/#, with: "ID").replacing(
        #/[A-Z][a-z]{2} [A-Z][a-z]{2} .[0-9] [0-9][0-9]:[0-9][0-9] /#, with: "DATE "
      )
      .split(separator: "\n").dropFirst().map(String.init).filter { !$0.contains("... Invalid") }.sorted()
    }
    let (theirs, our) = (try listed(runTheirs(["-bp"])), try listed(runOurs(["-bp"])))
    #expect(our == theirs, "\(our.difference(from: theirs))")
    // The notices of these sendmail tries to deliver at once, and we with the queue; half
    // brackets and quotes it lists as they came.
    for (words, input) in [
      (["-t"], "Cc: nosuch\n" + text), (["-t", "daemon"], "To: root, nosuch\nBcc: staff\n" + text),
      (["-oem", "nosuch", "root"], text), (["-oew", "nosuch"], text), (["root>"], text), (["\"root"], text),
    ] { try expectSame(words, input) }
  }

  @Test("-X has what was read and said, -d0.1 who this host is")
  func diagnostics() throws {
    func traffic(_ submit: ([String], String) throws -> RunResult, _ name: String) throws -> [String] {
      let path = host.folder.path + "/" + name
      _ = try submit(["-odq", "-X", path, "root"], "Subject: x\n\nhi\n.\n")
      return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
        String($0.drop { $0.isNumber })
      }
    }
    let theirs = try traffic(runTheirs, "their-traffic")
    #expect(theirs.contains(" <<< hi"))
    #expect(try traffic(runOurs, "our-traffic") == theirs)
    try expectSame(["-d0.1", "-bv", "root"])
  }

  @Test("the queue is listed in the same columns")
  func listing() throws {
    func masked(_ result: RunResult) -> String {
      result.text
        .replacing(host.folder.path + "/queue", with: "QUEUE").replacing(ours, with: "QUEUE")
        .replacing(#/(?m)^[0-9A-Za-z]{14} *([ *]) {0,8}[0-9]+ /#, with: "ID SIZE ")
        .replacing(#/SIZE +[0-9]+ /#, with: "SIZE PRIORITY ")
        .replacing(#/([A-Z][a-z]{2} )?[A-Z][a-z]{2} .[0-9] [0-9][0-9]:[0-9][0-9] /#, with: "DATE ")
    }
    for words in [["-bp"], ["-bp", "-v"]] {
      #expect(try masked(runOurs(words)) == masked(runTheirs(words)))
    }
    let long = String(repeating: "long", count: 15) + "@b.example"
    for submit in [runTheirs, runOurs] as [([String], String) throws -> RunResult] {
      _ = try submit(["-odq", "-f", "alice@b.example", "root", "a@c.example"], "Subject: x\n\nhi\n")
      _ = try submit(["-odq", "-f", long, "-B8BITMIME", "daemon"], "Subject: x\n\nh\u{E4}\n")
    }
    func sorted(_ text: String) -> [String] { text.split(separator: "\n").map(String.init).sorted() }
    for words in [
      ["-bp"], ["-bp", "-v"], ["-bp", "-qRdaemon"], ["-bp", "-qSalice"], ["-bp", "-q!Salice"], ["-bp", "-qIzzzz"],
      ["-bp", "-qQ"], ["-bp", "-qL"],
    ] {
      let (our, theirs) = (try runOurs(words), try runTheirs(words))
      #expect(our.status == theirs.status)
      // Messages of one second come in either order.
      #expect(sorted(masked(our)) == sorted(masked(theirs)), "\(words)\n\(theirs.text)\n\(our.text)")
    }
    for submit in [runTheirs, runOurs] as [([String], String) throws -> RunResult] {
      #expect(try submit(["-Qlook at it", "-qSalice"], "").status == 0)
    }
    let (our, theirs) = (try runOurs(["-bp", "-qQ"]), try runTheirs(["-bp", "-qQ"]))
    #expect(masked(our) == masked(theirs), "\(theirs.text)\n\(our.text)")
  }

  @Test("aliases are built with the same line, and the real program reads what we built")
  func aliases() throws {
    let database = host.folder.path + "/mail/aliases.db"
    try FileManager.default.removeItem(atPath: database)
    try expectSame(["-bi"])
    try FileManager.default.removeItem(atPath: database)
    let built = try runOurs(["-bi"])
    #expect(built.status == 0, "\(built)")
    let found = try words(runTheirs(["-bv", "staff", "progs"]))
    #expect(
      found == [
        "daemon... deliverable: mailer local, user daemon", "root... deliverable: mailer local, user root",
        "\"|/bin/cat >/dev/null\"... deliverable: mailer prog, user \"|/bin/cat >/dev/null\"",
      ])
    if Peer.postmap.isThere {
      try host.folder.write("postfix/main.cf", "compatibility_level = 3.7\nmail_owner = daemon\nsetgid_group = mail\n")
      host.folder.age("postfix/main.cf")
      let answer = try Peer.postmap.run([
        "-c", host.folder.path + "/postfix", "-q", "staff", "hash:" + host.folder.path + "/mail/aliases",
      ])
      #expect(answer.text == "root, daemon\n", "\(answer)")
    }
  }

  @Test("-bs answers a dialogue with the same codes")
  func dialogue() throws {
    // Line by line, as a person types: the real program refuses what comes too early, and a busy
    // machine lets it start late.
    let lines = ["EHLO x", "MAIL FROM:<al@b.example>", "RCPT TO:<nosuch>", "RCPT TO:<root>", "NOOP", "QUIT"]
    let script =
      "(sleep 6; " + lines.map { "sleep 1; printf '\($0)\\r\\n'" }.joined(separator: "; ") + ") | exec \"$@\" -bs"
    func codes(_ command: [String]) throws -> [String] {
      let result = try run(
        "/usr/bin/unshare", ["-u", "/bin/sh", "-c", "hostname test.example; " + script, "x"] + command,
        environment: Peer.environment)
      return result.text.split(whereSeparator: \.isNewline).filter { $0.dropFirst(3).first == " " }.map {
        String($0.prefix(9))
      }
    }
    let theirs = try codes([Peer.sendmail.path, "-C", host.configuration])
    #expect(theirs.count == 7)
    let our = try codes([Checkout.command("sendmail"), "-C", host.configuration, "-OQueueDirectory=\(ours)"])
    // What the last line of EHLO offers is each program's own.
    #expect(
      our.filter { !$0.hasPrefix("250 HELP") && !$0.hasPrefix("250 DSN") }
        == theirs.filter { !$0.hasPrefix("250 HELP") })
  }
}

@Suite(
  "Same queue listing as Postfix", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root"))
struct PostfixListingTests {
  @Test("mailq has the same lines for mail that waits, and where there is none")
  func listing() throws {
    let port = try PostfixInstance.freePort()
    let main =
      "myhostname = mail.test.example\ndefault_transport = smtp:[127.0.0.1]:\(port)\nsmtp_connection_cache_on_demand = no\n"
    let instance = try PostfixInstance(main: main, recorders: PostfixInstance.agents.filter { $0 != "smtp" })
    try instance.start()
    defer { instance.stop() }
    let folder = try TemporaryFolder()
    try folder.write("main.cf", main)
    func ours(_ words: [String], _ input: String = "") throws -> RunResult {
      try run(
        Checkout.command("sendmail"), ["-C", folder.path, "-OQueueDirectory=\(folder.path)/state"] + words,
        input: Array(input.utf8), environment: ["HOME": folder.path])
    }
    #expect(try ours(["-bp"]).text == instance.command(.postqueue, ["-p"]).text)
    let recipients = ["x@far.example", "y@far.example"]
    let session = try SMTPSession(port: instance.port)
    for line in ["EHLO client.example", "MAIL FROM:<alice@b.example>"] + recipients.map({ "RCPT TO:<\($0)>" }) {
      #expect(try session.say(line).code == 250)
    }
    #expect(try session.say("DATA").code == 354)
    #expect(try session.say("Subject: x\r\n\r\nhello\r\n.").code == 250)
    #expect(try ours(["-odi", "-f", "alice@b.example"] + recipients, "Subject: x\n\nhello\n").status == 0)
    func masked(_ text: String) -> String {
      text.replacing(
        #/(?m)^[0-9A-Z]{9,14} +[0-9]+ [A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8}/#, with: "ID SIZE DATE"
      )
      .replacing(#/-- [0-9]+ Kbytes/#, with: "-- N Kbytes")
    }
    var theirs = ""
    // A star: it is being delivered, and not all of its recipients have been tried.
    for _ in 0..<200 where !theirs.contains("refused") || theirs.contains("*") {
      theirs = try masked(instance.command(.postqueue, ["-p"]).text)
      usleep(50_000)
    }
    let our = try masked(ours(["-bp"]).text)
    #expect(theirs.contains("Connection refused"))
    // Postfix tries both at once and lists them as they failed.
    let swapped = theirs.replacing("x@far", with: "z@far").replacing("y@far", with: "x@far")
      .replacing("z@far", with: "y@far")
    #expect(our == theirs || our == swapped, "\(theirs)\n\(our)")
    guard Peer.pflogsumm.isWanted else { return }
    let counts = try Peer.messageCounts(inLog: instance.logPath)
    #expect(counts.contains("1 received") && counts.contains { $0.hasPrefix("1 deferred") }, "\(counts)")
    #expect(try Peer.messageCounts(inLog: folder.path + "/state/mail.log") == counts)
  }
}
