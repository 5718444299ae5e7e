// LibraryNameTests.swift: names that the library does not have are errors where they
// stand, with the nearest name that it has.
//
// `waybill check` says so, and so does the library itself when GNU m4 or our m4 runs it.

import Foundation
import TestSupport
import Testing

/// A wrong call in the third line of a site file.
struct WrongName: Sendable, CustomTestStringConvertible {
  let line: String
  let name: String
  /// Nil where nothing is near.
  let nearest: String?

  var testDescription: String { line }

  /// The wrong line is the third; where it names the system, no other does.
  var site: String {
    let system = line.hasPrefix("OSTYPE") ? "dnl" : "OSTYPE(`linux')dnl"
    return "VERSIONID(`a site')dnl\n\(system)\n\(line)dnl\nMAILER(`smtp')dnl\n"
  }

  static let all = [
    WrongName(line: "FEATURE(`mailertabel')", name: "mailertabel", nearest: "mailertable"),
    WrongName(
      line: "FEATURE(`acess_db', `hash /etc/mail/access')", name: "acess_db", nearest: "access_db"),
    WrongName(line: "FEATURE(`nocannonify')", name: "nocannonify", nearest: "nocanonify"),
    WrongName(line: "FEATURE(`zzqq')", name: "zzqq", nearest: nil),
    WrongName(line: "OSTYPE(`linus')", name: "linus", nearest: "linux"),
    WrongName(line: "OSTYPE(`debain')", name: "debain", nearest: "debian"),
    WrongName(line: "DOMAIN(`generik')", name: "generik", nearest: "generic"),
    WrongName(line: "DOMAIN(`debian_mta')", name: "debian_mta", nearest: "debian-mta"),
    WrongName(line: "MAILER(`smpt')", name: "smpt", nearest: "smtp"),
    WrongName(line: "MAILER(`lokal')", name: "lokal", nearest: "local"),
    WrongName(
      line: "define(`confDONT_BLAZE_SENDMAIL', `x')", name: "confDONT_BLAZE_SENDMAIL",
      nearest: "confDONT_BLAME_SENDMAIL"),
    WrongName(line: "define(`confMAX_HOPS', `30')", name: "confMAX_HOPS", nearest: "confMAX_HOP"),
    WrongName(line: "define(`confZZ', `x')", name: "confZZ", nearest: nil),
  ]
}

@Suite("Unknown names")
struct LibraryNameTests {
  private static let data = Int32(65)

  private func m4(_ program: String, _ wrong: WrongName) throws -> RunResult {
    let folder = try TemporaryFolder()
    try folder.write("site.mc", wrong.site)
    return try run(
      program,
      ["-D_CF_DIR_=\(LibrarySite.macros)/", LibrarySite.macros + "/waybill.m4", "site.mc"],
      in: folder.path, environment: Peer.environment)
  }

  private func expectFault(_ result: RunResult, _ wrong: WrongName) {
    let message = result.messageText
    #expect(result.status == Self.data)
    #expect(message.hasPrefix("site.mc:3: error: \(wrong.name): no "), "\(message)")
    if let nearest = wrong.nearest {
      #expect(message.contains("; the nearest is \(nearest)\n"), "\(message)")
    } else {
      #expect(!message.contains("nearest"), "\(message)")
    }
    #expect(
      message.split(separator: "\n").count == 1, "\(message)"
    )
  }

  @Test("under GNU m4", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"), arguments: WrongName.all)
  func underGNUM4(_ wrong: WrongName) throws { expectFault(try m4(Peer.m4.path, wrong), wrong) }

  @Test("under our m4, in the same words", arguments: WrongName.all)
  func underOurM4(_ wrong: WrongName) throws {
    let ours = try m4(Checkout.command("m4"), wrong)
    expectFault(ours, wrong)
  }

  private func check(_ wrong: WrongName, library: String) throws -> RunResult {
    let folder = try TemporaryFolder()
    try folder.write("site.mc", wrong.site)
    return try run(
      Checkout.command("waybill"), ["check", "--library", library, "site.mc"], in: folder.path)
  }

  @Test("waybill check with our library", arguments: WrongName.all)
  func check(_ wrong: WrongName) throws {
    let result = try check(wrong, library: LibrarySite.macros)
    let message = result.text + result.messageText
    #expect(result.status == Self.data, "\(message)")
    #expect(message.contains("site.mc:3:"), "\(message)")
    #expect(message.contains(wrong.name), "\(message)")
    if let nearest = wrong.nearest { #expect(message.contains(nearest), "\(message)") }
  }

  /// What sendmail's library has no name for it does not use: of a conf name that is a warning.
  @Test(
    "waybill check with sendmail's library", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"),
    arguments: WrongName.all)
  func checkStock(_ wrong: WrongName) throws {
    let result = try check(wrong, library: Peer.library)
    let message = result.text + result.messageText
    #expect(result.status == (wrong.name.hasPrefix("conf") ? 0 : Self.data), "\(message)")
    #expect(message.contains("site.mc:3:"), "\(message)")
    #expect(message.contains(wrong.name), "\(message)")
    if let nearest = wrong.nearest { #expect(message.contains(nearest), "\(message)") }
  }

  @Test(
    "the lists of names are the files of the folders",
    arguments: ["feature", "ostype", "domain", "mailer"])
  func lists(_ folder: String) throws {
    let files = try FileManager.default.contentsOfDirectory(
      atPath: "\(LibrarySite.macros)/\(folder)"
    )
    .filter { $0.hasSuffix(".m4") }.map { String($0.dropLast(3)) }
    let text = try String(
      contentsOfFile: LibrarySite.macros + "/vocabulary/names.m4", encoding: .utf8)
    let start = try #require(text.range(of: "define(`_NAMES_\(folder)_', `|"))
    let list = text[start.upperBound...].prefix { $0 != "'" }.split(separator: "|").map(String.init)
    #expect(Set(list) == Set(files))
    #expect(list.count == files.count)
  }
}
