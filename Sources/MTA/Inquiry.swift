// Inquiry.swift: VRFY and EXPN, answered by the engine that would route the mail.
//
//     VRFY staff    250 the address that it means here, aliases not followed
//     EXPN staff    250-… a line for each place that its mail reaches
//
// Postfix knows no EXPN, and answers VRFY as it would RCPT.

import MailAddress
import Routing
import SMTP
import SendmailRouting

struct Inquiry {
  let router: any MailRouter
  let hostName: Bytes
  let client: Client

  init(_ router: any MailRouter, hostName: Bytes, client: Client) {
    self.router = router
    self.hostName = hostName
    self.client = client
  }

  /// - Parameter written: the argument of VRFY.
  func verify(_ written: Bytes) -> ServerAnswer {
    guard let sendmail = router as? SendmailRouter else { return verifyAsRecipient(written) }
    if let refusal = sendmail.decide("check_vrfy", about: written, client: client).refusal { return .reply(refusal) }
    if isEmpty(written) { return .reply(unknown(written)) }
    let answer = answer(for: written)
    if let refusal = answer.decision.refusal { return .reply(naming(written, refusal)) }
    // Aliases that lead back to themselves lead nowhere; the name is known all the same.
    guard let delivery = answer.deliveries.first, let first = delivery.path.first else {
      return .reply(Reply(250, "2.1.5", shown(user: bare(written), sendmail)))
    }
    if case .mailbox(let user, _) = delivery.destination, delivery.path.count == 1 {
      return .reply(Reply(250, "2.1.5", shown(user: user, sendmail)))
    }
    let isLocal = sendmail.isLocal(first)
    let code = isLocal ? 250 : 252
    return .reply(Reply(code, "2.1.5", isLocal ? shown(user: first.user, sendmail) : bracketed(first.user)))
  }

  /// - Parameter written: the argument of EXPN.
  func expand(_ written: Bytes) -> ServerAnswer {
    guard let sendmail = router as? SendmailRouter else { return .proceed }
    if let refusal = sendmail.decide("check_expn", about: written, client: client).refusal { return .reply(refusal) }
    if isEmpty(written) { return .reply(unknown(written)) }
    let answer = answer(for: written)
    if let refusal = answer.decision.refusal { return .reply(naming(written, refusal)) }
    if answer.deliveries.isEmpty { return .reply(Reply(554, "5.4.6", "aliasing/forwarding loop broken")) }
    let bounced = answer.deliveries.lazy.compactMap { delivery -> Reply? in
      if case .bounce(let reply) = delivery.destination { reply } else { nil }
    }
    if let reply = bounced.first { return .reply(Self.bare(reply)) }
    let lines = Self.inQueueOrder(answer.deliveries).map { delivery -> Bytes in
      switch delivery.destination {
      case .mailbox(let user, _): shown(user: user, sendmail)
      case .file(let path): bracketed(path)
      case .program(let command): bracketed(Self.quoted([0x7C] + command))
      default: bracketed(delivery.resolution.user)
      }
    }
    return .replies(lines.map { Reply(250, "2.1.5", $0) })
  }

  /// ETRN. sendmail runs its queue; Postfix does so for the domains of fast_flush_domains alone.
  func turn(_ node: Bytes) -> ServerAnswer {
    guard let sendmail = router as? SendmailRouter else { return .proceed }
    if let refusal = sendmail.decide("check_etrn", about: node, client: client).refusal { return .reply(refusal) }
    if node.first == .hash {
      return .reply(Reply(459, "4.5.4", Bytes(ascii: "Queue ") + node.dropFirst() + Bytes(ascii: " unknown")))
    }
    return .proceed
  }

  private func isEmpty(_ written: Bytes) -> Bool { bare(written).allSatisfy { $0 == .at } }

  private func unknown(_ written: Bytes) -> Reply {
    Reply(550, "5.1.1", written + Bytes(ascii: "... User unknown"))
  }

  /// What somebody on this host is answered: no check_rcpt has a say.
  private func answer(for written: Bytes) -> RecipientAnswer {
    let address = bare(written)
    let answer = router.answer(Envelope(client: .commandLine, sender: [], recipients: [address]))
    return answer.recipients.first ?? RecipientAnswer(given: address, decision: answer.session)
  }

  private func verifyAsRecipient(_ written: Bytes) -> ServerAnswer {
    let answer = router.answer(Envelope(client: client, sender: [], recipients: [bare(written)]))
    if let refusal = answer.session.refusal ?? answer.recipients.first?.decision.refusal { return .reply(refusal) }
    return .proceed
  }

  /// sendmail repeats the address as it was written.
  private func naming(_ written: Bytes, _ reply: Reply) -> Reply {
    guard let end = reply.text.firstRange(of: Bytes(ascii: "... ")) else { return reply }
    return Reply(reply.code, reply.enhancedCode, written + reply.text[end.lowerBound...])
  }

  /// As sendmail keeps the recipients of a message: by their hosts, of which it compares the ends
  /// first, and of those at one host the latest first.
  private static func inQueueOrder(_ deliveries: [Delivery]) -> [Delivery] {
    deliveries.reversed().enumerated().map { (host: Bytes($1.resolution.host.reversed()), place: $0, delivery: $1) }
      .sorted { first, second in
        first.host == second.host ? first.place < second.place : first.host.lexicographicallyPrecedes(second.host)
      }.map(\.delivery)
  }

  /// What an alias leads to is named without brackets.
  private static func bare(_ reply: Reply) -> Reply {
    guard reply.text.first == 0x3C, let end = reply.text.firstRange(of: Bytes(ascii: ">... ")) else { return reply }
    let address = Bytes(reply.text[1..<end.lowerBound])
    return Reply(reply.code, reply.enhancedCode, address + reply.text[(end.lowerBound + 1)...])
  }

  /// A command of several words.
  private static func quoted(_ text: Bytes) -> Bytes { text.contains(0x20) ? [0x22] + text + [0x22] : text }

  private func shown(user: Bytes, _ router: SendmailRouter) -> Bytes {
    let name = router.fullName(of: user).map { $0 + [0x20] } ?? []
    return name + bracketed(user.contains(.at) ? user : user + [.at] + hostName)
  }

  private func bracketed(_ address: Bytes) -> Bytes { [0x3C] + address + [0x3E] }

  private func bare(_ written: Bytes) -> Bytes {
    guard let start = written.firstIndex(of: 0x3C), let end = written.lastIndex(of: 0x3E), start < end else {
      return written
    }
    return Bytes(written[(start + 1)..<end])
  }
}
