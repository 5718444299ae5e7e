// Rules for make and ninja, read by the real make and, where it is there, the real ninja.

import Foundation
import TestSupport
import Testing

@Suite("Rules of dependencies")
struct DependencyRuleTests {
  /// Names that make would misread if they were not quoted.
  static let names = [
    "plain.m4", "a b.m4", "c$d.m4", "e#f.m4", "g:h.m4", "i%j.m4", "k\\l.m4", "m\\ n.m4", "[x].m4", "z=y.m4", "~z.m4",
    "(z).m4", "ä.m4",
  ]

  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in Self.names { try folder.write(name, "x\n") }
    let includes = Self.names.map { "include(`\($0)')" }.joined()
    try folder.write("top.m4", includes + "sinclude(`gone.m4')\n")
    // What a build leaves is older than a file that is touched.
    for name in Self.names + ["top.m4"] { folder.age(name) }
    return folder
  }

  private func touch(_ name: String, _ folder: TemporaryFolder, ahead seconds: Int) {
    let times = [timeval(tv_sec: time(nil) + seconds, tv_usec: 0), timeval(tv_sec: time(nil) + seconds, tv_usec: 0)]
    utimes(folder.path + "/" + name, times)
  }

  @Test("make runs m4 again when any file that was read is newer, and only then")
  func make() throws {
    let folder = try folder()
    try folder.write(
      "Makefile",
      "top: top.m4\n\t@\(Checkout.command("m4")) -MD -MF top.d -MP top.m4 >top && echo made\n-include top.d\n")
    func make() throws -> RunResult { try run("/usr/bin/make", [], in: folder.path) }
    #expect(try make().text == "made\n")
    #expect(try make().text.contains("up to date"))
    for (number, name) in (Self.names + ["top.m4"]).enumerated() {
      touch(name, folder, ahead: -1000 + number)
      touch("top", folder, ahead: -2000 + number)
      let result = try make()
      #expect(result.text == "made\n" && result.messages == [], "\(name): \(result)")
      let again = try make()
      #expect(again.text.contains("up to date") && again.messages == [], "\(name): \(again)")
    }
    // With -MP a file that is gone is no dead end for make.
    try folder.write("top.m4", "include(`plain.m4')\n")
    for name in Self.names.dropFirst() { try FileManager.default.removeItem(atPath: folder.path + "/" + name) }
    #expect(try make().text == "made\n")
  }

  @Test("ninja does the same", .enabled(if: Peer.ninja.isThere, "\(Peer.ninja.hint)"))
  func ninja() throws {
    let folder = try folder()
    try folder.write(
      "build.ninja",
      "rule m4\n  command = \(Checkout.command("m4")) -MD -MF $out.d $in > $out\n  depfile = $out.d\nbuild top: m4 top.m4\n"
    )
    func build() throws -> RunResult { try Peer.ninja.run([], in: folder.path) }
    #expect(try build().text.contains("[1/1]"))
    #expect(try build().text.contains("no work to do"))
    for name in Self.names {
      touch(name, folder, ahead: 2)
      let result = try build()
      #expect(result.text.contains("[1/1]"), "\(name): \(result)")
      touch(name, folder, ahead: -1000)
      #expect(try build().text.contains("no work to do"), "\(name)")
    }
  }

  @Test("GCC's words")
  func words() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.m4", "include(`b.m4')sinclude(`gone.m4')\n")
    try folder.write("b.m4", "text\n")
    func m4(_ options: [String]) throws -> RunResult {
      try run(Checkout.command("m4"), options + ["a.m4"], in: folder.path)
    }
    #expect(try m4(["-M"]).text == "a: \\\n  a.m4 \\\n  b.m4\n")
    #expect(
      try m4(["--M", "-MP", "-MG", "-MT", "x y"]).text
        == "x y: \\\n  a.m4 \\\n  b.m4 \\\n  gone.m4\n\nb.m4:\n\ngone.m4:\n")
    #expect(try m4(["-M", "-MQ", "x y", "--MT=z"]).text.hasPrefix("x\\ y z: "))
    #expect(try m4(["-MD"]).text == "text\n\n")
    #expect(try String(contentsOfFile: folder.path + "/a.d", encoding: .utf8) == "a: \\\n  a.m4 \\\n  b.m4\n")
    // The short options of GNU m4 keep their meaning.
    #expect(try m4(["-DM=1", "-D", "-MD"]).text == "text\n\n")
    try folder.write("c.m4", "include(`x;y')\n")
    try folder.write("x;y", "text\n")
    let unwritable = try run(Checkout.command("m4"), ["-M", "c.m4"], in: folder.path)
    #expect(unwritable.status == 73 && unwritable.messageText.contains("cannot stand"), "\(unwritable)")
  }

  @Test("waybill build names the site file, what it includes, the library and the tables")
  func site() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "site.mc", "include(`local.m4')dnl\nOSTYPE(`debian')dnl\nFEATURE(`access_db')dnl\nMAILER(`smtp')dnl\n")
    try folder.write("local.m4", "define(`confMAX_HOP', `20')dnl\n")
    try folder.write("tables/access", "spam.example\tREJECT\n")
    func waybill(_ words: [String]) throws -> RunResult {
      try run(
        Checkout.command("waybill"), ["build", "site.mc", "--tables", "tables"] + words, in: folder.path,
        environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
    }
    #expect(try waybill(["-o", "out", "-MD"]).status == 0)
    let rule = try String(contentsOfFile: folder.path + "/out/sendmail.cf.d", encoding: .utf8)
    #expect(rule.hasPrefix("out/sendmail.cf: \\\n  site.mc \\\n"))
    for name in ["local.m4", "tables/access", "/macros/waybill.m4", "/macros/feature/access_db.m4"] {
      #expect(rule.contains(name + " \\\n") || rule.hasSuffix(name + "\n"), "\(name): \(rule)")
    }
    let before = try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
    let alone = try waybill(["-M", "-o", "other", "-MT", "all"])
    #expect(alone.text == rule.replacing("out/sendmail.cf:", with: "all:"))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() == before)
    // Built by make, and again once a table is newer.
    try folder.write(
      "Makefile",
      "out/sendmail.cf: site.mc\n\t@\(Checkout.command("waybill")) build site.mc --tables tables -o out -MD >/dev/null && echo built\n"
        + "include out/sendmail.cf.d\n")
    for (number, name) in ["site.mc", "local.m4", "tables/access"].enumerated() {
      touch("out/sendmail.cf", folder, ahead: -2000)
      touch(name, folder, ahead: -1000 + number)
      let made = try run(
        "/usr/bin/make", [], in: folder.path, environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
      #expect(made.text.hasSuffix("built\n"), "\(name): \(made)")
    }
  }

  @Test("an organisation's manifest depends on the site file and the library")
  func organisation() throws {
    let output = try TemporaryFolder()
    let result = try run(
      Checkout.command("waybill"),
      ["build", "examples/organisation/site.yaml", "-o", output.path, "-MD", "-MF", output.path + "/rule"],
      in: Checkout.root, seconds: 120)
    #expect(result.status == 0, "\(result)")
    let rule = try String(contentsOfFile: output.path + "/rule", encoding: .utf8)
    #expect(rule.hasPrefix("\(output.path)/manifest: \\\n  examples/organisation/site.yaml \\\n"))
    #expect(rule.contains("/macros/waybill.m4"))
    #expect(!rule.contains("sendmail.mc") && !rule.contains("/hosts/"), "what the build itself makes: \(rule)")
  }
}
