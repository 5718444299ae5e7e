// MapTypeTests.swift: every map type with flags and arguments, in the real test mode and ours.

import Foundation
import TestSupport
import Testing

/// K lines with rules and what is typed to them; `@` stands for the folder.
struct MapCase: Sendable, CustomTestStringConvertible {
  let what: String
  let configuration: String
  let input: String

  init(_ what: String, _ configuration: String, _ input: String) {
    self.what = what
    self.configuration = configuration
    self.input = input
  }

  var testDescription: String { what }

  /// A map of that type and flags under the name m, asked for each key with and without a
  /// default and an argument, and by /map.
  static func asked(_ type: String, _ keys: [String]) -> MapCase {
    let rules = """
      Km \(type)
      SX
      R$+\t$@ 1 $(m $1 $) 2 $(m $1 $: no $)
      SY
      R$+\t$@ $(m $1 $@ ARG $@ A B $: d $| $1 $)
      """
    let input = keys.map { "X \($0)\nY \($0)\n/map m \($0)\n" }.joined()
    return MapCase(type, rules, input)
  }
}

@Suite(
  "map types answer as in the real one", .serialized,
  .enabled(if: Peer.sendmail.isWanted && Peer.makemap.isWanted, Comment(rawValue: Peer.sendmail.hint)),
  .enabled(if: isRoot, Comment(rawValue: rootHint)))
struct MapTypeTests {
  static let base = """
    V10/Berkeley
    O ServiceSwitchFile=@/switch
    O DontBlameSendmail=MapInUnsafeDirPath

    """

  private static let words = ["a", "ab", "A", "b", "xabx", "zz", "\"a\"", "\"ab", "a b c", "\"a b\"", "a@b", "(a)"]

  static let small: [MapCase] =
    ["", "-s.", "-s", "-s_ -a.x", "-a.x", "-a.x -s_", "-S_", "-m", "-q", "-f", "foo"].map {
      .asked(
        "dequote \($0)",
        words + ["\"a\\\"b\"", "\"a\\\\\"", "\"\"", "\" \"", "\"<a>\"", "\"<a\"", "\"(a)\"", "\"a\tb\"", "a \"b\""])
    }
    + [
      "^a", "-n ^a", "-f ^A", "-b \\(a\\)b", "-s1 (a)(b)?", "-s1,2 (a)(b)?", "-s (a)(b)?", "-d. -s2,1 (a)(b)",
      "-s1x (a)b", "-s0 (a)b", "-s3 (a)(b)", "-s (a", "-a@Q ^a", "-n -a.N ^a", "-m -s1 (a)b", "-q \"a\"", "-S. a.b",
      "-s1,1 -d+ (a)", "[[:alpha:]]+", "",
    ].map { .asked("regex \($0)", words) } + [
      .asked(
        "arpa -a.in", ["1.2.3.4", "1.2.3", "01.2.3.4", "IPv6:::1", "ipv6:2001:db8::1", "::1", "IPv6:zz", "1.2.3.256"]),
      .asked("null -a.x", words), .asked("syslog -Linfo", ["a"]), .asked("syslog -Lnosuch", ["a"]),
      .asked("syslog -Q", ["a"]), .asked("user", ["root", "ROOT", "\"root\"", "nosuch", "root@x"]),
      .asked("user -v dir -a.x", ["root", "nosuch"]), .asked("user -m -a/", ["daemon", "Daemon"]),
      .asked("user -vnosuch", ["root", "x"]), .asked("host -a.", ["localhost", "[127.0.0.1]", "nosuch.example"]),
    ]

