// SitePeerTests.swift: the hosts of a site file, loaded by the programs that they were made for.
//
// What the real programs say of the next hop is held against what our engines say, whom
// `waybill check site.yaml` asks.

import Foundation
import TestSupport
import Testing

/// The hosts of a site, built once for a test.
private struct BuiltOrganisation {
  let folder: TemporaryFolder
  static let example = Checkout.root + "/examples/organisation/site.yaml"

  /// - Parameter changes: texts of the example and what stands in their place.
  init(_ changes: [(String, String)] = []) throws {
    folder = try TemporaryFolder()
    var text = try String(contentsOfFile: Self.example, encoding: .utf8)
    for (old, new) in changes {
      try #require(text.contains(old))
      text = text.replacingOccurrences(of: old, with: new)
    }
    try folder.write("site.yaml", text)
    let result = try run(
      Checkout.command("waybill"), ["build", "site.yaml", "-o", "."], in: folder.path, environment: Self.environment)
    try #require(result.status == 0, "\(result)")
  }

  private static let environment: [String: String?] = ["WAYBILL_LIBRARY": Checkout.root + "/macros"]

  func host(_ name: String) -> String { folder.path + "/hosts/" + name }

  var hosts: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path + "/hosts").sorted() }
  }

  private struct Answer: Decodable {
    struct Delivery: Decodable {
      let mailer: String
      let host: String
      let user: String
    }
    let deliveries: [Delivery]
  }

  /// What our engine does with mail of a client in the organisation, as `transport, host`.
  func engine(_ name: String, _ addresses: [String]) throws -> [[String]] {
    let isPostfix = FileManager.default.fileExists(atPath: host(name) + "/postfix/main.cf")
    let configuration = host(name) + (isPostfix ? "/postfix" : "/sendmail.cf")
    let result = try run(
      Checkout.command("waybill"),
      ["trace", "--json", "--brief", "--config", configuration, "--tables", host(name), "--client", "192.0.2.77"]
        + addresses, environment: Self.environment)
    try #require(result.status == 0, "\(result)")
    return try result.text.split(separator: "\n").map { line in
      try JSONDecoder().decode(Answer.self, from: Data(line.utf8)).deliveries.map { "\($0.mailer), \($0.host)" }
    }
  }
}

private let addresses = [
  "emp0@example.edu", "postmaster@example.edu", "turing@cs.example.edu", "The.Boss@bio.example.edu",
  "boss@inf.bio.example.edu", "darwin@po.bio.example.edu", "postmaster@po.bio.example.edu", "x@remote.example",
]

@Suite(
  "Hosts of a site in the real sendmail", .enabled(if: Peer.sendmail.isWanted, "\(Peer.sendmail.hint)"),
  .enabled(if: isRoot, "\(rootHint)"))
struct SiteSendmailTests {
  @Test("each loads, parses addresses as our -bt does, and hands mail on where our engine does")
  func hosts() throws {
    let built = try BuiltOrganisation()
    var handedOn = 0
    let hosts = try built.hosts.filter { !$0.hasPrefix("mail.cs.") }
    #expect(hosts.count == 4)
    for name in hosts {
      let real = try SendmailHost(built: built.host(name))
      let commands = addresses.map { "/parse \($0)\n" }.joined()
      let parsed = try real.run(["-bt"], input: Array(commands.utf8))
      #expect(parsed.status == 0 && parsed.messages.isEmpty, "\(name): \(parsed)")
      let ours = try run(
        Checkout.command("sendmail"), ["-C", real.configuration, "-bt"], input: Array(commands.utf8))
      #expect(results(parsed) == results(ours), "\(name)")
      #expect(results(parsed).count == addresses.count, "\(name): \(parsed)")
      // After aliases: mail for mailboxes needs accounts that this machine has not.
      for (address, ways) in zip(addresses, try built.engine(name, addresses)) {
        guard ways.count == 1, !ways[0].hasPrefix("local,") else { continue }
        let verified = try real.verify([address])
        let way = verified.last { $0.contains("deliverable: mailer ") }?.components(separatedBy: "deliverable: mailer ")
          .last
        let words = way?.components(separatedBy: ", ") ?? []
        #expect(
          words.count == 3 && ways == ["\(words[0]), \(words[1].replacingOccurrences(of: "host ", with: ""))"],
          "\(name), \(address): \(ways), sendmail: \(verified)")
        handedOn += 1
      }
    }
    #expect(handedOn >= 15, "\(handedOn)")
  }

  @Test("a user's .forward is found by the macros of ForwardPath")
  func forwardFile() throws {
    let built = try BuiltOrganisation()
    let host = built.host("mail.po.bio.example.edu")
    let text = try String(contentsOfFile: host + "/sendmail.cf", encoding: .utf8)
    let changed = text.replacing(#/\nO ForwardPath=.*/#, with: "\nO ForwardPath=/etc/mail/forward/$u:$z/none")
    try built.folder.write("hosts/mail.po.bio.example.edu/sendmail.cf", changed)
    try built.folder.write("hosts/mail.po.bio.example.edu/forward/bin", "far@remote.example\n")
    try built.folder.write("hosts/mail.po.bio.example.edu/passwd", "bin:x:2:2:bin:/bin:/usr/sbin/nologin\n")
    let real = try SendmailHost(built: host)
    // It is read as that user.
    for path in ["", "/mail", "/mail/forward"] { chmod(real.folder.path + path, 0o755) }
    let verified = try real.verify(["bin@po.bio.example.edu"])
    #expect(
      verified == [
        "far@remote.example... deliverable: mailer relay, host [mail.bio.example.edu], user far@remote.example"
      ])
    #expect(
      try built.engine("mail.po.bio.example.edu", ["bin@po.bio.example.edu"]) == [["relay, [mail.bio.example.edu]"]])
  }

  private func results(_ run: RunResult) -> [String] {
    run.text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("mailer ") || $0.contains("...") }
  }
}

