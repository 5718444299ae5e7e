// Rule.swift: one rule as the matcher reads it.
//
// Both sides are runs of 32-bit operations in one array of the program: the kind
// in the upper four bits, a token, a class, a macro or a digit below. In front of
// them stands what a workspace must have for the rule to be worth trying.

import Diagnostics

/// What a rule's operation does; the same numbers serve both sides.
enum RuleOperation {
  static let literal: UInt32 = 0
  static let exactlyOne: UInt32 = 1
  static let oneOrMore: UInt32 = 2
  static let anything: UInt32 = 3
  static let nothing: UInt32 = 4
  static let inClass: UInt32 = 5
  static let notInClass: UInt32 = 6
  static let lateMacro: UInt32 = 7
  static let replacement: UInt32 = 8

  static let shift: UInt32 = 28
  static let argumentMask: UInt32 = (1 << shift) - 1

  static func make(_ kind: UInt32, _ argument: Int) -> UInt32 {
    kind << shift | UInt32(truncatingIfNeeded: argument) & argumentMask
  }
}

/// What the workspace must look like for the rule to be tried.
struct RuleFilter: Sendable {
  /// The bits of the literals of the left side.
  var bits: UInt64 = 0
  /// The first and the last token, folded; `none` where it may be any.
  var first: TokenID = RuleFilter.none
  var last: TokenID = RuleFilter.none
  var fewest: Int32 = 0
  var most: Int32 = .max

  static let none = TokenID.max
}

/// How the right side begins.
package enum RuleEnding: UInt8, Sendable {
  /// The rule is applied again until it fails.
  case again
  /// `$:`: once, then the next rule.
  case once
  /// `$@`: the ruleset ends here.
  case leave
  /// `$#`: the ruleset ends with a mailer.
  case resolve
}

/// One rule.
struct Rule: Sendable {
  var filter = RuleFilter()
  var left: Range<Int>
  var right: Range<Int>
  var ending: RuleEnding
}

/// What is known of a rule beside its code: for people.
package struct RuleText: Sendable {
  /// The sides among the tokens of all rules.
  package var left: Range<Int>
  package var right: Range<Int>
  package var position: SourcePosition
}

/// A ruleset: a run of rules.
package struct Ruleset: Sendable {
  package var name: [UInt8]
  package var number: Int
  /// Indices into the program's rules, in the order of the file.
  package var rules: [Int]
  package var position: SourcePosition?
}
