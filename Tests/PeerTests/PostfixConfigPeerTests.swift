// PostfixConfigPeerTests.swift: main.cf, master.cf and tables, read as Postfix reads them.

import Foundation
import MailAddress
import PostfixConfig
import TestSupport
import Testing

@Suite(
  "Same reading of the configuration as Postfix", .serialized,
  .enabled(if: Peer.postconf.isWanted, "\(Peer.postconf.hint)"))
struct PostfixConfigPeerTests {
  /// postconf over a main.cf and nothing else.
  private func postconf(_ arguments: [String], main: String, master: String = "") throws -> RunResult {
    let folder = try TemporaryFolder()
    let head = """
      mail_owner = daemon
      setgid_group = mail
      myhostname = mail.test.example
      inet_interfaces = 127.0.0.1
      inet_protocols = ipv4
      shlib_directory = \(Peer.folder)/root/usr/lib/postfix
      meta_directory = \(folder.path)

      """
    try folder.write("main.cf", head + main)
    folder.age("main.cf")
    try folder.write("master.cf", master)
    try folder.write("dynamicmaps.cf", "")
    return try Peer.postconf.run(["-c", folder.path] + arguments)
  }

  @Test("defaults are those of postconf -d")
  func defaults() throws {
    let theirs = try postconf(["-d"], main: "").text.split(separator: "\n")
    var compared = 0
    var different: [String] = []
    for line in theirs {
      guard let (name, value) = Bytes(line.utf8).split(atFirst: 0x3D) else { continue }
      let key = name.trimmed.text
      guard !["myhostname", "mydomain", "mynetworks", "process_id"].contains(key) else { continue }
      guard let ours = ParameterTable.defaultValue(key) else {
        if !ParameterTable.isPerService(key, services: Self.stockServices) { different.append("\(key) is unknown") }
        continue
      }
      compared += 1
      if ours != value.trimmed { different.append("\(key): \(ours.text), Postfix: \(value.trimmed.text)") }
    }
    #expect(compared > 700)
    #expect(different == [])
  }

  private static let stockServices: Set<String> = [
    "smtp", "lmtp", "local", "virtual", "relay", "error", "retry", "discard", "pipe",
  ]

  /// Values for always_bcc, which takes any text.
  static let values = [
    "$mail_name", "${mail_name}", "$(mail_name)", "$$mail_name", "${mail_name", "$", "x$", "$-",
    "${mail_name?yes}", "${mail_name:no}", "${relayhost?yes}", "${relayhost:no}",
    "${mail_name?{a}:{b}}", "${relayhost?{a}:{b}}", "${relayhost?{a}:b}", "${mail_name?b:{c}}",
    "${mail_name?{b} :{c} d}", "${relayhost ? {x} : {y}}", "${ mail_name }", "${mail_name ? {x}}",
    "${{a} == {b}}", "${{a} == {a}}", "${{a} != {b}}", "a${{a} != {a}}b", "${{10} < {9}?{t}:{f}}",
    "${{x10} < {9}?{t}:{f}}", "${{} == {}?{t}:{f}}", "${{ 10} >= { 9 }?{ t }:{f}}",
    "${{3} <level {3.5}?{t}:{f}}", "${{3.6} >=level {3.10} ? {ge} : {lt}}",
    "${{$compatibility_level} <level {1} ? {old} : {new}}", "${{a} =! {b}}", "${{a} == b}",
    "${mail_name?{$mail_name $relayhost x}}", "$mail_name-$mail_name.x", "{a b}", "v\\w",
    "${}", "$()", "${a.b}", "${mail_name?{${relayhost:{deep $mail_name}}}}", "${x y}",
    "$alias_database", "${default_privs?$default_privs:none}", "${{abc} > {abb}}", "${always_bcc}",
  ]

  @Test("values expand alike, or both refuse", arguments: values)
  func expansion(_ value: String) throws {
    let result = try postconf(["-x", "-h", "always_bcc"], main: "always_bcc = \(value)\n")
    let main = MainConfiguration.parse(Bytes("always_bcc = \(value)\n".utf8), file: "main.cf")
    let settings = PostfixConfiguration(main: main).settings()
    let expanded = try? ValueExpansion(value: settings.rawValue).expand(Bytes(value.utf8))
    let ours = expanded.map { Self.folded($0.text) }
    if result.status != 0 {
      #expect(ours == nil, "Postfix: \(result.messageText)")
    } else {
      #expect(ours == Self.folded(result.text))
    }
  }

  /// postconf folds white space for display.
  private static func folded(_ text: String) -> String {
    text.split { $0.isWhitespace }.joined(separator: " ")
  }

