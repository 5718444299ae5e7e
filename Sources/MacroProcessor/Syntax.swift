// Syntax.swift: what each byte can begin.
//
// Quotes and comments can be changed at any time, so the bytes that may begin
// something are found through a table of 256 classes, made anew at each change.
// The scanner runs over bytes of class 0 without looking closer.

/// A delimiter of one or more bytes; empty means that there is none.
struct Delimiter: ~Copyable {
  private(set) var text = ByteBuffer(capacity: 8)

  init(_ bytes: StaticString) {
    text.append(bytes.utf8Start, bytes.utf8CodeUnitCount)
  }

  mutating func set(_ bytes: Bytes) {
    text.truncate(to: 0)
    text.append(bytes)
  }

  @inline(__always) var count: Int { text.count }
  @inline(__always) var first: UInt8 { text.base[0] }
  var bytes: Bytes { text.bytes }
}

struct Syntax: ~Copyable {
  /// What a byte can be, as bits.
  enum Class {
    static let wordStart: UInt8 = 1
    static let wordPart: UInt8 = 2
    static let quote: UInt8 = 4
    static let comment: UInt8 = 8
    /// Parentheses and commas, which count among arguments only.
    static let argument: UInt8 = 16
    static let space: UInt8 = 32
  }

  let classes: UnsafeMutablePointer<UInt8>
  var openQuote = Delimiter("`")
  var closeQuote = Delimiter("'")
  var openComment = Delimiter("#")
  var closeComment = Delimiter("\n")

  init() {
    classes = .allocate(capacity: 256)
    classify()
  }

  deinit { classes.deallocate() }

  /// Raised by each change, for what was found out under one syntax.
  private(set) var version: Int32 = 0
  /// Whether a text in quotes may be handed on without looking at it, if its own quotes are paired.
  private(set) var allowsReferences = true

  /// Whether both quotes are single bytes and differ: the common, fast case.
  @inline(__always)
  var hasPlainQuotes: Bool {
    openQuote.count == 1 && closeQuote.count == 1 && openQuote.first != closeQuote.first
  }

  mutating func changeQuotes(open: Bytes, close: Bytes) {
    openQuote.set(open)
    closeQuote.set(close)
    classify()
  }

  mutating func changeComments(open: Bytes, close: Bytes) {
    openComment.set(open)
    closeComment.set(close)
    classify()
  }

  private mutating func classify() {
    for value in 0..<256 {
      classes[value] = Self.fixedClasses(of: UInt8(truncatingIfNeeded: value))
    }
    if openQuote.count > 0 { classes[Int(openQuote.first)] |= Class.quote }
    if openComment.count > 0 { classes[Int(openComment.first)] |= Class.comment }
    version &+= 1
    allowsReferences = hasPlainQuotes && classes[Int(openQuote.first)] == Class.quote
  }

  private static func fixedClasses(of byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "_"):
      Class.wordStart | Class.wordPart
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Class.wordPart
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: ","): Class.argument
    case 0x20, 0x09...0x0D: Class.space
    default: 0
    }
  }
}
