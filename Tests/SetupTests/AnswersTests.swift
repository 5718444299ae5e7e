// What answers become, read back: texts, tables and the calls of the sendmail.mc give the
// same answers again.

import Diagnostics
import Foundation
import MCCompiler
import Setup
import TestSupport
import Testing

@Suite("Answers")
struct AnswersTests {
  static let files: [(kind: String, text: String)] = [
    ("null-client", "hub: hub.example.org\n"),
    ("smart-host-client", "smart-host: esmtp:[smtp.example.net]\nmasquerade: example.org\nlocal-delivery: lmtp\n"),
    ("workstation", "local-names: [pc.example.org]\nlisten: all\nrefuse: [flood.example, ann@b.example, 10.0.0.0/8]\n"),
    ("relay", "relay-domains: [a.example=b.a.example, c.example]\nrelay-networks: [192.0.2.0/24, \"2001:db8::/32\"]\n"),
    (
      "domain-server",
      """
      local-names: [example.org, example.com]
      virtual-users: [info@club.example=ann, "@club.example=bob@example.net"]
      relay-networks: [192.0.2.7, 172.16.0.0/16]
      relay-domains: [other.example=box.other.example]
      smart-host: "[smtp.example.net]"
      masquerade: example.org
      exposed-users: [root, cron]
      sender-addresses: [ann=ann.miller@example.org]
      local-delivery: procmail
      queue-interval: 5m

      """
    ),
  ]

  private func read(_ text: String, _ found: FoundHost) -> (answers: Answers?, faults: [String]) {
    var faults: [String] = []
    let answers = AnswersFile.read(Array(text.utf8), file: "a.yaml", found: found) { fault in
      faults.append("\(fault.position.map { "\($0.line):\($0.column)" } ?? "") \(fault.message.text)")
    }
    return (answers, faults)
  }

  /// A host after its texts were written.
  private func host(_ plan: SetupPlan) throws -> FoundHost {
    var found = FoundHost()
    for text in plan.texts { found.texts[text.name] = text.bytes }
    let library = try #require(Library(folder: Checkout.root + "/macros"))
    let result = MCCompiler(library: library).compile(found.texts["sendmail.mc"] ?? [], named: "sendmail.mc")
    #expect(!result.hasErrors, "\(result.diagnostics)")
    found.calls = result.calls
    return found
  }

  @Test("what was written proposes the same answers, and they write the same", arguments: files)
  func again(_ file: (kind: String, text: String)) throws {
    var found = FoundHost()
    found.systemName = "mail.example.org"
    found.isDebian = file.kind != "relay"
    let (read, faults) = read("kind: \(file.kind)\n" + file.text, found)
    let answers = try #require(read, "\(faults)")
    let plan = SetupPlan(answers, found)
    let later = try host(plan)
    #expect(Question.proposals(later) == answers)
    #expect(SetupPlan(Question.proposals(later), later).texts == plan.texts.filter { $0.name != "aliases" })
    // And through the file of the answers.
    #expect(self.read(AnswersFile.text(answers), FoundHost()).answers == answers)
  }

