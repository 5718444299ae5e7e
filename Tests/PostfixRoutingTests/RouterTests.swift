// RouterTests.swift: what the comparison with Postfix cannot show.
//
// The DNS, clients by IPv6 and on the command line, tables that are gone, and
// aliases without end.

import MailAddress
import Posix
import PostfixConfig
import PostfixRouting
import Resolver
import Routing
import TestSupport
import Testing

/// A little DNS.
struct Zone: DomainNameService {
  func mailDomain(_ domain: Bytes) -> NameAnswer {
    switch domain.text {
    case "known.example": .exists
    case "null.example": .nullMX
    case "slow.example": .temporaryFailure
    default: .noSuchName
    }
  }

  func host(_ name: Bytes) -> NameAnswer { mailDomain(name) }
  func listEntry(_ name: Bytes) -> ListEntry {
    name.text == "9.2.0.192.list.example" ? .listed(addresses: [Bytes("127.0.0.2".utf8)], reason: []) : .notListed
  }
  func exchangers(of domain: Bytes) -> Exchangers { .temporaryFailure }
  func nameServers(of name: Bytes) -> [Bytes]? { nil }
  func addresses(of host: Bytes) -> HostAddresses { .noSuchHost }
}

@Suite("Routing by a main.cf")
struct RouterTests {
  private func router(_ main: String, root: String = "") -> PostfixRouter {
    let head = """
      compatibility_level = 3.6
      myhostname = mail.test.example
      mydestination = $myhostname, test.example
      mynetworks = 127.0.0.0/8 [2001:db8:1::]/48
      local_recipient_maps =
      alias_maps =

      """
    let parsed = MainConfiguration.parse(Bytes((head + main).utf8), file: "main.cf")
    return PostfixRouter(PostfixConfiguration(main: parsed, root: FileRoot(root)), names: Zone())
  }

  private func ask(
    _ router: PostfixRouter, _ sender: String, _ recipient: String, _ client: Client = .localhost
  ) -> EnvelopeAnswer {
    router.answer(
      Envelope(client: client, sender: Bytes(sender.utf8), recipients: [Bytes(recipient.utf8)]))
  }

  /// Sender, recipient, the reply; nil where it is accepted.
  static let dns: [(String, String, String?)] = [
    ("a@known.example", "x@known.example", nil),
    ("a@gone.example", "x@known.example", "450 4.1.8 <a@gone.example>: Sender address rejected: Domain not found"),
    (
      "a@null.example", "x@known.example",
      "550 5.7.27 <a@null.example>: Sender address rejected: Domain null.example does not accept mail (nullMX)"
    ),
    ("a@known.example", "x@gone.example", "450 4.1.2 <x@gone.example>: Recipient address rejected: Domain not found"),
    ("a@slow.example", "x@test.example", "450 4.1.8 <a@slow.example>: Sender address rejected: Domain not found"),
    ("", "x@test.example", nil),
  ]

  @Test("what the DNS says", arguments: dns)
  func names(_ sender: String, _ recipient: String, _ reply: String?) {
    let router = router(
      """
      smtpd_sender_restrictions = reject_unknown_sender_domain
      smtpd_recipient_restrictions = reject_unknown_recipient_domain

      """)
    let decision = ask(router, sender, recipient).recipients.first?.decision
    #expect(decision?.refusal.map { "\($0)" } == reply)
    if sender == "a@slow.example" {
      guard case .temporaryFailure = decision else {
        Issue.record("a DNS that cannot say was taken for a no")
        return
      }
    }
  }