  static let others: [MapCase] =
    [
      "stab x", "stab", "switch", "nis", "nis x", "nisplus x", "userdb", "userdb x", "socket", "dns", "dns -R A",
      "dns -RNOSUCH", "dns -R", "bestmx -Q", "ldap", "dprintf", "setdebug", "setopt", "ph x", "implicit /nonexistent/x",
      "hash", "hash -Q /nonexistent/x", "text", "program",
    ].map { .asked($0, ["a"]) } + [
      MapCase(
        "arith",
        "Kar arith\nKara arith -a.S\n"
          + "+-*/%&|l=x".map {
            "SO\($0.asciiValue ?? 0)\nR$- $-\t$@ $(ar \($0) $@ $1 $@ $2 $: d $) $(ara \($0) $@ $1 $)\n"
          }
          .joined(),
        "+-*/%&|l=x".flatMap { operation in
          ["7 2", "7 0", "a 3", "9999999999 2", "99999999999999999999 1", "\"3\" 2"].map {
            "O\(operation.asciiValue ?? 0) \($0)\n"
          }
        }.joined()),
      MapCase(
        "macro",
        "Kmac macro\nSX\nR$- $*\t$@ <$(mac {$1} $@ $2 $)> <$(mac $1 $@ $2 $)>\nSY\nR$-\t$@ $(mac {foo} $: d $)",
        "X foo a.b c\n${foo}\n$f\nX a-b c\n$a\nY z\n${foo}\n/map mac {f o}\n/map mac {foo\n/map mac x\n/map mac\n"),
      MapCase(
        "sequences",
        "Kdq dequote\nKre regex -a@RE ^a\nKnu null\nKs1 sequence dq re nu\nKs2 sequence nu,x/nu\nKs3 sequence\n"
          + "Ks4 sequence -a.x dq\nKs5 sequence s1 nosuch\nSX\nR$- $+\t$@ $($1 $2 $: d $)",
        ["s1", "s2", "s3", "s4", "s5"].map { "X \($0) a\nX \($0) \"q\"\n/map \($0) \"q\"\n/map \($0) z\n" }.joined()),
      MapCase(
        "switches",
        "Kal.files null\nKsw switch al\nKsh.files dequote\nKsh switch hosts\nKsn switch hosts\n"
          + "SX\nR$- $+\t$@ $($1 $2 $: d $)",
        ["sw", "sh", "sn", "aliases", "passwd"].map { "X \($0) a\nX \($0) \"q\"\n/map \($0) \"q\"\n" }.joined()),
      MapCase(
        "programs",
        "Ka program /bin/echo\nKb program -a.x /bin/echo hi \"a b\"\nKc program /nonexistent\nKd program /bin/false\n"
          + "Ke program -m /bin/echo\nKf program -T.T @/ends\nKg program -t @/ends\nKh program @/ends\n"
          + "Ki program /usr/bin/printf a\\nb\\n\nKj program /usr/bin/id\nKk program echo\n"
          + "SX\nR$- $+\t$@ $($1 $2 $@ more $: d $)\nSY\nR$- $+\t$@ $($1 $2 $)",
        "abcdei".map { "X \($0) Foo.Bar\n/map \($0) \"k\"\n" }.joined()
          + "fgh".map { "X \($0) 75\nY \($0) 75\nX \($0) 69\nX \($0) 0\n/map \($0) 75\n/map \($0) kill\n" }.joined()
          + "/map j -un\n/map j -gn\n/map k x\nX a (a)\nX a <x>\n"),
      MapCase(
        "names of maps",
        "K a.b null\nKa-c null\nKa:d null\nKa_e null\nK9 null\nKa.f\nK.b null\nK_g null\nKh\nKi {null}\nKj nu-ll\n"
          + "Kk dequote-s.\nKl\tNULL\nKM dequote",
        ["a.b", "a", "a_e", "9", "k", "l", "m", "M"].map { "/map \($0) \"a b\"\n/map \($0) \"c\"\n" }.joined()),
      MapCase(
        "defaults are read anew, their symbols are not",
        "Kn null\nSX\nR$+\t$@ $(n x $: d$| $1 $) . $(n y $: $# $1 $@ b $) $(n $1 z $@ b $)\n"
          + "SY\nR$+\t$: $(n x $: d$| $1 $)\nR$* $| $*\tYES $1 $2\nSZ\nR$+\t$@ $(n x $: $> x $1 $)",
        "X a\nY a\nX (a)\nX \"a b\"\nZ a\nY (a)\n"),
      MapCase(
        "long names of macros",
        [24, 25, 26, 30].map { count in
          let name = "{" + String(repeating: "x", count: count) + "}"
          return "D\(name)val\nC\(name)w\nS\(count)\nR$=\(name)\t$@ yes\nR$+\t$@ <$\(name)\n"
        }.joined(separator: "\n"),
        [24, 25, 26, 30].map { count in
          let name = "{" + String(repeating: "x", count: count) + "}"
          return "$\(name)\n$=\(name)\n\(count) w\n.D\(name)q\n$\(name)\n.C\(name)z\n"
        }.joined()),
      MapCase(
        "classes from programs and formats",
        "O DontBlameSendmail=ClassFileInUnsafeDirPath\nFa|/bin/echo a b\nFb|/usr/bin/id\nFc@/text %*s %s\nFd@/text %[a-m]\nFe-o @/none\nFg@/text %5s\nFh@/text %d\nFj@/text %ls\nFk-o @/folder\nFl-o@/text\nFmk@m\nFn@/folder\n",
        "abcdeghjklmn".map { "$=\($0)\n" }.joined()),
    ]

