// Recovery.swift: from the segments in the folder to the messages of the queue.
//
// All records are read in their order and done again: a message appears, recipients are
// done with, it goes. Compaction writes a message anew and leaves the old records for a
// while; the later ones count. Pieces without their message, the torn end of the last
// segment and what is behind the end that a segment's successor states are garbage and
// nobody hears of it. Damage is copied to corrupt/ and said, once.
//
// What the disk does not give back is damage, too.
//
// Fails: where the system cannot open or sync. Never because of what is in the files.

import Diagnostics
import Glibc
import Posix

/// What the folder holds.
struct RecoveredLog {
  var segments: [Segment] = []
  var spares: [String] = []
  var highestID: UInt64 = 0
  var nextSequence: UInt64 = 1
  /// The last segment and its end.
  var previous: UInt64 = 0
  var previousEnd = 0
  var index = QueueIndex()
  var findings: [Diagnostic] = []
}

struct Recovery {
  private let folder: String
  private let settings: QueueSettings
  private let corrupt: CorruptFolder
  private var log = RecoveredLog()
  private var entries: [QueueID: Entry] = [:]
  /// Messages that miss a piece. Once a message is gone its segments are freed one by one,
  /// the pieces' first; only if it is not gone in the end is something lost.
  private var incomplete: [QueueID: QueuedEnvelope] = [:]
  private var pieces: [QueueID: [UInt64: Place]] = [:]
  private var damages: [Damage] = []
  private var gone: Set<QueueID> = []

  /// Bytes of a segment that are no sound record, or a record that is worth nothing.
  private struct Damage {
    var segment: Segment
    var range: Range<Int>
    /// What it was, where anything is known of it.
    var record: (type: RecordType, id: QueueID, sequence: UInt64)?
  }

  static func run(_ folder: String, _ settings: QueueSettings) throws(QueueError) -> RecoveredLog {
    var recovery = Recovery(folder: folder, settings: settings, corrupt: CorruptFolder(queue: folder, settings.disk))
    try recovery.openSegments()
    for position in recovery.log.segments.indices { try recovery.read(position) }
    try recovery.judge()
    for entry in recovery.entries.values { recovery.log.index.insert(entry) }
    return recovery.log
  }

  private init(folder: String, settings: QueueSettings, corrupt: CorruptFolder) {
    self.folder = folder
    self.settings = settings
    self.corrupt = corrupt
  }

  // MARK: Segments

  private mutating func openSegments() throws(QueueError) {
    for name in namesInFolder(folder) {
      if name.hasPrefix("spare-") {
        keepSpare(name)
      } else if name.hasPrefix("segment-"), name.hasSuffix(".new") {
        // It never counted.
        unlink(folder + "/" + name)
      } else if let number = Segment.number(inName: name), number <= Segment.largestNumber {
        log.previous = max(log.previous, number)
        if let segment = try openSegment(name, number) { log.segments.append(segment) }
      }
    }
    noteMissing()
  }

  /// One of another size, or one too many, is of no use.
  private mutating func keepSpare(_ name: String) {
    var status = stat()
    let isUsable = stat(folder + "/" + name, &status) == 0 && Int(status.st_size) == settings.segmentSize
    if isUsable, log.spares.count < settings.spareSegments {
      log.spares.append(name)
    } else {
      unlink(folder + "/" + name)
    }
  }

