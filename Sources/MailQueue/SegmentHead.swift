// SegmentHead.swift: the first 128 bytes of a segment, its head twice.
//
//      0  "WBQUEUE1"                         32  no queue id above this one was given out
//      8  number of the segment              40  number of the segment before
//     16  salt of its records                48  where that one ends
//     24  no sequence below this one         56  zero, checksum of bytes 0 to 59
//
// The end of the segment before is a verdict: all before it is on the disk and has to be
// sound, and what is behind it does not count, for a write or a sync failed there
// and nobody was told that it is safe.

struct SegmentHead: Equatable {
  static let size = 64
  /// Where the records begin.
  static let recordsStart = 2 * size
  private static let magic = UInt64(littleEndian: 0x3145_5545_5551_4257)

  var number: UInt64
  var salt: UInt64
  var firstSequence: UInt64
  var highestID: UInt64
  var previous: UInt64
  var previousEnd: UInt64

  /// One copy.
  func encode() -> [UInt8] {
    var bytes: [UInt8] = []
    let numbers = [Self.magic, number, salt, firstSequence, highestID, previous, previousEnd]
    for value in numbers { withUnsafeBytes(of: value.littleEndian) { bytes += $0 } }
    bytes += [0, 0, 0, 0]
    let sum = bytes.withUnsafeBytes { checksum($0) }
    withUnsafeBytes(of: sum.littleEndian) { bytes += $0 }
    return bytes
  }

  init(
    number: UInt64, salt: UInt64, firstSequence: UInt64, highestID: UInt64, previous: UInt64, previousEnd: UInt64
  ) {
    self.number = number
    self.salt = salt
    self.firstSequence = firstSequence
    self.highestID = highestID
    self.previous = previous
    self.previousEnd = previousEnd
  }

  /// Reads one copy; nil where it is not sound.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size else { return nil }
    var numbers: [UInt64] = []
    for index in 0..<7 {
      numbers.append(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
    }
    let stored = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 60, as: UInt32.self))
    guard numbers[0] == Self.magic, stored == checksum(UnsafeRawBufferPointer(rebasing: bytes[..<60])) else {
      return nil
    }
    self.init(
      number: numbers[1], salt: numbers[2], firstSequence: numbers[3], highestID: numbers[4],
      previous: numbers[5], previousEnd: numbers[6])
  }

  /// What the first sound copy says, and where the other one is if it says something else.
  static func read(_ bytes: [UInt8]) -> (head: SegmentHead, damagedCopy: Int?)? {
    bytes.withUnsafeBytes { bytes in
      let first = SegmentHead(bytes)
      let second = bytes.count >= 2 * size ? SegmentHead(UnsafeRawBufferPointer(rebasing: bytes[size...])) : nil
      return (first ?? second).map { ($0, first == nil ? 0 : second == first ? nil : size) }
    }
  }
}
