// Verify.swift: -bv, where mail for addresses would go.
//
//     nosuch... User unknown
//     root... deliverable: mailer local, user root
//
// Problems come first, as in sendmail, and then what is deliverable, in the order in which
// sendmail would send it: by the mailers' order in the .cf and by host.

import MTA
import MailAddress
import Posix
import Routing

extension SendmailCommand {
  func verify(_ configuration: LoadedConfiguration) -> ExitStatus {
    guard !invocation.recipients.isEmpty else {
      return noRecipients()
    }
    var outcome = Outcome(isQuiet: false)
    var given: [(written: Bytes, address: Bytes)] = []
    for argument in invocation.recipients {
      let (mended, problems) = configuration.mended(argument)
      for problem in problems { outcome.isMalformed(argument, problem) }
      given += Self.mailboxes(mended, of: argument)
    }
    var lines: [(order: (Int, String), text: String)] = []
    for (mailbox, answer) in zip(given, configuration.answer(recipients: given.map(\.address)).recipients) {
      if let reply = answer.decision.refusal { outcome.refused(mailbox.address, reply) }
      // sendmail takes the members of a list from its end.
      for delivery in answer.deliveries.reversed() {
        switch delivery.destination {
        case .bounce(let reply), .deferred(let reply): outcome.refused(delivery.resolution.user, reply)
        default:
          lines.append((order(delivery, configuration), Self.line(delivery, mailbox.written, configuration)))
        }
      }
    }
    var seen: Set<String> = []
    for line in lines.sorted(by: { $0.order < $1.order }) where seen.insert(line.text).inserted { say(line.text) }
    return outcome.status
  }

  private func order(_ delivery: Delivery, _ configuration: LoadedConfiguration) -> (Int, String) {
    guard case .sendmail(let installation) = configuration.system else { return (0, "") }
    let index = installation.program.mailers.firstIndex { $0.name == delivery.resolution.transport }
    return (index ?? Int.max, delivery.resolution.host.text)
  }

  /// The addresses of an argument, from its end, each as it is written where it stands alone.
  private static func mailboxes(_ mended: Bytes, of argument: Bytes) -> [(written: Bytes, address: Bytes)] {
    let addresses = SubmittedMessage.addresses(mended)
    if addresses.count == 1 { return [(argument.trimmed, addresses[0])] }
    return addresses.reversed().map { ($0, $0) }
  }

  private static func line(_ delivery: Delivery, _ written: Bytes, _ configuration: LoadedConfiguration) -> String {
    let resolution = delivery.resolution
    let (mailer, host) = (resolution.transport.text, resolution.host.text)
    var user = resolution.user.text
    // The account itself, as it was written.
    if delivery.path.first?.user.first == .backslash { user = written.text }
    // Aliases have programs in quotes, which are not part of the command.
    let isProgram = if case .program = delivery.destination { true } else { false }
    let quoted = "\"\(user)\""
    if isProgram, user.contains(" ") { user = quoted }
    if configuration.isPostfix {
      return "\(delivery.recipient.text): transport \(mailer), " + (host.isEmpty ? "" : "nexthop \(host), ")
        + "recipient \(user)"
    }
    let shown = isProgram ? quoted : delivery.path.count > 1 ? user : written.text
    return "\(shown)... deliverable: mailer \(mailer), " + (host.isEmpty ? "" : "host \(host), ") + "user \(user)"
  }
}
