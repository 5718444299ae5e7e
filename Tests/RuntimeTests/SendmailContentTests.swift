// SendmailContentTests.swift: rulesets about content, clients and questions, beside the real sendmail.

import Foundation
import TestSupport
import Testing

@Suite(
  "Same answers to content as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SendmailContentTests {
  static let site = """
    OSTYPE(`linux')dnl
    define(`confDOMAIN_NAME', `mail.test.example')dnl
    FEATURE(`nocanonify')dnl
    FEATURE(`accept_unresolvable_domains')dnl
    FEATURE(`no_default_msa')dnl

    """
  static let mailers = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"

  static let rulesets = """
    LOCAL_CONFIG
    HSubject: $>CheckAct
    HX-Two: $>CheckAct
    HX-Facts: $>CheckFacts
    HX-Keep: $>CheckKeep
    HTo: $>+CheckAct
    H*: $>CheckStar
    HX-None: $>NoSuch
    Kstore macro
    LOCAL_RULESETS
    SCheckAct
    Rreject $+\t$#error $@ 5.7.1 $: "550 5.7.1 no " $1
    Rplain $+\t$#error $: $1
    Rtemp $+\t$#error $@ 4.7.1 $: "451 later " $1
    Rdiscard $*\t$#discard $: discard
    Rquarantine $*\t$#error $@ quarantine $: kept $1
    Rlocal $*\t$#local $: x
    SCheckFacts
    R$*\t$#error $@ 5.7.1 $: "550 5.7.1 " $&{hdr_name} " " $&{hdrlen} " " $&{nrcpts} " " $&{nbadrcpts} " " $&{addr_type} " " $&f
    SCheckKeep
    R$*\t$: $(store {Kept} $@ $1 $)
    SCheckStar
    Rreject $+\t$#error $@ 5.7.1 $: "550 5.7.1 star " $&{hdr_name}
    Scheck_data
    R$*\t$: < $&f > $1
    R< data@b.example > $*\t$#error $@ 5.7.1 $: "550 5.7.1 no data " $1
    R< datad@b.example > $*\t$#discard $: x
    R< dataq@b.example > $*\t$#error $@ quarantine $: held
    Scheck_eoh
    R$*\t$: < $&f > $1
    R< eoh@b.example > $- $| $-\t$#error $@ 5.7.1 $: "550 5.7.1 eoh " $1 and $2
    R< eohd@b.example > $*\t$#discard $: x
    R< kept@b.example > $*\t$#error $@ 5.7.1 $: "550 5.7.1 kept " $&{Kept}
    Scheck_eom
    R$*\t$: < $&f > $1
    R< eom@b.example > $*\t$#error $@ 5.7.1 $: "552 5.7.1 no eom " $1 " " $&{msg_size}
    R< eomt@b.example > $*\t$#error $@ 4.7.1 $: "452 no eom " $1
    R< eomd@b.example > $*\t$#discard $: x
    Scheck_vrfy
    Rbad $*\t$#error $@ 5.7.1 $: "550 5.7.1 no vrfy " $1
    Rdis $*\t$#discard
    Scheck_expn
    Rbad $*\t$#error $@ 5.7.1 $: "550 5.7.1 no expn " $1
    Scheck_etrn
    Rbad $*\t$#error $@ 5.7.1 $: "450 no etrn " $1

    """

  private static let headers = [
    "Subject: reject me", "Subject: plain text here", "Subject: temp it", "Subject: discard", "Subject: local x",
    "Subject: quarantine a b", "Subject: reject one\r\nX-Two: reject two", "Subject: temp one\r\nX-Two: reject two",
    "Subject: reject one\r\nX-Two: temp two", "Subject: discard\r\nX-Two: reject two",
    "Subject: reject one\r\nX-Two: discard", "X-Other: reject o\r\nX-Two: reject two",
    "X-Other: reject o\r\nSubject: x", "To: reject (c) d", "Subject: reject (c) d \"q r\"", "X-None: reject abc",
    "X-Two : reject blank", "x-two: reject lower", "Subject: reject (open", "To: reject (open",
    "Subject: reject \"open", "Subject: reject <open", "Subject: reject open)", "Subject: reject a>b",
    "Subject: reject  a  @ b.c  <x> \"q  (r)\" d; e,f", "Subject: reject a\tb", "Subject: reject", "Subject:",
    "Subject: REJECT x", "Subject: reject\r\n folded", "Subject: reject $x ${j} $1", "Date: reject date",
    "Received: reject received", "Subject: one\r\nSubject: reject two", ": reject empty", "X-Two:reject nospace",
    "Subject: reject " + String(repeating: "z ", count: 100), "Subject: reject " + String(repeating: "z", count: 300),
    "Subject: reject " + String(repeating: "zz ", count: 2000), "X-Facts: abc", "X-Facts: abc   def\r\n   ghi",
    "X-Facts:abc", "To: reject " + String(repeating: "z ", count: 100),
  ]

  @Test("rulesets of H lines, check_data, check_eoh, check_eom")
  func content() throws {
    let host = try SendmailHost(
      site: Self.site + Self.mailers + Self.rulesets, files: ["aliases": "postmaster: root\n"])
    _ = try host.session()
    let served = try host.served()
    var lines = ["EHLO x"]
    for header in Self.headers { lines += ContentDialogue.message(header) }
    for sender in ["datad", "dataq", "eohd", "eom", "eomt", "eomd"] {
      lines += ContentDialogue.message("Subject: x", from: sender + "@b.example")
    }
    for header in ["Subject: x", "Received: a\r\n b\r\nSubject: x\r\nFrom a@b Thu", "Subject: x\r\nno field", "text"] {
      lines += ContentDialogue.message(header, from: "eoh@b.example")
    }
    lines += ContentDialogue.message("Subject: reject one", from: "eom@b.example")
    lines += ContentDialogue.message("X-Keep: that", from: "kept@b.example")
    lines += ["MAIL FROM:<data@b.example>", "RCPT TO:<root@mail.test.example>", "DATA", "RSET"]
    lines += ["MAIL FROM:<a@b.example>", "RCPT TO:<nobody-here@mail.test.example>", "RCPT TO:<root@mail.test.example>"]
    lines += ["RCPT TO:<daemon@mail.test.example>", "DATA", "X-Facts: a\r\n\r\nbody\r\n."]
    let differences = try ContentDialogue.compare(host.port, served.port, lines)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("VRFY, EXPN and ETRN, their rulesets, and lists among the aliases")
  func questions() throws {
    let aliases = """
      postmaster: root
      staff: root, daemon, bin
      boss: root
      away: someone@example.org, root
      both: root, "|/bin/cat", daemon, /tmp/zz, a@b.example, c@a.example, bin
      words: "|/bin/cat x y"
      owner-staff: root
      program: "|/bin/cat"
      file: /tmp/some-file
      loop: loop2
      loop2: loop
      none: nobody-here
      """
    let host = try SendmailHost(site: Self.site + Self.mailers + Self.rulesets, files: ["aliases": aliases])
    _ = try host.session()
    let served = try host.served()
    for command in ["VRFY", "EXPN"] {
      for argument in [
        "bad", "root", "staff", "boss", "away", "both", "words", "program", "file", "none", "nobody-here", "<root>",
        "root@mail.test.example", "someone@example.org", "postmaster", "<>", "\"root\"", "a@b@c", "@",
        "loop", "dis",
      ] {
        let differences = try ContentDialogue.compare(host.port, served.port, ["EHLO x", "\(command) \(argument)"])
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
      }
    }
    for argument in ["bad", "x.example", "@x.example", "#q", "&x", "a b"] {
      let differences = try ContentDialogue.compare(host.port, served.port, ["EHLO x", "ETRN \(argument)"])
      #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }
  }

  @Test(
    "what EHLO lists, and who is refused what it does not",
    arguments: [
      "", "O PrivacyOptions=novrfy\n", "O PrivacyOptions=noexpn\n", "O PrivacyOptions=noetrn\n",
      "O PrivacyOptions=noreceipts\n", "O PrivacyOptions=goaway\n", "Ssrv_features\nR$*\t$# E X D\n",
      "Ssrv_features\nR$*\t$# P S\n", "Ssrv_features\nR$*\t$#error $: 550 no\n",
    ])
  func offers(_ extra: String) throws {
    let host = try SendmailHost(
      site: Self.site + Self.mailers + (extra.hasPrefix("S") ? "LOCAL_RULESETS\n" : "LOCAL_CONFIG\n") + extra,
      files: ["aliases": "postmaster: root\n"])
    _ = try host.session()
    let served = try host.served()
    let lines = ["EHLO x", "VRFY root", "EXPN root", "ETRN foo", "STARTTLS", "HELP", "HELP foo"]
    let differences = try ContentDialogue.compare(host.port, served.port, lines)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("HELP from a help file")
  func help() throws {
    let site = Self.site + Self.mailers + "LOCAL_CONFIG\nO HelpTopics\n"
    let text = "#vers\t2\nsmtp\tTopics: $j HELO\nsmtp\tmore\nhelo\tHELO <name>\nhelo\t  says\n-bt\tx\n"
    let host = try SendmailHost(
      site: site.replacingOccurrences(of: "O HelpTopics\n", with: ""), files: ["aliases": "", "helpfile": text])
    // The host leaves HelpFile out; it is put back for both.
    let old = try String(contentsOfFile: host.configuration, encoding: .utf8)
    try host.folder.write("sendmail.cf", old + "\nO HelpFile=\(host.folder.path)/mail/helpfile\n")
    _ = try host.session()
    let served = try host.served()
    let lines = ["EHLO x", "HELP", "HELP helo", "HELP HELO", "HELP nix", "HELP helo x", "HELP smtp", "HELP -bt"]
    let differences = try ContentDialogue.compare(host.port, served.port, lines)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("mail that went round in circles is taken, and comes back")
  func hops() throws {
    let host = try SendmailHost(site: Self.site + Self.mailers, files: ["aliases": "postmaster: root\n"])
    _ = try host.session()
    let served = try host.served()
    let header = String(repeating: "Received: x\r\n", count: 30) + "Subject: round"
    let differences = try ContentDialogue.compare(
      host.port, served.port, ["EHLO x"] + ContentDialogue.message(header, from: "root@mail.test.example"))
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    try served.wait(for: "the notice") { served.mailbox("root").contains("Too many hops") }
  }
}

@Suite(
  "Same treatment of clients as sendmail", .serialized,
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct SendmailClientTests {
  private func host(_ features: String, access: String = "", _ rulesets: String = "") throws -> SendmailHost {
    let host = try SendmailHost(
      site: SendmailContentTests.site + "FEATURE(`access_db')dnl\n" + features + SendmailContentTests.mailers
        + rulesets,
      files: ["aliases": "postmaster: root\n", "access": access])
    return host
  }

  @Test("a client that check_relay refuses is greeted, and told at its commands")
  func refused() throws {
    let host = try host("", access: "Connect:127.0.0.1 REJECT\n")
    _ = try host.session()
    let served = try host.served()
    let lines = [
      "NOOP", "EHLO x", "MAIL FROM:<a@b.example>", "HELP", "VRFY root", "RSET", "FOO", "HELO x", "DATA", "QUIT",
    ]
    let differences = try ContentDialogue.compare(host.port, served.port, lines)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test("greet_pause: who waits comes in, who speaks first does not")
  func pause() throws {
    let host = try host("FEATURE(`greet_pause', `700')dnl\n")
    _ = try host.session()
    let served = try host.served()
    #expect(try ContentDialogue.compare(host.port, served.port, ["EHLO x", "MAIL FROM:<a@b.example>"]).isEmpty)
    let said = try [host.port, served.port].map { port in
      let client = try EarlyTalker(port: port)
      return try ["", "MAIL FROM:<a@b.example>", "HELP", "NOOP", "RSET", "VRFY root", "QUIT"].map { line in
        ContentDialogue.masked(try line.isEmpty ? client.session.reply() : client.session.say(line))
      }.joined(separator: "\n") + ContentDialogue.masked(client.session.greeting)
    }
    #expect(said[0] == said[1])
    #expect(said[0].contains("554 mail.test.example ESMTP not accepting messages"))
  }

  /// Says EHLO before it is greeted.
  private struct EarlyTalker {
    let session: SMTPSession
    init(port: UInt16) throws { session = try SMTPSession(port: port, early: "EHLO early\r\n") }
  }

  @Test("conncontrol and ratecontrol count")
  func counts() throws {
    for (feature, key) in [("conncontrol", "ClientConn"), ("ratecontrol", "ClientRate")] {
      let host = try host("FEATURE(`\(feature)')dnl\n", access: "\(key):127.0.0.1 3\n")
      _ = try host.session()
      let served = try host.served()
      let said = try [host.port, served.port].map { port in
        // The real one was asked before, by whoever waited until it listened.
        var sessions: [SMTPSession] = []
        var refusal = ""
        for _ in 0..<6 where refusal.isEmpty {
          let session = try SMTPSession(port: port)
          sessions.append(session)
          _ = try session.say("EHLO x")
          let reply = try session.say("MAIL FROM:<a@b.example>")
          if reply.code >= 400 { refusal = ContentDialogue.masked(reply) }
        }
        if port == served.port { #expect(sessions.count == 4, "\(feature): refused at \(sessions.count)") }
        return refusal
      }
      #expect(said[0] == said[1] && said[0].hasPrefix("452"), "\(feature): \(said)")
    }
  }

  @Test(
    "features of the library that refuse clients, senders and recipients",
    arguments: [
      ("FEATURE(`delay_checks')dnl\n", "Connect:127.0.0.1 REJECT\n"),
      ("FEATURE(`delay_checks', `friend')dnl\n", "Connect:127.0.0.1 REJECT\nSpam:root@ FRIEND\n"),
      ("FEATURE(`block_bad_helo')dnl\n", ""), ("FEATURE(`require_rdns')dnl\n", ""),
      ("FEATURE(`nopercenthack', `reject')dnl\n", ""), ("FEATURE(`nouucp', `reject')dnl\n", ""),
      ("FEATURE(`blocklist_recipients')dnl\n", "To:daemon@ ERROR:5.7.1:550 not him\nFrom:bad.example REJECT\n"),
      ("FEATURE(`check_other')dnl\n", ""),
      ("FEATURE(`compat_check')dnl\n", "Compat:a@b.example<@>root@mail.test.example REJECT\n"),
    ])
  func features(_ feature: String, _ access: String) throws {
    let host = try host(feature, access: access)
    _ = try host.session()
    let served = try host.served()
    let recipients = [
      "root@mail.test.example", "daemon@mail.test.example", "a%b@mail.test.example", "b!a@mail.test.example",
      "x@away.example",
    ].map { "RCPT TO:<\($0)>" }
    for helo in ["client.example", "mail.test.example", "bare", "[127.0.0.1]"] {
      let lines =
        ["MAIL FROM:<a@b.example>", "RSET", "EHLO \(helo)", "MAIL FROM:<a@b.example>"] + recipients
        + ["RSET", "MAIL FROM:<x@bad.example>"] + recipients + ["DATA", "Subject: x\r\n\r\nx\r\n.", "FOO"]
      let differences = try ContentDialogue.compare(host.port, served.port, lines)
      #expect(differences.isEmpty, "\(feature)HELO \(helo): \(differences.joined(separator: "\n"))")
    }
  }
}
