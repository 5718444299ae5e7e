import Foundation
import TestSupport
import Testing

@Suite(
  "sendmail -bt words what it says as the real one", .serialized,
  .enabled(if: Peer.sendmail.isWanted, Comment(rawValue: Peer.sendmail.hint)),
  .enabled(if: isRoot, Comment(rawValue: rootHint)))
struct TestModeDialogueTests {
  static let base = "V10/Berkeley\nO ServiceSwitchFile=/dev/null\n"
  static let mailers = "Mlocal, P=/bin/cat, F=ls, A=cat\nMprog, P=/bin/sh, F=ls, A=sh\nSlast\n"

  /// One faulty line each.
  static let lines = [
    "garbage line", "O NoSuchOption=foo", "O LogLevle=9", "O LogLev=9", "O t=3", "O =foo", "O", "O  LogLevel=9",
    "O DeliveryMode=x", "O EightBitMode=x", "O PrivacyOptions=foo,authwarnings", "O Timeout.nosuch=3d",
    "O Timeout.queuereturn=5q", "O RunAsUser=nosuchuser", "O DefaultUser=nosuch:none",
    "O DontBlameSendmail=foo,bar", "O QueueSortOrder=q", "O ResolverOptions=foo", "O Milter.foo=3",
    "D", "D{}x", "D{abc", "D{a$b}x", "C", "C{x", "F", "Fw", "Fw/nonexistent/file", "Fw-o /nonexistent/file",
    "K", "Kfoo", "Kfoo nosuch", "Kfoo hash", "Kfoo hash -Q /tmp/x", "Kre regex (((", "Kre regex -s1,4 (a)",
    "Ksq sequence a b", "Ktxt text", "M", "Mfoo", "Mfoo, P", "Mfoo, P=/bin/sh", "Mfoo, A=sh",
    "Mfoo, P=/bin/sh, A=sh, X=foo", "Mbar, P=[TCP], A=TCP $h", "Mbar2, P=[IPC], A=foo $h", "Mbar3, P=[IPC], A=IPC",
    "Mfoo, P=[FILE], A=FILE a b", "Mfoo, P=/x, A=y, E=", "Mfoo, P=/x, A=y, U=nouser", "Mfoo, P=/x, A=y,",
    "H", "Hfoo", "H?P", "HBad Name: x", "P", "Pfoo", "S", "S100", "Sname=300", "Sother=name", "S-1", "SA=3\nSA=4",
    "R", "Rfoo", "R\tx", "R$9\tx", "R$* $* $* $* $* $* $* $* $* $*\t$1", "R$=w$1\t$2", "R$*\t$( ", "R$*\t$[ x",
    "R$*\t$(foo $[ x $] $)", "R$*\t$&", "R$:a\tb", "R$(a\tb", "R$*\t$*", "R$*\t$=w", "R$-\t$2", "L", "!foo",
    "V", "V9", "V99", "V10/Foo", "VX", "Q", "X",
    "R$*\t$@ $& a", "R$*\t$@ $&\tcomment", "R$&\tb", "R$& a\tb", "R$*\t$@ $1 $& $1", "R$* $=\tb", "R$* $~ b\tb",
    "R$*\t$@ $?", "R$*\t$@ $? x", "R$*\t$@ $&{}", "R$*\t$@ $&{} z", "R$*\t$@ ${} z", "R$*\t$@ a$", "R$*\t$@ a$ b",
    "R$*\t$@ $&{x z", "R$*\t$@ $&{x z} q", "R$*\t$@ ${x", "R$*\t$@ ${x-y} q", "R$*\t$@ $=", "R$*\t$@ $= x",
    "R$*\t$@ $={x-y} q", "R$* $={} q\t$@ a", "R$*\t$@ $\u{1} x", "R$*\t$@ $&$w x", "R$*\t$@ $?{}x$.y",
    "R$* foo", "R$*$x $=w$2", "S100\nR$*\tx", "Sa=\nRfoo", "$*foo", "P$*foo", "D{x-y}val", "C{a b}v w", "Dxa$ b",
  ]

  @Test("faulty lines of a .cf", arguments: lines)
  func faultyLine(_ line: String) throws {
    let comparison = try TestModeComparison()
    let rules = line.hasPrefix("R") ? "Srules\n" : ""
    try comparison.folder.write("x.cf", Self.base + rules + line + "\n" + Self.mailers)
    // The real program aborts when it runs a look-up without a map's name.
    let run = line.hasSuffix("$( ") ? "" : "rules a b\n"
    TestModeComparison.expectSame(try comparison.run("x.cf", Array("=Srules\n\(run)=M\n".utf8)), line)
  }

