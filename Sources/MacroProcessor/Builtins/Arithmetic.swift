// Arithmetic.swift: incr, decr and eval.
//
// eval computes with C's 32-bit int: results wrap. What is wrong with an expression is told
// in GNU m4's words, which are those of its expression reader (Expression.swift).

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
      let result = expression.value()
      for _ in 0..<expression.singleEquals {
        try warn("Warning: recommend ==, not =, for equality operator")
      }
      switch result {
      case .success(let found): value = found
      case .failure(let fault):
        let message: MessageText = "\(fault.text): \(argument(1, of: call))"
        // Of all faults this one alone shows in the status.
        if fault == .invalidOperator { try fail(message) } else { try warn(message) }
        return
      }
    }
    try charge(Int(width) + (radix == 1 ? Int(value.magnitude) * 2 : 0))
    appendNumber(value, radix: Int(radix), width: Int(width))
    pushBuiltText()
  }

  private mutating func appendNumber(_ value: Int32, radix: Int, width: Int) {
    if radix == 10, width <= 1 { return appendNumber(Int(value)) }
    if value < 0 { arena.append(UInt8(ascii: "-")) }
    var rest = Int(value.magnitude)
    if radix == 1 {
      for _ in 0..<max(width - rest, 0) { arena.append(UInt8(ascii: "0")) }
      for _ in 0..<rest { arena.append(UInt8(ascii: "1")) }
      return
    }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { digits in
      var start = digits.count
      repeat {
        let digit = UInt8(truncatingIfNeeded: rest % radix)
        start -= 1
        digits[start] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
        rest /= radix
      } while rest > 0
      for _ in 0..<max(width - (digits.count - start), 0) { arena.append(UInt8(ascii: "0")) }
      arena.append(Bytes(rebasing: UnsafeBufferPointer(digits)[start...]))
    }
  }
}
