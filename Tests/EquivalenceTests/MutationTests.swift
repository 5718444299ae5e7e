// MutationTests.swift: `waybill compare` finds what somebody changed.
//
// Each example is built with its Postfix side. Untouched the two are alike; then
// one line of one produced file is edited, and compare has to say so. Last the file
// is put back.

import Foundation
import TestSupport
import Testing

/// One edit of one produced file.
struct Edit: Sendable, CustomTestStringConvertible {
  var site: String
  var file: String
  var from: String
  var to: String

  var testDescription: String { "\(site)/\(file): '\(from)' to '\(to)'" }

  init(_ site: String, _ file: String, _ from: String, _ to: String) {
    self.site = site
    self.file = file
    self.from = from
    self.to = to
  }

  static let all: [Edit] = [
    Edit("debian", "postfix/transport", "smtp:[gate.lab.example.edu]", "smtp:[gate.lab.example.org]"),
    Edit("debian", "postfix/transport", "smtp:[lab.example.edu]", "smtp:lab.example.edu"),
    Edit("debian", "postfix/aliases", "boss, emp0, visitor@", "boss, visitor@"),
    Edit("debian", "postfix/aliases", "root:\t\tboss", "root:\t\temp0"),
    Edit("debian", "postfix/virtual", "games@lab.example.edu", "game@lab.example.edu"),
    Edit("debian", "postfix/generics", "First.Employee@", "Second.Employee@"),
    Edit("debian", "postfix/client_networks", "198.51.100.66/32", "198.51.100.67/32"),
    Edit("debian", "postfix/sender_access", "spammer@bulk.example", "spamer@bulk.example"),
    Edit("debian", "postfix/recipient_access", "noreply@example.edu", "noreply@example.org"),
    Edit("debian", "postfix/main.cf", "message_size_limit = 26214400", "message_size_limit = 26214401"),
    Edit("debian", "postfix/main.cf", "relayhost = [relay.example.edu]", "relayhost = relay.example.edu"),
    Edit("debian", "postfix/main.cf", "recipient_delimiter = +", "recipient_delimiter = -"),
    Edit("debian", "postfix/main.cf", "192.0.2.0/24", "192.0.3.0/24"),
    Edit("debian", "postfix/main.cf", "hopcount_limit = 100", "hopcount_limit = 10"),
    Edit("debian", "postfix/main.cf", "delay_warning_time = 8h", "delay_warning_time = 8d"),
    Edit("debian", "postfix/main.cf", "mailbox_command = /usr/sbin/sensible-mda", "mailbox_command = /bin/false"),
    Edit("debian", "postfix/main.cf", "disable_vrfy_command = yes", ""),
    Edit("debian", "postfix/main.cf", "reject_invalid_helo_hostname", ""),
    Edit("debian", "postfix/main.cf", "    regexp:$config_directory/redirect", ""),
    Edit("debian", "postfix/main.cf", "192.0.2.0/24", "192.0.2.0/25"),
    Edit("debian", "postfix/main.cf", "local_header_rewrite_clients = static:all", ""),
    Edit("debian", "postfix/main.cf", "forward_path = $home/.forward", ""),
    Edit("example.edu", "postfix/main.cf", "expand_owner_alias = yes", ""),
    Edit("debian", "postfix/main.cf", "biff = no", "biff = no\nsmtpd_milters = inet:127.0.0.1:8891"),
    Edit("debian", "postfix/main.cf", "biff = no", "biff = no\nalways_bcc = spy@example.net"),
    Edit("debian", "postfix/master.cf", "127.0.0.1:submission inet", "submission inet"),
    Edit("debian", "postfix/master.cf", "-o smtpd_etrn_restrictions=reject", "-o smtpd_etrn_restrictions=permit"),
    Edit("debian", "postfix/client_networks", "sends nothing but junk", "is welcome"),
    Edit("debian", "sendmail.cf", "DMexample.edu", "DMexample.org"),
    Edit("debian", "sendmail.cf", "O MaxHopCount=100", "O MaxHopCount=7"),
    Edit("debian", "sendmail.cf", "O Timeout.queuewarn=8h", "O Timeout.queuewarn=9h"),
    Edit("debian", "sendmail.cf", "Port=submission", "Port=2525"),
    Edit("debian", "local-host-names", "www.example.edu", "web.example.edu"),
    Edit("example.edu", "postfix/transport", "smtp:[mail.bio.example.edu]", "smtp:[mail2.bio.example.edu]"),
    Edit("example.edu", "postfix/aliases", "The.Boss@bio.example.edu", "The.Boss@cs.example.edu"),
    Edit("example.edu", "postfix/sender_access", "flood@example.com", "flod@example.com"),
    Edit("example.edu", "postfix/masquerade", "@example.edu", "@example.org"),
    Edit("example.edu", "postfix/main.cf", "    .example.edu", "    .example.org"),
    Edit("example.edu", "aliases", "emp2:\t\temp1, darwin@", "emp2:\t\temp1, wallace@"),
    Edit("example.edu", "sendmail.cf", "Kmailertable hash", "Kmailertable null"),
  ]
}

