// ControlRow.swift: what a process of this host and the runtime say to each other.
//
//     list                             one line a request: a word and what goes with it
//     run I6A1F !Sexample               each field in xtext, an empty one as "="
//     6A1F… active 120 …                lines of the answer
//     ok                               or "error" and why
//
// After `submit` the line changes to SMTP.

import MailAddress
import MailQueue

/// A line of the control socket.
package struct ControlRow: Sendable, Equatable {
  package var fields: [Bytes]

  package init(_ fields: [Bytes]) { self.fields = fields }

  package init(_ word: String, _ fields: [Bytes] = []) { self.fields = [Bytes(word.utf8)] + fields }

  /// Nil for what is no such line.
  package init?(line: some Sequence<UInt8>) {
    fields = []
    for part in Bytes(line).split(separator: 0x20, omittingEmptySubsequences: false) {
      if part.elementsEqual([0x3D]) {
        fields.append([])
      } else {
        guard !part.isEmpty, let field = Xtext.decode(part) else { return nil }
        fields.append(field)
      }
    }
  }

  package var line: Bytes {
    Bytes(fields.map { $0.isEmpty ? [0x3D] : Xtext.encode($0) }.joined(separator: [0x20])) + [.newline]
  }

  package var word: String { fields.first?.text ?? "" }
}

/// Which messages are meant, as `-qIabc` or `-q!Sexample` say it.
package struct QueueSelection: Sendable, Equatable {
  package enum Subject: UInt8, Sendable, CaseIterable {
    case id = 0x49
    case recipient = 0x52
    case sender = 0x53
    case reason = 0x51
  }

  package var subject: Subject
  package var isNegated: Bool
  package var text: Bytes

  package init(_ subject: Subject, _ text: Bytes, isNegated: Bool = false) {
    (self.subject, self.text, self.isNegated) = (subject, text, isNegated)
  }

  var field: Bytes { (isNegated ? [.bang] : []) + [subject.rawValue] + text }

  init?(_ field: Bytes) {
    isNegated = field.first == .bang
    let rest = isNegated ? field.dropFirst() : field[...]
    guard let letter = rest.first, let subject = Subject(rawValue: letter) else { return nil }
    self.subject = subject
    text = Bytes(rest.dropFirst())
  }

  /// Whether a message is meant: a part of the text is enough, and case does not count.
  func matches(_ id: QueueID, _ envelope: QueuedEnvelope) -> Bool {
    let found =
      switch subject {
      case .id: Bytes("\(id)".utf8).containsIgnoringCase(text)
      case .recipient: envelope.recipients.contains { $0.address.containsIgnoringCase(text) }
      case .sender: envelope.sender.containsIgnoringCase(text)
      case .reason: envelope.isHeld && envelope.recipients.contains { $0.reason.containsIgnoringCase(text) }
      }
    return found != isNegated
  }
}

extension Bytes {
  fileprivate func containsIgnoringCase(_ part: Bytes) -> Bool {
    if part.isEmpty { return true }
    guard count >= part.count else { return false }
    let (text, part) = (lowercased, part.lowercased)
    return (0...(text.count - part.count)).contains { text[$0..<($0 + part.count)].elementsEqual(part) }
  }
}

/// A message as `mailq` shows it.
package struct ListedMessage: Sendable, Equatable {
  package struct Recipient: Sendable, Equatable {
    package var address: Bytes
    package var attempts: Int
    package var reason: Bytes
  }

  package var id: Bytes
  package var state: QueueEntry.State
  package var size: Int
  /// Of the text behind the header, lines ending in LF.
  package var textSize: Int
  package var arrival: Int
  /// `8BITMIME`; empty where the client said nothing.
  package var body: Bytes
  package var sender: Bytes
  /// Made by the mail system itself.
  package var isNotice: Bool
  /// Of recipients that were refused when it was submitted.
  package var refusal: Bytes
  package var recipients: [Recipient]

  init(_ entry: QueueEntry) {
    id = Bytes("\(entry.id)".utf8)
    state = entry.state
    size = entry.size
    arrival = entry.envelope?.arrival ?? 0
    textSize = entry.envelope?.fact("text").flatMap { Int($0.text) } ?? size
    body = entry.envelope?.fact("body") ?? []
    refusal = entry.envelope?.fact("refusal") ?? []
    isNotice = entry.envelope?.client.isEmpty ?? false
    sender = entry.envelope?.sender ?? []
    recipients = (entry.envelope?.recipients ?? []).map {
      let expansion = Route($0.route)?.expansion ?? []
      return Recipient(
        address: expansion.isEmpty ? $0.address : expansion, attempts: $0.attempts, reason: $0.reason)
    }
  }

  var row: ControlRow {
    ControlRow(
      [id, Bytes(state.rawValue.utf8)] + [size, textSize, arrival, isNotice ? 1 : 0].map { Bytes(String($0).utf8) }
        + [body, refusal, sender] + recipients.flatMap { [$0.address, Bytes(String($0.attempts).utf8), $0.reason] })
  }

  init?(_ row: ControlRow) {
    let fields = row.fields
    guard fields.count >= 9, (fields.count - 9) % 3 == 0, let state = QueueEntry.State(rawValue: fields[1].text),
      let size = Int(fields[2].text), let textSize = Int(fields[3].text), let arrival = Int(fields[4].text)
    else { return nil }
    (id, self.state, self.size, self.textSize, self.arrival) = (fields[0], state, size, textSize, arrival)
    isNotice = fields[5] == [0x31]
    (body, refusal, sender) = (fields[6], fields[7], fields[8])
    recipients = stride(from: 9, to: fields.count, by: 3).map {
      Recipient(address: fields[$0], attempts: Int(fields[$0 + 1].text) ?? 0, reason: fields[$0 + 2])
    }
  }
}

/// How an attempt for one recipient ended, as the command hears of it.
package struct AttemptReport: Sendable, Equatable {
  package enum Kind: String, Sendable { case sent, failed, deferred }

  package var message: Bytes
  package var recipient: Bytes
  package var kind: Kind
  package var mailer: Bytes
  package var host: Bytes
  /// `5.1.1`
  package var status: Bytes
  /// `Sent`, `Deferred: …`, or why not.
  package var text: Bytes

  init(_ ended: QueueRunner.Ended) {
    message = Bytes("\(ended.message)".utf8)
    recipient = ended.route.expansion.isEmpty ? ended.recipient.address : ended.route.expansion
    kind =
      switch ended.outcome.kind {
      case .delivered, .relayed, .expanded: .sent
      case .failed: .failed
      case .deferred: .deferred
      }
    mailer = ended.route.transport
    host = ended.route.host
    status = Bytes((ended.outcome.reply.enhancedCode ?? "").utf8)
    text = ended.outcome.words
  }

  var row: ControlRow { ControlRow([message, recipient, Bytes(kind.rawValue.utf8), mailer, host, status, text]) }

  init?(_ row: ControlRow) {
    let fields = row.fields
    guard fields.count == 7, let kind = Kind(rawValue: fields[2].text) else { return nil }
    (message, recipient, self.kind, mailer, host) = (fields[0], fields[1], kind, fields[3], fields[4])
    (status, text) = (fields[5], fields[6])
  }
}
