// AddressResolver.swift: an address to a mailer triple, and how mailers write it.
//
//     address ─ ruleset 3 ─ 0 ─► $#mailer $@host $:user, the user through 4
//     address ─ 3 ─ 1 or 2 ─ the mailer's S= or R= ─ 4 ─► as the mailer writes it
//
// This is all that sendmail's rules decide about one address; what happens with
// the answer (aliases, accounts, replies) is told elsewhere.
//
// Fails: with `Problem`; a map that cannot answer is `temporaryFailure`.

import Routing
import Rulesets
import SendmailCF

/// Where an address goes: the triple of ruleset 0, its user rewritten for the mailer.
package struct ResolvedAddress: Sendable, Hashable {
  package var mailer: [UInt8]
  package var host: [UInt8]
  package var user: [UInt8]
  /// The rules wrote `@` before a local user: ruleset 5 is not asked again.
  package var isSettled = false

  package init(mailer: [UInt8], host: [UInt8], user: [UInt8]) {
    self.mailer = mailer
    self.host = host
    self.user = user
  }
}

/// Why an address has no mailer triple.
package enum AddressProblem: Error, Sendable, Equatable {
  /// The rules refuse it, or the text is no address.
  case refused(Reply)
  case temporaryFailure
}

/// Which of its four rulesets a mailer applies.
package struct AddressRole: Sendable, Hashable {
  package var isSender: Bool
  package var isHeader: Bool

  package init(isSender: Bool, isHeader: Bool) {
    self.isSender = isSender
    self.isHeader = isHeader
  }

  /// The value of `${addr_type}`.
  var macroValue: [UInt8] { [isHeader ? 0x68 : 0x65, 0x20, isSender ? 0x73 : 0x72] }
}

