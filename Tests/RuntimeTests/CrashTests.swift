// CrashTests.swift: every message that got a 250 arrives, whatever is killed meanwhile.

import Foundation
import TestSupport
import Testing

@Suite("Nothing is lost")
struct CrashTests {
  @Test("numbered messages through a runtime that is killed again and again", .timeLimit(.minutes(5)))
  func killed() throws {
    let sink = try SMTPSink()
    let host = try ServedHost("out/sendmail.cf", relay: sink.port)
    let total = 400
    var accepted: Set<Int> = []
    var number = 0
    var generator = SeededGenerator(seed: 7)
    var kills = 0
    while number < total {
      // A connection, some messages, and perhaps the end of the server in the midst of them.
      let count = Int.random(in: 1...20, using: &generator)
      let dies = Int.random(in: 0...2, using: &generator) == 0
      let session = try? SMTPSession(port: host.port)
      if let session, (try? session.say("EHLO client.example"))?.isPositive == true {
        for _ in 0..<count where number < total {
          number += 1
          if dies, Int.random(in: 0...4, using: &generator) == 0 { host.signal(SIGKILL) }
          if (try? send(number, session)) == true { accepted.insert(number) } else { break }
        }
      }
      if dies || session == nil {
        kills += 1
        try host.crashAndRestart()
      }
    }
    #expect(kills > 5 && accepted.count > total / 2, "\(kills) kills, \(accepted.count) accepted")
    func arrived() -> Set<Int> {
      let relayed = sink.notes.compactMap { Int($0.tag) }
      let local = host.mailbox("boss").split(separator: "\n").filter { $0.hasPrefix("X-Test: ") }
      return Set(relayed + local.compactMap { Int($0.dropFirst(8)) })
    }
    try host.wait(for: "what was accepted", seconds: 60) { accepted.isSubset(of: arrived()) }
  }

  /// Whether the server said 250 to the end of it.
  private func send(_ number: Int, _ session: SMTPSession) throws -> Bool {
    let recipient = number % 2 == 0 ? "boss@example.edu" : "someone@example.org"
    guard try session.say("MAIL FROM:<alice@example.net>").isPositive,
      try session.say("RCPT TO:<\(recipient)>").isPositive, try session.say("DATA").code == 354
    else { return false }
    try session.send(Array("X-Test: \(number)\r\nSubject: \(number)\r\n\r\nbody\r\n".utf8))
    return try session.say(".").code == 250
  }
}
