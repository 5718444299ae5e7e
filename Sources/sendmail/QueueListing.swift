// QueueListing.swift: the queue as mailq prints it, in sendmail's columns or Postfix's.

import Glibc
import MTA
import MailAddress

enum QueueListing {
  // MARK: sendmail

  static func sendmail(_ messages: [ListedMessage], folder: String, isVerbose: Bool) -> String {
    let total = "\t\tTotal requests: \(messages.count)"
    guard !messages.isEmpty else { return "\(folder) is empty\n" + total }
    let title =
      isVerbose
      ? "-----Q-ID----- --Size-- -Priority- ---Q-Time--- --------Sender/Recipient--------"
      : "-----Q-ID----- --Size-- -----Q-Time----- ------------Sender/Recipient-----------"
    let head = "\t\t\(folder) (\(messages.count) request\(messages.count == 1 ? "" : "s"))"
    return ([head, title] + messages.flatMap { lines($0, isVerbose: isVerbose) } + [total]).joined(separator: "\n")
  }

  private static func lines(_ message: ListedMessage, isVerbose: Bool) -> [String] {
    // A star: it is being delivered now.
    let id = padded(message.id.text, 14) + (message.state == .active ? "*" : " ")
    let size = aligned("\(message.textSize)", 8)
    let sender = !message.sender.isEmpty ? message.sender.text : message.isNotice ? "MAILER-DAEMON" : "<>"
    let priority = message.size + 30000 * message.recipients.count
    var result = [
      isVerbose
        ? id + size + " " + aligned("\(priority)", 10) + " " + localDate(message.arrival, "%b %e %H:%M") + " " + sender
        : id + size + " " + localDate(message.arrival, "%a %b %e %H:%M") + " " + String(sender.prefix(39))
    ]
    let reason = message.recipients.map(\.reason).last { !$0.isEmpty } ?? []
    if message.state == .hold { result.append("     QUARANTINE: \(reason.text)") }
    let note =
      message.state != .hold && !reason.isEmpty
      ? "(Deferred: \(words(reason)))"
      : message.refusal.isEmpty ? "" : "(\(message.refusal.text))"
    if !message.body.isEmpty || !note.isEmpty {
      result.append(aligned(message.body.text, 14) + (note.isEmpty ? "" : "   " + note))
    }
    for recipient in message.recipients {
      result.append(
        (isVerbose ? "\t\t\t\t\t\t" : "\t\t\t\t\t ") + String(recipient.address.text.prefix(isVerbose ? 999 : 38)))
    }
    return result
  }

  /// The text of a reply.
  private static func words(_ reason: Bytes) -> String {
    var parts = reason.text.split(separator: " ", maxSplits: 2).map(String.init)
    if parts.first.map({ Int($0) != nil }) ?? false { parts.removeFirst() }
    if parts.first?.split(separator: ".").count == 3 { parts.removeFirst() }
    return parts.joined(separator: " ")
  }

  // MARK: Postfix

  static func postfix(_ messages: [ListedMessage]) -> String {
    guard !messages.isEmpty else { return "Mail queue is empty" }
    var lines = ["-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"]
    for message in messages {
      let mark = message.state == .active ? "*" : message.state == .hold ? "!" : " "
      let sender = message.sender.isEmpty ? "MAILER-DAEMON" : message.sender.text
      lines.append(
        padded(message.id.text + mark, 11) + aligned("\(message.size)", 8) + " "
          + localDate(message.arrival, "%a %b %e %H:%M:%S")
          + "  " + sender)
      // Recipients with one reason stand together below it.
      var reasons: [Bytes] = []
      for recipient in message.recipients where !reasons.contains(recipient.reason) { reasons.append(recipient.reason) }
      for reason in reasons.sorted(by: { $0.isEmpty && !$1.isEmpty }) {
        if !reason.isEmpty { lines.append(aligned("(\(words(reason)))", 78)) }
        for recipient in message.recipients where recipient.reason == reason {
          lines.append(String(repeating: " ", count: 41) + recipient.address.text)
        }
      }
      lines.append("")
    }
    let kilobytes = messages.reduce(0) { $0 + $1.size } / 1024
    lines.append("-- \(kilobytes) Kbytes in \(messages.count) Request\(messages.count == 1 ? "" : "s").")
    return lines.joined(separator: "\n")
  }

  // MARK: columns

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.utf8.count))
  }

  private static func aligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}

/// As strftime(3) writes it.
func localDate(_ seconds: Int, _ form: String) -> String {
  var when = time_t(seconds)
  var parts = tm()
  localtime_r(&when, &parts)
  var buffer = [CChar](repeating: 0, count: 64)
  let count = strftime(&buffer, buffer.count, form, &parts)
  return String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
