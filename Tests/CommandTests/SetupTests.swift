// waybill setup as people meet it: at a terminal, with an answers file, beside Debian's
// sendmailconfig, and what it writes under the real sendmail.

import Foundation
import TestSupport
import Testing

/// A host's files below a folder.
private struct Host {
  let folder: TemporaryFolder

  init(_ files: [String: String] = [:]) throws {
    folder = try TemporaryFolder()
    try folder.write("root/etc/hostname", "gate\n")
    try folder.write("root/etc/hosts", "127.0.0.1 localhost\n127.0.1.1 gate.example.org gate\n")
    try folder.write("root/etc/debian_version", "12.0\n")
    try folder.write("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n")
    try FileManager.default.createDirectory(atPath: mail, withIntermediateDirectories: true)
    for (name, text) in files { try folder.write("root/etc/mail/" + name, text) }
  }

  var mail: String { folder.path + "/root/etc/mail" }

  func setup(_ arguments: String..., input: String = "") throws -> RunResult {
    try run(
      Checkout.command("waybill"), ["setup", "--root", "root"] + arguments, input: Array(input.utf8), in: folder.path)
  }

  func terminal(_ arguments: String...) throws -> PseudoTerminal {
    try PseudoTerminal(Checkout.command("waybill"), ["setup", "--root", "root"] + arguments, in: folder.path)
  }

  /// All files with what is in them; folders, too.
  func snapshot() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for case let name as String in FileManager.default.enumerator(atPath: mail) ?? .init() {
      files[name] = FileManager.default.contents(atPath: mail + "/" + name) ?? Data()
    }
    return files
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: mail + "/" + name, encoding: .utf8) }

  /// Its files; of databases the entries, since libdb gives each file a number of its own.
  func contents() throws -> [String: String] {
    var contents: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: mail) where name != "setup-backups" {
      if name.hasSuffix(".db") {
        let dump = try run(Checkout.command("makemap"), ["-u", "hash", mail + "/" + name])
        #expect(dump.status == 0, "\(dump)")
        contents[name] = dump.text.split(separator: "\n").sorted().joined(separator: "\n")
      } else {
        contents[name] = try text(name)
      }
    }
    return contents
  }
}

/// The lines that somebody types for each kind of host, and the same as a file.
private struct Script: CustomStringConvertible {
  let kind: String
  let lines: [(question: String, line: String)]
  let answers: String

  var description: String { kind }

  static let all = [
    Script(
      kind: "null-client",
      lines: [("What is this host?", "1"), ("Full name", ""), ("all mail?", "hub.example.org"), ("two tries", "")],
      answers: "hub: hub.example.org\n"),
    Script(
      kind: "smart-host-client",
      lines: [
        ("What is this host?", "smart"), ("Full name", ""), ("elsewhere?", "[smtp.example.net]"), ("Further names", ""),
        ("senders of this host show?", "example.org"), ("all the same?", ""), ("another address", ""),
        ("into mailboxes?", ""), ("two tries", "1h"),
      ], answers: "smart-host: \"[smtp.example.net]\"\nmasquerade: example.org\nqueue-interval: 1h\n"),
    Script(
      kind: "workstation",
      lines: [
        ("What is this host?", "workstation"), ("Full name", ""), ("Further names", "pc.example.org"),
        ("from other hosts?", "all"), ("to refuse?", "flood.example 198.51.100.0/24"), ("senders of this host", ""),
        ("another address", "ann=ann.miller@example.org"), ("into mailboxes?", "procmail"), ("two tries", ""),
      ],
      answers: """
        local-names: pc.example.org
        listen: all
        refuse: [flood.example, 198.51.100.0/24]
        sender-addresses: [ann=ann.miller@example.org]
        local-delivery: procmail

        """),
    Script(
      kind: "relay",
      lines: [
        ("What is this host?", "4"), ("Full name", "mx.example.org"), ("elsewhere?", ""), ("from other hosts?", ""),
        ("through this host?", "192.0.2.0/24"), ("passes mail on for?", "a.example=box.a.example, b.example"),
        ("to refuse?", ""), ("senders of this host", ""), ("two tries", ""),
      ],
      answers: """
        host-name: mx.example.org
        relay-networks: 192.0.2.0/24
        relay-domains: [a.example=box.a.example, b.example]

        """),
    Script(
      kind: "domain-server",
      lines: [
        ("What is this host?", "5"), ("Full name", ""), ("elsewhere?", "none"), ("Further names", ""),
        ("of their own?", "info@club.example=ann @club.example=bob@elsewhere.example"), ("from other hosts?", ""),
        ("through this host?", "192.0.2.0/24 2001:db8::/32"), ("passes mail on for?", "other.example"),
        ("to refuse?", ""), ("senders of this host", "example.org"), ("all the same?", "root cron"),
        ("another address", ""), ("into mailboxes?", ""), ("two tries", ""),
      ],
      answers: """
        virtual-users: [info@club.example=ann, "@club.example=bob@elsewhere.example"]
        relay-networks: [192.0.2.0/24, "2001:db8::/32"]
        relay-domains: other.example
        masquerade: example.org
        exposed-users: [root, cron]

        """),
  ]

