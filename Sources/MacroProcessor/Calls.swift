// Calls.swift: from a macro's name to what takes its place.
//
// A frame lives from the opening parenthesis to the closing one. Its arguments
// lie one behind the other in `argumentText`; both are cut back when the call is
// done. While a builtin runs, its arguments are slices of that buffer, which
// does not grow then.

/// A call whose arguments are being collected.
struct Frame: BitwiseCopyable {
  let symbol: SymbolID
  /// What the name meant when the call began.
  let definition: DefinitionID
  /// Calls are counted from 1.
  let number: Int
  let site: CallSite
  /// The first of its arguments in `arguments`.
  let firstArgument: Int
  /// Where its arguments' text begins in `argumentText`.
  let firstText: Int
  /// Where the argument that is being collected begins.
  var argumentStart: Int
  /// The builtin that this argument is, when it began with one.
  var argumentBuiltin: Builtin?
  /// Open parentheses within the argument.
  var depth: Int32 = 0
  /// Whether the name was traced when the call began.
  let isTraced: Bool
}

/// A collected argument: text, or the value of a builtin.
struct Argument: BitwiseCopyable {
  let start: Int
  let length: Int
  let builtin: Builtin?
}

/// A call that is about to be carried out.
struct Invocation: BitwiseCopyable {
  let symbol: SymbolID
  let definition: DefinitionID
  let firstArgument: Int
  /// Without the name: 0 when called without parentheses.
  let count: Int
}

extension Processor {
  /// Calls within calls, beyond which the input is taken to recurse without end.
  /// GNU m4 gives up at some 15,000, where its own stack ends.
  static let deepest = 250_000

  // MARK: Collecting

  @inline(__always)
  mutating func call(_ symbol: SymbolID) throws(Stop) {
    try call(symbol, at: currentSite())
  }

  mutating func call(_ symbol: SymbolID, at here: CallSite) throws(Stop) {
    let definition = symbols[symbol].definition
    callCount &+= 1
    let number = callCount
    let isTraced = isTracing(symbol)
    if isTraced, trace.flags.contains(.calls) {
      traceBeforeCollecting(symbol, number, at: here.location)
    }
    guard argumentsFollow() else {
      let invocation = Invocation(
        symbol: symbol, definition: definition, firstArgument: arguments.count, count: 0)
      symbols.pin(definition)
      try invoke(invocation, number: number, at: here, isTraced: isTraced)
      symbols.unpin(definition)
      return
    }
    if limits.nesting > 0, frames.count >= limits.nesting {
      throw fatal(.nestingLimit(limits.nesting), at: here.location)
    }
    if frames.count >= Self.deepest { throw fatal(.tooDeep(Self.deepest), at: here.location) }
    symbols.pin(definition)
    _ = nextByte()
    frames.push(
      Frame(
        symbol: symbol, definition: definition, number: number, site: here,
        firstArgument: arguments.count, firstText: argumentText.count,
        argumentStart: argumentText.count, isTraced: isTraced))
    beginArgument()
  }

  /// Starts the next argument: white space before it does not count.
  mutating func beginArgument() {
    let top = frames.count - 1
    frames[top].argumentStart = argumentText.count
    frames[top].argumentBuiltin = nil
    while true {
      while cursor < limit, isBlank(cursor) { cursor += 1 }
      guard cursor == limit, !blocks.isEmpty else { return }
      guard blocks.count > 1 || blocks[0].isStream else { return }
      guard nextBlock() else { return }
      if blocks[blocks.count - 1].kind == .builtin {
        takeBuiltinArgument()
        return
      }
    }
  }

  /// An argument that is nothing but the value of a builtin becomes that value.
  @inline(__always)
  mutating func takeBuiltinArgument() {
    guard !frames.isEmpty, !blocks.isEmpty, let builtin = blocks[blocks.count - 1].builtin,
      argumentText.count == frames[frames.count - 1].argumentStart
    else { return }
    frames[frames.count - 1].argumentBuiltin = builtin
  }

  @inline(__always)
  mutating func finishArgument() {
    let frame = frames[frames.count - 1]
    arguments.push(
      Argument(
        start: frame.argumentStart, length: argumentText.count - frame.argumentStart,
        builtin: frame.argumentBuiltin))
  }

