// Files that one does not trust, given to the commands as built: what GNU m4 does for them
// ours does not in the sandbox, and whatever they try, they end within the limits.

import Foundation
import TestSupport
import Testing

/// A folder with a secret beside the folder of the hostile files.
private struct Trap {
  let folder: TemporaryFolder
  static let secret = "the-secret-of-the-house"

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("secret", "define(`S', `\(Self.secret)')\(Self.secret)\n")
    try folder.write("in/beside.m4", "beside\n")
    try folder.write("in/below/more.m4", "below\n")
    try folder.write("in/.git/config", Self.secret + "\n")
    try folder.write("also/other.m4", "other\n")
    for (link, target) in [("in/link.m4", "../secret"), ("in/out", ".."), ("in/near.m4", "beside.m4")] {
      try FileManager.default.createSymbolicLink(atPath: folder.path + "/" + link, withDestinationPath: target)
    }
  }

  /// The names and contents of all files.
  var state: [String: Data?] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    return Dictionary(
      uniqueKeysWithValues: names.map { ($0, FileManager.default.contents(atPath: folder.path + "/" + $0)) })
  }

  func m4(_ program: String, _ options: [String] = ["--sandbox"]) throws -> RunResult {
    try folder.write("in/hostile.m4", program)
    return try run(Checkout.command("m4"), options + ["hostile.m4"], in: folder.path + "/in")
  }
}

@Suite("The sandbox of m4")
struct SandboxTests {
  /// What it tries, what is refused, and the option that allows it.
  private static let attempts: [(program: String, what: String, option: String)] = [
    ("\n\nsyscmd(`touch ../made')", "`touch ../made'", "--allow-exec"),
    ("esyscmd(`cat ../secret')", "`cat ../secret'", "--allow-exec"),
    ("include(`../secret')", "`../secret'", "--allow-include"),
    ("sinclude(`../secret')", "`../secret'", "--allow-include"),
    ("undivert(`../secret')", "`../secret'", "--allow-include"),
    ("include(`link.m4')", "`link.m4'", "--allow-include"),
    ("include(`out/secret')", "`out/secret'", "--allow-include"),
    ("include(`below/../../secret')", "`below/../../secret'", "--allow-include"),
    ("undivert(`.git/config')", "`.git/config'", "--allow-include"),
    ("builtin(`include', `../secret')", "`../secret'", "--allow-include"),
    ("indir(`undivert', `../secret')", "`../secret'", "--allow-include"),
    ("define(`x', defn(`syscmd'))x(`touch ../made')", "`touch ../made'", "--allow-exec"),
    ("m4wrap(`esyscmd(`cat ../secret')')", "`cat ../secret'", "--allow-exec"),
    ("mkstemp(`../madeXXXXXX')", "`mkstemp'", "--allow-exec"),
    ("maketemp(`../madeXXXXXX')", "`maketemp'", "--allow-exec"),
    ("debugfile(`../made')traceon(`len')len(`x')", "`debugfile'", "--allow-exec"),
  ]

  @Test(
    "what GNU m4 does for a file is refused, at its place and with the option that allows it",
    .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"), arguments: attempts.indices)
  func refusals(_ index: Int) throws {
    let (program, what, option) = Self.attempts[index]
    let trap = try Trap()
    try trap.folder.write("in/hostile.m4", program)
    let before = trap.state
    let result = try trap.m4(program)
    #expect(trap.state == before, "\(result)")
    #expect(result.status == 77)
    #expect(!result.text.contains(Trap.secret))
    let line = program.prefix { $0 == "\n" }.count + 1
    #expect(
      result.messageText.hasPrefix("\(Checkout.command("m4")):hostile.m4:\(line): sandbox: \(what) was not")
        || result.messageText.hasPrefix(
          "\(Checkout.command("m4")):hostile.m4:\(line): sandbox: the shell command \(what) was not"),
      "\(result)")
    #expect(result.messageText.contains(option))
    // The attempt is a real one: the original carries it out, and so do we when we are told to.
    let trusted = try Peer.m4.run(["hostile.m4"], in: trap.folder.path + "/in")
    #expect(trap.state != before || trusted.text.contains(Trap.secret), "\(trusted)")
  }

