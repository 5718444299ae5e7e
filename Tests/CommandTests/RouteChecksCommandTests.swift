// `waybill test` as built: tests that hold, tests that fail, and files that cannot be run.

import Foundation
import TestSupport
import Testing

@Suite("waybill test")
struct RouteChecksCommandTests {
  private static let site = """
    OSTYPE(`linux')dnl
    define(`confDOMAIN_NAME', `mail.example.edu')dnl
    FEATURE(`nocanonify')dnl
    FEATURE(`access_db')dnl
    FEATURE(`blocklist_recipients')dnl
    LOCAL_DOMAIN(`example.edu')dnl
    MAILER(`local')dnl
    MAILER(`smtp')dnl

    """
  private static let services = "smtp inet n - n - - smtpd\nlocal unix - n n - - local\nsmtp unix - - n - - smtp\n"
  private static let main =
    "myhostname = mail.example.edu\nmydestination = example.edu, mail.example.edu\nalias_maps = hash:/etc/postfix/aliases\n"

  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("site.mc", Self.site)
    try folder.write("access", "# nobody\n")
    try folder.write("pf/main.cf", Self.main)
    try folder.write("pf/master.cf", Self.services)
  }

  private func test(_ text: String, _ arguments: String...) throws -> RunResult {
    try folder.write("routes.yaml", text)
    return try run(
      Checkout.command("waybill"), ["test", "routes.yaml"] + arguments, in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros", "NO_COLOR": "1"])
  }

  private static let surroundings = """
    configuration: [site.mc, pf]
    accounts: [alice, bob]
    files:
      access: |
        # who may not
        Connect:192.0.2  REJECT
        To:bob@example.edu  ERROR:5.7.1:550 not to bob
      aliases: |
        team: alice, bob, far@hub.example
    defaults: { from: a@example.net }
    tests:

    """

  @Test("tables and accounts in the file itself, under both systems; nothing is left behind")
  func inline() throws {
    let result = try test(
      Self.surroundings + """
          - to: alice@example.edu
            expect: { mailbox: alice }
          - to: carol@example.edu
            expect: reject 550 5.1.1
          - to: bob@example.edu
            expect: { result: reject 550 5.7.1, text: not to bob, postfix: { mailbox: bob } }
          - to: alice@example.edu
            client: 192.0.2.7
            expect: { result: reject 550 5.7.1, postfix: { mailbox: alice } }
          - to: team@example.edu
            expect: { forwards-to: [alice, bob, far@hub.example] }

        """)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.text == """
        routes.yaml under site.mc: all 5 tests hold
        routes.yaml under pf: all 5 tests hold
        10 tests, none failed

        """)
    #expect(result.messages.isEmpty, "\(result)")
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    #expect(Set(names) == ["site.mc", "access", "routes.yaml", "pf", "pf/main.cf", "pf/master.cf"])
  }

  @Test("a failure: status 1, its line, and the trace with the rules' lines")
  func failure() throws {
    let failed = try test(
      "configuration: site.mc\naccounts: [root]\ntests:\n  - to: root@example.edu\n    expect: { mailer: esmtp }\n",
      "--all-steps", "--annotations", "--junit", "report.xml")
    #expect(failed.status == 1)
    #expect(failed.text.contains("\nroutes.yaml:5:23: error: root@example.edu: mailer is \"local\", not \"esmtp\""))
    #expect(failed.text.contains("\n    5 |     expect: { mailer: esmtp }\n      |                       ^~~~~\n"))
    #expect(failed.text.contains("-> mailbox of root   mailer local"), "\(failed)")
    #expect(failed.text.firstMatch(of: #/sendmail\.cf:[0-9]+: /#) != nil)
    #expect(failed.messageText.hasPrefix("::error file=routes.yaml,line=5,col=23,title=WB9601::root@example.edu: "))
    let report = try String(contentsOfFile: folder.path + "/report.xml", encoding: .utf8)
    #expect(report.contains("<testsuites tests=\"1\" failures=\"1\">"))
  }

  @Test("a step that an inline file decides is shown at its line in the tests")
  func inlinePlaces() throws {
    let failed = try test(
      Self.surroundings + "  - { to: bob@example.edu, expect: { mailbox: carol, sendmail: reject 550 } }\n")
    #expect(failed.status == 1)
    #expect(failed.text.contains("    routes.yaml:2:19: local_recipient_maps unix:passwd.byname: bob"), "\(failed)")
  }

  @Test("each form of an answer", arguments: ["--tap", "--json", "--junit=-"])
  func forms(_ form: String) throws {
    let result = try test(
      "configuration: site.mc\ntests: [{to: x@far.example, expect: reject 550 5.7.1}, {to: [a, b], expect: discard}]\n",
      form)
    #expect(result.status == 1)
    let begins = ["--tap": "TAP version 13\n1..3\nok 1 - ", "--json": "{\"test\":", "--junit=-": "<?xml version"]
    #expect(result.text.hasPrefix(begins[form] ?? "?"), "\(result)")
    #expect(result.messages.isEmpty)
  }

  @Test("words choose tests; none chosen is a mistake")
  func filter() throws {
    let text =
      "configuration: site.mc\ntests:\n  - {name: Far away, to: x@far.example, expect: reject}\n"
      + "  - {to: y@example.edu, expect: accept}\n"
    let result = try test(text, "--filter", "AWAY far", "-v")
    #expect(result.status == 0 && result.text.contains("  ok Far away\n1 test, none failed"), "\(result)")
    let none = try test(text, "--filter", "away nowhere")
    #expect(none.status == 64 && none.messageText.contains("no test has the words \"away nowhere\""), "\(none)")
    #expect(none.output.isEmpty)
  }

  @Test("a zone in the file says which domains and clients there are")
  func zone() throws {
    let result = try test(
      """
      configuration: site.mc
      accounts: [alice]
      files: { access: "Connect:mx.example.net  REJECT\\n" }
      dns: |
        $ORIGIN example.net.
        @ MX 10 mx
        mx A 203.0.113.9
        9.113.0.203.in-addr.arpa. PTR mx
      tests:
        - { to: alice@example.edu, from: a@example.net, expect: accept }
        - { to: alice@example.edu, from: a@nowhere.example, expect: reject 553 5.1.8 }
        - { to: alice@example.edu, client: 203.0.113.9, from: a@example.net, expect: reject 550 5.7.1 }
      """)
    #expect(result.status == 0, "\(result)")
  }

  private static let oneTest = "tests: [{to: a, expect: accept}]\n"

  @Test(
    "what cannot be run: nothing is run, and the place is told",
    arguments: [
      ("configuration: site.mc\ntests:\n  - too: a\n", 65, "routes.yaml:3:5: error: "),
      ("a: [\n", 65, "routes.yaml:2:1: error: no YAML: "),
      (oneTest, 65, "routes.yaml:1:1: error: a file of routing tests without `configuration'"),
      ("configuration: nix.cf\n" + oneTest, 66, "routes.yaml:1:16: error: cannot read nix.cf"),
      ("configuration: site.mc\ntables: nix\n" + oneTest, 66, "routes.yaml:2:9: error: nix is no folder"),
      ("configuration: site.mc\naccounts: nix\n" + oneTest, 66, "routes.yaml:2:11: error: cannot read nix"),
      ("configuration: site.mc\ndns: nix\n" + oneTest, 66, "routes.yaml:2:6: error: cannot read nix"),
      ("configuration: site.mc\ndns: |\n  $ORIGIN a.\n  b AA 1\n" + oneTest, 65, "routes.yaml:4:5: error: "),
      ("configuration: [site.mc, bad.mc]\n" + oneTest, 78, "bad.mc:1:8: error: end of file in string"),
      ("configuration: bad.cf\n" + oneTest, 78, "bad.cf:2:1: error: a rule that belongs to no ruleset"),
      ("configuration: bad\n" + oneTest, 78, "error: unsupported table type 'hsah'"),
    ])
  func mistakes(_ text: String, _ status: Int32, _ message: String) throws {
    try folder.write("bad.mc", "OSTYPE(`nix)\n")
    try folder.write("bad.cf", "V10\nRfoo\n")
    try folder.write("bad/main.cf", "virtual_alias_maps = hsah:/etc/x\nalias_maps =\n")
    let result = try test(text)
    #expect(result.status == status, "\(result)")
    #expect(result.messageText.hasPrefix(message), "\(result)")
    #expect(result.output.isEmpty)
  }

  @Test("files that are not there, forms that exclude one another, a report that cannot be written")
  func usage() throws {
    let good = "configuration: site.mc\ntests: [{to: x@far.example, expect: reject}]\n"
    let missing = try test(good, "nix.yaml")
    #expect(
      missing.status == 66 && missing.messageText.hasPrefix("nix.yaml: error: cannot read nix.yaml"), "\(missing)")
    #expect(try test(good, "--tap", "--json").status == 64)
    #expect(try test(good, "--junit", "nix/report.xml").status == 73)
  }

  @Test(
    "the tests of the examples hold, under the site file and under what is built from it",
    arguments: ["debian", "example.edu"])
  func examples(_ name: String) throws {
    let example = Checkout.root + "/examples/" + name
    let built = try run(
      Checkout.command("waybill"),
      ["build", example + "/sendmail.mc", "--tables", example, "--postfix", "-o", folder.path + "/out"])
    #expect(built.status == 0)
    for words in [[], ["--config", "out/sendmail.cf"], ["--config", "out/postfix", "--tables", "out"]] {
      let result = try run(
        Checkout.command("waybill"), ["test", example + "/routes.yaml"] + words, in: folder.path)
      #expect(result.status == 0 && result.text.hasSuffix("tests, none failed\n"), "\(words): \(result)")
    }
  }

  @Test("a changed table is found by the tests of the example")
  func changed() throws {
    let example = Checkout.root + "/examples/debian"
    try FileManager.default.copyItem(atPath: example, toPath: folder.path + "/copy")
    let table = folder.path + "/copy/mailertable"
    let text = try String(contentsOfFile: table, encoding: .utf8)
    try text.replacingOccurrences(of: "gate.lab", with: "gat.lab").write(
      toFile: table, atomically: true, encoding: .utf8)
    let result = try run(Checkout.command("waybill"), ["test", folder.path + "/copy/routes.yaml"])
    #expect(result.status == 1)
    #expect(
      result.text.contains("x@pc.lab.example.edu: host is \"[gat.lab.example.edu]\", not \"[gate.lab.example.edu]\""),
      "\(result)")
    #expect(result.text.hasSuffix("36 tests, 1 failed\n"))
  }

  @Test("check tells findings as annotations, too")
  func annotations() throws {
    try folder.write("bad.mc", "FEATURE(`mailertabel')dnl\nMAILER(`local')dnl\n")
    let result = try run(
      Checkout.command("waybill"), ["check", "bad.mc", "--annotations"], in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
    #expect(result.status == 65)
    #expect(
      result.messageText.contains("::error file=bad.mc,line=1,col=10,title=WB4001::FEATURE(`mailertabel')"),
      "\(result)")
    #expect(result.messageText.contains("\nbad.mc:1:10: error: "), "\(result)")
  }
}
