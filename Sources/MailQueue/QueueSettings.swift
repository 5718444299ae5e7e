// QueueSettings.swift: what an admin, or a test, decides about a queue.

import Diagnostics

package struct QueueSettings: Sendable {
  /// Bytes of a segment of the log. A record that needs more gets a segment of its own.
  package var segmentSize = 64 << 20
  /// Below so many free bytes on the file system nothing new is taken.
  package var minimumFreeBytes = 100 << 20
  /// A body of more than so many bytes is written in pieces while it arrives.
  package var pieceSize = 256 << 10
  /// Empty segments kept for reuse: space that was written before is faster to sync.
  package var spareSegments = 1
  /// Whether garbage is collected by a thread of our own; else `compact` does it.
  package var compactsByItself = true
  package var disk = Disk.system
  /// Told of damage that is found while the queue is in use.
  package var report: @Sendable (Diagnostic) -> Void = { _ in }

  package init() {}

  /// Pieces must fit into segments, also in those of tests.
  var effectivePieceSize: Int { max(64, min(pieceSize, segmentSize / 4)) }
}
