// RuleCompiler.swift: both sides of an R line to operations.
//
// A faulty rule is reported and kept all the same, as sendmail keeps it: what is
// wrong shows when the rule runs. A left side with too many wildcards is empty.

import Diagnostics
import SendmailCF

/// The tokens of one side of a rule.
package enum RuleToken: Sendable {
  case text(TokenID)
  case symbol(CFUnit)
}

/// Compiles rules for one configuration.
struct RuleCompiler {
  let table: TokenTable
  var tokenizer: Tokenizer
  var operations: [UInt32] = []
  /// The tokens of all rules, both sides of one after the other.
  private(set) var tokens: [RuleToken] = []
  private var check = RuleCheck()
  private let buffer = TokenBuffer()
  /// What the stand-in bytes of the side that is being read stand for.
  private var symbols: [CFUnit] = []

  /// How many bytes can stand in for symbols.
  private static let mostSymbols = 32

  /// What is wrong with the rule that was compiled last.
  var problems: [CFProblem] { check.problems }

  init(table: TokenTable, classes: ByteClasses) {
    self.table = table
    tokenizer = Tokenizer(classes: classes, table: table)
  }

  mutating func compile(
    _ rule: CFRule, at position: SourcePosition, names: MacroNames, classes: inout ClassTable
  ) -> (Rule, RuleText) {
    let (leftRange, rightRange, wildcards) = read(rule, names)
    let left = tokens[leftRange]
    let right = tokens[rightRange]
    let pattern = wildcards > RuleCheck.mostWildcards ? [] : left
    let start = operations.count
    for token in pattern { operations.append(leftOperation(token, &classes)) }
    let middle = operations.count
    let ending = Self.ending(right)
    let action = ending == .again || ending == .resolve ? right : right.dropFirst()
    for token in action { operations.append(rightOperation(token, names)) }
    let compiled = Rule(
      filter: filter(pattern), left: start..<middle, right: middle..<operations.count,
      ending: ending)
    let text = RuleText(
      left: pattern.isEmpty ? leftRange.prefix(0) : leftRange, right: rightRange, position: position)
    return (compiled, text)
  }

  // MARK: - Tokens

  /// The tokens of both sides, checked, and how many wildcards there are on the left.
  private mutating func read(
    _ rule: CFRule, _ names: MacroNames
  ) -> (left: Range<Int>, right: Range<Int>, wildcards: Int) {
    let left = read(rule.left, names)
    let right = read(rule.right, names)
    check.begin()
    let wildcards = check.checkLeft(symbols(in: left), isEmpty: left.isEmpty, names)
    check.checkRight(symbols(in: right), isEmpty: right.isEmpty, wildcards, names)
    return (left, right, wildcards)
  }

  private func symbols(in range: Range<Int>) -> [CFUnit] {
    tokens[range].compactMap { token in if case .symbol(let unit) = token { unit } else { nil } }
  }

