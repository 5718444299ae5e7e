// RefusedCharactersTests.swift: RejectNUL and what becomes of it.
//
// The report says that both refuse a message with a NUL, with codes of their own.

import Foundation
import TestSupport
import Testing
import Translation

@Suite(
  "Messages with a NUL after translation", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"), .enabled(if: isRoot, "\(rootHint)"))
struct RefusedCharactersTests {
  @Test("message_reject_characters refuses with 550", arguments: [("a\0b", 550), ("ab", 250)])
  func refused(_ body: String, _ code: Int) throws {
    let site = try TranslatedSite("plain")
    try #require(site.result.side.setting("message_reject_characters")?.value == "\\0")
    let instance = try TranslatedPostfix.start(site.result.side)
    defer { instance.stop() }
    let session = try SMTPSession(port: instance.port)
    defer { session.close() }
    for line in ["EHLO client.example", "MAIL FROM:<root@mail.example.org>", "RCPT TO:<x@mail.example.org>", "DATA"] {
      _ = try session.say(line)
    }
    #expect(try session.say("Subject: test\r\n\r\n\(body)\r\n.").code == code)
  }
}
