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
}
