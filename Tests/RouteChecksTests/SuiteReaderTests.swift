// Files of routing tests: what is read, and each mistake at its place.

import Diagnostics
import MailAddress
import RouteChecks
import Routing
import Testing

func read(_ text: String) -> (suite: RouteSuite?, faults: [String]) {
  var faults: [String] = []
  let suite = SuiteReader.read(Array(text.utf8), file: "routes.yaml") { fault in
    faults.append("\(fault.position?.description ?? ""): \(fault.message.text)")
  }
  return (suite, faults)
}

@Suite("Files of routing tests")
struct SuiteReaderTests {
  @Test("all keys of a file")
  func everything() throws {
    let (read, faults) = read(
      """
      configuration: [sendmail.mc, out/postfix]
      host: mail.example.edu
      tables: .
      files:
        access: |
          Connect:192.0.2  REJECT
        /etc/aliases: "a: b"
      accounts: [alice, bob]
      dns: |
        $ORIGIN example.net.
        mx A 192.0.2.1
      defaults: { client: 192.0.2.7, from: <> }
      tests:
        - to: one@example.edu
          expect: accept
        - name: two
          to: [a@example.edu, <b@example.edu>]
          from: <x@example.net>
          size: 1000
          client: { address: 203.0.113.9, name: mx.example.net, helo: mx, authenticated: alice }
          expect: reject 550 5.7.1
        - to: c
          client: command-line
          expect: { mailer: local, host: "", postfix: tempfail 451 }
      """)
    #expect(faults.isEmpty)
    let suite = try #require(read)
    #expect(suite.configurations.map(\.value) == ["sendmail.mc", "out/postfix"])
    #expect(suite.configurations.map(\.position.column) == [17, 30])
    #expect(suite.host == "mail.example.edu" && suite.tables?.value == ".")
    #expect(suite.files.map(\.path) == ["access", "/etc/aliases"])
    #expect(suite.files.map(\.text.bytes.text) == ["Connect:192.0.2  REJECT\n", "a: b"])
    #expect(suite.files.first?.text.position(ofLine: 1, column: 9).description == "routes.yaml:6:13")
    guard case .names(let names)? = suite.accounts, case .inline(let zone)? = suite.zone else {
      Issue.record("accounts or zone")
      return
    }
    #expect(names.map(\.value.text) == ["alice", "bob"])
    #expect(zone.position(ofLine: 2, column: 1).description == "routes.yaml:11:3")
    #expect(suite.cases.map(\.name) == ["one@example.edu", "two: a@example.edu", "two: b@example.edu", "c"])
    #expect(suite.cases.map(\.sender.text) == ["", "x@example.net", "x@example.net", ""])
    #expect(suite.cases.map(\.size) == [nil, 1000, 1000, nil])
    let envelopes = suite.cases.map { $0.envelope() }
    #expect(envelopes[0].client.address.text == "192.0.2.7" && envelopes[0].client.helo?.text == "client.example")
    #expect(envelopes[1].client.name?.text == "mx.example.net" && envelopes[1].client.nameState == .verified)
    #expect(envelopes[1].client.helo?.text == "mx" && envelopes[1].client.authenticatedAs?.text == "alice")
    #expect(envelopes[3].client == .commandLine)
    #expect(suite.cases[3].expectation(of: .postfix).result?.value.description == "tempfail 451")
    #expect(suite.cases[3].expectation(of: .postfix).fields.isEmpty)
    #expect(suite.cases[3].expectation(of: .sendmail).fields[.host]?.value == [])
  }

