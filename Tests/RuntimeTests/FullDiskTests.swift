// FullDiskTests.swift: on a full disk nothing is accepted that is not safe, and nothing is lost.
//
// The state folder is a small file system of its own, in a mount namespace that a process
// of ours keeps. Needs root.

import Foundation
import TestSupport
import Testing

@Suite("A full disk", .enabled(if: isRoot, "needs root: the disk is a mount of our own"), .serialized)
struct FullDiskTests {
  private struct Sent {
    var accepted: Set<Int> = []
    var refused: [Int: SMTPSession.Reply] = [:]
  }

  @Test(
    "452 while there is no room, also in the middle of a message; then all goes on",
    .timeLimit(.minutes(10)), arguments: ServeTests.configurations)
  func full(_ configuration: String) throws {
    var disk: SmallDisk?
    let host = try ServedHost(
      configuration, relay: 9,
      starter: { folder in
        let made = try SmallDisk(at: folder.path + "/state", megabytes: 204)
        disk = made
        return made.starter
      })
    let small = try #require(disk)
    var sent = Sent()
    try send(1, 1000, host, &sent)
    #expect(sent.accepted == [1])

    // The space ends while three messages are on their way, more than the segment holds.
    let sessions = try (2...4).map { number in (number, try begin(host)) }
    try small.fill()
    for (number, session) in sessions { note(number, try finish(number, 24 << 20, session), &sent) }
    try send(5, 1000, host, &sent)
    let whileFull = sent
    try small.empty()
    try send(6, 1000, host, &sent)
    let first = try arrived(sent.accepted, host, small)

    // Mail itself fills the disk to the minimum that is kept free.
    var number = 7
    while sent.refused.count == whileFull.refused.count, number < 200 {
      try send(number, 1 << 20, host, &sent)
      number += 1
    }
    let byMail = number - 7
    let second = try arrived(sent.accepted.subtracting(first), host, small)
    let deadline = Date().addingTimeInterval(20)
    repeat {
      number += 1
      try send(number, 1000, host, &sent)
      usleep(50_000)
    } while !sent.accepted.contains(number) && Date() < deadline
    let third = try arrived(sent.accepted.subtracting(first).subtracting(second), host, small)

    print(
      "full disk, \(configuration): \(sent.accepted.count) accepted, \(first.count + second.count + third.count)",
      "arrived, \(sent.refused.count) refused,",
      "\(byMail) messages of 1 MB until the minimum")
    #expect(Set(whileFull.refused.keys).contains(5) && whileFull.refused.count >= 2)
    #expect(sent.refused.values.allSatisfy { $0.code == 452 }, "\(sent.refused)")
    #expect(sent.accepted.contains(number))
    #expect(host.log.contains("too little free space for the queue"))
  }

  // MARK: sending

  private func text(_ number: Int, _ size: Int) -> [UInt8] {
    let line = Array((String(repeating: "x", count: 900) + "\r\n").utf8)
    return Array("X-Test: \(number)\r\n\r\n".utf8) + (0..<size / line.count).flatMap { _ in line }
      + Array("end of \(number)\r\n".utf8)
  }

  private func begin(_ host: ServedHost) throws -> SMTPSession {
    let session = try SMTPSession(port: host.port)
    #expect(try session.say("EHLO client.example").isPositive)
    #expect(try session.say("MAIL FROM:<alice@example.net>").code == 250)
    #expect(try session.say("RCPT TO:<boss@example.edu>").code == 250)
    #expect(try session.say("DATA").code == 354)
    return session
  }

  private func finish(_ number: Int, _ size: Int, _ session: SMTPSession) throws -> SMTPSession.Reply {
    try session.send(text(number, size))
    return try session.say(".")
  }

  private func note(_ number: Int, _ reply: SMTPSession.Reply, _ sent: inout Sent) {
    if reply.code == 250 { sent.accepted.insert(number) } else { sent.refused[number] = reply }
  }

  private func send(_ number: Int, _ size: Int, _ host: ServedHost, _ sent: inout Sent) throws {
    let session = try SMTPSession(port: host.port)
    var reply = try session.say("EHLO client.example")
    for line in ["MAIL FROM:<alice@example.net>", "RCPT TO:<boss@example.edu>", "DATA"] where reply.isPositive {
      reply = try session.say(line)
    }
    if reply.code == 354 { reply = try finish(number, size, session) }
    note(number, reply, &sent)
  }

  /// Waits for messages, and takes the mailbox away.
  private func arrived(_ wanted: Set<Int>, _ host: ServedHost, _ disk: SmallDisk) throws -> Set<Int> {
    if wanted.isEmpty { return [] }
    let path = disk.inside + "/mail/boss"
    var status = stat()
    var found: [Int] = []
    var begun = 0
    try host.wait(for: "messages \(wanted.sorted())", seconds: 120) {
      // It is read when it does not grow.
      let size = stat(path, &status) == 0 ? status.st_size : 0
      usleep(100_000)
      guard size > 0, stat(path, &status) == 0, size == status.st_size else { return false }
      let bytes = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
      let lines = lines(of: bytes).filter { $0.count < 100 }.map { String(decoding: $0, as: UTF8.self) }
      found = lines.filter { $0.hasPrefix("end of ") }.compactMap { Int($0.dropFirst(7)) }
      begun = lines.count { $0.hasPrefix("X-Test: ") }
      return wanted.isSubset(of: found)
    }
    #expect(Set(found) == wanted && found.count == wanted.count && begun == wanted.count, "\(found)")
    unlink(path)
    return Set(found)
  }
}

/// A file system in memory, seen only by whom `starter` starts.
private final class SmallDisk {
  let starter: [String]
  /// The way to it from outside.
  let inside: String
  private let keeper: ProcessGroup

  init(at path: String, megabytes: Int) throws {
    let ready = path + ".ready"
    let account = getpwnam(unprivilegedUser)?.pointee
    let options = "size=\(megabytes)m,mode=700,uid=\(account?.pw_uid ?? 0),gid=\(account?.pw_gid ?? 0)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    keeper = try ProcessGroup(
      "/usr/bin/unshare",
      ["-m", "/bin/sh", "-c", "mount -t tmpfs -o \(options) none '\(path)' && : > '\(ready)' && exec sleep 600"])
    for _ in 0..<200 where !FileManager.default.fileExists(atPath: ready) { usleep(20_000) }
    guard FileManager.default.fileExists(atPath: ready) else {
      throw ServedHost.Failure(description: "cannot mount a tmpfs")
    }
    starter = ["/usr/bin/nsenter", "-t", "\(keeper.identifier)", "-m"]
    inside = "/proc/\(keeper.identifier)/root" + path
  }

  deinit { keeper.end() }

  /// Takes all the space that is left.
  func fill() throws {
    let descriptor = open(inside + "/ballast", O_WRONLY | O_CREAT, 0o600)
    guard descriptor >= 0 else { throw POSIXError(.EIO) }
    defer { close(descriptor) }
    let block = [UInt8](repeating: 0, count: 1 << 20)
    for size in [1 << 20, 4096] { while write(descriptor, block, size) > 0 {} }
    #expect(errno == ENOSPC)
  }

  func empty() throws { try FileManager.default.removeItem(atPath: inside + "/ballast") }
}
