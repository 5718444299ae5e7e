// Calls.swift: from a macro's name to what takes its place.
//
// A frame lives from the opening parenthesis to the closing one. Its arguments
// lie one behind the other in `argumentText`; both are cut back when the call is
// done. While a builtin runs, its arguments are slices of that buffer, which
// does not grow then. Long texts that came from elsewhere are not in it: an argument then
// holds references, or is a whole list of arguments (References.swift).

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
  /// Where its references begin in `embedded`.
  let firstReference: Int
  /// Where the argument that is being collected begins.
  var argumentStart: Int
  var argumentReference: Int
  /// Open parentheses within the argument.
  var depth: Int32 = 0
  var place: ArgumentPlace
  /// Whether the name was traced when the call began.
  let isTraced: Bool
  var kind = Kind.text
  /// For `.builtin`.
  var builtin: Builtin?
  var hasReferences = false

  /// What the argument is that is being collected.
  enum Kind: UInt8 {
    case text
    /// The value of a builtin, with which it began.
    case builtin
    /// Several arguments, which are in `arguments` already.
    case list
  }
}

/// What was collected between two commas: text, the value of a builtin, or a list of arguments.
struct Argument: BitwiseCopyable {
  let start: Int
  /// Of a list: its arguments.
  let length: Int
  /// Where its references are in `embedded`.
  let firstReference: Int32
  /// How many there are within the text; negative where it is a list.
  let referenceCount: Int32
  let builtin: Builtin?

  var isList: Bool { referenceCount < 0 }
}

/// A call that is about to be carried out.
struct Invocation: BitwiseCopyable {
  let symbol: SymbolID
  let definition: DefinitionID
  let firstArgument: Int
  /// Without the name: 0 when called without parentheses.
  var count: Int
  /// Their entries in `arguments`: fewer where one is a list.
  let entries: Int
  /// The first entry that is a list.
  var firstList = Int.max
  var hasReferences = false

  init(symbol: SymbolID, definition: DefinitionID, firstArgument: Int, count: Int) {
    (self.symbol, self.definition, self.firstArgument) = (symbol, definition, firstArgument)
    (self.count, entries) = (count, count)
  }
}

extension Processor {
  // MARK: Collecting

  /// A call whose name was just read.
  mutating func call(_ symbol: SymbolID) throws(Stop) {
    try begin(symbol, at: currentSite(symbols[symbol].length))
  }

  /// A call whose name began elsewhere.
  mutating func call(_ symbol: SymbolID, at here: CallSite) throws(Stop) {
    try begin(symbol, at: here)
  }

  @inline(__always)
  private mutating func begin(_ symbol: SymbolID, at here: CallSite) throws(Stop) {
    try limitNesting(at: here)
    let definition = symbols[symbol].definition
    callCount &+= 1
    let number = callCount
    let isTraced = isTracing(symbol)
    if isTraced, trace.flags.contains(.calls) {
      traceBeforeCollecting(symbol, number, at: here.location)
    }
    guard argumentsFollow() else {
      if provenance.isOn { noteBareCall(symbol, at: here) }
      try invoke(
        Invocation(symbol: symbol, definition: definition, firstArgument: arguments.count, count: 0), number: number,
        at: here, isTraced: isTraced)
      return
    }
    symbols.pin(definition)
    if cursor < limit { cursor += 1 } else { _ = nextByte() }
    frames.push(
      Frame(
        symbol: symbol, definition: definition, number: number, site: here, firstArgument: arguments.count,
        firstText: argumentText.count, firstReference: embedded.count, argumentStart: argumentText.count,
        argumentReference: embedded.count, place: argumentPlace, isTraced: isTraced))
    if cursor == limit || syntax.classes[Int(cursor.pointee)] & Syntax.Class.space != 0 { skipBlanks() }
  }

  @inline(__always)
  private mutating func limitNesting(at here: CallSite) throws(Stop) {
    if frames.count >= limits.callsWithinEachOther { try endNesting(at: here.location) }
  }

  private mutating func endNesting(at location: Location) throws(Stop) {
    if limits.nesting > 0, frames.count >= limits.nesting { throw fatal(.nestingLimit(limits.nesting), at: location) }
    try endTooDeep(at: location)
  }

  /// Starts the next argument; white space before it is still to be skipped.
  @inline(__always)
  mutating func beginArgument() {
    frames.top.argumentStart = argumentText.count
    frames.top.argumentReference = embedded.count
    frames.top.kind = .text
    frames.top.place = argumentPlace
  }

  /// White space before an argument does not count.
  mutating func skipBlanks() {
    let classes = syntax.classes
    while true {
      var at = cursor
      let end = limit
      while at < end, classes[Int(at.pointee)] == Syntax.Class.space { at += 1 }
      cursor = at
      // A blank with which a quote or a comment may begin.
      while cursor < end, isBlank(cursor) { cursor += 1 }
      guard cursor == limit, !blocks.isEmpty, blocks.count > 1 || blocks[0].isStream else { return }
      uncover()
      guard !blocks.isEmpty else { return }
      switch blocks.top.kind {
      case .builtin: return takeBuiltinArgument()
      case .reference: return
      case .text, .file: continue
      }
    }
  }

