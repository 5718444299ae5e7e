// LiveComparisonTests.swift: configurations run for real, and what they did compared.

import Foundation
import TestSupport
import Testing

@Suite("waybill compare --live and build --validate")
struct LiveComparisonTests {
  /// An example as built with its Postfix side.
  private func built(_ site: String, _ folder: TemporaryFolder) throws -> String {
    let example = Checkout.root + "/examples/" + site
    let result = try run(
      Checkout.command("waybill"),
      ["build", example + "/sendmail.mc", "--tables", example, "--postfix", "-o", folder.path + "/out"])
    #expect(result.status == 0, "\(result)")
    return folder.path + "/out"
  }

  private struct Report: Decodable {
    struct Side: Decodable {
      struct Surprise: Decodable { let kind, recipient, said, done: String }
      let accepted, refused, copies, unasked: Int
      let surprises: [Surprise]
    }
    struct Difference: Decodable { let kind, recipient, one, other: String }
    struct Live: Decodable {
      let sent, alike: Int
      let one, other: Side
      let differences: [Difference]
    }
    let live: Live
  }

  private func compare(_ out: String, limit: Int) throws -> (status: Int32, live: Report.Live) {
    let result = try run(
      Checkout.command("waybill"),
      ["compare", "--live", "--json", "--limit", "\(limit)", out + "/sendmail.cf", out + "/postfix"])
    return (result.status, try JSONDecoder().decode(Report.self, from: Data(result.output)).live)
  }

  @Test("an example and its Postfix side do the same as their engines said", arguments: ["debian", "example.edu"])
  func alike(_ site: String) throws {
    let folder = try TemporaryFolder()
    let (status, live) = try compare(try built(site, folder), limit: 600)
    #expect(status == 0)
    #expect(live.sent > 300 && live.alike > 300 && live.one.accepted > 100 && live.one.refused > 50)
    #expect(live.one.copies > 100 && live.one.unasked == 0 && live.other.unasked == 0)
    #expect(live.one.surprises.isEmpty, "\(live.one.surprises.prefix(3))")
    #expect(live.other.surprises.isEmpty, "\(live.other.surprises.prefix(3))")
    #expect(live.differences.isEmpty, "\(live.differences.prefix(3))")
  }

  @Test("a limit of connections is no surprise: the one client here asks for many")
  func rates() throws {
    let folder = try TemporaryFolder()
    let site = """
      OSTYPE(`linux')dnl
      define(`confDOMAIN_NAME', `mail.test.example')dnl
      FEATURE(`access_db')dnl
      FEATURE(`ratecontrol')dnl
      FEATURE(`conncontrol')dnl
      FEATURE(`accept_unresolvable_domains')dnl
      MAILER(`local')dnl
      MAILER(`smtp')dnl

      """
    let path = try folder.write("sendmail.mc", site)
    try folder.write("access", "ClientRate:\t3\nClientConn:\t3\nConnect:192.0.2\tRELAY\n")
    try folder.write("aliases", "postmaster: root\n")
    let result = try run(
      Checkout.command("waybill"),
      ["build", path, "--tables", folder.path, "--validate", "-o", folder.path + "/out"])
    #expect(result.status == 0, "\(result)")
  }

  /// Changes one line of the Postfix side; what differs then.
  private func differences(
    changing file: String, _ change: (String) -> String
  ) throws -> (status: Int32, kinds: Set<String>) {
    let folder = try TemporaryFolder()
    let out = try built("debian", folder)
    let path = out + "/postfix/" + file
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let changed = change(text)
    #expect(changed != text)
    try changed.write(toFile: path, atomically: true, encoding: .utf8)
    let (status, live) = try compare(out, limit: 600)
    #expect(live.other.surprises.isEmpty, "\(live.other.surprises.prefix(3))")
    return (status, Set(live.differences.map(\.kind)))
  }

  @Test("another next hop is seen")
  func nextHop() throws {
    let (status, kinds) = try differences(changing: "transport") {
      $0.replacingOccurrences(of: "smtp:[", with: "smtp:[other.")
    }
    #expect(status == 1 && kinds.contains("place"), "\(kinds)")
  }

  @Test("headers that are no longer masqueraded are seen")
  func headers() throws {
    let (status, kinds) = try differences(changing: "main.cf") {
      $0.replacingOccurrences(of: "    header_sender,\n", with: "")
    }
    #expect(status == 1 && kinds.contains("headers"), "\(kinds)")
  }

  @Test("a build is validated by running it", arguments: [[], ["--postfix"]])
  func validates(_ words: [String]) throws {
    let folder = try TemporaryFolder()
    let example = Checkout.root + "/examples/debian"
    let result = try run(
      Checkout.command("waybill"),
      ["build", example + "/sendmail.mc", "--tables", example, "-o", folder.path + "/out", "--validate"] + words)
    #expect(result.status == 0, "\(result)")
    #expect(result.text.contains("all as its engine had said"), "\(result)")
    #expect(result.text.contains("0 differ") == !words.isEmpty, "\(result)")
  }

  @Test("routing tests hold of what the runtime does", arguments: ["debian", "example.edu"])
  func routes(_ site: String) throws {
    let result = try run(
      Checkout.command("waybill"), ["test", "--live", Checkout.root + "/examples/\(site)/routes.yaml"])
    #expect(result.status == 0 && result.text.contains("(live): all "), "\(result)")
  }

  @Test("a routing test that does not hold is found at its line", arguments: [true, false])
  func wrongRoute(_ isPostfix: Bool) throws {
    let folder = try TemporaryFolder()
    let out = try built("debian", folder)
    let file = try folder.write(
      "routes.yaml",
      """
      configuration: \(isPostfix ? out + "/postfix" : out + "/sendmail.cf")
      tables: \(out)
      tests:
        - to: boss@example.edu
          expect: { mailbox: emp0 }
        - to: nobody-here@example.edu
          expect: accept
        - to: x@lab.example.edu
          client: 127.0.0.1
          expect: { host: "[lab.example.edu]" }
      """)
    let result = try run(Checkout.command("waybill"), ["test", "--live", file])
    #expect(result.status == 1, "\(result)")
    for part in [":5:", "boss", ":7:", "550", "3 tests, 2 failed"] {
      #expect(result.text.contains(part), "\(part): \(result)")
    }
  }

  @Test("nothing to write is nothing to validate")
  func stdout() throws {
    let result = try run(
      Checkout.command("waybill"), ["build", Checkout.root + "/examples/debian/sendmail.mc", "--validate", "--stdout"])
    #expect(result.status == 64 && result.messageText.contains("--validate"), "\(result)")
  }

  @Test("Ctrl-C leaves no folder behind")
  func interrupted() throws {
    let folder = try TemporaryFolder()
    let out = try built("debian", folder)
    let temporary = folder.path + "/tmp"
    try FileManager.default.createDirectory(atPath: temporary, withIntermediateDirectories: false)
    let command = "'\(Checkout.command("waybill"))' compare --live '\(out)/sendmail.cf' '\(out)/postfix'"
    let line = "TMPDIR='\(temporary)' exec \(command) >'\(folder.path)/text' 2>&1"
    let group = try ProcessGroup("/bin/sh", ["-c", line])
    func folders() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? [] }
    let end = Date().addingTimeInterval(60)
    while folders().isEmpty, group.isRunning, Date() < end { usleep(5_000) }
    #expect(folders().count == 1)
    kill(group.identifier, SIGINT)
    while group.isRunning, Date() < end { usleep(20_000) }
    #expect(!group.isRunning && folders().isEmpty)
  }
}
