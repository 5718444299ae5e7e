// Routing tests, asked of the real sendmail: by SMTP whether mail is taken, by -bv where it
// goes. The same file is run by `waybill test` under the same .cf.

import Foundation
import Installation
import MailAddress
import RouteChecks
import Routing
import SendmailRouting
import TestSupport
import Testing

/// The real program as one who answers.
private struct SendmailAsker: RouteAsker {
  let host: SendmailHost

  func answer(_ envelope: Envelope) -> EnvelopeAnswer {
    do { return try ask(envelope) } catch {
      return EnvelopeAnswer(session: .reject(Reply(599, nil, "no answer: \(error)")))
    }
  }

  func traced(_ envelope: Envelope) -> EnvelopeAnswer { answer(envelope) }

  private func ask(_ envelope: Envelope) throws -> EnvelopeAnswer {
    let recipient = envelope.recipients.first?.text ?? ""
    let session = try host.session()
    defer { session.close() }
    _ = try session.say("EHLO \(envelope.client.helo?.text ?? "")")
    let mail = try session.say("MAIL FROM:<\(envelope.sender.text)>")
    guard mail.isPositive else { return EnvelopeAnswer(session: .reject(reply(mail)), stage: .sender) }
    let answer = try session.say("RCPT TO:<\(recipient)>")
    guard answer.isPositive else { return one(recipient, .reject(reply(answer)), []) }
    return one(recipient, .accept, try host.verify([recipient]).compactMap(delivery))
  }

  private func one(_ recipient: String, _ decision: Decision, _ deliveries: [Delivery]) -> EnvelopeAnswer {
    EnvelopeAnswer(
      recipients: [RecipientAnswer(given: Bytes(recipient.utf8), decision: decision, deliveries: deliveries)])
  }

  /// `550 5.1.1 <x>... User unknown`
  private func reply(_ reply: SMTPSession.Reply) -> Reply {
    let words = reply.text.split(separator: " ", maxSplits: 1).map(String.init)
    return Reply(reply.code, words.first, words.count > 1 ? words[1] : "")
  }

  /// `x... deliverable: mailer esmtp, host hub.example., user x@hub.example`
  private func delivery(_ line: String) -> Delivery? {
    guard let mark = line.range(of: "deliverable: mailer ") else { return nil }
    var parts = ["mailer": "", "host": "", "user": ""]
    for part in ("mailer " + line[mark.upperBound...]).components(separatedBy: ", ") {
      let words = part.split(separator: " ", maxSplits: 1).map(String.init)
      if words.count == 2 { parts[words[0]] = words[1] }
    }
    let triple = Resolution(
      transport: Bytes((parts["mailer"] ?? "").utf8), host: Bytes((parts["host"] ?? "").utf8),
      user: Bytes((parts["user"] ?? "").utf8))
    return Delivery(resolution: triple, destination: destination(triple), sender: [], recipient: triple.user)
  }

  private func destination(_ triple: Resolution) -> Destination {
    switch triple.transport.text {
    case "local": .mailbox(user: triple.user)
    case "prog": .program(command: Bytes(triple.user.filter { $0 != .quote }.dropFirst()))
    case "*file*": .file(path: triple.user)
    default: .remote(host: triple.host)
    }
  }
}

@Suite(
  "Routing tests hold in sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"), .serialized)
struct RouteChecksPeerTests {
  private static let site = """
    OSTYPE(`linux')dnl
    define(`confDOMAIN_NAME', `test.example')dnl
    FEATURE(`nocanonify')dnl
    FEATURE(`accept_unresolvable_domains')dnl
    FEATURE(`use_cw_file')dnl
    FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl
    FEATURE(`blocklist_recipients')dnl
    FEATURE(`mailertable', `hash /etc/mail/mailertable')dnl
    FEATURE(`virtusertable', `hash /etc/mail/virtusertable')dnl
    VIRTUSER_DOMAIN(`club.example')dnl
    RELAY_DOMAIN(`lab.example')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl

    """
  private static let files = [
    "local-host-names": "example.edu\n",
    "access": "From:spam@bulk.example\tREJECT\nTo:bin@example.edu\tERROR:5.7.1:550 nobody reads this\n"
      + "From:later.example\tERROR:4.7.1:451 come again\nTo:closed.example\tREJECT\nConnect:127.0.0.1\tOK\n",
    "aliases":
      "postmaster: root\nstaff: root, bin, far@lab.example\narchive: /var/mail/archive\njob: \"|/bin/true a\"\n",
    "mailertable": "lab.example\tsmtp:[hub.lab.example]\n.lab.example\tesmtp:gate.lab.example\n"
      + "old.example.edu\terror:5.1.2:550 switched off\n",
    "virtusertable": "info@club.example\troot\nspam@club.example\terror:5.1.1:550 no such member\n",
  ]
  private static let defaults = """
    host: test.example
    defaults:
      from: someone@sender.example
      client: { address: 127.0.0.1, name: localhost, helo: client.example }
    tests:

    """