  /// Appends the tokens of a side. Its symbols travel through the tokenizer as stand-in bytes.
  private mutating func read(_ units: ArraySlice<CFUnit>, _ names: MacroNames) -> Range<Int> {
    symbols.removeAll(keepingCapacity: true)
    buffer.removeAll()
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: units.count) { bytes in
      var index = 0
      for unit in units {
        bytes[index] = unit.rawValue < 0x100 ? UInt8(truncatingIfNeeded: unit.rawValue) : standIn(for: unit)
        index += 1
      }
      var scanProblems: [ScanProblem] = []
      _ = tokenizer.scan(UnsafeBufferPointer(bytes), as: .rule, into: buffer, problems: &scanProblems)
    }
    let start = tokens.count
    for token in buffer.all { tokens.append(withSymbols(token, names)) }
    return start..<tokens.count
  }

  private func withSymbols(_ token: TokenID, _ names: MacroNames) -> RuleToken {
    // Stand-ins are bytes that are not shown as they are.
    if symbols.isEmpty || table.entries[Int(token)].isPlain { return .text(token) }
    let text = table.bytes(token)
    if text.count == 1, let symbol = symbol(text[0]) { return .symbol(symbol) }
    guard text.contains(where: { symbol($0) != nil }) else { return .text(token) }
    // Symbols inside quoted text are text.
    let written = text.flatMap { byte in symbol(byte).map { [$0].text(names) } ?? [byte] }
    return .text(table.intern(written))
  }

  private mutating func standIn(for unit: CFUnit) -> UInt8 {
    if let known = symbols.firstIndex(of: unit) { return 0x80 + UInt8(known) }
    guard symbols.count < Self.mostSymbols else { return 0x80 }
    symbols.append(unit)
    return 0x80 + UInt8(symbols.count - 1)
  }

  private func symbol(_ byte: UInt8) -> CFUnit? {
    byte >= 0x80 && Int(byte) < 0x80 + symbols.count ? symbols[Int(byte) - 0x80] : nil
  }

  // MARK: - Code

  private static func ending(_ right: ArraySlice<RuleToken>) -> RuleEnding {
    guard case .symbol(let unit)? = right.first else { return .again }
    switch unit.symbol {
    case .at: return .leave
    case .colon: return .once
    case .hash: return .resolve
    default: return .again
    }
  }

  private func leftOperation(_ token: RuleToken, _ classes: inout ClassTable) -> UInt32 {
    switch token {
    case .text(let token):
      return RuleOperation.make(RuleOperation.literal, Int(table.entries[Int(token)].folded))
    case .symbol(let unit):
      switch unit.kind {
      case .inClass, .notInClass:
        let kind = unit.kind == .inClass ? RuleOperation.inClass : RuleOperation.notInClass
        guard let index = classes.index(of: unit.argument) else { return Self.never }
        return RuleOperation.make(kind, index)
      case .lateMacro: return RuleOperation.make(RuleOperation.lateMacro, unit.argument)
      case .symbol: return Self.leftSymbol(unit)
      default: return Self.never
      }
    }
  }

  /// A literal that no workspace holds.
  private static let never = RuleOperation.make(RuleOperation.literal, 1)

  private static func leftSymbol(_ unit: CFUnit) -> UInt32 {
    switch unit.symbol {
    case .anything: RuleOperation.make(RuleOperation.anything, 0)
    case .oneOrMore: RuleOperation.make(RuleOperation.oneOrMore, 0)
    case .exactlyOne: RuleOperation.make(RuleOperation.exactlyOne, 0)
    case .at: RuleOperation.make(RuleOperation.nothing, 0)
    default: RuleOperation.make(RuleOperation.literal, unit.argument)
    }
  }

  private func rightOperation(_ token: RuleToken, _ names: MacroNames) -> UInt32 {
    switch token {
    case .text(let token): return RuleOperation.make(RuleOperation.literal, Int(token))
    case .symbol(let unit):
      switch unit.kind {
      case .replacement: return RuleOperation.make(RuleOperation.replacement, unit.argument - 0x30)
      case .lateMacro: return RuleOperation.make(RuleOperation.lateMacro, unit.argument)
      case .symbol: return RuleOperation.make(RuleOperation.literal, unit.argument & 0x7F)
      // A class means nothing here: it becomes text.
      default:
        return RuleOperation.make(RuleOperation.literal, Int(table.intern([unit].text(names))))
      }
    }
  }

  /// Without the bits, which are assigned when all rules are known.
  private func filter(_ tokens: ArraySlice<RuleToken>) -> RuleFilter {
    var result = RuleFilter(fewest: 0, most: 0)
    for token in tokens {
      let (fewest, isOpen) = Self.width(token)
      result.fewest += fewest
      if isOpen { result.most = .max } else if result.most != .max { result.most += fewest }
    }
    result.first = literal(tokens.first)
    result.last = literal(tokens.last)
    return result
  }

  private static func width(_ token: RuleToken) -> (Int32, isOpen: Bool) {
    guard case .symbol(let unit) = token else { return (1, false) }
    switch unit.kind {
    case .inClass: return (1, true)
    case .lateMacro: return (0, true)
    case .symbol:
      switch unit.symbol {
      case .anything: return (0, true)
      case .oneOrMore: return (1, true)
      case .at: return (0, false)
      default: return (1, false)
      }
    default: return (1, false)
    }
  }

  private func literal(_ token: RuleToken?) -> TokenID {
    guard case .text(let token)? = token else { return RuleFilter.none }
    return table.entries[Int(token)].folded
  }
}

func shown(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
