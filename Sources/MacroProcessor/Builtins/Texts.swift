// Texts.swift: index, substr, translit, and the changes of quotes and comments.

extension Processor {
  mutating func findIndex(_ call: Invocation) {
    pushNumber(firstIndex(of: argument(2, of: call), in: argument(1, of: call)) ?? -1)
  }

  mutating func substring(_ call: Invocation) throws(Stop) {
    let text = argument(1, of: call)
    guard let start = try number(2, of: call) else { return }
    var length = Int32.max
    if call.count >= 3 {
      guard let given = try number(3, of: call) else { return }
      length = given
    }
    guard start >= 0, length > 0, Int(start) < text.count else { return }
    pushText(Bytes(rebasing: text[Int(start)...].prefix(Int(length))))
  }

  /// translit: bytes of one set to those of another; ranges in both.
  mutating func transliterate(_ call: Invocation) {
    let text = argument(1, of: call)
    var from = RangeBytes(argument(2, of: call))
    var to = RangeBytes(argument(3, of: call))
    // What becomes of each byte: kept (-1), left out (-2), or another.
    withUnsafeTemporaryAllocation(of: Int16.self, capacity: 256) { target in
      target.initialize(repeating: -1)
      while let byte = from.next() {
        let new = to.next().map { Int16($0) } ?? -2
        if target[Int(byte)] == -1 { target[Int(byte)] = new }
      }
      for byte in text {
        let new = target[Int(byte)]
        if new == -1 { arena.append(byte) } else if new >= 0 { arena.append(UInt8(new)) }
      }
    }
    pushBuiltText()
  }

  /// changequote: without arguments the defaults; an empty first one means no quotes.
  mutating func changeQuotes(_ call: Invocation) {
    let (open, close) =
      call.count == 0 ? (Array("`".utf8), Array("'".utf8)) : delimiters(call, close: "'")
    open.withUnsafeBufferPointer { open in
      close.withUnsafeBufferPointer { syntax.changeQuotes(open: open, close: $0) }
    }
    if syntax.spansLines { readWholeStream() }
  }

  /// changecom: without arguments there are no comments.
  mutating func changeComments(_ call: Invocation) {
    let (open, close) = call.count == 0 ? ([], []) : delimiters(call, close: "\n")
    open.withUnsafeBufferPointer { open in
      close.withUnsafeBufferPointer { syntax.changeComments(open: open, close: $0) }
    }
    if syntax.spansLines { readWholeStream() }
  }

  private func delimiters(
    _ call: Invocation, close: String
  ) -> (open: [UInt8], close: [UInt8]) {
    let first = Array(argument(1, of: call))
    let second = Array(argument(2, of: call))
    // An open delimiter without a close one would swallow the rest of the input.
    let isMissing = call.count < 2 || (second.isEmpty && !first.isEmpty)
    return (first, isMissing ? Array(close.utf8) : second)
  }
}

/// The bytes of a set, one by one: `a-e` is `abcde`, `e-a` is `edcba`; a dash at either end is itself.
private struct RangeBytes: IteratorProtocol {
  private let text: Bytes
  private var index = 0
  /// The byte that was given last, and the end of the range that is under way.
  private var last: UInt8?
  private var end: UInt8?

  init(_ text: Bytes) { self.text = text }

  mutating func next() -> UInt8? {
    while true {
      if let last, let end, last != end { return give(last < end ? last + 1 : last - 1) }
      end = nil
      guard index < text.count else { return nil }
      guard text[index] == UInt8(ascii: "-"), last != nil, index + 1 < text.count else {
        index += 1
        return give(text[index - 1])
      }
      end = text[index + 1]
      index += 2
    }
  }

  private mutating func give(_ byte: UInt8) -> UInt8 {
    last = byte
    return byte
  }
}
