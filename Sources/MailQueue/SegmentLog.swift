// SegmentLog.swift: records to the disk, many threads sharing one sync.
//
// A thread that has a record puts it into the batch that gathers and waits. The first one
// to find that nobody leads takes the batch, writes all its records with one call and
// syncs once; meanwhile the next batch gathers. So the slower the disk is, the more
// share a sync, and nobody waits for a clock.
//
//     threads    a b c d  e f g h i  j k ...
//     batches    [  1  ]  [   2   ]  [ 3 ...
//     disk       write, sync | write, sync | ...
//
// After a write or a sync that failed nothing is known of what was written since the last
// sync, and a later sync that succeeds proves nothing (the kernel may have dropped the
// pages). So the segment is left for good, the next one says where it ends, and all who
// waited hear of the failure.

import Glibc
import Posix

/// Where a record is.
struct Place: Sendable {
  let segment: Segment
  let offset: Int
  /// Header and padding included.
  let size: Int
  let sequence: UInt64

  /// Whether it is before the end of what counts.
  var isValid: Bool { offset + size <= segment.end }
}

/// A record on its way to the disk.
final class Ticket: @unchecked Sendable {
  let record: RecordBuffer
  /// Whether it needs a sync; a piece of a body waits for the one of its message.
  let isDurable: Bool
  /// Records without which this one is worth nothing.
  let pieces: [Place]
  /// Told how it ended, under the log's lock and in the order of the log.
  let completion: (Result<Place, QueueError>) -> Void
  fileprivate(set) var result: Result<Place, QueueError>?
  /// Whether its completion was told. Under the lock.
  fileprivate var isSettled = false
  fileprivate var condition = 0

  init(
    _ record: RecordBuffer, isDurable: Bool = true, pieces: [Place] = [],
    completion: @escaping (Result<Place, QueueError>) -> Void = { _ in }
  ) {
    self.record = record
    self.isDurable = isDurable
    self.pieces = pieces
    self.completion = completion
  }
}

final class SegmentLog: @unchecked Sendable {
  /// Conditions of the monitor: two for batches, in turn, and one for who waits for anything else.
  static let conditions = 3
  static let settled = 2

  let folder: String
  let settings: QueueSettings
  let monitor: Monitor

  // Under the monitor's lock.
  /// Oldest first.
  private(set) var segments: [Segment]
  private var gathering: [Ticket] = []
  private var condition = 0
  private var isLeading = false
  private var spares: [String]
  /// From this segment on there may be records whose completions were not told yet.
  private var firstInUse: UInt64 = .max
  /// No id above this one was given out.
  var highestID: UInt64

  // Of the thread that leads.
  private var active: Segment?
  private var nextSequence: UInt64
  private var previous: UInt64
  private var previousEnd: Int

  init(_ recovered: RecoveredLog, folder: String, settings: QueueSettings, monitor: Monitor) {
    self.folder = folder
    self.settings = settings
    self.monitor = monitor
    segments = recovered.segments
    spares = recovered.spares
    highestID = recovered.highestID
    nextSequence = recovered.nextSequence
    previous = recovered.previous
    previousEnd = recovered.previousEnd
  }

  /// Puts a record into the batch that gathers. With the lock held.
  func enqueue(_ ticket: Ticket) {
    ticket.condition = condition
    gathering.append(ticket)
  }

  /// Waits until a record is on the disk, and leads where nobody does. With the lock held,
  /// which is given away meanwhile.
  @discardableResult
  func wait(for ticket: Ticket) throws(QueueError) -> Place {
    while true {
      if let result = ticket.result, ticket.isSettled { return try result.get() }
      // Not settled, it is in the batch that is being written or in the one that gathers.
      if isLeading { monitor.wait(ticket.condition) } else { lead() }
    }
  }

  /// The segments into which nothing is written any more, oldest first. With the lock held.
  var sealed: ArraySlice<Segment> { segments.prefix { $0.number < firstInUse } }

  /// Whether records are on their way to the disk. With the lock held.
  var isBusy: Bool { isLeading || !gathering.isEmpty }

  /// Whether anything was written since the log was opened. With the lock held.
  var isActive: Bool { active != nil }

  private func lead() {
    isLeading = true
    firstInUse = active?.number ?? previous + 1
    let batch = gathering
    let own = condition
    gathering = []
    condition = 1 - condition
    monitor.unlock()
    write(batch)
    monitor.lock()
    for ticket in batch {
      ticket.isSettled = true
      ticket.completion(ticket.result ?? .failure(.closed))
    }
    isLeading = false
    firstInUse = active?.number ?? .max
    monitor.wakeAll(own)
    monitor.wakeAll(Self.settled)
    if !gathering.isEmpty { monitor.wakeOne(condition) }
  }
}

