// RuleTrace.swift: the rules that were applied, as steps of an answer.

import Diagnostics
import Routing
import Rulesets

/// Watches an engine and keeps what it did.
final class RuleTrace: RulesetObserver {
  private var steps: [TraceStep] = []
  private var depth = 0
  private var isOn = false

  let wantsEveryRule = false

  func begin(_ engine: RulesetEngine, isOn: Bool) {
    steps = []
    depth = 0
    self.isOn = isOn
    engine.observer = isOn ? self : nil
  }

  func end(_ engine: RulesetEngine) { engine.observer = nil }

  /// The steps since the last call.
  func take() -> [TraceStep] {
    defer { steps = [] }
    return steps
  }

  func note(_ text: String) {
    if isOn { steps.append(TraceStep(text, depth: depth)) }
  }

  func willRun(_ ruleset: Int, _ engine: RulesetEngine) {
    note("\(text(engine.program.name(of: ruleset))) <- \(workspace(engine))")
    depth += 1
  }

  func didRun(_ ruleset: Int, _ engine: RulesetEngine) {
    depth = max(depth - 1, 0)
    note("\(text(engine.program.name(of: ruleset))) -> \(workspace(engine))")
  }

  func isTrying(_ rule: Int, _ engine: RulesetEngine) {}
  func didFail(_ rule: Int, _ engine: RulesetEngine) {}
  func didMatch(_ rule: Int, _ engine: RulesetEngine) {}

  func didRewrite(_ rule: Int, _ engine: RulesetEngine) {
    let position = engine.program.texts.indices.contains(rule) ? engine.program.texts[rule].position : nil
    steps.append(TraceStep(workspace(engine), at: position, depth: depth))
  }

  func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?) {}
  func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]]) {
    note("map \(text(map)): \(text(key))")
  }

  func didLookUp(_ map: [UInt8], _ key: [UInt8], _ answer: MapAnswer) {
    note("map \(text(map)): " + (answer.value.map { "found \(text($0))" } ?? "not found"))
  }

  func report(_ fault: RewriteFault) { note("fault: \(fault)") }

  private func workspace(_ engine: RulesetEngine) -> String { text(engine.text(engine.tokens, blank: 0x20)) }
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
