// examples/ci: the recipe, run on a repository that holds the examples.

import Foundation
import TestSupport
import Testing

private let hasGit = FileManager.default.isExecutableFile(atPath: "/usr/bin/git")

@Suite("The recipe for CI", .enabled(if: hasGit, "git not found"))
struct CIRecipeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let examples = Checkout.root + "/examples"
    for name in ["check.sh", "Makefile"] {
      try FileManager.default.copyItem(atPath: examples + "/ci/" + name, toPath: folder.path + "/" + name)
    }
    try FileManager.default.createDirectory(atPath: folder.path + "/sites", withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: examples + "/example.edu", toPath: folder.path + "/sites/relay")
    try folder.write(
      "sites/pf/main.cf",
      "myhostname = mail.test.example\nalias_maps =\n"
        + "smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination\n")
    try folder.write(
      "sites/pf/routes.yaml", "configuration: .\ntests: [{to: x@far.example, expect: reject 554 5.7.1}]\n")
    let commit = try shell(
      "git init -q && git add . && git -c user.name=a -c user.email=a@test.example commit -q -m 'as it is'")
    #expect(commit.status == 0, "\(commit)")
  }

  private func shell(_ script: String) throws -> RunResult {
    // A make within `make test` would say which folder it enters.
    let environment: [String: String?] = [
      "WAYBILL": Checkout.command("waybill"), "WAYBILL_LIBRARY": Checkout.root + "/macros",
      "MAKEFLAGS": nil, "MAKELEVEL": nil,
    ]
    return try run("/bin/sh", ["-c", script], in: folder.path, environment: environment)
  }

  private func edit(_ file: String, _ old: String, _ new: String) throws {
    let path = folder.path + "/" + file
    let text = try String(contentsOfFile: path, encoding: .utf8)
    #expect(text.contains(old))
    try text.replacingOccurrences(of: old, with: new).write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test("what is as it was passes, and leaves what is to be installed and reports")
  func passes() throws {
    let result = try shell("make")
    #expect(result.status == 0, "\(result)")
    #expect(result.text.contains("== sites/pf\nsites/pf: no faults\n"), "\(result)")
    #expect(result.text.contains("all 16 tests hold") && result.text.contains("the test holds"), "\(result)")
    let made = try FileManager.default.subpathsOfDirectory(atPath: folder.path + "/out")
    for name in ["sites/relay/sendmail.cf", "sites/relay/access.db", "sites/relay/routes.xml", "sites/pf/routes.xml"] {
      #expect(made.contains(name), "\(made)")
    }
    let compared = try shell("make BASE=HEAD SITES=sites/pf")
    #expect(compared.status == 0 && compared.text.hasSuffix("no mail goes elsewhere than under HEAD\n"), "\(compared)")
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/out/before"))
  }

  @Test("a change that breaks a promise fails at its line")
  func promises() throws {
    try edit("sites/relay/mailertable", "mail.bio", "mail2.bio")
    let broken = try shell("WAYBILL_OPTIONS=--annotations sh check.sh sites/relay")
    #expect(broken.status == 1)
    #expect(broken.messageText.contains("::error file=sites/relay/routes.yaml,line="), "\(broken)")
    #expect(broken.messageText.hasSuffix("FAILED: test sites/relay\n"), "\(broken)")
    try edit("sites/relay/routes.yaml", "mail.bio", "mail2.bio")
    #expect(try shell("sh check.sh sites/relay").status == 0)
  }

  @Test("a change that nobody wrote a test for is shown, and fails where that is wanted")
  func changes() throws {
    try edit("sites/pf/main.cf", "alias_maps =\n", "alias_maps =\nrelayhost = [hub.test.example]\n")
    let shown = try shell("sh check.sh -b HEAD sites/pf")
    #expect(shown.status == 0 && shown.text.contains("1. the mail goes elsewhere"), "\(shown)")
    #expect(
      try String(contentsOfFile: folder.path + "/out/sites/pf/changes.txt", encoding: .utf8).contains("elsewhere"))
    let strict = try shell("CHANGES=fail sh check.sh -b HEAD sites/pf")
    #expect(strict.status == 1 && strict.messageText.hasSuffix("FAILED: compare sites/pf\n"), "\(strict)")
  }

  @Test("faults, folders that are no site, and wrong usage fail")
  func faults() throws {
    try edit("sites/relay/sendmail.mc", "FEATURE(`mailertable')", "FEATURE(`mailertabel')")
    try folder.write("sites/empty/readme", "nothing")
    let result = try shell("sh check.sh")
    #expect(result.status == 1)
    #expect(result.messageText.contains("FAILED: check sites/relay\n"), "\(result)")
    #expect(result.messageText.contains("FAILED: sites/empty has neither a sendmail.mc nor a main.cf\n"), "\(result)")
    #expect(result.text.contains("== sites/pf"))
    #expect(try shell("sh check.sh -x").status == 64)
  }
}
