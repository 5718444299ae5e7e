// SMTPDialogueTests.swift: the words of our server beside those of the real sendmail and
// Postfix, on the same dialogues.
//
// The owner of our session answers as the two private installations are configured:
// every address is taken. What a router would say is compared elsewhere.

import Foundation
import MailAddress
import Routing
import SMTP
import TestSupport
import Testing

/// Lines of a client, each sent when the one before is answered; a line after DATA is the
/// whole message.
private let dialogues: [(name: String, lines: [String])] = [
  ("no greeting", ["NOOP", "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example>", "RSET", "QUIT"]),
  ("greetings", ["HELO", "EHLO", "HELO client.example"]),
  ("EHLO", ["EHLO client.example", "NOOP hello", "noop", " NOOP", "NOOP\t"]),
  (
    "a message",
    [
      "EHLO client.example", "MAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME RET=FULL ENVID=abc+2B",
      "RCPT TO:<root@mail.test.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;foo@x", "DATA",
      "Subject: x\r\n\r\nhello\r\n.", "DATA", "MAIL FROM:<c@b.example>", "DATA", "QUIT now",
    ]
  ),
  ("sequence", ["RCPT TO:<root@mail.test.example>", "DATA", "MAIL FROM:<a@b.example>", "MAIL FROM:<c@b.example>"]),
  ("EHLO ends a transaction", ["MAIL FROM:<a@b.example>", "HELO x.example", "RCPT TO:<root@mail.test.example>"]),
  (
    "MAIL, badly written",
    [
      "MAIL", "MAIL foo", "MAIL foo bar", "MAIL FROM", "MAIL FROM:", "MAIL FROM: ", "MAIL TO:<a@b>",
      "MAIL FROM:<> FOO=BAR",
    ]
  ),
  (
    "parameters of MAIL",
    [
      "EHLO x.example", "MAIL FROM:<a@b.example> RET=X", "MAIL FROM:<a@b.example> ENVID=a+zz",
      "MAIL FROM:<a@b.example> RET=FULL RET=HDRS", "MAIL FROM:<a@b.example> ENVID=a ENVID=b",
      "MAIL FROM:<a@b.example> FOO", "MAIL FROM:<a@b.example> AUTH=<>", "RSET",
      // The last one: Postfix remembers the size at the next MAIL, which we do not.
      "MAIL FROM:<a@b.example> SIZE=999999999",
    ]
  ),
  (
    "parameters of RCPT",
    [
      "EHLO x.example", "MAIL FROM:<a@b.example>", "RCPT", "RCPT foo", "RCPT TO:", "RCPT FROM:<a@b>",
      "RCPT TO:<root@mail.test.example> FOO", "RCPT TO:<root@mail.test.example> NOTIFY=FOO",
      "RCPT TO:<root@mail.test.example> NOTIFY=",
    ]
  ),
  (
    "parameters of RCPT, ORCPT",
    [
      "EHLO x.example", "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example> ORCPT=foo",
      "RCPT TO:<root@mail.test.example> ORCPT=rfc822;foo+zz", "RCPT TO:<root@mail.test.example> ORCPT=",
      "RCPT TO:<root@mail.test.example> ORCPT=rfc822;foo ORCPT=rfc822;foo",
    ]
  ),
  (
    "addresses as written",
    [
      "MAIL FROM: a@b.example", "RCPT TO:root@mail.test.example", "RCPT   TO:   <bin@mail.test.example>",
      "rcpt\tto:<daemon@mail.test.example>", "RCPT TO:<postmaster>", "RCPT TO:<sys@mail.test.example>  NOTIFY=NEVER",
    ]
  ),
  ("a blank before the colon", ["MAIL FROM :<a@b.example>"]),
  ("a null sender", ["MAIL FROM:<>", "RCPT TO:<root@mail.test.example>"]),
  ("unknown commands", ["FOO", "RSETx", "X", "NOOPX y", "FOO " + String(repeating: "y", count: 600), "LHLO x", "WIZ"]),
  ("old commands", ["TURN", "SEND FROM:<a@b>", "SOML FROM:<a@b>", "SAML FROM:<a@b>"]),
  ("an empty line", ["", "NOOP"]), ("GET", ["GET / HTTP/1.0"]), ("POST", ["POST x"]),
  ("CONNECT", ["CONNECT x"]), ("USER", ["USER x"]), ("PUT", ["PUT x"]), ("later", ["RSET", "GET / HTTP/1.0"]),
  ("a header", ["Subject: foo"]), ("a header behind a blank", [" Subject: foo"]), ("a colon", [": foo"]),
  ("a digit", ["1FOO"]),
  ("a trailing blank", ["FOO ", "FOO\t x\t"]), ("a colon in a word", ["FOO:BAR"]),
  ("STARTTLS, not offered", ["STARTTLS x", "STARTTLS"]), ("arguments that are missing", ["VRFY", "ETRN", "HELP"]),
  ("errors without end", Array(repeating: "FOO", count: 26)),
  (
    "a loop",
    [
      "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example>", "DATA",
      String(repeating: "Received: x\r\n", count: 60) + "\r\n.",
    ]
  ),
  (
    "a large message",
    [
      "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example>", "DATA",
      "Subject: x\r\n\r\n" + String(repeating: String(repeating: "z", count: 70) + "\r\n", count: 2000) + ".", "RSET",
    ]
  ),
  (
    "a large header",
    [
      "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example>", "DATA",
      String(repeating: "X-H: " + String(repeating: "z", count: 900) + "\r\n", count: 60) + "\r\n.",
    ]
  ),
]

