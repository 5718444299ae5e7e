// NoticeWording.swift: what a notice says to people.
//
// Two wordings, so that somebody who knows one of the systems finds things where they are
// used to them: sendmail's notices list the addresses first and what was said afterwards,
// Postfix's say for each address what became of it. The words are our own.

import MailAddress

struct NoticeWording {
  private let notice: DeliveryStatusNotification

  init(_ notice: DeliveryStatusNotification) { self.notice = notice }

  /// What the notice is about: the worst that happened.
  private var action: DeliveryStatusNotification.Action {
    let actions = notice.recipients.map(\.action)
    return [.failed, .delayed].first(where: actions.contains) ?? .delivered
  }

  var subject: String {
    if notice.isDouble { return "A delivery notice could not be delivered" }
    return switch (action, notice.wording) {
    case (.failed, .postfix): "Your message was not delivered"
    case (.failed, .sendmail): "Returned mail: delivery has failed"
    case (.delayed, .postfix): "Your message is delayed"
    case (.delayed, .sendmail): "Warning: your message is still on its way"
    case (_, .postfix): "Your message was delivered"
    case (_, .sendmail): "Return receipt for your message"
    }
  }

  var text: Bytes {
    var text: Bytes = []
    switch notice.wording {
    case .postfix: appendByRecipient(to: &text)
    case .sendmail: appendByTopic(to: &text)
    }
    return text
  }

  // MARK: Postfix's order

  private func appendByRecipient(to text: inout Bytes) {
    text += line("This is the mail system of ", notice.host, ".")
    text += [.newline] + Array(introduction.utf8) + [.newline]
    for recipient in notice.recipients {
      text += line("\n<", clean(recipient.address), ">: \(Self.fate(recipient.action))")
      text += line("    ", DeliveryStatusNotification.reason(recipient), "")
    }
  }

  private var introduction: String {
    if notice.isDouble {
      return """
        A notice to the sender of a message came back. It was sent with the empty
        address, so that nobody but the postmaster can be told.

        """
    }
    return switch action {
    case .failed:
      """
      I am sorry: your message did not reach the recipients below, and no further
      attempt is made. The message, or its header, is attached.

      If you need help, write to the postmaster here and attach this notice.

      """
    case .delayed:
      """
      Your message has not reached the recipients below yet. There is no need to send
      it again: attempts go on by themselves, and you are told if they fail.

      """
    default:
      """
      You asked to be told what becomes of your message. It went well for the
      recipients below.

      """
    }
  }

  // MARK: sendmail's order

  private func appendByTopic(to text: inout Bytes) {
    if let arrival = notice.arrival { text += line("Your message came here on ", clean(arrival), ".") }
    if notice.isDouble { text += line("It was a notice itself, and its sender cannot be told.", [], "") }
    for (action, title) in Self.titles {
      let these = notice.recipients.filter { $0.action == action }
      guard !these.isEmpty else { continue }
      text += line("\n  ---- \(title) ----", [], "")
      for recipient in these { text += line("<", clean(recipient.address), ">") }
    }
    text += line("\n  ---- What was said ----", [], "")
    for recipient in notice.recipients {
      let host = recipient.remoteHost.map { clean($0) + Bytes(ascii: " said: ") } ?? []
      text += line("", host + DeliveryStatusNotification.reason(recipient), "")
    }
    if action == .delayed {
      text += line("\nThis is a warning only. Attempts go on; do not send the message again.", [], "")
    }
  }

  private static let titles: [(action: DeliveryStatusNotification.Action, title: String)] = [
    (.failed, "Delivery to these addresses has failed"),
    (.delayed, "Delivery to these addresses is still tried"),
    (.delivered, "The message was delivered to these addresses"),
    (.relayed, "The message was handed to a host that sends no receipts"),
    (.expanded, "The message was sent on to the members of these lists"),
  ]

  // MARK: words

  private static func fate(_ action: DeliveryStatusNotification.Action) -> String {
    switch action {
    case .failed: "not delivered"
    case .delayed: "not delivered yet"
    case .delivered: "delivered"
    case .relayed: "handed to another host, which sends no receipts"
    case .expanded: "sent on to the members of the list"
    }
  }

  private func clean(_ text: Bytes) -> Bytes { DeliveryStatusNotification.clean(text) }

  private func line(_ before: String, _ middle: Bytes, _ after: String) -> Bytes {
    Array(before.utf8) + middle + Array(after.utf8) + [.newline]
  }
}
