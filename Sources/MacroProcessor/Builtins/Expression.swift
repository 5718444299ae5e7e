// Expression.swift: an expression of eval, read and computed in one go.
//
// Tokens come one by one, right from the argument's bytes; operators are taken by precedence
// climbing. Each fault has the words that GNU m4 has for it, and they depend on where the
// reader stands: a byte that begins no token is "bad input" behind an operand or operator,
// and an ordinary fault where the expression begins.
//
// A division by zero in a branch of && or || that does not count is no fault. But reading
// stops at it, as GNU m4's does: `1||1/0` is 1, and of `1||(1/0)` the parenthesis is left over.

struct Expression {
  enum Fault: Error {
    case missingParenthesis, syntax, unknownInput, excessInput, invalidOperator
    case divideByZero, moduloByZero, negativeExponent, tooDeep

    var text: String {
      switch self {
      case .missingParenthesis: "bad expression in eval (missing right parenthesis)"
      case .syntax: "bad expression in eval"
      case .unknownInput: "bad expression in eval (bad input)"
      case .excessInput: "bad expression in eval (excess input)"
      case .invalidOperator: "invalid operator in eval"
      case .divideByZero: "divide by zero in eval"
      case .moduloByZero: "modulo by zero in eval"
      case .negativeExponent: "negative exponent in eval"
      case .tooDeep: "bad expression in eval (parentheses and signs nest too deep)"
      }
    }

    /// Whether it is a fault of the values and not of how the expression is written.
    var isOfValues: Bool {
      switch self {
      case .divideByZero, .moduloByZero, .negativeExponent: true
      default: false
      }
    }
  }

  private enum Token {
    case end, unknown, invalidOperator
    case number(Int32)
    case not, complement, open, close
    case infix(Operator)
  }

  private enum Operator: UInt8 {
    case or, and, bitOr, bitXor, bitAnd, equal, notEqual, less, lessEqual, greater, greaterEqual
    case shiftLeft, shiftRight, add, subtract, multiply, divide, modulo, power
    /// A single `=`, which means `==`.
    case assign