/// Under settings that ask for a greeting and take two recipients.
private let strictDialogues: [(name: String, lines: [String])] = [
  ("no greeting", ["NOOP", "MAIL FROM:<a@b.example>", "VRFY root", "HELO x", "MAIL FROM:<a@b.example>"]),
  (
    "recipients",
    [
      "HELO x", "MAIL FROM:<a@b.example>", "RCPT TO:<root@mail.test.example>", "RCPT TO:<bin@mail.test.example>",
      "RCPT TO:<daemon@mail.test.example>", "RCPT", "DATA",
    ]
  ),
  ("ETRN", ["HELO x", "ETRN"]),
]

/// For a client that may say XCLIENT; Postfix only.
private let proxyDialogues: [(name: String, lines: [String])] = [
  (
    "XCLIENT",
    [
      "EHLO x", "XCLIENT", "XCLIENT FOO=bar", "XCLIENT NAME", "XCLIENT HELO=", "XCLIENT ADDR=999.1.1.1",
      "XCLIENT ADDR=::1", "XCLIENT NAME=-bad-", "XCLIENT PORT=abc", "XCLIENT PROTO=FOO",
      "XCLIENT NAME=a.example ADDR=127.0.0.1 HELO=x+20y PROTO=ESMTP", "MAIL FROM:<a@b.example>", "HELO x",
      "MAIL FROM:<a@b.example>", "XCLIENT NAME=a.example",
    ]
  )
]

