// MessageQueue.swift: a durable queue of mail in one folder.
//
//     begin ─► append … commit ─► [ incoming ] ─ claim ─► [ active ] ─ finish ─► gone
//                                  ▲    ▲                    │  │
//                     release ─ [ hold ]│     deferred       │  └ giveBack, or the process ends
//                                       └── [ deferred ] ◄───┘
//
// What it promises: a call that changed something returns when the change is on the disk.
// A crash at any instant loses nothing that was promised. What was under way and not
// promised either happened or did not. docs/queue-format.md describes the files, and
// SegmentLog how many threads share a sync.
//
// All calls may block on the disk and may come from any thread.
//
// Fails: with QueueError. After an error nothing of what was asked for counts.

import Diagnostics
import Glibc
import Posix

package final class MessageQueue: @unchecked Sendable {
  /// What was found damaged when the queue was opened.
  package let findings: [Diagnostic]

  let folder: QueueFolder
  let settings: QueueSettings
  let log: SegmentLog
  let monitor: Monitor

  // Under the monitor's lock.
  var index: QueueIndex
  var corrupt: [QueueID: Int]
  /// The segments that hold pieces of messages which are not complete yet.
  var unfinished: [ObjectIdentifier: UInt64] = [:]
  var isCompacting = false
  var isClosed = false
  private var news: @Sendable () -> Void = {}

  /// Opens the queue in a folder, which is made if it is not there, and repairs what a crash left.
  package static func open(
    folder path: String, settings: QueueSettings = QueueSettings()
  ) throws(QueueError) -> MessageQueue {
    let folder = try QueueFolder(path)
    let recovered = try Recovery.run(path, settings)
    let queue = MessageQueue(folder, recovered, settings)
    queue.monitor.withLock { queue.collectGarbageIfDue() }
    return queue
  }

  private init(_ folder: QueueFolder, _ recovered: RecoveredLog, _ settings: QueueSettings) {
    self.folder = folder
    self.settings = settings
    findings = recovered.findings
    monitor = Monitor(conditions: SegmentLog.conditions)
    log = SegmentLog(recovered, folder: folder.path, settings: settings, monitor: monitor)
    index = recovered.index
    corrupt = CorruptFolder(queue: folder.path, settings.disk).messages()
  }

  /// Ends the use of the queue in good order. Claims are given up; other calls fail from now on.
  package func close() throws(QueueError) {
    monitor.lock()
    defer { monitor.unlock() }
    if isClosed { return }
    isClosed = true
    while isCompacting || log.isBusy { monitor.wait(SegmentLog.settled) }
    defer { folder.unlock() }
    guard log.isActive else { return }
    // With a sound record at the end, damage before it is told from a torn write.
    let end = RecordBuffer()
    end.seal(.end, QueueID(number: 0))
    try submit(end)
  }

  /// Calls this, from whichever thread, when something new may be due.
  package func onNews(_ body: @escaping @Sendable () -> Void) { monitor.withLock { news = body } }

  /// Starts a message.
  ///
  /// - Parameter expectedSize: what the client said, if anything.
  /// - Throws: `.insufficientSpace` where the file system is nearly full.
  package func begin(expectedSize: Int = 0) throws(QueueError) -> MessageWriter {
    do throws(Errno) {
      let isEnough = { [self] () throws(Errno) in
        try settings.disk.freeBytes(folder.path) - max(0, expectedSize) >= settings.minimumFreeBytes
      }
      if try !isEnough() {
        log.dropSpares()
        guard try isEnough() else { throw Errno(ENOSPC) }
      }
    } catch {
      throw .failed("look at", folder.path, error)
    }
    let id = try monitor.withLock { () throws(QueueError) in
      if isClosed { throw QueueError.closed }
      return makeID()
    }
    return MessageWriter(self, id, expectedSize: expectedSize)
  }

  private func makeID() -> QueueID {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let microseconds = UInt64(max(0, now.tv_sec)) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    log.highestID = max(log.highestID &+ 1, microseconds)
    return QueueID(number: log.highestID)
  }

  // MARK: For the parts of this type

  /// Waits for a record to be on the disk. With the lock held, which is given away meanwhile.
  @discardableResult
  func submit(_ record: RecordBuffer) throws(QueueError) -> Place {
    let ticket = Ticket(record)
    log.enqueue(ticket)
    return try log.wait(for: ticket)
  }

  /// The entry of a message, for a call that is going to change something. With the lock held.
  func entry(_ id: QueueID) throws(QueueError) -> Entry {
    if isClosed { throw .closed }
    guard let entry = index[id] else { throw .unknownMessage(id) }
    return entry
  }

  /// Writes an update down and, when it is on the disk, does it. With the lock held, which
  /// is given away meanwhile.
  ///
  /// - Parameter settle: called with the lock held, just before the message is scheduled anew.
  func update(
    _ entry: Entry, _ update: MessageUpdate, settle: @escaping (Entry) -> Void = { _ in }
  ) throws(QueueError) {
    // To say so is shorter, and is understood also where the message's own record is damaged.
    let record =
      entry.pending == 0 && update.finishes(entry.envelope) ? gone(entry.id) : update.encode(entry.id)
    entry.pending += 1
    let ticket = Ticket(record) { [self] result in
      entry.pending -= 1
      // Somebody may have removed it in the same batch.
      guard case .success = result, index[entry.id] === entry else { return }
      update.apply(to: &entry.envelope)
      settle(entry)
      if entry.envelope.recipients.isEmpty { index.remove(entry) } else { index.schedule(entry) }
    }
    log.enqueue(ticket)
    try log.wait(for: ticket)
    collectGarbageIfDue()
  }

  /// The record that takes a message out of the queue.
  func gone(_ id: QueueID) -> RecordBuffer {
    let record = RecordBuffer(capacity: 0)
    record.seal(.gone, id)
    return record
  }

  /// Tells whoever waits for work. Without the lock.
  func tellNews() {
    let body = monitor.withLock { news }
    body()
  }

  /// Starts the collection of garbage where it is worth it. With the lock held.
  func collectGarbageIfDue() {
    guard settings.compactsByItself, !isCompacting, !isClosed, isGarbageWorthIt else { return }
    isCompacting = startThread { [self] in runCompaction() }
  }
}
