// SegmentScanner.swift: the records of a segment, one after the other, damaged or not.
//
// A record that does not have its checksum is one of two things. With sound records
// behind it, or before the end that the next segment states, it is damage. At the very
// end it is what a crash left of a write that nobody was told of, and is passed over
// in silence. So damage waits until something sound comes after it.
//
//     record record record  ~~~damage~~~  record record  ~~~torn~~~ zeros ...
//                                                      ^ end
//
// Where the disk does not give bytes back, nobody knows whether that was a torn write: it
// is damage wherever it is.
//
// Fails: where the file cannot be read at all. Never because of what is in it.

import CShims
import Posix

struct SegmentScanner {
  enum Item: Equatable {
    case record(RecordHeader, at: Int)
    /// With the header where that at least is sound.
    case damage(Range<Int>, RecordHeader?)
  }

  private let segment: Segment
  /// The end that the next segment states.
  private let knownEnd: Int?
  private var position = SegmentHead.recordsStart
  private var lastSequence: UInt64?
  private var ready: [Item] = []
  private var waiting: [Item] = []
  private var window = Window()
  /// Behind the last sound record.
  private(set) var end = SegmentHead.recordsStart

  init(_ segment: Segment, knownEnd: Int?) {
    self.segment = segment
    self.knownEnd = knownEnd.map { max(SegmentHead.recordsStart, $0) }
  }

  private var limit: Int { knownEnd ?? segment.size }

  /// Nil at the end.
  mutating func next() throws(Errno) -> Item? {
    while ready.isEmpty, position < limit { try step() }
    if ready.isEmpty, knownEnd != nil {
      ready = waiting
      waiting = []
      if limit > end { end = limit }
    } else if ready.isEmpty {
      ready = window.takeUnreadable(from: end).map { .damage($0, nil) }
      waiting = []
    }
    return ready.isEmpty ? nil : ready.removeFirst()
  }

  /// The payload of a record that `next` gave. Valid until the next call.
  mutating func payload(_ header: RecordHeader, at offset: Int) throws(Errno) -> UnsafeRawBufferPointer {
    try window.bytes(segment, at: offset + RecordHeader.size, count: header.length)
  }

  private mutating func step() throws(Errno) {
    let start = position
    guard let header = try header(at: start) else {
      let next = try search(from: start + 8)
      waiting.append(.damage(start..<(next ?? limit), nil))
      position = next ?? limit
      return
    }
    position = start + header.recordSize
    guard checksum(try payload(header, at: start)) == header.checksum else {
      waiting.append(.damage(start..<position, header))
      lastSequence = header.sequence
      return
    }
    lastSequence = header.sequence
    ready = waiting + [.record(header, at: start)]
    waiting = []
    end = position
  }

  /// A header of this use of the segment, whose record fits.
  private mutating func header(at offset: Int) throws(Errno) -> RecordHeader? {
    guard let header = RecordHeader(try window.bytes(segment, at: offset, count: RecordHeader.size)),
      header.salt == segment.head.salt, header.recordSize <= limit - offset,
      lastSequence.map({ header.sequence > $0 }) ?? (header.sequence >= segment.head.firstSequence)
    else { return nil }
    return header
  }

  /// The next place where a header is.
  private mutating func search(from start: Int) throws(Errno) -> Int? {
    var from = start + Self.saltOffset
    while from + 8 <= limit {
      let bytes = try window.bytes(segment, at: from, count: min(Window.usual, limit - from))
      guard bytes.count >= 8 else { return nil }
      guard let hit = find(segment.head.salt, in: bytes) else {
        from += bytes.count - 7
        continue
      }
      let offset = from + hit - Self.saltOffset
      if offset % 8 == 0, try header(at: offset) != nil { return offset }
      from += hit + 1
    }
    return nil
  }

  private static let saltOffset = 16

  private func find(_ salt: UInt64, in bytes: UnsafeRawBufferPointer) -> Int? {
    let found = withUnsafeBytes(of: salt.littleEndian) { salt in
      waybill_find(
        bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count, salt.bindMemory(to: UInt8.self).baseAddress, 8)
    }
    return found < 0 ? nil : found
  }
}

/// The part of a segment that is in memory.
private final class Window {
  static let usual = 1 << 20

  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 0, alignment: 8)
  private var start = 0
  private var count = 0
  private var unreadable: [Range<Int>] = []

  deinit { memory.deallocate() }

  /// Fewer bytes where the file ends.
  func bytes(_ segment: Segment, at offset: Int, count wanted: Int) throws(Errno) -> UnsafeRawBufferPointer {
    if offset < start || offset + wanted > start + count {
      let (read, gaps) = try segment.readAsFarAsPossible(
        at: offset, count: max(wanted, min(Self.usual, segment.size - offset)))
      unreadable += gaps
      memory.deallocate()
      memory = .allocate(byteCount: read.count, alignment: 8)
      memory.copyBytes(from: read)
      start = offset
      count = read.count
    }
    let from = offset - start
    return UnsafeRawBufferPointer(rebasing: memory[from..<min(from + wanted, count)])
  }
  /// What could not be read from an offset on, once.
  func takeUnreadable(from start: Int) -> [Range<Int>] {
    defer { unreadable = [] }
    var parts: [Range<Int>] = []
    for gap in unreadable.sorted(by: { $0.lowerBound < $1.lowerBound }) where gap.upperBound > start {
      let from = max(gap.lowerBound, start)
      if let last = parts.last, last.upperBound >= from {
        parts[parts.count - 1] = last.lowerBound..<max(last.upperBound, gap.upperBound)
      } else {
        parts.append(from..<gap.upperBound)
      }
    }
    return parts
  }
}
