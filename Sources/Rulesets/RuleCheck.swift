// RuleCheck.swift: what is wrong with a rule.
//
// Of the symbols of both sides, in their order, and of sides that are empty. Where no program is
// wanted, they are found without making tokens of the text.

import SendmailCF

/// Checks rules, one after the other.
struct RuleCheck {
  /// Of the rule that was looked at last.
  private(set) var problems: [CFProblem] = []
  private let classes = ByteClasses()
  /// Of the side that was read last.
  private var symbols: [CFUnit] = []

  /// `$1` to `$9`.
  static let mostWildcards = 9

  /// What is wrong with a rule.
  mutating func problems(of rule: CFRule, _ names: MacroNames) -> [CFProblem] {
    begin()
    let hasLeft = readSymbols(of: rule.left)
    let wildcards = checkLeft(symbols, isEmpty: !hasLeft, names)
    let hasRight = readSymbols(of: rule.right)
    checkRight(symbols, isEmpty: !hasRight, wildcards, names)
    return problems
  }

  mutating func begin() { if !problems.isEmpty { problems = [] } }

  /// Finds the symbols of a side outside of quoted text, as the tokenizer would.
  ///
  /// - Returns: whether there is anything at all.
  private mutating func readSymbols(of side: ArraySlice<CFUnit>) -> Bool {
    if !symbols.isEmpty { symbols.removeAll(keepingCapacity: true) }
    var hasTokens = false
    var (isQuoted, isEscaped) = (false, false)
    let classes = classes
    side.withUnsafeBufferPointer { units in
      for unit in units {
        guard unit.rawValue < 0x100 else {
          hasTokens = true
          if !isQuoted { symbols.append(unit) } else { isEscaped = false }
          continue
        }
        let kind = classes[UInt8(truncatingIfNeeded: unit.rawValue)]
        if kind == .refused, !isQuoted {
          hasTokens = true
        } else if isEscaped {
          isEscaped = false
          hasTokens = true
        } else if kind == .escape {
          isEscaped = true
        } else if isQuoted {
          isQuoted = kind != .quote
        } else if kind != .blank {
          hasTokens = true
          isQuoted = kind == .quote
        }
      }
    }
    return hasTokens
  }

  /// Looks at the symbols of a left side.
  ///
  /// - Returns: how many wildcards there are.
  mutating func checkLeft(_ symbols: [CFUnit], isEmpty: Bool, _ names: MacroNames) -> Int {
    if isEmpty { problems.append(.nullSide("LHS")) }
    var wildcards = 0
    for unit in symbols {
      switch unit.kind {
      case .inClass, .notInClass: wildcards += 1
      case .replacement: problems.append(.inappropriate("$1-$9", "LHS"))
      case .symbol:
        switch unit.symbol {
        case .anything, .oneOrMore, .exactlyOne: wildcards += 1
        case .at, .hash, .otherwise, nil: break
        default: problems.append(.inappropriate(shown([unit].text(names)), "LHS"))
        }
      default: break
      }
      if wildcards == Self.mostWildcards + 1 {
        problems.append(.tooManyWildcards)
        return wildcards
      }
    }
    return wildcards
  }

  /// Looks at the symbols of a right side.
  mutating func checkRight(_ symbols: [CFUnit], isEmpty: Bool, _ wildcards: Int, _ names: MacroNames) {
    if isEmpty { problems.append(.nullSide("RHS")) }
    var isInLookup = false
    for unit in symbols {
      switch unit.kind {
      case .replacement:
        if unit.argument - 0x30 > wildcards { problems.append(.outOfBounds(unit.argument)) }
      case .inClass: problems.append(.inappropriate("$=", "RHS"))
      case .notInClass: problems.append(.inappropriate("$~", "RHS"))
      case .symbol:
        switch unit.symbol {
        case .anything, .oneOrMore, .exactlyOne:
          problems.append(.inappropriate(shown([unit].text(names)), "RHS"))
        case .mapBegin, .canonifyBegin:
          if isInLookup { problems.append(.nestedLookup) }
          isInLookup = true
        case .mapEnd, .canonifyEnd: isInLookup = false
        default: break
        }
      default: break
      }
    }
    if isInLookup { problems.append(.unclosedLookup) }
  }
}

extension CFProblem {
  private static func bad(_ text: String, fix: String? = nil, _ wording: String) -> CFProblem {
    CFProblem(.badRule, text, fix: fix, wording: wording)
  }

  static func nullSide(_ side: String) -> CFProblem {
    bad("a rule with an empty \(side == "LHS" ? "left" : "right") side", "R line: null \(side)")
  }

  static func inappropriate(_ symbol: String, _ side: String) -> CFProblem {
    bad(
      "\(symbol) has no meaning on the \(side == "LHS" ? "left" : "right") side of a rule",
      "Inappropriate use of \(symbol) on \(side)")
  }

  static let tooManyWildcards = bad(
    "more than nine wildcards in a rule, it will not match", "R line: too many wildcards")

  static func outOfBounds(_ digit: Int) -> CFProblem {
    let name = "$" + shown([UInt8(truncatingIfNeeded: digit)])
    return bad(
      "\(name) stands for nothing: the left side has fewer wildcards",
      "replacement \(name) out of bounds")
  }

  static let nestedLookup = bad(
    "a map look-up inside another one", fix: "look the inner one up in a rule before",
    "cannot nest map lookups")

  static let unclosedLookup = bad(
    "a map look-up that is not closed", fix: "add $) or $]", "missing map closing token")
}