@Suite("Replies in the words of the real programs", .serialized, .enabled(if: isRoot, "needs root"))
struct SMTPDialogueTests {
  @Test("sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"))
  func sendmail() throws {
    let host = try SendmailHost(
      site: """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mail.test.example')dnl
        define(`confMAX_MESSAGE_SIZE', `100000')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`no_default_msa')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl

        """, files: ["aliases": "postmaster: root\n"])
    try compare(dialogues, .sendmail) { try host.session() }
  }

  @Test("sendmail, with privacy and few recipients", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"))
  func strictSendmail() throws {
    let host = try SendmailHost(
      site: """
        OSTYPE(`linux')dnl
        define(`confDOMAIN_NAME', `mail.test.example')dnl
        define(`confPRIVACY_FLAGS', `needmailhelo,needvrfyhelo')dnl
        define(`confMAX_RCPTS_PER_MESSAGE', `2')dnl
        FEATURE(`nocanonify')dnl
        FEATURE(`accept_unresolvable_domains')dnl
        FEATURE(`no_default_msa')dnl
        MAILER(`local')dnl
        MAILER(`smtp')dnl

        """, files: ["aliases": "postmaster: root\n"])
    try compare(strictDialogues, .sendmail, isStrict: true) { try host.session() }
  }

  @Test("Postfix", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"))
  func postfix() throws {
    let instance = try PostfixInstance(
      main: """
        myhostname = mail.test.example
        mydestination = $myhostname
        local_recipient_maps =
        smtputf8_enable = no
        message_size_limit = 100000
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

        """, smtpd: ["smtpd_hard_error_limit=20", "smtpd_authorized_xclient_hosts="])
    try instance.start()
    defer { instance.stop() }
    try compare(dialogues, .postfix) { try SMTPSession(port: instance.port) }
  }

  @Test("Postfix, with a greeting wanted and XCLIENT", .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"))
  func strictPostfix() throws {
    let instance = try PostfixInstance(
      main: """
        myhostname = mail.test.example
        mydestination = $myhostname
        local_recipient_maps =
        smtputf8_enable = no
        message_size_limit = 100000
        smtpd_helo_required = yes
        smtpd_recipient_limit = 2
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

        """)
    try instance.start()
    defer { instance.stop() }
    try compare(strictDialogues + proxyDialogues, .postfix, isStrict: true) { try SMTPSession(port: instance.port) }
  }

  private func compare(
    _ dialogues: [(name: String, lines: [String])], _ voice: Voice, isStrict: Bool = false,
    connect: () throws -> SMTPSession
  ) throws {
    var compared = 0
    for dialogue in dialogues {
      let real = try connect()
      var ours = OurServer(voice, isStrict: isStrict)
      #expect(mask(ours.take()) == mask([Self.text(real.greeting)]))
      for line in dialogue.lines {
        let theirs = try? real.say(line)
        ours.say(line)
        guard let theirs else {
          #expect(ours.isClosed, "\(voice), \(dialogue.name): \(line.prefix(80)): only the real one closed")
          break
        }
        #expect(
          mask(ours.take()) == mask([Self.text(theirs)]), "\(voice), \(dialogue.name): \(line.prefix(80))")
        compared += 1
      }
      real.close()
    }
    #expect(compared >= dialogues.count)
  }

  private static func text(_ reply: SMTPSession.Reply) -> String {
    reply.lines.map { "\(reply.code) \($0)" }.joined(separator: "\n")
  }

  /// Without queue ids, dates and what is not offered here.
  private func mask(_ replies: [String]) -> [String] {
    replies.map { reply in
      let others = ["VERB", "DELIVERBY", "ETRN", "SMTPUTF8", "CHUNKING"]
      let lines = reply.split(separator: "\n").filter { line in
        !others.contains { line == "250 \($0)" } && !line.hasPrefix("250 AUTH ")
      }
      return lines.joined(separator: "\n")
        .replacing(/[0-9A-Za-z]{14} Message accepted/, with: "ID Message accepted")
        .replacing(/queued as [0-9A-Za-z]+/, with: "queued as ID")
        .replacing(/; .*$/, with: "; DATE")
    }
  }
}

/// Our session, whose owner takes everything.
private struct OurServer {
  private var session: ServerSession
  private var sent: [UInt8] = []
  private(set) var isClosed = false

  init(_ voice: Voice, isStrict: Bool) {
    var settings = ServerSettings(voice: voice, hostName: Array("mail.test.example".utf8), date: Array("today".utf8))
    settings.limits.message = 100_000
    if isStrict {
      settings.requiresGreeting = true
      settings.greetedCommands = voice == .sendmail ? [.verify, .expand] : [.remoteQueue]
      settings.limits.recipients = 2
      settings.allowsXCLIENT = voice == .postfix
    }
    var client = Client.localhost
    client.helo = nil
    session = ServerSession(settings, client: client)
    perform(session.begin())
  }

  mutating func say(_ line: String) { perform(session.receive(Array((line + "\r\n").utf8))) }

  private mutating func perform(_ actions: [ServerAction]) {
    for action in actions {
      switch action {
      case .send(let bytes): sent += bytes
      case .ask(.messageComplete): perform(session.answer(.queued(id: Array("6AQEti4da02295".utf8))))
      case .ask: perform(session.answer(.proceed))
      case .close: isClosed = true
      case .content, .abandon, .pause, .delay, .setTimeout, .startTLS: break
      }
    }
  }

  /// The next reply, with its lines; none where there is none.
  mutating func take() -> [String] {
    var lines: [String] = []
    while let end = sent.firstIndex(of: 0x0A) {
      let line = Array(sent[..<end]).text
      sent.removeSubrange(...end)
      lines.append("\(line.prefix(3)) \(line.dropFirst(4).dropLast())")
      if line.dropFirst(3).first == " " { return [lines.joined(separator: "\n")] }
    }
    return []
  }
}