    var precedence: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .bitOr: 3
      case .bitXor: 4
      case .bitAnd: 5
      case .equal, .notEqual, .assign: 6
      case .less, .lessEqual, .greater, .greaterEqual: 7
      case .shiftLeft, .shiftRight: 8
      case .add, .subtract: 9
      case .multiply, .divide, .modulo: 10
      case .power: 11
      }
    }
  }

  /// Parentheses, signs and powers within each other; more would overflow our own stack.
  private static var deepest: Int { 10_000 }

  private let text: Bytes
  private var at = 0
  /// The token that comes next; `at` is behind it.
  private var next = Token.end
  private var depth = 0
  /// How often `=` was written where `==` was meant.
  private(set) var singleEquals = 0

  init(_ text: Bytes) { self.text = text }

  mutating func value() -> Result<Int32, Fault> {
    do throws(Fault) {
      next = readToken()
      let result = try binary(above: 0)
      switch next {
      case .end: return .success(result)
      case .invalidOperator: throw .invalidOperator
      default: throw .excessInput
      }
    } catch { return .failure(error) }
  }

  // MARK: Operators

  private mutating func binary(above floor: Int) throws(Fault) -> Int32 {
    var left = try unary()
    // After a fault that did not count, what binds closer is left over.
    var ceiling = Int.max
    while true {
      if case .unknown = next { throw .unknownInput }
      guard case .infix(let op) = next, op.precedence > floor, op.precedence <= ceiling else { return left }
      try takeToken()
      left = try apply(op, left)
      ceiling = op.precedence
    }
  }

  private mutating func apply(_ op: Operator, _ left: Int32) throws(Fault) -> Int32 {
    switch op {
    case .or, .and:
      let decides = (left != 0) == (op == .or)
      do throws(Fault) {
        let right = try binary(above: op.precedence)
        return decides ? (op == .or ? 1 : 0) : (right != 0 ? 1 : 0)
      } catch {
        guard decides, error.isOfValues else { throw error }
        return op == .or ? 1 : 0
      }
    case .power:
      // The only operator that binds to the right.
      let right = try nested { expression throws(Fault) in
        try expression.binary(above: op.precedence - 1)
      }
      return try power(left, right)
    default:
      let right = try binary(above: op.precedence)
      if op == .assign { singleEquals += 1 }
      return try compute(op, left, right)
    }
  }

  private func compute(_ op: Operator, _ left: Int32, _ right: Int32) throws(Fault) -> Int32 {
    switch op {
    case .bitOr: return left | right
    case .bitXor: return left ^ right
    case .bitAnd: return left & right
    case .equal, .assign: return left == right ? 1 : 0
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
      guard right != 0 else { throw .divideByZero }
      return left.dividedReportingOverflow(by: right).partialValue
    case .modulo:
      guard right != 0 else { throw .moduloByZero }
      return right == -1 ? 0 : left.remainderReportingOverflow(dividingBy: right).partialValue
    case .or, .and, .power: return 0
    }
  }

  private func power(_ base: Int32, _ exponent: Int32) throws(Fault) -> Int32 {
    if exponent < 0 { throw .negativeExponent }
    if base == 0, exponent == 0 { throw .divideByZero }
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

  private mutating func nested(
    _ body: (inout Expression) throws(Fault) -> Int32
  ) throws(Fault) -> Int32 {
    guard depth < Self.deepest else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func unary() throws(Fault) -> Int32 {
    switch next {
    case .number(let value):
      next = readToken()
      return value
    case .infix(.add): return try signed()
    case .infix(.subtract): return 0 &- (try signed())
    case .complement: return ~(try signed())
    case .not: return try signed() == 0 ? 1 : 0
    case .open:
      try takeToken()
      let value = try nested { expression throws(Fault) in try expression.binary(above: 0) }
      guard case .close = next else { throw .missingParenthesis }
      next = readToken()
      return value
    case .invalidOperator: throw .invalidOperator
    case .end, .unknown, .close, .infix: throw .syntax
    }
  }

  /// What stands behind a sign.
  private mutating func signed() throws(Fault) -> Int32 {
    try takeToken()
    return try nested { expression throws(Fault) in try expression.unary() }
  }

  /// Takes the operator, sign or parenthesis that comes next; an operand must follow.
  private mutating func takeToken() throws(Fault) {
    next = readToken()
    if case .unknown = next { throw .unknownInput }
  }

  // MARK: Tokens

  private var byte: UInt8? { at < text.count ? text[at] : nil }

  /// Takes the byte if it comes next.
  private mutating func takes(_ wanted: UInt8) -> Bool {
    guard byte == wanted else { return false }
    at += 1
    return true
  }

  private mutating func readToken() -> Token {
    while let byte, byte == 0x20 || byte &- 0x09 <= 0x0D - 0x09 { at += 1 }
    guard let first = byte else { return .end }
    if Processor.isDigit(first) { return number() }
    at += 1
    switch first {
    case UInt8(ascii: "("): return .open
    case UInt8(ascii: ")"): return .close
    case UInt8(ascii: "~"): return .complement
    case UInt8(ascii: "!"): return takes(UInt8(ascii: "=")) ? .infix(.notEqual) : .not
    case UInt8(ascii: "="): return .infix(takes(UInt8(ascii: "=")) ? .equal : .assign)
    case UInt8(ascii: "+"): return unlessFollowed(by: first, .add)
    case UInt8(ascii: "-"): return unlessFollowed(by: first, .subtract)
    case UInt8(ascii: "*"):
      return takes(first) ? .infix(.power) : unlessFollowed(.multiply)
    case UInt8(ascii: "/"): return unlessFollowed(.divide)
    case UInt8(ascii: "%"): return unlessFollowed(.modulo)
    case UInt8(ascii: "^"): return unlessFollowed(.bitXor)
    case UInt8(ascii: "&"): return takes(first) ? .infix(.and) : unlessFollowed(.bitAnd)
    case UInt8(ascii: "|"): return takes(first) ? .infix(.or) : unlessFollowed(.bitOr)
    case UInt8(ascii: "<"):
      if takes(first) { return unlessFollowed(.shiftLeft) }
      return .infix(takes(UInt8(ascii: "=")) ? .lessEqual : .less)
    case UInt8(ascii: ">"):
      if takes(first) { return unlessFollowed(.shiftRight) }
      return .infix(takes(UInt8(ascii: "=")) ? .greaterEqual : .greater)
    default: return .unknown
    }
  }

  /// The operator, unless C has another one that begins so: `+=`, `++` and their kin.
  private mutating func unlessFollowed(by double: UInt8? = nil, _ op: Operator) -> Token {
    if takes(UInt8(ascii: "=")) { return .invalidOperator }
    if let double, takes(double) { return .invalidOperator }
    return .infix(op)
  }

  private mutating func number() -> Token {
    var radix: UInt32 = 10
    if takes(UInt8(ascii: "0")) {
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
        guard takes(UInt8(ascii: ":")), (1...36).contains(radix) else { return .unknown }
      default: radix = 8
      }
    }
    if radix == 10 { return decimal() }
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
    return .number(Int32(bitPattern: value))
  }

  private mutating func decimal() -> Token {
    var value: UInt32 = 0
    var end = at
    while end < text.count, Processor.isDigit(text[end]) {
      value = value &* 10 &+ UInt32(text[end] &- UInt8(ascii: "0"))
      end &+= 1
    }
    at = end
    return .number(Int32(bitPattern: value))
  }

  private var digitValue: UInt32? {
    switch byte {
    case .some(let digit) where Processor.isDigit(digit): UInt32(digit - UInt8(ascii: "0"))
    case .some(let letter) where (0x61...0x7A).contains(letter | 0x20) && letter < 0x80:
      UInt32((letter | 0x20) - 0x61) + 10
    default: nil
    }
  }
}
