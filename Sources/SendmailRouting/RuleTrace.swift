// RuleTrace.swift: the rules that were applied, as steps of an answer.
//
// Hundreds of rules are applied to one envelope. Those that decide, by a mailer or a
// refusal, what maps were found to say, and what went into a ruleset called from outside
// and came out of it are told apart from the rest, which is detail.

import Diagnostics
import Routing
import Rulesets

/// Watches an engine and keeps what it did.
final class RuleTrace: RulesetObserver {
  private var steps: [TraceStep] = []
  private var depth = 0
  private var isOn = false
  /// The steps that entered the rulesets that are being run.
  private var entries: [Int] = []
  /// What was decided last; callers pass it on.
  private var decided = ""

  let wantsEveryRule = false

  func begin(_ engine: RulesetEngine, isOn: Bool) {
    steps = []
    depth = 0
    entries = []
    decided = ""
    self.isOn = isOn
    engine.observer = isOn ? self : nil
  }

  func end(_ engine: RulesetEngine) { engine.observer = nil }

  /// The steps since the last call.
  func take() -> [TraceStep] {
    defer {
      steps = []
      entries = []
    }
    return steps
  }

  func note(_ text: String) { note(text, isDetail: false) }

  private func note(_ text: String, isDetail: Bool) {
    if isOn { steps.append(TraceStep(text, depth: depth, isDetail: isDetail)) }
  }

  func willRun(_ ruleset: Int, _ engine: RulesetEngine) {
    entries.append(steps.count)
    note("\(text(engine.program.name(of: ruleset))) <- \(workspace(engine))", isDetail: depth > 0)
    depth += 1
    if depth == 1 { decided = "" }
  }

  func didRun(_ ruleset: Int, _ engine: RulesetEngine) {
    depth = max(depth - 1, 0)
    let name = text(engine.program.name(of: ruleset))
    let result = workspace(engine)
    let entry = entries.popLast() ?? steps.count
    // One that gave back what it was given did nothing worth telling.
    let isIdle =
      steps.indices.contains(entry) && steps[entry].text == "\(name) <- \(result)"
      && steps[(entry + 1)...].allSatisfy(\.isDetail)
    if isIdle { steps[entry].isDetail = true }
    note("\(name) -> \(result)", isDetail: depth > 0 || isIdle)
  }

  func isTrying(_ rule: Int, _ engine: RulesetEngine) {}
  func didFail(_ rule: Int, _ engine: RulesetEngine) {}
  func didMatch(_ rule: Int, _ engine: RulesetEngine) {}

  func didRewrite(_ rule: Int, _ engine: RulesetEngine) {
    let position = engine.program.texts.indices.contains(rule) ? engine.program.texts[rule].position : nil
    let text = workspace(engine)
    let decides = text.contains("$#") && text != decided
    if decides { decided = text }
    steps.append(TraceStep(text, at: position, depth: depth, isDetail: !decides))
  }

  func didReadMacro(_ side: RulesetEngine.Side, _ number: Int, _ value: [UInt8]?) {}
  func willLookUp(_ map: [UInt8], _ key: [UInt8], _ arguments: [[UInt8]]) {
    note("map \(text(map)): \(text(key))", isDetail: true)
  }

  func didLookUp(_ map: [UInt8], _ key: [UInt8], _ answer: MapAnswer) {
    // The question is worth telling with its answer.
    if answer.value != nil, let last = steps.indices.last { steps[last].isDetail = false }
    note(
      "map \(text(map)): " + (answer.value.map { "found \(text($0))" } ?? "not found"), isDetail: answer.value == nil)
  }

  func report(_ fault: RewriteFault) { note("fault: \(fault)") }

  private func workspace(_ engine: RulesetEngine) -> String { text(engine.text(engine.tokens, blank: 0x20)) }
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
