// Judgement.swift: where an answer is not what was expected.
//
// If mail is refused that was to be taken, nothing else is said: the rest follows from it.

import Diagnostics
import MailAddress
import Routing
import YAML

/// One thing that is not as expected.
package struct Mismatch: Sendable {
  /// The key that expects it: `mailer`, `result`.
  package let key: String
  package let expected: String
  package let actual: String
  package let position: SourcePosition
  package let length: Int
}

/// Holds an answer against an expectation.
struct Judgement {
  private(set) var mismatches: [Mismatch] = []
  private let deliveries: [Delivery]
  private let decision: Decision

  /// - Parameter answer: to an envelope with one recipient.
  init(_ answer: EnvelopeAnswer, of recipient: Bytes, against expected: Expectation) {
    let text = AnswerText(recipient.text, answer)
    deliveries = text.deliveries
    decision = text.decision
    guard resultIsMet(expected) else { return }
    judgeText(expected)
    judgeOnlyCopy(expected.fields)
    if let copies = expected.copies { judge(copies) }
    if let recipients = expected.recipients { judge(recipients) }
  }

  private mutating func add(
    _ key: String, _ expected: String, _ actual: String, at position: SourcePosition, _ length: Int
  ) {
    mismatches.append(
      Mismatch(key: key, expected: expected, actual: actual, position: position, length: length))
  }

  // MARK: the result

  /// What came of it, with the reply where there is one.
  private var outcome: (verdict: Verdict, reply: Reply?) {
    switch decision {
    // Whether mail is thrown away at once or on its way comes to the same.
    case .accept: (isThrownAway ? .discard : .accept, nil)
    case .discard: (.discard, nil)
    case .hold: (.hold, nil)
    case .reject(let reply): (reply.isTransient ? .tempfail : .reject, reply)
    case .temporaryFailure(let reply): (.tempfail, reply)
    }
  }

  private var isThrownAway: Bool { !deliveries.isEmpty && deliveries.allSatisfy { $0.destination == .nowhere } }

  private mutating func resultIsMet(_ expected: Expectation) -> Bool {
    let wanted = expected.result?.value ?? ExpectedResult(verdict: .accept)
    let (verdict, reply) = outcome
    let isMet =
      verdict == wanted.verdict && (wanted.code == nil || wanted.code == reply?.code)
      && (wanted.enhancedCode == nil || wanted.enhancedCode == reply?.enhancedCode)
    if !isMet {
      add(
        "result", wanted.description, verdict.rawValue + (reply.map { " \($0)" } ?? ""),
        at: expected.result?.position ?? expected.position, expected.result?.length ?? expected.length)
    }
    return isMet
  }

  private mutating func judgeText(_ expected: Expectation) {
    guard let text = expected.text else { return }
    let said: Bytes? =
      switch decision {
      case .accept: nil
      case .discard(let reason), .hold(let reason): reason
      case .reject(let reply), .temporaryFailure(let reply): reply.text
      }
    if said.map(text.value.matches) ?? false { return }
    add("text", text.value.written.text, said?.text ?? "no reply text", at: text.position, text.length)
  }

  // MARK: copies

  private mutating func judgeOnlyCopy(_ fields: [CopyField: StatedField]) {
    let stated = fields.sorted { $0.value.position < $1.value.position }
    guard let first = stated.first?.value else { return }
    guard let delivery = deliveries.first, deliveries.count == 1 else {
      let all = deliveries.map(\.shown).joined(separator: "; ")
      add(
        first.name, "one copy, with \(first.name) \"\(first.value.text)\"",
        deliveries.isEmpty ? "none" : "\(deliveries.count) copies: \(all)", at: first.position, first.length)
      return
    }
    for (field, wanted) in stated where !field.isMet(wanted.value, by: delivery) {
      add(
        wanted.name, wanted.value.text, field.value(of: delivery)?.text ?? AnswerText.words(delivery.destination),
        at: wanted.position, wanted.length)
    }
  }

  private mutating func judge(_ copies: Stated<[ExpectedCopy]>) {
    let pairing = Pairing(copies.value.count, deliveries.count) { wanted, given in
      copies.value[wanted].fields.allSatisfy { $0.key.isMet($0.value.value, by: deliveries[given]) }
    }
    let spare = deliveries.indices.filter { !pairing.partners.contains($0) }.map { deliveries[$0].shown }
    for (copy, partner) in zip(copies.value, pairing.partners) where partner == nil {
      add(
        "deliveries", "a copy with \(copy.description)",
        spare.isEmpty ? "no such copy" : spare.joined(separator: "; "), at: copy.position, 0)
    }
    guard !pairing.partners.contains(nil), !spare.isEmpty else { return }
    let expected = copies.value.isEmpty ? "no copies" : "\(copies.value.count) and no more"
    add("deliveries", expected, "also " + spare.joined(separator: "; "), at: copies.position, copies.length)
  }

  private mutating func judge(_ wanted: Stated<[Stated<Bytes>]>) {
    let given = deliveries.map(\.aliasForm)
    for one in wanted.value where !given.contains(where: { Self.areAlike($0, one.value) }) {
      add(
        "forwards-to", one.value.text + " among them", given.map(\.text).joined(separator: ", "), at: one.position,
        one.length)
    }
    let more = given.filter { one in !wanted.value.contains { Self.areAlike(one, $0.value) } }
    if more.isEmpty { return }
    add(
      "forwards-to", wanted.value.map(\.value.text).joined(separator: ", ") + " and nobody else",
      "also " + more.map(\.text).joined(separator: ", "), at: wanted.position, wanted.length)
  }

  /// Names of users are alike in any case of letters.
  private static func areAlike(_ one: Bytes, _ other: Bytes) -> Bool {
    let isName = [.slash, UInt8(ascii: "|")].allSatisfy { one.first != $0 } && !one.contains(.at)
    return isName ? one.equalsIgnoringCase(other) : CopyField.address(one) == CopyField.address(other)
  }
}
