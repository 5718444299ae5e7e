// Sightings.swift: where the messages of the questions turned up.

import Delivery
import Equivalence
import MailAddress
import MailQueue
import Posix
import Routing

/// All that was seen, by the numbers of the questions.
struct Sightings {
  private(set) var copies: [Set<Outcome.Copy>]
  /// Header fields besides addresses and trace fields.
  private(set) var fields: [Set<Bytes>]
  private(set) var held: Set<Int> = []
  private let questions: [Question]

  /// - Parameter mailFolder: mbox files by the names of users.
  init(_ recorded: [RecordedCopy], mailFolder: String, _ queue: MessageQueue, _ questions: [Question]) {
    self.questions = questions
    copies = Array(repeating: [], count: questions.count)
    fields = Array(repeating: [], count: questions.count)
    for copy in recorded {
      for recipient in copy.recipients { note(copy.destination, copy.sender, recipient, copy.content) }
    }
    for user in namesInFolder(mailFolder) {
      for content in Self.messages((try? readFile(mailFolder + "/" + user)) ?? []) {
        note(.mailbox(user: Bytes(user.utf8)), [], [], content)
      }
    }
    for entry in queue.list() { note(entry, queue) }
  }

  private mutating func note(_ destination: Destination, _ sender: Bytes, _ recipient: Bytes, _ content: Bytes) {
    var content = LineEnds.toFile(content)
    // Files and programs get it as a mailbox does.
    if content.starts(with: Self.fromLine) { content = Bytes(content.drop { $0 != .newline }.dropFirst()) }
    let header = HeaderBlock(content)
    guard let (number, kind) = ProbeMessage.recognize(content, header), questions.indices.contains(number) else {
      return
    }
    switch kind {
    case .notice(let status):
      copies[number].insert(
        Outcome.Copy(
          .bounce(Reply(status * 100, nil, "")), sender: [], recipient: [], headers: nil, hasSender: false))
    case .copy:
      let envelope = questions[number].envelope
      copies[number].insert(
        Outcome.Copy(
          destination, sender: sender, recipient: recipient,
          headers: ProbeMessage.headerForms(header, envelope), hasSender: !sender.isEmpty))
      fields[number].formUnion(ProbeMessage.otherFields(header))
    }
  }

  /// What is left in the queue waits there, or is held.
  private mutating func note(_ entry: QueueEntry, _ queue: MessageQueue) {
    guard let content = (try? queue.content(of: entry.id)).map(LineEnds.toFile),
      let (number, kind) = ProbeMessage.recognize(content, HeaderBlock(content)), kind == .copy,
      questions.indices.contains(number)
    else { return }
    if entry.state == .hold {
      held.insert(number)
    } else {
      copies[number].insert(
        Outcome.Copy(.deferred(Reply(450, nil, "")), sender: [], recipient: [], headers: nil, hasSender: false))
    }
  }

  private static let fromLine = Bytes(ascii: "From ")

  /// The messages of an mbox file, without their From lines.
  private static func messages(_ mailbox: Bytes) -> [Bytes] {
    var result: [Bytes] = []
    for line in mailbox.split(separator: .newline, omittingEmptySubsequences: false) {
      if line.starts(with: fromLine) {
        result.append([])
      } else if let last = result.indices.last {
        result[last] += line
        result[last].append(.newline)
      }
    }
    return result
  }
}
