// Choosing.swift: ifelse and shift.

extension Processor {
  /// ifelse: the first pair that is equal decides.
  mutating func chooseEqual(_ call: Invocation) throws(Stop) {
    // With one argument it is the usual way to write a comment.
    if call.count == 1 { return }
    if call.count < 3 {
      if !isQuiet { try warn("Warning: too few arguments to builtin `\(argument(0, of: call))'") }
      return
    }
    if call.count % 3 == 2, call.count > 3, !isQuiet {
      try warn("Warning: excess arguments to builtin `\(argument(0, of: call))' ignored")
    }
    var first = 1
    while true {
      if areEqual(first, first + 1, of: call) {
        pushArgument(first + 2, of: call)
        return
      }
      switch call.count - first + 1 {
      case 3: return
      case 4, 5:
        pushArgument(first + 3, of: call)
        return
      default: first += 3
      }
    }
  }

  private mutating func areEqual(_ one: Int, _ other: Int, of call: Invocation) -> Bool {
    if call.hasReferences {
      spellOutArgument(one, of: call)
      spellOutArgument(other, of: call)
    }
    return equal(argument(one, of: call), argument(other, of: call))
  }

  mutating func shift(_ call: Invocation) {
    if let reference = reference(toArgumentsOf: call, from: 2) { return pushReference(reference) }
    appendArguments(of: call, from: 2, quoted: true)
    pushBuiltText()
  }
}
