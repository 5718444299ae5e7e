// Input.swift: what is still to be read.
//
//        top ─► ┌ text: expansion of a macro                    ┐
//               │ builtin: the value that defn gave             │ each knows the line
//               │ reference: quoted text that is not copied     │ it belongs to
//               │ file: a whole file in memory                  │
//               └ file: the file that included it               ┘
//
// m4 reads its own output again, so an expansion is laid on top and read before
// what follows the call. Tokens may run on from one block into the one below.
// A block of text is taken off as soon as it is used up, before the next
// expansion is laid down: a macro that calls itself at its end needs no depth.
//
// The scanner works on `cursor` and `limit`, the unread part of the top block.

import CShims

/// Where something in the input stands, as numbers.
///
/// In one word: each call copies it, and a processor waits where a word is read whole that was
/// just written in halves.
struct Location: BitwiseCopyable {
  private var word: UInt64

  @inline(__always)
  init(file: Int32, line: Int32) {
    word = UInt64(UInt32(bitPattern: file)) << 32 | UInt64(UInt32(bitPattern: line))
  }

  /// Index into the processor's file names; 0 means none ("m4:" alone).
  @inline(__always)
  var file: Int32 {
    get { Int32(truncatingIfNeeded: word >> 32) }
    set { self = Location(file: newValue, line: line) }
  }

  @inline(__always)
  var line: Int32 {
    get { Int32(truncatingIfNeeded: word) }
    set { self = Location(file: file, line: newValue) }
  }

  static let none = Location(file: 0, line: 0)
}

/// Where a call stands.
struct CallSite: BitwiseCopyable {
  /// Of the name.
  var location = Location.none
  /// The line of a main file that led there.
  var origin = Location.none
  /// The record of the call in whose expansion it stands, or -1; where these are kept.
  var call: Int32 = -1
  /// From 1, where it stands in a file and provenance is kept; else 0.
  var column: Int32 = 0
  /// Whether the name itself stands in a main file.
  var isInMain = false
}

/// A piece of unread input.
struct InputBlock: BitwiseCopyable {
  enum Kind: UInt8 { case file, text, builtin, reference }

  /// The unread part while another block is on top.
  var cursor: UnsafePointer<UInt8>
  var limit: UnsafePointer<UInt8>
  /// Of text: where the call stood. Of a file: the line of `counted`.
  var location: Location
  /// Up to here the newlines of a file were counted.
  var counted: UnsafePointer<UInt8>
  /// The line of a main file that led here.
  var origin: Location
  /// Gives back the memory of text in the arena.
  var mark = TextArena.Mark.none
  /// Holds the memory of text that is a definition's own.
  var definition: DefinitionID = -1
  /// The record of the call that laid it down, or -1.
  var call: Int32 = -1
  var kind: Kind
  /// Whether it is a file from the command line, not an included one.
  var isMain = false
  /// Whether more of this file is still to be read.
  var isStream = false
  /// Whether it is standard input, read to its end or not.
  var isStandardInput = false
  /// For `.builtin`.
  var builtin: Builtin?
}

extension Processor {
  // MARK: Laying down

  /// Lays the text built in the arena on top of the input.
  @inline(__always)
  mutating func pushBuiltText() {
    let (text, mark) = arena.finish()
    guard let start = text.baseAddress, !text.isEmpty else { return }
    push(
      InputBlock(
        cursor: start, limit: start + text.count, location: site.location, counted: start, origin: site.origin,
        mark: mark, call: site.call, kind: .text))
  }

  /// Lays the text of a definition on top, without copying it.
  mutating func pushText(of definition: DefinitionID, _ length: Int) {
    guard let start = symbols[definition: definition].bytes.baseAddress, length > 0 else { return }
    symbols.pin(definition)
    push(
      InputBlock(
        cursor: start, limit: start + length, location: site.location, counted: start, origin: site.origin,
        definition: definition, call: site.call, kind: .text))
  }

  mutating func pushBuiltin(_ builtin: Builtin) {
    push(
      InputBlock(
        cursor: emptyName, limit: emptyName, location: site.location, counted: emptyName, origin: site.origin,
        call: site.call, kind: .builtin, builtin: builtin))
  }

  /// Lays text on top that the caller has retained for the input.
  mutating func pushReference(_ reference: Reference) {
    blockReferences.push(reference)
    push(
      InputBlock(
        cursor: emptyName, limit: emptyName, location: site.location, counted: emptyName, origin: site.origin,
        call: site.call, kind: .reference))
  }

  /// Lays a file's contents, which must stay where they are, on top of the input.
  mutating func pushFile(_ contents: Bytes, name: Int32, isMain: Bool) {
    let start = contents.baseAddress ?? emptyName
    synclines.line = -1
    push(
      InputBlock(
        cursor: start, limit: start + contents.count, location: Location(file: name, line: 1), counted: start,
        origin: site.origin, call: isMain ? -1 : site.call, kind: .file, isMain: isMain))
  }

  @inline(__always)
  private mutating func push(_ block: InputBlock) {
    if !blocks.isEmpty { blocks.top.cursor = cursor }
    blocks.push(block)
    cursor = block.cursor
    limit = block.limit
  }

  // MARK: Taking off

  /// Takes used-up text off, so that what is pushed next does not pile up on it.
  @inline(__always)
  mutating func dropUsedUpText() {
    while cursor == limit, !blocks.isEmpty, blocks.top.kind == .text { uncover() }
  }

  /// Goes on to the block below the used-up one; false at the end of all input.
  @inline(__always)
  mutating func nextBlock() -> Bool {
    guard !blocks.isEmpty else { return false }
    popBlock()
    return !blocks.isEmpty
  }

