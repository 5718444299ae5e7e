// HeaderLinesTests.swift: what H lines add to a header and take from it.

import Routing
import SendmailCF
import SendmailRouting
import Testing

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

@Suite("H lines")
struct HeaderLinesTests {
  private let file = CFReader.read(
    bytes(
      """
      V10
      H?P?Return-Path: <$g>
      HReceived: $?sfrom $s $|here $.by $j
      H?D?Resent-Date: $a
      H?D?Date: $a
      H?F?From: $?x$x <$g>$|$g$.
      H?x?Full-Name: $x
      H?M?Message-Id: <$i@$j>
      HX-Twice: one
      HX-Twice: two
      H?${known}?X-Known: yes
      HX-Checked: $>CheckIt

      """), name: "x.cf")

  /// The header of a message for a mailer, `Name: body` each.
  private func header(
    _ message: [(String, String)], flags: String = "DFM", macros: [String: String] = [:]
  ) -> [String] {
    var names = file.names
    var values = file.macros
    for (name, value) in ["g": "me@x", "j": "host", "a": "today", "i": "ID"].merging(macros, uniquingKeysWith: { $1 }) {
      values.set(name, bytes(value), &names)
    }
    let state = HeaderLines.Macros(
      expand: { values.expand($0.value).units.text(names) }, isSet: { values[$0].map { !$0.isEmpty } ?? false })
    return HeaderLines(file.headers).complete(
      message.map { HeaderField(name: bytes($0.0), body: bytes($0.1)) }, for: MailerFlags(flags.utf8), state
    ).map { String(decoding: $0.field.name + [0x3A] + $0.field.body, as: UTF8.self) }
  }

  @Test("what is missing comes first, in the order of the .cf, by the mailer's flags")
  func missing() {
    #expect(
      header([("Subject", " s")]) == [
        "Received: here by host", "Date: today", "From: me@x", "Message-Id: <ID@host>", "X-Twice: two", "Subject: s",
      ])
    #expect(
      header([], flags: "P", macros: ["s": "client"]) == [
        "Return-Path: <me@x>", "Received: from client by host", "X-Twice: two",
      ])
    #expect(header([], flags: "Fx", macros: ["x": "Me"]).contains("From: Me <me@x>"))
    #expect(header([], macros: ["known": "1"]).contains("X-Known: yes"))
  }

  @Test("what the message has is not added, whatever its case; an empty field is as good as missing")
  func given() {
    let result = header([("DATE", " then"), ("from", ""), ("X-Twice", " mine"), ("Date", " again")])
    #expect(
      result == [
        "Received: here by host", "From: me@x", "Message-Id: <ID@host>", "DATE: then", "X-Twice: mine", "Date: again",
      ])
    #expect(header([("Received", " by other")]).filter { $0.hasPrefix("Received") }.count == 2)
  }

  @Test("Resent- fields are added to mail that was sent on, beside the others")
  func resent() {
    #expect(!header([]).contains("Resent-Date: today"))
    let result = header([("Resent-To", " a")])
    #expect(result.contains("Resent-Date: today") && result.contains("Date: today"))
    #expect(!header([("Resent-Date", " then")]).contains("Resent-Date: today"))
  }

  @Test("Bcc, Return-Path, Full-Name and Content-Length of a message go")
  func dropped() {
    let fields = ["To", "Bcc", "Resent-Bcc", "return-path", "Full-Name", "Content-Length"].map { ($0, " x") }
    let result = header(fields, flags: "P")
    #expect(result == ["Return-Path: <me@x>", "Received: here by host", "X-Twice: two", "To: x"])
  }

  @Test("Bcc stays, empty, where nobody else is named")
  func blind() { #expect(header([("Bcc", " x"), ("Resent-To", " y")]).suffix(2) == ["Bcc:", "Resent-To: y"]) }
}
