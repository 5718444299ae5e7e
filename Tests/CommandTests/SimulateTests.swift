// SimulateTests.swift: `waybill simulate site.yaml`, through the command itself.

import Foundation
import TestSupport
import Testing

@Suite("A whole organisation on loopback")
struct SimulateTests {
  private let folder: TemporaryFolder
  private static let example = Checkout.root + "/examples/organisation/site.yaml"

  init() throws { folder = try TemporaryFolder() }

  private func simulate(_ arguments: String..., site: String = example) throws -> RunResult {
    try run(
      Checkout.command("waybill"), ["simulate", site] + arguments, in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros", "TMPDIR": folder.path], seconds: 120)
  }

  /// The example with some changes.
  private func changed(_ changes: (String, String)...) throws -> String {
    var text = try String(contentsOfFile: Self.example, encoding: .utf8)
    for (old, new) in changes {
      let isThere = text.contains(old)
      #expect(isThere, "\(old)")
      text = text.replacingOccurrences(of: old, with: new)
    }
    return try folder.write("site.yaml", text)
  }

  // MARK: answers

  private struct Answer: Decodable {
    struct Hop: Decodable, Equatable {
      let by: String
      let address: String
      let with: String
    }
    struct Arrival: Decodable {
      let place: String
      let hops: [Hop]
    }
    struct Waiting: Decodable {
      let host: String
      let reason: String
    }
    struct Message: Decodable {
      let to: String
      let asWanted: Bool
      let arrived: [Arrival]
      let waiting: [Waiting]
      let returned: [String]
      let refused: String?
    }
    let hosts: Int
    let whileDown: [Message]?
    let messages: [Message]
  }

  private func answer(_ result: RunResult) throws -> Answer {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do { return try decoder.decode(Answer.self, from: Data(result.output)) } catch {
      Issue.record("\(error): \(result)")
      throw error
    }
  }

  // MARK: mail that arrives

  @Test("everybody gets a message where the site file says, and emp0's walks down the tree")
  func everybody() throws {
    let result = try simulate("--json")
    #expect(result.status == 0, "\(result)")
    let answer = try answer(result)
    #expect(answer.hosts == 5 && answer.messages.count == 7)
    let emp0 = try #require(answer.messages.first { $0.to == "emp0@example.edu" })
    #expect(emp0.arrived.map(\.place) == ["the mailbox of boss on mail.inf.bio.example.edu"])
    // Each host knows the one before by the address that it has in the site file.
    let hops = [
      ("mail.example.edu", "198.51.100.25"), ("mail.bio.example.edu", "192.0.2.1"),
      ("mail.inf.bio.example.edu", "192.0.2.20"),
    ]
    #expect(emp0.arrived.first?.hops == hops.map { Answer.Hop(by: $0.0, address: $0.1, with: "ESMTP") })
    #expect(answer.messages.allSatisfy { $0.asWanted && $0.waiting.isEmpty && $0.returned.isEmpty })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test("people read a table of the hops")
  func table() throws {
    let result = try simulate("--to", "emp0@example.edu")
    #expect(result.status == 0, "\(result)")
    for words in [
      "5 hosts up in ", "message 1 for emp0@example.edu from alice@example.net",
      "in the mailbox of boss on mail.inf.bio.example.edu", "1  mail.example.edu ",
      "from mail.bio.example.edu [192.0.2.20]  ESMTP", "1 of 1 message arrived where the site file says",
    ] {
      #expect(result.text.contains(words), "\(words): \(result)")
    }
  }

  @Test("mail for a host that is down waits at the one above, and arrives when it is up again")
  func hostDown() throws {
    let result = try simulate("--to", "emp0@example.edu", "--down", "mail.inf", "--svg", "way.svg")
    #expect(result.status == 0, "\(result)")
    let parts = result.text.components(separatedBy: "mail.inf.bio.example.edu is up again\n")
    try #require(parts.count == 2, "\(result)")
    #expect(parts[0].contains("mail.inf.bio.example.edu is down\n"))
    #expect(
      parts[0].contains(
        "waits at mail.bio.example.edu for The.Boss@bio.example.edu: 451 4.4.1 Connection refused by mail.inf.bio"),
      "\(result)")
    #expect(!parts[0].contains("in the mailbox of boss"))
    #expect(parts[1].contains("in the mailbox of boss on mail.inf.bio.example.edu"))
    #expect(!parts[1].contains("waits at"))
    let picture = try String(contentsOfFile: folder.path + "/way.svg", encoding: .utf8)
    #expect(picture.hasPrefix("<svg ") && picture.contains("3. boss@inf.bio.example.edu"), "\(picture)")
  }

  @Test("strangers use the backup while a domain's own host is down")
  func backup() throws {
    let result = try simulate("--to", "boss@inf.bio.example.edu", "--down", "mail.inf", "--json")
    #expect(result.status == 0, "\(result)")
    let answer = try answer(result)
    #expect(answer.whileDown?.first?.waiting.map(\.host) == ["mail.bio.example.edu"], "\(result)")
    #expect(
      answer.messages.first?.arrived.first?.hops.map(\.by) == ["mail.bio.example.edu", "mail.inf.bio.example.edu"])
  }

