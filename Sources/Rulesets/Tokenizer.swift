// Tokenizer.swift: text to tokens.
//
//     "J. Doe" <jd@x.example>   ->   "J. Doe"   <   jd   @   x   .   example   >
//
// Operators are tokens of their own, quoted text is one token, a backslash keeps
// what follows inside an atom. Text that is not balanced is repaired and the
// repair reported: a missing `"` or `>` is added, a `>` too many left out.
//
// Fails: text that is too long, and an address that holds a byte from 0x80 to 0x9F.

/// What the tokenizer has to say about a text.
package enum ScanProblem: Sendable, Equatable {
  case unbalanced(UInt8)
  case tooLong
  case tokenTooLong
  case refusedByte
  case tooManyTokens
}

/// Turns text into tokens of a table.
package final class Tokenizer {
  private let classes: ByteClasses
  private let table: TokenTable
  private var scratch: UnsafeMutablePointer<UInt8>
  private var scratchCapacity = 4096
  private var length = 0
  /// Stands for `$|` in the value of a map, the symbol that regex puts between parts. Only
  /// where operators stand on both sides it is a token of its own.
  static let otherwise: UInt8 = 0x9B

  /// The longest address, in bytes.
  package static let longestAddress = 255
  private static let longestToken = 256
  /// The most bytes of a header's address, with one more for each token.
  private static let longestList = 1250

  init(classes: ByteClasses, table: TokenTable) {
    self.classes = classes
    self.table = table
    scratch = .allocate(capacity: scratchCapacity)
  }

  deinit { scratch.deallocate() }

  /// How a scan ended.
  struct End {
    /// The index of the delimiter, or of the end.
    var index: Int
    /// Whether there is no result at all.
    var hasFailed = false
  }

  /// Whose text it is.
  package enum Source: Sendable {
    /// At most 255 bytes, repaired where it is not balanced.
    case address
    /// An address of any length, as people write it in a header: what stands in
    /// parentheses is left out, and no token may be longer than 256 bytes.
    case header
    /// Taken as it is. The bytes from 0x80 to 0x9F stand for symbols, each a token.
    case rule
    /// Like an address, of any length; what stands in parentheses is left out. The bytes
    /// from 0x80 to 0x9F are text like others.
    case value
    /// The same, with what stands in parentheses.
    case text

    var dropsComments: Bool { self == .header || self == .value }
    /// Whether the bytes from 0x80 to 0x9F are as good as letters.
    var takesEightBits: Bool { self == .value || self == .text }
    /// Whether tokens may be longer than an address could hold.
    var takesLongTokens: Bool { self == .rule || self == .address }
  }

  /// Appends the tokens of the text up to a delimiter outside of quotes; 0 is no delimiter.
  func scan(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int = 0, until delimiter: UInt8 = 0,
    as source: Source = .address, into output: TokenBuffer, problems: inout [ScanProblem]
  ) -> End {
    guard source != .address || text.count - start <= Self.longestAddress else {
      problems.append(.tooLong)
      return End(index: start, hasFailed: true)
    }
    reserve(2 * (text.count - start) + 8)
    length = 0
    var state = State(repairs: source != .rule, dropsComments: source.dropsComments)
    var index = start
    var seen = 0
    while index < text.count {
      let byte = text[index]
      if delimiter != 0, state.ends(at: byte, delimiter) { break }
      index += 1
      let kind = source.takesEightBits && byte > 0x7F ? .atom : classes[byte]
      if state.isPlain {
        switch kind {
        case .atom:
          append(byte)
          continue
        case .blank where source.takesLongTokens:
          finish(output)
          continue
        case .operation where source.takesLongTokens:
          single(byte, output)
          continue
        default: break
        }
      }
      if kind == .refused {
        if source == .address || source == .header {
          problems.append(.refusedByte)
          return End(index: index, hasFailed: true)
        }
        if !state.isQuoted {
          single(byte, output)
          continue
        }
      }
      if kind == .open, state.isPlain, Self.beginsRoute(text, index) { state.isRoute = true }
      take(byte, kind, &state, output, &problems)
      if !source.takesLongTokens, hasLongToken(output, from: seen) {
        problems.append(.tokenTooLong)
        return End(index: index - 1, hasFailed: true)
      }
      seen = output.count
    }
    if state.repairs { repair(&state, output, &problems) }
    finish(output)
    if !source.takesLongTokens, hasLongToken(output, from: seen) {
      problems.append(.tokenTooLong)
      return End(index: index, hasFailed: true)
    }
    if source == .header, output.all.reduce(0, { $0 + table.bytes($1).count + 1 }) > Self.longestList {
      problems.append(.tooLong)
      return End(index: index, hasFailed: true)
    }
    guard !output.hasOverflowed else {
      problems.append(.tooManyTokens)
      return End(index: index, hasFailed: true)
    }
    return End(index: index)
  }

  private func hasLongToken(_ output: TokenBuffer, from start: Int) -> Bool {
    output.count > start && output.all[start...].contains { table.bytes($0).count > Self.longestToken }
  }

  /// Behind `<` an `@` begins a route, in which commas do not end the address.
  private static func beginsRoute(_ text: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    text[index...].first { !isBlank($0) } == 0x40
  }

  /// Adds what is missing; a backslash at the end takes the first addition for itself.
  private func repair(
    _ state: inout State, _ output: TokenBuffer, _ problems: inout [ScanProblem]
  ) {
    while true {
      if state.isQuoted {
        problems.append(.unbalanced(0x22))
        take(0x22, .quote, &state, output, &problems)
      } else if state.openComments > 0 {
        problems.append(.unbalanced(0x28))
        state.openComments -= 1
        // What a backslash there took for itself is lost with the comment.
        state.isEscaped = false
      } else if state.openBrackets > 0 {
        problems.append(.unbalanced(0x3C))
        take(0x3E, .close, &state, output, &problems)
      } else {
        return
      }
    }
  }

  private struct State {
    let repairs: Bool
    let dropsComments: Bool
    var openComments = 0
    var isQuoted = false
    var isEscaped = false
    var openBrackets = 0
    var isRoute = false

    /// Whether nothing that came before changes what an atom's byte means.
    var isPlain: Bool { !isQuoted && !isEscaped && openComments == 0 }

    /// Whether the address is over; any blank is as good as the delimiter `0x20`.
    func ends(at byte: UInt8, _ delimiter: UInt8) -> Bool {
      guard byte == delimiter || delimiter == 0x20 && isBlank(byte) && !isEscaped else { return false }
      return !isQuoted && openComments == 0 && !isRoute && (openBrackets == 0 || delimiter == 0x2C)
    }
  }

  @inline(__always)
  private func take(
    _ byte: UInt8, _ kind: ByteClasses.Kind, _ state: inout State, _ output: TokenBuffer,
    _ problems: inout [ScanProblem]
  ) {
    if state.isEscaped {
      // The backslash is written with what it escapes, so that one at the very end vanishes.
      state.isEscaped = false
      if state.openComments > 0 { return }
      // `\!` is what shells make of `!`. The end of a folded line is as good as a blank.
      if byte != 0x21 || state.isQuoted {
        append(0x5C)
        append(byte == 0x0A && !state.isQuoted ? 0x20 : byte)
        return
      }
    }
    if state.dropsComments, !state.isQuoted, isComment(byte, kind, &state, output, &problems) {
      return
    }
    if state.isQuoted {
      if kind == .escape {
        state.isEscaped = true
        return
      }
      append(byte)
      if kind == .quote {
        state.isQuoted = false
        finish(output)
      }
      return
    }
    switch kind {
    case .atom, .refused: append(byte)
    case .blank: finish(output)
    case .escape: state.isEscaped = true
    case .quote:
      finish(output)
      append(byte)
      state.isQuoted = true
    case .open:
      state.openBrackets += 1
      single(byte, output)
    case .close where state.openBrackets == 0 && state.repairs: problems.append(.unbalanced(byte))
    case .close:
      state.openBrackets -= 1
      state.isRoute = false
      single(byte, output)
    case .operation: single(byte, output)
    }
  }

  /// Whether the byte belongs to a comment.
  private func isComment(
    _ byte: UInt8, _ kind: ByteClasses.Kind, _ state: inout State, _ output: TokenBuffer,
    _ problems: inout [ScanProblem]
  ) -> Bool {
    switch byte {
    case 0x28:
      if state.openComments == 0 { finish(output) }
      state.openComments += 1
    case 0x29 where state.openComments == 0: problems.append(.unbalanced(0x29))
    case 0x29: state.openComments -= 1
    default:
      if state.openComments > 0, kind == .escape { state.isEscaped = true }
      return state.openComments > 0
    }
    return true
  }

  @inline(__always)
  private func append(_ byte: UInt8) {
    scratch[length] = byte
    length += 1
  }

  @inline(__always)
  private func finish(_ output: TokenBuffer) {
    if length == 0 { return }
    let isSymbol = length == 1 && scratch[0] == Self.otherwise
    output.append(isSymbol ? TokenID(UInt8(0x7C)) : table.intern(scratch, length))
    length = 0
  }

  @inline(__always)
  private func single(_ byte: UInt8, _ output: TokenBuffer) {
    finish(output)
    output.append(byte == Self.otherwise ? TokenID(UInt8(0x7C)) : table.intern(byte))
  }

  private func reserve(_ size: Int) {
    guard size > scratchCapacity else { return }
    scratch.deallocate()
    scratchCapacity = size * 2
    scratch = .allocate(capacity: scratchCapacity)
  }
}