  @Test("a client on a block list")
  func blockList() {
    let router = router("smtpd_client_restrictions = reject_rbl_client list.example\n")
    let listed = Client(address: Bytes(ascii: "192.0.2.9"), helo: Bytes(ascii: "x.example"))
    #expect(
      ask(router, "a@b.example", "x@test.example", listed).recipients.first?.decision.refusal?.description
        == "554 5.7.1 Service unavailable; Client host [192.0.2.9] blocked using list.example")
    #expect(ask(router, "a@b.example", "x@test.example").recipients.first?.decision == .accept)
  }

  @Test("an IPv6 client of mynetworks may relay, another may not")
  func clientsByIPv6() {
    let router = router("")
    func decision(_ address: String) -> Decision? {
      let client = Client(address: Bytes(address.utf8), helo: Bytes(ascii: "x.example"))
      return ask(router, "a@b.example", "x@far.example", client).recipients.first?.decision
    }
    #expect(decision("2001:db8:1::5") == .accept)
    #expect(decision("2001:db8:2::5")?.refusal?.code == 454)
  }

  @Test("the sendmail command meets none of smtpd's restrictions")
  func commandLine() {
    let router = router("smtpd_client_restrictions = reject\n")
    let answer = ask(router, "user", "x@far.example", .commandLine)
    #expect(answer.recipients.first?.decision == .accept)
    #expect(answer.recipients.first?.deliveries.map(\.destination) == [.remote(host: Bytes(ascii: "far.example"))])
    #expect(answer.sender.text == "user@mail.test.example")
  }

  static let missing = [
    "virtual_alias_maps = hash:/nonexistent/x", "transport_maps = hash:/nonexistent/x",
    "canonical_maps = fail:x", "relay_domains = hash:/nonexistent/x",
    "local_recipient_maps = hash:/nonexistent/x", "smtpd_sender_restrictions = check_sender_access hash:/nonexistent/x",
  ]

  @Test("a table that is gone refuses for now, never for good", arguments: missing)
  func missingTables(_ line: String) {
    let address = line.hasPrefix("relay_domains") ? "x@far.example" : "x@test.example"
    let answer = ask(router(line + "\n"), "a@b.example", address)
    let recipient = answer.recipients.first
    let deferred = recipient?.deliveries.contains { if case .deferred = $0.destination { true } else { false } }
    let told = [answer.message, recipient?.decision].contains { if case .temporaryFailure = $0 { true } else { false } }
    #expect(told || deferred == true)
    let bounced = recipient?.deliveries.contains { if case .bounce = $0.destination { true } else { false } }
    #expect(bounced != true)
    if case .reject(let reply) = recipient?.decision { #expect(reply.isTransient) }
  }

  @Test("aliases and .forward files without end bounce, and soon")
  func loops() throws {
    let root = try TemporaryFolder()
    try root.write("etc/aliases", "one two,three\ntwo one,three\nthree one,two\n")
    try root.write("etc/passwd", "u:x:1:1::/home/u:/bin/sh\nv:x:1:1::/home/v:/bin/sh\n")
    try root.write("home/u/.forward", "v, a@far.example\n")
    try root.write("home/v/.forward", "u, b@far.example\n")
    let router = router("alias_maps = texthash:/etc/aliases\n", root: root.path)
    for name in ["one", "u"] {
      let deliveries = ask(router, "a@b.example", name).recipients.first?.deliveries ?? []
      #expect(
        deliveries.contains {
          if case .bounce(let reply) = $0.destination { reply.enhancedCode == "5.4.6" } else { false }
        })
    }
  }

  @Test("each step names the line that made it so")
  func trace() throws {
    let root = try TemporaryFolder()
    try root.write("etc/postfix/virtual", "# one\nboss@test.example  the.boss@far.example\n")
    let router = router(
      """
      virtual_alias_maps = texthash:$config_directory/virtual
      transport_maps = inline:{ far.example=smtp:[hub.example] }
      smtpd_recipient_restrictions =
        permit_mynetworks

      """, root: root.path)
    let answer = ask(router, "a@b.example", "boss@test.example")
    let steps = answer.recipients.first?.trace ?? []
    let virtual = steps.first { $0.text.contains("the.boss") }
    #expect(virtual?.position?.description == "/etc/postfix/virtual:2:1")
    #expect(steps.contains { $0.text.contains("permit_mynetworks") && $0.position?.line == 10 })
    #expect(steps.contains { $0.text.contains("smtp:[hub.example]") && $0.position?.line == 8 })
    #expect(
      answer.recipients.first?.deliveries.first?.resolution.description == "smtp:[hub.example]:the.boss@far.example")
  }
}