  @Test("mail from inside goes out by the hosts above")
  func out() throws {
    let result = try simulate("--from", "turing@cs.example.edu", "--to", "ann@home.example", "--json")
    #expect(result.status == 0, "\(result)")
    let hops = try answer(result).messages.first?.arrived.first?.hops
    #expect(hops?.map(\.by) == ["mail.cs.example.edu", "mail.example.edu", "out.example.net"], "\(result)")
    #expect(hops?.map(\.address) == ["127.0.0.1", "192.0.2.10", "192.0.2.1"], "\(result)")
    let there = try simulate("--at", "mail.po", "--to", "turing@cs.example.edu")
    #expect(there.status == 0 && there.text.contains("from someone@mail.po.bio.example.edu, written on mail.po"))
  }

  @Test(
    "other kinds of sites",
    arguments: [
      "system: postfix", "inbound: top", "inbound: top\noutside: closed-port", "inbound: top\nsystem: postfix",
    ])
  func kinds(_ lines: String) throws {
    let site = try changed(
      ("masquerade: domain", "masquerade: domain\n\(lines)"),
      (
        "hosts: { mail: { address: 192.0.2.20 } }",
        "hosts: { mail: { address: 192.0.2.20 }, box: { address: '2001:db8::21', system: lmtp } }"
      ),
      ("      The.Boss: boss@", "      gregor: mailbox\n      The.Boss: boss@"),
      (
        "darwin: mailbox",
        "darwin: { account: darwin, forward: [turing@cs.example.edu, d@home.example], by: user, keep: yes }"
      ))
    let result = try simulate("--json", site: site)
    #expect(result.status == 0, "\(result)")
    let messages = try answer(result).messages
    let gregor = try #require(messages.first { $0.to.hasPrefix("gregor") }?.arrived.first)
    #expect(gregor.place == "the mailbox of gregor on box.bio.example.edu" && gregor.hops.last?.with == "LMTP")
    let darwin = try #require(messages.first { $0.to.hasPrefix("darwin") })
    #expect(darwin.arrived.count == 3, "\(result)")
    let first = lines.hasPrefix("inbound") ? "mail.example.edu" : "mail.bio.example.edu"
    #expect(gregor.hops.first?.by == first)
  }

  // MARK: mail that does not

