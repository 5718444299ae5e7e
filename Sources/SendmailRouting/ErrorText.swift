// ErrorText.swift: what `$#error $@ code $: text` becomes in an SMTP reply.
//
//     $: "550 5.7.1 Access denied"    550 5.7.1 Access denied
//     $@ 5.7.1 $: "550 Access denied" 550 5.7.1 Access denied
//     $@ nouser $: "nobody here"      553 5.1.1 nobody here
//
// The code is the text's own or 553; the enhanced code is the text's own, that of
// `$@`, or that of the word in `$@` (sendmail's operations guide, "The Right Hand
// Side").

import Routing
import Rulesets

enum ErrorText {
  /// The reply for an error triple.
  static func reply(
    _ triple: MailerTriple, _ engine: RulesetEngine, about address: [UInt8]
  ) -> Reply {
    // Words are words here: BlankSub is for addresses.
    let text = engine.text(triple.userTokens, blank: 0x20)
    let error = ErrorReply(user: text, host: triple.host)
    let code = Int(String(decoding: error.code, as: UTF8.self)) ?? 553
    let hasOwnCode = unquoted(text).starts(with: error.code)
    let said = error.enhanced.map { String(decoding: $0, as: UTF8.self) } ?? word(triple.host ?? [])
    // Nothing said: what follows from the code alone.
    let fallback = hasOwnCode ? "\(code / 100).0.0" : "5.3.0"
    return told(code, said ?? fallback, error.text, about: address)
  }

  /// A reply with the address before its text where the code is about an address.
  static func told(
    _ code: Int, _ enhanced: String, _ text: [UInt8], about address: [UInt8]
  ) -> Reply {
    let isAboutAddress = code % 100 == 50 || code % 100 == 53
    let prefix = isAboutAddress && !address.isEmpty ? address + Array("... ".utf8) : []
    return Reply(code, enhanced, prefix + text)
  }

  /// What is said of aliases that lead in a circle or too deep; no address is named.
  static func aliasLoop(_ detail: String) -> Reply { Reply(554, "5.4.6", "aliasing/forwarding loop broken" + detail) }

  /// The words that may stand in `$@` in place of a code.
  private static func word(_ host: [UInt8]) -> String? {
    switch String(decoding: host, as: UTF8.self).lowercased() {
    case "config": "5.3.5"
    case "nohost": "5.1.2"
    case "nouser": "5.1.1"
    case "protocol": "5.5.0"
    case "tempfail": "4.0.0"
    case "unavailable": "5.0.0"
    case "usage": "5.5.4"
    default: nil
    }
  }

  /// Quotes only hold the text together.
  static func unquoted(_ text: [UInt8]) -> [UInt8] { text.filter { $0 != 0x22 } }
}
