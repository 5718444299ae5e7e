// RuleTracer.swift: what rewriting prints.
//
// Always the workspace before and after each ruleset; with -d21.12 every rule
// that is tried, with -d21.15 or more its line as well; with -d60 look-ups.

import Rulesets
import SendmailCF

/// Prints what an engine does.
final class RuleTracer: RulesetObserver {
  private unowned let session: TestSession
  private let output: OutputBuffer
  /// The beginnings of the two lines about each ruleset.
  private let inputLabels: [[UInt8]]
  private let returnLabels: [[UInt8]]
  /// Of category 21.
  var level = 0

  init(_ session: TestSession) {
    self.session = session
    output = session.output
    let names = (0..<RulesetNumbers.count).map { Self.padded(session.program.name(of: $0)) }
    inputLabels = names.map { $0 + Array("   input:".utf8) }
    returnLabels = names.map { $0 + Array(" returns:".utf8) }
  }

  /// A name in sixteen columns.
  private static func padded(_ name: [UInt8]) -> [UInt8] {
    Array(name.prefix(16)) + [UInt8](repeating: 0x20, count: max(0, 16 - name.count))
  }

  // The macros of left sides are shown of rules too that could not match anyway.
  var wantsEveryRule: Bool { level >= 2 }

  func willRun(_ ruleset: Int, _ engine: RulesetEngine) {
    output.write(inputLabels[ruleset])
    output.writeTokens(engine.tokens, engine)
    engine.pendingError = 0
  }

  func didRun(_ ruleset: Int, _ engine: RulesetEngine) {
    output.write(returnLabels[ruleset])
    output.writeTokens(engine.tokens, engine)
    engine.pendingError = 0
  }

  func isTrying(_ rule: Int, _ engine: RulesetEngine) {
    guard level >= 12 else { return }
    output.write("-----trying rule")
    if level >= 15 { output.write(" (line \(engine.program.texts[rule].position.line))") }
    output.write(":")
    write(engine.program.left(of: rule))
  }

  private func write(_ tokens: ArraySlice<RuleToken>) {
    for token in tokens {
      output.write(0x20 as UInt8)
      output.writeVisible(session.program.text(token))
    }
    output.newline()
  }

  func didFail(_ rule: Int, _ engine: RulesetEngine) {
    if level >= 10 { output.write("----- rule fails\n") }
  }

  func didMatch(_ rule: Int, _ engine: RulesetEngine) {
    guard level >= 12 else { return }
    output.write("-----rule matches:")
    write(engine.program.right(of: rule))
  }

  func didRewrite(_ rule: Int, _ engine: RulesetEngine) {
    guard level >= 4 else { return }
    output.write("rewritten as:")
    output.writeTokens(engine.tokens, engine)
  }

  func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?) {
    guard level >= 2 else { return }
    output.write("rewrite: \(side == .left ? "LHS" : "RHS") $&{")
    output.write(session.engine.names.name(number))
    output.write("} => ")
    output.write("\"")
    output.writeVisible(value ?? Array("(NULL)".utf8))
    output.write("\"\n")
  }

  /// Whether look-ups in a map are told: -d60, and the map is open.
  private func tells(_ map: [UInt8]) -> Bool {
    session.debug[60] >= 1 && session.engine.maps.map(named: map, session.engine)?.isOpen ?? false
  }

  func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]]) {
    guard tells(map) else { return }
    output.write("map_lookup(")
    output.write(map)
    output.write(", ")
    output.writeVisible(key)
    if session.debug[60] >= 5 {
      for (index, argument) in ([key] + arguments).enumerated() {
        output.write(", %\(index)=")
        output.write(argument)
      }
    }
    output.write(") => ")
  }

  func didLookUp(_ map: [UInt8], _ key: [UInt8], _ answer: MapAnswer) {
    guard tells(map) else { return }
    output.write(answer.value ?? Array("NOT FOUND".utf8))
    output.write(" (\(answer.status)), ad=0\n")
    let opened = session.engine.maps.map(named: map, session.engine)
    guard case .temporaryFailure = answer, opened?.definition.flags.hidesFailure == false else { return }
    output.write("map_lookup(")
    output.write(map)
    output.write(", ")
    output.write(key)
    output.write(") tempfail: errno=\(session.engine.pendingError)\n")
    guard session.debug[60] >= 5, let value = opened?.valueOfFailure(key) else { return }
    output.write("map_lookup tempfail: returning \"")
    output.write(value)
    output.write("\"\n")
  }

  func report(_ fault: RewriteFault) {
    switch fault {
    case .tooDeep(let ruleset, let limit):
      session.fault("rewrite: excessive recursion (max \(limit)), ruleset \(shown(ruleset))")
    case .endless(let ruleset, let rule):
      session.fault("Infinite loop in ruleset \(shown(ruleset)), rule \(rule)")
      if level >= 1 {
        output.write("workspace: ")
        output.writeTokens(session.engine.tokens, session.engine)
      }
    case .outOfBounds(let ruleset, let digit):
      session.fault("rewrite: ruleset \(shown(ruleset)): replacement $\(shown([digit])) out of bounds")
    case .tooLong: session.fault("rewrite: expansion too long")
    case .unknownRuleset(let name): session.fault(Array("Unknown ruleset ".utf8) + name)
    case .badRulesetName(let name):
      session.fault(Array("invalid ruleset name: \"".utf8) + name + [0x22])
    case .rulesetTooHigh(let number): session.fault("bad ruleset \(number) (100 max)")
    case .unknownMap(let name):
      session.engine.pendingError = 0
      session.fault(Array("rewrite: map ".utf8) + name + Array(" not found".utf8))
    case .complaint(let text, let status): complain(text, status)
    case .badValue(let value, let problem): session.tell(problem, about: value)
    case .badName(let faults): session.tell(faults)
    }
  }

  /// Files that cannot be used count as faults of the system.
  private func complain(_ text: String, _ status: Int32) {
    output.writeMessage(text.utf8)
    if !text.hasPrefix("WARNING") { session.worsen(status) }
  }
}
