import Diagnostics
import MailAddress
import Posix
import PostfixConfig
import TestSupport
import Testing

@Suite("main.cf, master.cf and tables")
struct ConfigurationTests {
  private func diagnostics(main: String) -> [Diagnostic] {
    var found: [Diagnostic] = []
    let parsed = MainConfiguration.parse(Bytes(main.utf8), file: "main.cf") { found.append($0) }
    PostfixConfiguration(main: parsed).check { found.append($0) }
    return found
  }

  /// Text, line, column, part of the message or its fix.
  static let faults: [(String, Int, Int, String)] = [
    ("myorigin = x\nmydestinatoin = y\n", 2, 1, "mydestination"),
    ("no equals here\n", 1, 1, "NAME = VALUE"),
    ("  = value\n", 1, 3, "no parameter name"),
    ("relayhost = a\n# x\nrelayhost = b\n", 3, 1, "set again"),
    ("relayhost = ${open\n", 1, 13, "not closed"),
    ("relayhost =\n  x $nosuch\n", 2, 6, "nosuch"),
    ("append_dot_mydomain = maybe\n", 1, 23, "yes or no"),
    ("relayhost = $relayhost\n", 1, 13, "without end"),
  ]

  @Test("a fault is shown at its place", arguments: faults)
  func fault(_ text: String, _ line: Int, _ column: Int, _ words: String) throws {
    let found = diagnostics(main: text)
    let diagnostic = try #require(found.first, "nothing reported")
    #expect(found.count == 1)
    #expect(diagnostic.position == SourcePosition(file: "main.cf", line: line, column: column))
    #expect((diagnostic.message.text + (diagnostic.message.fix ?? "")).contains(words))
  }

  @Test("nothing is said of a good configuration")
  func good() {
    let text = """
      mydestination = $myhostname, localhost
      strict = reject
      smtpd_restriction_classes = strict
      mine = x
      relayhost = $mine
      smtp_destination_recipient_limit = 1
      forward_path = $home/.forward

      """
    #expect(diagnostics(main: text).map(\.message.text) == [])
  }

  @Test("-o settings override main.cf for their service only")
  func overrides() {
    let master = MasterConfiguration.parse(
      Bytes("smtp inet n - n - - smtpd -o soft_bounce=yes\nrelay unix - - n - - smtp\n".utf8), file: "master.cf")
    let configuration = PostfixConfiguration(
      main: MainConfiguration.parse(Bytes("soft_bounce = no\n".utf8), file: "main.cf"), master: master)
    #expect(configuration.settings(for: master.service("smtp", type: "inet")).flag("soft_bounce"))
    #expect(!configuration.settings(for: master.service("relay", type: "unix")).flag("soft_bounce"))
  }

  @Test(
    "what a transport has by its own name, also where two names end alike",
    arguments: [
      ("smtp_destination_recipient_limit", 7), ("smtp_extra_recipient_limit", 1000), ("smtp_recipient_limit", 20000),
    ])
  func limits(_ name: String, _ value: Int) {
    let main = MainConfiguration.parse(Bytes("default_destination_recipient_limit = 7\n".utf8), file: "main.cf")
    #expect(PostfixConfiguration(main: main).settings().number(name) == value)
  }

  static let serviceFaults = [
    ("smtp inet n - n - smtpd\n", "eight fields"), ("smtp net n - n - - smtpd\n", "type"),
    ("smtp inet n - n - x smtpd\n", "maxproc"), ("smtp inet n - n - - smtpd -o soft_bounce\n", "NAME=VALUE"),
  ]

  @Test("a service that is none is named", arguments: serviceFaults)
  func serviceFault(_ text: String, _ words: String) throws {
    var found: [Diagnostic] = []
    _ = MasterConfiguration.parse(Bytes(text.utf8), file: "master.cf") { found.append($0) }
    let message = try #require(found.first?.message)
    #expect((message.text + (message.fix ?? "")).contains(words))
  }

