// Slips.swift: slips of the pen, which m4 takes for text.
//
//     FEATURE(`x'))dnl       a parenthesis too many          `it isn't so'      an apostrophe ends the quote
//     FEATURE (`x')dnl       a call without arguments        FEATURE(`x')dn1    no dnl
//     FEATRUE(`x')dnl        a name that is no macro         dnlFEATURE(`x')    nor is this
//
// m4 has nothing against any of them, and what comes of them shows far away or not at all. Looked at are
// the files from the command line, outside of other calls' arguments; of text that goes nowhere, such as
// the prose at the top of many site files, only what looks like a call. All of it happens at calls and
// words, and only where provenance is kept.

import Diagnostics

/// Something odd in a file from the command line.
struct Slip {
  enum Kind: Equatable {
    /// A name before a parenthesis that is no macro.
    case unknown
    /// A macro that stands without the arguments that its text uses.
    case bare
    /// The same, with blanks between the name and its parenthesis.
    case detached
    /// A parenthesis that closes nothing.
    case parenthesis
    /// An apostrophe within a word, which ended a quote; or one that ends none.
    case apostrophe(isInWord: Bool)
    /// A word that was to be dnl.
    case misspeltDnl
    /// A word that dnl runs into, or that runs into dnl.
    case gluedDnl
  }

  let kind: Kind
  /// What is meant, and where it stands.
  let place: CallStep
  /// The call that it goes with.
  var call: CallStep?
}

extension Processor {
  private static var mostNoted: Int { 200 }
  /// So much of a line is looked at behind a call, and so much of a text before it.
  private static var lookAhead: Int { 200 }
  private static var lookBehind: Int { 2000 }

  // MARK: Calls

  /// Looks at a call with arguments, whose parenthesis was just read, and at what follows it on the line.
  mutating func noteSlips(around call: Invocation) {
    guard frames.isEmpty, isReadingMain, hasRoomForSlips,
      let start = startOfCall()
    else { return }
    noteApostrophe(from: start)
    if diversions.isDiscarding { return }
    noteParenthesis(behind: start)
    noteMisspeltDnl(behind: start)
  }

  @inline(__always)
  var isReadingMain: Bool { !blocks.isEmpty && blocks.top.kind == .file && blocks.top.isMain }
  private var hasRoomForSlips: Bool { provenance.slips.count < Self.mostNoted }
  /// Whether a text without quotes of its own can be taken apart by looking at it.
  private var hasUsualQuotes: Bool {
    syntax.hasPlainQuotes && syntax.openQuote.first == UInt8(ascii: "`") && syntax.closeQuote.first == UInt8(ascii: "'")
  }
  private var hasComments: Bool { syntax.openComment.count > 0 }

  /// Where the name of the call stands that is about to be carried out; nil where that is not in the top block.
  private mutating func startOfCall() -> UnsafePointer<UInt8>? {
    guard site.column > 0, let first = openFiles.last?.start else { return nil }
    var lines = currentLocation().line - site.location.line
    var at = cursor
    while at > first {
      if (at - 1).pointee == 0x0A {
        if lines == 0 { break }
        lines -= 1
      }
      at -= 1
    }
    let start = at + Int(site.column) - 1
    return lines == 0 && start < cursor ? start : nil
  }

  /// A quote that an apostrophe ended leaves the one that was to end it over.
  private mutating func noteApostrophe(from start: UnsafePointer<UInt8>) {
    guard hasUsualQuotes else { return }
    var depth = 0
    var inWord: UnsafePointer<UInt8>?
    var at = start
    while at < cursor {
      switch at.pointee {
      case UInt8(ascii: "`"): depth += 1
      case UInt8(ascii: "'") where depth > 0:
        depth -= 1
        if depth == 0, inWord == nil, isLetter((at - 1).pointee), isLetter((at + 1).pointee) { inWord = at }
      case UInt8(ascii: "'"): return note(.apostrophe(isInWord: inWord != nil), inWord ?? at, 1, behind: start)
      case UInt8(ascii: "#") where depth == 0 && hasComments: return
      default: break
      }
      at += 1
    }
  }

