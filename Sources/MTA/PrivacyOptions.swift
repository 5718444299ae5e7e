// PrivacyOptions.swift: what clients are not told, and when they must introduce themselves.
//
//     sendmail   O PrivacyOptions=needmailhelo,novrfy,noexpn
//     Postfix    smtpd_helo_required, disable_vrfy_command

import PostfixConfig
import Rulesets
import SMTP

struct PrivacyOptions: Sendable, Equatable {
  /// MAIL needs HELO or EHLO first; so do VRFY and EXPN.
  var needsGreeting = false
  var needsGreetingToAsk = false
  var refusesVerify = false
  var refusesExpand = false
  /// DSN is not offered.
  var refusesReceipts = false

  init(_ options: CFOptions) {
    let words = (options.text("PrivacyOptions") ?? "").lowercased().split { ", \t".contains($0) }
    let isClosed = words.contains("goaway")
    needsGreeting = isClosed || words.contains("needmailhelo")
    needsGreetingToAsk = isClosed || words.contains("needvrfyhelo") || words.contains("needexpnhelo")
    refusesVerify = isClosed || words.contains("novrfy")
    refusesExpand = isClosed || words.contains("noexpn")
    refusesReceipts = isClosed || words.contains("noreceipts")
  }

  init(_ smtpd: Settings) {
    needsGreeting = smtpd.flag("smtpd_helo_required")
    refusesVerify = smtpd.flag("disable_vrfy_command")
  }

  func apply(to settings: inout ServerSettings) {
    settings.requiresGreeting = needsGreeting
    settings.requiresGreetingToAsk = needsGreetingToAsk
    settings.refusesVerify = refusesVerify
    settings.refusesExpand = refusesExpand
    settings.offered.remove(.help)
    if refusesVerify { settings.offered.remove(.verify) }
    if refusesExpand { settings.offered.remove(.expand) }
    if refusesReceipts { settings.offered.remove(.statusNotices) }
  }
}
