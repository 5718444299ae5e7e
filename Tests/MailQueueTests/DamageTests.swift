import Diagnostics
import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("Damage of what was accepted is said, and only that record is lost")
struct DamageTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  func open() throws -> MessageQueue { try MessageQueue.open(folder: path, settings: .unsynced) }

  /// Changes one bit of the byte where these bytes are, with an offset.
  func flip(_ wanted: [UInt8], offset: Int = 0) throws {
    for name in segments(in: path) {
      guard let place = try find(wanted, in: path + "/" + name) else { continue }
      try edit(path + "/" + name) { $0[place + offset] ^= 0x10 }
      return
    }
    Issue.record("the bytes are nowhere")
  }

  @Test("in the body, the last message of an orderly end included", arguments: 0..<4)
  func inBody(_ victim: Int) throws {
    var queue = try open()
    let ids = try (0..<4).map { try queue.put(body(700, UInt64($0))) }
    var wanted = try queue.contents()
    try queue.close()
    try flip(Array(body(700, UInt64(victim))[100..<130]))
    queue = try open()
    wanted[ids[victim]] = nil
    #expect(try queue.contents() == wanted)
    #expect(queue.findings.map(\.message.code) == [.queueMessageLost])
    #expect(queue.findings[0].message.text.contains(ids[victim].description))
    #expect(queue.counts()[.corrupt] == 1)
    #expect(queue.list().filter { $0.state == .corrupt }.map(\.id) == [ids[victim]])
    try queue.close()
    queue = try open()
    #expect(queue.findings.isEmpty, "it was said")
    #expect(try queue.contents() == wanted)
    #expect(queue.counts()[.corrupt] == 1)
    try queue.remove(ids[victim])
    #expect(namesInFolder(path + "/corrupt").isEmpty)
    try queue.close()
    queue = try open()
    #expect(queue.findings.isEmpty)
    #expect(queue.counts()[.corrupt] == 0)
    #expect(try queue.contents() == wanted)
  }

  @Test("in the header, so that nobody knows whose record it was", arguments: [0, 8, 12, 16, 24, 32])
  func inHeader(_ offset: Int) throws {
    var queue = try open()
    let ids = try (0..<3).map { try queue.put(body(700, UInt64($0))) }
    var wanted = try queue.contents()
    try queue.close()
    // The header is 40 bytes and the prologue 16.
    try flip(Array(body(700, 1)[0..<30]), offset: offset - 56)
    queue = try open()
    wanted[ids[1]] = nil
    #expect(try queue.contents() == wanted)
    #expect(queue.findings.map(\.message.code) == [.queueRecordDamaged])
    #expect(namesInFolder(path + "/corrupt").count == 1)
  }

  @Test("in one piece of several: what is left is kept for people")
  func inPiece() throws {
    var queue = try open()
    let kept = try queue.put(body(5000, 1))
    let lost = try queue.put(body(5000, 2))
    try queue.close()
    try flip(Array(body(5000, 2)[1500..<1530]))
    queue = try open()
    #expect(try queue.contents().keys.map { $0 } == [kept])
    #expect(queue.findings.map(\.message.code) == [.queueMessageLost])
    #expect(namesInFolder(path + "/corrupt").count == 5)
    #expect(queue.list().map(\.id) == [kept, lost])
  }

  @Test("in an outcome: the message stays as it was before")
  func inUpdate() throws {
    var queue = try open()
    let id = try queue.put(body(100))
    let before = try queue.contents()
    try queue.finish(id, [.init(1, .deferred(until: 9, reason: bytes("a reason that is easily found")))])
    try queue.close()
    try flip(bytes("a reason that is easily found"))
    queue = try open()
    #expect(try queue.contents() == before)
    #expect(queue.findings.map(\.message.code) == [.queueRecordDamaged])
    #expect(queue.list().count == 1)
  }

  @Test("of a message that is gone is no loss")
  func ofGarbage() throws {
    var queue = try open()
    let one = try queue.put(body(700, 1))
    let two = try queue.put(body(700, 2))
    try queue.remove(one)
    let kept = try queue.put(body(700, 3))
    try queue.remove(two)
    try queue.close()
    try flip(Array(body(700, 1)[0..<30]))
    try flip(Array(body(700, 2)[0..<30]))
    queue = try open()
    #expect(queue.findings.isEmpty)
    #expect(queue.list().map(\.id) == [kept])
  }

  @Test("before a crash, with later records behind it")
  func beforeCrash() throws {
    let ids: [QueueID]
    do {
      let queue = try open()
      ids = try (0..<3).map { try queue.put(body(700, UInt64($0))) }
    }
    try flip(Array(body(700, 1)[0..<30]))
    let queue = try open()
    #expect(queue.list().filter { $0.state != .corrupt }.map(\.id) == [ids[0], ids[2]])
    #expect(queue.findings.count == 1)
  }

  @Test("in a segment's head: the second copy is used")
  func oneHead() throws {
    for offset in [9, 70] {
      var queue = try open()
      try queue.put(body(700))
      let wanted = try queue.contents()
      try queue.close()
      let name = try #require(segments(in: path).last)
      try edit(path + "/" + name) { $0[offset] ^= 1 }
      queue = try open()
      #expect(try queue.contents() == wanted)
      #expect(queue.findings.contains { $0.message.text.contains("two heads") })
    }
  }

  @Test("in both heads: the segment is taken away, the rest goes on")
  func bothHeads() throws {
    var queue = try open()
    try queue.put(body(700, 1))
    try queue.close()
    queue = try open()
    let kept = try queue.put(body(700, 2))
    try queue.close()
    let name = segments(in: path)[0]
    try edit(path + "/" + name) { bytes in for place in 0..<128 { bytes[place] = 7 } }
    queue = try open()
    #expect(queue.list().map(\.id) == [kept])
    #expect(queue.findings.map(\.message.code) == [.queueSegmentLost])
    #expect(namesInFolder(path + "/corrupt") == [name])
    try queue.close()
    #expect(try open().findings.isEmpty)
  }

  @Test("a segment that is missing between others is said")
  func missing() throws {
    for turn in 0..<3 {
      let queue = try open()
      try queue.put(body(700, UInt64(turn)))
      try queue.close()
    }
    let name = segments(in: path)[1]
    try FileManager.default.removeItem(atPath: path + "/" + name)
    let queue = try open()
    #expect(queue.findings.map(\.message.code) == [.queueSegmentLost])
    #expect(queue.findings[0].message.text.contains(name))
    #expect(queue.list().count == 2)
  }

  @Test("while the queue is open: reading says so, and the message can be set aside")
  func whileOpen() throws {
    let reports = Shared<[Diagnostic]>([])
    var settings = QueueSettings.unsynced
    settings.report = { report in reports.with { $0.append(report) } }
    let queue = try MessageQueue.open(folder: path, settings: settings)
    let id = try queue.put(body(5000))
    try flip(Array(body(5000)[1500..<1530]))
    #expect(throws: QueueError.damaged(id)) { try queue.content(of: id) }
    try queue.setAside(id)
    #expect(queue.list().map(\.state) == [.corrupt])
    #expect(reports.now.map(\.message.code) == [.queueMessageLost])
    try queue.close()
    let again = try open()
    #expect(again.list().map(\.state) == [.corrupt])
    #expect(again.findings.isEmpty)
  }

  @Test("a mail that contains records of ours is not taken for them")
  func recordsInMail() throws {
    var queue = try open()
    try queue.put(body(700, 1))
    let segment = try readFile(path + "/" + segments(in: path)[0])
    // Even with the salt of the segment: what is inside a sound record is never looked at.
    try queue.put(Array(segment[128..<1000]))
    try queue.put(body(10))
    let wanted = try queue.contents()
    try queue.close()
    queue = try open()
    #expect(try queue.contents() == wanted)
  }
}
