// Single constructs by hand-checked facts: what a line of sendmail's becomes.

import TestSupport
import Testing
import Translation

@Suite("Single constructs")
struct ConstructTests {
  @Test("absent options whose defaults differ are written out")
  func defaults() {
    let side = translate("V10\n").side
    #expect(side.setting("message_size_limit")?.value == "0")
    #expect(side.setting("mailbox_size_limit")?.value == "0")
    #expect(side.setting("hopcount_limit")?.value == "25")
    #expect(side.setting("delay_warning_time")?.value == "4h")
    #expect(side.setting("default_privs")?.value == "daemon")
  }

  @Test("every line of main.cf has a comment that says where it comes from, or words that do")
  func provenance() {
    let text = String(
      decoding: translate("V10\nDSsmart.example\nO MaxHopCount=7\n").side.files[0].bytes, as: UTF8.self)
    #expect(text.contains("# from sendmail.cf:2 DS\nrelayhost = smart.example\n"))
    #expect(text.contains("# from sendmail.cf:3 O MaxHopCount\nhopcount_limit = 7\n"))
  }

  @Test("own rules and unknown names are work for a person, with their place")
  func unknown() throws {
    let report = translate("V10\nScheck_mine\nR$*\t$@ x\nKown dbm /x\nMfoo, P=/bin/foo, A=foo $u\nDXy\n").report
    for (kind, subject) in [(TranslationReport.Kind.ruleset, "check_mine"), (.map, "own dbm /x"), (.mailer, "foo")] {
      let row = try #require(report.rows.first { $0.kind == kind && $0.subject == subject })
      #expect(row.verdict == .manual)
      #expect(row.position?.file == "sendmail.cf")
    }
  }

  @Test("mynetworks leaves out what may not relay inside a network that may")
  func networks() throws {
    let folder = try TemporaryFolder()
    try folder.write("access", "Connect:10.1\tRELAY\nConnect:10.1.5\tOK\n10.2\tREJECT\n")
    let side = translate("V10\nKaccess hash /etc/mail/access\n", tables: folder.path).side
    let value = try #require(side.setting("mynetworks")?.words.map(\.text))
    #expect(value == ["127.0.0.1/32", "[::1]/128", "!10.1.5.0/24", "10.1.0.0/16"])
  }

  @Test("an open relay is not carried over unless asked for")
  func openRelay() {
    let configuration = "V10\nSBasic_check_rcpt\nR$*\t$@ OK\n"
    let result = translate(configuration)
    #expect(result.side.setting("smtpd_relay_restrictions")?.value.hasSuffix("reject_unauth_destination") == true)
    #expect(result.diagnostics.contains { $0.message.code == .translationOpenRelay })
  }

  @Test("passwords of the access table stay out of the report")
  func secrets() throws {
    let folder = try TemporaryFolder()
    try folder.write("access", "AuthInfo:relay.example\t\"U:me\" \"P:secret\"\n")
    let report = translate("V10\nKaccess hash /etc/mail/access\n", tables: folder.path).report
    #expect(report.text.contains("authinfo:relay.example"))
    #expect(!report.text.contains("secret"))
    #expect(!report.json.contains("secret"))
  }

  @Test("a table that is nowhere is a warning with the line that names it")
  func missing() throws {
    let result = translate("V10\nKmailertable hash /nowhere/mailertable\n")
    let finding = try #require(result.diagnostics.first { $0.message.code == .translationTableMissing })
    #expect(finding.position?.line == 2)
  }

  @Test("each daemon line is a service of its own, with its own place and family")
  func daemons() throws {
    let result = translate(
      """
      V10
      O DaemonPortOptions=Family=inet, Name=four, Port=2525
      O DaemonPortOptions=Family=inet6, Name=six, Port=smtp
      O DaemonPortOptions=Family=inet6, Name=own, Port=587, Addr=::1

      """)
    let inet = result.side.services.filter { $0.type == "inet" }
    #expect(inet.map(\.name) == ["0.0.0.0:2525", "smtp", "[::1]:submission"])
    #expect(inet.map { $0.origins.first?.position?.line } == [2, 3, 4])
    #expect(result.side.setting("inet_protocols")?.value == "all")
    let one = translate("V10\nO DaemonPortOptions=Name=MTA\n").side
    #expect(one.setting("inet_protocols")?.value == "ipv4")
    #expect(one.services.first { $0.name == "smtp" && $0.type == "unix" }?.overrides == ["inet_protocols=all"])
  }