  /// An argument that is nothing but the value of a builtin becomes that value.
  mutating func takeBuiltinArgument() {
    guard !frames.isEmpty, !blocks.isEmpty, let builtin = blocks.top.builtin, frames.top.kind != .list,
      argumentText.count == frames.top.argumentStart, embedded.count == frames.top.argumentReference
    else { return }
    frames.top.kind = .builtin
    frames.top.builtin = builtin
  }

  @inline(__always)
  mutating func finishArgument() {
    let start = frames.top.argumentStart
    if frames.top.kind == .text, embedded.count == frames.top.argumentReference {
      arguments.push(
        Argument(start: start, length: argumentText.count - start, firstReference: 0, referenceCount: 0, builtin: nil))
    } else {
      finishSpecialArgument()
    }
  }

  private mutating func finishSpecialArgument() {
    let frame = frames.top
    let references = embedded.count - frame.argumentReference
    switch frame.kind {
    case .list: return
    case .builtin:
      arguments.push(
        Argument(
          start: frame.argumentStart, length: argumentText.count - frame.argumentStart, firstReference: 0,
          referenceCount: 0, builtin: frame.builtin))
    case .text:
      frames.top.hasReferences = true
      arguments.push(
        Argument(
          start: frame.argumentStart, length: argumentText.count - frame.argumentStart,
          firstReference: Int32(truncatingIfNeeded: frame.argumentReference),
          referenceCount: Int32(truncatingIfNeeded: references), builtin: nil))
    }
  }

  mutating func finishCall() throws(Stop) {
    let frame = frames.pop()
    let invocation = Invocation(
      symbol: frame.symbol, definition: frame.definition, firstArgument: frame.firstArgument,
      count: arguments.count - frame.firstArgument)
    if frame.hasReferences {
      try invokeReferring(
        invocation, number: frame.number, at: frame.site, isTraced: frame.isTraced, frame.firstReference)
    } else {
      try invoke(invocation, number: frame.number, at: frame.site, isTraced: frame.isTraced)
    }
    arguments.truncate(to: frame.firstArgument)
    argumentText.truncate(to: frame.firstText)
    symbols.unpin(frame.definition)
  }

  private mutating func invokeReferring(
    _ call: Invocation, number: Int, at here: CallSite, isTraced: Bool, _ firstReference: Int
  ) throws(Stop) {
    let call = referring(call)
    try limitReferences(of: call, at: here.location)
    try invoke(call, number: number, at: here, isTraced: isTraced)
    while embedded.count > firstReference { release(embedded.pop().reference) }
  }

  // MARK: Arguments

  /// The text of an argument; empty where it was not given or is a builtin. 0 is the name.
  ///
  /// Where the call has references, their texts must have been spelled out.
  @inline(__always)
  func argument(_ index: Int, of invocation: Invocation) -> Bytes {
    if index == 0 { return symbols[invocation.symbol].bytes }
    guard index <= invocation.count else { return Bytes(start: nil, count: 0) }
    if invocation.hasReferences { return referringArgument(index, of: invocation) }
    let argument = arguments[invocation.firstArgument + index - 1]
    if argument.builtin != nil { return Bytes(start: nil, count: 0) }
    return argumentText.slice(argument.start, argument.length)
  }

  @inline(__always)
  func argumentBuiltin(_ index: Int, of invocation: Invocation) -> Builtin? {
    guard index >= 1, index <= invocation.count else { return nil }
    if !invocation.hasReferences { return arguments[invocation.firstArgument + index - 1].builtin }
    return arguments[invocation.firstArgument + entry(of: index, invocation).entry].builtin
  }

  /// How long the arguments are together, where none holds references.
  @inline(__always)
  func argumentBytes(_ call: Invocation) -> Int {
    guard call.count > 0 else { return 0 }
    let last = arguments[call.firstArgument + call.count - 1]
    return last.start + last.length - arguments[call.firstArgument].start
  }

  // MARK: Carrying out

  @inline(__always)
  mutating func invoke(
    _ invocation: Invocation, number: Int, at here: CallSite, isTraced: Bool
  ) throws(Stop) {
    site = here
    if isWatched || isTraced || number & (Self.callsBetweenLooks - 1) == 0
      || argumentText.count >= Self.longArguments
    {
      try invokeObserved(invocation, number: number, isTraced: isTraced)
    } else {
      dropUsedUpText()
      try carryOut(invocation)
    }
  }

  private mutating func invokeObserved(
    _ invocation: Invocation, number: Int, isTraced: Bool
  ) throws(Stop) {
    if invocation.hasReferences, isTraced || !takesReferences(invocation) { spellOutTexts(invocation) }
    if provenance.isOn { recordCall(invocation) }
    try watch(invocation)
    if isTraced { traceBefore(invocation, number) }
    dropUsedUpText()
    let height = blocks.count
    isTracedCall = isTraced
    defer { isTracedCall = false }
    try carryOut(invocation)
    if isTraced { traceAfter(invocation, number, height: height) }
  }

  /// Whether the call is carried out without all of its arguments' texts being there.
  private func takesReferences(_ call: Invocation) -> Bool {
    symbols[definition: call.definition].builtin?.takesReferences ?? true
  }

  @inline(__always)
  mutating func carryOut(_ invocation: Invocation) throws(Stop) {
    guard let builtin = symbols[definition: invocation.definition].builtin else { return expandText(invocation) }
    if invocation.hasReferences, !builtin.takesReferences { spellOutTexts(invocation) }
    try run(builtin, invocation)
  }
}
