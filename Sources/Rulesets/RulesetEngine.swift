// RulesetEngine.swift: the rewriting machine.
//
// One engine a thread. It shares the compiled program and has its own tokens,
// macros, class additions and open maps. An address is loaded, rulesets rewrite
// it in place, and the result is read as tokens, as text or as a mailer triple.
//
// A ruleset tries its rules in order; a rule that matches is applied again until
// it fails, unless its right side begins with `$:`, `$@` or `$#`. Right sides are
// built first, then their look-ups are made, then the rulesets they call are run,
// the last one first.
//
// Fails: with a status as in sysexits.h; 75 says that a map could not answer now.

import Diagnostics
import SendmailCF

/// Sees what an engine does. Nothing is paid for it while there is none.
package protocol RulesetObserver: AnyObject {
  /// Whether every rule that is tried is to be told, also those that cannot match.
  var wantsEveryRule: Bool { get }
  func willRun(_ ruleset: Int, _ engine: RulesetEngine)
  func didRun(_ ruleset: Int, _ engine: RulesetEngine)
  func isTrying(_ rule: Int, _ engine: RulesetEngine)
  func didFail(_ rule: Int, _ engine: RulesetEngine)
  func didMatch(_ rule: Int, _ engine: RulesetEngine)
  func didRewrite(_ rule: Int, _ engine: RulesetEngine)
  func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?)
  func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]])
  func didLookUp(_ map: [UInt8], _ key: [UInt8], _ answer: MapAnswer)
  func report(_ fault: RewriteFault)
}

/// What can go wrong while rules run.
package enum RewriteFault: Sendable, Equatable {
  case tooDeep(ruleset: [UInt8], limit: Int)
  case endless(ruleset: [UInt8], rule: Int)
  case outOfBounds(ruleset: [UInt8], digit: UInt8)
  case tooLong
  case unknownRuleset([UInt8])
  case badRulesetName([UInt8])
  case rulesetTooHigh(Int)
  case unknownMap([UInt8])
  /// What a map, a file or the switch says about itself when it is opened.
  case complaint(String, status: Int32)
  /// A map's value that is no row of tokens.
  case badValue([UInt8], ScanProblem)
  /// A macro name that a look-up was to set.
  case badName([MacroNames.Fault])
}

/// How far rewriting may go.
package struct RewriteLimits: Sendable {
  package var depth = 50
  package var repetitions = 100
  /// Rules applied in all for one call: rulesets that call each other again and again
  /// within the other limits would take years.
  package var steps = 2_000_000

  package init() {}
}

