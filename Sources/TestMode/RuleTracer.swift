// RuleTracer.swift: what rewriting prints.
//
// Always the workspace before and after each ruleset; with -d21.12 every rule
// that is tried, with -d21.15 or more its line as well; with -d38 and -d60 maps.

import Rulesets

/// Prints what an engine does.
final class RuleTracer: RulesetObserver {
  private unowned let session: TestSession
  private var output: OutputBuffer { session.output }

  init(_ session: TestSession) { self.session = session }

  var wantsEveryRule: Bool { session.debug[21] >= 10 }

  func willRun(_ ruleset: Int, _ engine: RulesetEngine) {
    writeName(ruleset, engine)
    output.write("   input:")
    engine.pendingError = 0
    output.writeTokens(engine.tokens, engine)
  }

  func didRun(_ ruleset: Int, _ engine: RulesetEngine) {
    writeName(ruleset, engine)
    output.write(" returns:")
    engine.pendingError = 0
    output.writeTokens(engine.tokens, engine)
  }

  /// Sixteen columns.
  private func writeName(_ ruleset: Int, _ engine: RulesetEngine) {
    let name = engine.program.name(of: ruleset)
    output.write(name.prefix(16))
    for _ in 0..<max(0, 16 - name.count) { output.write(0x20 as UInt8) }
  }

  func isTrying(_ rule: Int, _ engine: RulesetEngine) {
    guard session.debug[21] >= 12 else { return }
    let text = engine.program.texts[rule]
    output.write("-----trying rule")
    if session.debug[21] >= 15 { output.write(" (line \(text.position.line))") }
    output.write(":")
    write(text.left)
  }

  private func write(_ tokens: [[UInt8]]) {
    for token in tokens {
      output.write(0x20 as UInt8)
      output.writeVisible(token)
    }
    output.newline()
  }

  func didFail(_ rule: Int, _ engine: RulesetEngine) {
    if session.debug[21] >= 10 { output.write("----- rule fails\n") }
  }

  func didMatch(_ rule: Int, _ engine: RulesetEngine) {
    guard session.debug[21] >= 12 else { return }
    output.write("-----rule matches:")
    write(engine.program.texts[rule].right)
  }

  func didRewrite(_ rule: Int, _ engine: RulesetEngine) {
    guard session.debug[21] >= 4 else { return }
    output.write("rewritten as:")
    output.writeTokens(engine.tokens, engine)
  }

  func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?) {
    guard session.debug[21] >= 12 else { return }
    output.write("rewrite: \(side == .left ? "LHS" : "RHS") $&{")
    output.write(session.engine.names.name(number))
    output.write("} => ")
    if let value {
      output.write("\"")
      output.writeVisible(value)
      output.write("\"\n")
    } else {
      output.write("(NULL)\n")
    }
  }

  func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]]) {}

  func didLookUp(_ map: [UInt8], _ answer: MapAnswer) {}

  func report(_ fault: RewriteFault) {
    switch fault {
    case .tooDeep(let ruleset, let limit):
      session.fault("rewrite: excessive recursion (max \(limit)), ruleset \(shown(ruleset))")
    case .endless(let ruleset, let rule):
      session.fault("Infinite loop in ruleset \(shown(ruleset)), rule \(rule)")
      if session.debug[21] >= 1 {
        output.write("workspace: ")
        output.writeTokens(session.engine.tokens, session.engine)
      }
    case .outOfBounds(let ruleset, let digit):
      session.fault("rewrite: ruleset \(shown(ruleset)): replacement $\(shown([digit])) out of bounds")
    case .tooLong: session.fault("rewrite: expansion too long")
    case .unknownRuleset(let name): session.fault("Unknown ruleset \(shown(name))")
    case .badRulesetName(let name): session.fault("invalid ruleset name: \"\(shown(name))\"")
    case .rulesetTooHigh(let number): session.fault("bad ruleset \(number) (100 max)")
    case .unknownMap(let name): session.fault("rewrite: map \(shown(name)) not found")
    case .complaint(let text): complain(text)
    case .badValue(let value, let problem): session.tell(problem, about: value)
    }
  }

  /// Files that cannot be used count as faults of the system.
  private func complain(_ text: String) {
    output.writeMessage(text.utf8)
    if !text.hasPrefix("WARNING") { session.worsen(71) }
  }
}