  @Test("beside, below and in named folders files are read, as without the sandbox")
  func allowed() throws {
    let trap = try Trap()
    let program =
      "include(`beside.m4')include(`near.m4')undivert(`below/more.m4')sinclude(`nosuch.m4')`'include(`below/../beside.m4')"
    #expect(try trap.m4(program).text == "beside\nbeside\nbelow\nbeside\n")
    #expect(try trap.m4("include(`../also/other.m4')").status == 77)
    #expect(try trap.m4("include(`../also/other.m4')", ["--sandbox", "--allow-include=../also"]).text == "other\n")
    #expect(try trap.m4("include(`other.m4')", ["--sandbox", "-I", "../also"]).text == "other\n")
    #expect(try trap.m4("undivert(`.git/config')", ["--sandbox", "--allow-include=.git"]).text == Trap.secret + "\n")
    #expect(try trap.m4("esyscmd(`echo hello')", ["--sandbox", "--allow-exec"]).text == "hello\n")
    let missing = try trap.m4("include(`nosuch.m4')")
    #expect(missing.status == 1 && missing.messageText.contains("No such file"), "\(missing)")
    #expect(try trap.m4("x", ["--sandbox", "--allow-include=nowhere"]).status == 64)
    #expect(try trap.m4("x", ["--max-time=soon"]).status == 64)
  }

  @Test(
    "whether a file outside is there cannot be told",
    arguments: ["/etc/passwd", "/etc/no-such", "/no/such", "../secret", "../nosuch"])
  func nothingToldOfOutside(_ path: String) throws {
    let trap = try Trap()
    let result = try trap.m4("sinclude(`\(path)')")
    #expect(result.status == 77)
    #expect(result.messageText.contains("`\(path)' was not read: it is outside"))
  }

  @Test(
    "what sendmail's library asks the shell is answered without one",
    .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
  func libraryQuestions() throws {
    let place = Peer.library + "/cf"
    let files = ["../m4/cf.m4", "generic-linux.mc"]
    let original = try Peer.m4.run(["-D_NO_MAKEINFO_"] + files, in: place)
    let timeless = try run(
      "/usr/bin/env", ["-u", "SOURCE_DATE_EPOCH", Checkout.command("m4"), "--sandbox"] + files, in: place)
    #expect(timeless == original)
    let timed = try run(
      Checkout.command("m4"), ["--sandbox"] + files, in: place, environment: ["SOURCE_DATE_EPOCH": "951782399"])
    let asked = try Peer.m4.run(files, in: place).text.split(separator: "\n", omittingEmptySubsequences: false)
    let answered = timed.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(timed.status == 0 && answered.count == asked.count, "\(timed.messageText)")
    #expect(
      zip(answered, asked).filter { $0 != $1 }.map(\.0) == [
        "##### built by waybill@localhost on Mon Feb 28 23:59:59 UTC 2000", "##### in .",
      ])
    // Ours asks whether files are there.
    let site = Checkout.root + "/examples/example.edu/sendmail.mc"
    let own = try run(Checkout.command("m4"), ["--sandbox", Checkout.root + "/macros/waybill.m4", site])
    #expect(own.status == 0 && own.text.contains("Kmailertable"), "\(own.messageText)")
  }

  @Test(
    "what only looks like such a question is refused",
    arguments: [
      "syscmd(`sh a/sh/makeinfo.sh b/ > /tmp/cf-of-waybill')",
      "syscmd(`sh x; touch y/sh/makeinfo.sh x; touch y/ > /tmp/z')",
      "syscmd(`test -r \"/etc/passwd\"')", "syscmd(`test -r \"beside.m4\"; touch \"x\"')", "syscmd(`rm -f beside.m4')",
      "include(`/tmp/cf-of-waybillx')", "maketemp(`/tmp/cgXXXXXX')",
    ])
  func otherQuestions(_ program: String) throws {
    let trap = try Trap()
    try trap.folder.write("in/hostile.m4", program)
    let before = trap.state
    let result = try trap.m4(program)
    #expect(result.status == 77 && trap.state == before, "\(result)")
  }

  @Test("a list that is shifted to its end takes steps in proportion, in the sandbox and with a map, too")
  func longLists() throws {
    let trap = try Trap()
    let list = (0..<10_000).map { "`a\($0)'" }.joined(separator: ",")
    let program = "define(`f',`ifelse(`$#',`1',`$1',`f(shift($@))')')dnl\nf(\(list))\n"
    for options in [["--sandbox"], ["--source-map=../map"], ["--diagnostics=rich"]] {
      // Step by step over all of them it would take 3 seconds at least.
      #expect(try trap.m4(program, options + ["--max-time=1"]).text == "a9999\n", "\(options)")
    }
  }

  @Test("devices and pipes below the folder are not read")
  func devices() throws {
    let trap = try Trap()
    mkfifo(trap.folder.path + "/in/pipe", 0o600)
    #expect(try trap.m4("include(`pipe')").status == 77)
  }

