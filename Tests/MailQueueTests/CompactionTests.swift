import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("Space is given back")
struct CompactionTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  func open(_ change: (inout QueueSettings) -> Void = { _ in }) throws -> MessageQueue {
    var settings = QueueSettings.unsynced
    change(&settings)
    return try MessageQueue.open(folder: path, settings: settings)
  }

  @Test("what was delivered leaves one segment and a spare one")
  func allGone() throws {
    let queue = try open()
    for turn in 0..<100 { try queue.finish(try queue.put(body(2000, UInt64(turn))), [.init(1, .delivered)]) }
    #expect(segments(in: path).count > 10)
    try queue.compact()
    #expect(segments(in: path).count == 1)
    #expect(namesInFolder(path).count { $0.hasPrefix("spare-") } == 1)
  }

  @Test("a few messages that stay are moved, with how they stand, and can be read all the while")
  func someStay() throws {
    var queue = try open()
    var kept: [QueueID] = []
    for turn in 0..<200 {
      let id = try queue.put(body(turn % 20 == 0 ? 9000 : 500, UInt64(turn)), envelope(2))
      if turn % 10 == 0 {
        kept.append(id)
        try queue.finish(id, [.init(1, .deferred(until: turn, reason: bytes("busy"))), .init(2, .delivered)])
        if turn % 50 == 0 { try queue.hold(id) }
      } else {
        try queue.remove(id)
      }
    }
    let wanted = try queue.contents()
    var readers = try kept.map { try queue.reader(of: $0) }
    let starts = try readers.indices.map { try readers[$0].next() ?? [] }
    let before = segments(in: path).count
    try queue.compact()
    #expect(segments(in: path).count < before)
    #expect(try queue.contents() == wanted)
    for (index, id) in kept.enumerated() {
      #expect(try starts[index] + readers[index].rest() == wanted[id]?.body)
    }
    // Segments that somebody read from were not written over; now they may be.
    readers = []
    try queue.close()
    queue = try open()
    #expect(try queue.contents() == wanted)
    #expect(Set(wanted.keys) == Set(kept))
  }

  @Test("a spare segment is used again, and what it held before does not come back")
  func spares() throws {
    var queue = try open()
    for turn in 0..<300 {
      try queue.remove(try queue.put(body(2000, UInt64(turn))))
      if turn % 10 == 9 { try queue.compact() }
    }
    let kept = try queue.put(body(2000))
    // No orderly end: all behind the last record is from earlier uses.
    try copy(path, to: folder.path + "/copy")
    queue = try MessageQueue.open(folder: folder.path + "/copy", settings: .unsynced)
    #expect(queue.list().map(\.id) == [kept])
    #expect(queue.findings.isEmpty)
  }

  @Test("a spare segment that somebody removed is not missed")
  func spareRemoved() throws {
    let queue = try open()
    for _ in 0..<40 { try queue.remove(try queue.put(body(2000))) }
    try queue.compact()
    for name in namesInFolder(path) where name.hasPrefix("spare-") {
      try FileManager.default.removeItem(atPath: path + "/" + name)
    }
    for _ in 0..<40 { try queue.put(body(2000)) }
    #expect(queue.list().count == 40)
  }

  @Test("a spare segment of another size is not used")
  func spareOfAnotherSize() throws {
    var queue = try open()
    for _ in 0..<40 { try queue.remove(try queue.put(body(2000))) }
    try queue.compact()
    try queue.close()
    #expect(namesInFolder(path).contains { $0.hasPrefix("spare-") })
    queue = try open { $0.segmentSize = 32 << 10 }
    #expect(!namesInFolder(path).contains { $0.hasPrefix("spare-") })
  }

  @Test("the last segment stays, so that ids are not repeated even if the clock goes back")
  func lastStays() throws {
    let queue = try open()
    try queue.remove(try queue.put([]))
    try queue.close()
    let again = try open()
    try again.compact()
    #expect(segments(in: path).count == 1)
  }

  @Test("segments with pieces of a message that is still coming stay")
  func unfinished() throws {
    let queue = try open()
    let writer = try queue.begin()
    writer.append(body(5000, 7))
    for _ in 0..<40 { try queue.remove(try queue.put(body(2000))) }
    let before = segments(in: path).count
    try queue.compact()
    #expect(segments(in: path).count == before)
    writer.append(body(100))
    let id = try writer.commit(envelope())
    try queue.compact()
    #expect(segments(in: path).count < before)
    #expect(try queue.content(of: id) == body(5000, 7) + body(100))
  }

  @Test("restarts do not fill the disk with segments that were hardly used")
  func restarts() throws {
    for turn in 0..<20 {
      let queue = try open()
      try queue.put(body(100, UInt64(turn)))
      try queue.compact()
      try queue.close()
    }
    #expect(segments(in: path).count <= 4)
    #expect(try open().list().count == 20)
  }

  @Test("opening and closing writes nothing")
  func idle() throws {
    try open().close()
    try open().close()
    #expect(namesInFolder(path) == ["VERSION", "lock"])
  }

  @Test("many threads commit, finish, hold and read while segments are moved")
  func underLoad() throws {
    let queue = try open { $0.compactsByItself = true }
    let kept = Shared<[QueueID: [UInt8]]>([:])
    try onThreads(8) { thread in
      var generator = SeededGenerator(seed: UInt64(thread))
      for turn in 0..<150 {
        let content = body(Int.random(in: 0..<4000, using: &generator), UInt64(thread * 1000 + turn))
        let id = try queue.put(content, envelope(2))
        #expect(try queue.content(of: id) == content)
        switch turn % 5 {
        case 0:
          try queue.hold(id)
          kept.with { $0[id] = content }
        case 1: try queue.remove(id)
        default:
          try queue.finish(id, [.init(1, .deferred(until: turn, reason: []))])
          try queue.finish(id, [.init(1, .delivered), .init(2, .failed)])
        }
      }
    }
    try queue.close()
    let again = try open()
    let found = try again.contents()
    #expect(found.mapValues(\.body) == kept.now)
    #expect(found.values.allSatisfy { $0.envelope.isHeld && $0.envelope.recipients.count == 2 })
    #expect(again.findings.isEmpty)
    try again.compact()
    #expect(segments(in: path).count < 100)
  }

  @Test("a message that is found damaged while it is moved is set aside, and the others move")
  func damaged() throws {
    let queue = try open()
    let victim = try queue.put(body(2000, 1))
    let kept = try queue.put(body(2000, 2))
    for _ in 0..<60 { try queue.remove(try queue.put(body(2000))) }
    let first = path + "/" + segments(in: path)[0]
    let place = try #require(try find(Array(body(2000, 1)[0..<30]), in: first))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: first))
    try file.seek(toOffset: UInt64(place))
    try file.write(contentsOf: [1, 2, 3])
    try file.close()
    try queue.compact()
    #expect(queue.list().map(\.state) == [.corrupt, .incoming])
    #expect(queue.list().map(\.id) == [victim, kept])
    #expect(try queue.content(of: kept) == body(2000, 2))
    #expect(!exists(first))
  }

  @Test("a segment that was filled a moment ago, by records nobody was told of yet, is not garbage")
  func justFilled() throws {
    let disk = TestDisk()
    var settings = disk.settings
    settings.pieceSize = 4096
    let queue = try MessageQueue.open(folder: path, settings: settings)
    let first = try queue.put([])
    // While this one waits for its sync the others gather, and fill several segments at once.
    disk.state.with { $0.syncPause = 300_000 }
    try onThreads(11) { thread in
      if thread == 0 {
        try queue.remove(first)
      } else {
        usleep(100_000)
        disk.state.with { state in
          state.syncPause = 0
          state.onAllocation = { try? queue.compact() }
        }
        try queue.put(body(3500, UInt64(thread)))
      }
    }
    #expect(segments(in: path).count > 2)
    try queue.close()
    #expect(try open().contents().count == 10)
  }

  @Test("a copy has what was changed while it was made")
  func changedMeanwhile() throws {
    let disk = TestDisk()
    let queue = try MessageQueue.open(folder: path, settings: disk.settings)
    let kept = try queue.put(body(100))
    for _ in 0..<40 { try queue.remove(try queue.put(body(2000))) }
    let first = segments(in: path)[0]
    disk.state.with { $0.syncPause = 300_000 }
    try onThreads(2) { thread in
      if thread == 0 {
        try queue.hold(kept)
      } else {
        usleep(100_000)
        disk.state.with { $0.syncPause = 0 }
        try queue.compact()
      }
    }
    #expect(!segments(in: path).contains(first))
    try queue.close()
    #expect(try open().list().map(\.state) == [.hold])
  }

  @Test("a disk that fails while segments are moved costs nothing")
  func failing() throws {
    let disk = TestDisk()
    let queue = try MessageQueue.open(folder: path, settings: disk.settings)
    for turn in 0..<100 {
      let id = try queue.put(body(2000, UInt64(turn)))
      if turn % 10 > 0 { try queue.remove(id) }
    }
    let wanted = try queue.contents()
    disk.state.with { $0.syncFailure = Errno(EIO) }
    #expect(throws: QueueError.self) { try queue.compact() }
    disk.state.with { $0.syncFailure = nil }
    #expect(try queue.contents() == wanted)
    try queue.compact()
    #expect(try queue.contents() == wanted)
    try queue.close()
    #expect(try open().contents() == wanted)
  }
}
