// DataDecoder.swift: what a client sends after DATA, without the dots, up to the end.
//
//                  "."               CR               LF
//     lineStart ---------> dot ----------> dotReturn ----> end of the message
//      |   ^               | any other byte: the dot is dropped
//      v   |  CR LF        v
//      text <---> return  text
//
// Only CR LF ends a line and only CR LF `.` CR LF ends the message. A CR or an LF
// alone is a fault: what one program takes for the end of a message and another for
// text is how a second message is smuggled in (RFC 5321, section 2.3.8).
//
// Content is handed on in slices of the input; only a dot that is dropped or a CR at
// the border of two chunks cuts one.

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

  private enum State: Sendable {
    case lineStart, dot, dotReturn, text, textReturn
  }

  private var state = State.lineStart
  /// Bytes of the line being read, as they are handed on.
  private var lineLength = 0
  /// The longest line so far, without its line end.
  package private(set) var longestLine = 0

  package init() {}

  private static let carriageReturn: Bytes = [.carriageReturn]

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
      case .dotReturn:
        guard byte == .newline else { return .fault(.bareCarriageReturn) }
        input = input[(index + 1)...]
        state = .lineStart
        return .ended
      case .textReturn:
        guard byte == .newline else { return .fault(.bareCarriageReturn) }
        // The CR was the last byte of an earlier chunk and kept back.
        if index == input.startIndex { content(Self.carriageReturn[...]) }
        endLine()
      case .lineStart, .dot, .text:
        let end = input.next(.newline, from: index) ?? input.endIndex
        if let fault = readText(input, &index, upTo: end) { return .fault(fault) }
        if index == input.endIndex, state == .textReturn {
          handOn(index - 1)
          start = index
        }
        continue
      }
      index += 1
    }
    handOn(input.endIndex)
    input = input[input.endIndex...]
    return .needsMore
  }

  /// Reads a line, or what there is of it, from `index`; `end` is its LF or the end of input.
  private mutating func readText(
    _ input: ArraySlice<UInt8>, _ index: inout Int, upTo end: Int
  ) -> Fault? {
    let mark = input[..<end].next(.carriageReturn, from: index)
    lineLength += (mark ?? end) - index
    guard let mark else {
      guard end == input.endIndex else { return .bareLineFeed }
      index = end
      state = .text
      return nil
    }
    index = mark + 1
    if index == end, end < input.endIndex {
      endLine()
      index = end + 1
    } else if index == input.endIndex {
      state = .textReturn
    } else {
      return .bareCarriageReturn
    }
    return nil
  }

  private mutating func endLine() {
    longestLine = max(longestLine, lineLength)
    lineLength = 0
    state = .lineStart
  }
}