  func file(in host: Host) throws { try host.folder.write("answers.yaml", "kind: \(kind)\n" + answers) }
}

/// Writes a script and makes it a program. Another process does the copying: while a child that
/// some test starts just now holds the file open, it could not be run.
private func makeScript(_ text: String, _ name: String, in folder: TemporaryFolder) throws -> String {
  let source = try folder.write(name + ".txt", "#!/bin/sh\n" + text)
  let made = try run("/usr/bin/install", ["-m", "755", source, folder.path + "/" + name])
  try #require(made.status == 0, "\(made)")
  return folder.path + "/" + name
}

/// A process called sendmail that writes the file `told` when it is told to read its files.
private func startDaemon(in folder: TemporaryFolder) throws -> ProcessGroup {
  let text = "trap 'echo told > told' HUP\necho ready > ready\nwhile :; do sleep 0.1; done\n"
  let daemon = try ProcessGroup("/usr/bin/env", ["-C", folder.path, try makeScript(text, "sendmail", in: folder)])
  for _ in 0..<500 where !FileManager.default.fileExists(atPath: folder.path + "/ready") { usleep(20_000) }
  try #require(FileManager.default.fileExists(atPath: folder.path + "/ready"))
  return daemon
}

@Suite("waybill setup")
struct SetupTests {
  // MARK: at a terminal

  @Test("a dialogue and an answers file give the same files", arguments: Script.all)
  fileprivate func dialogue(_ script: Script) throws {
    let (one, other) = (try Host(), try Host())
    let terminal = try one.terminal("--write-answers", "recorded.yaml")
    for (question, line) in script.lines { try terminal.answer(question, line) }
    try terminal.answer("Write these files?", "")
    #expect(try terminal.wait() == 0, "\(terminal.shown)")
    #expect(terminal.shown.contains("What becomes of mail:\n  mail for ann from this host: "))
    try script.file(in: other)
    let result = try other.setup("--answers", "answers.yaml")
    #expect(result.status == 0, "\(result)")
    let files = try one.contents()
    #expect(files.count >= 3)
    #expect(files == (try other.contents()))
    // What was recorded answers everything, on another host, too.
    let third = try Host()
    try FileManager.default.copyItem(
      atPath: one.folder.path + "/recorded.yaml", toPath: third.folder.path + "/recorded.yaml")
    try FileManager.default.removeItem(atPath: third.folder.path + "/root/etc/hostname")
    #expect(try third.setup("--answers", "recorded.yaml").status == 0)
    #expect(files == (try third.contents()))
    // And nothing is left to do.
    #expect(try other.setup("--answers", "answers.yaml").text.contains("Nothing changes."))
  }

