// References.swift: long texts in quotes that are handed on without being copied.
//
// What defn gives, and the arguments that `$@` and shift give, stand in quotes, so whoever reads
// them takes them as they are. A reference stands for them in the input and within collected
// arguments:
//
//     input:     … reference …           blocks of their own kind, in `blockReferences`
//     argument:  text ● text ● text      places in `argumentText`, in `embedded`
//
// Where the text itself is wanted, the reference is spelled out. So it is where quotes
// were changed in between, or where a quote within the text lacks its partner: then the text
// would not be read as it is.

/// A text elsewhere.
struct Reference: BitwiseCopyable {
  enum Kind: UInt8 { case definition, arguments }

  var kind: Kind
  /// Whether the definition's text stands in quotes; arguments always do, each in its own.
  var isQuoted: Bool
  /// The quotes, when it was made.
  let open: UInt8
  let close: UInt8
  /// Of the definition, or of the list of arguments.
  var id: Int32
  /// How much of the definition, or the first of the arguments.
  var extent: Int

  /// Shorter texts are copied sooner than referred to.
  static let shortest = 192

  /// Writes the text out, with its quotes.
  func spell<Sink: TextSink & ~Copyable>(
    into sink: inout Sink, _ lists: borrowing ArgumentLists, _ symbols: borrowing SymbolTable
  ) {
    switch kind {
    case .definition:
      if isQuoted { sink.append(open) }
      sink.append(Bytes(rebasing: symbols[definition: id].bytes.prefix(extent)))
      if isQuoted { sink.append(close) }
    case .arguments:
      for index in 0..<lists.count(of: self) {
        if index > 0 { sink.append(UInt8(ascii: ",")) }
        sink.append(open)
        sink.append(lists.argument(index, of: self))
        sink.append(close)
      }
    }
  }
}

/// A reference within an argument.
struct EmbeddedReference: BitwiseCopyable {
  /// Its place in `argumentText`.
  let offset: Int
  let reference: Reference
}

extension Processor {
  // MARK: Holding

  @inline(__always)
  mutating func retain(_ reference: Reference) {
    switch reference.kind {
    case .definition: symbols.pin(reference.id)
    case .arguments: argumentLists.retain(reference.id)
    }
  }

  mutating func release(_ reference: Reference) {
    switch reference.kind {
    case .definition: symbols.unpin(reference.id)
    case .arguments: argumentLists.release(reference.id)
    }
  }

  /// What it is spelled as, up to a length; for looking ahead.
  func firstBytes(of reference: Reference, _ count: Int) -> [UInt8] {
    if count == 1, reference.isQuoted || reference.kind == .arguments { return [reference.open] }
    var text = ByteBuffer()
    reference.spell(into: &text, argumentLists, symbols)
    return Array(text.bytes.prefix(count))
  }

  // MARK: Making

  /// Whether a text may be referred to here, rather than copied.
  @inline(__always)
  var mayRefer: Bool { syntax.allowsReferences && !isTracedCall }

  /// The quoted text of a definition, held for the caller; nil where it is better copied.
  mutating func quotedReference(to definition: DefinitionID) -> Reference? {
    let length = symbols[definition: definition].length
    guard length >= Reference.shortest, mayRefer, isBalanced(definition) else { return nil }
    symbols.pin(definition)
    return Reference(
      kind: .definition, isQuoted: true, open: syntax.openQuote.first, close: syntax.closeQuote.first,
      id: definition, extent: length)
  }

  /// The arguments of a call from one of them on, as `$@` gives them, held for the caller; nil
  /// where they are better copied.
  mutating func reference(toArgumentsOf call: Invocation, from first: Int) -> Reference? {
    guard call.count >= first, mayRefer else { return nil }
    if !call.hasReferences, argumentBytes(call) < Reference.shortest { return nil }
    if call.firstList == 0, let list = list(at: 0, of: call), argumentLists.count(of: list) == call.count {
      guard hasCurrentQuotes(list) else { return nil }
      let rest = argumentLists.reference(list, droppingFirst: first - 1)
      retain(rest)
      return rest
    }
    return makeList(call, from: first)
  }