  static let files = [
    "always_bcc = b\n# c\n  more\n\n  after blank\n#x\nrelayhost =\n   a,\n\t b   \n  \nmyorigin= x\\\n y\n",
    "always_bcc = one\nalways_bcc = two\n", "relayhost=x", "myorigin=\n", "  \n\nrelayhost   =   y   \n",
    "relayhost = a\r\nmyorigin = b\r\n", "relayhost = a # no comment\n", "myorigin = \t \n  x\n  # y\n  z",
    "noequals\n", "x y = 3\n", "= 3\n",
  ]

  @Test("main.cf has the same settings", arguments: files)
  func settings(_ text: String) throws {
    let result = try postconf(["-h", "always_bcc", "relayhost", "myorigin"], main: text)
    var complaints = 0
    let main = MainConfiguration.parse(Bytes(text.utf8), file: "main.cf") {
      if $0.severity == .error { complaints += 1 }
    }
    #expect((result.status == 0) == (complaints == 0), "Postfix: \(result.messageText)")
    guard result.status == 0 else { return }
    let settings = PostfixConfiguration(main: main).settings()
    let ours = ["always_bcc", "relayhost", "myorigin"].map { settings.rawValue($0)?.text ?? "" }
    let theirs = result.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(ours.map(Self.folded) == theirs.prefix(3).map(Self.folded))
  }

  @Test("master.cf has the same services and options")
  func services() throws {
    let text = """
      smtp      inet  n       -       y       -       -       smtpd
        -o smtpd_delay_reject=no -o { mynetworks = 10.0.0.0/8, 192.0.2.0/24 }
      # comment
      relay     unix  -       -       n       -       -       smtp
      \t-o syslog_name=${multi_instance_name?{$multi_instance_name}:{postfix}}/$service_name

      maildrop  unix  -       n       n       -       -       pipe
        flags=DRXhu user=daemon argv=/usr/bin/true -d ${recipient}

      """
    let result = try postconf(["-M"], main: "", master: text)
    let ours = MasterConfiguration.parse(Bytes(text.utf8), file: "master.cf")
    // -M prints a service on one logical line.
    let theirs = MasterConfiguration.parse(result.output, file: "postconf")
    #expect(theirs.services.count == 3)
    #expect(ours.services.map(\.name) == theirs.services.map(\.name))
    #expect(ours.services.map(\.columns) == theirs.services.map(\.columns))
    #expect(ours.services.map(\.overrides.count) == [2, 1, 0])
    let override = try #require(ours.services.first?.overrides.last)
    #expect(override.name == "mynetworks")
    #expect(override.value == Bytes(ascii: "10.0.0.0/8, 192.0.2.0/24"))
  }

  // MARK: tables

  struct TableCase: Sendable, CustomTestStringConvertible {
    var type: String
    var text: String
    var keys: [String]
    var testDescription: String { "\(type): \(text.prefix(40))" }
  }

  static let tables = [
    TableCase(
      type: "texthash",
      text: """
        # comment
        Key@Example.COM   value one  
         continued  
        novalue
        "a b"@c   quoted
        "a b   unbalanced
        dup first
        dup second
        colon: v
        a"b c"d  mid
        "x"  y
        tab\tv\tw
        back\\ slash q
        "es\\"c" z

        """,
      keys: [
        "key@example.com", "KEY@EXAMPLE.COM", "novalue", "\"a b\"@c", "dup", "colon:", "a\"b c\"d",
        "\"x\"", "tab", "back\\ slash", "back\\", "\"es\\\"c\"", "a b@c", "zz",
      ]),
    TableCase(type: "texthash", text: " lead x\nnext y\n", keys: ["lead", "next"]),
    TableCase(
      type: "regexp",
      text: """
        /^a(b+)c$/  X${1}Y$(1)$$
        /^UP$/i  up
        !/./ empty
        if /^q/
        /r/ qr
        !/s/ nots
        endif
        /bad(/ x
        |^p| pipe
        /esc\\/x/ esc
        /foo/ $2
        /novalue/
          cont inued
        /x{2}/x xx
        /^k(.)(.)$/ $2-$1
        if !/^z/
        if /y/
        /yy/ double
        endif
        /^n/ n
        endif
        /(z)(.)?/ z:$1:$2

        """,
      keys: [
        "abbc", "ABC", "UP", "up", "qr", "qz", "qs", "p", "esc/x", "foo", "xx", "x{2}", "zz",
        "novalue", "kab", "yy", "n", "zyy", "z", "",
      ]),
    TableCase(
      type: "cidr",
      text: """
        192.0.2.0/24  A
        !10.0.0.0/8   notten
        if 10.0.0.0/8
        10.1.0.0/16 B
        endif
        2001:db8::/32 C
        10.2.0.1 D
        10.3.0.1/16 bits
        10.4.0.0/33 long
        ::ffff:1.2.3.4 mapped
        10.5.0.0/16    three   words

        """,
      keys: [
        "192.0.2.7", "10.1.2.3", "10.2.0.1", "2001:db8::1", "x", "10.3.0.1", "10.4.0.0", "1.2.3.4",
        "10.5.9.9", "10.9.9.9", "2001:db9::1", "11.0.0.1",
      ]),
  ]