  @Test("wrong answers, help, back, and a terminal whose size changes")
  func stumbling() throws {
    let host = try Host()
    let terminal = try host.terminal()
    try terminal.answer("What is this host?", "7")
    try terminal.expect("`7' is not null-client, smart-host-client")
    try terminal.answer("What is this host?", "?")
    try terminal.expect("A null client hands everything to a hub")
    try terminal.answer("What is this host?", "<")
    try terminal.expect("This is the first question.")
    try terminal.answer("What is this host?", "relay")
    try terminal.expect("Full name of this host? [gate.example.org] ")
    terminal.type("ga")
    terminal.resize(rows: 10, columns: 20)
    terminal.type("te.example.com\n")
    try terminal.answer("elsewhere?", "<")
    try terminal.expect("Full name of this host? [gate.example.com] ")
    terminal.type("<\n")
    try terminal.answer("What is this host? [relay", "null-client")
    try terminal.answer("Full name of this host? [gate.example.com", "")
    try terminal.answer("all mail?", "")
    try terminal.expect("there must be a domain")
    try terminal.answer("all mail?", "hub.example.com")
    try terminal.answer("two tries", "soon")
    try terminal.expect("`soon' is not a time")
    try terminal.answer("two tries", "30m")
    try terminal.answer("Write these files?", "<")
    try terminal.answer("two tries to send what waits? [30m", "15m")
    try terminal.answer("Write these files?", "what")
    try terminal.expect("Answer yes or no")
    try terminal.answer("Write these files?", "yes")
    #expect(try terminal.wait() == 0, "\(terminal.shown)")
    #expect(try host.text("sendmail.conf").contains("QUEUE_INTERVAL=\"15m\";"))
    let mc = try host.text("sendmail.mc")
    #expect(mc.contains("FEATURE(`nullclient', `hub.example.com')dnl") && mc.contains("`gate.example.com'"))
  }

  @Test(
    "Ctrl-C, a closed terminal, the end of input and no leave all as it was",
    arguments: [("ctrl-c", 130), ("hang-up", 129), ("end", 66)] as [(String, Int32)], [0, 2, 5, 9])
  func ended(_ how: (name: String, status: Int32), _ after: Int) throws {
    let host = try Host(["local-host-names": "old.example.org\n"])
    let before = try host.snapshot()
    let terminal = try host.terminal("--write-answers", "recorded.yaml")
    let lines = Script.all[3].lines
    for (question, line) in lines.prefix(after) { try terminal.answer(question, line) }
    try terminal.expect(after < lines.count ? lines[after].question : "Write these files?")
    try terminal.expect("] ")
    switch how.name {
    case "ctrl-c": terminal.type("half\u{3}")
    case "end": terminal.type("\u{4}")
    default: terminal.close()
    }
    #expect(try terminal.wait() == how.status, "\(terminal.shown)")
    #expect(try host.snapshot() == before)
    #expect(!FileManager.default.fileExists(atPath: host.folder.path + "/recorded.yaml"))
  }

  @Test("no at the last question, and a dry run, write nothing")
  func declined() throws {
    let host = try Host()
    let script = Script.all[0]
    let terminal = try host.terminal()
    for (question, line) in script.lines { try terminal.answer(question, line) }
    try terminal.answer("Write these files?", "n")
    #expect(try terminal.wait() == 0)
    #expect(terminal.shown.contains("Nothing was written."))
    try script.file(in: host)
    let dry = try host.setup("--answers", "answers.yaml", "--dry-run")
    #expect(dry.status == 0 && dry.text.contains("+FEATURE(`nullclient', `hub.example.org')dnl"), "\(dry)")
    #expect(try host.snapshot().isEmpty)
  }

  @Test("nobody to ask, and files that do not answer")
  func nobody() throws {
    let host = try Host()
    let none = try host.setup()
    #expect(none.status == 64 && none.messageText.contains("fix: give --answers"), "\(none)")
    #expect(try host.setup("--answers", "nowhere.yaml").status == 66)
    try host.folder.write("bad.yaml", "kind: relay\nrelay-network: 10.0.0.0/8\nmasquerade: '$j'\n")
    let bad = try host.setup("--answers", "bad.yaml")
    #expect(bad.status == 65 && bad.messageText.contains("bad.yaml:2:1: error: unknown key"), "\(bad)")
    #expect(bad.messageText.contains("bad.yaml:3:13: error: `$j' is not a domain"), "\(bad)")
    #expect(try host.setup("--rollback").status == 66)
    #expect(try host.snapshot().isEmpty)
  }

  // MARK: a configuration that is there