/// Asks the rules about addresses. One value an engine.
package struct AddressResolver {
  package let engine: RulesetEngine

  package init(_ engine: RulesetEngine) { self.engine = engine }

  package func setMacro(_ name: String, _ value: [UInt8]?) {
    guard let number = engine.names.number(of: Array(name.utf8)) else { return }
    engine.macros[number] = value.map { $0.map { CFUnit($0) } }
  }

  package func macro(_ name: String) -> [UInt8]? {
    guard let number = engine.names.known(Array(name.utf8)) else { return nil }
    return engine.macros[number].map { engine.macros.expand($0).units.text(engine.names) }
  }

  /// Text with its cf macros as they are now.
  func expanded(_ text: [CFUnit]) -> [UInt8] { engine.macros.expand(text).units.text(engine.names) }

  // MARK: Resolving

  /// The mailer, host and user of an address (rulesets 3 and 0).
  ///
  /// - Parameter shown: how replies name the address.
  package func resolve(
    _ address: [UInt8], shown: [UInt8]
  ) throws(AddressProblem) -> ResolvedAddress {
    try load(address, shown: shown)
    if engine.rewrite(3) == 75 || engine.rewrite(0) == 75 { throw .temporaryFailure }
    guard let triple = engine.triple, let user = triple.user, !triple.mailer.isEmpty else {
      throw .refused(unusable("no mailer in parsed address", shown))
    }
    return try deliver(triple, user, shown: shown)
  }

  /// The triple that ruleset 5 gives for a local user; nil where it has nothing to say.
  package func resolveLocal(
    _ user: [UInt8], host: [UInt8], shown: [UInt8]
  ) throws(AddressProblem) -> ResolvedAddress? {
    // The rules keep a detail there while they look for the user without it.
    setMacro("h", host)
    try load(user, shown: shown)
    if engine.rewrite(5) == 75 { throw .temporaryFailure }
    guard let triple = engine.triple, let user = triple.user else { return nil }
    return try deliver(triple, user, shown: shown)
  }

  /// The user part passes ruleset 2, the recipient rules of the mailer and ruleset 4.
  private func deliver(
    _ triple: MailerTriple, _ user: [UInt8], shown: [UInt8]
  ) throws(AddressProblem) -> ResolvedAddress {
    if triple.mailer.map(folded) == Array("error".utf8) {
      throw .refused(ErrorText.reply(triple, engine, about: shown))
    }
    guard let mailer = engine.program.mailer(named: triple.mailer) else {
      if let kind = Self.specialMailers.first(where: { $0 == triple.mailer.map(folded) }) {
        return ResolvedAddress(mailer: kind, host: triple.host ?? [], user: user)
      }
      throw .refused(unusable("unknown mailer \(String(decoding: triple.mailer, as: UTF8.self))", shown))
    }
    let isSettled =
      mailer.flags.contains(0x35)
      && triple.userTokens.first.map { engine.bytes($0).elementsEqual("@".utf8) } ?? false
    engine.load(tokens: Array(triple.userTokens.dropFirst(isSettled ? 1 : 0)))
    var status = engine.rewrite(2)
    if let ruleset = mailer.recipient.envelope?.number, ruleset > 0 {
      status = max(status, engine.rewrite(ruleset))
    }
    status = max(status, engine.rewrite(4))
    if status == 75 { throw .temporaryFailure }
    let text = engine.text(engine.tokens)
    let host = triple.host ?? []
    var result = ResolvedAddress(
      mailer: mailer.name, host: mailer.flags.contains(0x68) ? host : host.map(folded),
      user: mailer.flags.contains(0x75) ? text : text.map(folded))
    result.isSettled = isSettled
    return result
  }

  /// Mailers that every sendmail has without an M line.
  private static let specialMailers = ["*file*", "*include*", "prog"].map { Array($0.utf8) }

  private func unusable(_ reason: String, _ shown: [UInt8]) -> Reply {
    ErrorText.told(554, "5.3.5", Array("buildaddr: \(reason)".utf8), about: shown)
  }

  private func load(_ address: [UInt8], shown: [UInt8]) throws(AddressProblem) {
    let loading = engine.load(address)
    if let problem = loading.problems.first { throw .refused(Self.reply(to: problem, address, shown)) }
    // Who names nobody on the command line is told what every unknown user's name is answered.
    if address.isEmpty, macro("opMode") == [0x6D] {
      throw .refused(ErrorText.told(550, "5.1.1", Array("User unknown".utf8), about: shown))
    }
    if loading.hasFailed || loading.isEmpty {
      throw .refused(ErrorText.told(553, "5.0.0", Array("User address required".utf8), about: shown))
    }
  }

  private static func reply(to problem: ScanProblem, _ address: [UInt8], _ shown: [UInt8]) -> Reply {
    func told(_ enhanced: String, _ text: [UInt8]) -> Reply {
      let half = 100
      let name = shown.count > 203 ? shown.prefix(half) + Array("...".utf8) + shown.suffix(half) : shown
      return ErrorText.told(553, enhanced, text, about: name)
    }
    let isLongWord = address.split { !isWordByte($0) }.contains { $0.count > Tokenizer.longestAddress }
    switch problem {
    case .unbalanced(let byte): return told("5.0.0", Array("Unbalanced '".utf8) + [byte, 0x27])
    case .tooLong where !isLongWord:
      return told("5.1.0", Array("Address \"".utf8) + shown.prefix(255) + Array("\" too long (255 bytes max)".utf8))
    case .tooLong, .tokenTooLong: return told("5.1.0", Array("prescan: token too long".utf8))
    case .tooManyTokens: return told("5.1.0", Array("prescan: too many tokens".utf8))
    case .refusedByte:
      return told("5.1.0", Array("8-bit character in mailbox address \"".utf8) + shown + [0x22])
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    byte > 0x7F || byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }

  // MARK: Rewriting

  /// An address as a mailer writes it in one of the four places.
  package func rewrite(
    _ address: [UInt8], for mailer: CFMailer, as role: AddressRole
  ) throws(AddressProblem) -> [UInt8] {
    setMacro("addr_type", role.macroValue)
    let loading = engine.load(address)
    if loading.hasFailed { return address }
    if engine.rewrite(3) == 75 { throw .temporaryFailure }
    return try rewriteCanonical(for: mailer, as: role)
  }

  /// The same for the workspace, which ruleset 3 has seen.
  func rewriteCanonical(for mailer: CFMailer, as role: AddressRole) throws(AddressProblem) -> [UInt8] {
    if engine.rewrite(role.isSender ? 1 : 2) == 75 { throw .temporaryFailure }
    let pair = role.isSender ? mailer.sender : mailer.recipient
    if let ruleset = role.isHeader ? pair.header : pair.envelope, ruleset.number > 0 {
      if engine.rewrite(ruleset.number) == 75 { throw .temporaryFailure }
    }
    if engine.rewrite(4) == 75 { throw .temporaryFailure }
    return engine.text(engine.tokens)
  }
}

func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
