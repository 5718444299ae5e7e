// TestModeOutput.swift: what sendmail's test mode printed, answer by answer.
//
//     > 3,0 john@example.org        each prompt "> " begins an answer;
//     canonify         input: …     traces, of which only the last result counts
//     canonify       returns: …
//
// The output is long (a million lines for a full list of questions), so it is read in place,
// byte by byte from line to line, and here, where the optimizer sees it.

import Foundation

package struct TestModeOutput {
  /// What was said before the first prompt.
  package private(set) var preamble = ""
  /// What was said besides traces, and the last line of a trace that tells a result.
  package private(set) var answers: [(said: String, returned: String)] = []
  private var said = ""
  private var result: [UInt8] = []
  private var hasBegun = false

  package init(_ output: [UInt8]) {
    output.withUnsafeBytes { bytes in
      Self.forEachLine(bytes) { read($0) }
    }
    endAnswer()
  }

  package static func forEachLine(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard var next = bytes.baseAddress else { return }
    let end = next + bytes.count
    while next < end {
      let newline = memchr(next, 0x0A, end - next).map { UnsafeRawPointer($0) } ?? end
      body(UnsafeRawBufferPointer(start: next, count: newline - next))
      next = newline + 1
    }
  }

  /// The whole text after each prompt.
  package static func byPrompt(_ output: [UInt8]) -> [String] {
    var result: [String] = []
    output.withUnsafeBytes { bytes in
      forEachLine(bytes) { line in
        var line = line
        while line.count >= 2, line[0] == UInt8(ascii: ">"), line[1] == 0x20 {
          result.append("")
          line = UnsafeRawBufferPointer(rebasing: line[2...])
        }
        if !result.isEmpty { result[result.count - 1] += String(decoding: line, as: UTF8.self) + "\n" }
      }
    }
    return result
  }

  private mutating func read(_ line: UnsafeRawBufferPointer) {
    var line = line
    while line.count >= 2, line[0] == UInt8(ascii: ">"), line[1] == 0x20 {
      endAnswer()
      hasBegun = true
      line = UnsafeRawBufferPointer(rebasing: line[2...])
    }
    if line.isEmpty { return }
    switch TestModeTrace(line) {
    case .input: return
    case .result: result = [UInt8](line)
    case nil: keep(line)
    }
  }

  private mutating func keep(_ line: UnsafeRawBufferPointer) {
    let text = Latin1.text(line)
    if text.hasPrefix("WARNING: World writable") { return }
    if hasBegun { said += text + "\n" } else { preamble += text + "\n" }
  }

  private mutating func endAnswer() {
    if hasBegun { answers.append((said, Latin1.text(result))) }
    said = ""
    result = []
  }
}

/// What a line of a ruleset's trace tells: its name fills 16 columns.
package enum TestModeTrace {
  case input, result

  package init?(_ line: UnsafeRawBufferPointer) {
    guard line.count >= 25, line[16] == 0x20, line[24] == UInt8(ascii: ":") else { return nil }
    switch line[17] {
    case UInt8(ascii: "r") where line[23] == UInt8(ascii: "s"): self = .result
    case 0x20 where line[23] == UInt8(ascii: "t"): self = .input
    default: return nil
    }
  }
}