  mutating func finishCall() throws(Stop) {
    let frame = frames.pop()
    let invocation = Invocation(
      symbol: frame.symbol, definition: frame.definition, firstArgument: frame.firstArgument,
      count: arguments.count - frame.firstArgument)
    try invoke(invocation, number: frame.number, at: frame.site, isTraced: frame.isTraced)
    arguments.truncate(to: frame.firstArgument)
    argumentText.truncate(to: frame.firstText)
    symbols.unpin(frame.definition)
  }

  /// The text of an argument; empty where it was not given or is a builtin. 0 is the name.
  @inline(__always)
  func argument(_ index: Int, of invocation: Invocation) -> Bytes {
    if index == 0 { return symbols[invocation.symbol].bytes }
    guard index <= invocation.count else { return Bytes(start: nil, count: 0) }
    let argument = arguments[invocation.firstArgument + index - 1]
    if argument.builtin != nil { return Bytes(start: nil, count: 0) }
    return argumentText.slice(argument.start, argument.length)
  }

  func argumentBuiltin(_ index: Int, of invocation: Invocation) -> Builtin? {
    guard index >= 1, index <= invocation.count else { return nil }
    return arguments[invocation.firstArgument + index - 1].builtin
  }

  // MARK: Carrying out

  @inline(__always)
  mutating func invoke(
    _ invocation: Invocation, number: Int, at here: CallSite, isTraced: Bool
  ) throws(Stop) {
    let outer = site
    site = here
    defer { site = outer }
    if isWatched { try watch(invocation) }
    if isTraced { traceBefore(invocation, number) }
    dropUsedUpText()
    let height = blocks.count
    try perform(invocation)
    if isTraced { traceAfter(invocation, number, height: height) }
  }

  /// Runs a builtin, or lays down what a macro expands to.
  @inline(__always)
  mutating func perform(_ invocation: Invocation) throws(Stop) {
    if let builtin = symbols[definition: invocation.definition].builtin {
      try run(builtin, invocation)
    } else {
      expandText(invocation)
    }
  }

  /// Lays the text of a macro on the input, with its parameters filled in.
  @inline(__always)
  private mutating func expandText(_ invocation: Invocation) {
    let definition = symbols[definition: invocation.definition]
    if definition.hasParameters {
      fillIn(definition.bytes, invocation)
    } else if let text = definition.text {
      arena.append(text, definition.length)
    }
    pushBuiltText()
  }

  private mutating func fillIn(_ body: Bytes, _ invocation: Invocation) {
    guard var from = body.baseAddress else { return }
    let end = from + body.count
    while let dollar = firstIndex(of: UInt8(ascii: "$"), in: Bytes(start: from, count: end - from)) {
      arena.append(from, dollar)
      from += dollar + 1
      guard from < end else {
        arena.append(UInt8(ascii: "$"))
        return
      }
      switch from.pointee {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        var number = 0
        repeat {
          // Beyond any count of arguments the digits no longer matter.
          number = min(number * 10 + Int(from.pointee - UInt8(ascii: "0")), Int(Int32.max))
          from += 1
        } while !isTraditional && from < end && Self.isDigit(from.pointee)
        arena.append(argument(number, of: invocation))
        continue
      case UInt8(ascii: "#"): appendNumber(invocation.count)
      case UInt8(ascii: "*"): appendArguments(of: invocation, from: 1, quoted: false)
      case UInt8(ascii: "@"): appendArguments(of: invocation, from: 1, quoted: true)
      default:
        arena.append(UInt8(ascii: "$"))
        continue
      }
      from += 1
    }
    arena.append(from, end - from)
  }

  /// Arguments joined by commas, as `$*` and `$@` give them.
  mutating func appendArguments(of invocation: Invocation, from first: Int, quoted: Bool) {
    var index = first
    while index <= invocation.count {
      if index > first { arena.append(UInt8(ascii: ",")) }
      if quoted {
        arena.append(syntax.openQuote.bytes)
        arena.append(argument(index, of: invocation))
        arena.append(syntax.closeQuote.bytes)
      } else {
        arena.append(argument(index, of: invocation))
      }
      index += 1
    }
  }

  mutating func appendNumber(_ number: Int) {
    var digits = number.magnitude
    if number < 0 { arena.append(UInt8(ascii: "-")) }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      var at = buffer.count
      repeat {
        at -= 1
        buffer[at] = UInt8(ascii: "0") + UInt8(digits % 10)
        digits /= 10
      } while digits > 0
      arena.append(Bytes(rebasing: UnsafeBufferPointer(buffer)[at...]))
    }
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
