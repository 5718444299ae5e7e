// MessageQueue+Compaction.swift: space is given back.
//
// Finished messages leave garbage in the segments. What is still needed of the oldest
// segment is written once more, at the end of the log, and the segment is freed. Only
// the oldest one, ever: then no record that says "this message is gone" is freed before
// the message it speaks of. A segment without anything needed costs nothing; the others wait
// until less than half of the log is needed, so each byte is on average copied once.
//
// A crash in between leaves a message twice, with the later copy counting.

extension MessageQueue {
  /// Collects garbage now, as far as it is worth it.
  package func compact() throws(QueueError) {
    monitor.lock()
    while isCompacting { monitor.wait(SegmentLog.settled) }
    let isWorthIt = !isClosed && isGarbageWorthIt
    isCompacting = isWorthIt
    monitor.unlock()
    guard isWorthIt else { return }
    defer { endCompaction() }
    try compactWhileWorthIt()
  }

  /// The thread that collects garbage. What fails is tried again when there is more of it.
  func runCompaction() {
    try? compactWhileWorthIt()
    endCompaction()
  }

  private func endCompaction() {
    monitor.withLock {
      isCompacting = false
      monitor.wakeAll(SegmentLog.settled)
    }
  }

  /// With the lock held.
  var isGarbageWorthIt: Bool {
    let sealed = log.sealed
    guard let oldest = sealed.first, log.segments.count > 1,
      !unfinished.values.contains(where: { $0 <= oldest.number })
    else { return false }
    if oldest.live == 0 { return true }
    let (size, live) = sealed.reduce((0, 0)) { ($0.0 + $1.size, $0.1 + $1.live) }
    return sealed.count > 1 && live * 2 < size
  }

  private func compactWhileWorthIt() throws(QueueError) {
    while monitor.withLock({ !isClosed && isGarbageWorthIt }) {
      try emptyOldest()
      try log.freeOldest()
    }
  }

  /// Writes anew what the oldest segment has of messages that are in the queue.
  private func emptyOldest() throws(QueueError) {
    let entries = monitor.withLock { () -> [Entry] in
      guard let oldest = log.sealed.first, oldest.live > 0 else { return [] }
      return index.entries.values.filter { $0.oldestSegment <= oldest.number }
    }
    var tickets: [Ticket] = []
    var size = 0
    for entry in entries.sorted(by: { $0.id < $1.id }) {
      guard let ticket = try move(entry) else { continue }
      tickets.append(ticket)
      size += ticket.record.bytes.count
      // Many share a sync, as far as memory allows.
      if size > 1 << 20 {
        try settle(&tickets)
        size = 0
      }
    }
    try settle(&tickets)
  }

  private func settle(_ tickets: inout [Ticket]) throws(QueueError) {
    try monitor.withLock { () throws(QueueError) in
      for ticket in tickets { try log.wait(for: ticket) }
    }
    tickets = []
  }

  /// Puts a copy of a message into the log.
  ///
  /// - Returns: nil where nobody needs one any more.
  private func move(_ entry: Entry) throws(QueueError) -> Ticket? {
    var places = monitor.withLock { entry.places }
    guard let last = places.popLast() else { return nil }
    do throws(QueueError) {
      var pieces: [Place] = []
      for place in places { pieces.append(try write(piece: try place.readBody(of: entry.id), of: entry.id)) }
      return enqueueCopy(of: entry, body: try last.readBody(of: entry.id), pieces)
    } catch {
      guard case .damaged = error else { throw error }
      // It may have been finished meanwhile; then nobody misses it.
      do throws(QueueError) { try setAside(entry.id) } catch {
        guard case .unknownMessage = error else { throw error }
      }
      return nil
    }
  }

  private func write(piece body: [UInt8], of id: QueueID) throws(QueueError) -> Place {
    let record = MessageRecord.begin(capacity: body.count)
    body.withUnsafeBytes { record.append($0) }
    MessageRecord.finishPiece(record, id)
    return try monitor.withLock { () throws(QueueError) in
      let ticket = Ticket(record, isDurable: false)
      log.enqueue(ticket)
      return try log.wait(for: ticket)
    }
  }

  private func enqueueCopy(of entry: Entry, body: [UInt8], _ pieces: [Place]) -> Ticket? {
    let record = MessageRecord.begin(capacity: body.count + 512)
    body.withUnsafeBytes { record.append($0) }
    return monitor.withLock {
      // The copy has the whole envelope and counts from now on: what was changed before it
      // and is still on its way has to be in it.
      while entry.pending > 0 { monitor.wait(SegmentLog.settled) }
      guard index[entry.id] === entry else { return nil }
      MessageRecord.finishMessage(
        record, entry.id, size: entry.size, pieces: pieces.map(\.sequence), nextNumber: entry.nextNumber,
        entry.envelope)
      let ticket = Ticket(record, pieces: pieces) { [self] result in
        guard case .success(let place) = result, index[entry.id] === entry else { return }
        index.move(entry, to: pieces + [place])
      }
      log.enqueue(ticket)
      return ticket
    }
  }
}