  /// Takes the top block off; what is below can be read byte by byte.
  mutating func popBlock() {
    uncover()
    spellOutReference()
  }

  /// Takes the top block off; a reference may be what is below.
  @inline(__always)
  mutating func uncover() {
    if blocks.top.kind != .text, uncoverSpecial() { return }
    let block = blocks.pop()
    if block.definition >= 0 { symbols.unpin(block.definition) } else { arena.release(block.mark) }
    showTop()
  }

  @inline(__always)
  private mutating func showTop() {
    guard !blocks.isEmpty else {
      cursor = emptyName
      limit = emptyName
      return
    }
    cursor = blocks.top.cursor
    limit = blocks.top.limit
  }

  /// The same for what is not text; always true.
  private mutating func uncoverSpecial() -> Bool {
    if blocks.top.isStream, continueStream() { return true }
    let block = blocks.pop()
    switch block.kind {
    case .file: fileEnded(block)
    case .reference: release(blockReferences.pop())
    case .builtin, .text: break
    }
    showTop()
    return true
  }

  /// Where the top block is a reference, puts its text in its place.
  @inline(__always)
  mutating func spellOutReference() {
    if !blocks.isEmpty, blocks.top.kind == .reference { spellOut() }
  }

  private mutating func spellOut() {
    let block = blocks.pop()
    let reference = blockReferences.pop()
    reference.spell(into: &arena, argumentLists, symbols)
    release(reference)
    let (text, mark) = arena.finish()
    let start = text.baseAddress ?? emptyName
    blocks.push(
      InputBlock(
        cursor: start, limit: start + text.count, location: block.location, counted: start, origin: block.origin,
        mark: mark, call: block.call, kind: .text))
    showTop()
  }

  // MARK: Looking ahead

  /// The next byte of input, taking used-up blocks off on the way; nil at the end
  /// of all input or before a builtin.
  @inline(__always)
  mutating func peekByte() -> UInt8? {
    if cursor < limit { return cursor.pointee }
    return peekBelow()
  }

  /// What comes after the used-up top block, which stays: its file and line still count.
  func peekBelow() -> UInt8? {
    var index = blocks.count - 2
    var references = blockReferences.count - (blocks.isEmpty || blocks.top.kind != .reference ? 1 : 2)
    while index >= 0 {
      let block = blocks[index]
      switch block.kind {
      case .builtin: return nil
      case .reference:
        if let first = firstBytes(of: blockReferences[references], 1).first { return first }
        references -= 1
      case .text, .file: if block.cursor < block.limit { return block.cursor.pointee }
      }
      index -= 1
    }
    return nil
  }

  /// The next byte, taken; nil at the end of all input. A builtin on the way is lost.
  @inline(__always)
  mutating func nextByte() -> UInt8? {
    while cursor == limit {
      guard nextBlock() else { return nil }
    }
    let byte = cursor.pointee
    cursor += 1
    return byte
  }

  /// Whether the delimiter comes next, also where it runs over several blocks.
  func comesNext(_ delimiter: Bytes) -> Bool { comesNext(delimiter, at: cursor) }

  /// The same for a place in the top block.
  func comesNext(_ delimiter: Bytes, at start: UnsafePointer<UInt8>) -> Bool {
    guard let wanted = delimiter.baseAddress, !delimiter.isEmpty else { return false }
    var done = 0
    var from = start
    while from < limit {
      guard from.pointee == wanted[done] else { return false }
      done += 1
      from += 1
      if done == delimiter.count { return true }
    }
    return comesNextBelow(Bytes(rebasing: delimiter[done...]))
  }

  /// Whether the rest of a delimiter begins the blocks below the top one.
  private func comesNextBelow(_ rest: Bytes) -> Bool {
    var rest = rest[...]
    var index = blocks.count - 2
    var references = blockReferences.count - 1
    while index >= 0, !rest.isEmpty {
      let block = blocks[index]
      switch block.kind {
      case .builtin: return false
      case .reference:
        let bytes = firstBytes(of: blockReferences[references], rest.count)
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
        references -= 1
      case .text, .file:
        let bytes = Bytes(start: block.cursor, count: min(block.limit - block.cursor, rest.count))
        guard rest.starts(with: bytes) else { return false }
        rest = rest.dropFirst(bytes.count)
      }
      index -= 1
    }
    return rest.isEmpty
  }

  mutating func skip(_ count: Int) {
    for _ in 0..<count { _ = nextByte() }
  }

  // MARK: Lines

  /// Where the byte before the cursor stands.
  ///
  /// A newline belongs to the line that it ends. Newlines are counted only here,
  /// each once, so that reading itself need not look for them.
  @inline(__always)
  mutating func currentLocation() -> Location {
    guard !blocks.isEmpty else { return .none }
    return blocks.top.kind == .file ? locationInFile() : blocks.top.location
  }

  private mutating func locationInFile() -> Location {
    let (from, end) = (blocks.top.counted, cursor - 1)
    if from < end {
      blocks.top.location.line &+= Int32(truncatingIfNeeded: waybill_count(from, end, 0x0A))
      blocks.top.counted = end
    }
    return blocks.top.location
  }

  /// The site of a call whose name, of that length, was just read.
  @inline(__always)
  mutating func currentSite(_ length: Int) -> CallSite {
    guard !blocks.isEmpty else { return CallSite() }
    let here = currentLocation()
    let isMain = blocks.top.isMain
    var site = CallSite(
      location: here, origin: isMain ? here : blocks.top.origin, call: blocks.top.call, isInMain: isMain)
    if provenance.isOn { site.column = column(of: cursor - length) }
    return site
  }
}
