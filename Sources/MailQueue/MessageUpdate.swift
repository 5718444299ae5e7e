// MessageUpdate.swift: what changed with a message, as a record and as it is applied.
//
// It says how things are, not how they changed, so that to apply it twice does no harm:
//
//     | hold: 0 as it was, 1 released, 2 held | changed or new recipients | numbers of those gone |
//
// A message without recipients is gone; no further record says so.

struct MessageUpdate: Equatable {
  var isHeld: Bool?
  var changed: [QueuedRecipient] = []
  var gone: [UInt32] = []

  func encode(_ id: QueueID) -> RecordBuffer {
    let record = RecordBuffer()
    record.append(number: UInt8(isHeld.map { $0 ? 2 : 1 } ?? 0))
    record.append(list: changed) { $0.encode(into: record) }
    record.append(list: gone) { record.append(number: $0) }
    record.seal(.update, id)
    return record
  }

  /// - Parameter recipients: as they stand in the envelope, in the order of their numbers.
  func apply(to envelope: inout QueuedEnvelope) {
    if let isHeld { envelope.isHeld = isHeld }
    let replaced = Set(changed.map(\.number)).union(gone)
    guard !replaced.isEmpty else { return }
    envelope.recipients.removeAll { replaced.contains($0.number) }
    envelope.recipients += changed
    envelope.recipients.sort { $0.number < $1.number }
  }
}

extension MessageUpdate {
  init(_ payload: UnsafeRawBufferPointer) throws(FormatError) {
    var reader = ByteReader(payload)
    switch try reader.number(UInt8.self) {
    case 0: isHeld = nil
    case 1: isHeld = false
    case 2: isHeld = true
    default: throw FormatError()
    }
    changed = try reader.list { reader throws(FormatError) in try QueuedRecipient(&reader) }
    gone = try reader.list { reader throws(FormatError) in try reader.number(UInt32.self) }
    guard reader.isAtEnd else { throw FormatError() }
  }
}
