// TableTextReader.swift: one pass over the source of a table.
//
// Works on the raw buffer, since a million lines go through it. Every position
// is kept below the buffer's end by `piece`, which finds the line first.

import Glibc

struct TableTextReader {
  let grammar: TableGrammar
  var entries: ContiguousArray<TableText.Entry>
  var faults: [TableFault]

  private var line: UInt32 = 0
  /// Whether what comes next continues a line that is too long.
  private var isInLine = false

  init(
    grammar: TableGrammar, entries: ContiguousArray<TableText.Entry>, faults: [TableFault]
  ) {
    self.grammar = grammar
    self.entries = entries
    self.faults = faults
  }

  /// - Parameter buffer: the text and one byte more.
  mutating func readAll(
    _ text: UnsafeMutableBufferPointer<UInt8>, in buffer: UnsafeMutableBufferPointer<UInt8>
  ) {
    var start = 0
    var nextNUL = find(0, in: text, from: 0, to: text.count) ?? text.count
    while start < text.count {
      let longest = min(start + TableGrammar.longestLine, text.count)
      let newline = find(newlineByte, in: text, from: start, to: longest)
      let end = newline.map { $0 + 1 } ?? longest
      if grammar.countsPieces || !isInLine { line &+= 1 }
      // makemap's reader knows that the input ends only when it wanted more.
      let endsInput = newline == nil && end - start < TableGrammar.longestLine
      if !isInLine || grammar.countsPieces, endsInput || newline != nil && nextNUL >= end {
        readLine(buffer, start, min(newline ?? end, nextNUL))
      } else if grammar.countsPieces || faults.last?.line != Int(line) {
        faults.append(TableFault(.lineTooLong, line: Int(line)))
      }
      isInLine = newline == nil
      start = end
      if nextNUL < end { nextNUL = find(0, in: text, from: end, to: text.count) ?? text.count }
    }
  }

  /// One line without its newline; the byte at `end` may be overwritten.
  private mutating func readLine(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) {
    guard start < end, buffer[start] != grammar.comment else { return }
    if grammar.separator == nil, isBlank(buffer[start]) {
      faults.append(TableFault(.leadingBlank, line: Int(line)))
      return
    }
    let keyEnd = endOfKey(buffer, start, end)
    if grammar.foldsKeys { fold(buffer, start, keyEnd) }
    var value = keyEnd
    while value < end, isSeparator(buffer[value]) { value += 1 }
    if value == end, !grammar.allowsEmptyValues {
      let key = Array(UnsafeMutableBufferPointer(rebasing: buffer[start..<keyEnd]))
      faults.append(TableFault(.missingValue(key: key), line: Int(line)))
      return
    }
    buffer[keyEnd] = 0
    buffer[end] = 0
    entries.append(
      TableText.Entry(
        keyStart: start, line: line, keyLength: UInt16(keyEnd - start),
        valueOffset: UInt16(value - start), valueLength: UInt16(end - value)))
  }

  @inline(__always)
  private func endOfKey(
    _ buffer: UnsafeMutableBufferPointer<UInt8>, _ start: Int, _ end: Int
  ) -> Int {
    var position = start
    if let separator = grammar.separator {
      while position < end, buffer[position] != separator { position += 1 }
    } else {
      while position < end, !isBlank(buffer[position]) { position += 1 }
    }
    return position
  }

  @inline(__always)
  private func isSeparator(_ byte: UInt8) -> Bool {
    grammar.separator.map { $0 == byte } ?? isBlank(byte)
  }

  @inline(__always)
  private func fold(_ buffer: UnsafeMutableBufferPointer<UInt8>, _ start: Int, _ end: Int) {
    for index in start..<end where buffer[index] &- 0x41 < 26 { buffer[index] |= 0x20 }
  }

  private func find(
    _ byte: UInt8, in text: UnsafeMutableBufferPointer<UInt8>, from start: Int, to end: Int
  ) -> Int? {
    guard let base = text.baseAddress, start < end,
      let hit = memchr(base + start, Int32(byte), end - start)
    else { return nil }
    return UnsafeRawPointer(base).distance(to: hit)
  }
}

private let newlineByte = UInt8(ascii: "\n")

/// Blank in the C locale: space, and tab to carriage return.
@inline(__always)
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 9 < 5 }
