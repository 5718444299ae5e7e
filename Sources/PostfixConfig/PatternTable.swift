// PatternTable.swift: regexp: and cidr: tables, rules tried in order.
//
//     /pattern/flags  result        regexp; $1 or ${1} stand for parts of the match
//     network         result        cidr
//     !rule … , if rule … endif     in both
//
// Fails: a bad rule is a diagnostic and left out, the others stay. An `if` that
// does not end reaches to the end of the table.

import Diagnostics
import MailAddress

/// Rules over a kind of pattern.
struct RuleTable: LookupTable {
  let name: String
  let rules: [Rule]
  var hasFixedKeys: Bool { false }

  struct Rule: Sendable {
    let pattern: any Pattern
    let isNegated: Bool
    let action: Action
    let position: SourcePosition
  }

  enum Action: Sendable {
    case result(ResultTemplate)
    /// Rules up to `end`, which is an index, hold only where the pattern matches.
    case block(end: Int)
  }

  func lookUp(_ key: Bytes) -> TableAnswer {
    var index = 0
    while index < rules.count {
      let rule = rules[index]
      index += 1
      let match = rule.pattern.match(key)
      // What cannot be compared at all is not "other than the pattern" either.
      let holds = rule.pattern.isComparable(with: key) && (match != nil) != rule.isNegated
      switch rule.action {
      case .block(let end): if !holds { index = end }
      case .result(let template):
        if holds { return .found(template.fill(match ?? []), at: rule.position) }
      }
    }
    return .notFound
  }
}

/// What can be compared with a key.
protocol Pattern: Sendable {
  /// The matched parts, the whole first; nil where it does not match.
  func match(_ key: Bytes) -> [Bytes]?
  /// Whether the question makes sense: an IPv6 address is neither in an IPv4
  /// network nor outside it.
  func isComparable(with key: Bytes) -> Bool
}

extension Network: Pattern {
  func isComparable(with key: Bytes) -> Bool { Network.octets(key)?.count == address.count }

  func match(_ key: Bytes) -> [Bytes]? {
    guard let octets = Network.octets(key), contains(octets) else { return nil }
    return [key]
  }
}

/// A result with `$1` in it.
struct ResultTemplate: Sendable {
  enum Part: Sendable {
    case text(Bytes)
    case group(Int)
  }

  let parts: [Part]

  struct Failure: Error {
    let reason: String
  }

  init(text: Bytes) { parts = [.text(text)] }

  /// - Parameter groups: how many parts the pattern has.
  init(parsing text: Bytes, groups: Int) throws(Failure) {
    var parts: [Part] = []
    var rest = text[...]
    while let byte = rest.popFirst() {
      guard byte == .dollar else {
        parts.append(.text([byte]))
        continue
      }
      parts.append(try Self.reference(&rest, groups: groups))
    }
    self.parts = parts
  }

  private static func reference(_ rest: inout ArraySlice<UInt8>, groups: Int) throws(Failure) -> Part {
    if rest.first == .dollar {
      rest.removeFirst()
      return .text([.dollar])
    }
    let closing: UInt8? = rest.first == .openBrace ? .closeBrace : rest.first == 0x28 ? 0x29 : nil
    if closing != nil { rest.removeFirst() }
    let name = rest.prefix(while: ValueExpansion.isNamePart)
    rest.removeFirst(name.count)
    if let closing, rest.popFirst() != closing { throw Failure(reason: "'$' without its closing brace") }
    guard let number = Bytes(name).decimalValue else {
      throw Failure(reason: "'$\(Bytes(name).text)' is no number")
    }
    guard (1...max(groups, 1)).contains(number), groups > 0 else {
      throw Failure(reason: "there is no part \(number) in the pattern")
    }
    return .group(number)
  }

  var hasReferences: Bool {
    parts.contains { if case .group = $0 { true } else { false } }
  }

  func fill(_ match: [Bytes]) -> Bytes {
    parts.reduce(into: []) { result, part in
      switch part {
      case .text(let text): result += text
      case .group(let number): if match.indices.contains(number) { result += match[number] }
      }
    }
  }
}
