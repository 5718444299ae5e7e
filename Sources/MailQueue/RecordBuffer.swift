// RecordBuffer.swift: a record while it is made.
//
// It grows in memory of its own with room for the header in front, so that a body goes
// from the caller's buffer into this one and from here to the disk: it is copied once.
//
//     | header, 40 | payload ...            | zeros to a multiple of 8 |
//                  ^ append                 ^ seal

import CShims

final class RecordBuffer: @unchecked Sendable {
  private var memory: UnsafeMutableRawBufferPointer
  /// Header included.
  private(set) var count = RecordHeader.size

  init(capacity: Int = 512) {
    memory = .allocate(byteCount: max(capacity, 64) + RecordHeader.size, alignment: 8)
  }

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }
  var payloadCount: Int { count - RecordHeader.size }

  func append(_ bytes: UnsafeRawBufferPointer) {
    reserve(bytes.count)
    UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: bytes)
    count += bytes.count
  }

  func append(number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.littleEndian) { append($0) }
  }

  func append(integer: Int) { append(number: Int64(integer)) }

  func append(string: [UInt8]) {
    append(number: UInt32(truncatingIfNeeded: string.count))
    string.withUnsafeBytes { append($0) }
  }

  func append(optionalString: [UInt8]?) {
    append(number: UInt8(optionalString == nil ? 0 : 1))
    if let optionalString { append(string: optionalString) }
  }

  func append<Element>(list: [Element], _ element: (Element) -> Void) {
    append(number: UInt32(truncatingIfNeeded: list.count))
    for each in list { element(each) }
  }

  /// Writes over what is there already; offsets count from the payload's start.
  func patch(number: some FixedWidthInteger, at offset: Int) {
    withUnsafeBytes(of: number.littleEndian) { bytes in
      UnsafeMutableRawBufferPointer(rebasing: memory[(RecordHeader.size + offset)...]).copyMemory(from: bytes)
    }
  }

  /// The payload is complete: computes its checksum.
  func seal(_ type: RecordType, _ id: QueueID) {
    let payload = UnsafeRawBufferPointer(rebasing: memory[RecordHeader.size..<count])
    header = RecordHeader(
      type: type, length: payload.count, checksum: checksum(payload), salt: 0, sequence: 0, id: id)
    while count % 8 != 0 { append(number: UInt8(0)) }
  }

  /// The record gets its place in the log.
  func stamp(salt: UInt64, sequence: UInt64) {
    header?.salt = salt
    header?.sequence = sequence
    header?.write(into: UnsafeMutableRawBufferPointer(rebasing: memory[..<RecordHeader.size]))
  }

  private var header: RecordHeader?

  private func reserve(_ more: Int) {
    guard memory.count - count < more else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(memory.count * 2, count + more + 8), alignment: 8)
    larger.copyMemory(from: bytes)
    memory.deallocate()
    memory = larger
  }
}

/// CRC-32C.
func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
  waybill_crc32c(0, bytes.baseAddress, bytes.count)
}
