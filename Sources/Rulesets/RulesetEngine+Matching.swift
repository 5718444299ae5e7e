// RulesetEngine+Matching.swift: does this rule match the workspace?
//
// A rule matches the whole workspace or nothing. Wildcards start with their
// shortest span and grow when a later operation does not fit, the last one first;
// so backtracking walks back over the spans and needs no recursion. A wildcard at
// the very end takes all that is left at once. A class takes the shortest run of
// tokens that is a member and, when the rest does not fit, the next longer one.

extension RulesetEngine {
  func match(
    _ operations: UnsafeBufferPointer<UInt32>, _ range: Range<Int>, _ frame: Frame
  ) -> Bool {
    let count = frame.buffer.count
    let folded = frame.folded
    var operation = range.lowerBound
    var position = 0
    frame.wildcards = 0
    while true {
      var fits = true
      while operation < range.upperBound {
        let code = operations[operation]
        switch code >> RuleOperation.shift {
        case RuleOperation.literal:
          fits = position < count && folded[position] == code & RuleOperation.argumentMask
          position += 1
        case RuleOperation.exactlyOne:
          fits = position < count
          if fits { take(frame, position, position + 1, operation) }
          position += 1
        case RuleOperation.oneOrMore, RuleOperation.anything:
          let fewest = code >> RuleOperation.shift == RuleOperation.oneOrMore ? 1 : 0
          fits = position + fewest <= count
          let isLast = operation + 1 == range.upperBound
          let end = isLast ? count : position + fewest
          if fits { take(frame, position, end, operation) }
          position = end
        case RuleOperation.inClass:
          let end = member(
            Int(code & RuleOperation.argumentMask), frame, from: position, beyond: position)
          fits = end >= 0
          if fits { take(frame, position, end, operation) }
          position = end
        case RuleOperation.notInClass:
          fits =
            position < count
            && !isMember(Int(code & RuleOperation.argumentMask), frame.buffer.tokens[position])
          if fits { take(frame, position, position + 1, operation) }
          position += 1
        case RuleOperation.lateMacro:
          let end = macro(Int(code & RuleOperation.argumentMask), frame, from: position)
          fits = end >= 0
          position = end
        default: break  // `$@` takes nothing.
        }
        if !fits { break }
        operation += 1
      }
      if fits, position == count { return true }
      guard grow(operations, frame, &operation, &position) else { return false }
    }
  }

  @inline(__always)
  private func take(_ frame: Frame, _ start: Int, _ end: Int, _ operation: Int) {
    frame.spans[frame.wildcards] = Frame.Span(
      start: Int32(truncatingIfNeeded: start), end: Int32(truncatingIfNeeded: end),
      operation: Int32(truncatingIfNeeded: operation))
    frame.wildcards += 1
  }

  /// Lets the last wildcard that can take more do so; the match goes on behind it.
  private func grow(
    _ operations: UnsafeBufferPointer<UInt32>, _ frame: Frame, _ operation: inout Int,
    _ position: inout Int
  ) -> Bool {
    let count = frame.buffer.count
    while frame.wildcards > 0 {
      let last = frame.wildcards - 1
      let span = frame.spans[last]
      let code = operations[Int(span.operation)]
      var end = -1
      switch code >> RuleOperation.shift {
      case RuleOperation.oneOrMore, RuleOperation.anything:
        if Int(span.end) < count { end = Int(span.end) + 1 }
      case RuleOperation.inClass:
        end = member(
          Int(code & RuleOperation.argumentMask), frame, from: Int(span.start),
          beyond: Int(span.end))
      default: break
      }
      if end >= 0 {
        frame.spans[last].end = Int32(truncatingIfNeeded: end)
        operation = Int(span.operation) + 1
        position = end
        return true
      }
      frame.wildcards = last
    }
    return false
  }

  /// The end of the shortest member of the class that begins here and ends behind `beyond`.
  private func member(_ index: Int, _ frame: Frame, from start: Int, beyond: Int) -> Int {
    let longest = classes.longest[index]
    let entries = table.entries
    var hash: UInt64 = 0
    var length = 0
    var wasAtom = false
    var end = start
    while end < frame.buffer.count {
      let entry = entries[Int(frame.buffer.tokens[end])]
      if wasAtom, entry.isAtom {
        hash = WordHash.step(hash, program.blank)
        length += 1
      }
      wasAtom = entry.isAtom
      hash = hash &* entry.power &+ entry.foldedHash
      length += Int(entry.length)
      if length > longest { return -1 }
      end += 1
      if end > beyond,
        classes.contains(hash, in: index, isWord: { isText(frame, start..<end, $0) })
      {
        return end
      }
    }
    return -1
  }

  private func isMember(_ index: Int, _ token: TokenID) -> Bool {
    let entry = table.entries[Int(token)]
    return classes.contains(entry.foldedHash, in: index) { word in
      let bytes = table.bytes(token)
      return word.count == bytes.count
        && zip(word, bytes).allSatisfy { WordHash.fold($0) == WordHash.fold($1) }
    }
  }

  /// Whether the tokens are written like the word; equal hashes alone prove nothing.
  private func isText(_ frame: Frame, _ range: Range<Int>, _ word: [UInt8]) -> Bool {
    var offset = 0
    var wasAtom = false
    for position in range {
      let token = frame.buffer.tokens[position]
      let isAtom = table.entries[Int(token)].isAtom
      if wasAtom, isAtom {
        guard offset < word.count, word[offset] == program.blank else { return false }
        offset += 1
      }
      wasAtom = isAtom
      for byte in table.bytes(token) {
        guard offset < word.count, WordHash.fold(word[offset]) == WordHash.fold(byte) else {
          return false
        }
        offset += 1
      }
    }
    return offset == word.count
  }

  /// The end of the tokens that spell out `$&x`, -1 when they do not.
  private func macro(_ number: Int, _ frame: Frame, from start: Int) -> Int {
    // At the end of the workspace not even an empty macro fits.
    guard start < frame.buffer.count else { return -1 }
    let value = macroText(number)
    observer?.didReadMacro(.left, number, value)
    guard let value else { return start }
    var offset = 0
    var end = start
    while offset < value.count {
      guard end < frame.buffer.count else { return -1 }
      for byte in table.bytes(frame.buffer.tokens[end]) {
        guard offset < value.count, WordHash.fold(value[offset]) == WordHash.fold(byte) else {
          return -1
        }
        offset += 1
      }
      end += 1
    }
    return end
  }
}