  @Test("a host that refuses what check does not ask about")
  func refusal() throws {
    let site = try changed(
      (
        "people: { boss: mailbox }",
        "people: { boss: mailbox }\n        mc: \"define(`confMAX_MESSAGE_SIZE', `50')dnl\""
      ))
    let check = try run(
      Checkout.command("waybill"), ["check", site], environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
    #expect(check.status == 0, "\(check)")
    let result = try simulate("--to", "emp0@example.edu", "--patience", "3", site: site)
    #expect(result.status == 1, "\(result)")
    #expect(result.messageText.contains("site.yaml:10:3: error: mail for emp0@example.edu did not arrive"), "\(result)")
    #expect(result.messageText.contains("it came back: ") && result.text.contains("552"), "\(result)")
    #expect(result.text.contains("0 of 1 message arrived"))
  }

  @Test("a mailbox that cannot be written")
  func mailbox() throws {
    let folder = try TemporaryFolder()
    try folder.write("state/mail.cs.example.edu/mail/turing/file", "")
    let result = try simulate(
      "--to", "turing@cs.example.edu", "--state", folder.path, "--patience", "2", "--json")
    #expect(result.status == 1, "\(result)")
    let message = try #require(try answer(result).messages.first)
    #expect(message.arrived.isEmpty && message.waiting.count + message.returned.count == 1, "\(result)")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/hosts/mail.cs.example.edu/postfix/main.cf"))
  }

  @Test("nobody of that name is refused at the door")
  func nobody() throws {
    let result = try simulate("--to", "nobody@cs.example.edu", "--patience", "2")
    #expect(result.status == 1 && result.text.contains("refused when it was handed in: 550 5.1.1"), "\(result)")
  }

  // MARK: bad input, and the end

  @Test(
    "what cannot be read is said, with a hint",
    arguments: [
      (["missing.yaml"], 66, "cannot read missing.yaml"), (["broken.yaml"], 65, "broken.yaml:2:1"),
      ([example, "--down", "mail.ing.bio.example.edu"], 65, "did you mean mail.inf.bio.example.edu?"),
      ([example, "--down", "mail"], 65, "mail may be any of mail.example.edu, mail.cs"),
      ([example, "--at", ""], 65, "is no host of the organisation"),
      ([example, "--to", "boss"], 65, "\"boss\" is no address"),
      ([example, "--to", "a<b@example.edu"], 65, "is no address"),
      ([example, "--to", "x@remote.example"], 65, "give --from or --at"),
      ([example, "--patience", "0"], 64, "--patience"), ([example, "--to"], 64, "--to"),
      ([example, "--to", "turing@cs.example.edu", "--svg", "no/such/folder.svg"], 73, "no/such/folder.svg"),
    ])
  func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
    try folder.write("broken.yaml", "organisation: [\n")
    let result = try run(
      Checkout.command("waybill"), ["simulate"] + arguments, in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros"])
    #expect(result.status == status && result.messageText.contains(words), "\(result)")
  }

  @Test("a signal ends it, and nothing is left", arguments: ["INT", "TERM"])
  func signal(_ name: String) throws {
    let site = try changed(("darwin: mailbox }", "darwin: mailbox }\n        access: { 'To:darwin@': DISCARD }"))
    try folder.write("tmp/.keep", "")
    // The message is thrown away, and patience is long.
    let script = """
      trap - INT; "$0" simulate "$1" --to darwin@po.bio.example.edu --patience 600 > out 2>&1 &
      pid=$!; n=0
      while ! grep -q 'hosts up' out && [ $n -lt 300 ]; do sleep 0.1; n=$((n+1)); done
      sleep 0.5; kill -\(name) $pid; wait $pid; echo "ended $?"
      """
    let result = try run(
      "/bin/bash", ["-mc", script, Checkout.command("waybill"), site], in: folder.path,
      environment: ["WAYBILL_LIBRARY": Checkout.root + "/macros", "TMPDIR": folder.path + "/tmp"], seconds: 180)
    // 75 where whoever runs the tests holds signals back from their programs.
    let statuses = [name == "INT" ? 130 : 143, 75]
    #expect(statuses.contains { result.text.contains("ended \($0)\n") }, "\(result)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/tmp") == [".keep"])
  }
}