// What the thread that leads does, without the lock.
extension SegmentLog {
  /// Writes a batch, segment by segment, and leaves its result in each ticket.
  private func write(_ batch: [Ticket]) {
    do throws(QueueError) {
      var run: [Ticket] = []
      var end = active?.end ?? 0
      for ticket in batch {
        guard ticket.pieces.allSatisfy(\.isValid) else {
          ticket.result = .failure(.system(doing: "write", path: folder, Errno(EIO)))
          continue
        }
        let size = ticket.record.bytes.count
        if active.map({ end + size > $0.size }) ?? true {
          try write(run, isLast: true)
          run = []
          end = try startSegment(atLeast: size)
        }
        run.append(ticket)
        end += size
      }
      try write(run, isLast: false)
    } catch {
      leaveSegment()
      for ticket in batch where ticket.result == nil { ticket.result = .failure(error) }
    }
  }

  /// Writes records behind one another into the segment that is active.
  ///
  /// - Parameter isLast: whether the segment is full then.
  private func write(_ run: [Ticket], isLast: Bool) throws(QueueError) {
    guard let segment = active else { return }
    var places: [Place] = []
    var end = segment.end
    for ticket in run {
      ticket.record.stamp(salt: segment.head.salt, sequence: nextSequence)
      let size = ticket.record.bytes.count
      places.append(Place(segment: segment, offset: end, size: size, sequence: nextSequence))
      nextSequence += 1
      end += size
    }
    do throws(Errno) {
      if !run.isEmpty { try settings.disk.write(segment.descriptor, run.map(\.record.bytes), segment.end) }
      segment.end = end
      if isLast ? segment.durableEnd < end : run.contains(where: \.isDurable) {
        try settings.disk.sync(segment.descriptor)
        segment.durableEnd = end
      }
    } catch {
      throw .failed("write", segment.path, error)
    }
    for (ticket, place) in zip(run, places) { ticket.result = .success(place) }
    if isLast { seal(segment) }
  }

  private func seal(_ segment: Segment) {
    previous = segment.number
    previousEnd = segment.end
    monitor.withLock { active = nil }
  }

  /// Nothing behind the last sync counts any more.
  private func leaveSegment() {
    guard let segment = active else { return }
    segment.end = segment.durableEnd
    segment.hasFailed = true
    // The next segment will say where this one ends. Should there be none before we are
    // started again, it is better that nobody finds what was refused. It may fail: the disk does.
    _ = ftruncate(segment.descriptor, off_t(segment.end))
    seal(segment)
  }

  /// - Returns: where its first record goes.
  private func startSegment(atLeast size: Int) throws(QueueError) -> Int {
    let whole = max(settings.segmentSize, SegmentHead.recordsStart + size)
    let (highest, spare) = monitor.withLock {
      (highestID, whole == settings.segmentSize ? spares.popLast() : nil)
    }
    let head = SegmentHead(
      number: previous + 1, salt: .random(in: 1 ... .max), firstSequence: nextSequence, highestID: highest,
      previous: previous, previousEnd: UInt64(previousEnd))
    let segment = try Segment.create(
      in: folder, head, size: whole, spare: spare.map { folder + "/" + $0 }.flatMap { exists($0) ? $0 : nil },
      settings.disk)
    monitor.withLock {
      segments.append(segment)
      active = segment
    }
    return segment.end
  }
}

// Taking segments out of use.
extension SegmentLog {
  /// Gives the space of segments that wait for use to whoever needs it more.
  func dropSpares() {
    let names = monitor.withLock {
      defer { spares = [] }
      return spares
    }
    for name in names { unlink(folder + "/" + name) }
  }

  /// Frees the oldest segment, in which nothing is needed. Without the lock.
  ///
  /// Only ever the oldest, and durably before the next: so what says that a message is gone
  /// never disappears before the message.
  func freeOldest() throws(QueueError) {
    // The newest stays: it knows the highest id.
    var oldest = monitor.withLock { segments.count > 1 && sealed.first?.live == 0 ? segments.removeFirst() : nil }
    guard var segment = oldest.take() else { throw .failed("free a segment of", folder, Errno(EBUSY)) }
    // Somebody may still read from it; then nothing may be written into it.
    let isFree = isKnownUniquelyReferenced(&segment)
    let path = segment.path
    let spare = Segment.spareName(segment.number)
    let isSpare =
      isFree && !segment.hasFailed && segment.size == settings.segmentSize
      && monitor.withLock { spares.count < settings.spareSegments }
    guard (isSpare ? rename(path, folder + "/" + spare) : unlink(path)) == 0 || errno == ENOENT else {
      let reason = Errno.last
      monitor.withLock { segments.insert(segment, at: 0) }
      throw .failed("remove", path, reason)
    }
    do throws(Errno) { try settings.disk.syncFolder(path) } catch {
      // The name is gone and may come back: the next turn finds ENOENT and syncs again.
      monitor.withLock { segments.insert(segment, at: 0) }
      throw .failed("sync the folder of", path, error)
    }
    if isSpare { monitor.withLock { spares.append(spare) } }
  }
}
