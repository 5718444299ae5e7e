// TranslationConfigurationTests.swift: what is written, Postfix itself finds in order,
// and nothing of the input is passed over.

import Foundation
import MCCompiler
import SendmailCF
import TestSupport
import Testing
import Translation

@Suite(
  "A translated site", .serialized, .enabled(if: Peer.postconf.isWanted, "\(Peer.postconf.hint)"))
struct TranslationConfigurationTests {
  @Test("postconf -n has no complaint and knows every parameter", arguments: TranslatedSite.names)
  func postconf(_ name: String) throws {
    for usesCalls in [true, false] {
      let site = try TranslatedSite(name, usesCalls: usesCalls)
      let folder = try TemporaryFolder()
      for file in site.result.side.files { try folder.write(file.name, file.bytes) }
      let answer = try Peer.postconf.run(["-c", folder.path, "-n"])
      #expect(answer.status == 0)
      #expect(answer.messageText == "")
      // The file says what the value says: one line a parameter.
      let names = answer.text.split(separator: "\n").compactMap {
        $0.split(separator: " ").first.map(String.init)
      }
      #expect(
        Set(names).subtracting(["config_directory"]) == Set(site.result.side.settings.map(\.name)))
    }
  }

  @Test("postconf -M reads every service", arguments: TranslatedSite.names)
  func services(_ name: String) throws {
    let site = try TranslatedSite(name)
    let folder = try TemporaryFolder()
    for file in site.result.side.files { try folder.write(file.name, file.bytes) }
    let answer = try Peer.postconf.run(["-c", folder.path, "-M"])
    #expect(answer.messageText == "")
    #expect(
      answer.text.split(separator: "\n").filter { !$0.hasPrefix(" ") }.count
        == site.result.side.services.count)
  }

  @Test("tables are built without a word", arguments: TranslatedSite.names)
  func tables(_ name: String) throws {
    let site = try TranslatedSite(name)
    let folder = try TemporaryFolder()
    try folder.write("main.cf", "mail_owner = daemon\nsetgid_group = mail\n")
    for file in site.result.side.files where file.name != "main.cf" && file.name != "master.cf" {
      let path = try folder.write(file.name, file.bytes)
      let peer = file.builder?.command == "postalias" ? Peer.postalias : Peer.postmap
      if let builder = file.builder {
        let built = try peer.run(["-c", folder.path, "\(builder.type):\(path)"])
        #expect(built.messageText == "", "\(file.name)")
      } else if file.name != "local-host-names" {
        let type = site.result.side.tables.first { $0.name == file.name }?.kind.rawValue ?? ""
        let asked = try peer.run(["-c", folder.path, "-q", "192.0.2.1", "\(type):\(path)"])
        #expect(asked.messageText == "", "\(file.name)")
      }
    }
  }

  @Test("`postfix check` says no more than of an empty main.cf", .enabled(if: isRoot, "needs root"))
  func check() throws {
    let plain = try PostfixInstance(main: "").complaintsOfCheck()
    for name in TranslatedSite.names {
      let site = try TranslatedSite(name)
      let files = site.result.side.files.filter { $0.name != "main.cf" && $0.name != "master.cf" }
      let instance = try PostfixInstance(
        main: TranslatedPostfix.main(of: site.result.side),
        files: Dictionary(
          uniqueKeysWithValues: files.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) }))
      let complaints = try instance.complaintsOfCheck()
      #expect(complaints == plain, "\(name): \(complaints)")
    }
  }

  @Test("as many rows as there are calls and lines", arguments: TranslatedSite.names)
  func counts(_ name: String) throws {
    let site = try TranslatedSite(name)
    let report = site.result.report
    #expect(report.count(.call) == site.compilation.calls.count)
    #expect(site.compilation.calls.count > 3)
    let lines = site.configuration.lines
    #expect(report.count(.option) == site.configuration.options.count)
    #expect(report.count(.map) == site.configuration.maps.count)
    #expect(report.count(.mailer) == site.configuration.mailers.count)
    #expect(report.count(.header) == site.configuration.headers.count)
    #expect(
      report.count(.ruleset) == count(lines) { if case .ruleset = $0 { true } else { false } })
    #expect(report.count(.macro) == count(lines) { if case .macro = $0 { true } else { false } })
    #expect(
      report.count(.classFile) == count(lines) { if case .classFile = $0 { true } else { false } })
    #expect(
      report.count(.class)
        == count(lines) {
          switch $0 {
          case .words, .trustedUsers: true
          default: false
          }
        })
    #expect(
      report.rows.allSatisfy { !$0.reason.isEmpty || $0.verdict == .exact || $0.postfix != "-" })
  }

  private func count(_ lines: [CFLine], _ matches: (CFContent) -> Bool) -> Int {
    lines.count { matches($0.content) }
  }

  @Test(
    "the same from the .cf alone", arguments: TranslatedSite.names, [Peer.library, Checkout.root + "/macros"])
  func fromConfigurationAlone(_ name: String, _ library: String) throws {
    let site = try TranslatedSite(name, library: library)
    let one = site.result.side
    let other = Translator(configuration: site.configuration, calls: [], hostName: site.host)
      .translate().side
    #expect(one.settings.map(\.name) == other.settings.map(\.name))
    for setting in one.settings {
      #expect(setting.value == other.setting(setting.name)?.value, "\(setting.name)")
    }
    #expect(one.services.map(\.name) == other.services.map(\.name))
    #expect(one.tables.map(\.name) == other.tables.map(\.name))
    for (table, twin) in zip(one.tables, other.tables) {
      #expect(
        table.entries.map { [$0.key, $0.value] } == twin.entries.map { [$0.key, $0.value] },
        "\(table.name)")
    }
  }

  @Test("same input, same bytes", arguments: ["tables", "debian"])
  func deterministic(_ name: String) throws {
    let site = try TranslatedSite(name)
    let translator = Translator(
      configuration: site.configuration, calls: site.compilation.calls, hostName: site.host)
    #expect(translator.translate().side.files == site.result.side.files)
    #expect(translator.translate().report.text == site.result.report.text)
  }
}