  private static let old = [
    "sendmail.mc": """
    OSTYPE(`debian')dnl
    DOMAIN(`debian-mta')dnl
    define(`confMAX_HOP', `30')dnl
    define(`SMART_HOST', `[relay.example.net]')dnl
    FEATURE(`access_db')dnl
    MASQUERADE_AS(`example.org')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl

    """, "sendmail.conf": "# mine\nQUEUE_INTERVAL=\"20m\";\n", "access": "Connect:10 RELAY\n",
  ]

  @Test("what is there proposes the answers; --rollback brings it back, once for each time")
  func existing() throws {
    let host = try Host(Self.old)
    let before = try host.snapshot()
    let terminal = try host.terminal()
    try terminal.answer("sendmail.conf?", "y")
    try terminal.answer("sendmail.mc?", "n")
    try terminal.answer("[relay", "")
    try terminal.answer("Full name", "")
    try terminal.answer("elsewhere? [[relay.example.net]", "")
    try terminal.answer("from other hosts? [all", "")
    try terminal.answer("through this host? [10.0.0.0/8", "")
    try terminal.answer("passes mail on for? [none", "")
    try terminal.answer("refuse? [none", "")
    try terminal.answer("show? [example.org", "")
    try terminal.answer("all the same? [root", "")
    try terminal.answer("what waits? [20m", "")
    try terminal.answer("Keep the calls", "")
    try terminal.expect("-define(`confMAX_HOP'")
    try terminal.answer("Write these files?", "y")
    #expect(try terminal.wait() == 0, "\(terminal.shown)")
    let first = try host.snapshot()
    #expect(try host.text("sendmail.mc").contains("define(`confMAX_HOP', `30')dnl"))
    #expect(try host.text("access") == "Connect:10 RELAY\n")
    #expect(try host.text("sendmail.conf") == Self.old["sendmail.conf"])
    try host.folder.write("answers.yaml", "kind: null-client\nhub: hub.example.org\n")
    #expect(try host.setup("--answers", "answers.yaml").status == 0)
    #expect(try host.setup("--rollback").status == 0)
    #expect(try host.snapshot() == first)
    // Work of a person is not thrown away without a word.
    try host.folder.write("root/etc/mail/sendmail.mc", "dnl mine\n")
    let refused = try host.setup("--rollback")
    #expect(refused.status == 73 && refused.messageText.contains("was changed after setup"), "\(refused)")
    let asked = try host.terminal("--rollback")
    try asked.answer("Take this back?", "yes")
    #expect(try asked.wait() == 0, "\(asked.shown)")
    #expect(try host.snapshot() == before)
  }

  @Test("the existing sendmail.mc is built as it is; a bad sendmail.conf ends it")
  func asItIs() throws {
    let host = try Host(Self.old)
    let terminal = try host.terminal("--no-reload")
    try terminal.answer("sendmail.conf?", "")
    try terminal.answer("sendmail.mc?", "")
    try terminal.answer("Write these files?", "")
    #expect(try terminal.wait() == 0, "\(terminal.shown)")
    #expect(try host.text("sendmail.mc") == Self.old["sendmail.mc"])
    #expect(try host.text("sendmail.cf").contains("\nDS[relay.example.net]\n"))
    #expect(try host.contents()["access.db"]?.hasPrefix("connect:10") == true)
    try host.folder.write("root/etc/mail/sendmail.conf", "QUEUE_MODE=\"often\";\n")
    let bad = try host.terminal()
    try bad.answer("sendmail.conf?", "")
    try bad.expect("sendmail.conf:1:13: error: `often' is no value of QUEUE_MODE")
    #expect(try bad.wait() == 78)
    // A fault of the old file is told at its line.
    try host.folder.write("root/etc/mail/sendmail.conf", "")
    try host.folder.write(
      "root/etc/mail/sendmail.mc", "OSTYPE(`debian')dnl\nFEATURE(`acess_db')dnl\nMAILER(`local')dnl\n")
    let before = try host.snapshot()
    let wrong = try host.terminal()
    try wrong.answer("sendmail.conf?", "")
    try wrong.answer("sendmail.mc?", "")
    try wrong.expect("etc/mail/sendmail.mc:2:")
    #expect(try wrong.wait() == 65)
    #expect(try host.snapshot() == before)
  }

  // MARK: disks

