// LibraryFeatureTests.swift: every FEATURE that the library promises is taken, changes the
// .cf, and stands in a site that is compared with sendmail's library.

import Foundation
import MCCompiler
import TestSupport
import Testing

/// A feature, and what must come before it to matter.
struct FeatureCase: Sendable, CustomTestStringConvertible {
  let name: String
  var argument = ""
  var before = ""

  var testDescription: String { name }
  var call: String { "FEATURE(`\(name)'\(argument.isEmpty ? "" : ", `\(argument)'"))" }

  static let all =
    [
      "use_cw_file", "use_ct_file", "access_db", "mailertable", "virtusertable", "genericstable",
      "domaintable",
      "always_add_domain", "allmasquerade", "relay_entire_domain", "promiscuous_relay",
      "accept_unresolvable_domains",
      "accept_unqualified_senders", "no_default_msa", "redirect", "nocanonify", "delay_checks",
      "masquerade_envelope",
      "masquerade_entire_domain", "limited_masquerade",
    ].map { FeatureCase(name: $0) } + [
      FeatureCase(name: "blocklist_recipients", before: "FEATURE(`access_db')dnl\n"),
      FeatureCase(name: "virtuser_entire_domain", before: "FEATURE(`virtusertable')dnl\n"),
      FeatureCase(name: "generics_entire_domain", before: "FEATURE(`genericstable')dnl\n"),
      FeatureCase(name: "nouucp", argument: "reject"),
      FeatureCase(name: "nullclient", argument: "hub.example"),
    ]
}

@Suite("Features of the library")
struct LibraryFeatureTests {
  private func compile(_ lines: String, _ folder: String) throws -> Compilation {
    let compiler = MCCompiler(library: try #require(Library(folder: folder)))
    let text = "OSTYPE(`linux')dnl\nMASQUERADE_AS(`public.example')dnl\n\(lines)MAILER(`smtp')dnl\n"
    return compiler.compile(Array(text.utf8), named: "site.mc")
  }

  private func expectEffect(_ feature: FeatureCase, _ folder: String) throws {
    let without = try compile(feature.before, folder)
    let with = try compile(feature.before + feature.call + "dnl\n", folder)
    #expect(!with.hasErrors, "\(with.diagnostics.map(\.message.text))")
    #expect(with.configuration.count > 10_000)
    #expect(with.configuration != without.configuration)
  }

  @Test("each is taken and changes the .cf", arguments: FeatureCase.all)
  func effect(_ feature: FeatureCase) throws { try expectEffect(feature, LibrarySite.macros) }

  @Test(
    "and so it is in sendmail's library", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"),
    arguments: FeatureCase.all.filter { $0.name != "nullclient" })
  func effectInStock(_ feature: FeatureCase) throws { try expectEffect(feature, Peer.library) }

  @Test("each stands in a site that is compared", arguments: FeatureCase.all)
  func compared(_ feature: FeatureCase) throws {
    let texts = try LibrarySite.names.compactMap { name in
      try LibrarySite.files(of: name).first { $0.name == "sendmail.mc" }?.text
    }
    // A domain file is a site's text as well.
    let generic = try String(
      contentsOfFile: LibrarySite.macros + "/domain/generic.m4", encoding: .utf8)
    #expect((texts + [generic]).contains { $0.contains("FEATURE(`\(feature.name)'") })
  }
}