  /// What is so.
  private static let holding = """
      - { to: root@example.edu, expect: { mailbox: root, mailer: local, host: "" } }
      - { to: [root, postmaster@example.edu, info@club.example], expect: { mailbox: root } }
      - { to: root+detail@example.edu, expect: { mailbox: root, host: detail } }
      - { to: nosuchuser@example.edu, expect: reject 550 5.1.1 }
      - { to: bin@example.edu, expect: { result: reject 550 5.7.1, text: nobody reads this } }
      - { to: root@example.edu, from: spam@bulk.example, expect: reject 550 5.7.1 }
      - { to: root@example.edu, from: x@later.example, expect: { result: tempfail 451 4.7.1, text: /come again/ } }
      - { to: root@example.edu, from: <>, expect: { mailbox: root } }
      - { to: staff@example.edu, expect: { forwards-to: [root, bin, far@lab.example] } }
      - to: staff@example.edu
        expect: { deliveries: [ { mailer: local, user: bin }, { mailbox: root }, { host: "[hub.lab.example]" } ] }
      - { to: archive@example.edu, expect: { file: /var/mail/archive } }
      - { to: job@example.edu, expect: { program: /bin/true a } }
      - { to: x@lab.example, expect: { mailer: smtp, host: "[hub.lab.example]", user: x@lab.example } }
      - { to: x@pc.lab.example, expect: { mailer: esmtp, host: gate.lab.example } }
      - { to: [x@elsewhere.example, "x%elsewhere.example@example.edu"], expect: { host: elsewhere.example } }
      - { to: x@closed.example, expect: { result: reject 550 5.2.1, text: mailbox disabled } }
      - { to: spam@club.example, expect: { result: reject 550 5.1.1, text: no such member } }
      - { to: x@old.example.edu, expect: { result: reject, text: switched off } }

    """

  /// What is not so.
  private static let failing = """
      - { to: root@example.edu, expect: { mailbox: bin } }
      - { to: root@example.edu, expect: reject 550 }
      - { to: nosuchuser@example.edu, expect: reject 550 5.7.1 }
      - { to: nosuchuser@example.edu, expect: accept }
      - { to: bin@example.edu, expect: { result: reject 550 5.7.1, text: somebody reads this } }
      - { to: staff@example.edu, expect: { forwards-to: [root, bin] } }
      - { to: staff@example.edu, expect: { mailbox: root } }
      - { to: x@lab.example, expect: { mailer: esmtp, host: hub.lab.example } }
      - { to: x@elsewhere.example, expect: tempfail }

    """

  private func suite(_ tests: String) throws -> RouteSuite {
    var faults: [String] = []
    let suite = SuiteReader.read(Array((Self.defaults + tests).utf8), file: "routes.yaml") { faults.append("\($0)") }
    return try #require(suite, "\(faults)")
  }

  /// The file asked of the real program, and of our engine under the same .cf.
  private func results(_ tests: String, _ host: SendmailHost) throws -> (theirs: CheckGroup, ours: CheckGroup) {
    let suite = try suite(tests)
    let router = try Installation(host.configuration, hostName: SendmailHost.hostName).router()
    return (
      CheckGroup(suite, suite.cases, under: "sendmail", of: .sendmail, asking: SendmailAsker(host: host)),
      CheckGroup(suite, suite.cases, under: "ours", of: .sendmail, asking: EngineAsker(router: router))
    )
  }

  private struct EngineAsker: RouteAsker {
    let router: SendmailRouter
    func answer(_ envelope: Envelope) -> EnvelopeAnswer { router.answer(envelope) }
    func traced(_ envelope: Envelope) -> EnvelopeAnswer { router.answer(envelope) }
  }

  @Test("what a file expects, the real program does; and waybill test says so")
  func holds() throws {
    let host = try SendmailHost(site: Self.site, files: Self.files)
    let (theirs, ours) = try results(Self.holding, host)
    #expect(theirs.results.count == 21)
    for result in theirs.results + ours.results {
      #expect(result.isMet, "\(result.test.name): \(result.mismatches)")
    }
    try host.folder.write("routes.yaml", "configuration: sendmail.cf\n" + Self.defaults + Self.holding)
    let command = try run(Checkout.command("waybill"), ["test", host.folder.path + "/routes.yaml"])
    #expect(command.status == 0 && command.text.hasSuffix("\n21 tests, none failed\n"), "\(command)")
  }

  @Test("what is not so fails for the real program in the same way")
  func fails() throws {
    let host = try SendmailHost(site: Self.site, files: Self.files)
    let (theirs, ours) = try results(Self.failing, host)
    #expect(theirs.results.count == 9 && theirs.failures == 9)
    for (one, other) in zip(theirs.results, ours.results) {
      #expect(one.mismatches.map(\.key) == other.mismatches.map(\.key), "\(one.test.name)")
      #expect(one.mismatches.map(\.position) == other.mismatches.map(\.position), "\(one.test.name)")
    }
  }
}
