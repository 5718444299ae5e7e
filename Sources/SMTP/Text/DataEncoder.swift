// DataEncoder.swift: a message as DATA carries it: CR LF, dots doubled, `.` at the end.
//
// Takes messages as they lie in a queue, whose lines end in LF or CR LF, in any
// chunks. A CR that is not before an LF would be no line end to one reader and one to
// another, so it is dropped, as is a NUL that no reader of mail expects.

import MailAddress

package struct DataEncoder: Sendable {
  private var isAtLineStart = true

  package init() {}

  /// Appends a chunk in the form it has on the wire.
  package mutating func encode(_ chunk: ArraySlice<UInt8>, into output: inout Bytes) {
    var index = chunk.startIndex
    while index < chunk.endIndex {
      let end = chunk.next(.newline, from: index)
      var text = chunk[index..<(end ?? chunk.endIndex)]
      // What is dropped does not begin a line: the dot behind it does.
      if isAtLineStart { text = text.drop { $0 == .carriageReturn || $0 == 0 } }
      if isAtLineStart, text.first == .dot { output.append(.dot) }
      appendText(text, into: &output)
      if !text.isEmpty { isAtLineStart = false }
      guard let end else { return }
      output += [.carriageReturn, .newline]
      isAtLineStart = true
      index = end + 1
    }
  }

  private func appendText(_ text: ArraySlice<UInt8>, into output: inout Bytes) {
    if text.next(.carriageReturn, from: text.startIndex) == nil, text.next(0, from: text.startIndex) == nil {
      output += text
    } else {
      output += text.lazy.filter { $0 != .carriageReturn && $0 != 0 }
    }
  }

  /// Ends the last line where it has no end, and the message.
  package mutating func finish(into output: inout Bytes) {
    if !isAtLineStart { output += [.carriageReturn, .newline] }
    output += [.dot, .carriageReturn, .newline]
    isAtLineStart = true
  }
}
