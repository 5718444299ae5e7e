// QueueIndex.swift: what is kept in memory of each message: its envelope, how it stands and
// where its content is. Never the content itself.
//
// When something is due is asked all the time and changes often, so there is a heap of
// times whose entries are believed only if the message still says the same.

/// A message in the queue. Under the queue's lock.
final class Entry {
  let id: QueueID
  var envelope: QueuedEnvelope
  /// Bytes of content.
  var size: Int
  /// Bytes of it in the message's own record.
  var bodyCount: Int
  /// Pieces of the content in their order, and then the message's own record.
  var places: [Place]
  /// For the next recipient that comes in place of another.
  var nextNumber: UInt32
  /// Recipients being delivered.
  var claimed: Set<UInt32> = []
  /// Records about this message that are on their way to the disk.
  var pending = 0
  /// The time under which the heap knows it.
  fileprivate(set) var scheduled: Int?

  init(
    _ id: QueueID, _ envelope: QueuedEnvelope, size: Int, bodyCount: Int, places: [Place], nextNumber: UInt32
  ) {
    self.id = id
    self.envelope = envelope
    self.size = size
    self.bodyCount = bodyCount
    self.places = places
    self.nextNumber = nextNumber
  }

  var state: QueueEntry.State {
    if envelope.isHeld { return .hold }
    if !claimed.isEmpty { return .active }
    return envelope.recipients.contains { $0.attempts > 0 } ? .deferred : .incoming
  }

  /// When somebody should claim it; nil while it is held or being delivered.
  fileprivate var due: Int? {
    envelope.isHeld || !claimed.isEmpty ? nil : envelope.recipients.lazy.map(\.due).min()
  }

  /// The oldest segment that has a part of it.
  var oldestSegment: UInt64 { places.lazy.map(\.segment.number).min() ?? .max }
}

/// All messages. Under the queue's lock.
struct QueueIndex {
  private(set) var entries: [QueueID: Entry] = [:]
  private var heap: [(due: Int, id: QueueID)] = []

  subscript(id: QueueID) -> Entry? { entries[id] }

  mutating func insert(_ entry: Entry) {
    entries[entry.id] = entry
    for place in entry.places { place.segment.live += place.size }
    schedule(entry)
  }

  mutating func remove(_ entry: Entry) {
    entries[entry.id] = nil
    for place in entry.places { place.segment.live -= place.size }
  }

  /// The content is elsewhere now.
  func move(_ entry: Entry, to places: [Place]) {
    for place in entry.places { place.segment.live -= place.size }
    for place in places { place.segment.live += place.size }
    entry.places = places
  }

  /// To be called after any change of when an entry is due.
  mutating func schedule(_ entry: Entry) {
    let due = entry.due
    guard due != entry.scheduled else { return }
    entry.scheduled = due
    guard let due else { return }
    // Times that do not count any more are dropped when they come up, or all at once.
    if heap.count > 2 * entries.count + 64 { rebuild() } else { push(due, entry.id) }
  }

  /// The earliest time at which something is due.
  mutating func nextDue() -> Int? {
    while let first = heap.first {
      if entries[first.id]?.scheduled == first.due { return first.due }
      pop()
    }
    return nil
  }

  /// A message that is due, which is not named again until it is scheduled anew.
  mutating func takeDue(_ now: Int) -> Entry? {
    guard let due = nextDue(), due <= now, let id = heap.first?.id, let entry = entries[id] else { return nil }
    pop()
    entry.scheduled = nil
    return entry
  }

  private mutating func rebuild() {
    heap = entries.values.compactMap { entry in entry.scheduled.map { ($0, entry.id) } }
    heap.sort { ($0.due, $0.id) < ($1.due, $1.id) }
  }

  private mutating func push(_ due: Int, _ id: QueueID) {
    heap.append((due, id))
    var child = heap.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, least) {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    (heap[one].due, heap[one].id) < (heap[other].due, heap[other].id)
  }
}
