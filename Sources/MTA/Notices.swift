// Notices.swift: what senders hear of their mail, as messages of our own in the queue.
//
// A notice has the null sender, so that no notice is ever sent about it: what cannot be
// told to the sender is told to the postmaster once, where the policy names one.

import Delivery
import MailAddress
import MailQueue
import Routing

struct Notices: Sendable {
  let configuration: LoadedConfiguration
  let queue: MessageQueue
  let settings: RuntimeSettings

  struct Subject {
    var message: QueuedMessage
    var content: Bytes
    var outcomes: [(recipient: QueuedRecipient, outcome: DeliveryAgents.Outcome)]
    var action: DeliveryStatusNotification.Action
  }

  /// Queues the notices; when this returns without an error they are on the disk.
  ///
  /// - Returns: their names; none where nobody is to be told, or can be.
  func send(_ subject: Subject, _ router: any MailRouter) throws(QueueError) -> [QueueID] {
    let sender = subject.message.envelope.sender
    let policy = configuration.noticePolicy
    guard !isPostmasters(sender) else { return [] }
    var sent: [QueueID?] = []
    if !sender.isEmpty {
      sent.append(try send(subject, to: sender, router))
    } else if subject.action == .failed, let postmaster = policy.doubleBounces {
      sent.append(try send(subject, to: postmaster, from: policy.postmasterSender, router))
    }
    if !sender.isEmpty, let postmaster = policy.copy(of: subject.action) {
      sent.append(try send(subject, to: postmaster, from: policy.postmasterSender, isCopy: true, router))
    }
    return sent.compactMap { $0 }
  }

  /// What went to the postmaster and came back is told to nobody.
  private func isPostmasters(_ sender: Bytes) -> Bool {
    let own = configuration.noticePolicy.postmasterSender
    return !own.isEmpty && sender.equalsIgnoringCase(own)
  }

  private func send(
    _ subject: Subject, to addressee: Bytes, from notifier: Bytes = [], isCopy: Bool = false, _ router: any MailRouter
  ) throws(QueueError) -> QueueID? {
    let sender = subject.message.envelope.sender
    let now = MailDates.now()
    let writer = try queue.begin()
    let id = Bytes("\(writer.id)".utf8)
    var notice = DeliveryStatusNotification(
      host: configuration.hostName, addressee: addressee,
      recipients: subject.outcomes.map { describe($0, subject, now) },
      message: LineEnds.toFile(subject.content), date: MailDates.text(now),
      messageID: id + Bytes(ascii: "@") + configuration.hostName,
      boundary: id + Bytes(ascii: "/") + configuration.hostName)
    notice.isDouble = sender.isEmpty
    notice.sender = sender
    notice.queueID = Bytes("\(subject.message.id)".utf8)
    notice.arrival = MailDates.text(subject.message.envelope.arrival)
    notice.envelopeID = subject.message.envelope.envelopeID.map(Xtext.encode)
    notice.wording = configuration.voice == .postfix ? .postfix : .sendmail
    if isCopy || subject.message.envelope.returns == .headers { notice.returned = .headers }
    writer.append(LineEnds.toNetwork(notice.render()))
    let isLast = isCopy || notice.isDouble
    let recipients = routes(to: addressee, notify: isLast ? .never : [], router)
    guard !recipients.isEmpty else {
      settings.log("\(subject.message.id): nobody can be told: \(addressee.text) leads nowhere")
      writer.abandon()
      return nil
    }
    try writer.commit(QueuedEnvelope(sender: notifier, recipients: recipients, arrival: now))
    MailLog(configuration, settings)
      .noticed(writer.id, about: subject.message.id, subject, isDouble: notice.isDouble)
    return writer.id
  }

  /// Where a notice goes: asked as for mail that starts on this host.
  ///
  /// - Parameter notify: never where what becomes of the notice is told to nobody.
  private func routes(
    to addressee: Bytes, notify: QueuedRecipient.Notify, _ router: any MailRouter
  ) -> [QueuedRecipient] {
    let answer = router.answer(Envelope(client: .commandLine, sender: [], recipients: [addressee]))
    return answer.recipients.flatMap(\.deliveries).map {
      QueuedRecipient(address: addressee, notify: notify, route: Route($0).encoded)
    }
  }

  private func describe(
    _ pair: (recipient: QueuedRecipient, outcome: DeliveryAgents.Outcome), _ subject: Subject, _ now: Int
  ) -> DeliveryStatusNotification.Recipient {
    let reply = pair.outcome.reply
    let status = reply.enhancedCode ?? (reply.code >= 500 ? "5.0.0" : reply.code >= 400 ? "4.0.0" : "2.0.0")
    let action: DeliveryStatusNotification.Action =
      switch pair.outcome.kind {
      // Nobody knows whether mail that was handed on has reached its mailbox.
      case .relayed: .relayed
      case .expanded: .expanded
      default: subject.action
      }
    var result = DeliveryStatusNotification.Recipient(pair.recipient.address, action, status: status)
    result.original = pair.recipient.original
    result.remoteHost = pair.outcome.host.map { Bytes($0.utf8) }
    result.diagnosticType = pair.outcome.host == nil ? "X-Unix" : "smtp"
    result.diagnostic = reply.line
    result.lastAttempt = MailDates.text(now)
    if subject.action == .delayed {
      result.retriedUntil = MailDates.text(subject.message.envelope.arrival + configuration.lifetimes.end)
    }
    return result
  }
}
