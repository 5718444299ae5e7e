// Arithmetic.swift: incr, decr and eval.
//
// eval computes with C's 32-bit int: results wrap. The expression is parsed by
// precedence climbing, right over the argument's bytes; `isLive` is false in the
// branch of && or || that does not count, where dividing by zero is no fault.

extension Processor {
  /// incr and decr.
  mutating func step(_ builtin: Builtin, _ call: Invocation, by amount: Int32) throws(Stop) {
    guard let value = try number(1, of: call) else { return }
    pushNumber(Int(value &+ amount))
  }

  mutating func evaluate(_ call: Invocation) throws(Stop) {
    let name = argument(0, of: call)
    var radix: Int32 = 10
    if !argument(2, of: call).isEmpty {
      guard let given = try number(2, of: call) else { return }
      radix = given
    }
    guard (1...36).contains(radix) else {
      try warn("radix \(Int(radix)) in builtin `\(name)' out of range")
      return
    }
    var width: Int32 = 1
    if call.count >= 3 {
      guard let given = try number(3, of: call) else { return }
      width = given
    }
    guard width >= 0 else {
      try warn("negative width to builtin `\(name)'")
      return
    }
    let text = argument(1, of: call)
    var value: Int32 = 0
    if text.isEmpty {
      try warn("empty string treated as 0 in builtin `\(name)'")
    } else {
      var expression = Expression(text)
      do throws(Expression.Fault) {
        value = try expression.value()
      } catch {
        if let text = error.text { try warn("\(text): \(argument(1, of: call))") }
        return
      }
      if expression.usedSingleEqual {
        try warn("Warning: recommend ==, not =, for equality operator")
      }
    }
    try charge(Int(width) + (radix == 1 ? Int(value.magnitude) * 2 : 0))
    appendNumber(value, radix: Int(radix), width: Int(width))
    pushBuiltText()
  }

  private mutating func appendNumber(_ value: Int32, radix: Int, width: Int) {
    if value < 0 { arena.append(UInt8(ascii: "-")) }
    var rest = Int(value.magnitude)
    var digits: [UInt8] = []
    if radix == 1 {
      digits = Array(repeating: UInt8(ascii: "1"), count: rest)
      rest = 0
    }
    while rest > 0 {
      let digit = UInt8(truncatingIfNeeded: rest % radix)
      digits.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      rest /= radix
    }
    for _ in 0..<max(width - digits.count, 0) { arena.append(UInt8(ascii: "0")) }
    for digit in digits.reversed() { arena.append(digit) }
  }
}

/// An expression of eval.
struct Expression {
  enum Fault: Error {
    case missingParenthesis, syntax, unknownInput, excessInput, invalidOperator
    case divideByZero, moduloByZero, negativeExponent

    var text: String? {
      switch self {
      case .missingParenthesis: "bad expression in eval (missing right parenthesis)"
      case .syntax: "bad expression in eval"
      case .unknownInput: "bad expression in eval (bad input)"
      case .excessInput: "bad expression in eval (excess input)"
      case .invalidOperator: "invalid operator in eval"
      case .divideByZero: "divide by zero in eval"
      case .moduloByZero: "modulo by zero in eval"
      case .negativeExponent: "negative exponent in eval"
      }
    }
  }

  private enum Operator: UInt8 {
    case or, and, bitOr, bitXor, bitAnd, equal, notEqual, less, lessEqual, greater, greaterEqual
    case shiftLeft, shiftRight, add, subtract, multiply, divide, modulo, power

    /// Whether C has an assignment of the same letter.
    var isAssignable: Bool { precedence >= 9 || (3...5).contains(precedence) }

