// Scanning.swift: the loop that everything goes through.
//
// Text that no macro, quote or comment interrupts is not copied piece by piece:
// the scanner remembers where the run began and hands it on whole. Words are
// looked up in place. A call does not recurse: its frame goes onto a stack and
// the same loop goes on, collecting arguments, so that nesting is limited by
// memory alone.
//
//   no frame:  runs go to the current diversion
//   a frame:   runs go to the text of the argument that is being collected,
//              and parentheses and commas count
//
// Fails: `Stop` ends everything: m4exit, or a fault after which m4 gives up.

import CShims

/// Why expansion ended before its input did.
enum Stop: Error {
  /// m4exit, or the end of the process after a fatal fault.
  case exit(Int32)
}

extension Processor {
  /// Expands until the input is used up.
  mutating func expandInput() throws(Stop) {
    while true {
      try scanBlock()
      guard !blocks.isEmpty else { break }
      switch blocks.top.kind {
      case .reference: takeReference()
      case .builtin:
        takeBuiltinArgument()
        uncover()
      case .text, .file: uncover()
      }
    }
    if !frames.isEmpty { throw endOfFileInArguments() }
  }

  /// Scans the top block to its end, and texts below it.
  private mutating func scanBlock() throws(Stop) {
    let classes = syntax.classes
    var stops = stopClasses
    var runStart = cursor
    var at = cursor
    var end = limit
    while true {
      while true {
        while at < end, classes[Int(at.pointee)] & stops == 0 { at += 1 }
        guard at < end else { break }
        let kinds = classes[Int(at.pointee)]
        if kinds & Syntax.Class.comment != 0, startsComment(at) {
          emit(runStart, at)
          cursor = at
          try copyComment()
        } else if kinds & Syntax.Class.wordStart != 0 {
          let wordStart = at
          at += 1
          while at < end, classes[Int(at.pointee)] & Syntax.Class.wordPart != 0 { at += 1 }
          if at == end, wordGoesOnBelow() {
            emit(runStart, wordStart)
            cursor = at
            try joinWord(wordStart, at)
          } else {
            guard let symbol = symbols.findDefined(wordStart, at - wordStart) else {
              if provenance.isOn, isReadingMain { noteWord(wordStart, at) }
              continue
            }
            if isBlind(symbol, at) {
              if provenance.isOn { noteBlindWord(wordStart, at) }
              continue
            }
            emit(runStart, wordStart)
            cursor = at
            try call(symbol)
          }
        } else if kinds & Syntax.Class.quote != 0, startsQuote(at) {
          emit(runStart, at)
          cursor = at
          if syntax.hasPlainQuotes, copyPlainQuoted() {
            at = cursor
            runStart = at
            continue
          }
          try copyQuoted()
        } else if kinds & Syntax.Class.argument != 0, !frames.isEmpty {
          let byte = at.pointee
          at += 1
          if byte == UInt8(ascii: "(") {
            frames.top.depth += 1
            continue
          }
          if frames.top.depth > 0 {
            if byte == UInt8(ascii: ")") { frames.top.depth -= 1 }
            continue
          }
          emit(runStart, at - 1)
          cursor = at
          finishArgument()
          if byte == UInt8(ascii: ")") {
            try finishCall()
          } else {
            beginArgument()
            while at < end, classes[Int(at.pointee)] == Syntax.Class.space { at += 1 }
            if at < end, classes[Int(at.pointee)] & Syntax.Class.space == 0 {
              runStart = at
              continue
            }
            cursor = at
            skipBlanks()
          }
        } else if kinds & Syntax.Class.terminator != 0 {
          // Nothing is left of it.
          emit(runStart, at)
          cursor = at + 1
        } else {
          at += 1
          continue
        }
        // Something was read or laid down: go on from where the input is now.
        at = cursor
        end = limit
        runStart = cursor
        stops = stopClasses
      }
      emit(runStart, at)
      cursor = at
      // What is below a used-up text is mostly text, too, and short.
      guard !blocks.isEmpty, blocks.top.kind == .text else { return }
      uncover()
      guard !blocks.isEmpty, blocks.top.kind == .text || blocks.top.kind == .file else { return }
      at = cursor
      end = limit
      runStart = cursor
      stops = stopClasses
    }
  }

  /// What interrupts a run here.
  @inline(__always)
  private var stopClasses: UInt8 {
    let always =
      Syntax.Class.wordStart | Syntax.Class.quote | Syntax.Class.comment | Syntax.Class.terminator
    return frames.isEmpty ? always : always | Syntax.Class.argument
  }

