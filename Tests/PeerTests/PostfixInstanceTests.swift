// PostfixInstanceTests.swift: the witness itself is seen to work.

import TestSupport
import Testing

@Suite("A private Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"))
struct PostfixInstanceTests {
  @Test("it answers, records what each transport is given, and ends", .enabled(if: isRoot, "needs root"))
  func recordsDeliveries() throws {
    let instance = try PostfixInstance(
      main: """
        myhostname = mail.test.example
        mydestination = $myhostname
        local_recipient_maps =
        smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination

        """)
    try instance.start()
    defer { instance.stop() }
    let session = try SMTPSession(port: instance.port)
    #expect(session.greeting.code == 220)
    for line in ["EHLO client.example", "MAIL FROM:<a@b.example>", "RCPT TO:<someone>", "RCPT TO:<x@far.example>"] {
      #expect(try session.say(line).code == 250)
    }
    #expect(try session.say("DATA").code == 354)
    #expect(try session.say("X-Test: one\r\n\r\nhello\r\n.").code == 250)
    try instance.waitUntilIdle()
    let notes = try instance.notes().sorted { $0.transport < $1.transport }
    #expect(notes.map(\.transport) == ["local", "smtp"])
    #expect(notes.map(\.recipient) == ["someone@mail.test.example", "x@far.example"])
    #expect(notes.map(\.tag) == ["one", "one"])
  }
}
