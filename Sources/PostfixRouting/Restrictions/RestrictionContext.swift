// RestrictionContext.swift: what restrictions look at and what they leave behind.
//
// One for each recipient as it is checked. Actions such as HOLD stay with the
// message, deferrals with the recipient.

import MailAddress
import PostfixConfig
import Routing

/// What access tables ask for the whole message.
struct MessageActions: Sendable {
  var discard: Bytes?
  var hold: Bytes?
  var redirect: Bytes?
  var filter: Bytes?
  var blindCopies: [Bytes] = []
  var prepended: [Bytes] = []
}

final class RestrictionContext {
  let policy: SMTPPolicy
  let client: Client
  let sender: Bytes?
  let recipient: Bytes?
  /// How many recipients were accepted so far, with this one.
  let recipientCount: Int
  var actions: MessageActions
  let trace: Tracer

  /// Refuse with this once everything else permits.
  var deferral: Verdict?
  /// Refuse with this instead of a permanent refusal.
  var softening: Verdict?
  /// The client has sent more with the command at which this is judged.
  var isSentAhead = false
  var checkedRecipient = false
  var checkedSender = false
  /// The subject of the list that is being asked: what `reject` names.
  var name: Bytes = []
  var subject = Subject.client

  init(
    policy: SMTPPolicy, client: Client, sender: Bytes?, recipient: Bytes?, recipientCount: Int,
    actions: MessageActions, trace: Tracer
  ) {
    self.policy = policy
    self.client = client
    self.sender = sender
    self.recipient = recipient
    self.recipientCount = recipientCount
    self.actions = actions
    self.trace = trace
  }

  var clientName: Bytes { client.nameState == .verified ? client.name ?? Self.unknown : Self.unknown }
  /// `name[address]`.
  var clientLabel: Bytes { clientName + [.openBracket] + client.address + [.closeBracket] }
  static let unknown = Bytes(ascii: "unknown")

  func refuse(_ code: Int, _ enhanced: String, _ name: Bytes, _ subject: Subject, _ text: String) -> Verdict {
    .reject(policy.replies.refuse(code, enhanced, name, subject, text))
  }

  /// A table could not be asked.
  func lookupFailure(_ name: Bytes, _ reason: String) -> Verdict {
    trace.note("temporary failure: \(reason)")
    return .cannotSay(
      policy.replies.reply(451, "4.3.0", [0x3C] + name + Bytes(ascii: ">: Temporary lookup failure")))
  }

  /// Remembers the first reason to defer what nothing else refuses.
  func deferIfPermit(_ verdict: Verdict) -> Verdict {
    if deferral == nil { deferral = verdict }
    return .noOpinion
  }
}
