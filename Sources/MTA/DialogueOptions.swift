// DialogueOptions.swift: options of a sendmail.cf or a main.cf that change the dialogue alone.
//
// What they do is `ServerSettings`'; here is only which option sets what.

import MailAddress
import PostfixConfig
import Rulesets
import SMTP

extension CFOptions {
  func apply(to settings: inout ServerSettings, date: Bytes) {
    settings.takesBogusGreetings = isOn("AllowBogusHELO")
    guard let message = text("SmtpGreetingMessage"), settings.dialect == .smtp else { return }
    // Read with its macros as they were then: `$b`, at its end as a rule, had no date yet.
    var greeting = Bytes(message.utf8)
    if greeting.last?.isWhiteSpace ?? false { greeting += date }
    // The protocol is told behind the first word, whatever the text says.
    let end = greeting.firstIndex(where: \.isWhiteSpace) ?? greeting.endIndex
    greeting.insert(contentsOf: Bytes(ascii: " ESMTP"), at: end)
    settings.banner = greeting
  }
}

extension Settings {
  /// - Parameter judgesBareNewlines: the client is none of smtpd_forbid_bare_newline_exclusions.
  func apply(to settings: inout ServerSettings, judgesBareNewlines: Bool) {
    let forbidden = list("smtpd_forbidden_commands")
    settings.forbiddenCommands = forbidden.filter { !$0.contains(.colon) }.map {
      String(decoding: $0, as: UTF8.self).uppercased()
    }
    settings.forbidsOtherThanLetters = value("smtpd_forbidden_commands").contains(.colon)
    settings.idleCommands = Set(list("smtpd_noop_commands").map { String(decoding: $0, as: UTF8.self).uppercased() })
    settings.refusalFooter = Self.lines(value("smtpd_reject_footer"))
    settings.refusesSpeakingAhead = flag("smtpd_forbid_unauth_pipelining")
    guard judgesBareNewlines else { return }
    switch value("smtpd_forbid_bare_newline").lowercased.text {
    case "yes", "normalize": settings.bareLineFeeds = .taken(endsMessage: false)
    case "reject":
      settings.bareLineFeeds = .refused(code: number("smtpd_forbid_bare_newline_reject_code", otherwise: 550))
    default: break
    }
  }

  /// `\n` in a footer begins a line.
  private static func lines(_ text: Bytes) -> Bytes {
    var result: Bytes = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      if byte == .backslash, rest.first == UInt8(ascii: "n") {
        result.append(.newline)
        rest.removeFirst()
      } else {
        result.append(byte)
      }
    }
    return result
  }
}
