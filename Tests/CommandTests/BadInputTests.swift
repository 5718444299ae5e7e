// BadInputTests.swift: mistakes as people make them, given to the commands as built.
//
// Each is one line of shell in a folder that holds files and the output of an earlier,
// good run. Afterwards the status is the one of sysexits.h, the message names the
// place, and every file of the folder is byte for byte what it was, with none more.

import Foundation
import TestSupport
import Testing

/// One mistake and what is to come of it.
struct Mistake: Sendable, CustomTestStringConvertible {
  let what: String
  /// Written into the folder before the earlier run.
  var files: [String: [UInt8]] = [:]
  let script: String
  let status: Int32
  /// What standard error begins a line with.
  let message: String
  /// How many errors are told.
  var errors = 1
  var hasHint = true

  init(
    _ what: String, _ files: [String: String] = [:], _ script: String, _ status: Int32, _ message: String,
    errors: Int = 1, hasHint: Bool = true
  ) {
    self.what = what
    self.files = files.mapValues { Array($0.utf8) }
    self.script = script
    self.status = status
    self.message = message
    self.errors = errors
    self.hasHint = hasHint
  }

  var testDescription: String { what }
}

/// A folder with a site, its tables and what an earlier build made of them.
struct Workplace {
  let folder: TemporaryFolder

  static let site = "OSTYPE(`debian')dnl\nFEATURE(`access_db')dnl\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n"

  init(_ files: [String: [UInt8]] = [:]) throws {
    folder = try TemporaryFolder()
    chmod(folder.path, 0o755)
    try folder.write("site.mc", Self.site)
    try folder.write("mini.cf", "V10/Berkeley\n")
    try folder.write("tables/access", "spam.example\tREJECT\n")
    let result = try shell(
      "waybill build site.mc --tables tables --postfix -o out && echo 'a b' | makemap -C mini.cf hash old")
    guard result.status == 0 else { throw Failure(description: "\(result)") }
    for (name, bytes) in files { try folder.write(name, bytes) }
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// Runs a line of shell in the folder; `waybill`, `m4`, `makemap` and `sendmail` are ours.
  func shell(_ script: String, seconds: Double = 300) throws -> RunResult {
    let path = Checkout.commands + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    return try run(
      "/bin/sh", ["-c", script], in: folder.path,
      environment: ["PATH": path, "WAYBILL_LIBRARY": Checkout.root + "/macros"], seconds: seconds)
  }

  /// Every file with its contents, every folder, every link with its target.
  func state() throws -> [String: String] {
    var result: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
      let path = folder.path + "/" + name
      let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
      let data = FileManager.default.contents(atPath: path)
      result[name] = target ?? data.map { $0.base64EncodedString() } ?? "folder"
    }
    return result
  }
}

@Suite("Bad input to the commands")
struct BadInputTests {
  static let again = "waybill build site.mc --tables tables --postfix -o out"
  static let rule = "V10\nSA\nR$*\t$@ x\n"