  /// A list, what is asked, whether it is in.
  static let memberships: [(String, String, Bool)] = [
    ("example.com", "example.com", true), ("example.com", "a.example.com", false),
    (".example.com", "a.example.com", true), (".example.com", "example.com", false),
    ("!a.example.com, .example.com", "a.example.com", false),
    ("!a.example.com, .example.com", "b.EXAMPLE.com", true),
    ("inline:{ example.com=x, .sub.example=y }", "a.sub.example", true),
    ("inline:{ example.com=x }", "a.example.com", false), ("static:all", "anything", true), ("", "x", false),
  ]

  @Test("domain lists", arguments: memberships)
  func membership(_ list: String, _ name: String, _ isMember: Bool) {
    let list = MatchList(Bytes(list.utf8), kind: .domains(matchingParents: false), opener: TableOpener())
    #expect(list.contains(Bytes(name.utf8)).isMember == isMember)
  }

  @Test("networks, names and a list file below a root folder")
  func clients() throws {
    let root = try TemporaryFolder()
    try root.write("etc/nets", "# ours\n192.0.2.0/24\n!198.51.100.7, 198.51.100.0/24\n[2001:db8::]/32\n")
    let list = MatchList(
      Bytes(ascii: "127.0.0.0/8 /etc/nets .inside.example"), kind: .clients(matchingParents: false),
      opener: TableOpener(root: FileRoot(root.path)))
    func has(_ address: String, _ name: String = "unknown") -> Bool {
      list.contains(name: Bytes(name.utf8), address: Bytes(address.utf8)).isMember
    }
    #expect(has("127.9.9.9") && has("192.0.2.200") && has("198.51.100.8") && has("2001:db8::9"))
    #expect(!has("198.51.100.7") && !has("203.0.113.1") && !has("2001:db9::1"))
    #expect(has("203.0.113.1", "a.inside.example"))
  }

  @Test("a table that is gone cannot say, and is reported once")
  func missingTable() {
    var reports = 0
    let opener = TableOpener { _ in reports += 1 }
    let request = TableOpener.Request(Bytes(ascii: "hash:/nonexistent/table"))
    for _ in 0..<3 {
      guard case .temporaryFailure = opener.open(request).lookUp(Bytes(ascii: "x")) else {
        Issue.record("an absent table gave an answer")
        return
      }
    }
    #expect(reports == 1)
  }

  // MARK: any bytes

  @Test("no bytes make a parser fail; what is printed reads the same")
  func anyBytes() {
    var random = SystemRandomNumberGenerator()
    let pieces = [
      "\n", " ", "=", "$", "{", "}", "(", ")", "?", ":", "#", "a", "myorigin", "\t", ",", "\"", "\\", "\u{0}",
      "smtp inet n - n - - smtpd", "-o ", "relayhost = x", "if ", "endif", "/x/ y", "!", "10.0.0.0/8 z", "<level",
      "==", "\r", "\u{ff}",
    ]
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...24, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      let bytes = Bytes(text.utf8)
      let main = MainConfiguration.parse(bytes, file: "x")
      let again = MainConfiguration.parse(main.rendered, file: "x")
      #expect(again.entries.map { $0.name + "=" + $0.value.text } == main.entries.map { $0.name + "=" + $0.value.text })
      let master = MasterConfiguration.parse(bytes, file: "x")
      let masterAgain = MasterConfiguration.parse(master.rendered, file: "x")
      #expect(masterAgain.services.map(\.arguments) == master.services.map(\.arguments))
      #expect(masterAgain.services.map(\.columns) == master.services.map(\.columns))
      _ = TextTable.entries(in: bytes, file: "x")
      _ = try? ValueExpansion(value: { _ in nil }).expand(bytes)
      PostfixConfiguration(main: main, master: master).check { _ in }
      for type in ["regexp:{", "cidr:{", "inline:{", "pipemap:{", "unionmap:{"] {
        let table = TableOpener().open(TableOpener.Request(Bytes(type.utf8) + bytes + [0x7D]))
        _ = table.lookUp(bytes)
      }
    }
  }
}