/// The rewriting machine.
package final class RulesetEngine {
  package enum Side: Sendable { case left, right }

  package let program: RulesetProgram
  package var macros: CFMacros
  package var names: MacroNames
  package var classes: ClassTable
  package var limits = RewriteLimits()
  package var observer: (any RulesetObserver)?
  /// How often each rule of the program was applied.
  package var coverage: [Int] { Array(UnsafeBufferPointer(start: uses, count: program.ruleCount)) }
  private let uses: UnsafeMutablePointer<Int>
  /// The worst that happened since the address was loaded.
  package private(set) var steps = 0
  /// What is wrong with the files of the maps that were asked.
  package private(set) var mapFaults: [Diagnostic] = []

  /// The number that a database left as the last error of the system. sendmail adds
  /// it to whatever it complains about next, and its emulation has to.
  package var pendingError: Int32 = 0

  let table: TokenTable
  let tokenizer: Tokenizer
  private var frames: [Frame] = []
  private let lookups = TokenBuffer()
  package let maps: MapSet
  package let hosts: HostNames
  package let services: ServiceSwitch
  /// The token of each ruleset's name, for calls.
  private var rulesetOfToken: [TokenID: Int] = [:]

  package init(_ program: RulesetProgram) {
    self.program = program
    table = TokenTable(copying: program.table)
    tokenizer = Tokenizer(classes: program.byteClasses, table: table)
    macros = program.macros
    names = program.names
    classes = program.classes
    uses = .allocate(capacity: program.ruleCount)
    uses.initialize(repeating: 0, count: program.ruleCount)
    maps = MapSet(program)
    hosts = HostNames(root: program.root)
    services = ServiceSwitch(root: program.root)
    for (name, number) in program.file.rulesetNumbers.named {
      rulesetOfToken[table.intern(name)] = number
    }
    frames.append(Frame())
  }

  deinit { uses.deallocate() }

  // MARK: - The workspace, from outside

  /// The tokens as they are now.
  package var tokens: UnsafeBufferPointer<TokenID> { current.buffer.all }
  /// The frame whose ruleset is running; the outermost when none is.
  private var current: Frame { frames[min(level, frames.count - 1)] }
  private var level = 0

  package func bytes(_ token: TokenID) -> UnsafeBufferPointer<UInt8> { table.bytes(token) }
  /// Whether all of a token's bytes are printable ASCII.
  package func isPlain(_ token: TokenID) -> Bool { table.entries[Int(token)].isPlain }

  /// How loading an address ended.
  package struct Loading: Sendable {
    package var end: Int
    package var hasFailed: Bool
    package var problems: [ScanProblem]
    package var isEmpty: Bool
  }

  /// Makes an address the workspace, up to a delimiter (0 for none).
  package func load(
    _ address: UnsafeBufferPointer<UInt8>, from start: Int = 0, until delimiter: UInt8 = 0,
    as source: Tokenizer.Source = .address
  ) -> Loading {
    table.recycle()
    level = 0
    steps = 0
    let buffer = frames[0].buffer
    buffer.removeAll()
    var problems: [ScanProblem] = []
    let end = tokenizer.scan(
      address, from: start, until: delimiter, as: source, into: buffer, problems: &problems)
    return Loading(
      end: end.index, hasFailed: end.hasFailed, problems: problems, isEmpty: buffer.count == 0)
  }

  /// Where an address of a list ends: at the delimiter outside of quotes, comments and routes,
  /// or at the end. The workspace is used for it.
  package func endOfAddress(in text: [UInt8], from start: Int, until delimiter: UInt8) -> Loading {
    text.withUnsafeBufferPointer { load($0, from: start, until: delimiter, as: .header) }
  }

  @discardableResult
  package func load(_ address: [UInt8], as source: Tokenizer.Source = .address) -> Loading {
    address.withUnsafeBufferPointer { load($0, as: source) }
  }

  /// Makes these tokens the workspace.
  package func load(tokens: [TokenID]) {
    level = 0
    steps = 0
    let buffer = frames[0].buffer
    buffer.removeAll()
    for token in tokens { buffer.append(token) }
  }

  /// Runs a ruleset over the workspace.
  ///
  /// - Parameter ruleset: its index in the program; a number or name is found by
  ///   `program.ruleset(_:)`.
  /// - Returns: 0, or a status as in sysexits.h.
  package func rewrite(_ ruleset: Int) -> Int32 {
    level = 0
    return run(ruleset, frames[0], depth: 0)
  }

  /// Makes a word a member of a class, for this engine.
  package func addWord(_ word: [UInt8], to classNumber: Int) {
    classes.add(word, to: classNumber)
  }

  /// - Parameter status: 71 where a file is to blame, 70 where the configuration is.
  func complain(_ text: String, status: Int32 = 71) { observer?.report(.complaint(text, status: status)) }

  /// The same where people are told more than sendmail tells.
  func complain(_ text: String, _ fault: Diagnostic, status: Int32 = 71) {
    if !mapFaults.contains(fault) { mapFaults.append(fault) }
    complain(text, status: status)
  }

  /// Opens every map that the configuration names, else done when it is first asked, so
  /// that `mapFaults` has them all.
  package func openMaps() {
    for definition in program.maps { _ = maps.map(named: definition.key, self) }
  }

  package func resetCoverage() { uses.update(repeating: 0, count: program.ruleCount) }

  // MARK: - Rulesets

  private func run(_ index: Int, _ frame: Frame, depth: Int) -> Int32 {
    let outer = level
    level = depth
    defer { level = outer }
    observer?.willRun(index, self)
    guard depth <= limits.depth else {
      observer?.report(.tooDeep(ruleset: program.name(of: index), limit: limits.depth))
      return 78
    }
    let outcome = apply(index, program.code, frame, depth: depth)
    if let fatal = outcome.fatal { return fatal }
    observer?.didRun(index, self)
    return outcome.status
  }

  /// How a ruleset ended; a fatal end is told without a result.
  private struct Outcome {
    var status: Int32 = 0
    var fatal: Int32?
  }

  private func apply(_ index: Int, _ code: RuleCode, _ frame: Frame, depth: Int) -> Outcome {
    let range = program.range(of: index)
    let observer = observer
    let wantsEveryRule = observer?.wantsEveryRule ?? false
    var outcome = Outcome()
    var rule = range.lowerBound
    var repetitions = 0
    frame.prepare(table)
    while rule < range.upperBound, !frame.isResolved {
      if repetitions < limits.repetitions, !wantsEveryRule, !frame.mayMatch(code.rules[rule].filter) {
        rule += 1
        repetitions = 0
        continue
      }
      repetitions += 1
      if wantsEveryRule { observer?.isTrying(rule, self) }
      if repetitions > limits.repetitions {
        observer?.report(
          .endless(ruleset: program.name(of: index), rule: rule - range.lowerBound + 1))
        break
      }
      guard match(code.operations, code.rules[rule].left, frame) else {
        if wantsEveryRule { observer?.didFail(rule, self) }
        rule += 1
        repetitions = 0
        continue
      }
      uses[rule] += 1
      steps += 1
      guard steps <= limits.steps else { return Outcome(fatal: 78) }
      observer?.didMatch(rule, self)
      if let fatal = build(index, code.rules[rule].right, code.operations, frame, depth, &outcome) {
        return Outcome(fatal: fatal)
      }
      observer?.didRewrite(rule, self)
      switch code.rules[rule].ending {
      case .again: break
      case .once:
        rule += 1
        repetitions = 0
      case .leave, .resolve: return outcome
      }
    }
    return outcome
  }

  // MARK: - Right sides

  /// Builds the new workspace; a status means that the ruleset ends without a result.
  private func build(
    _ ruleset: Int, _ range: Range<Int>, _ operations: UnsafeBufferPointer<UInt32>, _ frame: Frame,
    _ depth: Int, _ outcome: inout Outcome
  ) -> Int32? {
    let output = frame.spare
    output.removeAll()
    for position in range {
      let operation = operations[position]
      let argument = operation & RuleOperation.argumentMask
      switch operation >> RuleOperation.shift {
      case RuleOperation.literal: output.append(argument)
      case RuleOperation.replacement:
        guard argument >= 1, argument <= frame.wildcards else {
          observer?.report(
            .outOfBounds(
              ruleset: program.name(of: ruleset), digit: UInt8(truncatingIfNeeded: argument + 0x30)))
          return 78
        }
        let span = frame.spans[Int(argument) - 1]
        output.append(frame.buffer.tokens + Int(span.start), Int(span.end - span.start))
      default: appendMacro(Int(argument), output)
      }
    }
    guard !output.hasOverflowed else {
      observer?.report(.tooLong)
      return 65
    }
    frame.swap()
    frame.prepare(table)
    if frame.bits & SymbolBits.lookup != 0 {
      if let fatal = lookUpAll(frame, &outcome) { return fatal }
      frame.prepare(table)
    }
    if frame.bits & SymbolBits.call != 0 {
      let status = callAll(frame, depth)
      if outcome.status == 0 || outcome.status == 75 { if status != 0 { outcome.status = status } }
      frame.prepare(table)
    }
    return nil
  }

  /// The tokens of `$&x`.
  private func appendMacro(_ number: Int, _ output: TokenBuffer) {
    let value = macroText(number)
    observer?.didReadMacro(.right, number, value)
    guard let value, !value.isEmpty else { return }
    var problems: [ScanProblem] = []
    value.withUnsafeBufferPointer {
      _ = tokenizer.scan($0, as: .rule, into: output, problems: &problems)
    }
  }

  /// A macro as rules and people see it, the macros in it by name.
  package func macroText(_ number: Int) -> [UInt8]? { macros[number]?.text(names) }

  // MARK: - Calls

  /// Runs the rulesets that the workspace calls: the last one first, but none of
  /// them when one of the names leads nowhere.
  private func callAll(_ frame: Frame, _ depth: Int) -> Int32 {
    var calls: [(position: Int, ruleset: Int)] = []
    var position = 0
    while position + 1 < frame.buffer.count {
      guard frame.buffer.tokens[position] == .call else {
        position += 1
        continue
      }
      let name = bare(frame.buffer.tokens[position + 1], frame)
      guard let ruleset = ruleset(called: name) else { return 78 }
      calls.append((position, ruleset))
      // A call of a ruleset without rules vanishes, and calls behind it stay as they are.
      if program.range(of: ruleset).isEmpty { break }
      position += 2
    }
    var status: Int32 = 0
    for call in calls.reversed() {
      let ended = run(call.ruleset, from: call.position, frame, depth)
      if ended != 0, status == 0 || status == 75 { status = ended }
    }
    return status
  }

  /// A ruleset's name loses its quotes and what cannot be in a name, wherever the
  /// token stands in the workspace.
  private func bare(_ token: TokenID, _ frame: Frame) -> TokenID {
    let name = table.bytes(token)
    var bare = name.filter { $0 != 0x22 }
    if let first = bare.first, CFRulesetName.canBegin(with: first) {
      bare = Array(bare.prefix(while: CFRulesetName.canContain))
    }
    if bare.count == name.count { return token }
    let result = table.intern(bare)
    for position in 0..<frame.buffer.count where frame.buffer.tokens[position] == token {
      frame.buffer.tokens[position] = result
    }
    return result
  }

  /// Runs a ruleset over the tokens behind a call, which its result replaces.
  private func run(_ ruleset: Int, from position: Int, _ frame: Frame, _ depth: Int) -> Int32 {
    let inner = self.frame(depth + 1)
    inner.buffer.removeAll()
    inner.buffer.append(frame.buffer.tokens + position + 2, frame.buffer.count - position - 2)
    let status = program.range(of: ruleset).isEmpty ? 0 : run(ruleset, inner, depth: depth + 1)
    frame.buffer.truncate(to: position)
    frame.buffer.append(inner.buffer.tokens, inner.buffer.count)
    return status
  }

  private func frame(_ depth: Int) -> Frame {
    while frames.count <= depth { frames.append(Frame()) }
    return frames[depth]
  }

  /// The ruleset that a token names, told when there is none.
  private func ruleset(called token: TokenID) -> Int? {
    if let known = rulesetOfToken[token] { return known }
    let name = Array(table.bytes(token))
    if let first = name.first, first &- 0x30 < 10 {
      let number = Int(shown(name.prefix { $0 &- 0x30 < 10 }.prefix(9))) ?? 0
      if number < CFRulesetName.limit { return number }
      observer?.report(.rulesetTooHigh(number))
    } else if let first = name.first, CFRulesetName.canBegin(with: first) {
      if let known = program.file.rulesetNumbers[name.prefix(while: CFRulesetName.canContain)] {
        return known
      }
    } else {
      observer?.report(.badRulesetName(name))
    }
    observer?.report(.unknownRuleset(name))
    return nil
  }

  // MARK: - Look-ups

  /// Makes the look-ups of the workspace, from left to right.
  private func lookUpAll(_ frame: Frame, _ outcome: inout Outcome) -> Int32? {
    let tokens = frame.buffer.all
    lookups.removeAll()
    var position = 0
    while position < tokens.count {
      let token = tokens[position]
      guard token == .mapBegin || token == .canonifyBegin else {
        lookups.append(token)
        position += 1
        continue
      }
      position = lookUp(tokens, at: position, &outcome)
      if let fatal = outcome.fatal {
        frame.buffer.removeAll()
        return fatal
      }
    }
    guard !lookups.hasOverflowed else {
      observer?.report(.tooLong)
      return 65
    }
    frame.buffer.removeAll()
    frame.buffer.append(lookups.tokens, lookups.count)
    return nil
  }

  /// Makes one look-up; returns the position behind it.
  private func lookUp(
    _ tokens: UnsafeBufferPointer<TokenID>, at start: Int, _ outcome: inout Outcome
  ) -> Int {
    let isMap = tokens[start] == .mapBegin
    var position = start + 1
    var name = Self.hostMap
    if isMap, position < tokens.count {
      name = Array(table.bytes(tokens[position]))
      position += 1
    }
    let closing: TokenID = isMap ? .mapEnd : .canonifyEnd
    let parts = LookupParts(tokens, from: position, closing: closing)
    let map = maps.map(named: name, self)
    if map == nil { observer?.report(.unknownMap(name)) }
    var key = text(tokens[parts.key], blank: map?.keyBlank)
    if map?.stripsQuotes ?? true { key = unquoted(key) }
    let arguments = parts.arguments.map { text(tokens[$0]) }
    observer?.willLookUp(name, key, arguments)
    let answer = map?.lookUp(key, arguments, self) ?? .notFound(68)
    observer?.didLookUp(name, key, answer)
    var value = answer.value
    if case .temporaryFailure = answer, let map {
      value = map.valueOfFailure(key)
      // With -t a map that cannot answer defers nothing.
      if !map.definition.flags.hidesFailure { outcome.status = 75 }
    }
    switch (value, parts.fallback) {
    case (let value?, _): append(value, &outcome)
    case (nil, let fallback?): append(tokens[fallback], &outcome)
    case (nil, nil): for token in tokens[parts.key] { lookups.append(token) }
    }
    return parts.end
  }

  private static let hostMap = Array("host".utf8)

  /// Appends the tokens of a value; one that is not empty and yet has none is an error.
  private func append(_ value: [UInt8], _ outcome: inout Outcome) {
    if value.isEmpty { return }
    let before = lookups.count
    let isRead = scan(value)
    if !isRead || lookups.count == before, !lookups.hasOverflowed { outcome.fatal = 65 }
  }

  /// The same for a value that the rule gives: its symbols stay, the text between them is
  /// read anew.
  private func append(_ fallback: Slice<UnsafeBufferPointer<TokenID>>, _ outcome: inout Outcome) {
    if fallback.isEmpty { return }
    let before = lookups.count
    var rest = fallback
    while !rest.isEmpty {
      let words = rest.prefix { $0 >= TokenTable.symbolCount }
      guard scan(text(words)) else {
        outcome.fatal = 65
        return
      }
      rest = rest.dropFirst(words.count)
      while let symbol = rest.first, symbol < TokenTable.symbolCount {
        lookups.append(symbol)
        rest = rest.dropFirst()
      }
    }
    if lookups.count == before { outcome.fatal = 65 }
  }

  /// Appends the tokens of a text; false, and told, when it cannot be read.
  private func scan(_ value: [UInt8]) -> Bool {
    var problems: [ScanProblem] = []
    let end = value.withUnsafeBufferPointer {
      tokenizer.scan($0, as: .value, into: lookups, problems: &problems)
    }
    for problem in problems { observer?.report(.badValue(value, problem)) }
    return !end.hasFailed || lookups.hasOverflowed
  }

  /// The text of tokens: atoms that are neighbours have a blank between them.
  package func text(
    _ tokens: some Sequence<TokenID>, blank: UInt8? = nil
  ) -> [UInt8] {
    let separator = blank ?? program.blank
    var result: [UInt8] = []
    var wasAtom = false
    for token in tokens {
      let entry = table.entries[Int(token)]
      if wasAtom, entry.isAtom { result.append(separator) }
      wasAtom = entry.isAtom
      result.append(
        contentsOf: UnsafeBufferPointer(
          start: table.arena + Int(entry.offset), count: Int(entry.length)))
    }
    return result
  }
}

