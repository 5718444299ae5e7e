// Defining.swift: define, pushdef, popdef, undefine, defn, ifdef, indir, builtin, dumpdef.

extension Processor {
  /// define and pushdef.
  mutating func define(_ call: Invocation, push: Bool) throws(Stop) {
    if argumentBuiltin(1, of: call) != nil {
      try warn("Warning: \(argument(0, of: call)): invalid macro name ignored")
      return
    }
    if call.hasReferences { spellOutArgument(1, of: call) }
    let symbol = symbols.intern(argument(1, of: call))
    if let builtin = argumentBuiltin(2, of: call) {
      symbols.define(symbol, builtin: builtin, push: push)
    } else if !push, call.hasReferences, extend(symbol, call) {
      return
    } else {
      if call.hasReferences { spellOutArgument(2, of: call) }
      let text = argument(2, of: call)
      if sequences != nil { try warnOfSequences(in: text, for: argument(1, of: call)) }
      symbols.define(symbol, text: text, push: push)
    }
    if provenance.isOn { symbols[definition: symbols[symbol].definition].call = site.call }
  }

  /// A text that begins with what the name stands for grows where it is; false, with nothing done,
  /// where the new one is another or somebody else reads the old one.
  private mutating func extend(_ symbol: SymbolID, _ call: Invocation) -> Bool {
    let definition = symbols[symbol].definition
    guard call.count >= 2, call.firstList > 1 else { return false }
    let argument = arguments[call.firstArgument + 1]
    guard definition >= 0, argument.referenceCount == 1,
      symbols[definition: definition].pins == 1
    else { return false }
    let piece = embedded[Int(argument.firstReference)]
    guard piece.offset == argument.start, piece.reference.kind == .definition, !piece.reference.isQuoted,
      piece.reference.id == definition, piece.reference.extent == symbols[definition: definition].length
    else { return false }
    let more = argumentText.slice(argument.start, argument.length)
    symbols.extend(
      definition, by: more,
      isBalanced: syntax.version == symbols[definition: definition].balanceVersion && isBalanced(more))
    return true
  }

  mutating func popDefinitions(_ call: Invocation) {
    for index in 1...max(call.count, 1) {
      if let symbol = symbols.findDefined(argument(index, of: call)) { symbols.pop(symbol) }
    }
  }

  mutating func undefineAll(_ call: Invocation) {
    for index in 1...max(call.count, 1) {
      if let symbol = symbols.findDefined(argument(index, of: call)) { symbols.undefine(symbol) }
    }
  }

  /// defn: the definitions, quoted; a builtin's value stands alone.
  mutating func quotedDefinitions(_ call: Invocation) throws(Stop) {
    for index in 1...call.count {
      let name = argument(index, of: call)
      guard let symbol = symbols.findDefined(name) else { continue }
      let definition = symbols[definition: symbols[symbol].definition]
      if let builtin = definition.builtin {
        if builtin == .placeholder {
          try warn("builtin `\(name)' requested by frozen file is not supported")
        } else if call.count > 1 {
          try warn("Warning: cannot concatenate builtin `\(name)'")
        } else {
          pushBuiltin(builtin)
        }
      } else if call.count == 1, let reference = quotedReference(to: symbols[symbol].definition) {
        pushReference(reference)
      } else {
        arena.append(syntax.openQuote.bytes)
        arena.append(definition.bytes)
        arena.append(syntax.closeQuote.bytes)
      }
    }
    pushBuiltText()
  }

  mutating func chooseDefined(_ call: Invocation) {
    let symbol = symbols.findDefined(argument(1, of: call))
    if provenance.isOn, let symbol {
      provenance.setCause(of: site.call, symbols[definition: symbols[symbol].definition].call)
    }
    pushText(argument(symbol == nil ? 3 : 2, of: call))
  }

  /// indir: calls the macro of any name, also one that no text could call.
  mutating func indirect(_ given: Invocation) throws(Stop) {
    let call = spellingOutLists(given)
    guard let symbol = symbols.findDefined(argument(1, of: call)),
      argumentBuiltin(1, of: call) == nil
    else {
      if argumentBuiltin(1, of: call) != nil {
        try warn("Warning: \(argument(0, of: call)): invalid macro name ignored")
      } else {
        try warn("undefined macro `\(argument(1, of: call))'")
      }
      return
    }
    // Not shown by traces, as it is no call of its own to GNU m4.
    let definition = symbols[symbol].definition
    symbols.pin(definition)
    try carryOut(shifted(call, to: symbol, definition))
    symbols.unpin(definition)
  }

  /// builtin: calls a builtin although its name may stand for something else.
  mutating func runBuiltin(_ given: Invocation) throws(Stop) {
    let call = spellingOutLists(given)
    let name = argument(1, of: call)
    let found = Builtin.named(name)
    guard let found, argumentBuiltin(1, of: call) == nil else {
      if argumentBuiltin(1, of: call) != nil {
        try warn("Warning: \(argument(0, of: call)): invalid macro name ignored")
      } else {
        try warn("undefined builtin `\(name)'")
      }
      return
    }
    let symbol = symbols.intern(name)
    let inner = shifted(call, to: symbol, call.definition)
    try charge(found, inner)
    try run(found, inner)
  }

  /// The call of the macro that a call's first argument names.
  private func shifted(
    _ call: Invocation, to symbol: SymbolID, _ definition: DefinitionID
  ) -> Invocation {
    var result = Invocation(
      symbol: symbol, definition: definition, firstArgument: call.firstArgument + 1, count: call.count - 1)
    result.hasReferences = call.hasReferences
    return result
  }

  /// dumpdef: definitions to the debug output, sorted by name.
  mutating func dumpDefinitions(_ call: Invocation) throws(Stop) {
    var found: [SymbolID] = []
    if call.count == 0 {
      found = symbols.allSymbols.filter { symbols[$0].definition >= 0 }
    } else {
      for index in 1...call.count {
        if let symbol = symbols.findDefined(argument(index, of: call)) {
          found.append(symbol)
        } else {
          try warn("undefined macro `\(argument(index, of: call))'")
        }
      }
    }
    found.sort { symbols[$0].bytes.lexicographicallyPrecedes(symbols[$1].bytes) }
    for symbol in found { dump(symbol) }
  }

  private mutating func dump(_ symbol: SymbolID) {
    let name = symbols[symbol].bytes
    let definition = symbols[definition: symbols[symbol].definition]
    if let builtin = definition.builtin {
      writeTrace("\(name):\t<\(builtin.name)>\n")
    } else if trace.flags.contains(.quotes) {
      writeTrace(
        "\(name):\t\(syntax.openQuote.bytes)\(definition.bytes)\(syntax.closeQuote.bytes)\n")
    } else {
      writeTrace("\(name):\t\(definition.bytes)\n")
    }
  }
}
