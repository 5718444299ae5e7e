// DataDecoder.swift: what a client sends after DATA, without the dots, up to the end.
//
//                  "."               CR               LF
//     lineStart ---------> dot ----------> dotReturn ----> end of the message
//      |   ^               | any other byte: the dot is dropped
//      v   |  CR LF        v
//      text <---> return  text
//
// Only CR LF ends a line and only CR LF `.` CR LF ends the message: what one program takes for
// the end of a message and another for text is how a second message is smuggled in (RFC 5321,
// section 2.3.8). A CR or an LF alone is a fault (sendmail), or it is mended: LF becomes CR LF
// and CR a blank, and a dot alone between such ends is no line at all (Postfix). Where the rule
// says so, LF `.` LF ends a message whose first line ended in LF, too: no host that relays mail
// writes such a one.
//
// Content is handed on in slices of the input; only a dot that is dropped, what is mended or a
// CR at the border of two chunks cuts one.

import MailAddress

package struct DataDecoder: Sendable {
  package enum Outcome: Sendable, Equatable {
    /// All input is used up.
    case needsMore
    /// The end was read; what follows it is left in the input.
    case ended
    case fault(Fault)
  }

  package enum Fault: Sendable, Equatable {
    case bareCarriageReturn, bareLineFeed
  }

  /// What becomes of a CR or an LF alone.
  package enum LoneEnds: Sendable {
    case faults
    case mended
    /// Mended; CRs before CR LF are dropped, and LF `.` LF may end a message.
    case lines
  }

  private enum State: Sendable {
    case lineStart, dot, dotReturn, text, textReturn
  }

  private let loneEnds: LoneEnds
  private var state = State.lineStart
  /// Bytes of the line being read, as they are handed on.
  private var lineLength = 0
  /// CRs that were read and are not handed on before the byte behind them is known.
  private var heldReturns = 0
  /// The longest line so far, without its line end.
  package private(set) var longestLine = 0
  /// An LF alone was mended.
  package private(set) var hasBareLineFeed = false
  /// How the first line ended, and the one before this.
  private var firstEndIsBare: Bool?
  private var lastEndIsBare = false

  package init(_ loneEnds: LoneEnds = .faults) { self.loneEnds = loneEnds }

  private static let lineEnd: Bytes = [.carriageReturn, .newline]
  /// As many as are held back; what a client can make us add at once has an end.
  private static let blanks = Bytes(repeating: .blank, count: 1000)

  /// Whether LF alone may end this message.
  private var endsByLineFeed: Bool {
    loneEnds == .lines && (firstEndIsBare ?? true)
  }

  /// Takes input up to the end of the message, and hands on the content in order.
  package mutating func decode(
    _ input: inout ArraySlice<UInt8>, content: (ArraySlice<UInt8>) -> Void
  ) -> Outcome {
    // The first byte that is content and was not handed on yet.
    var start = input.startIndex
    var index = start
    func handOn(_ end: Int) {
      if start < end { content(input[start..<end]) }
    }
    while index < input.endIndex {
      let byte = input[index]
      switch state {
      case .lineStart where byte == .dot:
        handOn(index)
        start = index + 1
        state = .dot
      case .dot where byte == .carriageReturn:
        (state, heldReturns) = (.dotReturn, 1)
        start = index + 1
      case .dot where byte == .newline && loneEnds != .faults,
        .dotReturn where byte == .newline:
        let isBare = state == .dot
        if endsByLineFeed || !(isBare || lastEndIsBare) {
          input = input[(index + 1)...]
          state = .lineStart
          return .ended
        }
        hasBareLineFeed = true
        start = index + 1
        endLine(isBare: isBare)
      case .textReturn where byte == .newline:
        content(Self.lineEnd[...])
        start = index + 1
        endLine()
      case .dotReturn, .textReturn:
        if loneEnds == .faults { return .fault(.bareCarriageReturn) }
        start = index
        if byte == .carriageReturn, loneEnds == .lines, heldReturns < Self.blanks.count {
          state = .textReturn
          heldReturns += 1
          start = index + 1
        } else {
          content(Self.blanks.prefix(heldReturns))
          lineLength += heldReturns
          state = .text
          continue
        }
      case .lineStart, .dot, .text:
        let end = input.next(.newline, from: index) ?? input.endIndex
        state = .text
        let mark = input[..<end].next(.carriageReturn, from: index)
        lineLength += (mark ?? end) - index
        if let mark, mark + 1 == end, end < input.endIndex {
          endLine()
          index = end
        } else if let mark {
          handOn(mark)
          (state, heldReturns) = (.textReturn, 1)
          start = mark + 1
          index = mark
        } else if end < input.endIndex {
          if loneEnds == .faults { return .fault(.bareLineFeed) }
          handOn(end)
          content(Self.lineEnd[...])
          hasBareLineFeed = true
          endLine(isBare: true)
          start = end + 1
          index = end
        } else {
          index = end
          continue
        }
      }
      index += 1
    }
    handOn(input.endIndex)
    input = input[input.endIndex...]
    return .needsMore
  }

  private mutating func endLine(isBare: Bool = false) {
    longestLine = max(longestLine, lineLength)
    lineLength = 0
    state = .lineStart
    lastEndIsBare = isBare
    if firstEndIsBare == nil { firstEndIsBare = isBare }
  }
}
