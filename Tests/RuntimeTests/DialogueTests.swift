// DialogueTests.swift: what a client may get wrong, said to the real programs and to `waybill serve`.
//
// Bytes, not lines: several commands in one packet, line ends of all kinds, NUL, lines without
// end. Each row goes through one daemon of each kind.

import Foundation
import TestSupport
import Testing

/// What is sent at once, and how many replies come before the next is sent.
private typealias Step = (sent: String, replies: Int)

private let envelope: [Step] = [
  ("EHLO x.example\r\n", 1), ("MAIL FROM:<a@b.example>\r\n", 1), ("RCPT TO:<root@mail.test.example>\r\n", 1),
]

private func inTransaction(_ commands: String...) -> [Step] {
  [("EHLO x.example\r\n", 1), ("MAIL FROM:<a@b.example>\r\n", 1)] + commands.map { ($0 + "\r\n", 1) }
}

private func text(_ text: String) -> [Step] { envelope + [("DATA\r\n", 1), (text, 1), ("NOOP\r\n", 1)] }

private func each(_ commands: [String], reset: Bool = false) -> [Step] {
  [("EHLO x.example\r\n", 1)] + commands.flatMap { [($0 + "\r\n", 1)] + (reset ? [("RSET\r\n", 1)] : []) }
}

private func senders(_ parameters: String...) -> [Step] {
  each(parameters.map { "MAIL FROM:<a@b.example> " + $0 }, reset: true)
}

private func recipients(_ parameters: String...) -> [Step] {
  each(["MAIL FROM:<a@b.example>"] + parameters.map { "RCPT TO:<root@mail.test.example> " + $0 })
}

private let common: [(name: String, steps: [Step])] = [
  ("line ends of commands", [("NOOP\n", 1), ("NOOP\rx\r\n", 1), ("EHLO x\r\r\n", 1), ("NOOP\n\r\n", 2)]),
  ("NUL", [("NOOP\0x\r\n", 1), ("EH\0LO x\r\n", 1), ("MAIL FROM:<a\0@b.example>\r\n", 1)]),
  ("white space alone", [("   \r\n", 1), ("\t\r\n", 1)]),
  ("a whole message at once", [("EHLO x\r\nNOOP\r\n", 2), ("MAIL FROM:<a@b.example>\r\n", 1)]),
  ("HELO and more at once", [("HELO x\r\nNOOP\r\n", 2), ("EHLO x\r\n", 1), ("MAIL FROM:<a@b.example>\r\n", 1)]),
  ("DATA and more at once", envelope + [("DATA\r\nhi\r\n.\r\n", 1)]),
  (
    "an end and more at once",
    envelope + [("DATA\r\n", 1), ("hi\r\n.\r\nNOOP\r\nMAIL FROM:<c@b.example>\r\nRSET\r\n", 4)]
  ),
  ("dots", text("..\r\n.a\r\n...\r\n.\r\n")), ("nothing at all", text(".\r\n")),
  (
    "a line without a colon first",
    text(String(repeating: String(repeating: "x", count: 70) + "\r\n", count: 600) + ".\r\n")
  ),
  ("words behind commands", each(["RSET x", "NOOP x y", "DATA x", "QUIT x"])),
  ("DATA with words", inTransaction("DATA x", "RCPT TO:<nobody1@mail.test.example>", "DATA x", "DATA")),
  ("ETRN in a transaction", inTransaction("ETRN x", "RSET", "ETRN x")),
  ("what is not known", each(["XCLIENT NAME=x", "XFORWARD NAME=x", "BURL x", "ONEX"])),
  (
    "addresses that are not balanced",
    each(["MAIL FROM:<a@b.example", "RSET", "MAIL FROM:a@b.example>", "RSET", "MAIL FROM:<a@b.example> FOO=x"])
  ),
]