  /// Copies the arguments into a list; those that are in a list at their end stay there.
  private mutating func makeList(_ call: Invocation, from first: Int) -> Reference? {
    let own = call.firstList == .max ? call.count : call.firstList
    guard first <= own else { return nil }
    var tail: Reference?
    if own < call.count {
      guard let list = list(at: own, of: call), own + argumentLists.count(of: list) == call.count,
        hasCurrentQuotes(list)
      else { return nil }
      tail = list
    }
    var texts: [Bytes] = []
    var bytes = 0
    for index in first...own {
      let text = argument(index, of: call)
      guard isBalanced(text) else { return nil }
      texts.append(text)
      bytes += text.count
    }
    if tail == nil, bytes < Reference.shortest { return nil }
    if let tail { argumentLists.retain(tail.id) }
    let id = argumentLists.make(texts, bytes: bytes, then: tail)
    return Reference(
      kind: .arguments, isQuoted: true, open: syntax.openQuote.first, close: syntax.closeQuote.first, id: id,
      extent: 0)
  }

  // MARK: Quotes in texts

  private func hasCurrentQuotes(_ reference: Reference) -> Bool {
    syntax.allowsReferences && reference.open == syntax.openQuote.first && reference.close == syntax.closeQuote.first
  }

  private mutating func isBalanced(_ definition: DefinitionID) -> Bool {
    if symbols[definition: definition].balanceVersion != syntax.version
      || symbols[definition: definition].balance == .unknown
    {
      let isBalanced = isBalanced(symbols[definition: definition].bytes)
      symbols[definition: definition].balance = isBalanced ? .balanced : .unbalanced
      symbols[definition: definition].balanceVersion = syntax.version
    }
    return symbols[definition: definition].balance == .balanced
  }

  /// Whether each of the single-byte quotes in a text has its partner.
  func isBalanced(_ text: Bytes) -> Bool {
    guard var at = text.baseAddress else { return true }
    let limit = at + text.count
    let (open, close) = (syntax.openQuote.first, syntax.closeQuote.first)
    var depth = 0
    while true {
      at = firstPlace(of: open, or: close, from: at, to: limit)
      if at == limit { return depth == 0 }
      depth += at.pointee == open ? 1 : -1
      if depth < 0 { return false }
      at += 1
    }
  }

  // MARK: Reading

  /// Reads the reference that is the top block, which stands outside quotes.
  mutating func takeReference() {
    let reference = blockReferences.top
    guard hasCurrentQuotes(reference) else { return spellOutReference() }
    if frames.isEmpty, diversions.refusesText {
      spellOutReference()
    } else if frames.isEmpty {
      // Quoted text goes to the output without its quotes.
      output(reference)
      uncover()
    } else if reference.kind == .definition {
      embedTop(isQuoted: false)
    } else if isWholeArguments {
      let count = argumentLists.count(of: reference)
      arguments.push(
        Argument(
          start: 0, length: count, firstReference: Int32(truncatingIfNeeded: embedded.count), referenceCount: -1,
          builtin: nil))
      embedTop(isQuoted: true)
      frames.top.kind = .list
      frames.top.hasReferences = true
    } else {
      spellOutReference()
    }
  }

  private mutating func output(_ reference: Reference) {
    guard reference.kind == .arguments else {
      diversions.append(Bytes(rebasing: symbols[definition: reference.id].bytes.prefix(reference.extent)))
      return
    }
    for index in 0..<argumentLists.count(of: reference) {
      if index > 0 { withUnsafePointer(to: UInt8(ascii: ",")) { _ = diversions.append(Bytes(start: $0, count: 1)) } }
      diversions.append(argumentLists.argument(index, of: reference))
    }
  }

  /// Whether the arguments that come next begin an argument of the call and end one.
  private var isWholeArguments: Bool {
    let frame = frames.top
    guard frame.depth == 0, frame.kind == .text, argumentText.count == frame.argumentStart,
      embedded.count == frame.argumentReference, let next = peekBelow()
    else { return false }
    return (next == UInt8(ascii: ",") || next == UInt8(ascii: ")"))
      && syntax.classes[Int(next)] == Syntax.Class.argument
  }

  /// Moves the reference that is the top block into the argument that is being collected.
  mutating func embedTop(isQuoted: Bool) {
    var reference = blockReferences.top
    retain(reference)
    reference.isQuoted = isQuoted
    embedded.push(EmbeddedReference(offset: argumentText.count, reference: reference))
    uncover()
  }

  /// Whether the reference that is the top block, and stands within quotes, can be embedded.
  var canEmbedTop: Bool { !frames.isEmpty && hasCurrentQuotes(blockReferences.top) }

  // MARK: Arguments that hold references

  /// The list that an entry of a call's arguments is.
  func list(at entry: Int, of call: Invocation) -> Reference? {
    let argument = arguments[call.firstArgument + entry]
    return argument.isList ? embedded[Int(argument.firstReference)].reference : nil
  }