  @Test("values of options, good and bad ones of each kind that sendmail looks at")
  func optionValues() throws {
    let text = try String(contentsOfFile: Checkout.root + "/Tests/PeerTests/Fixtures/option-values", encoding: .utf8)
    let options = text.split(separator: "\n").map { "O " + $0 }
    #expect(options.count > 100)
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", Self.base + options.joined(separator: "\n") + "\n" + Self.mailers)
    TestModeComparison.expectSame(try comparison.run("x.cf", Array("$j\n".utf8)), "options")
  }

  @Test("rules before the first ruleset", arguments: ["R$*\tx", "Rfoo", "R$*$x y"])
  func orphans(_ line: String) throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", Self.base + line + "\n" + Self.mailers)
    TestModeComparison.expectSame(try comparison.run("x.cf", Array("=S0\n".utf8)), line)
  }

  @Test("every command, called rightly and wrongly")
  func commands() throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write(
      "x.cf",
      Self.base + "DaAvalue\nCZ one two\nKdq dequote\nKnull null\nSX=7\nR$*\t$@ <$1>\nSbare\nR$- a\t$9\n" + Self.mailers
    )
    let input = """

      #comment
      ?
      help
      .
      =
      -
      /
      .D
      .Dxval$mend
      $x
      .D{foo}bar $x
      .D{foo-bar}baz
      ${foobar}
      .D {x}
      $ x
      .C{a b}v
      $={ab}
      ${foo}
      $&x
      ${nosuch}
      $
      .Cxq r  s
      $=x
      $=Z
      $=
      .X
      =S
      =S100
      =Snosuch
      =SX
      =X
      -x
      /mx
      /canon
      /parse
      /try
      /try local
      /try nosuch foo
      /try local Foo <foo>
      /tryflags
      /tryflags HS
      /try local foo
      /map
      /map dq
      /map nosuch foo
      /map dq "foo"
      /map null foo
      /expand
      /nosuch
      3
      3 x
      X,7,bare a
      7 a,b , c
      nosuch,X a
      X,nosuch,X a
      ,X a
      100 a
      bare b a
      X "a
      X <a
      X a>
      X a\\
      X \\!a
      X (a, b)
      X <@a,b>
      X \u{1}a\u{7f}
      /QUIT
      not read

      """
    TestModeComparison.expectSame(try comparison.run("x.cf", Array(input.utf8)), "commands")
  }

  @Test("bytes of every value in an address")
  func allBytes() throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", Self.base + "SX\nR$-\t$@ one $1\n" + Self.mailers)
    var input: [UInt8] = []
    for byte in UInt8(1)...254 where byte != 0x0A { input += Array("X a".utf8) + [byte] + Array("b\n".utf8) }
    TestModeComparison.expectSame(try comparison.run("x.cf", input), "bytes")
  }

  @Test("rule tracing", arguments: ["-d0.1", "-d0.4", "-d21.1", "-d21.2", "-d21.4", "-d21.12", "-d60.1", "-d60.5"])
  func tracing(_ option: String) throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write(
      "x.cf",
      Self.base
        + "DaA.b\nCw x y\nKn null\nKdq dequote\nSX\nRlook $+\t$@ $(dq $1 $) $(n k $@ v $: d $)\nR$* @ $=w\t$: $1 $2\nR$&a $*\t$1\nR$+\t$@ $>Y $1 $&a\nSY\nRz $*\t$1\n"
        + Self.mailers)
    let input = "X look \"q\"\nX u@x\nX A.b c\nY z z z\nX u@\n"
    TestModeComparison.expectSame(try comparison.run("x.cf", Array(input.utf8), options: [option]), option)
  }

  @Test(
    "the command line, through the command itself",
    arguments: [
      "-v", "-D@/debug", "-MXval", "-M{foo}bar", "-M{foo", "-M{}x", "-M{a-b}x", "-M", "-OLogLevel=9", "-OLogLevel",
      "-ONoSuch=1", "-OLogLev=1", "-O=x", "-O", "-OPrivacyOptions=foo", "-OBlankSub=_", "-OOperatorChars=.:@", "-oL9",
      "-o!", "-oA/x", "-o", "-fa@b", "-fa -fb", "-f", "-Fname", "-n", "-imn", "-t", "-Ac", "-Az", "-Nnever", "-Nfoo",
      "-Nnever,delay", "-Rfull", "-Rfoo", "-Vid", "-q1h", "-q", "-Q", "-Qx", "-G", "-Lx", "-pESMTP",
      "-X@/log", "-h5", "-hx", "-h", "-x", "-Z", "-B8BITMIME", "-Bfoo", "-m", "-s", "-em", "-c", "-bx", "-bv -bt", "-b",
      "arg", "-- x", "arg -v", "-Cnosuch.cf", "-Nfoo -ONoSuch=2 -M{foo -Rx -q -hx", "-d0.1 -v",
    ])
  func commandLine(_ options: String) throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", Self.base + "O Bad=1\nSX\nR$*\t$@ <$1>\n" + Self.mailers)
    let words = options.replacingOccurrences(of: "@/", with: comparison.folder.path + "/").split(separator: " ")
    let arguments = ["-C", "x.cf", "-bt"] + words.map(String.init)
    let input = Array("X a b\n$X\n${foo}\n$j\n=M\nX x.y".utf8)
    let real = try Peer.sendmail.runOnHost(
      TestModeComparison.host, arguments, input: input, in: comparison.folder.path)
    let ours = try run(
      "/usr/bin/unshare",
      [
        "-u", "/bin/sh", "-c", "hostname \"$0\" && exec \"$@\"", TestModeComparison.host, Checkout.command("sendmail"),
      ] + arguments, input: input, in: comparison.folder.path)
    TestModeComparison.expectSame(
      (Dialogue(output: real.output, status: real.status), Dialogue(output: ours.output, status: ours.status)),
      options)
    #expect(
      real.messageText.replacingOccurrences(of: Peer.sendmail.path, with: "")
        == ours.messageText.replacingOccurrences(of: Checkout.command("sendmail"), with: ""))
  }

  private static let addressRules = """
    S3
    R$*<$*>$*\t$2
    R$*\t$: $1
    S0
    R$+@$-\t$#smtp $@$2 $:$1@$2
    R$@\t$#error $@ 5.1.3 $: "553 empty"
    R$*\t$#local $: $1
    S4
    SX
    R$*\t$@ <$1>
    Msmtp, P=[IPC], F=mDFMuX, A=TCP $h

    """

  @Test(
    "every command with an address of every shape",
    arguments: [
      "", "<>", "<", ">", "<<a>>", "<a><b>", "a <b> c <d>", "\"", "\"\"", "\"a", "(", "()", "(a", "a)", "((a)b)c",
      "a(b(c)d)e", "(a)b", "a(b)", "a(b)(c)d", "(a)(b)c", "<a(b)c>", "<(a)b>", "< a (b) c >", "(x)<a>(y)", "a((b",
      "(a\\)b)c", "(\"a)b\")c", "a,(b)c", "g:(a)b;", "g: a(b);(c)", "a;b", "a: b, c;", ":;", "@a,@b:c@d", "<@a:>",
      "a@", "@@", "..", "\\", "a\\", "\\\"a\\\"@b", "a  b", "[", "[]", "a@[]", "[1.2.3.4]", "a@[IPv6:::1]", "a@b@c",
      ",,", "\"a,b\"@c", String(repeating: "x", count: 254), String(repeating: "x", count: 255),
      String(repeating: "x", count: 257), String(repeating: "x@", count: 130), String(repeating: "x ", count: 127),
      "\"" + String(repeating: "q", count: 300) + "\"", "$g", "$&g", "#", "|a", ":include:/a", "a@b.", "a@.b", " a \t",
      "  a  b ", "a@b\u{1}", "a\u{7f}", "=?x?= <a@b>", "\u{e9}@b",
    ])
  func shapes(_ address: String) throws {
    let comparison = try TestModeComparison()
    let base = "V10/Berkeley\nO ServiceSwitchFile=\(comparison.folder.path)/switch\n"
    try comparison.folder.write("x.cf", base + Self.addressRules + Self.mailers)
    let commands = [
      "X", "3", "3,0", "X,X", "/parse", "/try local", "/try smtp", "/canon", "/mx", "/map host", "/expand", "/header",
      "/map  host", "\t/parse",
    ]
    let input = commands.map { "\($0) \(address)\n" }.joined()
    TestModeComparison.expectSame(try comparison.run("x.cf", Array(input.utf8)), address)
  }

  @Test("long lines and no last newline")
  func longLines() throws {
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", Self.base + "SX\nR$*\t$@ $1 a\n" + Self.mailers)
    let input =
      [100, 255, 256, 2044, 2045, 2046, 5000].map { "X " + String(repeating: "b", count: $0) + "\n" }
      .joined() + "X last"
    TestModeComparison.expectSame(try comparison.run("x.cf", Array(input.utf8)), "long lines")
  }

  @Test("the stock configuration under every command, with right and wrong arguments")
  func stockCommands() throws {
    let comparison = try TestModeComparison()
    let configuration = try comparison.expand("gl", TestModeStockTests.plain)
    let arguments: [String: [String]] = [
      "/sender": ["", "foo@bar", "a b <c@d> (e)", "|x", "/x", "a,b", "@", "<>", "(x)", "u@[1.2.3.4]"],
      "/header": [
        "", "From:x", ":x", " From: x", "Fr om: x", "From", "Full-Name : x", "TEXT: x", "X-Y: 1", "A: b: c",
        "content-Type: a",
      ],
      "/parse": ["", "root", "a b c", "nobody@localhost", "<>", "\"|/bin/sh\"", "/tmp/x", ":include:/tmp/x", "a,b"],
      "/try": ["", "local", "local root", "ESMTP r@foo.example", "nosuch a", "esmtp <>", "*file* x", "prog x"],
      "/tryflags": ["", "hs", "HR", "es", "x", "e", "h s"],
      "/map": ["", "host", "host localhost", "host nosuch", "nosuch x", "HOST localhost", "dequote \"a\"", "arith 1"],
      "/mx": ["", "example.com", "a b"], "/canon": ["", "localhost", "a b", "[1.2.3.4]"],
      "/expand": ["", "$j $w $?w yes $| no $.", "${daemon_port}", "a\tb"],
      "/gethostbyname": ["", "localhost", "localhost inet6"], "/dnslookup": ["", "localhost"], "/nosuch": ["", "a b"],
      "=": ["", "S", "S3", "S 3", "Scanonify", "Snosuch", "S-1", "S100", "M", "M foo", "X"],
      "-": ["", "d21.12", "d0", "d21.1", "d0.1", "d21.x", "x", "d37.8", "d60.5"],
      "$": ["", "w", "m", "=", "=w", "=nosuch", "?x", "$", "~w", "1", "{", "{}", "{j}", "{addr_type}", "*", "f", "g"],
      ".": ["", "D", "DX", "DXabc", "D{X}y", "C", "CX", "CXa b", "C{Foo}a.b c@d", "Cw new.example", "X"],
      "": [
        "3", "3,", "3,0", "3,0 ", "0 a", "nosuch a", "Parse a@b", "3,nosuch a", "3,,0 a", ",3 a", "-1 a", "+3 a",
        "3x a",
        "3.0 a", "100 a", "199 a", "99 a", " 3 a", "\t3\ta", "3,0 a@b, c@d", "3,0 a@b,c@d, (x, y) z@w",
        "check_mail <a@b>", "check_rcpt <a@b>", "? map", "help", "#x", " # y", "0123 a", "3;0 a", "3 0 a",
        "3,0 u@new.example",
      ],
    ]
    for (command, values) in arguments {
      let input = values.map { command + (command.hasPrefix("/") && !$0.isEmpty ? " " : "") + $0 + "\n" }
      // What a command leaves behind is seen by asking again.
      let text = input.joined() + "$f\n$g\n${addr_type}\n3,0 a@b\n/try esmtp root\n"
      TestModeComparison.expectSame(try comparison.run(configuration, Array(text.utf8)), command)
    }
  }

  @Test(
    "debug levels on the command line",
    arguments: [
      "-d0.1", "-d8.7", "-d11.1", "-d21", "-d21.", "-d21.1", "-d21.3", "-d21.12", "-d25.1", "-d26.1", "-d27.1",
      "-d28.9", "-d29.9", "-d34.11", "-d41.1", "-d49.1", "-d52.1", "-d60.1", "-d60.5", "-d99.100", "-dfoo",
      "-d21.12,60.5", "-d21.2-3",
    ])
  func debugLevels(_ option: String) throws {
    let comparison = try TestModeComparison()
    let configuration = try comparison.expand("gl", TestModeStockTests.plain)
    let input = "3,0 user@host.example\n/parse root\n/try esmtp a@b\n/map host localhost\n.Dxa\n$x\n"
    TestModeComparison.expectSame(try comparison.run(configuration, Array(input.utf8), options: [option]), option)
  }

  @Test("a .cf with carriage returns, NUL bytes, long lines and 8-bit text")
  func strangeFiles() throws {
    let comparison = try TestModeComparison()
    let stock = try String(
      decoding: Data(
        contentsOf: URL(
          fileURLWithPath: comparison.folder.path + "/" + comparison.expand("gl", TestModeStockTests.plain))),
      as: UTF8.self)
    let strange: [String: String] = [
      "crlf": stock.replacingOccurrences(of: "\n", with: "\r\n"),
      "nul": stock.replacingOccurrences(of: "O LogLevel", with: "O Log\0Level").replacingOccurrences(
        of: "R$* <@>", with: "R$*\0<@>"),
      "long": "Dx" + String(repeating: "a", count: 1 << 20) + "\n" + stock,
      "words": "Cq " + String(repeating: "abcdefg ", count: 100_000) + "\n" + stock,
      "8bit": "Dx\u{e9}\n" + stock + "Szz\nR$*\u{e9}\t$@ \u{fc}$1\n",
      "empty": "", "one": "V10",
    ]
    for (name, text) in strange {
      try comparison.folder.write(name + ".cf", text)
      let input = "3,0 a@b\n$x\nzz caf\u{e9}\n=M\n"
      TestModeComparison.expectSame(try comparison.run(name + ".cf", Array(input.utf8)), name)
    }
  }
}