  @Test("a full disk and a folder that may not be written leave all as it was", .enabled(if: isRoot, "needs root"))
  func disks() throws {
    let host = try Host()
    try Script.all[4].file(in: host)
    let command = "\(Checkout.command("waybill")) setup --root root --answers answers.yaml"
    for (mount, status) in [
      ("mount -t tmpfs -o size=60k tmpfs root/etc/mail && cp old root/etc/mail/access", 74),
      ("cp old root/etc/mail/access && mount --bind root/etc root/etc && mount -o remount,bind,ro root/etc", 73),
    ] {
      try host.folder.write("old", "From:spam@a.example REJECT\n")
      let script = "\(mount) && { \(command) >out; echo $?; ls -A root/etc/mail; cmp old root/etc/mail/access; }"
      let result = try run("/usr/bin/unshare", ["-m", "/bin/sh", "-c", script], in: host.folder.path)
      #expect(result.status == 0 && result.text == "\(status)\naccess\n", "\(result)")
      #expect(result.messageText.contains("nothing was changed"), "\(result)")
    }
  }

  // MARK: reloading

  @Test("a running sendmail reads the new files where somebody says so", arguments: ["y", "n", "--no-reload"])
  func reload(_ how: String) throws {
    let host = try Host(Self.old)
    let daemon = try startDaemon(in: host.folder)
    defer { daemon.end() }
    func isThere(_ name: String) -> Bool {
      for _ in 0..<(how == "y" ? 250 : 25) {
        if FileManager.default.fileExists(atPath: host.folder.path + "/" + name) { return true }
        usleep(20_000)
      }
      return false
    }
    try host.folder.write("root/var/run/sendmail/mta/sendmail.pid", "\(daemon.identifier)\n/usr/sbin/sendmail -bd\n")
    let terminal = try how == "--no-reload" ? host.terminal(how) : host.terminal()
    for question in ["sendmail.conf?", "sendmail.mc?", "Write these files?"] { try terminal.answer(question, "") }
    if how != "--no-reload" { try terminal.answer("Reload the running sendmail", how) }
    #expect(try terminal.wait() == 0, "\(terminal.shown)")
    #expect(isThere("told") == (how == "y"))
  }
}

@Suite("waybill setup beside the real programs", .enabled(if: isRoot, "\(rootHint)"))
struct SetupPeerTests {
  @Test(
    "the three questions of sendmailconfig, and what comes of the answers",
    arguments: ["yes yes yes", "yes yes no", "no", "yes yes --no-reload"])
  func threeQuestions(_ answers: String) throws {
    let words = answers.split(separator: " ").map(String.init)
    let options = words.filter { $0.hasPrefix("-") }
    let typed = words.filter { !$0.hasPrefix("-") }
    // Debian's script with programs beside it that say they were called, on an /etc of its own.
    let real = try TemporaryFolder()
    try real.write("etc/mail/sendmail.mc", "OSTYPE(`debian')dnl\n")
    try real.write("etc/mail/sendmail.conf", "QUEUE_INTERVAL=\"20m\";\n")
    for (name, word) in [
      ("bin/update_conf", "conf"), ("bin/update_sendmail", "built"), ("etc/init.d/sendmail", "reloaded"),
    ] {
      _ = try makeScript("echo \(word) >> \(real.path)/calls\n", name, in: real)
    }
    try FileManager.default.copyItem(
      atPath: Peer.folder + "/root/usr/sbin/sendmailconfig", toPath: real.path + "/bin/sendmailconfig")
    let theirs = try run(
      "/usr/bin/unshare",
      ["-m", "/bin/sh", "-c", "mount --bind etc /etc && exec bin/sendmailconfig \"$@\"", "sh"] + options,
      input: Array((typed.joined(separator: "\n") + "\n").utf8), in: real.path)
    let calls = ((try? String(contentsOfFile: real.path + "/calls", encoding: .utf8)) ?? "").split(separator: "\n")

    let host = try Host(["sendmail.mc": "OSTYPE(`debian')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"])
    try host.folder.write("root/etc/mail/sendmail.conf", "QUEUE_INTERVAL=\"20m\";\n")
    let daemon = try startDaemon(in: host.folder)
    defer { daemon.end() }
    try host.folder.write("root/var/run/sendmail.pid", "\(daemon.identifier)\n/usr/sbin/sendmail -bd\n")
    let terminal = try PseudoTerminal(
      Checkout.command("waybill"), ["setup", "--root", "root"] + options, in: host.folder.path)
    // Ours asks before it writes.
    for (index, word) in typed.enumerated() {
      if index == 2 { try terminal.answer("Write these files?", "") }
      try terminal.answer("?", word)
    }
    if typed.count == 2 { try terminal.answer("Write these files?", "") }
    #expect(try terminal.wait() == theirs.status, "\(terminal.shown)\n\(theirs)")
    usleep(300_000)

    func subjects(_ text: String) -> [String] {
      let pattern = #/(?:existing \S*(sendmail\.conf|sendmail\.mc)|([Rr]eload) the running sendmail)[^?]*\?/#
      return text.matches(of: pattern).map { String($0.1 ?? $0.2 ?? "") }
    }
    #expect(!subjects(theirs.text).isEmpty && subjects(terminal.shown) == subjects(theirs.text))
    let exists = FileManager.default.fileExists(atPath:)
    #expect(exists(host.mail + "/sendmail.cf") == calls.contains("built"))
    #expect(exists(host.folder.path + "/told") == calls.contains("reloaded"))
  }

