// What postmasters mistype, each in a site file that is else in order; and that nothing of it is said
// of the site files that come with sendmail, or of our examples.

import Diagnostics
import Foundation
import MCCompiler
import TestSupport
import Testing

@Suite("Slips of the pen in site files")
struct StrayTextTests {
  static let codes: Set<MessageCode> = [.slip, .bareCall, .strayText, .wrongQuotes]

  private func compile(_ text: String, _ library: String = Checkout.root + "/macros") throws -> Compilation {
    let compiler = MCCompiler(library: try #require(Library(folder: library)))
    return compiler.compile(Array(text.utf8), named: "site.mc")
  }

  private func compile(line: String) throws -> Compilation {
    try compile("OSTYPE(`linux')dnl\n\(line)\nMAILER(`local')dnl\nMAILER(`smtp')dnl\n")
  }

  @Test(
    "each is told once, at its place, with what to write",
    arguments: [
      ("FEATURE(`access_db'))dnl", 21, MessageCode.slip, "take it out"),
      ("define(`confLOG_LEVEL', `9'))dnl", 29, .slip, "take it out"),
      ("FEATURE(`access_db'), `skip')dnl", 29, .slip, "take it out"),
      ("FEATURE(`access_db')dn1", 21, .slip, "write dnl"),
      ("dnlFEATURE(`access_db')", 1, .slip, "write dnl FEATURE"),
      ("define(`confSMTP_LOGIN_MSG', `it isn't me')dnl", 37, .slip, "without an apostrophe"),
      ("FEATURE (`access_db')dnl", 1, .detachedCall, "without a blank"),
      ("define (`confLOG_LEVEL', `9')dnl", 1, .detachedCall, "without a blank"),
      ("FEATURE access_db dnl", 1, .bareCall, "write FEATURE(…)"),
      ("FEATURE('access_db')dnl", 9, .wrongQuotes, "write FEATURE(`access_db')"),
      ("FEATURE(\"access_db\")dnl", 9, .wrongQuotes, "write FEATURE(`access_db')"),
      ("FEATURE(\u{2018}access_db\u{2019})dnl", 9, .wrongQuotes, "write FEATURE(`access_db')"),
      ("FEATURE(`access_db') # my comment", 21, .strayText, "begin it with dnl"),
      ("define(`confLOG_LEVEL', `9') is enough", 29, .strayText, "begin it with dnl"),
      ("LOCAL_CONFIG\nKfoo hash /etc/foo\ndefine(`x', `y') dnl\nKbar hash /etc/bar", 17, .strayText, "directly behind"),
      ("LOCAL_CONFIG\n# use dnl for comments\nKfoo hash /etc/foo", 7, .strayText, "`dnl'"),
      ("FEATURE(`mailertable' `hash /etc/mail/mt')dnl", 0, .unknownLibraryName, "put a comma between"),
      ("FEATRUE(`access_db')dnl", 1, .unknownMacro, "FEATURE"),
      ("FEATURE(`acces_db')dnl", 10, .unknownLibraryName, "write FEATURE(`access_db')"),
    ])
  func told(_ line: String, _ column: Int, _ code: MessageCode, _ fix: String) throws {
    let found = try compile(line: line).diagnostics
    #expect(found.count == 1, "\(found)")
    let first = try #require(found.first)
    #expect(first.message.code == code && first.position?.column == column, "\(first)")
    #expect(first.message.fix?.contains(fix) == true, "\(first)")
    let lines = ("OSTYPE\n" + line).split(separator: "\n", omittingEmptySubsequences: false)
    #expect((first.position?.line).map { lines.indices.contains($0 - 1) } == true, "\(first)")
  }

  @Test(
    "a missing dnl alone, text in its place and prose do no harm",
    arguments: [
      "FEATURE(`access_db')", "FEATURE(`access_db') dnl my comment, it's fine)\n", "define(`confLOG_LEVEL', `9')\n\n",
      "divert(-1)\ndefine it (x) as you like, FEATURE) isn't\ndivert(0)dnl",
      "LOCAL_CONFIG\n# a comment (of ours)\nDXown",
      "LOCAL_RULE_0\nR$* own dnl\n\t\t$: $1", "ifdef(`x', `FEATURE(`access_db')')dnl", "LOCAL_CONFIG\nDXa`'dnl\n\nDYb",
    ])
  func harmless(_ line: String) throws {
    #expect(try compile(line: line).diagnostics.filter { Self.codes.contains($0.message.code) } == [])
  }

  static var sites: [String] {
    let examples = ["debian", "example.edu"].map { Checkout.root + "/examples/\($0)/sendmail.mc" }
    let peers = ["cf", "debian"].flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: Peer.library + "/" + folder)) ?? [])
        .filter { $0.hasSuffix(".mc") }.map { Peer.library + "/\(folder)/" + $0 }
    }
    return (examples + peers).sorted()
  }

  @Test("nothing of the kind is said of site files that people use, with either library", arguments: sites)
  func quiet(_ site: String) throws {
    for library in [Checkout.root + "/macros", Peer.library] {
      guard let library = Library(folder: library) else { continue }
      let found = MCCompiler(library: library).compile(site)
      #expect(found.diagnostics.filter { Self.codes.contains($0.message.code) } == [])
    }
  }
}
