// KnownDifferenceTests.swift: what `waybill compare` takes for a difference of the two
// programs is one, under configurations as plain as they can be.
//
// `KnownDifference` in Equivalence tells such answers apart from those that somebody
// should mend. Each of its claims is put to the real sendmail and to the real Postfix.

import Foundation
import TestSupport
import Testing

@Suite(
  "Known differences of the two programs", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"), .enabled(if: isRoot, "\(rootHint)")
)
struct KnownDifferenceTests {
  private static let site = """
    OSTYPE(`linux')dnl
    FEATURE(`nocanonify')dnl
    FEATURE(`accept_unresolvable_domains')dnl
    define(`confDOMAIN_NAME', `test.example')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl
    """

  private static let main = """
    myhostname = test.example
    mydestination = $myhostname, localhost
    smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
    append_dot_mydomain = no
    local_recipient_maps =

    """

  private func sendmail() throws -> SendmailHost { try SendmailHost(site: Self.site, files: [:]) }

  private func postfix() throws -> PostfixInstance {
    let instance = try PostfixInstance(main: Self.main)
    try instance.start()
    return instance
  }

  /// The replies to MAIL and RCPT; the message is sent where both are taken.
  private func replies(_ session: SMTPSession, from sender: String, to recipient: String, tag: String = "x") throws
    -> [Int]
  {
    defer { session.close() }
    _ = try session.say("EHLO client.example")
    let mail = try session.say("MAIL FROM:<\(sender)>")
    guard mail.isPositive else { return [mail.code] }
    let recipient = try session.say("RCPT TO:<\(recipient)>")
    guard recipient.isPositive else { return [mail.code, recipient.code] }
    _ = try session.say("DATA")
    _ = try session.say("X-Test: \(tag)\r\nFrom: <\(sender)>\r\nSubject: test\r\n\r\ntext\r\n.")
    return [mail.code, recipient.code]
  }

  /// What the real sendmail makes of an address in the envelope of its mailer esmtp.
  private func written(_ address: String, _ flags: String, _ host: SendmailHost) throws -> String {
    let run = try host.run(
      ["-bt"], input: Array("/tryflags \(flags)\n/try esmtp \(address)\n".utf8))
    let line = run.text.split(separator: "\n").last { $0.hasPrefix("Rcode = ") }
    return line?.components(separatedBy: "addr = ").last ?? run.text
  }

  @Test("an empty recipient: 553 and 501")
  func emptyRecipient() throws {
    let (host, instance) = (try sendmail(), try postfix())
    defer { instance.stop() }
    #expect(try replies(host.session(), from: "a@far.example", to: "") == [250, 553])
    #expect(try replies(SMTPSession(port: instance.port), from: "a@far.example", to: "") == [250, 501])
  }

  @Test("a path or percent hack in a sender at this host: 553, and taken")
  func pathInSender() throws {
    let (host, instance) = (try sendmail(), try postfix())
    defer { instance.stop() }
    for sender in ["john%far.example@localhost", "far.example!john@localhost"] {
      let check = try host.run(
        ["-bt"],
        input: Array(".D{client_name}far.example\n.D{client_addr}192.0.2.1\ncheck_mail <\(sender)>\n".utf8))
      #expect(check.text.contains("$# error"), "\(check)")
      #expect(check.text.contains("553"), "\(check)")
      #expect(try replies(SMTPSession(port: instance.port), from: sender, to: "root@test.example") == [250, 250])
    }
  }

  @Test("a path or percent hack in a sender: taken, and 553 where names must be full")
  func pathWithoutFullName() throws {
    let host = try sendmail()
    let instance = try PostfixInstance(
      main: Self.main + "smtpd_sender_restrictions = reject_non_fqdn_sender\nnon_fqdn_reject_code = 553\n")
    try instance.start()
    defer { instance.stop() }
    for sender in ["john%far.example@localhost", "far.example!user"] {
      let check = try host.run(
        ["-bt"],
        input: Array(".D{client_name}localhost\n.D{client_addr}127.0.0.1\ncheck_mail <\(sender)>\n".utf8))
      #expect(!check.text.contains("$# error"), "\(check)")
      #expect(try replies(SMTPSession(port: instance.port), from: sender, to: "root@test.example") == [250, 553])
    }
  }

  @Test("mail from mailer-daemon at this host goes out from nobody")
  func mailerDaemon() throws {
    let (host, instance) = (try sendmail(), try postfix())
    defer { instance.stop() }
    #expect(try written("mailer-daemon@test.example", "ES", host) == "mailer-daemon@test.example")
    let session = try replies(
      SMTPSession(port: instance.port), from: "mailer-daemon@test.example", to: "x@far.example", tag: "daemon")
    #expect(session == [250, 250])
    try instance.waitUntilIdle()
    #expect(try instance.notes().filter { $0.tag == "daemon" }.map(\.sender) == [""])
  }

  @Test("user@host.uucp: host!user, and as it is")
  func uucp() throws {
    let (host, instance) = (try sendmail(), try postfix())
    defer { instance.stop() }
    #expect(try written("user@host.uucp", "ES", host) == "host!user@test.example")
    #expect(
      try replies(SMTPSession(port: instance.port), from: "user@host.uucp", to: "x@far.example", tag: "uucp") == [
        250, 250,
      ])
    try instance.waitUntilIdle()
    #expect(try instance.notes().filter { $0.tag == "uucp" }.map(\.sender) == ["user@host.uucp"])
  }
}
