// Aliases.swift: -bi and newaliases, the alias databases built anew.
//
//     /etc/mail/aliases: 12 aliases, longest 10 bytes, 164 bytes total
//
// Fails: a text with a fault leaves its database as it was, and is told with file and line.

import Diagnostics
import Glibc
import Installation
import MTA
import MailAddress
import Posix

extension SendmailCommand {
  var isRoot: Bool { geteuid() == 0 }

  func rebuildAliases(_ configuration: LoadedConfiguration) -> ExitStatus {
    var hasFault = false
    func report(_ finding: Diagnostic) {
      hasFault = hasFault || finding.severity == .error
      let position = finding.position.map { "\($0): " } ?? ""
      say("\(position)\(finding.severity.rawValue): \(finding.message.text)", on: 2)
    }
    do throws(ReplacementSet.Failure) {
      for built in try configuration.rebuildAliases(report: report) where !configuration.isPostfix {
        say("\(built.path): \(built.entries) aliases, longest \(built.longest) bytes, \(built.bytes) bytes total")
      }
    } catch {
      say("\(invocation.name): cannot write \(error.path): \(error.reason)", on: 2)
      return error.status
    }
    return hasFault ? .dataError : .ok
  }
}
