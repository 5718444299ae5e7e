import Diagnostics
import Foundation
import MCCompiler
import TestSupport
import Testing

private let macros = Checkout.root + "/macros"

private func compile(_ text: String, _ adjust: (inout MCCompiler) -> Void = { _ in }) throws -> Compilation {
  var compiler = MCCompiler(library: try #require(Library(folder: macros)))
  adjust(&compiler)
  return compiler.compile(Array(text.utf8), named: "site.mc")
}

private let smallSite = """
  OSTYPE(`linux')dnl
  MAILER(`smtp')dnl

  """

@Suite("A site file is compiled")
struct CompilationTests {
  @Test("the .cf comes out, without faults, the same each time")
  func compiles() throws {
    let first = try compile(smallSite)
    #expect(first.diagnostics == [])
    #expect(String(decoding: first.configuration, as: UTF8.self).contains("Mesmtp"))
    #expect(try compile(smallSite).configuration == first.configuration)
  }

  @Test("an include of cf.m4 at any path is answered with the chosen library, once")
  func ownInclude() throws {
    let site = "divert(-1)\ndivert(0)dnl\ninclude(`/usr/share/sendmail/cf/m4/cf.m4')dnl\n" + smallSite
    let found = try compile(site)
    #expect(found.diagnostics == [])
    let mailers = String(decoding: found.configuration, as: UTF8.self).split(separator: "\n").count {
      $0.hasPrefix("Mesmtp")
    }
    #expect(mailers == 1)
  }

  @Test("each call in the file is told with its place and arguments")
  func calls() throws {
    let found = try compile("define(`confMAX_HOP',\n  `20')dnl\n" + smallSite)
    let told = found.calls.filter { !$0.isLayout }.map { "\($0.position.line) \($0.name) \($0.text(0))" }
    #expect(told == ["1 define confMAX_HOP", "3 OSTYPE linux", "4 MAILER smtp"])
    #expect(found.calls.first { $0.name == "OSTYPE" }?.position.column == 1)
  }

  @Test(
    "unknown names are errors at their place, with the nearest known one",
    arguments: [
      ("FEATURE(`mailertabel')", MessageCode.unknownLibraryName, "mailertable"),
      ("OSTYPE(`linus')", .unknownLibraryName, "linux"),
      ("DOMAIN(`generik')", .unknownLibraryName, "generic"),
      ("MAILER(`smpt')", .unknownLibraryName, "smtp"),
      ("define(`confDONT_BLAZE_SENDMAIL', `x')", .unknownOptionName, "confDONT_BLAME_SENDMAIL"),
    ])
  func unknownNames(_ line: String, _ code: MessageCode, _ nearest: String) throws {
    let found = try compile("OSTYPE(`linux')dnl\n\(line)dnl\nMAILER(`smtp')dnl\n")
    let faults = found.diagnostics.filter { $0.severity == .error }
    let fault = try #require(faults.first)
    #expect(faults.count == 1)
    #expect(fault.message.code == code)
    #expect(fault.position?.line == 2)
    #expect((fault.position?.column ?? 0) > 1)
    #expect(fault.message.fix?.contains(nearest) == true)
    #expect(found.hasErrors)
  }

  @Test(
    "a setting mistyped is an error if nothing uses it",
    arguments: [
      ("SMART_HOSTT", "SMART_HOST"), ("SMARTHOST", "SMART_HOST"), ("MAIL_HBU", "MAIL_HUB"),
      ("LUSER_RELAYS", "LUSER_RELAY"), ("LOCAL_MAILER_FLAG", "LOCAL_MAILER_FLAGS"),
      ("SMTP_MAILER_MAXMSG", "SMTP_MAILER_MAXMSGS"), ("STATUSFILE", "STATUS_FILE"), ("QUEUEDIR", "QUEUE_DIR"),
    ])
  func mistypedSettings(_ name: String, _ nearest: String) throws {
    let line = "define(`\(name)', `relay.example')dnl\n"
    let found = try compile(smallSite + line)
    let fault = try #require(found.diagnostics.first)
    #expect(found.diagnostics.count == 1)
    #expect((fault.severity, fault.message.code) == (.error, .unknownOptionName))
    #expect(fault.message.fix == "write \(nearest)")
    #expect((fault.position?.line, fault.position?.column) == (3, 9))
    // Who uses the name has made it his own; so may a file that is read.
    #expect(try compile(line + "MASQUERADE_AS(\(name))dnl\n" + smallSite).diagnostics == [])
    let folder = try TemporaryFolder()
    let more = try folder.write("more.m4", "define(`SMART_HOST', \(name))dnl\n")
    let found2 = try compile(line + "include(`\(more)')dnl\n" + smallSite) { $0.readableFolders = [folder.path] }
    #expect(found2.diagnostics == [])
  }

  @Test(
    "names of one's own are nobody's business",
    arguments: [
      "MY_HUB", "_PRIVATE_", "hub", "smart_hosts", "RELAY_HOST", "OUR_SMART_HOST", "LOCAL_HOST", "MAIL_HUB_2",
      "SITE_NAME",
      "PROCMAIL_MAILER_PATH", "UUCP_MAILER_MAX", "_FFR_MILTER", "DEBIAN_MTA", "MAILDIR", "X",
    ])
  func ownNames(_ name: String) throws {
    #expect(try compile("define(`\(name)', `x.example')dnl\n" + smallSite).diagnostics == [])
  }

  @Test(
    "mistakes that m4 has nothing against are errors at their place, with what to write",
    arguments: [
      ("MASQUERADE_AS (`x.example')", MessageCode.detachedCall, 1, "without a blank"),
      ("FEATURE()", .unknownLibraryName, 1, "with the name in quotes"),
      ("FEATURE(`redirect ')", .unknownLibraryName, 10, "write FEATURE(`redirect')"),
      ("define(`confPRIVACY_OPTIONS', `goaway')", .unknownOptionName, 9, "write confPRIVACY_FLAGS"),
      ("SITE(`x')", .unknownMacro, 1, nil),
      ("dnl\n  m4exit(0)", .libraryMessage, 3, nil),
    ] as [(String, MessageCode, Int, String?)])
  func commonSlips(_ line: String, _ code: MessageCode, _ column: Int, _ fix: String?) throws {
    let found = try compile("OSTYPE(`linux')dnl\n\(line)dnl\nMAILER(`smtp')dnl\n")
    let faults = found.diagnostics.filter { $0.severity == .error }
    #expect(faults.map(\.message.code) == [code], "\(faults)")
    #expect(faults.first?.position?.column == column)
    #expect(faults.first?.message.fix.map { fix.map($0.contains) ?? false } ?? (fix == nil), "\(faults)")
  }

  @Test("a call is where it stands, also behind another one of its name")
  func columns() throws {
    let found = try compile("FEATURE(`redirect')FEATURE(`redirect')dnl\n" + smallSite)
    #expect(found.calls.prefix(2).map(\.position.column) == [1, 20])
    let said = try #require(found.diagnostics.first { $0.message.code == .repeatedFeature })
    #expect(said.position?.column == 29 && said.notes.first?.position?.column == 1)
  }

  @Test("a library that is included again does no harm")
  func twice() throws {
    let line = "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl\n"
    let found = try compile(line + smallSite + line)
    #expect(found.diagnostics == [])
    #expect(found.configuration == (try compile(line + smallSite)).configuration)
  }

  @Test("the same for sendmail's own library", .enabled(if: Library(folder: Peer.library) != nil, "no peers"))
  func stockLibrary() throws {
    let library = try #require(Library(folder: Peer.library))
    let found = MCCompiler(library: library).compile(
      Array("OSTYPE(`linux')dnl\nFEATURE(`mailertabel')dnl\nMAILER(`smtp')dnl\n".utf8), named: "site.mc")
    #expect(found.diagnostics.map(\.message.code) == [.unknownLibraryName])
    #expect(found.diagnostics.first?.message.fix == "write FEATURE(`mailertable')")
  }

  @Test(
    "broken text is one error at the line where it begins",
    arguments: [
      ("OSTYPE(`linux')dnl\nMAILER(`smtp)\n", 2, "string"),
      ("OSTYPE(`linux')dnl\n\ndefine(`x',\nMAILER(`smtp')\n", 3, "argument list"),
      ("define(`loop', `loop')dnl\nloop\n", 2, "recursion"),
      ("define(`deep', `deep(deep)')dnl\n\ndeep\n", 3, "recursion"),
      ("include(`nowhere.m4')dnl\n" + smallSite, 1, "cannot open"),
      ("OSTYPE(`linux')dnl\nsyscmd(`date')dnl\nMAILER(`smtp')dnl\n", 2, "not run"),
    ])
  func brokenText(_ text: String, _ line: Int, _ words: String) throws {
    let found = try compile(text) { $0.limits.expansions = 300_000 }
    let faults = found.diagnostics.filter { $0.severity == .error }
    #expect(faults.count == 1)
    #expect(faults.first?.position?.line == line)
    #expect(faults.first?.message.text.contains(words) == true)
  }

  @Test("a file that names no system is told so")
  func empty() throws {
    let said = try compile("").diagnostics.filter { $0.message.text.contains("OSTYPE") }
    // No line of the file, which has none, is to blame.
    #expect(said.map { $0.position?.line } == [0])
  }

  @Test("commands run only where that is allowed")
  func commands() throws {
    let text = "define(`confDOMAIN_NAME', esyscmd(`printf mail.example.edu'))dnl\n" + smallSite
    #expect(try compile(text).hasErrors)
    let allowed = try compile(text) { $0.allowsCommands = true }
    #expect(!allowed.hasErrors)
    #expect(String(decoding: allowed.configuration, as: UTF8.self).contains("mail.example.edu"))
  }

  @Test("paths of the old system are found below the root, those of /etc/mail beside the tables")
  func roots() throws {
    let folder = try TemporaryFolder()
    try folder.write("root/opt/site.m4", "define(`confMAX_HOP', `33')dnl\n")
    try folder.write("tables/m4/local.m4", "define(`confLOG_LEVEL', `14')dnl\n")
    let text = "include(`/opt/site.m4')dnl\ninclude(`/etc/mail/m4/local.m4')dnl\n" + smallSite
    let found = try compile(text) {
      $0.root = folder.path + "/root"
      $0.settingsFolder = folder.path + "/tables"
    }
    #expect(found.diagnostics == [])
    let configuration = String(decoding: found.configuration, as: UTF8.self)
    #expect(configuration.contains("MaxHopCount=33"))
    #expect(configuration.contains("LogLevel=14"))
  }
}