  /// Hands a run on: to the argument that is being collected or to the output.
  @inline(__always)
  private mutating func emit(_ from: UnsafePointer<UInt8>, _ to: UnsafePointer<UInt8>) {
    guard to > from else { return }
    if frames.isEmpty { emitOutside(from, to) } else { argumentText.append(from, to - from) }
  }

  private mutating func emitOutside(_ from: UnsafePointer<UInt8>, _ to: UnsafePointer<UInt8>) {
    let run = Bytes(start: from, count: to - from)
    if !diversions.append(run) { emitMarked(run: run) }
  }

  @inline(__always)
  mutating func emit(_ text: Bytes) {
    if frames.isEmpty {
      if !diversions.append(text) { emitMarked(run: text) }
    } else {
      argumentText.append(text)
    }
  }

  // MARK: Comments

  @inline(__always)
  private func startsComment(_ at: UnsafePointer<UInt8>) -> Bool {
    syntax.openComment.count == 1 || comesNext(syntax.openComment.bytes, at: at)
  }

  @inline(__always)
  private func startsQuote(_ at: UnsafePointer<UInt8>) -> Bool {
    syntax.openQuote.count == 1 || comesNext(syntax.openQuote.bytes, at: at)
  }

  /// Passes a comment on as it is, delimiters included.
  private mutating func copyComment() throws(Stop) {
    if syntax.hasPlainComments {
      let rest = Bytes(start: cursor + 1, count: limit - cursor - 1)
      if let end = firstIndex(of: syntax.closeComment.first, in: rest) {
        emit(cursor, cursor + end + 2)
        cursor += end + 2
        return
      }
    }
    let start = currentLocationOfNext()
    var comment = ByteBuffer()
    take(syntax.openComment.count, into: &comment)
    while !comesNextInStream(syntax.closeComment.bytes) {
      guard let byte = nextByte() else { throw fatal(.endOfFileInComment, at: start, from: .token) }
      comment.append(byte)
    }
    take(syntax.closeComment.count, into: &comment)
    emitToken(comment.bytes, at: start)
  }

  private mutating func take(_ count: Int, into buffer: inout ByteBuffer) {
    for _ in 0..<count { if let byte = nextByte() { buffer.append(byte) } }
  }

  // MARK: Quotes

  /// Passes quoted text on without its outer quotes.
  private mutating func copyQuoted() throws(Stop) {
    let start = currentLocationOfNext()
    if syntax.hasPlainQuotes, !frames.isEmpty { return try collectQuoted(startedAt: start) }
    // Nothing of a text that never ends is passed on, hence the buffer.
    var text = ByteBuffer()
    skip(syntax.openQuote.count)
    var depth = 1
    while true {
      if comesNextInStream(syntax.closeQuote.bytes) {
        depth -= 1
        if depth == 0 { break }
        take(syntax.closeQuote.count, into: &text)
      } else if comesNext(syntax.openQuote.bytes) {
        depth += 1
        take(syntax.openQuote.count, into: &text)
      } else {
        guard let byte = nextByte() else { throw fatal(.endOfFileInString, at: start, from: .token) }
        text.append(byte)
      }
    }
    skip(syntax.closeQuote.count)
    emitToken(text.bytes, at: start)
  }

  /// The text of a token ends at its first NUL byte, as C's texts do.
  private mutating func emitToken(_ text: Bytes, at start: Location) {
    let shown = Bytes(rebasing: text[..<(firstIndex(of: 0, in: text) ?? text.count)])
    guard diversions.refusesText, frames.isEmpty else { return emit(shown) }
    // The file is the one where the token ended, as GNU m4 has it.
    emitMarked(shown, at: Location(file: currentLocation().file, line: start.line))
  }

  /// Whether the delimiter comes next, also where it is still to be read from standard input.
  private mutating func comesNextInStream(_ delimiter: Bytes) -> Bool {
    if cursor == limit, !blocks.isEmpty, blocks[blocks.count - 1].isStream { _ = continueStream() }
    return comesNext(delimiter)
  }