  @Test("the real sendmail loads what is written, and routes as was said", arguments: Script.all)
  fileprivate func routes(_ script: Script) throws {
    let host = try Host()
    try script.file(in: host)
    let result = try host.setup("--answers", "answers.yaml", "--json")
    try #require(result.status == 0, "\(result)")
    let said = try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any])
    let routes = try #require(said["routes"] as? [[String: Any]])
    #expect(routes.count >= (["null-client", "smart-host-client"].contains(script.kind) ? 2 : 4))
    let real = try RealHost(host, name: script.kind == "relay" ? "mx.example.org" : "gate.example.org")
    for route in routes {
      let answer = try #require(route["answer"] as? [String: Any])
      let address = try #require(answer["address"] as? String)
      let from = try #require(route["from"] as? String)
      let isAccepted = try #require(answer["accepted"] as? Bool)
      // Whether there is such a user is asked after the rules.
      if address.hasPrefix("no-such-user") { continue }
      if from != "from this host" {
        let client = from == "from outside" ? "203.0.113.99" : "192.0.2.0"
        #expect(try real.accepts([address], from: client) == [isAccepted], "\(route)")
      }
      guard isAccepted, let delivery = (answer["deliveries"] as? [[String: String]])?.first else { continue }
      let words = ["mailer", "host", "user"].map { delivery[$0] ?? "" }
      // A null client's users are sent on after the rules, by ruleset 5.
      let told = script.kind == "null-client" ? try real.verify(address) : try real.parse([address])[0]
      #expect(told == words, "\(route["words"] ?? "")")
    }
    for (name, value) in script.kind == "workstation" ? [("from:flood.example", "REJECT")] : [] {
      #expect(try real.say("/map access \(name)\n").contains("returns \(value)"))
    }
    #expect(try real.say("$j\n").contains(script.kind == "relay" ? "mx.example.org" : "gate.example.org"))
  }

  @Test("sendmail's own library compiles what is written to the same ways", arguments: Script.all)
  fileprivate func stockLibrary(_ script: Script) throws {
    let host = try Host()
    try script.file(in: host)
    try #require(try host.setup("--answers", "answers.yaml").status == 0)
    let site = try host.text("sendmail.mc").replacing("include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\n", with: "")
    try host.folder.write("site.mc", site)
    let stock = try Peer.m4.run(
      ["-D_NO_MAKEINFO_", "-D_CF_DIR_=\(Peer.library)/", Peer.library + "/m4/cf.m4", host.folder.path + "/site.mc"])
    try #require(stock.status == 0 && stock.messages.isEmpty, "\(stock)")
    let name = script.kind == "relay" ? "mx.example.org" : "gate.example.org"
    let ours = try RealHost(host, name: name)
    let theirs = try RealHost(host, name: name, configuration: stock.text)
    let addresses = [
      "ann", "ann@\(name)", "somebody@elsewhere.example", "info@club.example", "x@club.example", "u@other.example",
      "ann@pc.example.org", "u@a.example", "u@b.example", "ann@example.org",
    ]
    #expect(try ours.parse(addresses) == (try theirs.parse(addresses)))
    let taken = try ours.accepts(addresses, from: "203.0.113.99")
    #expect(try theirs.accepts(addresses, from: "203.0.113.99") == taken)
    #expect(taken.contains(false) && (taken.contains(true) || script.kind == "null-client"))
  }
}

