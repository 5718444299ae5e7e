// What `SendmailRouter` answers, beside the real sendmail: SMTP replies from a
// daemon on loopback, final recipients from `sendmail -bv`.

import Foundation
import Installation
import Routing
import SendmailRouting
import TestSupport
import Testing

/// A configuration with the questions put to it.
private struct RoutingCase: Sendable, CustomStringConvertible {
  let name: String
  let site: String
  let files: [String: String]
  let senders: [String]
  let domains: [String]
  var description: String { name }
}

private let start = """
  OSTYPE(`linux')dnl
  define(`confDOMAIN_NAME', `mail.example.edu')dnl
  FEATURE(`nocanonify')dnl
  FEATURE(`accept_unresolvable_domains')dnl
  FEATURE(`use_cw_file')dnl

  """
private let end = "\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"
private let aliases = """
  postmaster: root
  staff: root, bin, far@remote.example
  owner-staff: bin
  loop: loop2
  loop2: loop
  gone: nosuchuser
  archive: /var/mail/archive
  job: "|/bin/true"
  ext: someone@lab.example.edu
  list: :include:/nonexistent/list

  """

private let cases = [
  RoutingCase(
    name: "a plain host", site: start + end,
    files: ["local-host-names": "example.edu\n", "aliases": aliases],
    senders: ["a@b.example", "", "root@example.edu"], domains: ["example.edu", "mail.example.edu"]),
  RoutingCase(
    name: "access, blocked recipients",
    site: start + """
      FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access', `skip')dnl
      FEATURE(`blocklist_recipients')dnl
      RELAY_DOMAIN(`relay.example')dnl
      """ + end,
    files: [
      "local-host-names": "example.edu\n", "aliases": aliases,
      "access": """
      From:spammer@bulk.example REJECT
      From:bulk.example DISCARD
      From:partner@bulk.example OK
      From:odd.example ERROR:5.7.1:550 go away
      From:skip.example SKIP
      example.net 501 old form
      To:bin@example.edu ERROR:5.1.1:550 nobody reads this
      To:partner.example RELAY
      closed.example REJECT
      Connect:127.0.0.9 RELAY
      daemon@ REJECT

      """,
    ],
    senders: [
      "a@b.example", "spammer@bulk.example", "x@bulk.example", "partner@bulk.example", "x@odd.example",
      "x@sub.odd.example", "x@skip.example", "x@example.net",
    ],
    domains: ["example.edu", "partner.example", "sub.partner.example", "closed.example", "relay.example"]),
  RoutingCase(
    name: "delay_checks",
    site: start + """
      FEATURE(`access_db')dnl
      FEATURE(`delay_checks', `friend')dnl
      """ + end,
    files: [
      "local-host-names": "example.edu\n", "aliases": aliases,
      "access": "From:bulk.example REJECT\nSpam:bin@example.edu FRIEND\nTo:remote.example RELAY\n",
    ],
    senders: ["x@bulk.example", "a@b.example"], domains: ["example.edu", "remote.example"]),
  RoutingCase(
    name: "delay_checks as Debian has it",
    site: start + """
      define(`_FFR_MAIL_MACRO')dnl
      FEATURE(`access_db')dnl
      FEATURE(`delay_checks')dnl
      """ + end,
    files: [
      "local-host-names": "example.edu\n", "aliases": aliases,
      "access": "From:bulk.example REJECT\nFrom:x@odd.example ERROR:5.7.1:550 go away\nTo:remote.example RELAY\n",
    ],
    senders: ["x@bulk.example", "a@b.example", "", "x@odd.example", "bare", "\"x y\"@odd.example"],
    domains: ["example.edu", "remote.example"]),
  RoutingCase(
    name: "tables",
    site: start + """
      FEATURE(`mailertable', `hash /etc/mail/mailertable')dnl
      FEATURE(`virtusertable', `hash /etc/mail/virtusertable')dnl
      FEATURE(`redirect')dnl
      FEATURE(`relay_entire_domain')dnl
      VIRTUSER_DOMAIN(`virt.example')dnl
      RELAY_DOMAIN(`lab.example.edu')dnl
      define(`LUSER_RELAY', `error:5.1.1:"550 no such person"')dnl
      """ + end,
    files: [
      "local-host-names": "example.edu\n", "aliases": aliases,
      "mailertable": """
      lab.example.edu smtp:[lab.example.edu]
      .lab.example.edu smtp:[gate.lab.example.edu]
      old.example.edu error:5.1.2 switched off
      bad.example.edu error:nohost no such host
      thrown.example.edu discard:
      unknown.example.edu nosuchmailer:host

      """,
      "virtusertable": """
      info@virt.example root
      far@virt.example x@lab.example.edu
      no@virt.example error:5.1.1:550 no such member
      later@virt.example error:4.2.0:450 try later

      """,
    ],
    senders: ["a@b.example"],
    domains: [
      "example.edu", "lab.example.edu", "x.lab.example.edu", "old.example.edu", "bad.example.edu", "virt.example",
      "thrown.example.edu", "unknown.example.edu",
    ]),
  RoutingCase(
    name: "a smart host",
    site: start + """
      define(`SMART_HOST', `smtp:[relay.example.edu]')dnl
      FEATURE(`promiscuous_relay')dnl
      MASQUERADE_AS(`example.edu')dnl
      """ + end,
    files: ["local-host-names": "example.edu\n", "aliases": aliases],
    senders: ["a@b.example"], domains: ["example.edu", "elsewhere.example"]),
  // A smart host in class w would be none.
  RoutingCase(
    name: "interfaces that are not looked at",
    site: start + "define(`confDONT_PROBE_INTERFACES', `True')dnl\ndefine(`SMART_HOST', `[127.0.0.1]')dnl" + end,
    files: ["local-host-names": "example.edu\n", "aliases": aliases],
    senders: ["a@b.example"], domains: ["example.edu"]),
  RoutingCase(
    name: "a loopback interface that is not looked at",
    site: start + "define(`confDONT_PROBE_INTERFACES', `loopback')dnl\ndefine(`SMART_HOST', `[127.0.0.1]')dnl" + end,
    files: ["local-host-names": "example.edu\n", "aliases": aliases],
    senders: ["a@b.example"], domains: ["example.edu"]),
]