private let sendmailOnly: [(name: String, steps: [Step])] = [
  ("bare line ends in text", text("hi\n.\r\n")), ("bare returns in text", text("hi\r.\r\n")),
  (
    "SIZE", senders("SIZE", "SIZE=", "SIZE=abc", "SIZE=12x", "SIZE=-1", "SIZE=99999999999999999999999", "SIZE=100001")
  ),
  ("values", senders("BODY", "RET", "ENVID", "ENVID=", "AUTH", "foo", "FOO=", "RET=foo", "bODY=foo")),
  (
    "NOTIFY",
    recipients(
      "NOTIFY", "NOTIFY=SUCCESS,NEVER", "NOTIFY=FOO,SUCCESS", "NOTIFY=NEVER,SUCCESS", "NOTIFY=,", "NOTIFY=SUCCESS,",
      "NOTIFY=DELAY NOTIFY=NEVER", "ORCPT", "ORCPT=;a", "ORCPT=rfc822;", "foo")
  ),
  (
    "a recipient again",
    inTransaction(
      "RCPT TO:list", "RCPT TO:<LIST@mail.test.example>", "RCPT TO:<X@b.example>", "RCPT TO:<X@B.Example>",
      "RCPT TO:<x@b.example>", "RCPT TO:<a%b.example@mail.test.example>", "RCPT TO:<a@b.example.>", "RSET",
      "MAIL FROM:<a@b.example>", "RCPT TO:<LIST>")
  ),
  ("no brackets", each(["MAIL FROM:a", "MAIL FROM:<>", "RCPT TO:nobody1", "RCPT TO:<nobody1>"])),
  (
    "senders that send nothing",
    each(["MAIL FROM:<|prog>", "MAIL FROM:</file>", "MAIL FROM:<:include:/x>", "MAIL FROM:< >"])
  ),
  ("long addresses", each(["MAIL FROM:<\(String(repeating: "x", count: 300))@b.example>"])),
  ("EXPN counts with VRFY", each(["EXPN root", "VRFY root", "EXPN root", "VRFY root"])),
  ("AUTH", each(["AUTH", "AUTH PLAIN", "AUTH PLAIN xx"])), ("BDAT", each(["BDAT 1", "BDAT"])),
  ("a line as long as can be", [("NOOP " + String(repeating: "x", count: 2041) + "\r\n", 1)]),
  ("a longer one", [("NOOP " + String(repeating: "x", count: 2042) + "\r\n", 1)]),
]

private let postfixOnly: [(name: String, steps: [Step])] = [
  (
    "a session without CR",
    [
      ("EHLO x\n", 1), ("MAIL FROM:<a@b.example>\nRCPT TO:<root@mail.test.example>\nDATA\n", 3),
      ("Subject: x\n\nhi\n.\n", 1), ("NOOP\n", 1),
    ]
  ),
  ("bare returns in text", text("hi\rx\r\n.\rx\r\n\r\n.\r\n")),
  (
    "brackets that do not match",
    each(
      ["MAIL FROM:a@b.example> SIZE=1"]
        + ["<root@H", "root@H>", "<<root@H>>", "<<root@H>", "<root@H>>", "ro>ot@H", "<root@H>x", "<root@H>x>"].map {
          "RCPT TO:" + $0.replacing("H", with: "mail.test.example")
        } + ["RSET", "MAIL FROM:<>>"])
  ),
  ("a return before CR LF", text("hi\r\r\nx\r\n.\r\n")),
  ("an end behind a return", text("hi\r\r\n.\r\n")), ("LF within", text("hi\nx\r\n\r\n.\r\n")),
  ("SIZE", senders("SIZE=99999999999999999999999", "SIZE=-1", "SIZE=", "SIZE=abc")),
  (
    "NOTIFY and ORCPT",
    recipients("NOTIFY=SUCCESS,", "NOTIFY=,", "NOTIFY=SUCCESS,NEVER", "ORCPT=rfc822;", "ORCPT=rfc822", "ORCPT=;x")
  ),
  (
    "long lines",
    [
      ("NOOP " + String(repeating: "x", count: 5000) + "\r\n", 1),
      ("FOO" + String(repeating: "x", count: 5000) + "\r\n", 1),
      ("MAIL FROM:<" + String(repeating: "x", count: 2100) + "@b.example>\r\n", 1),
    ]
  ),
]