  @Test("every fault of an answers file is told at its place")
  func faults() {
    let text = """
      kind: relay
      host-nam: mail.example.org
      smart-host: [a.example, b.example]
      relay-networks: [192.0.2.1/24, 0.0.0.0/0, 10.0.0.0/8]
      relay-domains: none
      hub: hub.example.org
      """
    #expect(
      read(text, FoundHost()).faults == [
        "2:1 unknown key `host-nam'; did you mean `host-name'?",
        "1:1 no answer to `host-name', and none is found on the host",
        "3:25 one word is wanted: a host to send to, such as smtp.example.org, [192.0.2.1] or esmtp:[smtp.example.org]",
        "4:18 `192.0.2.1/24' is not a network, such as 192.0.2.0/24 or 2001:db8::/32, with no bits set behind its prefix",
        "4:32 `0.0.0.0/0' is not a network, such as 192.0.2.0/24 or 2001:db8::/32, with no bits set behind its prefix",
        "6:1 the question `hub' is not asked of a relay",
      ])
  }

  @Test(
    "no word gets through that m4 or a table would take for more",
    arguments: [
      "ho'st.example", "a`b.example", "dnl.example.org", "x-divert.example.org", "a b.example", "a.example)",
      "-a.example",
      "$1.example", "a..example", "example", "1.2.3.4", "a.example\u{7}", "ä.example",
    ])
  func unsafe(_ word: String) {
    let (answers, faults) = read("kind: workstation\nhost-name: \"\(word)\"\n", FoundHost())
    #expect(answers == nil && !faults.isEmpty)
  }

  @Test("other entries and comments of a table stay, and an old sendmail.mc lends its calls")
  func kept() throws {
    var found = FoundHost()
    found.systemName = "mail.example.org"
    found.texts["access"] = Array("# ours\nConnect:10.1 RELAY\nSpam:a@b.example FRIEND\nTo:old.example\tRELAY\n".utf8)
    found.texts["sendmail.mc"] = Array(
      """
      OSTYPE(`linux')dnl
      define(`confMAX_HOP', `30')dnl
      define(`SMART_HOST', `smtp:[relay.example.net]')dnl
      FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl
      FEATURE(`greet_pause', `1000')dnl
      MASQUERADE_AS(`example.org')dnl
      MAILER(`local')dnl
      MAILER(`smtp')dnl
      LOCAL_RULESETS
      SLocal_check_mail
      ## Custom
      R$*	$@ OK

      """.utf8)
    let library = try #require(Library(folder: Checkout.root + "/macros"))
    found.calls = MCCompiler(library: library).compile(found.texts["sendmail.mc"] ?? [], named: "sendmail.mc").calls
    #expect(found.keptCalls == ["define(`confMAX_HOP', `30')dnl", "FEATURE(`greet_pause', `1000')dnl"])
    #expect(found.lostCalls.map(\.name) == ["LOCAL_RULESETS"])
    let (read, faults) = read("kind: relay\nrelay-networks: [10.1.0.0/16, 10.2.0.0/16]\nrelay-domains: none\n", found)
    let answers = try #require(read, "\(faults)")
    let texts = Dictionary(
      SetupPlan(answers, found).texts.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }
    ) { $1 }
    #expect(texts["access"] == "# ours\nConnect:10.1 RELAY\nSpam:a@b.example FRIEND\nConnect:10.2\tRELAY\n")
    let mc = try #require(texts["sendmail.mc"])
    for line in [
      "define(`SMART_HOST', `smtp:[relay.example.net]')dnl", "MASQUERADE_AS(`example.org')dnl",
      "define(`confMAX_HOP', `30')dnl", "FEATURE(`greet_pause', `1000')dnl",
      "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')dnl", "## Custom\nR$*\t$@ OK",
    ] { #expect(mc.contains("\n\(line)\n"), "\(line)") }
  }

  @Test("Debian's own reader of sendmail.conf finds the values", arguments: ["5m", "p1h"])
  func debianReader(_ interval: String) throws {
    var found = FoundHost()
    found.systemName = "mail.example.org"
    if interval.hasPrefix("p") { found.texts["sendmail.conf"] = Array("# mine\nQUEUE_INTERVAL=\"p1h\";\n".utf8) }
    let wanted = interval.hasPrefix("p") ? "2h" : interval
    let answers = try #require(read("kind: workstation\nqueue-interval: \(wanted)\n", found).answers)
    let text = try #require(SetupPlan(answers, found).texts.first { $0.name == "sendmail.conf" })
    #expect(DaemonSettings(text.bytes).faults(file: "").isEmpty)
    let folder = try TemporaryFolder()
    let path = try folder.write("sendmail.conf", text.bytes)
    let tools = Peer.folder + "/root/usr/share/sendmail"
    let result = try run(
      "/usr/bin/perl",
      [
        "-I", tools, "-e",
        "require Parse_conf; Parse_conf::read_config($ARGV[0]); Parse_conf::validate_config() or exit 1; "
          + "print join(' ', map { (Parse_conf::get_value($_))[1] } qw(QUEUE_INTERVAL DAEMON_MODE HANDS_OFF)), qq(\\n);",
        path,
      ], in: tools)
    #expect(result.status == 0 && result.text.hasSuffix("\(wanted) Daemon 0\n"), "\(result)")
  }

  @Test("what Debian's reader does not take is told at its line")
  func badSettings() {
    let text = "DAEMON_MODE=\"Demon\";\n#x=\nQUEUE_MODE='cron'\nMSP_MODE=\"${QUEUE_MODE}\";\n  HANDS_OFF=\"maybe\"\n"
    let faults = DaemonSettings(Array(text.utf8)).faults(file: "sendmail.conf")
    #expect(faults.compactMap { $0.position.map { "\($0.line):\($0.column)" } } == ["1:14", "3:1", "5:14"])
  }

  @Test("the dialogue: wrong words, help, and back to a question whose answer changes the rest")
  func dialogue() {
    var found = FoundHost()
    found.systemName = "pc.example.org"
    var dialogue = Dialogue(found)
    func say(_ line: String) -> String { dialogue.hear(line) }
    #expect(say("<").contains("first question") && say("9").contains("is not null-client"))
    #expect(say("relay").isEmpty && dialogue.prompt.contains("Full name of this host? [pc.example.org] "))
    #expect(say("?").contains("greets others") && say("pc").contains("`pc' is not a full host name"))
    #expect(say("a.example b.example").contains("one word"))
    #expect(say("<").isEmpty && dialogue.prompt.contains("What is this host? [relay] "))
    #expect(say("1").isEmpty && say("Mail.Example.ORG").isEmpty)
    #expect(say("").contains("there must be") && say("hub.example.org").isEmpty && say("").isEmpty)
    #expect(dialogue.isFinished && dialogue.answers.kind == .nullClient)
    #expect(dialogue.answers[.hostName] == ["mail.example.org"] && !dialogue.answers.has(.relayNetworks))
    #expect(say("anything").isEmpty && dialogue.prompt.isEmpty)
    _ = dialogue.goBack()
    #expect(!dialogue.isFinished && dialogue.prompt.contains("[10m]"))
  }
}
