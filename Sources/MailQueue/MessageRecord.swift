// MessageRecord.swift: the payloads of piece and message records.
//
//     piece      | body part's length, 0, 0, 0 | body part |
//     message    | body part's length, 0, 0, 0 | body part | size | pieces | next number | envelope |
//
// Both begin alike, with four 32-bit numbers, so that a buffer that collects a body can
// become either. A message names its pieces by their sequences; its own body part is the
// last one.

enum MessageRecord {
  /// Bytes before the body part.
  static let prologue = 16

  /// An empty buffer that is ready to take a body.
  static func begin(capacity: Int) -> RecordBuffer {
    let record = RecordBuffer(capacity: capacity + prologue)
    record.append(number: UInt64(0))
    record.append(number: UInt64(0))
    return record
  }

  /// Bytes of body that a buffer has collected.
  static func bodyCount(_ record: RecordBuffer) -> Int { record.payloadCount - prologue }

  static func finishPiece(_ record: RecordBuffer, _ id: QueueID) {
    record.patch(number: UInt32(truncatingIfNeeded: bodyCount(record)), at: 0)
    record.seal(.piece, id)
  }

  static func finishMessage(
    _ record: RecordBuffer, _ id: QueueID, size: Int, pieces: [UInt64], nextNumber: UInt32,
    _ envelope: QueuedEnvelope
  ) {
    record.patch(number: UInt32(truncatingIfNeeded: bodyCount(record)), at: 0)
    record.append(integer: size)
    record.append(list: pieces) { record.append(number: $0) }
    record.append(number: nextNumber)
    envelope.encode(into: record)
    record.seal(.message, id)
  }

  /// Where the body part is in a payload.
  static func body(of payload: UnsafeRawBufferPointer) throws(FormatError) -> UnsafeRawBufferPointer {
    var reader = ByteReader(payload)
    let count = Int(try reader.number(UInt32.self))
    _ = try reader.take(prologue - 4)
    return try reader.take(count)
  }

  struct Description: Equatable {
    var size: Int
    var bodyCount: Int
    var pieces: [UInt64]
    var nextNumber: UInt32
    var envelope: QueuedEnvelope
  }

  static func describe(_ payload: UnsafeRawBufferPointer) throws(FormatError) -> Description {
    let bodyCount = try body(of: payload).count
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: payload[(prologue + bodyCount)...]))
    let size = try reader.integer()
    let pieces = try reader.list { reader throws(FormatError) in try reader.number(UInt64.self) }
    let nextNumber = try reader.number(UInt32.self)
    let envelope = try QueuedEnvelope(&reader)
    guard reader.isAtEnd, size >= bodyCount else { throw FormatError() }
    return Description(
      size: size, bodyCount: bodyCount, pieces: pieces, nextNumber: nextNumber, envelope: envelope)
  }
}

extension QueuedEnvelope {
  func encode(into record: RecordBuffer) {
    record.append(number: UInt8(isHeld ? 1 : 0))
    record.append(number: returns?.rawValue ?? 0)
    record.append(number: bodyType.rawValue)
    record.append(integer: arrival)
    record.append(string: sender)
    record.append(optionalString: envelopeID)
    record.append(list: client) { fact in
      record.append(string: fact.key)
      record.append(string: fact.value)
    }
    record.append(list: recipients) { $0.encode(into: record) }
  }

  init(_ reader: inout ByteReader) throws(FormatError) {
    let hold = try reader.number(UInt8.self)
    let returnCode = try reader.number(UInt8.self)
    guard hold <= 1, returnCode == 0 || Return(rawValue: returnCode) != nil,
      let bodyType = BodyType(rawValue: try reader.number(UInt8.self))
    else { throw FormatError() }
    let arrival = try reader.integer()
    let sender = try reader.string()
    let envelopeID = try reader.optionalString()
    let client = try reader.list { reader throws(FormatError) in
      Fact(key: try reader.string(), value: try reader.string())
    }
    let recipients = try reader.list { reader throws(FormatError) in try QueuedRecipient(&reader) }
    self.init(
      sender: sender, recipients: recipients, returns: Return(rawValue: returnCode), envelopeID: envelopeID,
      bodyType: bodyType, arrival: arrival, client: client, isHeld: hold == 1)
  }
}

extension QueuedRecipient {
  func encode(into record: RecordBuffer) {
    record.append(number: number)
    record.append(number: notify.rawValue)
    record.append(number: UInt8(delayIsReported ? 1 : 0))
    record.append(number: UInt32(clamping: attempts))
    record.append(integer: due)
    record.append(string: address)
    record.append(optionalString: original)
    record.append(string: route)
    record.append(string: reason)
  }

  init(_ reader: inout ByteReader) throws(FormatError) {
    let number = try reader.number(UInt32.self)
    let notify = Notify(rawValue: try reader.number(UInt8.self))
    let reported = try reader.number(UInt8.self)
    let attempts = Int(try reader.number(UInt32.self))
    let due = try reader.integer()
    self.init(
      address: try reader.string(), original: try reader.optionalString(), notify: notify,
      route: try reader.string(), due: due)
    self.number = number
    self.attempts = attempts
    reason = try reader.string()
    delayIsReported = reported == 1
  }
}
