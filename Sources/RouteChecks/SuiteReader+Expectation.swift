// SuiteReader+Expectation.swift: what a test expects.
//
//     expect: reject 550 5.7.1
//     expect: { mailer: esmtp, host: hub.example.edu }
//     expect: { result: tempfail 451, text: /try .* later/ }
//     expect: { mailbox: boss, postfix: { transport: lmtp } }

import Diagnostics
import MailAddress
import YAML

extension SuiteReader {
  struct Expectations {
    var all: Expectation
    var exceptions: [MailProgram: Expectation] = [:]
  }

  private static let fieldNames = CopyField.allCases.flatMap(\.names)
  private static let keys = ["result", "text"] + fieldNames + ["deliveries", "forwards-to"]
  private static let programs = MailProgram.allCases.map(\.rawValue)
  private static let meant = [
    "from": "sender", "to": "recipient", "relay": "host", "code": "result", "reply": "text", "command": "program",
    "copies": "deliveries", "recipients": "forwards-to", "next-hop": "nexthop",
  ]

  /// What is expected of both programs, and where one is to do otherwise.
  func expectations(_ node: YAMLNode) -> Expectations? {
    if node.scalar != nil { return result(node).map { Expectations(all: expectation($0, node)) } }
    guard
      let mapping = reader.mapping(node, "an expectation", keys: Self.keys + Self.programs, meant: Self.meant)
    else { return nil }
    var expected = Expectations(all: expectation(mapping))
    for program in MailProgram.allCases {
      guard let own = mapping[program.rawValue] else { continue }
      expected.exceptions[program] = exception(own)
    }
    if mapping.entries.isEmpty { reader.fault(.yamlBadValue("an expectation of nothing"), at: node) }
    return expected
  }

  private func exception(_ node: YAMLNode) -> Expectation? {
    if node.scalar != nil { return result(node).map { expectation($0, node) } }
    return reader.mapping(node, "an expectation", keys: Self.keys, meant: Self.meant).map(expectation)
  }

  private func expectation(_ result: ExpectedResult, _ node: YAMLNode) -> Expectation {
    var expected = Expectation(at: node.position, length: node.length)
    expected.result = Stated(result, node)
    return expected
  }

  private func expectation(_ mapping: YAMLMapping) -> Expectation {
    var expected = Expectation(at: mapping.node.position)
    if let node = mapping["result"] { expected.result = result(node).map { Stated($0, node) } }
    if let node = mapping["text"] { expected.text = pattern(node) }
    expected.fields = fields(mapping)
    if let node = mapping["deliveries"] { expected.copies = copies(node) }
    if let node = mapping["forwards-to"] {
      let list = reader.texts(node, "a recipient, or a list of them")
      expected.recipients = Stated(list.map { Stated(Self.withoutBrackets($0.bytes), $0.node) }, node)
    }
    checkSense(expected, mapping)
    return expected
  }

  /// Things that exclude one another.
  private func checkSense(_ expected: Expectation, _ mapping: YAMLMapping) {
    if let result = expected.result, !result.value.verdict.hasCopies, expected.saysOfCopies {
      let copyKeys = Self.fieldNames + ["deliveries", "forwards-to"]
      guard let entry = mapping.entries.first(where: { copyKeys.contains($0.name) }) else { return }
      reader.fault(
        .yamlBadValue("`\(entry.name)' of mail that goes nowhere: the result is \(result.value.verdict.rawValue)"),
        at: entry.key)
    }
    if expected.copies != nil, !expected.fields.isEmpty {
      reader.fault(
        .yamlBadValue(
          "`deliveries' beside keys of the only copy", fix: "write those keys into an item of deliveries"),
        at: mapping.node)
    }
  }

  // MARK: parts

  /// `reject 550 5.7.1`
  private func result(_ node: YAMLNode) -> ExpectedResult? {
    let verdicts = Verdict.allCases.map(\.rawValue)
    let wanted = "one of " + verdicts.joined(separator: ", ")
    guard let text = reader.text(node, wanted + ",") else { return nil }
    let words = text.split(separator: " ").map(String.init)
    guard let first = words.first, let verdict = Verdict(rawValue: first) else {
      let near = words.first.flatMap { nearestName(to: $0, among: verdicts) }
      reader.fault(
        .yamlBadValue(
          "unknown result `\(text)'" + (near.map { "; did you mean `\($0)'?" } ?? ""),
          fix: near == nil ? "write \(wanted)" : nil), at: node)
      return nil
    }
    var result = ExpectedResult(verdict: verdict)
    for word in words.dropFirst() where !read(word, into: &result) {
      reader.fault(
        .yamlBadValue(
          "`\(word)' is no code of \(verdict.rawValue)",
          fix: verdict.digit.map { "write \(verdict.rawValue) \($0)50 \($0).7.1; words of the reply belong to text:" }
            ?? "write \(verdict.rawValue) alone"), at: node)
      return nil
    }
    return result
  }

  /// Whether the word is a code of such a result.
  private func read(_ word: String, into result: inout ExpectedResult) -> Bool {
    let parts = word.split(separator: ".", omittingEmptySubsequences: false)
    guard let digit = result.verdict.digit, word.first == Character("\(digit)"),
      parts.allSatisfy({ (1...3).contains($0.utf8.count) && $0.utf8.allSatisfy(\.isDigit) })
    else { return false }
    switch (parts.count, parts[0].utf8.count) {
    case (1, 3) where result.code == nil: result.code = Int(word)
    case (3, 1) where result.enhancedCode == nil: result.enhancedCode = word
    default: return false
    }
    return true
  }

  private func pattern(_ node: YAMLNode) -> Stated<TextPattern>? {
    guard let written = reader.bytes(node, "words of the reply, or an expression between slashes") else { return nil }
    do throws(TextPattern.Failure) { return Stated(try TextPattern(written), node) } catch {
      reader.fault(.yamlBadValue("\(written.text): \(error.reason)"), at: node)
      return nil
    }
  }

  private func fields(_ mapping: YAMLMapping) -> [CopyField: StatedField] {
    var fields: [CopyField: StatedField] = [:]
    for entry in mapping.entries {
      guard let field = CopyField.byName[entry.name] else { continue }
      if let other = fields[field] {
        reader.fault(.yamlBadValue("`\(entry.name)' and `\(other.name)' are two words for one thing"), at: entry.key)
      }
      guard let value = reader.bytes(entry.value, "the \(entry.name) that is expected") else { continue }
      fields[field] = StatedField(
        name: entry.name, value: field.isAddress ? Self.withoutBrackets(value) : value, position: entry.value.position,
        length: entry.value.length)
    }
    return fields
  }

  private func copies(_ node: YAMLNode) -> Stated<[ExpectedCopy]>? {
    guard let items = reader.items(node, "a list of copies") else { return nil }
    let copies = items.compactMap { item in
      reader.mapping(item, "a copy", keys: Self.fieldNames, meant: Self.meant).map {
        ExpectedCopy(fields: fields($0), position: item.position)
      }
    }
    return Stated(copies, node)
  }
}
