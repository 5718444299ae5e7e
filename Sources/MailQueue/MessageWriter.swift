// MessageWriter.swift: a message on its way in.
//
// Its body gathers in one buffer, which becomes the message's record. A body too long for
// that goes to the log piece by piece; until the message's own record follows they are
// garbage, so there is nothing to undo when a client goes away.

/// To be used by one thread at a time.
package final class MessageWriter: @unchecked Sendable {
  package let id: QueueID
  /// Bytes of body so far.
  package private(set) var size = 0

  private let queue: MessageQueue
  private var buffer: RecordBuffer
  private var pieces: [Place] = []
  private var failure: QueueError?
  private let pieceSize: Int

  init(_ queue: MessageQueue, _ id: QueueID, expectedSize: Int) {
    self.queue = queue
    self.id = id
    pieceSize = queue.settings.effectivePieceSize
    // With room for an envelope of usual size behind the body.
    buffer = MessageRecord.begin(capacity: min(max(expectedSize, 2048), pieceSize) + 512)
  }

  deinit { forget() }

  /// Adds to the body. A failure to write is kept for `commit`.
  package func append(_ bytes: UnsafeRawBufferPointer) {
    size += bytes.count
    var rest = bytes
    while failure == nil, !rest.isEmpty {
      let room = pieceSize - MessageRecord.bodyCount(buffer)
      if room == 0 {
        writePiece()
        continue
      }
      buffer.append(UnsafeRawBufferPointer(rebasing: rest.prefix(room)))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(room))
    }
  }

  package func append(_ bytes: [UInt8]) { bytes.withUnsafeBytes { append($0) } }

  /// Accepts the message. When this returns, it is on the disk.
  ///
  /// - Throws: and then the message is not in the queue.
  @discardableResult
  package func commit(_ envelope: QueuedEnvelope) throws(QueueError) -> QueueID {
    defer { forget() }
    if let failure { throw failure }
    failure = .closed
    guard !envelope.recipients.isEmpty else { throw .noRecipients }
    var envelope = envelope
    for index in envelope.recipients.indices { envelope.recipients[index].number = UInt32(index + 1) }
    let entry = Entry(
      id, envelope, size: size, bodyCount: MessageRecord.bodyCount(buffer), places: pieces,
      nextNumber: UInt32(envelope.recipients.count + 1))
    MessageRecord.finishMessage(
      buffer, id, size: size, pieces: pieces.map(\.sequence), nextNumber: entry.nextNumber, envelope)
    guard buffer.bytes.count <= RecordHeader.largest else { throw .tooLarge }
    try queue.accept(entry, buffer)
    return id
  }

  /// Forgets the message. Dropping the writer does the same.
  package func abandon() {
    failure = .closed
    forget()
  }

  private func writePiece() {
    MessageRecord.finishPiece(buffer, id)
    do throws(QueueError) {
      pieces.append(try queue.write(piece: buffer, of: self))
      buffer = MessageRecord.begin(capacity: pieceSize + 512)
    } catch {
      failure = error
    }
  }

  private func forget() {
    pieces = []
    queue.forget(self)
  }
}

// What a writer asks of its queue.
extension MessageQueue {
  fileprivate func accept(_ entry: Entry, _ record: RecordBuffer) throws(QueueError) {
    try monitor.withLock { () throws(QueueError) in
      if isClosed { throw .closed }
      let ticket = Ticket(record, pieces: entry.places) { [self] result in
        guard case .success(let place) = result else { return }
        entry.places.append(place)
        index.insert(entry)
      }
      log.enqueue(ticket)
      try log.wait(for: ticket)
      collectGarbageIfDue()
    }
    tellNews()
  }

  fileprivate func write(piece: RecordBuffer, of writer: MessageWriter) throws(QueueError) -> Place {
    try monitor.withLock { () throws(QueueError) in
      if isClosed { throw .closed }
      let key = ObjectIdentifier(writer)
      let ticket = Ticket(piece, isDurable: false) { [self] result in
        // From the instant at which it has a place, its segment must stay.
        guard case .success(let place) = result, unfinished[key] == nil else { return }
        unfinished[key] = place.segment.number
      }
      log.enqueue(ticket)
      return try log.wait(for: ticket)
    }
  }

  fileprivate func forget(_ writer: MessageWriter) {
    monitor.withLock { _ = unfinished.removeValue(forKey: ObjectIdentifier(writer)) }
  }
}
