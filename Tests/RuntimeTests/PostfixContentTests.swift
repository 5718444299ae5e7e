// PostfixContentTests.swift: header_checks, body_checks and what smtpd decides at the end of the
// data, beside the real Postfix: replies, and the bytes and recipients that come out.

import Foundation
import TestSupport
import Testing

@Suite(
  "Same answers to content as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct PostfixContentTests {
  static let common = """
    myhostname = mail.test.example
    mydestination = $myhostname
    mynetworks = 127.0.0.0/8
    local_recipient_maps =
    alias_maps =
    smtputf8_enable = no

    """

  static let headerChecks = #"""
    /^Subject: reject$/ REJECT
    /^Subject: reject (.*)/ REJECT no $1
    /^Subject: code (.*)/ REJECT 4.7.1 later
    /^Subject: five (.*)/ REJECT 5.6.0 five $1
    /^Subject: whole (.*)/ REJECT 451 4.7.1 whole $1
    /^Subject: discard/ DISCARD thrown away
    /^Subject: hold/ HOLD kept
    /^Subject: ignore/ IGNORE
    /^Subject: strip/ STRIP gone
    /^Subject: warn/ WARN look
    /^Subject: info/ INFO look
    /^Subject: replace (.*)/ REPLACE Subject: other $1
    /^Subject: prepend (.*)/ PREPEND X-Before: $1
    /^Subject: redirect/ REDIRECT other@away.example
    /^Subject: bcc/ BCC copy@away.example
    /^Subject: badredirect/ REDIRECT nowhere
    /^Subject: unknown/ FROBNICATE x
    /^Subject: dunno/ DUNNO
    /^Subject: pass/ PASS
    /^Subject: folded.*second/ REJECT folded
    /^X-Late: reject/ REJECT late
    /^X-Blank/ REJECT blank
    /^Content-Type: text\/reject/ REJECT header, not mime

    """#
  static let mimeChecks = #"""
    /^Content-Type: .*reject/ REJECT mime
    /^Content-Disposition: .*name=.*\.exe/ REJECT program
    /^X-Part: ignore/ IGNORE
    /^X-Part: reject/ REJECT part

    """#
  static let nestedChecks = #"""
    /^Subject: nested reject/ REJECT nested
    /^Subject: nested ignore/ IGNORE

    """#
  static let bodyChecks = #"""
    /^reject (.*)/ REJECT body $1
    /^ignore/ IGNORE
    /^replace/ REPLACE other line
    /^prepend/ PREPEND line before
    /^discard/ DISCARD
    /^--other/ IGNORE

    """#

  static let messages: [String] =
    [
      "reject", "reject it", "code x", "five x", "whole x", "discard", "hold", "ignore", "strip", "warn", "info",
      "replace it", "prepend it", "redirect", "bcc", "badredirect", "unknown", "dunno", "pass", "plain",
      "folded\r\n second", "REJECT upper",
    ].map { "Subject: \($0)\r\nX-Other: x\r\n\r\nbody\r\n" } + [
      "Subject: reject one\r\nX-Late: reject\r\n\r\nx\r\n", "Subject: discard\r\nX-Late: reject\r\n\r\nx\r\n",
      "Subject: pass\r\nX-Late: reject\r\n\r\nreject x\r\n", "Subject: hold\r\nX-Late: reject\r\n\r\nx\r\n",
      "X-Blank : x\r\n\r\nx\r\n", "Content-Type: text/reject\r\n\r\nx\r\n",
      "Content-Type: text/plain;\r\n name=reject\r\n\r\nx\r\n", "Subject: x\r\n\r\nreject me\r\n",
      "Subject: x\r\n\r\nignore\r\nkept\r\nreplace\r\nprepend\r\n\r\nend\r\n",
      "Subject: x\r\n\r\ndiscard\r\nreject x\r\n", "Subject: x\r\nreject no field\r\nmore\r\n",
      "Subject: x\r\n\r\n" + String(repeating: "z\r\n", count: 40000) + "reject far\r\n",
      multipart("X-Part: reject"), multipart("X-Part: ignore"),
      multipart("Content-Disposition: attachment;\r\n name=a.exe"), multipart("Subject: reject not here"),
      multipart("Content-Type: message/rfc822\r\n\r\nSubject: nested reject"),
      multipart("Content-Type: message/rfc822\r\n\r\nSubject: nested ignore\r\nX-Part: reject\r\n\r\nignore"),
      "Content-Type: message/rfc822\r\n\r\nSubject: nested reject\r\n\r\nx\r\n",
      "Content-Type: multipart/mixed\r\n\r\n--b1\r\nX-Part: reject\r\n\r\nx\r\n",
      "Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1\r\n\r\nx\r\n--b1--\r\nX-Part: reject\r\n--b1\r\n"
        + "X-Part: ignore\r\n",
      "Content-Type: multipart/digest; boundary=b1\r\n\r\n--b1\r\n\r\nSubject: nested reject\r\n\r\nx\r\n--b1--\r\n",
    ]

  private static func multipart(_ header: String) -> String {
    "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b1\"\r\n\r\npreamble\r\n--b1\r\n"
      + header + "\r\n\r\ntext\r\n--b1--\r\nepilogue\r\n"
  }

  static let tables = """
    header_checks = regexp:@FOLDER@/header
    mime_header_checks = regexp:@FOLDER@/mime
    nested_header_checks = regexp:@FOLDER@/nested
    body_checks = regexp:@FOLDER@/body

    """
  static let files = ["header": headerChecks, "mime": mimeChecks, "nested": nestedChecks, "body": bodyChecks]

  /// Both, their sinks, and how to end the real one.
  private func start(
    _ main: String, files: [String: String] = [:], smtpd: [String] = []
  ) throws -> (real: PostfixInstance, served: ServedHost, theirs: SMTPSink, ours: SMTPSink) {
    let (theirs, ours) = (try SMTPSink(), try SMTPSink())
    let main = Self.common + main
    let real = try PostfixInstance(
      main: main.replacingOccurrences(of: "@FOLDER@", with: "@FOLDER@/etc")
        + "relayhost = [127.0.0.1]:\(theirs.port)\n",
      files: files, recorders: ["local", "error", "retry"], smtpd: smtpd)
    try real.start()
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf",
      "compatibility_level = 3.6\ndisable_dns_lookups = yes\nsmtpd_error_sleep_time = 0s\nsmtpd_hard_error_limit = 1000\n"
        + main.replacingOccurrences(of: "@FOLDER@", with: folder.path))
    for (name, text) in files { try folder.write(name, text) }
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    return (real, try ServedHost(in: folder, "main.cf", relay: ours.port), theirs, ours)
  }

  @Test("header_checks, mime_header_checks, nested_header_checks, body_checks")
  func tables() throws {
    let both = try start(Self.tables, files: Self.files)
    defer { both.real.stop() }
    var taken = 0
    for (number, text) in Self.messages.enumerated() {
      let lines =
        ["EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<someone@away.example>", "DATA"]
        + ["X-Test: \(number)\r\n" + text + "."]
      let differences = try ContentDialogue.compare(both.real.port, both.served.port, lines)
      #expect(differences.isEmpty, "\(text.prefix(60)): \(differences.joined(separator: "\n"))")
      taken += 1
    }
    #expect(taken == Self.messages.count)
    // One more behind all the others, to know when they have gone.
    for port in [both.real.port, both.served.port] {
      _ = try HeaderMessages.send(
        "X-Test: last\nSubject: last\n\nx\n", from: "a@b.example", to: "z@away.example", port: port)
    }
    let sinks = [both.theirs, both.ours]
    try both.served.wait(for: "the last messages") {
      sinks.allSatisfy { $0.notes.contains { $0.tag == "last" } }
    }
    try both.served.wait(for: "all of them") { both.ours.notes.count >= both.theirs.notes.count }
    let notes = sinks.map { sink in sink.notes.map { "\($0.tag) \($0.sender) \($0.recipient)" }.sorted() }
    #expect(notes[0] == notes[1], "\(Set(notes[0]).symmetricDifference(notes[1]).sorted())")
    let texts = sinks.map { sink in Set(sink.messages.map(HeaderMessages.masked)) }
    for text in texts[0].symmetricDifference(texts[1]).sorted() {
      Issue.record("\(texts[0].contains(text) ? "theirs" : "ours"): \(text.prefix(400))")
    }
  }

  @Test(
    "what smtpd decides at DATA and at the end of the data",
    arguments: [
      "smtpd_data_restrictions = reject\n", "smtpd_end_of_data_restrictions = reject\n",
      "smtpd_end_of_data_restrictions = check_recipient_access inline:{{someone@away.example=REJECT at the end}}\n",
      "smtpd_data_restrictions = reject_multi_recipient_bounce\n", "message_size_limit = 2000\n",
      "smtpd_banner = $myhostname ESMTP hello there\nsmtpd_helo_required = yes\n",
      "smtpd_discard_ehlo_keywords = pipelining, DSN, etrn\n", "disable_vrfy_command = yes\n",
      "smtpd_end_of_data_restrictions = reject\nheader_checks = inline:{{Subject: x=REJECT}}\n",
      "smtpd_delay_reject = no\nsmtpd_client_restrictions = reject\n",
    ])
  func ends(_ main: String) throws {
    let both = try start(main)
    defer { both.real.stop() }
    let message = ["MAIL FROM:<a@b.example>", "RCPT TO:<someone@away.example>", "DATA"]
    let several = ["EHLO x", "MAIL FROM:<>", "RCPT TO:<a@away.example>", "RCPT TO:<b@away.example>", "DATA"]
    let text = "Subject: x\r\n\r\n" + String(repeating: "zzzzzzzz\r\n", count: 300) + "."
    let whole = ["EHLO x"] + message + [text, "RSET", "VRFY a@b.example", "ETRN foo.example", "FOO"]
    for lines in [["MAIL FROM:<a@b.example>"] + several, whole] {
      let differences = try ContentDialogue.compare(both.real.port, both.served.port, lines)
      #expect(differences.isEmpty, "\(main): \(differences.joined(separator: "\n"))")
    }
  }

  @Test("who goes on without waiting is refused where that is wrong", arguments: ["HELO x", "EHLO x"])
  func pipelining(_ greeting: String) throws {
    let both = try start(
      "smtpd_data_restrictions = reject_unauth_pipelining\n"
        + (greeting.hasPrefix("HELO") ? "smtpd_recipient_restrictions = reject_unauth_pipelining\n" : ""))
    defer { both.real.stop() }
    let start = "MAIL FROM:<a@b.example>\r\nRCPT TO:<someone@away.example>\r\nRCPT TO:<b@away.example>\r\n"
    for text in ["DATA\r\nSubject: x\r\n\r\nx\r\n.\r\n", "DATA\r\n", "NOOP\r\n"] {
      let said = try [both.real.port, both.served.port].map { port in
        let session = try SMTPSession(port: port)
        _ = try session.say(greeting)
        try session.send(Array((start + text + "NOOP\r\nNOOP\r\n").utf8))
        return try (0..<5).map { _ in ContentDialogue.masked(try session.reply()) }
      }
      #expect(said[0] == said[1], "\(greeting), \(text)")
    }
    // Recipients that were waited for are not judged by what is sent with DATA.
    let waited = try [both.real.port, both.served.port].map { port in
      let session = try SMTPSession(port: port)
      for line in [greeting] + start.split(separator: "\r\n").map(String.init) { _ = try session.say(line) }
      try session.send(Array("DATA\r\nNOOP\r\nNOOP\r\n".utf8))
      return try (0..<3).map { _ in ContentDialogue.masked(try session.reply()) }
    }
    #expect(waited[0] == waited[1], "\(greeting)")
  }

  @Test("hops are counted alike", arguments: [48, 49, 50, 51])
  func hops(_ count: Int) throws {
    let both = try start("")
    defer { both.real.stop() }
    let lines = ["EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<someone@away.example>", "DATA"]
    let text = String(repeating: "Received: x\r\n", count: count) + "Subject: x\r\n\r\nx\r\n."
    let differences = try ContentDialogue.compare(both.real.port, both.served.port, lines + [text])
    #expect(differences.isEmpty, "\(differences)")
  }
}