  /// A parenthesis that closes nothing: directly behind the call, before a dnl, or at the end of what
  /// looks like further arguments.
  private mutating func noteParenthesis(behind start: UnsafePointer<UInt8>) {
    let rest = restOfLine
    let listGoesOn = rest.first { !isBlank($0) } == UInt8(ascii: ",")
    var (depth, quotes) = (0, 0)
    guard hasUsualQuotes else { return }
    if rest.starts(with: "')".utf8), !hasOpenParenthesis(before: start) {
      return note(.apostrophe(isInWord: false), cursor, 1, behind: start)
    }
    for (index, byte) in rest.enumerated() {
      switch byte {
      case UInt8(ascii: "`"): quotes += 1
      case UInt8(ascii: "'") where quotes > 0: quotes -= 1
      case _ where quotes > 0: continue
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")") where depth > 0: depth -= 1
      case UInt8(ascii: ")"):
        let endsArgument = listGoesOn && (rest[index - 1] == UInt8(ascii: "'") || rest[index - 1] == UInt8(ascii: ")"))
        guard index == 0 || endsArgument || beginsDnl(rest[(index + 1)...]) else { return }
        if hasOpenParenthesis(before: start) { return }
        return note(.parenthesis, cursor + index, 1, behind: start)
      case UInt8(ascii: "d") where beginsDnl(rest[index...]): return
      case UInt8(ascii: "#") where hasComments: return
      default: continue
      }
    }
  }

  private func beginsDnl(_ text: Slice<Bytes>) -> Bool { text.prefix(3).elementsEqual(Self.dnl) }

  private static let dnl = Array("dnl".utf8)

  /// What follows the cursor on its line, or as much of it as matters.
  private var restOfLine: Bytes {
    let rest = Bytes(start: cursor, count: min(limit - cursor, Self.lookAhead))
    return Bytes(rebasing: rest.prefix { $0 != 0x0A })
  }

  /// Whether the paragraph has a parenthesis that is still open before a place.
  private func hasOpenParenthesis(before place: UnsafePointer<UInt8>) -> Bool {
    guard let first = openFiles.last?.start else { return false }
    let end = max(first, place - Self.lookBehind)
    var closed = 0
    var at = place - 1
    while at >= end {
      switch at.pointee {
      case UInt8(ascii: ")"): closed += 1
      case UInt8(ascii: "(") where closed == 0: return true
      case UInt8(ascii: "("): closed -= 1
      case 0x0A where at > end && (at - 1).pointee == 0x0A: return false
      default: break
      }
      at -= 1
    }
    return false
  }

  private mutating func noteMisspeltDnl(behind start: UnsafePointer<UInt8>) {
    let rest = restOfLine
    let blanks = rest.prefix { isBlank($0) }.count
    let word = Bytes(rebasing: rest[blanks...].prefix { syntax.classes[Int($0)] & Syntax.Class.wordPart != 0 })
    guard (2...5).contains(word.count), !word.elementsEqual(Self.dnl), symbols.findDefined(word) == nil,
      nearestName(to: String(decoding: word, as: UTF8.self), among: ["dnl"], within: 1) != nil
    else { return }
    note(.misspeltDnl, cursor + blanks, word.count, behind: start)
  }

  // MARK: Words

  /// Looks at a word of a main file that is no macro.
  mutating func noteWord(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    guard hasRoomForSlips else { return }
    let word = Bytes(start: start, count: end - start)
    if isGluedDnl(word) {
      note(.gluedDnl, start, end)
    } else if end < limit, end.pointee == UInt8(ascii: "(") {
      note(.unknown, start, end, once: true)
    }
  }

  private func isGluedDnl(_ word: Bytes) -> Bool {
    guard word.count > 3, frames.isEmpty, !diversions.isDiscarding else { return false }
    if word.prefix(3).elementsEqual(Self.dnl) { return true }
    return word.suffix(3).elementsEqual(Self.dnl) && symbols.findDefined(Bytes(rebasing: word.dropLast(3))) != nil
  }

  /// Looks at a macro's name that stands without arguments and is only a word so.
  mutating func noteBlindWord(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    guard isReadingMain, frames.isEmpty, hasRoomForSlips, isQuoteWithin(parenthesis(behind: end)) else { return }
    note(.detached, start, end)
  }

  /// Looks at a macro that stands without arguments, whose name was just read.
  mutating func noteBareCall(_ symbol: SymbolID, at here: CallSite) {
    guard here.isInMain, frames.isEmpty, isReadingMain, hasRoomForSlips, symbols[symbol].length <= cursor - blockStart,
      wantsArguments(symbol)
    else { return }
    let start = cursor - symbols[symbol].length
    let open = parenthesis(behind: cursor)
    // What goes nowhere may be prose.
    guard !diversions.isDiscarding || isQuoteWithin(open) else { return }
    if open != nil {
      note(.detached, start, cursor)
    } else if symbols[definition: symbols[symbol].definition].builtin == nil {
      note(.bare, start, cursor, once: true)
    }
  }

  private var blockStart: UnsafePointer<UInt8> { openFiles.last?.start ?? cursor }

  /// Whether a macro makes something of arguments.
  private func wantsArguments(_ symbol: SymbolID) -> Bool {
    let definition = symbols[definition: symbols[symbol].definition]
    if let builtin = definition.builtin { return builtin != .dnl && builtin != .divnum }
    return definition.hasParameters
      && Array("$1".utf8).withUnsafeBufferPointer { firstIndex(of: $0, in: definition.bytes) } != nil
  }

  /// The parenthesis that blanks keep from the name before it.
  private func parenthesis(behind end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8>? {
    var at = end
    while at < limit, isBlank(at.pointee) { at += 1 }
    return at > end && at < limit && at.pointee == UInt8(ascii: "(") ? at : nil
  }

  private func isQuoteWithin(_ open: UnsafePointer<UInt8>?) -> Bool {
    guard let open, open + 1 < limit else { return false }
    return syntax.openQuote.count == 1 && (open + 1).pointee == syntax.openQuote.first
  }

  private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  // MARK: Noting

  /// Notes a text of the top block that comes after the beginning of the call that is about to be carried out.
  private mutating func note(
    _ kind: Slip.Kind, _ place: UnsafePointer<UInt8>, _ length: Int, behind start: UnsafePointer<UInt8>
  ) {
    let lines = Bytes(start: start, count: place - start).count { $0 == 0x0A }
    let line = site.location.line &+ Int32(truncatingIfNeeded: lines)
    let call = step(start, symbols[provenance.records[Int(site.call)].name].length, line: site.location.line)
    provenance.slips.append(Slip(kind: kind, place: step(place, length, line: line), call: call))
  }

  /// Notes a word of the top block, up to which lines are counted.
  private mutating func note(
    _ kind: Slip.Kind, _ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, once: Bool = false
  ) {
    let word = Bytes(start: start, count: end - start)
    if once, provenance.slips.contains(where: { $0.kind == kind && $0.place.name.elementsEqual(word) }) { return }
    let reading = cursor
    cursor = end
    let line = currentLocation().line
    cursor = reading
    provenance.slips.append(Slip(kind: kind, place: step(start, word.count, line: line)))
  }

  private func step(_ start: UnsafePointer<UInt8>, _ length: Int, line: Int32) -> CallStep {
    CallStep(
      name: Array(Bytes(start: start, count: length)), file: fileNames[Int(blocks.top.location.file)], line: Int(line),
      column: Int(column(of: start)))
  }
}