  @Test("files for accounts and zone, one configuration, none")
  func files() throws {
    let suite = try #require(
      read("configuration: a.cf\naccounts: passwd\ndns: zone.db\ntests: [{to: a, expect: accept}]").suite)
    guard case .file(let accounts)? = suite.accounts, case .file(let zone)? = suite.zone else {
      Issue.record("no files")
      return
    }
    #expect(accounts.value == "passwd" && zone.value == "zone.db")
    #expect(suite.configurations.map(\.value) == ["a.cf"])
    #expect(read("tests: [{to: a, expect: accept}]").suite?.configurations.isEmpty == true)
  }

  static let tests = "tests: [{to: a, expect: accept}]\n"

  @Test(
    "mistakes around the tests",
    arguments: [
      ("configuraton: x", "1:1: unknown key `configuraton'; did you mean `configuration'?"),
      ("configuration: {a: b}", "1:16: a set of keys where the path of a configuration is wanted"),
      ("configuration: ''", "1:16: \"\" where the path of a configuration is wanted"),
      ("host: [a]", "1:7: a list where the name of the host is wanted"),
      ("files: [a]", "1:8: a list where files with its keys is wanted"),
      ("files: {../passwd: x}", "1:9: \"../passwd\" is no file of a configuration"),
      ("files: {access: [x]}", "1:17: a list where the text of the file is wanted"),
      ("accounts: {a: b}", "1:11: a set of keys where a list of names, or the path of a passwd file is wanted"),
      ("accounts: ['a:b']", "1:12: \"a:b\" is no name of an account"),
      ("dns: ~", "1:6: nothing where the records of a zone, or the path of a zone file is wanted"),
      ("defaults: {sender: x}", "1:12: unknown key `sender'; did you mean `from'?"),
      ("defaults: {client: 192.0.2.300}", "1:20: \"192.0.2.300\" is no IP address"),
    ])
  func surroundings(_ line: String, _ message: String) {
    let (suite, faults) = read(line + "\n" + Self.tests)
    #expect(suite == nil)
    #expect(faults == ["routes.yaml:" + message])
  }

  @Test(
    "mistakes in a test",
    arguments: [
      ("{too: a, expect: accept}", ["1:9: a test without `to'", "1:10: unknown key `too'; did you mean `to'?"]),
      (
        "{recipient: a}",
        [
          "1:9: a test without `to'", "1:9: a test without `expect'",
          "1:10: unknown key `recipient'; did you mean `to'?",
        ]
      ),
      ("{to: a b@c, expect: accept}", ["1:14: \"a b@c\" is no address: a space stands outside of quotes"]),
      ("{to: '\"a@b', expect: accept}", ["1:14: \"\"a@b\" is no address: a quote is not closed"]),
      ("{to: a, from: 'x<y', expect: accept}", ["1:23: \"x<y\" is no address: an angle bracket stands inside of it"]),
      ("{to: <>, expect: accept}", ["1:14: \"<>\" is no address: nothing is there"]),
      ("{to: [], expect: accept}", ["1:14: a list of no recipients"]),
      ("{to: [[a]], expect: accept}", ["1:15: a list where a recipient, or a list of them is wanted"]),
      (
        "{to: a, size: big, expect: accept}",
        [
          "1:23: \"big\" where a size in bytes, a number from 0 to 9223372036854775807, is wanted"
        ]
      ),
      ("{to: a, client: here, expect: accept}", ["1:25: \"here\" is no IP address"]),
      ("{to: a, client: {name: x}, expect: accept}", ["1:25: a client without `address'"]),
      (
        "{to: a, client: {address: 1.2.3.4, ehlo: x}, expect: accept}",
        [
          "1:44: unknown key `ehlo'; did you mean `helo'?"
        ]
      ),
      (
        "{to: a, client: {address: 1.2.3.4, helo: a b}, expect: accept}",
        [
          "1:50: \"a b\" cannot be the helo of a client"
        ]
      ),
      ("just text", ["1:9: \"just text\" where a test with its keys is wanted"]),
    ])
  func test(_ test: String, _ messages: [String]) {
    let (suite, faults) = read("tests: [\(test)]")
    #expect(suite == nil)
    #expect(faults == messages.map { "routes.yaml:" + $0 })
  }

  @Test(
    "mistakes in what is expected",
    arguments: [
      ("acept", "unknown result `acept'; did you mean `accept'?"), ("nothing of it", "unknown result `nothing of it'"),
      ("reject 450", "`450' is no code of reject"), ("reject 5500", "`5500' is no code of reject"),
      ("reject 550 550", "`550' is no code of reject"), ("reject 5.7", "`5.7' is no code of reject"),
      ("tempfail 5.7.1", "`5.7.1' is no code of tempfail"), ("accept 250", "`250' is no code of accept"),
      ("reject 550 go away", "`go' is no code of reject"), ("{}", "an expectation of nothing"),
      ("[accept]", "a list where an expectation with its keys is wanted"),
      ("{mailr: x}", "unknown key `mailr'; did you mean `mailer'?"),
      ("{code: 550}", "unknown key `code'; did you mean `result'?"),
      ("{mailer: [x]}", "a list where the mailer that is expected is wanted"),
      ("{mailer: x, transport: y}", "`transport' and `mailer' are two words for one thing"),
      ("{result: reject, mailbox: a}", "`mailbox' of mail that goes nowhere: the result is reject"),
      ("{deliveries: [], mailbox: a}", "`deliveries' beside keys of the only copy"),
      ("{deliveries: x}", "\"x\" where a list of copies is wanted"),
      ("{deliveries: [{result: x}]}", "unknown key `result'"), ("{text: /(/}", "/(/: bad pattern: Unmatched ( or \\("),
      ("{postfix: {sendmail: accept}}", "unknown key `sendmail'"), ("{sendmail: rject}", "unknown result `rject'"),
    ])
  func expectation(_ text: String, _ message: String) {
    let (suite, faults) = read("tests: [{to: a, expect: \(text)}]")
    #expect(suite == nil)
    #expect(faults.count == 1 && faults.first?.contains(": " + message) ?? false, "\(faults)")
  }

  @Test("a file without tests, and one that is no YAML")
  func noTests() {
    #expect(read("host: a").faults == ["routes.yaml:1:1: a file of routing tests without `tests'"])
    #expect(read("tests: []").faults == ["routes.yaml:1:8: a list of no tests"])
    #expect(read("[a]").faults == ["routes.yaml:1:1: a list where a file of routing tests with its keys is wanted"])
    #expect(read("tests: [").faults.count == 1)
  }
}
