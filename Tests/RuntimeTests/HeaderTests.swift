// HeaderTests.swift: the header of each copy, byte for byte what the real programs deliver.
//
// One message goes through the real sendmail or Postfix and through `waybill serve` under
// the same configuration, to a server or mailbox at the end of both.

import Foundation
import TestSupport
import Testing

private func waitFor<Value>(_ what: String, _ value: () -> Value?) throws -> Value {
  for _ in 0..<1000 {
    if let value = value() { return value }
    usleep(10_000)
  }
  throw DeliveringSendmail.Failure(description: "waited for \(what)")
}

/// Sends each message to both, and compares what comes out behind them.
private func compare(
  _ messages: [String], _ real: (port: UInt16, sink: SMTPSink), _ own: (port: UInt16, sink: SMTPSink)
) throws {
  for (index, text) in messages.enumerated() {
    let sender = HeaderMessages.senders[index % HeaderMessages.senders.count]
    for port in [real.port, own.port] {
      let codes = try HeaderMessages.send(text, from: sender, to: "someone@example.org", port: port)
      #expect(codes == [250, 250, 250, 354, 250])
    }
    let expected = try waitFor("theirs") { real.sink.messages.count > index ? real.sink.messages[index] : nil }
    let ours = try waitFor("ours") { own.sink.messages.count > index ? own.sink.messages[index] : nil }
    #expect(
      HeaderMessages.masked(ours) == HeaderMessages.masked(expected), "message \(index) from <\(sender)>: \(text)")
  }
}

@Suite(
  "Same headers as sendmail", .serialized, .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SendmailHeaderTests {
  @Test("mail for other hosts has the same bytes", arguments: ["debian", "example.edu"])
  func remote(_ example: String) throws {
    let (theirs, ours) = (try SMTPSink(), try SMTPSink())
    let host = try ServedHost("out/sendmail.cf", relay: ours.port, example: example)
    let real = try DeliveringSendmail(built: host.folder.path + "/out", sink: theirs.port)
    let noise = HeaderNoise.messages(120, seed: example == "debian" ? 1 : 2)
    try compare(HeaderMessages.all + HeaderMessages.sendmail + noise, (real.port, theirs), (host.port, ours))
  }

  @Test("mail for a mailbox has the same bytes", arguments: ["debian", "example.edu"])
  func local(_ example: String) throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port, example: example)
    let real = try DeliveringSendmail(built: host.folder.path + "/out", sink: sink.port)
    for (index, text) in HeaderMessages.all.enumerated() where index % 2 == 0 || text.hasPrefix("From: root") {
      let sender = HeaderMessages.senders[index / 2 % HeaderMessages.senders.count]
      for port in [real.port, host.port] {
        let codes = try HeaderMessages.send(text, from: sender, to: "daemon@mail.example.edu", port: port)
        #expect(codes == [250, 250, 250, 354, 250])
      }
      let expected = HeaderMessages.masked(try waitFor("theirs") { real.takeLocal() })
      var own = HeaderMessages.masked(try waitFor("ours") { host.takeMailbox("daemon") })
      // The mailbox has a From line, quotes others and ends with an empty line.
      own = String(own.drop { $0 != "\n" }.dropFirst().dropLast()).replacingOccurrences(of: "\n>From ", with: "\nFrom ")
      #expect(own == expected, "message \(index) from <\(sender)>")
    }
  }
}

@Suite(
  "Same headers as Postfix", .serialized, .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"),
  .enabled(if: isRoot, "needs root: Postfix's master runs as root only"))
struct PostfixHeaderTests {
  static let common = """
    myhostname = mail.example.edu
    mydestination = $myhostname, example.edu
    mynetworks = 127.0.0.0/8
    local_recipient_maps =
    alias_maps =
    canonical_maps = inline:{{joe@mail.example.edu=j.o.e@example.edu},{fred@mail.example.edu="fred x"@mail.example.edu}}
    masquerade_domains = example.edu
    masquerade_exceptions = root c
    smtp_generic_maps = inline:{{root@mail.example.edu=rooot@gen.example},{c@mail.example.edu=see@gen.example},{u@d.example=you@d.example}}

    """

  static let settings = [
    "",
    "local_header_rewrite_clients =\n",
    """
    local_header_rewrite_clients =
    remote_header_rewrite_domain = stranger.invalid
    undisclosed_recipients_header = To: undisclosed-recipients:;

    """,
    """
    local_header_rewrite_clients =
    always_add_missing_headers = yes
    smtp_line_length_limit = 0

    """,
    """
    message_drop_headers = x-cust, comments
    smtpd_client_restrictions = check_client_access inline:{{127.0.0.1=PREPEND X-Client: [here]  and  there}}
    smtpd_sender_restrictions = check_sender_access inline:{{example.net=PREPEND no header},{<>=PREPEND X-Null: yes}}
      check_client_access inline:{{127.0.0.1=PREPEND Resent-To: bare, x@canon.example}}
    sender_canonical_maps = inline:{{alice@mail.example.edu=al@s.example},{me@mail.example.edu=mm@s.example},{err@mail.example.edu=e@s.example},{rr@mail.example.edu=r@s.example},{dn@mail.example.edu=d@s.example}}
    recipient_canonical_maps = inline:{{root@mail.example.edu=toor@r.example},{boss@mail.example.edu=b@r.example},{rr@mail.example.edu=r@r.example}}
    append_dot_mydomain = yes
    swap_bangpath = no
    canonical_classes = header_sender
    masquerade_classes = header_recipient, envelope_sender
    mail_name = Mail

    """,
  ]

  @Test("mail for other hosts has the same bytes", arguments: settings.indices)
  func remote(_ number: Int) throws {
    let (theirs, ours) = (try SMTPSink(), try SMTPSink())
    let main = Self.common + Self.settings[number]
    let real = try PostfixInstance(
      main: main + "relayhost = [127.0.0.1]:\(theirs.port)\n", recorders: ["local", "error", "retry"])
    try real.start()
    defer { real.stop() }
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "compatibility_level = 3.6\ndisable_dns_lookups = yes\n" + main)
    try folder.write("master.cf", try String(contentsOfFile: real.configuration + "/master.cf", encoding: .utf8))
    let host = try ServedHost(in: folder, "main.cf", relay: ours.port)
    let noise = HeaderNoise.messages(60, seed: UInt64(10 + number))
    try compare(HeaderMessages.all + HeaderMessages.postfix + noise, (real.port, theirs), (host.port, ours))
  }
}
