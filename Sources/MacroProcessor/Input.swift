// Input.swift: what is still to be read.
//
//        top ─► ┌ text: expansion of a macro, in the arena      ┐
//               │ builtin: the value that defn gave             │ each knows the line
//               │ file: a whole file in memory                  │ it belongs to
//               └ file: the file that included it               ┘
//
// m4 reads its own output again, so an expansion is laid on top and read before
// what follows the call. Tokens may run on from one block into the one below.
// A block of text is taken off as soon as it is used up, before the next
// expansion is laid down: a macro that calls itself at its end needs no depth.
//
// The scanner works on `cursor` and `limit`, the unread part of the top block.

/// Where something in the input stands, as numbers.
struct Location: BitwiseCopyable {
  /// Index into the processor's file names; 0 means none ("m4:" alone).
  var file: Int32
  var line: Int32

  static let none = Location(file: 0, line: 0)
}

/// Where a call stands.
struct CallSite: BitwiseCopyable {
  /// Of the name.
  var location = Location.none
  /// The line of a main file that led there.
  var origin = Location.none
  /// Whether the name itself stands in a main file.
  var isInMain = false
}

/// A piece of unread input.
struct InputBlock: BitwiseCopyable {
  enum Kind: UInt8 { case file, text, builtin }

  var kind: Kind
  /// Whether it is a file from the command line, not an included one.
  var isMain = false
  /// For `.builtin`.
  var builtin: Builtin?
  /// The unread part while another block is on top.
  var cursor: UnsafePointer<UInt8>
  var limit: UnsafePointer<UInt8>
  /// Of text: where the call stood. Of a file: the line of `counted`.
  var location: Location
  /// Up to here the newlines of a file were counted.
  var counted: UnsafePointer<UInt8>
  /// The line of a main file that led here.
  var origin: Location
  /// Whether standard input has more of this file.
  var isStream = false
  /// Gives back the memory of text.
  var mark: TextArena.Mark?
}

extension Processor {
  // MARK: Laying down

  /// Lays the text built in the arena on top of the input.
  @inline(__always)
  mutating func pushBuiltText() {
    let (text, mark) = arena.finish()
    guard let start = text.baseAddress, !text.isEmpty else { return }
    expandedBytes &+= text.count
    push(
      InputBlock(
        kind: .text, cursor: start, limit: start + text.count, location: site.location,
        counted: start, origin: site.origin, mark: mark))
  }

  mutating func pushBuiltin(_ builtin: Builtin) {
    push(
      InputBlock(
        kind: .builtin, builtin: builtin, cursor: emptyName, limit: emptyName,
        location: site.location, counted: emptyName, origin: site.origin))
  }

  /// Lays a file's contents, which must stay where they are, on top of the input.
  mutating func pushFile(_ contents: Bytes, name: Int32, isMain: Bool) {
    let start = contents.baseAddress ?? emptyName
    synclines.line = -1
    push(
      InputBlock(
        kind: .file, isMain: isMain, cursor: start, limit: start + contents.count,
        location: Location(file: name, line: 1), counted: start, origin: site.origin))
  }

  @inline(__always)
  private mutating func push(_ block: InputBlock) {
    if !blocks.isEmpty { blocks[blocks.count - 1].cursor = cursor }
    blocks.push(block)
    cursor = block.cursor
    limit = block.limit
  }

  // MARK: Taking off

  /// Takes used-up text off, so that what is pushed next does not pile up on it.
  @inline(__always)
  mutating func dropUsedUpText() {
    while cursor == limit, !blocks.isEmpty, blocks[blocks.count - 1].kind == .text { popBlock() }
  }

  /// Goes on to the block below the used-up one; false at the end of all input.
  @inline(__always)
  mutating func nextBlock() -> Bool {
    guard !blocks.isEmpty else { return false }
    popBlock()
    return !blocks.isEmpty
  }

  mutating func popBlock() {
    if blocks[blocks.count - 1].isStream, continueStream() { return }
    let block = blocks.pop()
    if let mark = block.mark { arena.release(mark) }
    if block.kind == .file { fileEnded(block) }
    guard !blocks.isEmpty else {
      cursor = emptyName
      limit = emptyName
      return
    }
    cursor = blocks[blocks.count - 1].cursor
    limit = blocks[blocks.count - 1].limit
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
    while index >= 0 {
      let block = blocks[index]
      if block.kind == .builtin { return nil }
      if block.cursor < block.limit { return block.cursor.pointee }
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
    var end = limit
    var index = blocks.count - 1
    while true {
      while from < end {
        guard from.pointee == wanted[done] else { return false }
        done += 1
        from += 1
        if done == delimiter.count { return true }
      }
      index -= 1
      guard index >= 0, blocks[index].kind != .builtin else { return false }
      from = blocks[index].cursor
      end = blocks[index].limit
    }
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
    guard !blocks.isEmpty else { return Location(file: 0, line: 0) }
    let top = blocks.count - 1
    guard blocks[top].kind == .file else { return blocks[top].location }
    let end = cursor - 1
    var from = blocks[top].counted
    var line = blocks[top].location.line
    while from < end, let newline = firstIndex(of: 0x0A, in: Bytes(start: from, count: end - from)) {
      line &+= 1
      from += newline + 1
    }
    blocks[top].location.line = line
    blocks[top].counted = max(end, from)
    return blocks[top].location
  }

  /// The site of a call whose name was just read.
  @inline(__always)
  mutating func currentSite() -> CallSite {
    let here = currentLocation()
    guard !blocks.isEmpty else { return CallSite(location: here, origin: here) }
    let isMain = blocks[blocks.count - 1].isMain
    return CallSite(
      location: here, origin: isMain ? here : blocks[blocks.count - 1].origin, isInMain: isMain)
  }
}
