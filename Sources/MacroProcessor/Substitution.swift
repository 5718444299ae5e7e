// Substitution.swift: the text of a macro, with its parameters filled in.
//
// A text with `$` is taken apart when it is first expanded; the parts are kept with the definition:
//
//     <$1:$@>     literal "<"  · argument 1  · literal ":"  · allQuoted  · literal ">"

/// A piece of a macro's text.
struct TemplatePart: BitwiseCopyable {
  enum Kind: UInt8 { case literal, argument, count, all, allQuoted, end }

  /// Of a literal: where it begins in the text. Of an argument: its number.
  let start: Int
  /// Of a literal. A longer one takes several pieces: of pieces there are many, so each is small.
  let length: UInt32
  let kind: Kind

  init(kind: Kind, start: Int = 0, length: UInt32 = 0) {
    (self.kind, self.start, self.length) = (kind, start, length)
  }
}

extension Processor {
  /// Lays the text of a macro on the input.
  @inline(__always)
  mutating func expandText(_ call: Invocation) {
    let definition = symbols[definition: call.definition]
    if definition.hasParameters {
      substitute(call, definition.template ?? takeApart(call.definition))
    } else if definition.length >= Reference.shortest {
      pushText(of: call.definition, definition.length)
    } else if let text = definition.text {
      arena.append(text, definition.length)
      pushBuiltText()
    }
  }

  private mutating func substitute(_ call: Invocation, _ parts: UnsafeMutablePointer<TemplatePart>) {
    if call.hasReferences || argumentBytes(call) >= Reference.shortest {
      spellOutTexts(call)
      if referAll(call, parts) { return }
    }
    build(call, parts)
    pushBuiltText()
  }

  /// Builds the text up to the end of the parts.
  @inline(__always)
  private mutating func build(_ call: Invocation, _ parts: UnsafeMutablePointer<TemplatePart>) {
    guard let text = symbols[definition: call.definition].text else { return }
    var part = parts
    while true {
      switch part.pointee.kind {
      case .literal: arena.append(text + part.pointee.start, Int(part.pointee.length))
      case .argument: arena.append(argument(part.pointee.start, of: call))
      case .count: appendNumber(call.count)
      case .all: appendArguments(of: call, from: 1, quoted: false)
      case .allQuoted: appendArguments(of: call, from: 1, quoted: true)
      case .end: return
      }
      part += 1
    }
  }

  /// Lays the text down with references to the arguments in the place of each `$@`; false, with
  /// nothing done, where there is no `$@` or it is better written out.
  private mutating func referAll(_ call: Invocation, _ parts: UnsafeMutablePointer<TemplatePart>) -> Bool {
    var places: [Int] = []
    var count = 0
    while parts[count].kind != .end {
      if parts[count].kind == .allQuoted { places.append(count) }
      count += 1
    }
    guard !places.isEmpty, let reference = reference(toArgumentsOf: call, from: 1) else { return false }
    // The last piece lies deepest.
    var end = count
    for place in places.reversed() {
      pushParts(call, parts, place + 1, end)
      retain(reference)
      pushReference(reference)
      end = place
    }
    pushParts(call, parts, 0, end)
    release(reference)
    return true
  }

  private mutating func pushParts(
    _ call: Invocation, _ parts: UnsafeMutablePointer<TemplatePart>, _ start: Int, _ end: Int
  ) {
    let part = parts[end]
    parts[end] = TemplatePart(kind: .end)
    build(call, parts + start)
    parts[end] = part
    pushBuiltText()
  }

  // MARK: Templates

  private mutating func takeApart(_ id: DefinitionID) -> UnsafeMutablePointer<TemplatePart> {
    let text = symbols[definition: id].bytes
    let parts = UnsafeMutablePointer<TemplatePart>.allocate(capacity: Self.countParts(text, isTraditional))
    var count = 0
    Self.forEachPart(of: text, isTraditional) { part in
      (parts + count).initialize(to: part)
      count += 1
    }
    symbols[definition: id].template = parts
    return parts
  }

  private static func countParts(_ text: Bytes, _ isTraditional: Bool) -> Int {
    var count = 0
    forEachPart(of: text, isTraditional) { _ in count += 1 }
    return count
  }

  @inline(__always)
  private static func forEachPart(of text: Bytes, _ isTraditional: Bool, _ body: (TemplatePart) -> Void) {
    var literal = 0
    var index = 0
    func endLiteral(at end: Int) {
      while literal < end {
        let length = UInt32(clamping: end - literal)
        body(TemplatePart(kind: .literal, start: literal, length: length))
        literal += Int(length)
      }
    }
    while let dollar = firstIndex(of: UInt8(ascii: "$"), in: Bytes(rebasing: text[index...])) {
      let start = index + dollar
      index = start + 1
      guard index < text.count else { break }
      var number = 0
      var length = 1
      let kind: TemplatePart.Kind
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        kind = .argument
        let digits = text[index...].prefix(isTraditional ? 1 : .max).prefix(while: isDigit)
        // Beyond any count of arguments the digits no longer matter.
        number = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), Int(Int32.max)) }
        length = digits.count
      case UInt8(ascii: "#"): kind = .count
      case UInt8(ascii: "*"): kind = .all
      case UInt8(ascii: "@"): kind = .allQuoted
      default: continue
      }
      endLiteral(at: start)
      body(TemplatePart(kind: kind, start: number))
      index += length
      literal = index
    }
    endLiteral(at: text.count)
    body(TemplatePart(kind: .end))
  }

  // MARK: Pieces

  /// Arguments joined by commas, as `$*` and `$@` give them.
  mutating func appendArguments(of call: Invocation, from first: Int, quoted: Bool) {
    let plain = quoted && syntax.hasPlainQuotes
    let (open, close) = plain ? (syntax.openQuote.first, syntax.closeQuote.first) : (0, 0)
    var index = first
    while index <= call.count {
      if index > first { arena.append(UInt8(ascii: ",")) }
      if plain {
        arena.append(open)
        arena.append(argument(index, of: call))
        arena.append(close)
      } else if quoted {
        arena.append(syntax.openQuote.bytes)
        arena.append(argument(index, of: call))
        arena.append(syntax.closeQuote.bytes)
      } else {
        arena.append(argument(index, of: call))
      }
      index += 1
    }
  }

  mutating func appendNumber(_ number: Int) {
    let digits = number.magnitude
    if number < 0 { arena.append(UInt8(ascii: "-")) }
    if digits < 10 {
      arena.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digits))
    } else {
      arena.append(decimal: digits)
    }
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