  /// Each runs for ever, or takes all memory, in GNU m4.
  private static let runaways: [(program: String, message: String)] = [
    ("define(`f', `f(`$1$1')')f(`x')", "bytes of memory"),
    ("define(`f', `pushdef(`a', `" + String(repeating: "b", count: 400) + "')f')f", "bytes of memory"),
    ("define(`f', `divert(incr(divnum))x`'f')f", "bytes of memory"),
    (
      "define(`f', `define(`v'$1, `" + String(repeating: "b", count: 400) + "')f(incr($1))')f(1)", "bytes of memory"
    ),
    ("define(`f', `divert(1)" + String(repeating: "a", count: 400) + "\nf')f", "bytes of output"),
    ("define(`f', `m4wrap(`f')')f", "macro calls"),
    ("define(`f', `m4wrap(`f`'f')f')f", ""),
    ("define(`f', `f')f", "macro calls"),
    ("define(`f', `x f y')f", "bytes of memory"),
    ("define(`f', `f(f')f(f", "calls nest 2000 deep"),
    ("define(`f', `aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nf')f", "bytes of output"),
    ("define(`f', `errprint(`some more text for the screen')f')f", "bytes of output"),
    ("define(`f', `undivert(`hostile.m4')f')f", ""),
    ("define(`f', `substr(`abcdef', 1)`'f')f", ""),
    ("len(format(`%1000000000d', 1)format(`%1000000000d', 1)format(`%1000000000d', 1))", "bytes of memory"),
    ("len(format(`%*d', 2000000000, 1))", "bytes of memory"),
    ("len(eval(1, 10, 2147483647))", "bytes of memory"),
    ("len(eval(2147483647, 1))", "bytes of memory"),
    (
      "define(`b', format(`%1000000d', 1))define(`f', `$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1$1')len(f(b))",
      "bytes of memory"
    ),
    (
      "define(`b', format(`%1000000d', 1))len(builtin(`defn'" + String(repeating: ",`b'", count: 100) + "))",
      "bytes of memory"
    ),
    // Long texts that are handed on without being copied count as they would be laid down.
    (
      "define(`b', format(`%1000000d', 1))define(`f', `" + String(repeating: "$1", count: 84) + "')len(f(defn(`b')))",
      "bytes of memory"
    ),
    ("define(`b', format(`%2000d', 1))len(patsubst(b, ` ', format(`%100000s', `x')))", "bytes of memory"),
    ("regexp(`" + String(repeating: "a", count: 3000) + #"', `\(.*\)\(.*\)\(.*\)\(.*\)\1\2\3\4b')"#, "seconds"),
    ("patsubst(`" + String(repeating: "a", count: 3000) + #"', `\(.*\)\(.*\)\(.*\)\(.*\)\1\2\3\4b')"#, "seconds"),
    ("regexp(`abc', `" + String(repeating: #"\("#, count: 100_000) + "')", ""),
    ("regexp(`abc', `a" + String(repeating: "*", count: 100_000) + "')", ""),
  ]

  @Test("what runs for ever ends with a diagnostic, within the time and the memory", arguments: runaways.indices)
  func runaway(_ index: Int) throws {
    let (program, message) = Self.runaways[index]
    let trap = try Trap()
    try trap.folder.write("in/hostile.m4", program)
    // Memory: a limit that the kernel keeps, above ours by what is copied while a buffer grows.
    let script = """
      ulimit -v 200000
      exec "$0" --sandbox --max-time=2 --max-expansions=400000 --max-memory=32M --max-output=2M --max-nesting=2000 hostile.m4
      """
    let result = try run("/bin/sh", ["-c", script, Checkout.command("m4")], in: trap.folder.path + "/in", seconds: 300)
    if message.isEmpty {
      #expect([0, 65].contains(result.status), "\(result.messageText.suffix(500))")
    } else {
      #expect(result.status == 65, "\(result.messageText.suffix(500))")
      #expect(
        result.messageText.suffix(400).contains(message) && result.messageText.contains(/:hostile.m4:[12]: ERROR/),
        "\(result.messageText.suffix(500))")
    }
    #expect(result.output.count < 4 << 20)
  }

  @Test("hostile programs by chance make no file, run no program, tell no secret and end", arguments: 0..<4)
  func noise(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: 7_000 + seed)
    let pieces = [
      "syscmd(`touch ../made')", "esyscmd(`cat ../secret')", "include(`../secret')", "sinclude(",
      "undivert(`out/secret')",
      "mkstemp(`../mXXXXXX')", "maketemp(`mXXXXXX')", "debugfile(`../made')", "debugmode(`V')", "traceon", "`", "'",
      "(", ")",
      ",", "define(`f', `", "f", "f(f", "$1", "$@", "builtin(", "indir(", "`syscmd'", "`include'", "`../secret'",
      "m4wrap(",
      "pushdef(`f', ", "defn(`esyscmd')", "divert(", "undivert", "eval(1, 10, 99999999)", "format(`%9999999d', 1)",
      #"patsubst(`aaaaaaaaaaaaaaaaaaaaaaaaaa', `\(a*\)*\1\1b', `f')"#, "changequote([,])", "changequote", "changecom",
      "dumpdef", "errprint(f)", "shift(", "include(`hostile.m4')", "m4exit(0)", "link.m4", ".git/config", "\n", " ",
      "1", "incr(",
      "translit(f, a-z, b)", "ifelse(", "substr(f, 1)", "regexp(", "dnl ",
    ]
    let trap = try Trap()
    let count = 60
    for number in 0..<count {
      let program = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
        pieces.randomElement(using: &generator) ?? ""
      }
      try trap.folder.write("in/p\(number).m4", program.joined())
    }
    let before = trap.state
    let script = """
      ulimit -v 300000
      n=0
      while [ $n -lt \(count) ]; do
        "$0" --sandbox --max-time=1 --max-expansions=50000 --max-memory=32M --max-output=1M --max-nesting=500 p$n.m4 >$1/out 2>$1/err </dev/null
        echo "status $?"
        cat $1/out $1/err | grep -aF \(Trap.secret)
        n=$((n+1))
      done
      """
    let aside = try TemporaryFolder()
    let result = try run(
      "/bin/sh", ["-c", script, Checkout.command("m4"), aside.path], in: trap.folder.path + "/in", seconds: 300)
    let statuses = result.text.split(separator: "\n").filter { $0.hasPrefix("status ") }
    #expect(statuses.count == count)
    #expect(statuses.allSatisfy { ["status 0", "status 1", "status 65", "status 77"].contains($0) }, "\(statuses)")
    #expect(!result.text.contains(Trap.secret))
    #expect(trap.state == before)
    #expect(Set(statuses).count > 2, "the programs try something: \(Set(statuses))")
  }
}

@Suite("Recursion without end in m4")
struct RecursionTests {
  @Test(
    "nesting ends with the cycle of macros, where GNU m4's stack ends",
    .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"),
    arguments: [
      ("define(`f', `len(f')f", ["f"]),
      (
        "define(`a', `x(b($1))')define(`b', `y(c($1))')define(`c', `z(a($1))')define(`x')define(`y')define(`z')a(1)",
        ["a", "b", "c"]
      ),
    ])
  func nesting(_ program: String, _ cycle: [String]) throws {
    let folder = try TemporaryFolder()
    try folder.write("r.m4", "\n" + program)
    let ours = try run(Checkout.command("m4"), ["r.m4"], in: folder.path)
    #expect(ours.status == 1)
    #expect(ours.messageText.contains(":r.m4:2: ERROR: calls nest 250000 deep"), "\(ours)")
    let told = ours.messageText.split(separator: "\n").last { $0.contains("the calls repeat: ") } ?? ""
    for name in cycle { #expect(told.contains("`\(name)' (r.m4:2) -> "), "\(ours)") }
    #expect(told.components(separatedBy: " -> ").count == cycle.count + 1, "\(ours)")
    let peer = try Peer.m4.run(["r.m4"], in: folder.path)
    #expect(peer.status != 0)
  }

  @Test(
    "what grows ends before it has the machine's memory, with the cycle",
    arguments: [
      ("define(`f', `f(`$1$1')')f(`x')", "`f'"), ("define(`a', `b(`$1$1')')define(`b', `a(`$1')')a(`xx')", "`a'"),
      ("define(`a', `x b y')define(`b', `a z')a", "`b'"),
    ])
  func growth(_ program: String, _ name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("r.m4", program)
    // GNU m4 would take all there is; ours stops at half of what it may have.
    let result = try run(
      "/bin/sh", ["-c", "ulimit -v 2000000; exec \"$0\" r.m4 >/dev/null", Checkout.command("m4")], in: folder.path)
    #expect(result.status == 1, "\(result)")
    #expect(
      result.messageText.contains("ERROR: memory exhausted") || result.messageText.contains("still to be read"),
      "\(result)")
    #expect(result.messageText.contains("the calls repeat: ") && result.messageText.contains(name), "\(result)")
  }

  @Test("patterns that overflow glibc's stack are too big", arguments: [#"\("#, "*"])
  func deepPatterns(_ piece: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("r.m4", "regexp(`abc', `a\(String(repeating: piece, count: 200_000))')patsubst(`a', `b')ok")
    let result = try run(Checkout.command("m4"), ["r.m4"], in: folder.path)
    #expect(result.status == 0)
    #expect(result.text == "aok")
    #expect(result.messageText.contains("Regular expression too big"))
  }
}
