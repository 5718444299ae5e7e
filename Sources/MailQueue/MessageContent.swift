// MessageContent.swift: the body of a message, read back from the log.
//
// Each record is read whole and must have its checksum: a body that changed on the disk
// is not delivered. What the pieces are in stays readable as long as the value lives,
// also when the message is finished or compaction moves it meanwhile.

import Posix

/// The content of a message, piece by piece. To be used by one thread at a time.
package struct MessageContent {
  package let id: QueueID
  package let size: Int
  private var places: ArraySlice<Place>
  private var given = 0

  init(_ entry: Entry) {
    id = entry.id
    size = entry.size
    places = entry.places[...]
  }

  /// The next bytes of the body; nil at its end.
  package mutating func next() throws(QueueError) -> [UInt8]? {
    while let place = places.popFirst() {
      let piece = try place.readBody(of: id)
      given += piece.count
      if places.isEmpty, given != size { throw .damaged(id) }
      if !piece.isEmpty { return piece }
    }
    return nil
  }

  /// All that is left of the body.
  package consuming func rest() throws(QueueError) -> [UInt8] {
    var body: [UInt8] = []
    while let piece = try next() {
      if body.isEmpty, piece.count == size { return piece }
      if body.isEmpty { body.reserveCapacity(size) }
      body += piece
    }
    return body
  }
}

extension MessageQueue {
  /// The content of a message, to be read piece by piece.
  package func reader(of id: QueueID) throws(QueueError) -> MessageContent {
    try monitor.withLock { () throws(QueueError) in MessageContent(try entry(id)) }
  }

  /// The whole content of a message.
  package func content(of id: QueueID) throws(QueueError) -> [UInt8] { try reader(of: id).rest() }
}

extension Place {
  /// The body part of a piece or message record.
  ///
  /// - Throws: `.damaged` where it is not what was written.
  func readBody(of id: QueueID) throws(QueueError) -> [UInt8] {
    let bytes: [UInt8]
    do throws(Errno) { bytes = try segment.read(at: offset, count: size) } catch {
      throw .failed("read", segment.path, error)
    }
    let body = bytes.withUnsafeBytes { bytes -> [UInt8]? in
      guard let header = RecordHeader(bytes), header.id == id, header.sequence == sequence,
        header.recordSize == bytes.count
      else { return nil }
      let payload = UnsafeRawBufferPointer(rebasing: bytes[RecordHeader.size..<RecordHeader.size + header.length])
      guard checksum(payload) == header.checksum, let body = try? MessageRecord.body(of: payload) else { return nil }
      return [UInt8](body)
    }
    guard let body else { throw .damaged(id) }
    return body
  }
}
