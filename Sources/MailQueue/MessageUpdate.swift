// MessageUpdate.swift: what changed with a message, as a record and as it is applied.
//
// It says how things are, not how they changed, so that to apply it twice does no harm:
//
//     | hold: 0 as it was, 1 released, 2 held | changed or new recipients | numbers of those gone |
//
// A message without recipients is gone, whether a record says so or not: several updates at
// once may each have seen recipients that another one took.

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

  /// Whether nothing is left of these recipients.
  func finishes(_ envelope: QueuedEnvelope) -> Bool {
    changed.isEmpty && gone.count >= envelope.recipients.count && Set(gone).count == envelope.recipients.count
  }

  func apply(to envelope: inout QueuedEnvelope) {
    if let isHeld { envelope.isHeld = isHeld }
    if gone.count > 8 {
      let gone = Set(gone)
      envelope.recipients.removeAll { gone.contains($0.number) }
    } else {
      for number in gone {
        let place = envelope.place(of: number)
        if envelope.has(number, at: place) { envelope.recipients.remove(at: place) }
      }
    }
    for recipient in changed {
      let place = envelope.place(of: recipient.number)
      if envelope.has(recipient.number, at: place) {
        envelope.recipients[place] = recipient
      } else {
        envelope.recipients.insert(recipient, at: place)
      }
    }
  }
}

extension QueuedEnvelope {
  /// Where a recipient is, or would be: they are in the order of their numbers.
  fileprivate func place(of number: UInt32) -> Int {
    var low = 0
    var high = recipients.count
    while low < high {
      let middle = (low + high) / 2
      if recipients[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low
  }

  fileprivate func has(_ number: UInt32, at place: Int) -> Bool {
    place < recipients.count && recipients[place].number == number
  }

  /// A recipient by its number.
  func recipient(_ number: UInt32) -> QueuedRecipient? {
    let place = place(of: number)
    return has(number, at: place) ? recipients[place] : nil
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