  static let builds: [Mistake] = [
    Mistake(
      "a missing site file", [:], "waybill build none.mc -o out", 66,
      "none.mc: error: cannot read none.mc: No such file", hasHint: false),
    Mistake(
      "a folder for a site file", [:], "waybill build tables -o out", 66,
      "tables: error: cannot read tables: Is a directory", hasHint: false),
    Mistake(
      "a device without an end", [:], "waybill build /dev/zero -o out", 66,
      "/dev/zero: error: cannot read /dev/zero: File too large", hasHint: false),
    Mistake(
      "a quote without an end", ["site.mc": "OSTYPE(`debian)dnl\nMAILER(local)\n"], again, 65,
      "site.mc:1:8: error: end of file in string"),
    Mistake(
      "a call without an end", ["site.mc": "OSTYPE(debian)dnl\n MAILER(local\n"], again, 65,
      "site.mc:2:2: error: end of file in argument list"),
    Mistake(
      "recursion without end", ["site.mc": "define(`x', `x')dnl\n\nx\n"], again, 65,
      "site.mc:3:1: error: compiling takes more than 10000000 macro calls"),
    Mistake(
      "recursion that grows", ["site.mc": "define(`x', `x($1aaaaaaaaaaaaaaaa)')dnl\nx\n"], again, 65,
      "site.mc:2:1: error: compiling takes more than"),
    Mistake(
      "an include that leads out", ["site.mc": "dnl\n include(`/etc/passwd')dnl\n" + Workplace.site], again, 65,
      "site.mc:2:"),
    Mistake(
      "a file that writes another", ["site.mc": "maketemp(`madeXXXXXX')dnl\n" + Workplace.site], again, 65,
      "site.mc:1:1: error: maketemp was not carried out"),
    Mistake(
      "a limit that is none", [:], again + " --max-time 0", 64, "Error: a limit is a number from 1", errors: 0,
      hasHint: false),
    Mistake(
      "nesting without end", ["site.mc": "define(`x', `x(x)')dnl\nx\n"], again, 65,
      "site.mc:2:1: error: calls nest 20000 deep"),
    Mistake(
      "a file that includes itself",
      ["site.mc": "OSTYPE(`debian')\ninclude(`loop.m4')\n", "loop.m4": "include(`loop.m4')dnl\n"], again, 65,
      "site.mc:2:1: error: cannot open `loop.m4': Too many open files"),
    Mistake(
      "an included file that is not there", ["site.mc": "OSTYPE(`debian')dnl\nMAILER(`local')\ninclude(`none.m4')\n"],
      again, 65, "site.mc:3:1: error: cannot open `none.m4': No such file", hasHint: false),
    Mistake(
      "an unknown feature", ["site.mc": Workplace.site + "FEATURE(`mailertabel')\n"], again, 65,
      "site.mc:5:10: error: FEATURE(`mailertabel')"),
    Mistake(
      "an unknown option in the .cf's own words", ["site.mc": Workplace.site + "LOCAL_CONFIG\nO LogLevle=9\n"], again,
      65, "site.mc:6:3: error: there is no option \"LogLevle\""),
    Mistake(
      "a rule without a tab", ["site.mc": Workplace.site + "LOCAL_RULE_0\nR$* foo\n"], again, 65,
      "site.mc:6:1: error: a rule without a tab"),
    Mistake(
      "a rule that names too much", ["site.mc": Workplace.site + "LOCAL_RULE_0\nR$*\t$2\n"], again, 65,
      "site.mc:6:5: error: $2 stands for nothing", hasHint: false),
    Mistake(
      "a NUL byte", ["site.mc": Workplace.site + "LOCAL_CONFIG\nDxa\0b\n"], again, 65, "site.mc:6:4: error: a NUL byte"),
    Mistake(
      "an empty library folder", [:], "waybill build site.mc --library tables -o out", 66,
      "error: tables holds no m4 library", hasHint: false),
    Mistake(
      "a folder of tables that is not there", [:], "waybill build site.mc --tables none -o out", 66,
      "none: error: none is no folder"),
    Mistake(
      "a key without a value", ["tables/access": "a b\nc\nd e\n"], again, 65,
      "tables/access:2:1: error: no value for key \"c\""),
    Mistake(
      "a key that comes twice", ["tables/access": "a b\nc d\nA e\n"], again, 65,
      "tables/access:3:1: error: key \"a\" is there already"),
    Mistake(
      "a blank before a key", ["tables/access": "a b\n c d\n"], again, 65,
      "tables/access:2:1: error: the line begins with a blank"),
    Mistake(
      "a NUL byte in a table", ["tables/access": "a b\nc\0 d\ne f\n"], again, 65,
      "tables/access:2:1: error: line of more than 1022 bytes"),
    Mistake(
      "a line of a megabyte", ["tables/access": "a b\n" + String(repeating: "x", count: 1 << 20) + " y\nz\n"], again,
      65, "tables/access:3:1: error: no value for key \"z\"", errors: 2),
    Mistake(
      "an alias without a colon", ["tables/aliases": "root: joe\njoe\n"], again, 65,
      "tables/aliases:2:1: error: no ':' after the name"),
    Mistake(
      "an output folder below a file", [:], "waybill build site.mc --tables tables --postfix -o site.mc/out", 73,
      "site.mc/out: error: cannot write site.mc/out: Not a directory"),
    Mistake(
      "an output folder of the kernel's", [:], "waybill build site.mc --tables tables -o /proc/none", 73,
      "/proc/none: error: cannot write /proc/none:"),
    Mistake(
      "a device for an output folder", [:], "waybill build site.mc --tables tables -o /dev/full", 73,
      "/dev/full: error: cannot write /dev/full: Not a directory"),
    Mistake(
      "a folder in the way of the .cf", ["new/sendmail.cf/x": "x"],
      "waybill build site.mc --tables tables --postfix -o new", 73,
      "new/sendmail.cf: error: cannot write new/sendmail.cf: Is a directory"),
    Mistake(
      "a folder in the way of a table", ["new/access.db/x": "x"],
      "waybill build site.mc --tables tables --postfix -o new", 73,
      "new/access.db: error: cannot write new/access.db: Is a directory"),
    Mistake(
      "a file in the way of the Postfix side", ["new/postfix": "x"],
      "waybill build site.mc --tables tables --postfix -o new", 73,
      "new/postfix: error: cannot write new/postfix: Not a directory"),
    Mistake(
      "a full disk behind standard output", [:], "waybill build site.mc --stdout > /dev/full", 74,
      "waybill: cannot write the output: No space left", errors: 0, hasHint: false),
    Mistake(
      "a closed standard output", [:], "waybill build site.mc --stdout >&-", 74,
      "waybill: cannot write the output: Bad file descriptor", errors: 0, hasHint: false),
    Mistake(
      "an option that is none", [:], "waybill build site.mc --tabels tables", 64, "Error: Unknown option '--tabels'",
      errors: 0, hasHint: false),
    Mistake("no file at all", [:], "waybill build", 64, "Error: Missing expected argument", errors: 0, hasHint: false),
    Mistake(
      "a rule's file without a rule", [:], "waybill build site.mc -MF x.d", 64, "Error: -MF needs -M or -MD", errors: 0,
      hasHint: false),
    Mistake(
      "a time of the build that is none", [:], "SOURCE_DATE_EPOCH=1e9 waybill build site.mc -o out", 64,
      "error: SOURCE_DATE_EPOCH is \"1e9\""),
    Mistake(
      "files that may not grow so large", ["site.mc": Workplace.site + "VERSIONID(`other')\n"],
      "ulimit -f 8 && " + again, 74, "out/sendmail.cf: error: cannot write out/sendmail.cf: File too large"),
    Mistake(
      "an end in the middle", ["site.mc": "OSTYPE(`debian')dnl\n  m4exit(0)\nMAILER(`local')\n"], again, 65,
      "site.mc:2:3: error: the file ended its own compilation", hasHint: false),
    Mistake(
      "a blank before the parenthesis", ["site.mc": "MASQUERADE_AS (`b.example')dnl\n" + Workplace.site], again, 65,
      "site.mc:1:1: error: MASQUERADE_AS stands without arguments"),
  ]

