// CFRulesetName+Reading.swift: `S3`, `Scheck_mail`, `Sparse=0`.
//
// A name may carry a number; the numbers of names are remembered, because
// giving a name another number is an error.

extension CFRulesetName {
  /// Ruleset numbers end here.
  package static let limit = 100

  /// Reads a ruleset as an `S` line or a mailer names it.
  package static func read(
    _ text: [UInt8], known: inout [[UInt8]: Int]
  ) -> (name: CFRulesetName?, problem: CFProblem?) {
    let rest = ArraySlice(text).drop(while: isBlank)
    if let first = rest.first, isDigit(first) {
      let number = leadingNumber(Array(rest))
      if number >= limit { return (nil, .rulesetTooHigh(number)) }
      return (CFRulesetName(name: [], number: number), nil)
    }
    guard let first = rest.first, isLetter(first) || first == 0x5F else {
      return (nil, .badRulesetName(Array(rest)))
    }
    let name = Array(rest.prefix { isNameByte($0) })
    let behind = rest.dropFirst(name.count).drop(while: isBlank)
    guard behind.first == 0x3D else {
      return (CFRulesetName(name: name, number: known[name]), nil)
    }
    return numbered(name, Array(behind.dropFirst().drop(while: isBlank)), Array(rest), &known)
  }

  private static func numbered(
    _ name: [UInt8], _ value: [UInt8], _ text: [UInt8], _ known: inout [[UInt8]: Int]
  ) -> (CFRulesetName?, CFProblem?) {
    guard let digit = value.first, isDigit(digit) else {
      return (nil, .rulesetNumberMissing(text))
    }
    let number = leadingNumber(value)
    if number >= limit { return (nil, .rulesetNumberTooHigh(number, text)) }
    if let old = known[name], old != number { return (nil, .rulesetMoved(name, old, number)) }
    known[name] = number
    return (CFRulesetName(name: name, number: number), nil)
  }
}