@Suite("Same dialogue as the real programs, byte by byte", .serialized, .enabled(if: isRoot, "\(rootHint)"))
struct DialogueTests {
  @Test("sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"))
  func sendmail() throws {
    let real = try SendmailHost(
      site: """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mail.test.example')dnl
        define(`confMAX_MESSAGE_SIZE', `100000')dnl
        define(`confSMTP_LOGIN_MSG', `$j Hello from $v; $b')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`no_default_msa')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl

        """, files: ["aliases": "postmaster: root\nlist: root, bin\n"])
    _ = try real.session()
    let ours = try real.served()
    try compare(common + sendmailOnly, real.port, ours.port)
  }

  @Test("Postfix", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"))
  func postfix() throws {
    try comparePostfix("", common + postfixOnly)
  }

  @Test(
    "Postfix, settings of the dialogue", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
    arguments: [
      "smtpd_forbid_bare_newline = yes\nsmtpd_forbid_bare_newline_exclusions =\n"
        + "smtpd_reject_footer = see x.example\nsmtpd_noop_commands = FOO\n",
      "smtpd_forbid_bare_newline = reject\nsmtpd_forbid_bare_newline_exclusions =\nsmtpd_forbidden_commands = FOO\n",
      "smtpd_forbid_unauth_pipelining = yes\nmynetworks = 192.0.2.0/24\nsmtpd_reject_footer = \\c; see x.example\n",
      "smtpd_end_of_data_restrictions = reject\n", "queue_minfree = 9999999999999\n",
    ])
  func settings(_ main: String) throws {
    try comparePostfix(
      main,
      [
        ("LF", [("NOOP\n", 1), ("FOO\r\n", 1)]), ("FOO", [("FOO x\r\n", 1), ("NOOP\r\n", 1)]),
        ("text", text("hi\n.\n\r\n.\r\n")), ("plain", text("hi\r\n.\r\n") + [("MAIL FROM:<c@b.example>\r\n", 1)]),
        ("ahead", [("EHLO x\r\nNOOP\r\n", 1)]),
        (
          "a group",
          [("EHLO x\r\n", 1), ("MAIL FROM:<a@b.example>\r\nRCPT TO:<root@mail.test.example>\r\nRSET\r\n", 3)]
        ),
      ])
  }

  private func comparePostfix(_ main: String, _ rows: [(name: String, steps: [Step])]) throws {
    let text = """
      myhostname = mail.test.example
      mydestination = $myhostname
      alias_maps =
      local_recipient_maps = inline:{root=x}
      smtputf8_enable = no
      message_size_limit = 100000

      """ + (main.contains("mynetworks") ? "" : "mynetworks = 127.0.0.0/8\n") + main
    let real = try PostfixInstance(main: text, smtpd: ["smtpd_authorized_xclient_hosts="])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf",
      "compatibility_level = 3.6\ndisable_dns_lookups = yes\nsmtpd_error_sleep_time = 0s\nsmtpd_hard_error_limit = 1000\n"
        + text)
    try folder.write(
      "master.cf",
      try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8)
        .replacing("smtpd_authorized_xclient_hosts=", with: "smtpd_authorized_xclient_hosts="))
    // Named, for it ends where nothing holds it any more.
    let ours = try ServedHost(in: folder, "main.cf", relay: 9)
    try withExtendedLifetime(ours) { try compare(rows, real.port, ours.port) }
  }

  private func compare(_ rows: [(name: String, steps: [Step])], _ real: UInt16, _ ours: UInt16) throws {
    var said = 0
    for row in rows {
      let (theirs, own) = (try Self.play(row.steps, real), try Self.play(row.steps, ours))
      #expect(theirs == own, "\(row.name)")
      said += theirs.count
    }
    #expect(said > rows.count)
  }

  /// The replies, each with what it answers; `closed` where there is none any more.
  private static func play(_ steps: [Step], _ port: UInt16) throws -> [String] {
    let session = try SMTPSession(port: port, seconds: 10)
    var lines = [ContentDialogue.masked(session.greeting)]
    for step in steps {
      try? session.send(Array(step.sent.utf8))
      for _ in 0..<step.replies {
        let reply = try? session.reply()
        lines.append("\(step.sent.prefix(40)): \(ContentDialogue.masked(reply))")
        if reply == nil { return lines }
      }
    }
    return lines
  }
}
