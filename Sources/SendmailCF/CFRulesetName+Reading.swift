// CFRulesetName+Reading.swift: `S3`, `Scheck_mail`, `Sparse=0`.
//
// A ruleset is a number below 100, or a name. A name without a number gets the
// next one from 199 down when it is first mentioned, by an S line, a mailer or a
// header; giving it another one later is an error.

/// The numbers of the rulesets' names.
package struct RulesetNumbers: Sendable {
  /// One more than the highest number there is.
  package static let count = 200
  private var table = NameTable()
  /// For each place in the table, the number.
  private var numbers: [Int] = []
  /// For each number the name that was given to it last.
  private var names: [[UInt8]?] = [[UInt8]?](repeating: nil, count: count)
  private var nextHidden = count - 1

  package init() {}

  package subscript(name: some Sequence<UInt8>) -> Int? {
    table.place(of: Array(name)).map { numbers[$0] }
  }

  /// The name of a number, its digits where it has none.
  package func name(_ number: Int) -> [UInt8] {
    let known = names.indices.contains(number) ? names[number] : nil
    return known ?? Array(String(number).utf8)
  }

  package var named: [(name: [UInt8], number: Int)] { Array(zip(table.names, numbers)) }

  mutating func set(_ name: [UInt8], _ number: Int) {
    let place = table.add(name)
    if place == numbers.count { numbers.append(number) } else { numbers[place] = number }
    names[number] = name
  }

  /// The number of a name, made now if need be; nil when there are no more.
  mutating func make(_ name: [UInt8]) -> Int? {
    if let known = self[name] { return known }
    guard nextHidden >= CFRulesetName.limit else { return nil }
    set(name, nextHidden)
    nextHidden -= 1
    return nextHidden + 1
  }
}

extension CFRulesetName {
  /// Numbers that a configuration may write end here.
  package static let limit = 100

  package static func canBegin(with byte: UInt8) -> Bool { isLetter(byte) || byte == 0x5F }
  package static func canContain(_ byte: UInt8) -> Bool { isNameByte(byte) }

  /// Reads a ruleset as an `S` line or a mailer names it.
  package static func read(
    _ text: [UInt8], known: inout RulesetNumbers
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
    if behind.first == 0x3D {
      return numbered(name, Array(behind.dropFirst().drop(while: isBlank)), Array(rest), &known)
    }
    guard let number = known.make(name) else { return (nil, .tooManyRulesets(name)) }
    return (CFRulesetName(name: name, number: number), nil)
  }

  private static func numbered(
    _ name: [UInt8], _ value: [UInt8], _ text: [UInt8], _ known: inout RulesetNumbers
  ) -> (CFRulesetName?, CFProblem?) {
    guard let digit = value.first, isDigit(digit) else {
      return (nil, .rulesetNumberMissing(text))
    }
    let number = leadingNumber(value)
    if number >= limit { return (nil, .rulesetNumberTooHigh(number, text)) }
    if let old = known[name], old != number { return (nil, .rulesetMoved(text, old, number)) }
    known.set(name, number)
    return (CFRulesetName(name: name, number: number), nil)
  }
}