    var precedence: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .bitOr: 3
      case .bitXor: 4
      case .bitAnd: 5
      case .equal, .notEqual: 6
      case .less, .lessEqual, .greater, .greaterEqual: 7
      case .shiftLeft, .shiftRight: 8
      case .add, .subtract: 9
      case .multiply, .divide, .modulo: 10
      case .power: 11
      }
    }
  }

  private let text: Bytes
  private var at = 0
  private(set) var usedSingleEqual = false
  private var hasBegun = false
  /// Parentheses and signs within each other; more would overflow our own stack.
  private var depth = 0

  init(_ text: Bytes) { self.text = text }

  mutating func value() throws(Fault) -> Int32 {
    let result = try binary(above: 0, isLive: true)
    skipSpace()
    guard at == text.count else {
      if try nextOperator() == nil, byte == UInt8(ascii: ")") { throw .excessInput }
      throw isKnown ? .excessInput : .unknownInput
    }
    return result
  }

  // MARK: Operators

  private mutating func binary(above floor: Int, isLive: Bool) throws(Fault) -> Int32 {
    var left = try unary(isLive: isLive)
    while true {
      let start = at
      guard let op = try nextOperator(), op.precedence > floor else {
        at = start
        return left
      }
      switch op {
      case .or:
        let right = try binary(above: op.precedence, isLive: isLive && left == 0)
        left = left != 0 || right != 0 ? 1 : 0
      case .and:
        let right = try binary(above: op.precedence, isLive: isLive && left != 0)
        left = left != 0 && right != 0 ? 1 : 0
      case .power:
        // The only operator that binds to the right.
        let right = try binary(above: op.precedence - 1, isLive: isLive)
        left = try power(left, right, isLive: isLive)
      default:
        let right = try binary(above: op.precedence, isLive: isLive)
        left = try apply(op, left, right, isLive: isLive)
      }
    }
  }

  private func apply(
    _ op: Operator, _ left: Int32, _ right: Int32, isLive: Bool
  ) throws(Fault) -> Int32 {
    switch op {
    case .bitOr: return left | right
    case .bitXor: return left ^ right
    case .bitAnd: return left & right
    case .equal: return left == right ? 1 : 0
    case .notEqual: return left != right ? 1 : 0
    case .less: return left < right ? 1 : 0
    case .lessEqual: return left <= right ? 1 : 0
    case .greater: return left > right ? 1 : 0
    case .greaterEqual: return left >= right ? 1 : 0
    case .shiftLeft: return left &<< (right & 31)
    case .shiftRight: return left &>> (right & 31)
    case .add: return left &+ right
    case .subtract: return left &- right
    case .multiply: return left &* right
    case .divide:
      if right == 0 { if isLive { throw .divideByZero } else { return 0 } }
      return left.dividedReportingOverflow(by: right).partialValue
    case .modulo:
      if right == 0 { if isLive { throw .moduloByZero } else { return 0 } }
      return right == -1 ? 0 : left.remainderReportingOverflow(dividingBy: right).partialValue
    case .or, .and, .power: return 0
    }
  }

  private func power(_ base: Int32, _ exponent: Int32, isLive: Bool) throws(Fault) -> Int32 {
    if exponent < 0 { if isLive { throw .negativeExponent } else { return 0 } }
    if base == 0, exponent == 0 { if isLive { throw .divideByZero } else { return 0 } }
    var result: Int32 = 1
    var factor = base
    var rest = exponent
    while rest > 0 {
      if rest & 1 != 0 { result = result &* factor }
      factor = factor &* factor
      rest >>= 1
    }
    return result
  }

  // MARK: Operands

  private mutating func unary(isLive: Bool) throws(Fault) -> Int32 {
    depth += 1
    defer { depth -= 1 }
    guard depth < 4_000 else { throw .syntax }
    skipSpace()
    guard let first = byte else { throw .syntax }
    let isBeginning = !hasBegun
    hasBegun = true
    switch first {
    case UInt8(ascii: "+"):
      at += 1
      return try unary(isLive: isLive)
    case UInt8(ascii: "-"):
      at += 1
      return 0 &- (try unary(isLive: isLive))
    case UInt8(ascii: "~"):
      at += 1
      return ~(try unary(isLive: isLive))
    case UInt8(ascii: "!"):
      at += 1
      if byte == UInt8(ascii: "=") { throw .syntax }
      return try unary(isLive: isLive) == 0 ? 1 : 0
    case UInt8(ascii: "("):
      at += 1
      let value = try binary(above: 0, isLive: isLive)
      skipSpace()
      guard byte == UInt8(ascii: ")") else {
        throw at < text.count && !isKnown ? .unknownInput : .missingParenthesis
      }
      at += 1
      return value
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(isBeginning: isBeginning)
    // GNU m4 words a wrong beginning like any other fault.
    default: throw isKnown || isBeginning ? .syntax : .unknownInput
    }
  }

  private mutating func number(isBeginning: Bool) throws(Fault) -> Int32 {
    var radix: UInt32 = 10
    if byte == UInt8(ascii: "0") {
      at += 1
      switch byte {
      case UInt8(ascii: "x"), UInt8(ascii: "X"): (radix, at) = (16, at + 1)
      case UInt8(ascii: "b"), UInt8(ascii: "B"): (radix, at) = (2, at + 1)
      case UInt8(ascii: "r"), UInt8(ascii: "R"):
        at += 1
        radix = 0
        while let digit = byte, Processor.isDigit(digit), radix <= 36 {
          radix = radix * 10 + UInt32(digit - UInt8(ascii: "0"))
          at += 1
        }
        guard byte == UInt8(ascii: ":"), (1...36).contains(radix) else {
          throw isBeginning ? .syntax : .unknownInput
        }
        at += 1
      default: radix = 8
      }
    }
    var value: UInt32 = 0
    while let digit = digitValue {
      // In base 1 the digits are counted, and only 1 (or a leading 0) is one.
      if radix == 1 {
        guard digit == 1 || (digit == 0 && value == 0) else { break }
        value &+= digit
      } else {
        guard digit < radix else { break }
        value = value &* radix &+ digit
      }
      at += 1
    }
    return Int32(bitPattern: value)
  }

  // MARK: Bytes

  private var byte: UInt8? { at < text.count ? text[at] : nil }

  private var digitValue: UInt32? {
    switch byte {
    case .some(let digit) where Processor.isDigit(digit): UInt32(digit - UInt8(ascii: "0"))
    case .some(let letter) where (0x61...0x7A).contains(letter | 0x20) && letter < 0x80:
      UInt32((letter | 0x20) - 0x61) + 10
    default: nil
    }
  }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || (0x09...0x0D).contains(byte) { at += 1 }
  }

  /// Whether the byte here could be part of some expression.
  private var isKnown: Bool {
    guard let byte else { return true }
    return Processor.isDigit(byte) || Array("+-*/%<>=!&|^~()".utf8).contains(byte)
  }

  private mutating func nextOperator() throws(Fault) -> Operator? {
    skipSpace()
    guard let first = byte else { return nil }
    let second = at + 1 < text.count ? text[at + 1] : 0
    if let long = Self.longOperator(first, second) {
      at += 2
      return long
    }
    guard let short = Self.shortOperator(first) else { return nil }
    // `+=` and its kin are not there.
    if second == UInt8(ascii: "="), short.isAssignable { throw .invalidOperator }
    if short == .equal { usedSingleEqual = true }
    at += 1
    return short
  }

  private static func longOperator(_ first: UInt8, _ second: UInt8) -> Operator? {
    switch (first, second) {
    case (UInt8(ascii: "|"), UInt8(ascii: "|")): .or
    case (UInt8(ascii: "&"), UInt8(ascii: "&")): .and
    case (UInt8(ascii: "="), UInt8(ascii: "=")): .equal
    case (UInt8(ascii: "!"), UInt8(ascii: "=")): .notEqual
    case (UInt8(ascii: "<"), UInt8(ascii: "=")): .lessEqual
    case (UInt8(ascii: ">"), UInt8(ascii: "=")): .greaterEqual
    case (UInt8(ascii: "<"), UInt8(ascii: "<")): .shiftLeft
    case (UInt8(ascii: ">"), UInt8(ascii: ">")): .shiftRight
    case (UInt8(ascii: "*"), UInt8(ascii: "*")): .power
    default: nil
    }
  }

  private static func shortOperator(_ byte: UInt8) -> Operator? {
    switch byte {
    case UInt8(ascii: "|"): .bitOr
    case UInt8(ascii: "^"): .bitXor
    case UInt8(ascii: "&"): .bitAnd
    case UInt8(ascii: "="): .equal
    case UInt8(ascii: "<"): .less
    case UInt8(ascii: ">"): .greater
    case UInt8(ascii: "+"): .add
    case UInt8(ascii: "-"): .subtract
    case UInt8(ascii: "*"): .multiply
    case UInt8(ascii: "/"): .divide
    case UInt8(ascii: "%"): .modulo
    default: nil
    }
  }
}
