// CrashTests.swift: every message that got a 250 arrives, whatever is killed meanwhile.
//
//     clients ── SMTP ──► A ── SMTP ──► B ──► mailboxes
//                         └── killed ───┘      and started again, at random
//
// A client sends a message again until it hears 250, as any client does. A copy may come
// twice where the host that has it and the one that sent it were cut apart before the reply.

import Foundation
import TestSupport
import Testing

@Suite("Nothing is lost", .serialized)
struct CrashTests {
  private static let users = ["boss", "daemon", "ann", "bob", "carol", "dave"]
  private static let clients = 8
  /// The runtime's threads, which may each have a delivery under way.
  private static let deliveries = 20

  @Test(
    "numbered messages through two runtimes that are killed again and again",
    .timeLimit(.minutes(10)), arguments: [("main.cf", 10_000), ("sendmail.cf", 3_000)])
  func killed(_ first: String, _ total: Int) throws {
    let hosts = try pair(first)
    let chaos = Chaos(hosts)
    let clients = Clients(port: hosts[0].port, total: total, users: Self.users)
    clients.start(Self.clients)
    try chaos.run { clients.areDone }
    let boxes = Self.users.map { ($0, GrowingMailbox(hosts[1].folder.path + "/state/mail/" + $0)) }
    var missing: [String] = []
    // Deliveries go on, and so do the kills for a while.
    for turn in 0..<600 {
      if turn < 5 { try chaos.strike() }
      for (_, box) in boxes { try box.read() }
      missing = boxes.flatMap { user, box in
        clients.accepted.filter { $0.value.contains(user) && box.copies[$0.key] == nil }.map { "\($0.key) for \(user)" }
      }
      if missing.isEmpty, turn >= 5 { break }
      usleep(200_000)
    }
    let arrived = boxes.reduce(0) { $0 + $1.1.copies.count }
    let twice = boxes.reduce(0) { $0 + $1.1.copies.values.reduce(0, +) } - arrived
    let copies = clients.accepted.values.reduce(0) { $0 + $1.count }
    print(
      "A under a \(first): \(clients.attempts) sent, \(clients.accepted.count) accepted for \(copies) mailboxes,",
      "\(arrived) arrived, \(twice) twice, \(boxes.reduce(0) { $0 + $1.1.torn }) torn copies,",
      "\(chaos.kills[0]) + \(chaos.kills[1]) kills")
    #expect(missing.isEmpty, "\(missing.count) missing: \(missing.prefix(20))\n\(hosts.map { $0.log.suffix(2000) })")
    #expect(clients.accepted.count == total && arrived == copies)
    #expect(chaos.kills.allSatisfy { $0 > 3 })
    // What was under way when something was killed.
    #expect(twice <= chaos.kills.reduce(0, +) * 3 * (Self.clients + 2 * Self.deliveries))
  }

  /// A, which has no mailboxes, and B under the other kind of configuration.
  private func pair(_ first: String) throws -> [ServedHost] {
    let ports = try (0..<2).map { _ in try PostfixInstance.freePort() }
    let second = try ServedHost(
      first == "main.cf" ? "out/sendmail.cf" : "out/postfix/main.cf", relay: 9, listen: ports[1]
    ) { built in
      let path = built + "/passwd"
      let known = try String(contentsOfFile: path, encoding: .utf8)
      let more = Self.users.dropFirst(2).map { "\($0):x:1000:1000::/:/bin/sh\n" }.joined()
      try (known + more).write(toFile: path, atomically: true, encoding: .utf8)
    }
    let folder = try TemporaryFolder()
    try folder.write(
      "main.cf",
      "myhostname = a.example\nmydestination =\nmynetworks = 127.0.0.0/8\nlocal_recipient_maps =\nalias_maps =\n")
    try folder.write(
      "sendmail.cf",
      """
      V10/Berkeley
      Dja.example
      DnMAILER-DAEMON
      Mlocal, P=[IPC], F=lsDFMAw5:/|@qPn9S, S=0, R=0, T=DNS/RFC822/X-Unix, A=TCP $h
      Mesmtp, P=[IPC], F=mDFMuXa, S=0, R=0, E=\\r\\n, T=DNS/RFC822/SMTP, A=TCP $h
      S3
      S4
      S0
      R$* @ $+\t$#esmtp $@ $2 $: $1@$2
      R$+\t$#local $: $1

      """)
    return [try ServedHost(in: folder, first, relay: ports[1], listen: ports[0]), second]
  }
}

/// Kills one of the hosts, and starts it again.
private final class Chaos {
  private let hosts: [ServedHost]
  private var generator = SeededGenerator(seed: 7)
  private(set) var kills: [Int]

  init(_ hosts: [ServedHost]) {
    self.hosts = hosts
    kills = hosts.map { _ in 0 }
  }

  func run(until isDone: () -> Bool) throws {
    while !isDone() { try strike() }
  }

  func strike() throws {
    usleep(UInt32.random(in: 50_000...1_500_000, using: &generator))
    let index = Int.random(in: hosts.indices, using: &generator)
    kills[index] += 1
    try hosts[index].crashAndRestart()
  }
}

/// Clients that share the work.
private final class Clients: @unchecked Sendable {
  private let port: UInt16
  private let total: Int
  private let users: [String]
  private let lock = NSLock()
  private var next = 0
  private var working = 0
  private var tried = 0
  private var done: [Int: [String]] = [:]

  init(port: UInt16, total: Int, users: [String]) {
    (self.port, self.total, self.users) = (port, total, users)
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    lock.lock()
    defer { lock.unlock() }
    return body()
  }

  /// What got a 250, and for whom it was.
  var accepted: [Int: [String]] { locked { done } }
  var attempts: Int { locked { tried } }
  var areDone: Bool { locked { working == 0 } }

  func start(_ count: Int) {
    locked { working = count }
    for client in 0..<count {
      Thread.detachNewThread { [self] in
        work(SeededGenerator(seed: UInt64(client)))
        locked { working -= 1 }
      }
    }
  }

  private func work(_ generator: SeededGenerator) {
    var generator = generator
    var session: SMTPSession?
    while let number = nextNumber() {
      let recipients = Array(users.shuffled(using: &generator).prefix(Int.random(in: 1...2, using: &generator)))
      while true {
        if session == nil { session = connect() }
        if session != nil { locked { tried += 1 } }
        if let session, (try? send(number, recipients, session)) == true { break }
        session = nil
        usleep(10_000)
      }
      locked { done[number] = recipients }
      if Int.random(in: 0..<10, using: &generator) == 0 { session = nil }
    }
  }

  private func nextNumber() -> Int? {
    locked {
      next += 1
      return next <= total ? next : nil
    }
  }

  private func connect() -> SMTPSession? {
    guard let session = try? SMTPSession(port: port), (try? session.say("EHLO client.example"))?.isPositive == true
    else { return nil }
    return session
  }

  /// Whether the server said 250 to the end of it.
  private func send(_ number: Int, _ recipients: [String], _ session: SMTPSession) throws -> Bool {
    guard try session.say("MAIL FROM:<alice@example.net>").isPositive else { return false }
    for user in recipients {
      guard try session.say("RCPT TO:<\(user)@example.edu>").isPositive else { return false }
    }
    guard try session.say("DATA").code == 354 else { return false }
    try session.send(NumberedMessage.text(number))
    return try session.say(".").code == 250
  }
}