  private static let keys = [
    "a", "A", "Big", "x%y", "u@d.example", "@d.example", "e", "q", "p", "br", "ub", "uq", "up", "bs", "long", "sym",
    "nosuch", "\"a\"", "\"a b\"", "(a)", "\u{e9}",
  ]

  private static let table = """
    a one
    b two words
    Big MiXed
    x%y a%b%0c%1d%2e%%f%9g%
    u@d.example r@s.example
    @d.example %1@s
    q "a b" c
    p a(b)c
    br <a>
    ub <a
    uq "a
    up a)
    bs a\\b
    sym a@b.c
    long \(String(repeating: "z", count: 300))
    split \(String(repeating: "z.", count: 200))

    """

  static let files: [MapCase] = [
    "hash @/h", "btree @/b", "hash @/h.db", "hash -N @/n", "hash @/n", "hash -O @/n", "hash -f @/h", "hash -m @/h",
    "hash -a.x @/h", "hash -m -a.x @/h", "hash -q @/h", "hash -S_ @/h", "hash -o @/nosuch", "hash @/nosuch",
    "hash -T.TMP @/nosuch", "hash -t @/nosuch", "hash -t -T.T @/nosuch", "hash @/folder", "hash relative",
    "hash -R x @/h",
    "hash @/h junk", "implicit @/h", "implicit @/nosuch", "text -k0 -v1 @/text", "text @/text", "text -k1 -v0 @/text",
    "text -v9 @/text", "text -v1 -z@ @/text", "text -v1 -f @/text", "text -v1 -m @/text", "text -v 1 -a.s @/text",
    "text -o @/nosuch", "text @/nosuch", "text @/folder", "text -o @/folder", "text -vx @/text", "text -v-1 @/text",
    "text relative",
    "text -q -v1 @/text", "text -z\\t -v1 @/text", "sequence nosuch",
  ].map { .asked($0, keys) }

  @Test("without a file", arguments: small + others)
  func withoutFile(_ testCase: MapCase) throws { try compare(testCase, ["-d60.5"]) }

  @Test("with a file", arguments: files)
  func withFile(_ testCase: MapCase) throws { try compare(testCase, ["-d60.1"]) }

  @Test("bytes above 127 in a value, each by itself")
  func bytes() throws {
    let folder = try comparison()
    let keys = (0x80...0xFF).map { "k\($0)" }
    var text: [UInt8] = []
    for (index, key) in keys.enumerated() {
      text += Array("\(key) A".utf8) + [UInt8(truncatingIfNeeded: 0x80 + index)] + Array("B\n".utf8)
    }
    try folder.folder.write("bytes", text)
    let rules = "Km text -v1 \(folder.folder.path)/bytes\nSX\nR$-\t$: $(m $1 $: no $)\nR$* $| $*\tYES $1 $2\n"
    try write(rules, folder)
    let pair = try folder.run("x.cf", Array(keys.map { "X \($0)\n" }.joined().utf8))
    TestModeComparison.expectSame(pair, "bytes")
  }

  private func comparison() throws -> TestModeComparison {
    let comparison = try TestModeComparison()
    // Look-ups that warn of a folder of everybody's would hide everything else.
    chmod(comparison.folder.path, 0o755)
    try comparison.folder.write("text", Self.table)
    try comparison.folder.write("ends", "#!/bin/sh\n[ \"$1\" = kill ] && kill -9 $$\necho out\nexit $1\n")
    chmod(comparison.folder.path + "/ends", 0o755)
    try comparison.folder.write("folder/none", "")
    try comparison.folder.write("makemap.cf", "V10\n")
    for (name, type, flags) in [("h", "hash", []), ("b", "btree", []), ("n", "hash", ["-N"])] {
      let made = try Peer.makemap.run(
        ["-C", comparison.folder.path + "/makemap.cf"] + flags + [type, comparison.folder.path + "/" + name],
        input: Array(Self.table.utf8))
      #expect(made.status == 0, "\(made)")
    }
    return comparison
  }

  private func write(_ configuration: String, _ comparison: TestModeComparison) throws {
    let text = (Self.base + configuration + "\n" + TestModeDialogueTests.mailers)
    // An `@` before a path is the folder; all others are part of addresses.
    let path = comparison.folder.path
    try comparison.folder.write(
      "x.cf",
      text.replacingOccurrences(of: "@/", with: path + "/"))
  }

  private func compare(_ testCase: MapCase, _ options: [String]) throws {
    let comparison = try comparison()
    try write(testCase.configuration, comparison)
    let input = Array(testCase.input.utf8)
    TestModeComparison.expectSame(try comparison.run("x.cf", input), testCase.what)
    TestModeComparison.expectSame(
      try comparison.run("x.cf", input, options: options), testCase.what + " " + options.joined())
  }
}
