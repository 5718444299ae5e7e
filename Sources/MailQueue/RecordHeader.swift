// RecordHeader.swift: the 40 bytes before each record of the log.
//
//      0  checksum of bytes 4 to 39          16  salt of the segment
//      4  checksum of the payload            24  sequence
//      8  length of the payload              32  queue id
//     12  type, three zeros
//
// The header has a checksum of its own, so that after a damaged payload the next record
// is found, and one knows whose payload it was. The salt is drawn anew each time a
// segment is taken into use: what an earlier use left behind, or what somebody
// wrote into a mail to look like a record, does not have it.

enum RecordType: UInt8, Sendable {
  /// A part of a body that was too long to wait in memory.
  case piece = 1
  /// A message is complete: the rest of its body and its envelope.
  case message = 2
  /// What changed with recipients of a message, or with its being held.
  case update = 3
  /// A message was taken out of the queue.
  case gone = 4
  /// The queue was closed in good order.
  case end = 5
}

struct RecordHeader: Equatable {
  static let size = 40
  /// A gigabyte: no envelope has a good reason to be larger.
  static let largest = 1 << 30

  var type: RecordType
  var length: Int
  var checksum: UInt32
  var salt: UInt64
  var sequence: UInt64
  var id: QueueID

  init(type: RecordType, length: Int, checksum: UInt32, salt: UInt64, sequence: UInt64, id: QueueID) {
    self.type = type
    self.length = length
    self.checksum = checksum
    self.salt = salt
    self.sequence = sequence
    self.id = id
  }

  /// Nil where the bytes are no header of ours.
  init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= Self.size else { return nil }
    func number<Number: FixedWidthInteger>(_ offset: Int, _: Number.Type = Number.self) -> Number {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
    let own = MailQueue.checksum(UnsafeRawBufferPointer(rebasing: bytes[4..<Self.size]))
    guard number(0) == own, let type = RecordType(rawValue: bytes[12]) else { return nil }
    self.type = type
    checksum = number(4)
    length = Int(number(8, UInt32.self))
    salt = number(16)
    sequence = number(24)
    id = QueueID(number: number(32))
  }

  /// Payload and padding included.
  var recordSize: Int { Self.size + (length + 7) / 8 * 8 }

  func write(into bytes: UnsafeMutableRawBufferPointer) {
    func store<Number: FixedWidthInteger>(_ number: Number, _ offset: Int) {
      bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
    store(checksum, 4)
    store(UInt32(truncatingIfNeeded: length), 8)
    store(UInt32(type.rawValue), 12)
    store(salt, 16)
    store(sequence, 24)
    store(id.number, 32)
    store(MailQueue.checksum(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[4..<Self.size])), 0)
  }
}