  /// The text of an argument of a call with references, whose texts are spelled out.
  func referringArgument(_ index: Int, of call: Invocation) -> Bytes {
    let (entry, place) = entry(of: index, call)
    let argument = arguments[call.firstArgument + entry]
    if argument.isList { return argumentLists.argument(place, of: embedded[Int(argument.firstReference)].reference) }
    if argument.builtin != nil { return Bytes(start: nil, count: 0) }
    if argument.referenceCount == 1 {
      let reference = embedded[Int(argument.firstReference)].reference
      return Bytes(rebasing: symbols[definition: reference.id].bytes.prefix(reference.extent))
    }
    return argumentText.slice(argument.start, argument.length)
  }

  /// The entry in which an argument is, and its place there.
  func entry(of index: Int, _ call: Invocation) -> (entry: Int, place: Int) {
    if index <= call.firstList { return (index - 1, 0) }
    var entry = call.firstList
    var rest = index - 1 - entry
    while true {
      let argument = arguments[call.firstArgument + entry]
      let count = argument.isList ? argument.length : 1
      if rest < count { return (entry, rest) }
      rest -= count
      entry += 1
    }
  }

  /// Spells out what is within the texts of a call's arguments; lists stay.
  mutating func spellOutTexts(_ call: Invocation) {
    for entry in 0..<call.entries { spellOutText(call.firstArgument + entry) }
  }

  /// The same for one argument.
  mutating func spellOutArgument(_ index: Int, of call: Invocation) {
    guard index <= call.count else { return }
    spellOutText(call.firstArgument + entry(of: index, call).entry)
  }

  /// A text that is one definition and nothing else stays, too: it can be read where it is.
  private mutating func spellOutText(_ place: Int) {
    let argument = arguments[place]
    guard argument.referenceCount > 0, !isOneDefinition(argument) else { return }
    let start = argumentText.count
    var from = argument.start
    for index in 0..<Int(argument.referenceCount) {
      let piece = embedded[Int(argument.firstReference) + index]
      argumentText.appendOwn(from, piece.offset - from)
      piece.reference.spell(into: &argumentText, argumentLists, symbols)
      from = piece.offset
    }
    argumentText.appendOwn(from, argument.start + argument.length - from)
    arguments[place] = Argument(
      start: start, length: argumentText.count - start, firstReference: 0, referenceCount: 0, builtin: nil)
  }

  func isOneDefinition(_ argument: Argument) -> Bool {
    guard argument.referenceCount == 1, argument.length == 0 else { return false }
    let reference = embedded[Int(argument.firstReference)].reference
    return reference.kind == .definition && !reference.isQuoted
  }

  /// The same call with an argument for each of a list's.
  mutating func spellingOutLists(_ call: Invocation) -> Invocation {
    guard call.firstList != .max else { return call }
    let first = arguments.count
    for entry in 0..<call.entries {
      let argument = arguments[call.firstArgument + entry]
      guard argument.isList else {
        arguments.push(argument)
        continue
      }
      let reference = embedded[Int(argument.firstReference)].reference
      for index in 0..<argument.length {
        let start = argumentText.count
        argumentText.append(argumentLists.argument(index, of: reference))
        arguments.push(
          Argument(
            start: start, length: argumentText.count - start, firstReference: 0, referenceCount: 0, builtin: nil))
      }
    }
    var result = Invocation(
      symbol: call.symbol, definition: call.definition, firstArgument: first, count: call.count)
    result.hasReferences = call.hasReferences
    return result
  }

  /// A call whose count is that of its entries, with what its references make of it.
  func referring(_ call: Invocation) -> Invocation {
    var result = call
    result.hasReferences = true
    for entry in 0..<call.entries {
      let argument = arguments[call.firstArgument + entry]
      guard argument.isList else { continue }
      result.firstList = min(result.firstList, entry)
      result.count += argument.length - 1
    }
    return result
  }

  /// Lays an argument on the input, with the references in it.
  mutating func pushArgument(_ index: Int, of call: Invocation) {
    guard call.hasReferences else { return pushText(argument(index, of: call)) }
    let entry = entry(of: index, call).entry
    let argument = arguments[call.firstArgument + entry]
    guard argument.referenceCount > 0 else { return pushText(self.argument(index, of: call)) }
    // The last piece lies deepest.
    var end = argument.start + argument.length
    for index in (0..<Int(argument.referenceCount)).reversed() {
      let piece = embedded[Int(argument.firstReference) + index]
      pushText(argumentText.slice(piece.offset, end - piece.offset))
      let reference = piece.reference
      if reference.kind == .definition, !reference.isQuoted {
        pushText(of: reference.id, reference.extent)
      } else {
        retain(reference)
        pushReference(reference)
      }
      end = piece.offset
    }
    pushText(argumentText.slice(argument.start, end - argument.start))
  }
}