  static let readers: [Mistake] = [
    Mistake(
      "check: an unknown option", ["x.cf": "V10/Berkeley\nO  NoSuch=1\n"], "waybill check x.cf", 78,
      "x.cf:2:3: error: there is no option", errors: 1, hasHint: false),
    Mistake(
      "check: a misspelt option", ["x.cf": "V10/Berkeley\nO LogLevle=1\n"], "waybill check x.cf", 78,
      "x.cf:2:3: error: there is no option \"LogLevle\""),
    Mistake(
      "check: a rule before any ruleset", ["x.cf": "V10/Berkeley\nR$*\tx\n"], "waybill check x.cf", 78,
      "x.cf:2:1: error: a rule that belongs to no ruleset"),
    Mistake(
      "check: a line of no kind", ["x.cf": "V10/Berkeley\ngarbage\n"], "waybill check x.cf", 78,
      "x.cf:2:1: error: a line cannot begin like \"garbage\""),
    Mistake(
      "check: a NUL byte", ["x.cf": "V10/Berkeley\nDxa\0b\n"], "waybill check x.cf", 78, "x.cf:2:4: error: a NUL byte"),
    Mistake("check: a missing .cf", [:], "waybill check none.cf", 66, "none.cf: error: cannot read none.cf"),
    Mistake(
      "check: the other files are checked too", ["x.cf": "V10/Berkeley\ngarbage\n"],
      "waybill check none.cf x.cf site.mc", 66, "x.cf:2:1: error: a line cannot begin", errors: 2),
    Mistake(
      "trace: a missing .cf", [:], "waybill trace --config none.cf a@b", 66, "none.cf: error: cannot read none.cf"),
    Mistake(
      "trace: a bad rule", ["out/bad.cf": rule + "R$*\n"], "waybill trace --config out/bad.cf a@b", 78,
      "out/bad.cf:4:1: error: a rule without a tab"),
    Mistake(
      "trace: a map that was cut off", [:],
      "head -c 5000 out/access.db > cut && mv cut out/access.db; waybill trace --config out/sendmail.cf --client 192.0.2.1 a@b",
      65, "out/access.db: error: damaged table: the file ends"),
    Mistake(
      "trace: an empty map", ["out/access.db": ""], "waybill trace --config out/sendmail.cf --client 192.0.2.1 a@b", 65,
      "out/access.db: error: too short for a Berkeley DB file"),
    Mistake(
      "trace: a map of another kind", [:],
      "echo 'a b' | makemap -C mini.cf btree out/access; waybill trace --config out/sendmail.cf --client 192.0.2.1 a@b",
      65, "out/sendmail.cf:"),
    Mistake(
      "trace: a folder for a map", [:],
      "rm out/access.db; mkdir out/access.db; waybill trace --config out/sendmail.cf --client 192.0.2.1 a@b", 65,
      "out/sendmail.cf:", hasHint: false),
    Mistake(
      "translate: a missing folder", [:], "waybill translate none -o new", 66,
      "error: none holds neither sendmail.mc nor sendmail.cf"),
    Mistake(
      "translate: a faulty table", ["tables/sendmail.mc": Workplace.site, "tables/access": "a\n"],
      "waybill translate tables -o out/postfix", 65, "tables/access:1:1: error: no value for key \"a\""),
    Mistake(
      "translate: below a file", ["tables/sendmail.mc": Workplace.site], "waybill translate tables -o site.mc/new", 73,
      "site.mc/new: error: cannot write site.mc/new: Not a directory"),
    Mistake(
      "translate: a full disk behind standard output leaves the files", ["tables/sendmail.mc": Workplace.site],
      "waybill translate tables -o out/postfix > /dev/full; waybill translate tables -o out/postfix > /dev/full", 74,
      "waybill: cannot write the output", errors: 0, hasHint: false),
  ]

