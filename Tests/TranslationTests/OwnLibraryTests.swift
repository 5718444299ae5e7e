// What our m4 library writes is known to the translation as well as what sendmail's writes.

import Foundation
import MCCompiler
import SendmailCF
import TestSupport
import Testing

import Translation

@Suite("The .cf of our m4 library")
struct OwnLibraryTests {
  private static let macros = Checkout.root + "/macros"

  @Test("each ruleset is in the catalogue, or a place for the site's own rules")
  func rulesets() throws {
    let files = try #require(FileManager.default.enumerator(atPath: Self.macros)).compactMap { $0 as? String }
      .filter { $0.hasSuffix(".m4") }
    let names = try files.flatMap { file in
      try String(contentsOfFile: "\(Self.macros)/\(file)", encoding: .utf8).split(separator: "\n")
        .compactMap(Self.ruleset)
    }
    let known = names.filter { StructureCatalogue.ruleset($0) != nil || StructureCatalogue.isHook($0) }
    #expect(Set(names).subtracting(known).sorted() == [])
    #expect(known.count > 80)
  }

  /// The name in a line that begins a ruleset.
  private static func ruleset(_ line: Substring) -> String? {
    guard line.first == "S", line.dropFirst().first?.isLetter == true else { return nil }
    let name = line.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let rest = line.dropFirst(1 + name.count)
    return rest.isEmpty || rest.first == "=" ? String(name) : nil
  }

  @Test(
    "features show their mark",
    arguments: [
      ("FEATURE(`masquerade_entire_domain')", "masquerade_entire_domain"),
      ("define(`MAIL_HUB', `hub.example')\nFEATURE(`stickyhost')", "stickyhost"),
      ("FEATURE(`access_db')\nFEATURE(`delay_checks', `friend')", "delay_checks(friend)"),
      ("FEATURE(`access_db')\nFEATURE(`delay_checks', `hater')", "delay_checks(hater)"),
      ("FEATURE(`virtusertable')\nFEATURE(`virtuser_entire_domain')", "virtuser_entire_domain"),
      ("FEATURE(`genericstable')\nFEATURE(`generics_entire_domain')", "generics_entire_domain"),
      ("FEATURE(`always_add_domain')", "always_add_domain"),
      ("FEATURE(`local_no_masquerade')", "local_no_masquerade"),
      ("FEATURE(`preserve_local_plus_detail')", "preserve_local_plus_detail"),
      ("FEATURE(`nocanonify')", "nocanonify"),
      ("MASQUERADE_AS(`m.example')\nFEATURE(`limited_masquerade')", "limited_masquerade"),
      ("FEATURE(`masquerade_envelope')", "masquerade_envelope"),
    ])
  func marks(_ words: String, _ feature: String) throws {
    #expect(try features(of: words).contains(feature))
    #expect(try !features(of: "define(`MAIL_HUB', `hub.example')\nFEATURE(`virtusertable')").contains(feature))
  }

  private func features(of words: String) throws -> [String] {
    let folder = try TemporaryFolder()
    try folder.write("site.mc", "OSTYPE(`linux')\n\(words)\nMAILER(`local')\nMAILER(`smtp')\n")
    let library = try #require(Library(folder: Self.macros))
    let result = MCCompiler(library: library).compile(folder.path + "/site.mc")
    #expect(!result.hasErrors)
    return FeatureSigns(CFReader.read(result.configuration, name: "site.cf")).found.map(\.name)
  }
}
