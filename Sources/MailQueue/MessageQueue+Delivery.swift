// MessageQueue+Delivery.swift: what the queue runner does: claim, read, finish.
//
// A claim is in memory only. Whoever claims must call `finish` for each recipient it was
// given, or `giveBack`; if the process ends instead, the message is due as before.

extension MessageQueue {
  /// Messages that are due, each with those recipients that are, which nobody else is given
  /// before they are finished or given back.
  package func claim(now: Int, limit: Int) -> [QueuedMessage] {
    monitor.withLock {
      var messages: [QueuedMessage] = []
      while !isClosed, messages.count < limit, let entry = index.takeDue(now) {
        var envelope = entry.envelope
        envelope.recipients.removeAll { $0.due > now }
        entry.claimed = Set(envelope.recipients.map(\.number))
        messages.append(QueuedMessage(id: entry.id, size: entry.size, envelope: envelope))
      }
      return messages
    }
  }

  /// A message with all its recipients, due or not; nil where it is held, gone or claimed.
  package func claim(_ id: QueueID) -> QueuedMessage? {
    monitor.withLock {
      guard !isClosed, let entry = index[id], !entry.envelope.isHeld, entry.claimed.isEmpty else { return nil }
      entry.claimed = Set(entry.envelope.recipients.map(\.number))
      index.schedule(entry)
      return QueuedMessage(id: entry.id, size: entry.size, envelope: entry.envelope)
    }
  }

  /// Ends a claim without an attempt.
  package func giveBack(_ id: QueueID) {
    monitor.withLock {
      guard let entry = index[id] else { return }
      entry.claimed = []
      index.schedule(entry)
    }
    tellNews()
  }

  /// The earliest time at which something can be claimed.
  package var nextDue: Int? { monitor.withLock { index.nextDue() } }

  /// Writes down how attempts ended. A message without recipients left is gone.
  package func finish(_ id: QueueID, _ outcomes: [RecipientOutcome]) throws(QueueError) {
    try monitor.withLock { () throws(QueueError) in
      let entry = try entry(id)
      let update = try describe(outcomes, of: entry)
      let done = outcomes.map(\.recipient)
      try self.update(entry, update) { $0.claimed.subtract(done) }
    }
    tellNews()
  }

  /// What outcomes mean for a message. With the lock held.
  private func describe(_ outcomes: [RecipientOutcome], of entry: Entry) throws(QueueError) -> MessageUpdate {
    var update = MessageUpdate()
    for outcome in outcomes {
      guard var recipient = entry.envelope.recipient(outcome.recipient) else {
        throw .unknownRecipient(entry.id, outcome.recipient)
      }
      switch outcome.result {
      case .delivered, .failed:
        update.gone.append(recipient.number)
      case .deferred(let until, let reason, let delayIsReported):
        recipient.due = until
        recipient.reason = reason
        recipient.attempts += 1
        recipient.delayIsReported = recipient.delayIsReported || delayIsReported
        update.changed.append(recipient)
      case .replaced(let others):
        update.gone.append(recipient.number)
        for var other in others {
          other.number = entry.nextNumber
          entry.nextNumber &+= 1
          update.changed.append(other)
        }
      }
    }
    return update
  }
}
