// FromLine.swift: the line that divides the messages of a mailbox file.
//
//     From alice@example.com  Thu Nov 26 14:56:04 2026     Postfix
//     From alice@example.com Thu Nov 26 14:56:04 2026      sendmail, where UnixFromLine says so
//
// The null sender is written MAILER-DAEMON. The date is asctime(3)'s in local time.

import Glibc
import MailAddress

package enum FromLine {
  package static let nullSender = Bytes(ascii: "MAILER-DAEMON")

  /// As local(8), virtual(8) and pipe(8) write it.
  ///
  /// - Parameter sender: quoted as in an SMTP path; empty for the null sender.
  package static func postfix(sender: Bytes, at time: time_t) -> Bytes {
    Bytes(ascii: "From ") + (sender.isEmpty ? nullSender : oneLine(sender)) + Bytes(ascii: "  ") + date(time)
  }

  /// A line that a configuration has made (UnixFromLine): line ends in it would make more.
  package static func oneLine(_ text: Bytes) -> Bytes {
    text.map { $0 == .newline || $0 == 0x0D || $0 == 0 ? 0x20 : $0 }
  }

  /// `Thu Nov 26 14:56:04 2026`.
  package static func date(_ time: time_t) -> Bytes {
    var time = time
    var fields = tm()
    localtime_r(&time, &fields)
    var buffer = [CChar](repeating: 0, count: 64)
    let count = strftime(&buffer, buffer.count, "%a %b %e %H:%M:%S %Y", &fields)
    return buffer.prefix(count).map { UInt8(bitPattern: $0) }
  }
}