/// The written configuration under the real sendmail, its paths led into the folder.
private struct RealHost {
  let name: String
  let path: String

  init(_ host: Host, name: String, configuration: String? = nil) throws {
    self.name = name
    let text = try (configuration ?? host.text("sendmail.cf")).replacing("/etc/mail/", with: host.mail + "/")
    // Of the machine, and as slow as it is.
    let replaced = ["QueueDirectory", "StatusFile", "TrustedUser", "DefaultUser", "RunAsUser", "DontBlameSendmail"]
    let kept = text.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      !replaced.contains { line.hasPrefix("O \($0)=") }
    }
    let folder = host.folder.path
    try host.folder.write("switch", "hosts files\naliases files\npasswd files\n")
    let names = ["elsewhere", "hub.example.org", "smtp.example.net", "box.a", "b", "a", "other", "club"]
    let hosts = names.map { "192.0.2.1 \($0.contains(".example.") ? $0 : $0 + ".example")\n" }.joined()
    try host.folder.write("hosts", "127.0.0.1 localhost\n192.0.2.2 \(name)\n" + hosts)
    path = try host.folder.write(
      configuration == nil ? "ours.cf" : "theirs.cf",
      """
      O DontBlameSendmail=GroupWritableDirPathSafe,MapInUnsafeDirPath,LinkedMapInWritableDir,AssumeSafeChown,ClassFileInUnsafeDirPath
      O ServiceSwitchFile=\(folder)/switch
      O HostsFile=\(folder)/hosts
      O QueueDirectory=\(folder)

      """ + kept.joined(separator: "\n"))
    chmod(folder, 0o755)
  }

  func say(_ input: String) throws -> String {
    let result = try Peer.sendmail.runOnHost(name, ["-C", path, "-bt"], input: Array(input.utf8))
    #expect(result.status == 0 && !result.text.contains("rror"), "\(result)")
    return result.text
  }

  /// Mailer, host and user of each.
  func parse(_ addresses: [String]) throws -> [[String]] {
    let text = try say(addresses.map { "/parse \($0)\n" }.joined())
    let lines = text.split(separator: "\n").filter { $0.hasPrefix("mailer ") }
    try #require(lines.count == addresses.count, "\(text)")
    return lines.map { triple($0) }
  }

  /// The same as it is in the end, aliases and ruleset 5 done.
  func verify(_ address: String) throws -> [String] {
    let result = try Peer.sendmail.runOnHost(name, ["-C", path, "-bv", address])
    let line = try #require(result.text.split(separator: "\n").last { $0.contains(": mailer ") }, "\(result)")
    return triple(line.drop { $0 != ":" }.dropFirst(2))
  }

  private func triple(_ line: Substring) -> [String] {
    var words = ["", "", ""]
    for part in line.split(separator: ", ") {
      for (index, name) in ["mailer ", "host ", "user "].enumerated() where part.hasPrefix(name) {
        words[index] = String(part.dropFirst(name.count))
      }
    }
    return words
  }

  /// Whether a client that nobody knows the name of may send to each.
  func accepts(_ addresses: [String], from client: String) throws -> [Bool] {
    let macros = [
      ".D{client_addr}\(client)", ".D{client_name}[\(client)]", ".D{client_resolve}FAIL", ".D{client_ptr}[\(client)]",
    ]
    let input = (macros + addresses.map { "check_rcpt <\($0)>" }).map { $0 + "\n" }.joined()
    let result = try Peer.sendmail.runOnHost(name, ["-C", path, "-bt"], input: Array(input.utf8))
    let lines = result.text.split(separator: "\n").filter { $0.hasPrefix("check_rcpt ") && $0.contains(" returns: ") }
    try #require(lines.count == addresses.count, "\(result)")
    return lines.map { !$0.contains("$# error") }
  }
}
