// QueueModes.swift: the queue, listed, run and quarantined.

import Glibc
import MTA
import MailAddress
import Posix

extension SendmailCommand {
  private var asked: Invocation.QueueRun { invocation.queueRun ?? Invocation.QueueRun() }

  /// Whoever answers for the queue; nil where there is no queue yet.
  private func queue(_ configuration: LoadedConfiguration) -> QueueAccess? {
    let settings = settings(configuration, stateFolder: stateFolder(configuration))
    guard exists(settings.queueFolder) else { return nil }
    return QueueAccess(configuration, settings)
  }

  private func list(_ configuration: LoadedConfiguration) throws(RuntimeError) -> [ListedMessage] {
    guard let queue = queue(configuration) else { return [] }
    defer { queue.close() }
    return try queue.use { client throws(RuntimeError) in try client.list(asked.selection) }
  }

  func printQueue(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    let all = try list(configuration)
    if configuration.isPostfix {
      say(QueueListing.postfix(all))
      return .ok
    }
    let wanted = all.filter { message in
      if asked.isLost { return message.state == .corrupt }
      return message.state != .corrupt && (message.state == .hold) == asked.isQuarantined
    }
    say(QueueListing.sendmail(wanted, folder: stateFolder(configuration), isVerbose: invocation.isVerbose))
    return .ok
  }

  func countQueue(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    let count = try list(configuration).count { $0.state != .corrupt }
    say("\(stateFolder(configuration)): entries=\(count)\n\t\tTotal requests: \(count)")
    return .ok
  }

  func runQueue(_ configuration: LoadedConfiguration) throws(RuntimeError) -> ExitStatus {
    if asked.interval != nil { return try serve(configuration, inBackground: !asked.isForeground) }
    guard !asked.isNowhere else { return .ok }
    guard !asked.isLost else {
      throw RuntimeError("-qL: what is damaged is not delivered", .unavailable)
    }
    guard let queue = queue(configuration) else { return .ok }
    defer { queue.close() }
    if let reason = invocation.quarantine {
      try queue.use { client throws(RuntimeError) in
        if reason.isEmpty {
          try client.release(asked.selection)
        } else {
          try client.hold(asked.selection, reason: reason)
        }
      }
      return .ok
    }
    let reports = try queue.use { client throws(RuntimeError) in try client.run(asked.selection) }
    if invocation.isVerbose { tell(of: reports, configuration) }
    return .ok
  }

  /// Message by message, as sendmail numbers them.
  private func tell(of reports: [AttemptReport], _ configuration: LoadedConfiguration) {
    var ids: [Bytes] = []
    for report in reports where !ids.contains(report.message) { ids.append(report.message) }
    let folder = stateFolder(configuration)
    for (index, id) in ids.enumerated() {
      say("\nRunning \(folder)/\(id.text) (sequence \(index + 1) of \(ids.count))")
      for line in attemptLines(reports.filter { $0.message == id }) { say(line) }
    }
  }
}