  /// The messages of m4, makemap and `sendmail -bt` are those of the originals.
  static let dropIns: [Mistake] = [
    Mistake(
      "m4: a missing file", [:], "m4 none.m4", 1, "m4: cannot open `none.m4': No such file", errors: 0, hasHint: false),
    Mistake(
      "m4: a quote without an end", ["x.m4": "a\n`b\n"], "m4 x.m4", 1, "m4:x.m4:2: ERROR: end of file in string",
      errors: 0, hasHint: false),
    Mistake(
      "m4: a file that includes itself", ["x.m4": "include(`x.m4')\n"], "m4 x.m4", 1,
      "m4:x.m4:1: cannot open `x.m4': Too many open files", errors: 0, hasHint: false),
    Mistake(
      "m4: nesting without end", ["x.m4": "define(`x', `x(x)')x"], "m4 x.m4", 1, "m4:x.m4:1: ERROR: calls nest",
      errors: 0, hasHint: false),
    Mistake(
      "m4: a full disk", [:], "echo x | m4 > /dev/full", 1, "m4: write error: No space left", errors: 0, hasHint: false),
    Mistake(
      "m4: a closed output", [:], "echo x | m4 >&-", 1, "m4: write error: Bad file descriptor", errors: 0,
      hasHint: false),
    Mistake(
      "m4: an input without an end", [:], "m4 /dev/zero", 1, "m4: cannot open `/dev/zero': File too large", errors: 0,
      hasHint: false),
    Mistake(
      "m4: a full disk before an input without an end", [:], "yes wordwordword | m4 > /dev/full", 1,
      "m4: write error: No space left", errors: 0, hasHint: false),
    Mistake(
      "m4: a width beyond all memory", ["x.m4": "format(`%1900000000s', x)\n"], "ulimit -v 1000000 && m4 x.m4", 1,
      "m4: memory exhausted", errors: 0, hasHint: false),
    Mistake(
      "m4: a map in the place of a file", ["x.m4": "x\n"], "m4 --source-map=x.m4 x.m4", 64,
      "m4: --source-map: `x.m4' is a file that is read", errors: 0, hasHint: false),
    Mistake(
      "m4: a rule's file without a rule", ["x.m4": "x\n"], "m4 -MF x.d x.m4", 64, "m4: -MF needs -M or -MD", errors: 0,
      hasHint: false),
    Mistake(
      "m4: a time that is none", ["x.m4": "x\n"], "SOURCE_DATE_EPOCH=now m4 --sandbox x.m4", 64,
      "m4: SOURCE_DATE_EPOCH: `now' is no number of seconds", errors: 0, hasHint: false),
    Mistake(
      "makemap: a missing .cf", [:], "echo 'a b' | makemap -C none hash old", 66, "makemap: none: No such file",
      errors: 0, hasHint: false),
    Mistake(
      "makemap: a closed input", [:], "makemap -C mini.cf hash old <&-", 74,
      "makemap: standard input: Bad file descriptor", errors: 0, hasHint: false),
    Mistake(
      "makemap: a folder for input", [:], "makemap -C mini.cf hash old < tables", 74,
      "makemap: standard input: Is a directory", errors: 0, hasHint: false),
    Mistake(
      "makemap: below a file", [:], "echo 'a b' | makemap -C mini.cf hash mini.cf/x", 73,
      "makemap: error opening type hash map mini.cf/x: Not a directory", errors: 0, hasHint: false),
    Mistake(
      "makemap: a folder in the way", ["x.db/y": ""], "echo 'a b' | makemap -C mini.cf hash x", 73,
      "makemap: error opening type hash map x: Regular files only", errors: 0, hasHint: false),
    Mistake(
      "makemap: a type that is none", [:], "echo 'a b' | makemap -C mini.cf hush old", 73,
      "makemap: error opening type hush map old: Unknown database type", errors: 0, hasHint: false),
    Mistake(
      "makemap: printing an empty file", ["x.db": ""], "makemap -C mini.cf -u hash x", 73,
      "makemap: error opening type hash map x: Invalid argument", errors: 0, hasHint: false),
    Mistake(
      "makemap: printing to a full disk", [:], "makemap -C mini.cf -u hash old > /dev/full", 74,
      "makemap: standard output: No space left", errors: 0, hasHint: false),
    Mistake(
      "makemap: printing to a closed output", [:], "makemap -C mini.cf -u hash old >&-", 74,
      "makemap: standard output: Bad file descriptor", errors: 0, hasHint: false),
    Mistake(
      "sendmail: a configuration that is not there", [:], "sendmail -C none.cf -bv root", 72,
      "sendmail: none.cf: line 0: cannot open", errors: 0, hasHint: false),
    Mistake(
      "sendmail: an option without its value", [:], "sendmail -bt -C", 64,
      "sendmail: option requires an argument -- C", errors: 0, hasHint: false),
  ]