/// An example, built.
private struct BuiltSite {
  let folder: TemporaryFolder

  init(_ name: String) throws {
    folder = try TemporaryFolder()
    let source = Checkout.root + "/examples/" + name
    let made = try run(
      Checkout.command("waybill"),
      ["build", source + "/sendmail.mc", "--tables", source, "--postfix", "-o", folder.path])
    try #require(made.status == 0, "\(made)")
  }

  func compare(_ arguments: [String] = []) throws -> RunResult {
    try run(
      Checkout.command("waybill"), ["compare", folder.path + "/sendmail.cf", folder.path + "/postfix"] + arguments)
  }
}

@Suite("waybill compare", .serialized)
struct MutationTests {
  @Test("an example and its translation are alike", arguments: ["debian", "example.edu"])
  func alike(_ name: String) throws {
    let result = try BuiltSite(name).compare()
    #expect(result.status == 0, "\(result)")
    #expect(result.messages.isEmpty, "\(result)")
    let asked = result.text.split(separator: " ").first.flatMap { Int($0) }
    #expect((asked ?? 0) >= 200, "\(result)")
  }

  @Test("every edit is found", arguments: ["debian", "example.edu"])
  func found(_ name: String) throws {
    let site = try BuiltSite(name)
    let edits = Edit.all.filter { $0.site == name }
    #expect(Edit.all.count >= 20)
    for edit in edits {
      let path = site.folder.path + "/" + edit.file
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let edited = text.replacingOccurrences(of: edit.from, with: edit.to)
      #expect(edited != text, "\(edit.testDescription): there is nothing to edit")
      try edited.write(toFile: path, atomically: false, encoding: .utf8)
      defer { try? text.write(toFile: path, atomically: false, encoding: .utf8) }
      let result = try site.compare(["--show", "0"])
      #expect(result.status == 1, "\(edit.testDescription): \(result)")
      let isShown = result.text.contains("\n1. ") || result.text.contains(" that no envelope shows ")
      #expect(isShown, "\(edit.testDescription): \(result)")
    }
  }