/// The usual forms of an address at the domains of a case.
private func recipients(of test: RoutingCase) -> [String] {
  let users = [
    "root", "bin", "nosuchuser", "nosuchuser+detail", "staff", "archive", "job", "ext", "gone", "root+detail", "ROOT",
    "info", "far",
    "no", "later", "daemon", "\"root\"", "postmaster",
  ]
  var list = users
  for domain in test.domains { list += users.map { "\($0)@\(domain)" } }
  for domain in test.domains {
    list += [
      "@\(domain):root@remote.example", "root%\(domain)@example.edu", "remote.example!x@\(domain)",
      "root@\(domain).REDIRECT", "root@\(domain.uppercased())",
    ]
  }
  return list + ["x@remote.example", "x@[192.0.2.1]", "root@[127.0.0.1]", "x%y@z.example", "a!b!c", "x@localhost"]
}

@Suite(
  "Same answers as sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"), .serialized)
struct SendmailRoutingTests {
  private func router(_ host: SendmailHost) throws -> SendmailRouter {
    try Installation(host.configuration, hostName: SendmailHost.hostName).router()
  }

  /// Code, enhanced code and text, without the address that replies begin with.
  private func comparable(_ reply: String) -> String {
    guard reply.first == "4" || reply.first == "5" else { return "accepted" }
    guard let dots = reply.range(of: ">... ") else { return reply }
    let words = reply.split(separator: " ")
    return words.prefix(2).joined(separator: " ") + " " + reply[dots.upperBound...]
  }

  private func comparable(_ decision: Decision) -> String {
    decision.refusal.map { comparable($0.description) } ?? "accepted"
  }