@Suite(
  "Hosts of a site in the real Postfix", .serialized,
  .enabled(if: Peer.postfix.isWanted, "\(Peer.postfix.hint)"), .enabled(if: isRoot, "a private Postfix needs root"))
struct SitePostfixTests {
  /// What keeps a private instance to itself.
  private static let withheld = [
    "compatibility_level", "inet_interfaces", "inet_protocols", "alias_maps", "alias_database", "default_privs",
    "smtpd_timeout", "queue_minfree", "mailbox_command", "config_directory",
  ]

  /// A folder as Postfix would have it in /etc/postfix, on this machine.
  private func placed(_ built: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in try FileManager.default.contentsOfDirectory(atPath: built) {
      try folder.write(name, [UInt8](FileManager.default.contents(atPath: built + "/" + name) ?? Data()))
    }
    let own =
      "mail_owner = daemon\nsetgid_group = mail\nshlib_directory = \(Peer.folder)/root/usr/lib/postfix\n"
      + "meta_directory = \(folder.path)\n"
    let main = try String(contentsOfFile: built + "/main.cf", encoding: .utf8)
    try folder.write("main.cf", main + "\n" + own)
    try folder.write("dynamicmaps.cf", "")
    folder.age("main.cf")
    return folder
  }

  private func start(_ built: String) throws -> PostfixInstance {
    let folder = try placed(built)
    let settings = try Peer.postconf.run(["-c", folder.path, "-n"]).text.split(separator: "\n").filter { line in
      let name = line.prefix { $0 != " " }
      let own = ["mail_owner", "setgid_group", "shlib_directory", "meta_directory"]
      return !(Self.withheld + own).contains(String(name))
    }
    var files: [String: String] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: built)
    where !["main.cf", "master.cf"].contains(name) && !name.hasPrefix("report.") {
      files[name] = try String(contentsOfFile: built + "/" + name, encoding: .utf8)
    }
    // Accounts are not this machine's, and names have no DNS.
    let main = settings.joined(separator: "\n").replacingOccurrences(of: "reject_unknown_sender_domain,", with: "")
    let instance = try PostfixInstance(
      main: main + "\nalias_maps =\nalias_database =\nlocal_recipient_maps =\n", files: files)
    let tables = Set(
      main.components(separatedBy: "hash:$config_directory/").dropFirst().map { rest in
        "hash:" + rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      }
    ).subtracting(["hash:aliases"])
    try instance.postmap(tables.sorted())
    if files["aliases"] != nil { try instance.postalias(["hash:aliases"]) }
    try instance.start()
    return instance
  }

  /// Everything by Postfix, closed to strangers, with mailboxes on a host that is reached by LMTP.
  private static let changes = [
    ("masquerade: domain", "masquerade: domain\ninbound: top\nsystem: postfix"),
    (
      "hosts: { mail: { address: 192.0.2.20 } }",
      "hosts: { mail: { address: 192.0.2.20 }, box: { address: 192.0.2.21, system: lmtp } }"
    ), ("      The.Boss: boss@", "      gregor: mailbox\n      The.Boss: boss@"),
  ]

  @Test("each loads without a word, whatever tables it has")
  func loads() throws {
    let built = try BuiltOrganisation(Self.changes)
    #expect(try built.hosts.count == 5)
    for name in try built.hosts {
      let folder = try placed(built.host(name) + "/postfix")
      for arguments in [["-n"], ["-M"], ["-P"]] {
        let result = try Peer.postconf.run(["-c", folder.path] + arguments)
        #expect(result.status == 0 && result.messages.isEmpty, "\(name): \(result)")
      }
    }
  }

  @Test("mail from inside is handed on where our engine says")
  func routes() throws {
    let built = try BuiltOrganisation(Self.changes)
    let asked = addresses + ["gregor@box.bio.example.edu"]
    for name in ["mail.example.edu", "mail.bio.example.edu", "mail.cs.example.edu"] {
      let instance = try start(built.host(name) + "/postfix")
      let session = try SMTPSession(port: instance.port)
      for line in ["EHLO inside.example", "XCLIENT ADDR=192.0.2.77 NAME=[UNAVAILABLE]", "EHLO inside.example"] {
        #expect(try session.say(line).isPositive)
      }
      var expected: [String: Set<String>] = [:]
      for (number, (address, ways)) in zip(asked, try built.engine(name, asked)).enumerated() {
        guard ways.count == 1, !ways[0].hasPrefix("local,"), !ways[0].hasPrefix("error,") else { continue }
        for line in ["MAIL FROM:<sender@example.net>", "RCPT TO:<\(address)>", "DATA"] {
          let reply = try session.say(line)
          #expect(reply.isPositive, "\(name): \(line): \(reply)\n\(instance.log.suffix(2000))")
        }
        #expect(try session.say("X-Test: \(number)\r\n\r\ntext\r\n.").isPositive)
        expected["\(number)"] = Set(ways)
      }
      try instance.waitUntilIdle()
      let notes = try instance.notes().filter { $0.transport != "local" }
      let found = Dictionary(grouping: notes, by: \.tag).mapValues { Set($0.map { "\($0.transport), \($0.nexthop)" }) }
      for (tag, ways) in expected where found[tag] != nil || !ways.isEmpty {
        let place = Int(tag).map { asked[$0] } ?? ""
        // Aliases are local(8)'s, which is not run here.
        if found[tag] == nil, ["emp0", "postmaster", "The.Boss"].contains(place.prefix { $0 != "@" }) { continue }
        #expect(found[tag] == ways, "\(name), \(place)")
      }
      #expect(found.count >= 3, "\(name): \(found)")
      instance.stop()
    }
  }

  @Test("the way to a mailbox host by LMTP is one that postmap finds")
  func lmtp() throws {
    let built = try BuiltOrganisation(Self.changes)
    let instance = try start(built.host("mail.bio.example.edu") + "/postfix")
    let found = try instance.command(
      Peer.postmap, ["-q", "box.bio.example.edu", "hash:\(instance.configuration)/transport"])
    #expect(found.text == "lmtp:inet:[box.bio.example.edu]:24\n", "\(found)")
    #expect(
      try built.engine("mail.bio.example.edu", ["gregor@box.bio.example.edu"]) == [
        ["lmtp, inet:[box.bio.example.edu]:24"]
      ])
  }

  @Test("a closed host tells strangers where to go, and takes mail from inside")
  func closed() throws {
    let built = try BuiltOrganisation(Self.changes)
    let instance = try start(built.host("mail.po.bio.example.edu") + "/postfix")
    func replies(_ address: String) throws -> [SMTPSession.Reply] {
      let session = try SMTPSession(port: instance.port)
      var replies: [SMTPSession.Reply] = []
      for line in [
        "EHLO client.example", "XCLIENT ADDR=\(address) NAME=[UNAVAILABLE]", "EHLO client.example",
        "MAIL FROM:<sender@example.net>", "RCPT TO:<darwin@po.bio.example.edu>",
      ] {
        replies.append(try session.say(line))
        if replies.last?.isPositive != true { break }
      }
      return replies
    }
    for address in ["198.51.100.25", "192.0.3.1"] {
      let told = try replies(address)
      #expect(told.last?.code == 550, "\(address): \(told)")
      #expect(told.last?.text.contains("5.7.1") ?? false, "\(told)")
      #expect(told.last?.text.contains("mail for this domain is handed in at mail.example.edu") ?? false, "\(told)")
    }
    for address in ["192.0.2.77", "192.0.2.20", "127.0.0.1"] {
      let told = try replies(address)
      #expect(
        told.count == 5 && told.last?.isPositive == true, "\(address): \(told)\n\(instance.log.suffix(2000))")
    }
  }
}
