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
// and CR a blank (Postfix). Where the rule says so, LF `.` LF ends a message whose first line
// ended in LF, too: no host that relays mail writes such a one.
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
    /// Mended, and LF `.` LF may end a message.
    case lines
  }

  private enum State: Sendable {
    case lineStart, dot, dotReturn, text, textReturn
  }

  private let loneEnds: LoneEnds
  private var state = State.lineStart
  /// Bytes of the line being read, as they are handed on.
  private var lineLength = 0
  /// The longest line so far, without its line end.
  package private(set) var longestLine = 0
  /// An LF alone was mended.
  package private(set) var hasBareLineFeed = false
  /// How the first line ended, and the one before this.
  private var firstEndIsBare: Bool?
  private var lastEndIsBare = false

  package init(_ loneEnds: LoneEnds = .faults) { self.loneEnds = loneEnds }

  private static let lineEnd: Bytes = [.carriageReturn, .newline]
  private static let carriageReturn: Bytes = [.carriageReturn]
  private static let blank: Bytes = [.blank]

  /// Whether LF alone may end this message.
  private var endsByLineFeed: Bool {
    if case .lines = loneEnds { firstEndIsBare ?? true } else { false }
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
        state = .dotReturn
        // Not content until the byte after it says so, which it never does.
        start = index + 1
      case .dot where byte == .newline && endsByLineFeed:
        input = input[(index + 1)...]
        state = .lineStart
        return .ended
      case .dotReturn where byte == .newline:
        if !lastEndIsBare || endsByLineFeed {
          input = input[(index + 1)...]
          state = .lineStart
          return .ended
        }
        content(Self.lineEnd[...])
        start = index + 1
        endLine()
      case .textReturn where byte == .newline:
        // The CR was the last byte of an earlier chunk and kept back.
        if index == input.startIndex { content(Self.carriageReturn[...]) }
        endLine()
      case .dotReturn, .textReturn:
        if case .faults = loneEnds { return .fault(.bareCarriageReturn) }
        // Not the end of a line: this byte is read as text.
        if byte != .carriageReturn { content(Self.blank[...]) }
        lineLength += 1
        start = index
        state = .text
        continue
      case .lineStart, .dot, .text:
        let end = input.next(.newline, from: index) ?? input.endIndex
        state = .text
        let mark = input[..<end].next(.carriageReturn, from: index)
        lineLength += (mark ?? end) - index
        if let mark {
          index = mark + 1
          if index == end, end < input.endIndex {
            endLine()
            index = end + 1
          } else if index == input.endIndex {
            handOn(mark)
            start = index
            state = .textReturn
          } else {
            if case .faults = loneEnds { return .fault(.bareCarriageReturn) }
            handOn(mark)
            start = index
            state = .textReturn
          }
          continue
        }
        index = end
        guard end < input.endIndex else { continue }
        if case .faults = loneEnds { return .fault(.bareLineFeed) }
        handOn(end)
        content(Self.lineEnd[...])
        hasBareLineFeed = true
        endLine(isBare: true)
        index = end + 1
        start = index
        continue
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