  @Test("is told at its place and changes nothing", arguments: builds + readers + dropIns)
  func mistake(_ mistake: Mistake) throws {
    let workplace = try Workplace(mistake.files)
    // What the line itself changes is done before the folder is looked at.
    let parts = mistake.script.components(separatedBy: "; waybill")
    if parts.count == 2 { _ = try workplace.shell(parts[0]) }
    let before = try workplace.state()
    let result = try workplace.shell(parts.count == 2 ? "waybill" + parts[1] : mistake.script)
    #expect(result.status == mistake.status, "\(result)")
    let lines = result.messageText.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix(mistake.message) }, "\(result)")
    #expect(lines.count { $0.contains(": error: ") || $0.hasPrefix("error: ") } == mistake.errors, "\(result)")
    if mistake.hasHint { #expect(lines.contains { $0.hasPrefix("  fix: ") }, "\(result)") }
    #expect(try workplace.state() == before)
  }

  @Test(
    "is told by test mode in sendmail's words, with a status and without a crash",
    arguments: [
      ("none.cf", "none.cf: line 0: cannot open: No such file or directory\n", 72),
      ("tables", "tables: line 0: not a plain file\n", 72),
      ("/dev/zero", "/dev/zero: line 0: not a plain file\n", 72),
      ("bad.cf", "bad.cf: line 2: readcf: unknown option name NoSuch\n", 70),
      ("rule.cf", "rule.cf: line 3: invalid rewrite line \"Rfoo\" (tab expected)\n", 70),
    ])
  func testMode(_ file: String, _ beginning: String, _ status: Int32) throws {
    let workplace = try Workplace()
    try workplace.folder.write("bad.cf", "V10/Berkeley\nO NoSuch=1\n")
    try workplace.folder.write("rule.cf", "V10/Berkeley\nSA\nRfoo\n")
    let result = try workplace.shell("sendmail -C \(file) -bt < /dev/null")
    #expect(result.status == status)
    #expect(result.text.hasPrefix(beginning), "\(result)")
  }

  @Test("an alias that comes twice is told, and the last line counts, as with newaliases")
  func repeatedAlias() throws {
    let workplace = try Workplace(["tables/aliases": Array("root: joe\nx: y\n\"Root\": jim,\n  joe\n".utf8)])
    let result = try workplace.shell("\(Self.again) && makemap -C mini.cf -u hash out/aliases")
    #expect(result.status == 0, "\(result)")
    #expect(result.messageText.contains("tables/aliases:3:1: warning: alias 'root' stands in line 1 already"))
    #expect(result.text.contains("root\tjim,  joe\n"), "\(result)")
  }

  @Test("carriage returns, 8-bit and no last newline make no difference to the result")
  func lineEnds() throws {
    let workplace = try Workplace()
    let plain = try workplace.shell("waybill build site.mc --stdout")
    try workplace.folder.write("crlf.mc", Workplace.site.replacingOccurrences(of: "\n", with: "\r\n").utf8.dropLast(2))
    let other = try workplace.shell("waybill build crlf.mc --stdout")
    #expect(other.status == 0, "\(other)")
    #expect(other.output.filter { $0 != 13 } == plain.output)
    try workplace.folder.write(
      "8.mc", Array("VERSIONID(`".utf8) + [0xE9, 0xFF] + Array("')dnl\n".utf8) + Array(Workplace.site.utf8))
    #expect(try workplace.shell("waybill check 8.mc").status == 0)
  }

  @Test(
    "maps are built where sendmail never was",
    .enabled(if: !FileManager.default.fileExists(atPath: "/etc/mail/sendmail.cf"), "there is an /etc/mail/sendmail.cf"))
  func noConfiguration() throws {
    let workplace = try Workplace()
    #expect(try workplace.shell("echo 'a b' | makemap hash new && makemap -u hash new").text == "a\tb\n")
    #expect(try workplace.shell("echo 'a b' | makemap cf new").status == 66)
  }

  @Test(
    "flipped bits in every page of a map end in a message or in entries, never in a crash",
    arguments: ["hash", "btree"])
  func flippedBits(_ type: String) throws {
    let workplace = try Workplace()
    let made = try workplace.shell("seq 2000 | sed 's/.*/key& value &/' | makemap -C mini.cf \(type) whole")
    #expect(made.status == 0, "\(made)")
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: workplace.folder.path + "/whole.db")))
    var random = SeededGenerator(seed: 11)
    var statuses: Set<Int32> = []
    for round in 0..<60 {
      var bytes = whole
      let page = round % (whole.count / 4096) * 4096
      for _ in 0..<(round % 3 == 0 ? 20 : 1) {
        // Half of them in the page's head, where everything hangs on them.
        let offset = Int.random(in: 0..<(Bool.random(using: &random) ? 40 : 4096), using: &random)
        bytes[page + offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      try workplace.folder.write("flipped.db", bytes)
      let script =
        "makemap -C mini.cf -u \(type) flipped; s=$?; [ $s -ne 0 ] || echo 'n v' | makemap -C mini.cf -o \(type) flipped; exit $s"
      let result = try workplace.shell(script, seconds: 120)
      #expect([0, 73].contains(result.status), "round \(round): \(result)")
      #expect((result.status == 0) || !result.messages.isEmpty)
      statuses.insert(result.status)
    }
    #expect(statuses == [0, 73])
  }

  @Test("a reader that goes away ends a command quietly")
  func brokenPipe() throws {
    let workplace = try Workplace()
    for command in [
      "waybill build site.mc --stdout", "yes | m4", "makemap -C mini.cf -u hash big",
      "yes '3,0 a' | sendmail -C out/sendmail.cf -bt",
    ] {
      _ = try workplace.shell("seq 50000 | sed 's/$/ x/' | makemap -C mini.cf hash big")
      let result = try workplace.shell("{ \(command); } 2> messages | head -c 10; cat messages >&2", seconds: 120)
      #expect(result.status == 0, "\(command): \(result)")
      #expect(result.messages.isEmpty, "\(command): \(result)")
    }
  }

  @Test("Ctrl-C leaves the old file and nothing beside it", arguments: ["INT", "TERM", "HUP"])
  func interrupted(_ signal: String) throws {
    let workplace = try Workplace()
    let before = try workplace.state()
    // makemap waits for its input with the new file begun.
    let result = try workplace.shell(
      """
      mkfifo input
      exec 3<>input
      env --default-signal=\(signal) makemap -C mini.cf hash old < input &
      i=0
      until ls old.db.new.* >/dev/null 2>&1; do sleep 0.02; i=$((i + 1)); [ $i -lt 500 ] || exit 99; done
      kill -\(signal) $!
      wait $!
      status=$?
      rm input
      exit $status
      """)
    #expect(result.status > 128, "\(result)")
    #expect(try workplace.state() == before)
  }

  @Test("a full disk leaves all earlier output", .enabled(if: isRoot, "needs root: a small file system is mounted"))
  func fullDisk() throws {
    let workplace = try Workplace()
    let script = """
      mount -t tmpfs -o size=200k,mode=755 none "$1" && waybill build site.mc -o "$1" > /dev/null || exit 99
      cp "$1/sendmail.cf" kept
      awk 'BEGIN { for (i = 0; i < 20000; i++) print "host" i ".example REJECT" }' > tables/access
      waybill build site.mc --tables tables --postfix -o "$1"
      echo "status $?"
      cmp kept "$1/sendmail.cf" && ls "$1"
      """
    try workplace.folder.write("script", script)
    let result = try workplace.shell("mkdir disk && exec unshare -m sh script \"$PWD/disk\"")
    #expect(result.text == "status 74\nsendmail.cf\nsendmail.cf.map\n", "\(result)")
    #expect(result.messageText.contains("No space left on device; nothing was changed"), "\(result)")
  }
}
