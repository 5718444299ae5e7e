// DeliveryRecorder.swift: takes the place of all that is behind the mail system.
//
// The dialogue with a next hop is held as ever, but with the recorder; what a mailbox of
// whatever form, a program, a file or another agent would get is handed to it. So nothing leaves the host, nothing is
// run on it, and what would have been is known.

import MailAddress
import Routing

package protocol DeliveryRecorder: Sendable {
  /// Told of each attempt before it is made.
  ///
  /// - Parameter header: of the message, as it arrived.
  func note(_ deliveries: [Delivery], of header: [HeaderField])
  /// Where mail for this destination is taken by SMTP or LMTP; nil where that cannot be had.
  func listener(for destination: Destination) -> RuntimeSettings.Listener?
  /// A copy that would be given to a mailbox, a program, a file or an agent.
  func record(_ destination: Destination, sender: Bytes, recipient: Bytes, content: Bytes)
}

extension Route {
  /// The part of the engine's answer that was kept.
  var delivery: Delivery {
    Delivery(
      resolution: Resolution(transport: transport, host: host, user: user), destination: destination, sender: sender,
      recipient: recipient)
  }
}
