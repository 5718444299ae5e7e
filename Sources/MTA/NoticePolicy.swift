// NoticePolicy.swift: which notices the postmaster gets.
//
//                          .cf                       main.cf
//     that could not be    DoubleBounceAddress       2bounce_notice_recipient, with 2bounce in
//     told to the sender                             notify_classes
//     of each failure      PostmasterCopy            bounce_notice_recipient, with bounce
//     of each delay                                  delay_notice_recipient, with delay
//
// Copies show the header of the message only.

import Delivery
import MailAddress
import PostfixConfig
import Rulesets

struct NoticePolicy: Sendable {
  /// nil where nobody is told.
  var doubleBounces, failures, delays: Bytes?
  /// The sender of what the postmaster gets: nothing is sent back to it.
  var postmasterSender: Bytes = []

  init(_ options: CFOptions) {
    let address = options.text("DoubleBounceAddress") ?? "postmaster"
    doubleBounces = address.isEmpty ? nil : Bytes(address.utf8)
    failures = options.text("PostmasterCopy").flatMap { $0.isEmpty ? nil : Bytes($0.utf8) }
  }

  init(_ settings: Settings) {
    let classes = Set(settings.list("notify_classes").map(\.lowercased.text))
    func address(_ name: String, _ parameter: String) -> Bytes? {
      classes.contains(name) ? settings.value(parameter) : nil
    }
    doubleBounces = address("2bounce", "2bounce_notice_recipient")
    failures = address("bounce", "bounce_notice_recipient")
    delays = address("delay", "delay_notice_recipient")
    postmasterSender = settings.value("double_bounce_sender") + [.at] + settings.value("myorigin")
  }

  /// Who gets a copy of a notice, besides its addressee.
  func copy(of action: DeliveryStatusNotification.Action) -> Bytes? {
    switch action {
    case .failed: failures
    case .delayed: delays
    default: nil
    }
  }
}
