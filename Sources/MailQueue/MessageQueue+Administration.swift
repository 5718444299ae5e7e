// MessageQueue+Administration.swift: what people do with a queue: look, hold, release, remove.

import Diagnostics

extension MessageQueue {
  /// Nothing of the message is delivered until it is released. What is under way ends as it ends.
  package func hold(_ id: QueueID) throws(QueueError) { try setHold(id, true, []) }

  /// The same with a reason, which is kept with each recipient until the message is released.
  package func quarantine(_ id: QueueID, reason: [UInt8]) throws(QueueError) { try setHold(id, true, reason) }

  package func release(_ id: QueueID) throws(QueueError) { try setHold(id, false, []) }

  private func setHold(_ id: QueueID, _ isHeld: Bool, _ reason: [UInt8]) throws(QueueError) {
    try monitor.withLock { () throws(QueueError) in
      let entry = try entry(id)
      var change = MessageUpdate(isHeld: isHeld)
      // What is being delivered says itself how that ends; a reason ends with its hold.
      if !reason.isEmpty || entry.envelope.isHeld, entry.claimed.isEmpty {
        change.changed = entry.envelope.recipients.map { recipient in
          var recipient = recipient
          recipient.reason = reason
          return recipient
        }
      }
      try update(entry, change)
    }
    tellNews()
  }

  /// As if it had just come: routes are forgotten, all recipients are due, no hold.
  package func requeue(_ id: QueueID) throws(QueueError) {
    try monitor.withLock { () throws(QueueError) in
      let entry = try entry(id)
      let recipients = entry.envelope.recipients.map { recipient in
        var recipient = recipient
        recipient.route = []
        recipient.due = 0
        return recipient
      }
      try update(entry, MessageUpdate(isHeld: false, changed: recipients))
    }
    tellNews()
  }

  /// Takes a message out of the queue, or what is left of a corrupt one. Nobody is told.
  package func remove(_ id: QueueID) throws(QueueError) {
    let removed = try monitor.withLock { () throws(QueueError) -> Bool in
      if isClosed { throw .closed }
      let entry = index[id]
      guard entry != nil || corrupt[id] != nil else { throw .unknownMessage(id) }
      entry?.pending += 1
      let ticket = Ticket(gone(id)) { [self] result in
        entry?.pending -= 1
        guard case .success = result, let entry, index[id] === entry else { return }
        index.remove(entry)
      }
      log.enqueue(ticket)
      try log.wait(for: ticket)
      collectGarbageIfDue()
      return corrupt.removeValue(forKey: id) != nil
    }
    if removed { try CorruptFolder(queue: folder.path, settings.disk).remove(id) }
  }

  /// Makes all recipients due that wait for another attempt. In memory only: after a
  /// restart they wait as before.
  package func flush() {
    monitor.withLock {
      for entry in index.entries.values {
        for position in entry.envelope.recipients.indices { entry.envelope.recipients[position].due = 0 }
        index.schedule(entry)
      }
    }
    tellNews()
  }

  /// All messages, oldest first.
  package func list() -> [QueueEntry] {
    let (entries, corrupt) = monitor.withLock {
      (
        index.entries.values.map { QueueEntry(id: $0.id, state: $0.state, size: $0.size, envelope: $0.envelope) },
        self.corrupt.map { QueueEntry(id: $0, state: .corrupt, size: $1, envelope: nil) }
      )
    }
    // What a damaged update is about stays in the queue, and is listed once.
    let known = Set(entries.map(\.id))
    return (entries + corrupt.filter { !known.contains($0.id) }).sorted { $0.id < $1.id }
  }

  /// Whether a message is in the queue.
  package func contains(_ id: QueueID) -> Bool { monitor.withLock { index[id] != nil } }

  /// How many messages are in each state.
  package func counts() -> [QueueEntry.State: Int] {
    monitor.withLock {
      var counts = Dictionary(uniqueKeysWithValues: QueueEntry.State.allCases.map { ($0, 0) })
      for entry in index.entries.values { counts[entry.state, default: 0] += 1 }
      counts[.corrupt] = corrupt.keys.count { index[$0] == nil }
      return counts
    }
  }

  /// Takes a message out of the queue whose content turned out to be damaged, and copies
  /// its records for people to look at.
  package func setAside(_ id: QueueID) throws(QueueError) {
    let places = try monitor.withLock { () throws(QueueError) in try entry(id).places }
    let folder = CorruptFolder(queue: folder.path, settings.disk)
    var copy = folder.path
    for place in places {
      copy = try folder.setAside(id, place.segment, place.offset..<place.offset + place.size).path
    }
    try remove(id)
    let sizes = folder.messages()
    monitor.withLock { corrupt[id] = sizes[id] }
    settings.report(.init(.error, .queueMessageLost(id, copy: copy)))
  }
}