extension Slip {
  /// - Parameter names: of all macros.
  func finding(_ names: [String]) -> Diagnostic? {
    let word = String(decoding: place.name, as: UTF8.self)
    let caller = call.map { String(decoding: $0.name, as: UTF8.self) } ?? ""
    switch kind {
    case .unknown:
      // Of a name so short, another one is always near.
      guard word.utf8.count > 2, !names.contains(word),
        let nearest = nearestName(to: word, among: names, within: max(1, word.utf8.count / 4))
      else { return nil }
      return Diagnostic(
        .warning, .init(.unknownMacro, "\(word) is no macro; the call stays text", fix: "did you mean \(nearest)?"),
        at: place.position, length: place.name.count)
    case .bare:
      return Diagnostic(
        .note,
        .init(
          .bareCall, "\(word) stands without the arguments that its text uses", fix: "write \(word)(…)"),
        at: place.position, length: place.name.count)
    case .detached:
      return Diagnostic(
        .warning,
        .init(
          .detachedCall, "\(word) stands without arguments: its parenthesis must follow it directly",
          fix: "write \(word)(…) without a blank"),
        at: place.position, length: place.name.count)
    case .parenthesis:
      return warning(
        "this ) closes nothing and goes to the output", fix: "take it out, or put text that contains a ) in quotes",
        [.init("\(caller), which begins here, has ended before", at: call?.position)])
    case .apostrophe(let isInWord):
      return warning(
        isInWord ? "the apostrophe within the text ends a quote" : "this ' ends no quote",
        fix: isInWord
          ? "write the word without an apostrophe, or change the quotes around it with changequote"
          : "begin quotes with ` and end them with '",
        [.init("within the arguments of \(caller), which begin here", at: call?.position)])
    case .misspeltDnl:
      return warning("\(word) is not dnl; it and the rest of the line go to the output", fix: "write dnl")
    case .gluedDnl:
      let isFirst = word.hasPrefix("dnl")
      let other = isFirst ? word.dropFirst(3) : word.dropLast(3)
      return warning(
        "\(word) is one word and no macro; it goes to the output",
        fix: isFirst ? "write dnl \(other)" : "write \(other) dnl")
    }
  }

  private func warning(_ text: String, fix: String, _ notes: [Diagnostic.Note] = []) -> Diagnostic {
    Diagnostic(.warning, .init(.slip, text, fix: fix), at: place.position, length: place.name.count, notes: notes)
  }
}
