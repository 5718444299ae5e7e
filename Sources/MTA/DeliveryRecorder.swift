// DeliveryRecorder.swift: takes the place of all that is behind the mail system.
//
// The dialogue with a next hop is held as ever, but with the recorder; what a program, a
// file or another agent would get is handed to it. So nothing leaves the host, nothing is
// run on it, and what would have been is known.

import MailAddress
import Routing

package protocol DeliveryRecorder: Sendable {
  /// Where mail for this destination is taken by SMTP or LMTP; nil where that cannot be had.
  func listener(for destination: Destination) -> RuntimeSettings.Listener?
  /// A copy that would be given to a program, a file or an agent.
  func record(_ destination: Destination, sender: Bytes, recipient: Bytes, content: Bytes)
}
