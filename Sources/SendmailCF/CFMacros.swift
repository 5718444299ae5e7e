// CFMacros.swift: cf macros and their expansion.
//
// A value keeps the macros it names as references, which are expanded when the
// value is used. `$?x … $| … $.` chooses by whether `$x` is set and not empty.
// `$&x` stays as it is: it waits for the rule that runs.
//
// Fails: a macro that leads back to itself is cut after ten levels.

/// The values of cf macros.
package struct CFMacros: Sendable {
  private var values: [[CFUnit]?] = []

  package init() {}

  package subscript(number: Int) -> [CFUnit]? {
    get { values.indices.contains(number) ? values[number] : nil }
    set {
      if number >= values.count { values += repeatElement(nil, count: number + 1 - values.count) }
      values[number] = newValue
    }
  }

  package mutating func set(_ name: String, _ value: [UInt8], _ names: inout MacroNames) {
    guard let number = names.number(of: Array(name.utf8)) else { return }
    self[number] = value.map { CFUnit($0) }
  }

  package var count: Int { values.count }

  /// How deep a value may lead into others.
  static let deepest = 10

  /// An expansion, and whether it was cut for its depth.
  package struct Expansion: Sendable {
    package var units: [CFUnit] = []
    package var isTooDeep = false
  }

  /// The text with its `$x` and `$?x` replaced.
  package func expand(_ text: some Sequence<CFUnit>) -> Expansion {
    let text = Array(text)
    // Most text has nothing to replace. Without a condition the other symbols stay, too.
    guard text.contains(where: \.isExpanded) else {
      return Expansion(units: text)
    }
    var result = Expansion()
    expand(text, depth: 0, into: &result)
    return result
  }

  private func expand(_ text: [CFUnit], depth: Int, into result: inout Expansion) {
    guard depth <= Self.deepest else {
      result.isTooDeep = true
      return
    }
    // One entry an open condition: whether its present branch is left out.
    var skipping: [Bool] = []
    var skippedDepth = 0
    for unit in text {
      let isSkipping = skipping.last ?? false
      switch unit.kind {
      case .condition:
        if isSkipping { skippedDepth += 1 } else { skipping.append(!isSet(unit.argument)) }
        continue
      case .symbol where unit.symbol == .otherwise && !skipping.isEmpty:
        if skippedDepth == 0 { skipping[skipping.count - 1].toggle() }
        continue
      case .symbol where unit.symbol == .endCondition && !skipping.isEmpty:
        if skippedDepth > 0 { skippedDepth -= 1 } else { skipping.removeLast() }
        continue
      default: break
      }
      if isSkipping { continue }
      if unit.kind == .macro {
        if let value = self[unit.argument] { expand(value, depth: depth + 1, into: &result) }
      } else {
        result.units.append(unit)
      }
    }
  }

  private func isSet(_ number: Int) -> Bool { self[number].map { !$0.isEmpty } ?? false }
}
