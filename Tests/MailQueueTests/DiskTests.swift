import Glibc
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("What the disk does")
struct DiskTests {
  let folder: TemporaryFolder
  let path: String
  let disk = TestDisk()

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  func open() throws -> MessageQueue { try MessageQueue.open(folder: path, settings: disk.settings) }

  /// What a start after a crash would find.
  func afterCrash(_ settings: QueueSettings = .unsynced) throws -> MessageQueue {
    try copy(path, to: folder.path + "/copy")
    return try MessageQueue.open(folder: folder.path + "/copy", settings: settings)
  }

  @Test("threads that commit at once share syncs")
  func groupCommit() throws {
    disk.state.with { $0.syncPause = 3000 }
    let queue = try open()
    try queue.put([])
    let before = disk.state.now.syncs
    try onThreads(20) { number in
      for turn in 0..<10 { try queue.put(body(500, UInt64(number * 10 + turn))) }
    }
    let syncs = disk.state.now.syncs - before
    #expect(queue.list().count == 201)
    #expect(syncs < 100, "\(syncs) syncs for 200 commits")
    #expect(syncs >= 10)
  }

  @Test("nothing is told as done before its sync")
  func syncComesFirst() throws {
    let queue = try open()
    for _ in 0..<5 {
      let before = disk.state.now.syncs
      let id = try queue.put(body(100))
      #expect(disk.state.now.syncs > before)
      let between = disk.state.now.syncs
      try queue.finish(id, [.init(1, .delivered)])
      #expect(disk.state.now.syncs > between)
    }
  }

  @Test(
    "after a sync that failed the segment is left, and what was refused never comes back",
    arguments: [EIO, ENOSPC])
  func failedSync(_ code: Int32) throws {
    let queue = try open()
    let kept = try queue.put(body(3000))
    disk.state.with { $0.syncFailure = Errno(code) }
    #expect(throws: QueueError.self) { try queue.put(body(2000, 1)) }
    #expect(throws: QueueError.self) { try queue.finish(kept, [.init(1, .delivered)]) }
    #expect(Set(try afterCrash().contents().keys) == [kept])
    disk.state.with { $0.syncFailure = nil }
    let before = try readFile(path + "/" + segments(in: path)[0])
    let later = try queue.put(body(2000, 2))
    #expect(segments(in: path).count == 2)
    #expect(try readFile(path + "/" + segments(in: path)[0]) == before)
    #expect(try queue.contents().keys.sorted() == [kept, later])
    let again = try afterCrash()
    #expect(try again.contents() == queue.contents())
    #expect(again.findings.isEmpty)
    // Nor is its file used for another segment.
    try queue.remove(kept)
    try queue.compact()
    #expect(segments(in: path).count == 1)
    #expect(!namesInFolder(path).contains { $0.hasPrefix("spare-") })
  }

  @Test("what is behind the end that the next segment states does not count, were it still there")
  func cutByTheNext() throws {
    let first = try open()
    let kept = try first.put(body(300))
    let crashed = folder.path + "/copy"
    try copy(path, to: crashed)
    let segment = segments(in: path)[0]
    try first.put(body(300, 1))
    let withRefused = try readFile(path + "/" + segment)
    // A life that never knew of the second message, and then a disk that did.
    let later = try MessageQueue.open(folder: crashed, settings: .unsynced).put(body(300, 2))
    try edit(crashed + "/" + segment) { $0 = withRefused }
    let again = try MessageQueue.open(folder: crashed, settings: .unsynced)
    #expect(Set(try again.contents().keys) == [kept, later])
    #expect(again.findings.isEmpty)
  }

  @Test("a write that fails halfway is no message")
  func failedWrite() throws {
    let queue = try open()
    let kept = try queue.put(body(300))
    disk.state.with { $0.writeFailure = Errno(ENOSPC) }
    #expect(throws: QueueError.insufficientSpace) { try queue.put(body(300, 1)) }
    #expect(throws: QueueError.insufficientSpace) { try queue.put(body(30_000, 1)) }
    disk.state.with { $0.writeFailure = nil }
    let later = try queue.put(body(300, 2))
    #expect(try queue.contents().keys.sorted() == [kept, later])
    let again = try afterCrash()
    #expect(try again.contents() == queue.contents())
    #expect(again.findings.isEmpty)
  }

  @Test("pieces that were written before a failed sync are not believed by a later commit")
  func piecesBeforeFailure() throws {
    let queue = try open()
    let writer = try queue.begin()
    writer.append(body(3000))
    disk.state.with { $0.syncFailure = Errno(EIO) }
    #expect(throws: QueueError.self) { try queue.put([]) }
    disk.state.with { $0.syncFailure = nil }
    writer.append(body(3000))
    #expect(throws: QueueError.self) { try writer.commit(envelope()) }
    #expect(queue.list().isEmpty)
    try queue.put(body(3000))
    #expect(try afterCrash().contents() == queue.contents())
  }