  @Test("tables answer alike", .enabled(if: Peer.postmap.isWanted, "\(Peer.postmap.hint)"), arguments: tables)
  func tableAnswers(_ example: TableCase) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("table", example.text)
    let table = TableOpener().open(TableOpener.Request(Bytes("\(example.type):\(path)".utf8)))
    for key in example.keys where !key.isEmpty {
      let theirs = try postmap(folder, key, "\(example.type):\(path)")
      #expect(table.lookUp(Bytes(key.utf8)).value?.text == theirs, "key \(key)")
    }
  }

  static let inlineTables = [
    "static:xyz", "static:{ a b }", "inline:{ key=val, {k2 = v w}, K3=z }",
    "pipemap:{inline:{key=b},inline:{b=c}}", "unionmap:{inline:{key=b},inline:{key=c}}",
    "unionmap:{static:a,static:b}", "regexp:{ {/^k(.*)/ x$1}, {/x/ y} }", "inline:{}", "inline:{key}",
    "cidr:{ {192.0.2.0/24 net} }", "nosuch:x", "hash:/nonexistent/table", "fail:always",
    "pipemap:{static:k2,inline:{k2=two}}",
  ]

  @Test(
    "tables within main.cf answer alike, or both fail",
    .enabled(if: Peer.postmap.isWanted, "\(Peer.postmap.hint)"), arguments: inlineTables)
  func inlineTable(_ reference: String) throws {
    let folder = try TemporaryFolder()
    let table = TableOpener().open(TableOpener.Request(Bytes(reference.utf8)))
    for key in ["key", "k2", "k3", "KEY", "192.0.2.1"] {
      let result = try run(folder, ["-q", key, reference])
      let failed = result.messageText.contains("fatal:")
      switch table.lookUp(Bytes(key.utf8)) {
      case .found(let value, _): #expect(!failed && value.text + "\n" == result.text, "key \(key)")
      case .notFound: #expect(!failed && result.text.isEmpty, "key \(key): \(result.text)")
      case .temporaryFailure: #expect(failed, "key \(key): \(result.text)")
      }
    }
  }

  @Test(
    "databases that postmap wrote", .enabled(if: Peer.postmap.isWanted, "\(Peer.postmap.hint)"),
    arguments: ["hash", "btree"])
  func databases(_ type: String) throws {
    let folder = try TemporaryFolder()
    let lines = (1...500).map { "key\($0)@example.com value \($0)" }.joined(separator: "\n") + "\n"
    let path = try folder.write("table", lines)
    #expect(try run(folder, ["\(type):\(path)"]).status == 0)
    let table = TableOpener().open(TableOpener.Request(Bytes("\(type):\(path)".utf8)))
    for number in [1, 2, 250, 500] {
      guard case .found(let value, let position) = table.lookUp(Bytes("KEY\(number)@example.com".utf8)) else {
        Issue.record("key \(number) is not found")
        continue
      }
      #expect(value.text == "value \(number)")
      #expect(position?.line == number)
    }
    #expect(table.lookUp(Bytes(ascii: "nobody")) == .notFound)
  }

  private func postmap(_ folder: TemporaryFolder, _ key: String, _ table: String) throws -> String? {
    let result = try run(folder, ["-q", key, table])
    return result.text.isEmpty ? nil : String(result.text.dropLast())
  }

  private func run(_ folder: TemporaryFolder, _ arguments: [String]) throws -> RunResult {
    let main = """
      mail_owner = daemon
      setgid_group = mail
      myhostname = mail.test.example
      inet_interfaces = 127.0.0.1
      inet_protocols = ipv4
      shlib_directory = \(Peer.folder)/root/usr/lib/postfix
      meta_directory = \(folder.path)

      """
    try folder.write("etc/main.cf", main)
    folder.age("etc/main.cf")
    try folder.write("dynamicmaps.cf", "")
    return try Peer.postmap.run(["-c", folder.path + "/etc"] + arguments)
  }
}
