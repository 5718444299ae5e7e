// QueueMessages.swift: what this module says to people, in one place.

import Diagnostics

extension Diagnostic.Message {
  static func queueMessageLost(_ id: QueueID, copy: String) -> Self {
    .init(
      .queueMessageLost, "message \(id) is damaged and was taken out of the queue",
      fix: "what is left of it is in \(copy)")
  }

  static func queueUpdateLost(_ id: QueueID, copy: String) -> Self {
    .init(
      .queueRecordDamaged,
      "how deliveries of message \(id) ended is damaged; recipients may get it a second time",
      fix: "what is left of the record is in \(copy)")
  }

  static func queueRecordDamaged(bytes: Int, copy: String) -> Self {
    .init(
      .queueRecordDamaged, "\(bytes) bytes are damaged; they were left out",
      fix: "a copy of them is in \(copy)")
  }

  static var queueHeadRepaired: Self {
    .init(.queueRecordDamaged, "one of the segment's two heads was damaged; it was written anew from the other one")
  }

  static func queueSegmentUnreadable(copy: String) -> Self {
    .init(
      .queueSegmentLost, "the head of this segment is damaged; none of its records can be told from garbage",
      fix: "the segment is now \(copy)")
  }

  static func queueSegmentMissing(_ name: String) -> Self {
    .init(.queueSegmentLost, "segment \(name) is missing; what it held is lost")
  }
}