  @Test("SMTP replies", arguments: cases)
  fileprivate func replies(_ test: RoutingCase) throws {
    let host = try SendmailHost(site: test.site, files: test.files)
    let router = try router(host)
    let session = try host.session()
    #expect(try session.say("EHLO client.example").isPositive)
    let client = Client(
      address: Array("127.0.0.1".utf8), name: Array("localhost".utf8), helo: Array("client.example".utf8))
    var asked = 0
    for sender in test.senders {
      let mail = try session.say("MAIL FROM:<\(sender)>")
      let list = sender == test.senders.first ? recipients(of: test) : Array(recipients(of: test).prefix(24))
      let answer = router.answer(
        Envelope(client: client, sender: Array(sender.utf8), recipients: list.map { Array($0.utf8) }))
      #expect(comparable(answer.session) == comparable(mail.description), "\(test): MAIL FROM:<\(sender)>")
      asked += 1
      guard mail.isPositive, answer.session.isPositive else { continue }
      for (recipient, ours) in zip(list, answer.recipients) {
        let theirs = try session.say("RCPT TO:<\(recipient)>")
        asked += 1
        #expect(
          comparable(ours.decision) == comparable(theirs.description), "\(test): <\(sender)> to <\(recipient)>")
      }
      _ = try session.say("RSET")
    }
    #expect(asked > 40)
  }

  @Test("what a client may call itself", arguments: [false, true])
  func greetings(_ areBogusAllowed: Bool) throws {
    let site = start + (areBogusAllowed ? "define(`confALLOW_BOGUS_HELO', `True')dnl\n" : "") + end
    let host = try SendmailHost(site: site, files: ["local-host-names": "example.edu\n"])
    let router = try router(host)
    let punctuation = (UInt8(0x21)...0x7E).filter { !isalnumASCII($0) }.map { "a\(Character(UnicodeScalar($0)))b" }
    for name in punctuation + ["nodots", "-x", ".", "[192.0.2.1]", "a..b", "j\u{F6}rg.example"] {
      // sendmail answers more slowly the more often it is greeted in a session.
      let session = try host.session()
      let reply = try session.say("EHLO \(name)")
      session.close()
      var client = Client.localhost
      client.helo = Array(name.utf8)
      let answer = router.answer(Envelope(client: client, sender: Array("a@b.example".utf8), recipients: []))
      #expect(comparable(answer.session) == comparable(reply.description), "EHLO \(name)")
    }
  }

  private func isalnumASCII(_ byte: UInt8) -> Bool { isalnum(Int32(byte)) != 0 }

  @Test("final recipients", arguments: cases)
  fileprivate func deliveries(_ test: RoutingCase) throws {
    let host = try SendmailHost(site: test.site, files: test.files)
    let router = try router(host)
    // Each costs a start of the real program: the forms of one domain are enough.
    let list = recipients(of: test).filter { !$0.contains("\"") }
    for recipient in list.prefix(40) + list.suffix(8) {
      let theirs = try host.verify([recipient]).compactMap { line -> String? in
        guard let mark = line.range(of: "deliverable: mailer ") else { return nil }
        // An address that rules refuse for now is listed with its text.
        if line[mark.upperBound...].hasPrefix("*error*") { return nil }
        return String(line[mark.upperBound...])
      }
      let answer = router.answer(
        Envelope(client: .commandLine, sender: Array("root".utf8), recipients: [Array(recipient.utf8)]))
      let ours = answer.recipients.flatMap(\.deliveries).compactMap { delivery -> String? in
        if case .bounce = delivery.destination { return nil }
        let triple = delivery.resolution
        let host = triple.host.isEmpty ? "" : ", host \(String(decoding: triple.host, as: UTF8.self))"
        return "\(String(decoding: triple.transport, as: UTF8.self))\(host), user "
          + String(decoding: triple.user, as: UTF8.self)
      }
      #expect(ours.sorted() == theirs.sorted(), "\(test): \(recipient)")
    }
  }
}