/// A key without its quotes and the backslashes before other characters.
private func unquoted(_ key: [UInt8]) -> [UInt8] {
  guard key.contains(where: { $0 == 0x22 || $0 == 0x5C }) else { return key }
  var result: [UInt8] = []
  var isEscaped = false
  for byte in key {
    if isEscaped || byte != 0x22 && byte != 0x5C { result.append(byte) }
    isEscaped = !isEscaped && byte == 0x5C
  }
  return result
}

/// Where the parts of `$(map key $@ argument $: default $)` are.
private struct LookupParts {
  var key: Range<Int>
  var arguments: [Range<Int>] = []
  var fallback: Range<Int>?
  var end: Int

  init(_ tokens: UnsafeBufferPointer<TokenID>, from start: Int, closing: TokenID) {
    key = start..<start
    end = tokens.count
    var partStart = start
    var kind: TokenID?
    var position = start
    while position < tokens.count, tokens[position] != closing {
      if tokens[position] == .at || tokens[position] == .colon {
        close(partStart..<position, kind)
        kind = tokens[position]
        partStart = position + 1
      }
      position += 1
    }
    close(partStart..<position, kind)
    end = min(position + 1, tokens.count)
  }

  private mutating func close(_ range: Range<Int>, _ kind: TokenID?) {
    switch kind {
    case nil: key = range
    case .colon?: fallback = range
    default: arguments.append(range)
    }
  }
}