  @Test("all threads that wait hear of the failure")
  func allHear() throws {
    let queue = try open()
    try queue.put([])
    disk.state.with { state in
      state.syncFailure = Errno(EIO)
      state.syncPause = 2000
    }
    let refused = Shared(0)
    try onThreads(10) { _ in
      do { try queue.put([]) } catch { refused.with { $0 += 1 } }
    }
    #expect(refused.now == 10)
    #expect(queue.list().count == 1)
  }

  @Test("no room for a segment is too little space, and passes")
  func noSegment() throws {
    let queue = try open()
    disk.state.with { $0.allocationFailure = Errno(ENOSPC) }
    #expect(throws: QueueError.insufficientSpace) { try queue.put(body(300)) }
    #expect(segments(in: path).isEmpty)
    disk.state.with { $0.allocationFailure = nil }
    try queue.put(body(300))
    #expect(try afterCrash().contents() == queue.contents())
  }

  @Test("a message is not begun where the file system is nearly full")
  func minimum() throws {
    var settings = disk.settings
    settings.minimumFreeBytes = 1000
    let queue = try MessageQueue.open(folder: path, settings: settings)
    disk.state.with { $0.freeBytes = 1500 }
    _ = try queue.begin(expectedSize: 500)
    #expect(throws: QueueError.insufficientSpace) { try queue.begin(expectedSize: 501) }
    disk.state.with { $0.freeBytes = 999 }
    #expect(throws: QueueError.insufficientSpace) { try queue.begin() }
  }

  @Test("where room is short, segments that wait for use are given back first")
  func sparesGo() throws {
    var settings = disk.settings
    settings.minimumFreeBytes = 1000
    let queue = try MessageQueue.open(folder: path, settings: settings)
    for turn in 0..<8 { try queue.remove(try queue.put(body(6000, UInt64(turn)))) }
    try queue.compact()
    func spares() -> [String] { namesInFolder(path).filter { $0.hasPrefix("spare-") } }
    #expect(spares().count == 1)
    disk.state.with { $0.freeBytes = 999 }
    #expect(throws: QueueError.insufficientSpace) { try queue.begin() }
    #expect(spares().isEmpty)
    disk.state.with { $0.freeBytes = 1 << 30 }
    for turn in 0..<8 { try queue.remove(try queue.put(body(6000, UInt64(turn)))) }
    let kept = try queue.put(body(100))
    #expect(try afterCrash().contents().keys.sorted() == [kept])
  }

  @Test("what the disk does not give back is set aside and said; the other messages go on")
  func unreadable() throws {
    var settings = disk.settings
    settings.segmentSize = 1 << 20
    settings.pieceSize = 1 << 18
    func start() throws -> MessageQueue { try MessageQueue.open(folder: path, settings: settings) }
    var queue = try start()
    let ids = try (0..<5).map { try queue.put(body(2000, UInt64($0))) }
    let wanted = try queue.contents()
    try queue.close()
    // A block, in which the second, the third and the fourth have a part.
    disk.state.with { $0.unreadable = 4096..<8192 }
    queue = try start()
    let found = try queue.contents()
    #expect(found.keys.contains(ids[0]) && found.keys.contains(ids[4]) && !found.keys.contains(ids[2]))
    #expect(found.allSatisfy { wanted[$0.key] == $0.value })
    #expect(!queue.findings.isEmpty && !namesInFolder(path + "/corrupt").isEmpty)
    try queue.close()
    // It was said; and what can be read again counts again.
    queue = try start()
    #expect(queue.findings.isEmpty, "\(queue.findings)")
    let later = try queue.put(body(100))
    try queue.close()
    disk.state.with { $0.unreadable = 0..<0 }
    #expect(Set(try start().contents().keys) == Set(ids + [later]))
  }

  @Test("behind the last record, too: nobody knows what was there")
  func unreadableEnd() throws {
    var queue = try open()
    let kept = try queue.put(body(300))
    disk.state.with { $0.unreadable = 8192..<12288 }
    queue = try afterCrash(disk.settings)
    #expect(try queue.contents().keys.map { $0 } == [kept])
    #expect(queue.findings.map(\.message.code) == [.queueRecordDamaged])
    #expect(namesInFolder(folder.path + "/copy/corrupt").count == 1)
  }

  @Test("a head that cannot be read: the segment is taken away whole")
  func unreadableHead() throws {
    try open().put(body(300))
    disk.state.with { $0.unreadable = 0..<4096 }
    let queue = try afterCrash(disk.settings)
    #expect(queue.findings.map(\.message.code) == [.queueSegmentLost])
    disk.state.with { $0.unreadable = 0..<0 }
    let later = try queue.put(body(10, 3))
    #expect(try queue.content(of: later) == body(10, 3))
  }

  @Test("the system says how much room there is")
  func systemRoom() throws {
    #expect(try Disk.system.freeBytes(folder.path) > 0)
    #expect(throws: Errno(ENOENT)) { try Disk.system.freeBytes(path + "/none") }
  }
}
