// SendmailRouter+Content.swift: what a .cf's rulesets say of a message's content.
//
// One session's macros go on: what check_rcpt, check_data or the check of one field stores, the
// next ruleset sees. All of them are asked, and of two refusals the later one is told, but that
// a 4xx never takes the place of a 5xx.

import Routing
import Rulesets

extension SendmailRouter: ContentChecker {
  package var contentChecker: (any ContentChecker)? { contentChecks == nil ? nil : self }

  package func contentCheck() -> (any ContentCheck)? {
    guard let checks = contentChecks, checks.readsContent else { return nil }
    return SendmailContentCheck(readsHeader: checks.readsHeader)
  }

  package func decideData(_ message: ContentFacts, memory: inout (any SessionMemory)?) -> Decision {
    guard let ruleset = contentChecks?.data else { return .accept }
    resume(message, memory)
    let decision = decide(ruleset, ["\(message.recipients)"])
    if var remembered = memory as? Memory {
      remembered.latest = step(decision)
      memory = remembered
    }
    return decision
  }

  /// What check_vrfy, check_expn or check_etrn says of a command's argument.
  package func decide(_ ruleset: String, about argument: [UInt8], client: Client) -> Decision {
    guard program.ruleset(withRules: ruleset) != nil else { return .accept }
    resetMacros()
    beginSession(client)
    return resolver.check(ruleset, [argument], about: [])
  }

  /// What all the rulesets say of a message.
  func decide(
    _ content: SendmailContentCheck, _ message: ContentFacts, memory: inout (any SessionMemory)?
  ) -> Decision {
    guard let checks = contentChecks else { return .accept }
    resume(message, memory)
    var result = Decision.accept
    for field in content.fields {
      guard let check = checks.check(of: field.name), !field.value.allSatisfy(isBlank) else { continue }
      result.weigh(decide(check, field))
    }
    if let ruleset = checks.endOfHeader {
      result.weigh(decide(ruleset, ["\(content.fields.count)", "\(content.size)"]))
    }
    if let ruleset = checks.endOfMessage {
      resolver.setMacro("msg_size", Array("\(content.messageSize)".utf8))
      result.weigh(decide(ruleset, ["\(content.messageSize)"]))
    }
    return result
  }

  private func resume(_ message: ContentFacts, _ memory: (any SessionMemory)?) {
    if let step = (memory as? Memory).flatMap({ $0.latest ?? $0.transaction }) { restore(step) } else { resetMacros() }
    resolver.setMacro("i", message.queueID)
    resolver.setMacro("nrcpts", Array("\(message.recipients)".utf8))
    resolver.setMacro("nbadrcpts", Array("\(message.refusedRecipients)".utf8))
  }

  private func decide(_ ruleset: Int, _ numbers: [String]) -> Decision {
    resolver.check(ruleset, numbers.map { Array($0.utf8) }, about: [])
  }

  private func decide(_ check: HeaderChecks.Check, _ field: SendmailContentCheck.Field) -> Decision {
    resolver.setMacro("hdr_name", field.name)
    resolver.setMacro("hdrlen", Array("\(field.value.count)".utf8))
    resolver.setMacro("currHeader", Self.quoted(field.value))
    resolver.setMacro("addr_type", [0x68])
    // What is no list of tokens is not looked at, as in sendmail.
    if engine.load(field.value, as: check.keepsComments ? .text : .value).hasFailed { return .accept }
    return resolver.decide(check.ruleset, about: [])
  }

  private static func quoted(_ value: [UInt8]) -> [UInt8] {
    [0x22] + value.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0 == 0x0A ? 0x20 : $0] } + [0x22]
  }
}

extension Decision {
  /// Takes another ruleset's decision into account.
  fileprivate mutating func weigh(_ other: Decision) {
    switch (refusal, other.refusal) {
    case (let old?, let new?): if old.isTransient || !new.isTransient { self = other }
    case (nil, .some): self = other
    case (.some, nil): break
    case (nil, nil): if other != .accept, !isDiscard { self = other }
    }
  }

  private var isDiscard: Bool { if case .discard = self { true } else { false } }
}