  private mutating func openSegment(_ name: String, _ number: UInt64) throws(QueueError) -> Segment? {
    let path = folder + "/" + name
    let descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .failed("open", path, .last) }
    var status = stat()
    let bytes: [UInt8]
    do throws(Errno) {
      guard fstat(descriptor, &status) == 0 else { throw .last }
      var unreadable: [Range<Int>] = []
      bytes = try readBytes(
        descriptor, at: 0, count: SegmentHead.recordsStart, settings.disk, unreadable: &unreadable)
    } catch {
      close(descriptor)
      throw .failed("read", path, error)
    }
    guard let (head, damagedCopy) = SegmentHead.read(bytes), head.number == number else {
      close(descriptor)
      let copy = try corrupt.move(path, name: name)
      note(.error, .queueSegmentUnreadable(copy: copy), path)
      return nil
    }
    if let damagedCopy {
      note(.warning, .queueHeadRepaired, path)
      // Should this fail, it is said again at the next start.
      try? head.encode().withUnsafeBytesThrowing { copy throws(Errno) in
        try settings.disk.write(descriptor, [copy], damagedCopy)
      }
    }
    return Segment(head: head, path: path, size: Int(status.st_size), descriptor: descriptor, settings.disk)
  }

  /// Only the oldest segments are ever freed, so each one follows the one before it.
  private mutating func noteMissing() {
    for (one, next) in zip(log.segments, log.segments.dropFirst()) where next.head.previous != one.number {
      let name = Segment.name(next.head.previous)
      guard !exists(corrupt.path + "/" + name) else { continue }
      note(.error, .queueSegmentMissing(name), folder)
    }
  }

  // MARK: Records

  private mutating func read(_ position: Int) throws(QueueError) {
    let segment = log.segments[position]
    let next = log.segments.indices.contains(position + 1) ? log.segments[position + 1].head : nil
    let knownEnd = next.flatMap { $0.previous == segment.number ? Int(clamping: $0.previousEnd) : nil }
    log.highestID = max(log.highestID, segment.head.highestID)
    log.nextSequence = max(log.nextSequence, segment.head.firstSequence)
    var scanner = SegmentScanner(segment, knownEnd: knownEnd)
    do throws(Errno) {
      while let item = try scanner.next() {
        switch item {
        case .damage(let range, let header):
          note(segment, range, header)
        case .record(let header, let offset):
          apply(header, segment, offset, try scanner.payload(header, at: offset))
        }
      }
      // Whoever wrote the last records may not have lived to sync them; they count from now on.
      if knownEnd == nil { try settings.disk.sync(segment.descriptor) }
    } catch {
      throw .failed("read", segment.path, error)
    }
    segment.end = scanner.end
    segment.durableEnd = scanner.end
    log.previousEnd = scanner.end
  }

  private mutating func apply(
    _ header: RecordHeader, _ segment: Segment, _ offset: Int, _ payload: UnsafeRawBufferPointer
  ) {
    log.nextSequence = max(log.nextSequence, header.sequence &+ 1)
    log.highestID = max(log.highestID, header.id.number)
    let place = Place(segment: segment, offset: offset, size: header.recordSize, sequence: header.sequence)
    do throws(FormatError) {
      switch header.type {
      case .piece: pieces[header.id, default: [:]][header.sequence] = place
      case .message: try applyMessage(header.id, place, MessageRecord.describe(payload))
      case .update: try applyUpdate(header.id, MessageUpdate(payload))
      case .gone: forget(header.id)
      case .end: break
      }
    } catch {
      note(segment, offset..<offset + header.recordSize, header)
    }
  }

  private mutating func note(_ segment: Segment, _ range: Range<Int>, _ header: RecordHeader?) {
    damages.append(
      Damage(segment: segment, range: range, record: header.map { ($0.type, $0.id, $0.sequence) }))
  }

  private mutating func applyMessage(
    _ id: QueueID, _ place: Place, _ message: MessageRecord.Description
  ) throws(FormatError) {
    let known = pieces.removeValue(forKey: id) ?? [:]
    let places = message.pieces.compactMap { known[$0] }
    guard places.count == message.pieces.count, message.size <= (places + [place]).reduce(0, { $0 + $1.size }) else {
      for piece in places {
        let range = piece.offset..<piece.offset + piece.size
        damages.append(Damage(segment: piece.segment, range: range, record: (.piece, id, piece.sequence)))
      }
      if entries[id] == nil { incomplete[id] = message.envelope }
      throw FormatError()
    }
    incomplete[id] = nil
    entries[id] = Entry(
      id, message.envelope, size: message.size, bodyCount: message.bodyCount, places: places + [place],
      nextNumber: message.nextNumber)
  }

  private mutating func applyUpdate(_ id: QueueID, _ update: MessageUpdate) {
    if var envelope = incomplete[id] {
      update.apply(to: &envelope)
      incomplete[id] = envelope
      if envelope.recipients.isEmpty { forget(id) }
    }
    guard let entry = entries[id] else { return }
    update.apply(to: &entry.envelope)
    entry.nextNumber = max(entry.nextNumber, (update.changed.map(\.number).max() ?? 0) &+ 1)
    if entry.envelope.recipients.isEmpty { forget(id) }
  }

  private mutating func forget(_ id: QueueID) {
    entries[id] = nil
    pieces[id] = nil
    incomplete[id] = nil
    gone.insert(id)
  }

  // MARK: Damage

  private mutating func judge() throws(QueueError) {
    var lost: Set<QueueID> = []
    for damage in damages where damage.record?.type != .piece {
      guard let record = damage.record else {
        let (copy, isNew) = try corrupt.setAside(nil, damage.segment, damage.range)
        if isNew { note(.error, .queueRecordDamaged(bytes: damage.range.count, copy: copy), damage) }
        continue
      }
      let entry = entries[record.id]
      // What was done with the message later makes it all the same.
      if gone.contains(record.id) || entry?.places.last.map({ $0.sequence > record.sequence }) == true { continue }
      guard record.type == .message || entry != nil else { continue }
      if entry == nil { lost.insert(record.id) }
      let (copy, isNew) = try corrupt.setAside(record.id, damage.segment, damage.range)
      guard isNew else { continue }
      note(
        .error,
        entry == nil ? .queueMessageLost(record.id, copy: copy) : .queueUpdateLost(record.id, copy: copy), damage)
    }
    // A piece is missed by its message, if at all.
    for damage in damages {
      guard let record = damage.record, record.type == .piece, lost.contains(record.id) else { continue }
      _ = try corrupt.setAside(record.id, damage.segment, damage.range)
    }
  }

  private mutating func note(_ severity: Diagnostic.Severity, _ message: Diagnostic.Message, _ path: String) {
    log.findings.append(Diagnostic(severity, message, at: SourcePosition(file: path)))
  }

  private mutating func note(_ severity: Diagnostic.Severity, _ message: Diagnostic.Message, _ damage: Damage) {
    note(severity, message, damage.segment.path)
    let at = SourcePosition(file: damage.segment.path)
    log.findings[log.findings.count - 1].notes = [Diagnostic.Note("at byte \(damage.range.lowerBound)", at: at)]
  }
}
