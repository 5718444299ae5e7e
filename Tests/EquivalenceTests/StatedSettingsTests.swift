// StatedSettingsTests.swift: which settings count as different.

import Equivalence
import MailAddress
import PostfixConfig
import SendmailCF
import Testing

@Suite("Settings that no envelope shows")
struct StatedSettingsTests {
  private func view(_ main: String, _ master: String = "") -> PostfixView {
    PostfixView(
      configuration: PostfixConfiguration(
        main: MainConfiguration.parse(Bytes(main.utf8), file: "main.cf"),
        master: MasterConfiguration.parse(Bytes(master.utf8), file: "master.cf")))
  }

  private func differing(_ one: PostfixView, _ other: PostfixView) -> [String] {
    let names = one.names.union(other.names)
    return SettingDifference.between(StatedSettings(one, names: names), StatedSettings(other, names: names))
      .map { "\($0.name): \($0.one.text) / \($0.other.text)" }
  }

  @Test(
    "parameters of main.cf",
    arguments: [
      ("hopcount_limit = 25", "hopcount_limit = 50", "hopcount_limit: 25 (main.cf:1) / 50 (main.cf:1)"),
      ("hopcount_limit = 50", "", nil), ("maximal_queue_lifetime = 5d", "maximal_queue_lifetime = 120h", nil),
      ("delay_warning_time = 4", "delay_warning_time = 4h", nil),
      ("delay_warning_time = 4h", "", "delay_warning_time: 14400s (main.cf:1) / 0s"),
      ("notify_classes = bounce, resource", "notify_classes = bounce resource", nil),
      ("inet_interfaces = loopback-only", "", "inet_interfaces: loopback-only (main.cf:1) / all"),
      (
        "mailbox_command = x \"$USER\"", "mailbox_command = x \"$RECIPIENT\"",
        "mailbox_command: x \"$USER\" (main.cf:1) / x \"$RECIPIENT\" (main.cf:1)"
      ),
      // Envelopes show these, or nobody minds.
      ("relayhost = [a.example]", "", nil), ("transport_maps = hash:/a", "", nil),
      ("smtpd_restriction_classes = mine\nmine = reject", "mine = permit\nsmtpd_restriction_classes = mine", nil),
      ("queue_directory = /a", "debug_peer_level = 3", nil), ("relay_domains_reject_code = 550", "", nil),
    ])
  func parameters(_ one: String, _ other: String, _ expected: String?) {
    #expect(differing(view(one + "\n"), view(other + "\n")) == (expected.map { [$0] } ?? []))
  }

  @Test("services: the address and how the daemon is run")
  func services() {
    let smtp = "smtp inet n - n - - smtpd\n"
    let named = "smtp inet n - y - 50 smtpd -o syslog_name=postfix/mta\n"
    #expect(differing(view("", smtp), view("", named)).isEmpty)
    #expect(
      differing(view("", smtp), view("", "127.0.0.1:smtp inet n - n - - smtpd\n")) == [
        "inet 127.0.0.1:smtp: not there / smtpd (master.cf:1)", "inet smtp: smtpd (master.cf:1) / not there",
      ])
    #expect(
      differing(view("", smtp), view("", smtp + " -o smtpd_tls_wrappermode=yes\n")) == [
        "inet smtp: smtpd (master.cf:1) / smtpd smtpd_tls_wrappermode=yes (master.cf:1)"
      ])
  }

  @Test(
    "lines of a sendmail.cf",
    arguments: [
      ("O MaxHopCount=25", "O MaxHopCount=17", "option MaxHopCount: 25 (line 2) / 17 (line 2)"),
      ("O Timeout.queuewarn=4h", "O Timeout.queuewarn=4h\n# a comment", nil),
      (
        "O DaemonPortOptions=Name=A\nO DaemonPortOptions=Name=B", "O DaemonPortOptions=Name=A",
        "option DaemonPortOptions: Name=A; Name=B (line 2) / Name=A (line 2)"
      ),
      (
        "Mlocal, P=/bin/mail, A=mail", "Mlocal, P=/bin/mailx, A=mail",
        "mailer local: Mlocal, P=/bin/mail, A=mail (line 2) / Mlocal, P=/bin/mailx, A=mail (line 2)"
      ),
      ("Mlocal,\tP=/bin/mail, A=mail", "Mlocal, P=/bin/mail,\n\tA=mail", nil),
      ("HX-Test: $j", "", "line HX-Test:: HX-Test: $j (line 2) / not there"),
      ("R$*\t$@ $1", "", nil), ("Kx hash /a", "Kx hash /b", nil),
    ])
  func sendmail(_ one: String, _ other: String, _ expected: String?) {
    func settings(_ text: String) -> StatedSettings {
      StatedSettings(CFReader.read(Bytes("V10\n\(text)\nSx\n".utf8), name: "x.cf"))
    }
    let found = SettingDifference.between(settings(one), settings(other))
      .map { "\($0.name): \($0.one.text) / \($0.other.text)" }
    #expect(found == (expected.map { [$0] } ?? []))
  }
}