  @Test("a difference is shown with both answers and both traces, and as JSON")
  func shown() throws {
    let site = try BuiltSite("example.edu")
    let path = site.folder.path + "/postfix/transport"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacingOccurrences(of: "[mail.bio.", with: "[other.bio.")
      .write(toFile: path, atomically: false, encoding: .utf8)
    let plain = try site.compare()
    for part in [
      "the mail goes elsewhere", "[mail.bio.example.edu]", "[other.bio.example.edu]", "map mailertable: ",
      "transport_maps hash:", "asked for ",
    ] {
      #expect(plain.text.contains(part), "\(part)")
    }
    // A person sees what decides; the rest is a flag away.
    let whole = try site.compare(["--all-steps"])
    let lines = plain.text.split(separator: "\n")
    #expect(plain.text.contains("--all-steps shows them"))
    #expect(!whole.text.contains("--all-steps") && whole.text.contains(" canonify <- "))
    #expect(lines.count * 3 < whole.text.split(separator: "\n").count)
    #expect(lines.count { $0.contains(" more steps; ") } == lines.count { $0.contains(" (sendmail)") })
    let json = try site.compare(["--json"])
    #expect(json.status == 1)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output)) as? [String: Any])
    let differences = try #require(object["differences"] as? [[String: Any]])
    #expect(differences.count > 1)
    #expect(differences.allSatisfy { $0["kind"] as? String == "place" })
    #expect((object["asked"] as? Int ?? 0) > differences.count)
  }

  @Test("the user's own envelopes are asked, too")
  func own() throws {
    let site = try BuiltSite("example.edu")
    try site.folder.write("mine", "# mine\n<> emp0@example.edu 198.51.100.7 pc.far.example\n")
    let result = try site.compare(["--limit", "0", "--envelopes", site.folder.path + "/mine", "--recipient", "emp1"])
    #expect(result.status == 0, "\(result)")
    #expect(result.text.hasPrefix("2 envelopes "), "\(result)")
    try site.folder.write("bad", "only@one.example\n")
    let bad = try site.compare(["--envelopes", site.folder.path + "/bad"])
    #expect(bad.status == 65)
    #expect(String(decoding: bad.messages, as: UTF8.self).contains("/bad:1:1: error: "), "\(bad)")
  }

  @Test("two sendmail configurations, and two that are one")
  func sameSide() throws {
    let site = try BuiltSite("example.edu")
    let own = try run(
      Checkout.command("waybill"),
      ["compare", site.folder.path + "/sendmail.cf", Checkout.root + "/examples/example.edu/sendmail.mc"])
    #expect(own.status == 0, "\(own)")
    let postfix = site.folder.path + "/postfix"
    #expect(try run(Checkout.command("waybill"), ["compare", postfix, postfix + "/main.cf"]).status == 0)
  }

  @Test("what an inline table says of one address")
  func inlineTables() throws {
    let folder = try TemporaryFolder()
    for (name, copy) in [("one", ""), ("other", "sender_bcc_maps = inline:{{someone@far.example=spy@far.example}}\n")] {
      try folder.write(
        name + "/main.cf", "compatibility_level = 3.6\nmyhostname = mail.test.example\nalias_maps =\n" + copy)
    }
    let result = try run(Checkout.command("waybill"), ["compare", folder.path + "/one", folder.path + "/other"])
    #expect(result.status == 1 && result.text.contains("\n1. the mail "), "\(result)")
  }

  @Test("an alias that leads to another account, which this host has not either", arguments: [1, 2])
  func unknownAccounts(_ number: Int32) throws {
    let folder = try TemporaryFolder()
    for (name, reader) in [("one", "no-account-1"), ("other", "no-account-\(number)")] {
      try folder.write(
        name + "/main.cf",
        "compatibility_level = 3.6\nmyhostname = mail.test.example\nalias_maps = hash:$config_directory/aliases\n")
      try folder.write(name + "/aliases", "postmaster: root\nroot: \(reader)\n")
    }
    let result = try run(Checkout.command("waybill"), ["compare", folder.path + "/one", folder.path + "/other"])
    #expect(result.status == number - 1, "\(result)")
  }

  @Test("a configuration that is not there", arguments: ["nowhere", "empty", "nowhere.mc"])
  func missing(_ name: String) throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/empty", withIntermediateDirectories: true)
    let result = try run(
      Checkout.command("waybill"),
      ["compare", folder.path + "/" + name, Checkout.root + "/examples/debian/sendmail.mc"])
    #expect(result.status == 66)
    #expect(result.output.isEmpty)
    #expect(String(decoding: result.messages, as: UTF8.self).contains(name))
  }
}
