// HostFlowTests.swift: what a picture of one host says.

import HostFlow
import MailAddress
import Pictures
import PostfixConfig
import Routing
import SendmailCF
import TestSupport
import Testing

@Suite("The way of a message through one host")
struct HostFlowTests {
  private static let rules = """
    V10/Berkeley
    O AliasFile=/etc/mail/aliases
    Kaccess hash /etc/mail/access
    Kmailertable hash /etc/mail/mailertable
    Kcount arith
    Kunused hash /etc/mail/unused
    Scanonify=3
    R$*	$1
    Sparse=0
    R$* < @ $+ > $*	$: $>Route $1 < @ $2 > $3
    R$+	$#local $: $1
    SRoute
    R$* < @ $+ > $*	$( mailertable $2 $) $( count + $@ 1 $@ 1 $)
    R$+	$#esmtp $@ x $: $1
    Scheck_mail
    R$*	$: $>"Lookup" $1
    RREJECT	$#error $@ 5.7.1 $: "550 no"
    SLookup
    R$*	$( access $1 $)
    Scheck_rcpt
    R$*	$@ OK
    HSubject: $>CheckSubject
    SCheckSubject
    R$*	$@ OK
    Mlocal, P=/usr/bin/mail, F=lw, A=mail -d $u
    Mesmtp, P=[IPC], F=m, S=Rewrite, A=TCP $h
    Mother, P=[IPC], F=m, A=TCP $h
    SRewrite
    R$*	$1

    """

  @Test("a sendmail.cf: the tables that each stage asks, also through rulesets it calls, and the mailers")
  func sendmail() throws {
    let flow = HostFlow(CFReader.read(Bytes(Self.rules.utf8), name: "x.cf"), named: "x.cf")
    let stages = Dictionary(uniqueKeysWithValues: flow.stages.map { ($0.name, $0.lines) })
    #expect(stages["connection"] == nil)
    #expect(stages["MAIL"] == ["check_mail", "asks access", "may refuse"])
    #expect(stages["RCPT"] == ["check_rcpt"])
    #expect(stages["content"] == ["Subject: CheckSubject"])
    #expect(stages["addresses"]?.contains("asks mailertable") == true)
    #expect(stages["local users"] == ["aliases: /etc/mail/aliases"])
    #expect(flow.ends.map(\.name) == ["local", "esmtp"])
    #expect(flow.ends.map(\.isRemote) == [false, true])
    #expect(flow.ends.last?.lines == ["[IPC] TCP $h", "rewrites by Rewrite"])
    #expect(flow.graph.edges.count { $0.kind == .out } == 1)
  }

  @Test("a main.cf: what is set of each program, and the transports of the address classes")
  func postfix() throws {
    let main = """
      mydestination = example.edu
      relay_domains =
      virtual_mailbox_domains = box.example
      virtual_transport = lmtp:unix:private/dovecot
      smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination
      transport_maps = hash:/etc/postfix/transport

      """
    let configuration = PostfixConfiguration(main: MainConfiguration.parse(Bytes(main.utf8), file: "main.cf"))
    let flow = HostFlow(configuration, named: "main.cf")
    #expect(flow.stages.map(\.name) == ["smtpd", "cleanup", "trivial-rewrite"])
    #expect(
      flow.stages[0].lines.contains("smtpd_recipient_restrictions: permit_mynetworks, reject_unauth_destination"))
    #expect(flow.stages[2].lines.contains("transport_maps: hash:/etc/postfix/transport"))
    #expect(flow.ends.map(\.name) == ["local", "lmtp", "smtp"])
    #expect(flow.ends.map(\.label) == ["mydestination", "virtual_mailbox_domains", "the rest"])
    #expect(flow.ends[0].lines.contains { $0.hasPrefix("alias_maps: ") })
  }

  @Test("an address: each step of its expansion once, and where it ends")
  func address() throws {
    func step(_ transport: String, _ user: String) -> Resolution {
      Resolution(transport: Bytes(transport.utf8), host: [], user: Bytes(user.utf8))
    }
    let (list, boss, far) = (step("local", "list"), step("local", "boss"), step("esmtp", "x@far.example"))
    let deliveries = [
      Delivery(
        resolution: boss, destination: .mailbox(user: Bytes("boss".utf8)), path: [list, boss], sender: [],
        recipient: []),
      Delivery(
        resolution: far, destination: .remote(host: Bytes("far.example".utf8)), path: [list, far], sender: [],
        recipient: Bytes("x@far.example".utf8)),
    ]
    let answer = EnvelopeAnswer(
      recipients: [
        RecipientAnswer(given: Bytes("list".utf8), decision: .accept, deliveries: deliveries),
        RecipientAnswer(given: Bytes("gone".utf8), decision: .reject(Reply(550, "5.1.1", "User unknown"))),
      ])
    let envelope = Envelope(sender: [], recipients: [Bytes("list".utf8), Bytes("gone".utf8)])
    let graph = AddressFlow(envelope, answer).graph(title: "t")
    #expect(
      graph.nodes.filter { $0.kind == .host }.map(\.lines) == [
        ["local", "list"], ["local", "boss"], ["esmtp", "x@far.example"],
      ])
    #expect(graph.nodes.contains { $0.kind == .refusal && $0.lines == ["550 5.1.1 User unknown", "to gone"] })
    #expect(graph.nodes.contains { $0.kind == .outside && $0.lines.first == "far.example" })
    #expect(graph.nodes.contains { $0.kind == .mailbox && $0.lines == ["boss", "mailbox"] })
  }
}
