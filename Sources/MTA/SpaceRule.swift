// SpaceRule.swift: how much of the disk must be free before a client may begin a message.
//
//     sendmail   O MinFreeBlocks=N         N blocks and what SIZE= says
//     Postfix    queue_minfree             so much, and half as much again as a message may have
//
// The queue keeps more free for itself (`QueueSettings`); that is told at DATA.
//
// Fails: a disk that cannot say how much is free is taken to have enough.

import Glibc
import MailAddress
import PostfixConfig
import Routing
import Rulesets

struct SpaceRule: Sendable {
  private enum Unit: Sendable { case blocks, bytes }

  private let least: Int
  private let unit: Unit
  private let reply: Reply

  init(_ options: CFOptions) {
    least = options.text("MinFreeBlocks").flatMap { Int($0) } ?? 100
    unit = .blocks
    reply = Reply(452, "4.4.5", "Insufficient disk space; try again later")
  }

  init(_ smtpd: Settings) {
    let message = smtpd.number("message_size_limit")
    least = max(smtpd.number("queue_minfree"), message.multipliedReportingOverflow(by: 3).partialValue / 2)
    unit = .bytes
    reply = Reply(452, "4.3.1", "Insufficient system storage")
  }

  /// Why no message may be begun in a queue's folder.
  func refusal(in folder: String, size: Int?) -> Reply? {
    var status = statvfs()
    guard least > 0, statvfs(folder, &status) == 0 else { return nil }
    let free = Double(status.f_bavail) * Double(status.f_frsize)
    let wanted = unit == .blocks ? Double(least) * Double(status.f_bsize) : Double(least)
    return free < wanted + (unit == .blocks ? Double(size ?? 0) : 0) ? reply : nil
  }
}
