// Submission.swift: what the sendmail command says of a message beside SMTP.

import MailAddress
import Posix

/// Who submits, and what becomes of the message then.
package struct Submission: Sendable, Equatable {
  /// As `-od` and DeliveryMode name them.
  package enum Mode: UInt8, Sendable {
    case background = 0x62
    case interactive = 0x69
    case queue = 0x71
    case postponed = 0x64
  }

  /// What becomes of recipients that the configuration refuses.
  package enum Refusals: UInt8, Sendable {
    /// The client hears of those it names, and no more: a dialogue.
    case answered = 0x61
    /// The command tells its user of all, those in aliases too.
    case told = 0x74
    /// They are taken, and come back to the sender by mail.
    case mailed = 0x6D
  }

  /// `user@localhost`
  package var login: Bytes
  /// Who is at the other end of the socket, by the kernel's word.
  package var userID: UInt32 = 0
  /// For From: where there is none.
  package var fullName: Bytes
  package var mode = Mode.background
  package var refusals = Refusals.answered
  /// As `-B` has it.
  package var body: Bytes = []
  /// The message has travelled so far.
  package var hops = 0
  /// Bodies of X-Authentication-Warning fields.
  package var warnings: [Bytes] = []

  package init(login: Bytes, fullName: Bytes) { (self.login, self.fullName) = (login, fullName) }

  var request: ControlRow {
    ControlRow(
      "submit", [login, fullName, [mode.rawValue], [refusals.rawValue], Bytes(String(hops).utf8), body] + warnings)
  }

  /// Root may submit for others; the rest are who they are.
  mutating func comes(from user: UInt32) {
    userID = user
    guard user != 0, let account = UserAccount.numbered(user) else { return }
    login = Bytes("\(account.name)@localhost".utf8)
  }

  init?(_ row: ControlRow) {
    let fields = row.fields
    guard fields.count >= 7, let mode = fields[3].first.flatMap({ Mode(rawValue: $0) }),
      let refusals = fields[4].first.flatMap({ Refusals(rawValue: $0) }), let hops = Int(fields[5].text)
    else { return nil }
    (login, fullName, self.mode, self.refusals, self.hops) = (fields[1], fields[2], mode, refusals, hops)
    body = fields[6]
    warnings = Array(fields[7...])
  }
}
