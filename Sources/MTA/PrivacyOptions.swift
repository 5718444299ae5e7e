// PrivacyOptions.swift: what clients are not told, and when they must introduce themselves.
//
//     sendmail   O PrivacyOptions=needmailhelo,novrfy,noexpn
//     Postfix    smtpd_helo_required, disable_vrfy_command

import MailAddress
import PostfixConfig
import Rulesets
import SMTP

struct PrivacyOptions: Sendable, Equatable {
  /// MAIL needs HELO or EHLO first; so do VRFY and EXPN.
  var needsGreeting = false
  var greetedCommands: Set<SMTPCommand> = []
  var refusesVerify = false
  var refusesExpand = false
  var refusesTurn = false
  /// DSN is not offered.
  var refusesReceipts = false

  init(_ options: CFOptions) {
    let words = (options.text("PrivacyOptions") ?? "").lowercased().split { ", \t".contains($0) }
    let isClosed = words.contains("goaway")
    needsGreeting = isClosed || words.contains("needmailhelo")
    if isClosed || words.contains("needvrfyhelo") { greetedCommands.insert(.verify) }
    if isClosed || words.contains("needexpnhelo") { greetedCommands.insert(.expand) }
    refusesVerify = isClosed || words.contains("novrfy")
    refusesExpand = isClosed || words.contains("noexpn")
    refusesTurn = words.contains("noetrn")
    refusesReceipts = words.contains("noreceipts")
  }

  init(_ smtpd: Settings) {
    needsGreeting = smtpd.flag("smtpd_helo_required")
    if needsGreeting { greetedCommands = [.remoteQueue] }
    refusesVerify = smtpd.flag("disable_vrfy_command")
  }

  func apply(to settings: inout ServerSettings) {
    settings.requiresGreeting = needsGreeting
    settings.greetedCommands = greetedCommands
    settings.refusesVerify = refusesVerify
    settings.refusesExpand = refusesExpand
    if refusesTurn { settings.withhold([.remoteQueue]) }
    if refusesVerify { settings.offered.remove(.verify) }
    if refusesExpand { settings.offered.remove(.expand) }
    if refusesReceipts { settings.offered.remove(.statusNotices) }
  }
}

extension ServerExtension {
  /// What letters of srv_features, or of DaemonPortOptions' Modifiers, take out of the offer.
  static func withheld(by letters: Bytes) -> Set<ServerExtension> {
    Set(letters.compactMap { byLetter[$0] })
  }

  private static let byLetter: [UInt8: ServerExtension] = [
    0x44: .statusNotices, 0x45: .remoteQueue, 0x50: .pipelining, 0x53: .startTLS, 0x58: .expand,
  ]
}
