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
  fileprivate var spansLines: Bool { text.bytes.dropLast().contains(0x0A) }
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
    /// A byte that ends the text of the token it stands in.
    static let terminator: UInt8 = 64
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

  /// Whether quoted strings and comments must be looked at as a whole: some input has NUL
  /// bytes, which end their text, or their lines are to be marked.
  var takesWholeTokens = false { didSet { classify() } }
  /// Raised by each change, for what was found out under one syntax.
  private(set) var version: Int32 = 0
  /// Whether a text in quotes may be handed on without looking at it, if its own quotes are paired.
  private(set) var allowsReferences = true

  /// Whether both quotes are single bytes and differ: the common, fast case.
  private(set) var hasPlainQuotes = true
  /// Whether the same holds of comments; what ends one may be what begins it.
  private(set) var hasPlainComments = true
  /// Whether a parenthesis may begin a quoted string or a comment instead of arguments.
  private(set) var parenthesisMayDelimit = false
  /// Whether a delimiter runs on behind a newline, so that lines cannot be read one by one.
  private(set) var spansLines = false

  /// As bytes, for keeping.
  var delimiters: Pair { Pair(Array(openQuote.bytes), Array(closeQuote.bytes)) }
  var commentDelimiters: Pair { Pair(Array(openComment.bytes), Array(closeComment.bytes)) }

  struct Pair: Equatable {
    let open: [UInt8]
    let close: [UInt8]

    init(_ open: [UInt8], _ close: [UInt8]) { (self.open, self.close) = (open, close) }
  }

  static let usualQuotes = Pair(Array("`".utf8), Array("'".utf8))
  static let usualComments = Pair(Array("#".utf8), [0x0A])

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
    hasPlainQuotes =
      openQuote.count == 1 && closeQuote.count == 1 && openQuote.first != closeQuote.first
      && !takesWholeTokens
    hasPlainComments = openComment.count == 1 && closeComment.count == 1 && !takesWholeTokens
    parenthesisMayDelimit =
      classes[Int(UInt8(ascii: "("))] & (Class.quote | Class.comment) != 0
    spansLines =
      openQuote.spansLines || closeQuote.spansLines || openComment.spansLines
      || closeComment.spansLines
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
    case 0: Class.terminator
    default: 0
    }
  }
}