  /// The same for single-byte quotes, within arguments and over several blocks; references stay what they are.
  private mutating func collectQuoted(startedAt start: Location) throws(Stop) {
    let (open, close) = (syntax.openQuote.first, syntax.closeQuote.first)
    let token = argumentText.count
    cursor += 1
    var depth = 1
    while true {
      let end = firstPlace(of: open, or: close, from: cursor, to: limit)
      argumentText.append(cursor, end - cursor)
      cursor = end
      guard end < limit else {
        try goOnInQuoted(startedAt: start)
        continue
      }
      depth += end.pointee == open ? 1 : -1
      cursor += 1
      if depth == 0 { break }
      argumentText.append(end.pointee)
    }
    // A line of it had the first NUL byte of all.
    if syntax.takesWholeTokens { cutAtNUL(from: token) }
  }

  private mutating func cutAtNUL(from start: Int) {
    let token = argumentText.slice(start, argumentText.count - start)
    if let end = firstIndex(of: 0, in: token) { argumentText.truncate(to: start + end) }
  }

  private mutating func goOnInQuoted(startedAt start: Location) throws(Stop) {
    guard !blocks.isEmpty else { throw fatal(.endOfFileInString, at: start, from: .token) }
    uncover()
    while !blocks.isEmpty, blocks.top.kind == .reference {
      guard canEmbedTop else { return spellOutReference() }
      embedTop(isQuoted: true)
    }
  }

  /// The same for single-byte quotes that end in the top block; false, with
  /// nothing read, where they do not.
  @inline(__always)
  private mutating func copyPlainQuoted() -> Bool {
    guard let end = waybill_closing_quote(cursor + 1, limit, syntax.openQuote.first, syntax.closeQuote.first)
    else { return false }
    emit(cursor + 1, end)
    cursor = end + 1
    return true
  }

  // MARK: Words

  @inline(__always)
  private func wordGoesOnBelow() -> Bool {
    guard blocks.count > 1, let next = peekBelow() else { return false }
    return syntax.classes[Int(next)] & Syntax.Class.wordPart != 0
  }

  /// A word that began in the used-up top block and goes on below.
  private mutating func joinWord(
    _ from: UnsafePointer<UInt8>, _ to: UnsafePointer<UInt8>
  ) throws(Stop) {
    var word = ByteBuffer()
    word.append(from, to - from)
    let start = currentSite(to - from)
    while let next = peekByte(), syntax.classes[Int(next)] & Syntax.Class.wordPart != 0 {
      word.append(next)
      _ = nextByte()
    }
    guard let symbol = symbols.findDefined(word.base, word.count), !isBlind(symbol, cursor) else {
      emitToken(word.bytes, at: start.location)
      return
    }
    try call(symbol, at: start)
  }

  /// Whether a parenthesis comes next that begins arguments.
  @inline(__always)
  mutating func argumentsFollow() -> Bool {
    guard peekByte() == UInt8(ascii: "(") else { return false }
    return !syntax.parenthesisMayDelimit || !delimiterFollows(cursor)
  }

  /// Whether a quoted string or a comment begins here.
  func delimiterFollows(_ at: UnsafePointer<UInt8>) -> Bool {
    comesNext(syntax.openQuote.bytes, at: at) || comesNext(syntax.openComment.bytes, at: at)
  }

  /// Whether the byte, which is the next one, is a blank that means nothing before an argument.
  @inline(__always)
  func isBlank(_ at: UnsafePointer<UInt8>) -> Bool {
    let classes = syntax.classes[Int(at.pointee)]
    guard classes & Syntax.Class.space != 0 else { return false }
    return classes & (Syntax.Class.quote | Syntax.Class.comment) == 0 || !delimiterFollows(at)
  }

  /// Whether the word is only a word here, because its builtin wants arguments. The byte that
  /// follows is known before the definition is.
  @inline(__always)
  private func isBlind(_ symbol: SymbolID, _ end: UnsafePointer<UInt8>) -> Bool {
    if end < limit, end.pointee == UInt8(ascii: "("), !syntax.parenthesisMayDelimit { return false }
    guard symbols[definition: symbols[symbol].definition].wantsArguments else { return false }
    guard (end < limit ? end.pointee : peekBelow()) == UInt8(ascii: "(") else { return true }
    return syntax.parenthesisMayDelimit && delimiterFollows(end)
  }

  /// Where the next byte stands.
  private mutating func currentLocationOfNext() -> Location {
    if provenance.isOn { provenance.token = (column(of: cursor), blocks.isEmpty ? -1 : blocks.top.call) }
    cursor += 1
    defer { cursor -= 1 }
    return currentLocation()
  }
}
