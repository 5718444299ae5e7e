// Resolution.swift: what a workspace that begins with `$#` says.
//
//     $# mailer $@ host $: user
//
// Ruleset 0 and the check rulesets end this way. The mailer `error` carries a
// status and a text instead of a destination.

/// A mailer triple, as tokens of the workspace it was read from.
package struct MailerTriple: Sendable, Equatable {
  package var mailer: [UInt8]
  /// Nil without `$@`.
  package var host: [UInt8]?
  /// Nil without `$:`.
  package var user: [UInt8]?
  package var userTokens: [TokenID]
}

extension RulesetEngine {
  /// The triple that the workspace holds, nil when it does not begin with `$#`.
  package var triple: MailerTriple? {
    let tokens = tokens
    guard tokens.first == .hash else { return nil }
    var position = 1
    var mailer: [UInt8] = []
    if position < tokens.count, tokens[position] != .at, tokens[position] != .colon {
      mailer = Array(bytes(tokens[position]))
      position += 1
    }
    let hostStart = tokens[position...].firstIndex(of: .at)
    let userMark = tokens[position...].firstIndex(of: .colon)
    var host: [UInt8]?
    if let hostStart, hostStart < userMark ?? tokens.count {
      host = text(tokens[(hostStart + 1)..<(userMark ?? tokens.count)])
    }
    let user = userMark.map { Array(tokens[($0 + 1)...]) }
    // The words of an error keep their blanks.
    let blank: UInt8? = lowered(mailer).elementsEqual("error".utf8) ? 0x20 : nil
    return MailerTriple(
      mailer: mailer, host: host, user: user.map { text($0, blank: blank) },
      userTokens: user ?? [])
  }
}

/// What the error mailer says: a reply code, an enhanced code and words.
package struct ErrorReply: Sendable, Equatable {
  /// Three digits; 553 where the text gives none.
  package var code: [UInt8]
  package var enhanced: [UInt8]?
  package var text: [UInt8]

  /// - Parameters:
  ///   - user: the user part of an error triple, for instance `"550 5.7.1 no"`.
  ///   - host: its host part, which gives the enhanced code when the text has none.
  package init(user: [UInt8], host: [UInt8]?) {
    var rest = ArraySlice(user.filter { $0 != 0x22 })
    code = Array("553".utf8)
    if rest.count > 3, rest.prefix(3).allSatisfy({ $0 &- 0x30 < 10 }), rest.dropFirst(3).first == 0x20 {
      code = Array(rest.prefix(3))
      rest = rest.dropFirst(4)
      let word = rest.prefix { $0 != 0x20 }
      if Self.isEnhanced(word), rest.count > word.count {
        enhanced = Array(word)
        rest = rest.dropFirst(word.count + 1)
      }
    }
    if enhanced == nil, let host, Self.isEnhanced(host[...]) { enhanced = host }
    text = Array(rest)
  }

  /// The status of sysexits.h that stands for the host part of an error triple: an
  /// enhanced code, a number or one of a few names.
  package static func status(host: [UInt8]?) -> Int32 {
    guard let host, !host.isEmpty else { return 69 }
    if let named = names[shown(lowered(host))] { return named }
    guard host.contains(0x2E) else { return Int32(shown(host)) ?? 69 }
    let parts = host.split(separator: 0x2E).map { Int(shown($0)) ?? 0 }
    guard let kind = parts.first else { return 69 }
    if kind == 4 { return 75 }
    if kind == 2 { return 0 }
    if kind != 5 { return 78 }
    let subject = parts.count > 1 ? parts[1] : 0
    let detail = parts.count > 2 ? parts[2] : 0
    return details[[subject, detail]] ?? subjects[subject] ?? 69
  }

  private static let names: [String: Int32] = [
    "usage": 64, "nouser": 67, "nohost": 68, "unavailable": 69, "software": 70, "tempfail": 75,
    "protocol": 76, "config": 78,
  ]
  private static let subjects: [Int: Int32] = [3: 71, 5: 76, 7: 65]
  private static let details: [[Int]: Int32] = [
    [1, 0]: 65, [1, 1]: 67, [1, 2]: 68, [1, 3]: 64, [1, 5]: 78, [1, 6]: 67, [1, 7]: 64, [1, 8]: 68,
    [2, 3]: 65, [4, 0]: 74, [4, 1]: 75, [4, 2]: 74, [4, 3]: 75, [4, 4]: 76, [4, 5]: 75, [4, 6]: 78,
  ]

  private static func isEnhanced(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 3, let first = parts.first, first.count == 1,
      let digit = first.first, "245".utf8.contains(digit)
    else { return false }
    return parts.dropFirst().allSatisfy { part in
      (1...3).contains(part.count) && part.allSatisfy { $0 &- 0x30 < 10 }
    }
  }
}
