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

enum ErrorText {
  /// The reply for an error triple.
  static func reply(host: [UInt8], text: [UInt8], about address: [UInt8]) -> Reply {
    var rest = unquoted(text)[...]
    var code: Int?
    if rest.count > 3, rest.prefix(3).allSatisfy(isDigit), rest[rest.startIndex + 3] == 0x20 {
      code = rest.prefix(3).reduce(0) { $0 * 10 + Int($1 - 0x30) }
      rest = rest.dropFirst(4)
    }
    var enhanced: String?
    if code != nil, let own = enhancedCode(rest) {
      enhanced = own
      rest = rest.dropFirst(own.utf8.count).drop { $0 == 0x20 }
    }
    enhanced = enhanced ?? enhancedCode(host[...], isWhole: true) ?? word(host)
    // Nothing said: what follows from the code alone.
    let fallback = code == nil ? "5.3.0" : "\((code ?? 550) / 100).0.0"
    return told(code ?? 553, enhanced ?? fallback, Array(rest), about: address)
  }

  /// A reply with the address it is about before its text, as sendmail words them.
  static func told(
    _ code: Int, _ enhanced: String, _ text: [UInt8], about address: [UInt8]
  ) -> Reply {
    // 551 and 251 name a new address themselves.
    let prefix = code == 551 || address.isEmpty ? [] : address + Array("... ".utf8)
    return Reply(code, enhanced, prefix + text)
  }

  /// `5.7.1` at the start of a text, or as all of it.
  private static func enhancedCode(_ text: ArraySlice<UInt8>, isWhole: Bool = false) -> String? {
    let code = text.prefix { isDigit($0) || $0 == 0x2E }
    let parts = code.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty && $0.count <= 3 }),
      let first = parts.first, first.count == 1, [0x32, 0x34, 0x35].contains(first.first)
    else { return nil }
    let rest = text.dropFirst(code.count)
    guard isWhole ? rest.isEmpty : rest.first == 0x20 || rest.isEmpty else { return nil }
    return String(decoding: code, as: UTF8.self)
  }

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

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
