// SiteTests.swift: `waybill build site.yaml` and `waybill check site.yaml`, through the commands themselves.

import Foundation
import TestSupport
import Testing

@Suite("An organisation's hosts")
struct SiteCommandTests {
  private let folder: TemporaryFolder
  private static let example = Checkout.root + "/examples/organisation/site.yaml"

  init() throws { folder = try TemporaryFolder() }

  private func waybill(_ arguments: String...) throws -> RunResult { try waybill(arguments) }

  private func waybill(_ arguments: [String]) throws -> RunResult {
    try run(
      Checkout.command("waybill"), arguments, in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
  }

  /// The example with one change.
  private func changed(_ old: String, _ new: String) throws -> String {
    let text = try String(contentsOfFile: Self.example, encoding: .utf8)
    let isThere = text.contains(old)
    #expect(isThere)
    return try folder.write("site.yaml", text.replacingOccurrences(of: old, with: new))
  }

  private func files(_ name: String) throws -> [String: Data] {
    let root = folder.path + "/" + name
    let names = try FileManager.default.subpathsOfDirectory(atPath: root)
    let files = names.filter { name in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
    }
    return Dictionary(
      uniqueKeysWithValues: files.map { ($0, FileManager.default.contents(atPath: root + "/" + $0) ?? Data()) })
  }

  @Test("each host gets what it needs, with digests; the same input gives the same bytes")
  func build() throws {
    let built = try waybill("build", Self.example, "-o", "out")
    #expect(built.status == 0, "\(built)")
    let files = try files("out")
    for name in [
      "hosts/mail.example.edu/sendmail.cf", "hosts/mail.example.edu/mailertable.db",
      "hosts/mail.cs.example.edu/postfix/main.cf",
      "zones/inside/inf.bio.example.edu.zone", "zones/outside/example.edu.zone", "manifest",
    ] {
      #expect(files[name] != nil, "\(name)")
    }
    let sums = try run("/usr/bin/sha256sum", ["--check", "--quiet", "manifest"], in: folder.path + "/out")
    #expect(sums.status == 0 && sums.text.isEmpty, "\(sums)")
    // Memory that nobody has filled holds something else each time.
    let other = try run(
      Checkout.command("waybill"), ["build", Self.example, "-o", "again"], in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros", "MALLOC_PERTURB_": "165"])
    #expect(other.status == 0, "\(other)")
    let again = try self.files("again")
    let names = Set(files.keys).union(again.keys)
    let differing = names.filter { files[$0] != again[$0] }.sorted()
    #expect(differing == [])
  }

  @Test("what the site file promises holds of every host, under either system", arguments: ["sendmail", "postfix"])
  func routes(_ system: String) throws {
    let site = try changed("outbound: up", "outbound: up\nsystem: \(system)")
    #expect(try waybill("build", site, "-o", "out").status == 0)
    let hosts = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/out/hosts").sorted()
    #expect(hosts.count == 5)
    let tests = hosts.map { "out/hosts/\($0)/routes.yaml" }
    let result = try run(Checkout.command("waybill"), ["test"] + tests, in: folder.path)
    #expect(result.status == 0, "\(result)")
  }

  @Test("mail goes everywhere as the site file says", arguments: ["inbound: direct", "inbound: top", "outbound: top"])
  func check(_ flow: String) throws {
    let isIn = flow.hasPrefix("inbound")
    let site = try changed(isIn ? "masquerade: domain" : "outbound: up", isIn ? "masquerade: domain\n\(flow)" : flow)
    let result = try waybill("check", site)
    #expect(result.status == 0 && result.text.contains("no faults"), "\(result)")
  }

  @Test("a host that strangers reach although mail comes in at the top is found")
  func reachable() throws {
    let open = "mc: |\n  LOCAL_RULESETS\n  SLocal_check_relay\n  R$*\t$@ OK\n"
    let site = try changed("masquerade: domain", "masquerade: domain\ninbound: top\n" + open)
    let result = try waybill("check", site)
    #expect(
      result.status == 78 && result.messageText.contains("mail.po.bio.example.edu takes mail from strangers"),
      "\(result)")
  }

  /// Faults that only the hosts' configurations show.
  @Test(
    "what goes wrong between hosts is shown with its hops",
    arguments: [
      (
        "hosts: { mail: { address: 192.0.2.30 } }",
        "hosts: { mail: { address: 192.0.2.30 } }\n        mc: |\n          LOCAL_RULE_0\n          R$* $=w . $*\\t\\t$#relay $@ mail.bio.example.edu $: $1 $2 $3\n",
        "goes round between hosts"
      ),
      ("masquerade: domain", "masquerade: domain\nmc: \"FEATURE(`promiscuous_relay')dnl\"", "is an open relay"),
      (
        "people: { darwin: mailbox }", "people: { darwin: mailbox }\n        access: { 'To:darwin@': REJECT }",
        "refuses mail for darwin@po.bio.example.edu"
      ),
    ])
  func faults(_ old: String, _ new: String, _ words: String) throws {
    let site = try changed(old, new.replacingOccurrences(of: "\\t", with: "\t"))
    let result = try waybill("check", site)
    #expect(result.status == 78 && result.messageText.contains(words), "\(result)")
    #expect(result.messageText.contains(" has it for "), "\(result)")
  }

  @Test("pictures of all ways, and of one address's, with a host that is down")
  func pictures() throws {
    let all = try waybill("graph", Self.example)
    #expect(all.status == 0 && all.text.hasPrefix("<svg ") && all.text.hasSuffix("</svg>\n"), "\(all)")
    for host in ["mail.example.edu", "mail.inf.bio.example.edu"] { #expect(all.text.contains(">\(host)</text>")) }
    let way = try waybill("graph", Self.example, "--address", "emp0@example.edu", "--format", "dot")
    for part in ["1. emp0@example.edu", "2. The.Boss@bio.example.edu", "3. boss@inf.bio.example.edu", "mailbox"] {
      #expect(way.text.contains(part), "\(part): \(way)")
    }
    let down = try waybill(
      "graph", Self.example, "--address", "emp0@example.edu", "--down", "mail.inf.bio.example.edu", "--format",
      "mermaid")
    #expect(down.text.contains("waits for [mail.inf.bio.example.edu]"), "\(down)")
    let unknown = try waybill("graph", Self.example, "--address", "x@example.edu", "--down", "mail.ing.bio.example.edu")
    #expect(unknown.status == 65 && unknown.messageText.contains("did you mean mail.inf.bio"), "\(unknown)")
  }

  @Test("pictures of one host under a .mc, a .cf and a main.cf, and of one address there")
  func hostPictures() throws {
    let debian = Checkout.root + "/examples/debian"
    #expect(try waybill("build", debian + "/sendmail.mc", "--tables", debian, "--postfix", "-o", "out").status == 0)
    for configuration in [debian + "/sendmail.mc", "out/sendmail.cf", "out/postfix"] {
      let all = try waybill("graph", configuration, "--format", "dot")
      #expect(all.status == 0 && all.text.contains("mailertable") || all.text.contains("transport_maps"), "\(all)")
      let address = ["--address", "nosuch@example.edu", "--format", "mermaid"]
      let tables = configuration.hasSuffix("postfix") ? [] : ["--tables", debian]
      let way = try waybill(["graph", configuration] + address + tables)
      #expect(way.status == 0 && way.text.contains("550 5.1.1 "), "\(way)")
    }
    let misplaced = try waybill("graph", "out/sendmail.cf", "--address", "x@example.edu", "--down", "mail.example.edu")
    #expect(misplaced.status == 65 && misplaced.messageText.contains("no site file"), "\(misplaced)")
    let missing = try waybill("graph", "nosuch.cf")
    #expect(missing.status == 66 && missing.output.isEmpty, "\(missing)")
  }

  @Test(
    "a fault in lines of m4 is told where the site file has them",
    arguments: [
      ("mc: \"FEATURE(`mailertabel')\"", "site.yaml:31:23: error"),
      ("mc: |\n          define(`X', `y')dnl\n          FEATURE(`mailertabel')", "site.yaml:33:20: error"),
      ("mc: \"dnl\\nFEATURE(`mailer\\x74abel')\"", "site.yaml:31:13: error"),
    ])
  func linesOfM4(_ lines: String, _ place: String) throws {
    let site = try changed("people: { darwin: mailbox }", "people: { darwin: mailbox }\n        \(lines)\n")
    let result = try waybill("build", site, "-o", "out")
    #expect(result.status == 65 && result.messageText.contains(place), "\(result)")
  }

  @Test("a fault leaves what was there")
  func nothingWritten() throws {
    #expect(try waybill("build", Self.example, "-o", "out").status == 0)
    let before = try files("out")
    let site = try changed(
      "people: { darwin: mailbox }", "people: { darwin: mailbox }\n        mc: \"FEATURE(`mailertabel')\"")
    let result = try waybill("build", site, "-o", "out")
    #expect(result.status == 65, "\(result)")
    #expect(try files("out") == before)
  }
}
