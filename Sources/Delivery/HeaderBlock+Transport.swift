// HeaderBlock+Transport.swift: the fields that the way of a message writes into it.
//
//     Return-Path: <sender>          by the last agent, local(8), pipe(8) R, sendmail's P flag
//     X-Original-To: recipient       as given to Postfix
//     Delivered-To: recipient        as it was delivered; met again, the mail runs in a circle
//     Received: …                    by each host; too many of them, and it does, too
//
// Fails: `DeliveryFailure` 5.4.6, for loops.

import MailAddress

extension HeaderBlock {
  package static let received = Bytes(ascii: "Received")
  package static let returnPath = Bytes(ascii: "Return-Path")
  package static let deliveredTo = Bytes(ascii: "Delivered-To")
  package static let originalTo = Bytes(ascii: "X-Original-To")

  /// The fields of final delivery in Postfix's order, from the top: Return-Path,
  /// X-Original-To, Delivered-To. A Return-Path from elsewhere goes.
  ///
  /// - Parameters:
  ///   - sender: as an SMTP path without its brackets; empty for the null sender.
  ///   - original, delivered: nil where the configuration asks for no such field.
  package mutating func stampDelivery(sender: Bytes, original: Bytes?, delivered: Bytes?) {
    remove(Self.returnPath)
    if let delivered { prepend(Self.deliveredTo, delivered) }
    if let original { prepend(Self.originalTo, original) }
    prepend(Self.returnPath, [0x3C] + sender + [0x3E])
  }

  /// How many hosts say that they had it.
  package var hops: Int { count(Self.received) }

  /// Finds mail that was here before.
  ///
  /// - Parameters:
  ///   - recipient: to whom it is to be delivered now; nil where no Delivered-To is written.
  ///   - mostHops: hopcount_limit or MaxHopCount.
  package func checkLoops(recipient: Bytes?, mostHops: Int) throws(DeliveryFailure) {
    if hops > mostHops {
      throw DeliveryFailure("5.4.6", "mail has passed \(hops) hosts, \(mostHops) are allowed: it runs in a circle")
    }
    guard let recipient else { return }
    let wasHere = fields.contains {
      $0.isNamed(Self.deliveredTo) && $0.body.trimmed.equalsIgnoringCase(recipient)
    }
    if wasHere { throw DeliveryFailure("5.4.6", Bytes(ascii: "mail forwarding loop for ") + recipient) }
  }
}
