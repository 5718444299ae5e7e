// Submission.swift: what the sendmail command says of a message beside SMTP.

import MailAddress

/// Who submits, and what becomes of the message then.
package struct Submission: Sendable, Equatable {
  /// As `-od` and DeliveryMode name them.
  package enum Mode: UInt8, Sendable {
    case background = 0x62
    case interactive = 0x69
    case queue = 0x71
    case postponed = 0x64
  }

  /// `user@localhost`
  package var login: Bytes
  /// For From: where there is none.
  package var fullName: Bytes
  package var mode = Mode.background
  /// Recipients that are refused are taken, and the sender gets them back by mail.
  package var bouncesRefused = false
  /// The message has travelled so far.
  package var hops = 0
  /// Bodies of X-Authentication-Warning fields.
  package var warnings: [Bytes] = []

  package init(login: Bytes, fullName: Bytes) { (self.login, self.fullName) = (login, fullName) }

  var request: ControlRow {
    ControlRow(
      "submit",
      [login, fullName, [mode.rawValue], bouncesRefused ? [0x31] : [0x30], Bytes(String(hops).utf8)]
        + warnings)
  }

  init?(_ row: ControlRow) {
    let fields = row.fields
    guard fields.count >= 6, let letter = fields[3].first, let mode = Mode(rawValue: letter),
      let hops = Int(fields[5].text)
    else { return nil }
    (login, fullName, self.mode, bouncesRefused, self.hops) = (fields[1], fields[2], mode, fields[4] == [0x31], hops)
    warnings = Array(fields[6...])
  }
}
