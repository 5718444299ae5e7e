// RuleTableParser.swift: reads regexp: and cidr: tables.

import Diagnostics
import MailAddress

struct RuleTableParser {
  enum Kind {
    case regexp
    case cidr
  }

  struct Failure: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  let kind: Kind
  /// Tables that decide about other people's mail may not build their result
  /// from the sender's text (transport_maps, alias_maps).
  let allowsReferences: Bool

  /// A rule as read, before blocks know where they end.
  private struct Line {
    let pattern: any Pattern
    let groups: Int
    let isNegated: Bool
    let result: Bytes
  }

  func parse(
    name: String, _ lines: [LogicalLine], report: (Diagnostic) -> Void
  ) -> RuleTable {
    var rules: [RuleTable.Rule] = []
    var open: [Int] = []
    for line in lines {
      let text = line.text.trimmed
      do throws(Failure) {
        if Self.keyword(Bytes(ascii: "endif"), in: text) != nil {
          guard let start = open.popLast() else { throw Failure("'endif' without 'if'") }
          rules[start] = Self.closed(rules[start], end: rules.count)
        } else if let condition = Self.keyword(Bytes(ascii: "if"), in: text) {
          let read = try readLine(condition.trimmed)
          guard read.result.isEmpty else { throw Failure("'\(read.result.text)' after an 'if' pattern") }
          open.append(rules.count)
          rules.append(rule(read, .block(end: Int.max), line))
        } else {
          let read = try readLine(text)
          rules.append(rule(read, .result(try template(read)), line))
        }
      } catch {
        report(Diagnostic(.warning, .postfixPattern(error.reason), at: line.position()))
      }
    }
    for start in open { rules[start] = Self.closed(rules[start], end: rules.count) }
    return RuleTable(name: name, rules: rules)
  }

  private func rule(_ read: Line, _ action: RuleTable.Action, _ line: LogicalLine) -> RuleTable.Rule {
    RuleTable.Rule(
      pattern: read.pattern, isNegated: read.isNegated, action: action, position: line.position())
  }

  private static func closed(_ rule: RuleTable.Rule, end: Int) -> RuleTable.Rule {
    RuleTable.Rule(
      pattern: rule.pattern, isNegated: rule.isNegated, action: .block(end: end),
      position: rule.position)
  }

  /// What follows a keyword at the start of a line; nil where there is another word.
  private static func keyword(_ word: Bytes, in text: Bytes) -> Bytes? {
    guard text.count >= word.count, Bytes(text[..<word.count]).equalsIgnoringCase(word) else { return nil }
    let rest = Bytes(text[word.count...])
    guard let next = rest.first else { return rest }
    return next.isLetter || next.isDigit ? nil : rest
  }

  private func template(_ read: Line) throws(Failure) -> ResultTemplate {
    guard !read.result.isEmpty else { throw Failure("no result after the pattern") }
    guard kind == .regexp else { return ResultTemplate(text: read.result) }
    let template: ResultTemplate
    do throws(ResultTemplate.Failure) {
      template = try ResultTemplate(parsing: read.result, groups: read.isNegated ? 0 : read.groups)
    } catch { throw Failure(error.reason) }
    if template.hasReferences, !allowsReferences {
      throw Failure("$number substitution is not allowed in this table")
    }
    return template
  }

  private func readLine(_ text: Bytes) throws(Failure) -> Line {
    var rest = text[...]
    var isNegated = false
    while rest.first == .bang {
      isNegated.toggle()
      rest = Bytes(rest.dropFirst()).trimmed[...]
    }
    switch kind {
    case .cidr: return try readNetwork(Bytes(rest), isNegated)
    case .regexp: return try readExpression(Bytes(rest), isNegated)
    }
  }

  private func readNetwork(_ text: Bytes, _ isNegated: Bool) throws(Failure) -> Line {
    let word = Bytes(text.prefix { !$0.isWhiteSpace })
    guard let network = Network(word) else { throw Failure("'\(word.text)' is no network") }
    return Line(
      pattern: network, groups: 0, isNegated: isNegated, result: Bytes(text[word.count...]).trimmed)
  }

  private func readExpression(_ text: Bytes, _ isNegated: Bool) throws(Failure) -> Line {
    guard let delimiter = text.first else { throw Failure("no pattern") }
    var index = 1
    while index < text.count, text[index] != delimiter { index += text[index] == .backslash ? 2 : 1 }
    guard index < text.count else { throw Failure("no closing '\(Bytes([delimiter]).text)'") }
    let flags = Bytes(text[(index + 1)...].prefix { !$0.isWhiteSpace })
    let result = Bytes(text[(index + 1 + flags.count)...]).trimmed
    do throws(RegularExpression.Failure) {
      let expression = try RegularExpression(Bytes(text[1..<index]), flags: flags)
      return Line(
        pattern: expression, groups: expression.groups, isNegated: isNegated, result: result)
    } catch { throw Failure(error.reason) }
  }
}
