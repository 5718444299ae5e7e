// FrozenState+Reading.swift: a processor that goes on where another stopped (-R).
//
// The format is drawn in FrozenState+Writing.swift. The file is in memory as a whole, and
// every length is held against what is left of it before anything is taken.
//
// Fails: at the first fault, in GNU m4's words and with the line where GNU m4 sees it; with
// status 63 where the file is of a newer version. Text for diversion 0 is out by then.

import Posix

extension Processor {
  /// Takes over the state that a file holds. The processor must be one without builtins.
  package mutating func reloadState(from path: [UInt8]) throws(ProcessorExit) {
    let contents: FileText
    switch find(path) {
    case .success(let found): contents = found.contents
    case .failure(let error):
      say(.fatal, "cannot open \(path): \(error)", at: .none)
      throw ProcessorExit(status: 1)
    }
    do throws(Stop) {
      site.location = Location(file: fileNumber(path), line: 1)
      try withExtendedLifetime(contents) { () throws(Stop) in try reload(contents.bytes) }
      site.location = .none
    } catch {
      try? diversions.flush()
      guard case .exit(let status) = error else { throw ProcessorExit(status: 1) }
      throw ProcessorExit(status: status)
    }
  }

  private mutating func reload(_ contents: Bytes) throws(Stop) {
    var reader = FrozenStateReader(contents)
    do throws(FrozenStateReader.Fault) {
      try reader.readVersion()
      while let directive = try reader.nextDirective() {
        site.location.line = reader.line
        try carryOut(directive)
      }
    } catch {
      site.location.line = reader.line
      switch error {
      case .stop(let stop): throw stop
      case .text(let text):
        say(.fatal, text, at: site.location)
        throw .exit(1)
      case .newerVersion(let version):
        say(
          .fatal, "frozen file version \(version) greater than max supported of 1",
          at: site.location)
        // EX_MISMATCH, which only GNU m4 knows.
        throw .exit(63)
      }
    }
  }

  private mutating func carryOut(
    _ directive: FrozenStateReader.Directive
  ) throws(FrozenStateReader.Fault) {
    switch directive {
    case .quotes(let open, let close): syntax.changeQuotes(open: open, close: close)
    case .comments(let open, let close): syntax.changeComments(open: open, close: close)
    case .diversion(let number, let text):
      diversions.divert(to: number)
      diversions.put(text)
    case .builtin(let name, let builtin):
      let symbol = symbols.intern(name)
      symbols.define(symbol, builtin: Builtin.named(builtin) ?? .placeholder, push: true)
    case .text(let name, let text):
      do throws(Stop) { try warnOfSequences(in: text, for: name) } catch { throw .stop(error) }
      symbols.define(symbols.intern(name), text: text, push: true)
    }
  }
}

/// Reads a frozen state's directives one after the other.
struct FrozenStateReader {
  enum Fault: Error {
    case text(MessageText)
    case newerVersion(Int)
    case stop(Stop)
  }

  enum Directive {
    case quotes(Bytes, Bytes)
    case comments(Bytes, Bytes)
    case diversion(Int32, Bytes)
    case builtin(Bytes, Bytes)
    case text(Bytes, Bytes)
  }

  private let contents: Bytes
  private var at = 0
  private(set) var line: Int32 = 1
  /// Whether the byte read last ended a line: the next one is on the next line.
  private var isAtLineEnd = false

  init(_ contents: Bytes) { self.contents = contents }

  mutating func readVersion() throws(Fault) {
    guard try nextLetter() == UInt8(ascii: "V") else {
      throw .text("expecting character `V' in frozen file")
    }
    var next = readByte()
    let version = try number(from: &next, mayBeNegative: false)
    guard version <= 1 else { throw .newerVersion(version) }
    guard version == 1 else {
      throw .text("ill-formed frozen file, version directive expected")
    }
    try expectNewline(next)
  }

  /// nil at the end of the file.
  mutating func nextDirective() throws(Fault) -> Directive? {
    guard let letter = try nextLetter() else { return nil }
    guard Array("CDFQT".utf8).contains(letter) else { throw .text("ill-formed frozen file") }
    var next = readByte()
    let first = try number(from: &next, mayBeNegative: letter == UInt8(ascii: "D"))
    guard next == UInt8(ascii: ",") else {
      throw .text("expecting character `,' in frozen file")
    }
    next = readByte()
    let second = try number(from: &next, mayBeNegative: false)
    try expectNewline(next)
    if letter == UInt8(ascii: "D") {
      let text = try take(second)
      try expectNewline(readByte())
      return .diversion(Int32(truncatingIfNeeded: first), text)
    }
    let (one, other) = (try take(first), try take(second))
    try expectNewline(readByte())
    switch letter {
    case UInt8(ascii: "C"): return .comments(cut(one), cut(other))
    case UInt8(ascii: "Q"): return .quotes(cut(one), cut(other))
    case UInt8(ascii: "F"): return .builtin(cut(one), cut(other))
    default: return .text(cut(one), cut(other))
    }
  }

  /// The first byte of the next directive, behind empty lines and comments.
  private mutating func nextLetter() throws(Fault) -> UInt8? {
    while let byte = readByte() {
      if byte == 0x0A { continue }
      guard byte == UInt8(ascii: "#") else { return byte }
      var next = readByte()
      while let byte = next, byte != 0x0A { next = readByte() }
      try expectNewline(next)
    }
    return nil
  }

  /// Digits from `next` on; none are 0. `next` is then the byte behind them.
  private mutating func number(
    from next: inout UInt8?, mayBeNegative: Bool
  ) throws(Fault) -> Int {
    let isNegative = mayBeNegative && next == UInt8(ascii: "-")
    if isNegative { next = readByte() }
    var value = 0
    while let digit = next, Processor.isDigit(digit) {
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
      guard value <= Int(Int32.max) + (isNegative ? 1 : 0) else {
        throw .text("integer overflow in frozen file")
      }
      next = readByte()
    }
    return isNegative ? -value : value
  }

  private func expectNewline(_ byte: UInt8?) throws(Fault) {
    guard byte == 0x0A else { throw .text("expecting line feed in frozen file") }
  }

  private mutating func take(_ count: Int) throws(Fault) -> Bytes {
    guard count <= contents.count - at else { throw .text("premature end of frozen file") }
    let text = Bytes(rebasing: contents[at..<at + count])
    at += count
    line &+= Int32(truncatingIfNeeded: text.count { $0 == 0x0A })
    return text
  }

  private mutating func readByte() -> UInt8? {
    if isAtLineEnd {
      line &+= 1
      isAtLineEnd = false
    }
    guard at < contents.count else { return nil }
    let byte = contents[at]
    at += 1
    isAtLineEnd = byte == 0x0A
    return byte
  }

  /// Names and texts end at a NUL byte, as C's do.
  private func cut(_ text: Bytes) -> Bytes {
    Bytes(rebasing: text[..<(firstIndex(of: 0, in: text) ?? text.count)])
  }
}
