// ForeignAccounts.swift: what a configuration gives to users that the runtime does not become.
//
// Root is given up at the start, so everything is done as one user. Nobody is to find out by
// surprise: each program and mailbox that the real system would handle as somebody else is
// told in the log when the runtime starts and when it reads its configuration anew.

import Glibc
import MailAddress
import Posix
import SendmailCF

extension LoadedConfiguration {
  /// A line for the log each; none where all is done as it is written.
  func foreignAccounts(_ settings: RuntimeSettings) -> [String] {
    let own = UserAccount.current
    switch system {
    case .sendmail(let installation): return sendmailAccounts(installation.program.mailers, settings, own)
    case .postfix: return postfixAccounts(settings, own)
    }
  }

  private func postfixAccounts(_ settings: RuntimeSettings, _ own: UserAccount) -> [String] {
    guard let agents = postfix else { return [] }
    var lines: [String] = []
    if settings.usesPrograms {
      for (name, pipe) in agents.pipes.sorted(by: { $0.key.text < $1.key.text }) {
        guard case .success(let service) = pipe.service, !Self.names(service.user, own) else { continue }
        lines.append("the program of transport \(name.text) runs as \(own.name), not as user=\(service.user.text)")
      }
    }
    if settings.usesPrograms || settings.usesMailboxPrograms {
      let commands = "commands of aliases, .forward files and mailbox_command"
      lines.append("\(commands) run as \(own.name), not as their owners or default_privs")
    }
    if settings.usesHostMailboxes {
      lines.append("mailboxes are written as \(own.name), not as their owners or by virtual_uid_maps")
    }
    return lines
  }

  private func sendmailAccounts(
    _ mailers: [CFMailer], _ settings: RuntimeSettings, _ own: UserAccount
  ) -> [String] {
    guard settings.usesPrograms || settings.usesMailboxPrograms else { return [] }
    var lines: [String] = []
    for mailer in mailers where mailer.path.first == 0x2F && !mailer.user.isEmpty && !Self.names(mailer.user, own) {
      lines.append("the program of mailer \(mailer.name.text) runs as \(own.name), not as U=\(mailer.user.text)")
    }
    lines.append(
      "programs of other mailers, aliases and .forward files run as \(own.name), not as their owners or DefaultUser")
    return lines
  }

  /// `user`, `user:group`, or their numbers.
  private static func names(_ user: Bytes, _ own: UserAccount) -> Bool {
    let name = user.prefix { $0 != 0x3A && $0 != 0x2E }
    return name.elementsEqual(own.name.utf8) || name.elementsEqual(String(own.account.user).utf8)
  }
}
