// LibrarySystemTests.swift: what comes from the library alone is what sendmail's library gives.
//
// Every OSTYPE and DOMAIN is taken with nothing said before, and again after a site has set
// everything that such a file may set, so that what it leaves alone and what it overrides
// are both seen. Every name of an option is set, set to nothing and undefined.

import Foundation
import TestSupport
import Testing

@Suite("Systems, domains and options", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct LibrarySystemTests {
  private static let mailers = "MAILER(`local')dnl\nMAILER(`smtp')dnl\n"
  private static let needed =
    "MAIL_FILTER(`f', `S=local:/f')dnl\nFEATURE(`use_cw_file')dnl\nFEATURE(`use_ct_file')dnl\n"

  static let systems = names(in: "ostype")
  static let domains = names(in: "domain").flatMap { domain in ["linux", "debian"].map { [$0, domain] } }

  private static func names(in folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: Peer.library + "/" + folder)) ?? []
    let ours = (try? FileManager.default.contentsOfDirectory(atPath: LibrarySite.macros + "/" + folder)) ?? []
    return files.filter { $0.hasSuffix(".m4") && ours.contains($0) }.map { String($0.dropLast(3)) }.sorted()
  }

  private func expectSame(_ site: String, _ what: String) throws {
    let site = try LibrarySite(files: [("sendmail.mc", site)])
    let stock = ConfigurationFacts(site.texts[.stock] ?? "")
    let ours = ConfigurationFacts(site.texts[.ours] ?? "")
    let differences = stock.differences(from: ours)
    #expect(differences == [], "\(what): here is stock, there is ours")
    #expect((site.texts[.stock] ?? "").contains("O QueueDirectory="))
  }

  @Test("every folder has its files")
  func found() {
    #expect(Self.systems.count > 50)
    #expect(Self.domains.count >= 6)
  }

  @Test("an OSTYPE", arguments: systems)
  func system(_ name: String) throws {
    let line = "OSTYPE(`\(name)')dnl\n"
    try expectSame(line + Self.mailers, "alone")
    try expectSame(try everything() + line + Self.mailers, "after all was set")
    try expectSame(line + "FEATURE(`local_procmail')dnl\nFEATURE(`nullclient', `hub.example')dnl\n", "procmail")
  }

  @Test("a DOMAIN", arguments: domains)
  func domain(_ names: [String]) throws {
    let lines = ["OSTYPE(`\(names[0])')dnl\n", "DOMAIN(`\(names[1])')dnl\n"]
    try expectSame(lines.joined() + Self.mailers, "alone")
    try expectSame(lines[0] + (try everything()) + Self.needed + lines[1] + Self.mailers, "after all was set")
  }

  @Test("every option", arguments: ["`said-%'", "`'", nil])
  func options(_ value: String?) throws {
    let text = try Self.optionNames().filter { value != nil || $0 != "confTIME_ZONE" }.map { name in
      guard let value else { return "undefine(`\(name)')dnl\n" }
      return "define(`\(name)', \(value.replacingOccurrences(of: "%", with: name.lowercased())))dnl\n"
    }.joined()
    try expectSame("OSTYPE(`linux')dnl\n" + text + Self.needed + Self.mailers, value ?? "undefined")
    try expectSame("OSTYPE(`linux')dnl\n" + text + Self.mailers, "without filters")
  }

  // MARK: What a site may set

  /// What mailers are made of.
  private static let mailerItems = [
    "LOCAL_MAILER": ["PATH", "FLAGS", "ARGS", "MAX", "MAXMSGS", "MAXRCPTS", "CHARSET", "EOL", "QGRP"],
    "LOCAL_SHELL": ["PATH", "FLAGS", "ARGS", "DIR"],
    "SMTP_MAILER": ["FLAGS", "MAX", "MAXMSGS", "MAXRCPTS", "CHARSET", "LL", "ARGS", "QGRP"],
    "RELAY_MAILER": ["FLAGS", "MAXMSGS", "CHARSET", "LL", "ARGS", "QGRP"],
    "ESMTP_MAILER": ["ARGS", "QGRP"], "SMTP8_MAILER": ["ARGS", "QGRP"], "DSMTP_MAILER": ["ARGS", "QGRP"],
    "PROCMAIL_MAILER": ["PATH", "ARGS"],
  ]

  private func everything() throws -> String {
    let items = Self.mailerItems.flatMap { family, items in items.map { family + "_" + $0 } }
    let names = items + ["LOCAL_PROG_QGRP", "LOCAL_MAILER_DSN_DIAGNOSTIC_CODE", "STATUS_FILE"]
    return (names + (try Self.optionNames())).sorted()
      .map { "define(`\($0)', `said-\($0.lowercased())')dnl\n" }.joined()
  }

  /// The names of options/table.m4 but those that are only complained of.
  private static func optionNames() throws -> [String] {
    let text = try String(contentsOfFile: LibrarySite.macros + "/options/table.m4", encoding: .utf8)
    let names =
      text.components(separatedBy: "OPTION_(`").dropFirst()
      + text.components(separatedBy: "_SETTING_(`").dropFirst()
    let old = ["confMESSAGE_TIMEOUT", "confDAEMON_OPTIONS", "confCLIENT_OPTIONS", "confDEF_GROUP_ID"]
    return unique(names.map { String($0.prefix { $0 != "'" }) }).filter { !old.contains($0) }
  }
}