  @Test("the port that a mailer's arguments name goes with its hosts")
  func ports() throws {
    let side = translate(
      "V10\nDSsmart.example\nMrelay, P=[IPC], F=mDFMuX, A=TCP $h 587\nMesmtp, P=[IPC], F=mDFMuX, A=TCP $h 2525\n"
    ).side
    #expect(side.setting("relayhost")?.value == "smart.example:587")
    #expect(side.setting("smtp_tcp_port")?.value == "2525")
  }

  @Test(
    "a smart host that cannot be one holds mail back rather than let it go its own way",
    arguments: [
      "DSuucp-new:gate": "error:5.3.5 unknown mailer uucp-new", "DSlocal:bob": "retry:4.3.5 no way for other mail yet",
      "DSerror:5.7.1:550 no": "error:5.7.1 no",
    ])
  func smartHosts(_ line: String, _ transport: String) {
    #expect(translate("V10\n\(line)\n").side.setting("default_transport")?.value == transport)
  }

  @Test(
    "options that Postfix has word for word",
    arguments: [
      ("O RejectNUL=true", "message_reject_characters", "\\0"),
      ("O QueueTimeout=3d/2h", "maximal_queue_lifetime", "3d"),
      ("O QueueTimeout=3d/2h", "delay_warning_time", "2h"),
      ("O DHParameters=/etc/mail/dh.pem", "smtpd_tls_dh1024_param_file", "/etc/mail/dh.pem"),
      ("O ServerSSLOptions=+SSL_OP_NO_SSLv3 +SSL_OP_NO_TLSv1", "smtpd_tls_protocols", "!SSLv3, !TLSv1"),
      ("O ClientSSLOptions=+SSL_OP_NO_TLSv1_1", "smtp_tls_mandatory_protocols", "!TLSv1.1"),
      ("O Milter.macros.connect=j, _, {daemon_name}", "milter_connect_macros", "j _ {daemon_name}"),
    ])
  func options(_ line: String, _ name: String, _ value: String) {
    let result = translate("V10\n\(line)\n")
    #expect(result.side.setting(name)?.value == value)
    #expect(result.report.rows.allSatisfy { $0.kind != .option || $0.verdict != .manual })
  }

  @Test("filters in their order, with what happens when one fails")
  func filters() {
    let result = translate(
      """
      V10
      Xone, S=inet:8891@localhost, F=T, T=C:1m;S:10s;R:4m
      Xtwo, S=local:/run/two.sock
      Xthree, S=inet6:99@::1, F=R
      O InputMailFilters=two,one

      """)
    #expect(
      result.side.setting("smtpd_milters")?.words.map(\.text) == [
        "{ unix:/run/two.sock, default_action=accept }",
        "{ inet:localhost:8891, default_action=tempfail, connect_timeout=1m, command_timeout=4m }",
      ])
    #expect(result.side.setting("non_smtpd_milters")?.value == "$smtpd_milters")
    let unused = result.report.rows.filter { $0.subject.hasPrefix("mail filter three") }
    #expect(unused.map(\.verdict) == [.none])
  }

  @Test("words that are no domains do not become tables and files of main.cf")
  func oddWords() {
    let result = translate("V10\nCw good.example hash:/etc/passwd /etc/shadow\nCR 2001:db8:1 rel.example\n")
    let text = String(decoding: result.side.files[0].bytes, as: UTF8.self)
    #expect(text.contains("good.example") && text.contains("rel.example"))
    #expect(!text.contains("/etc/passwd") && !text.contains("/etc/shadow") && !text.contains("2001:db8:1"))
    #expect(result.report.rows.contains { $0.subject.contains("hash:/etc/passwd") && $0.verdict == .none })
  }
}
