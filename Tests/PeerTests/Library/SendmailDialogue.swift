// SendmailDialogue.swift: the real sendmail's answers to a list of questions in test mode.
//
//     > 3,0 john@example.org        each prompt "> " begins an answer;
//     canonify         input: …     traces, of which only the last result counts,
//     canonify       returns: …     unless the command begins with a slash
//
// The output is long (a million lines for a full list), so it is read in place, byte by
// byte from line to line.
//
// Fails: when the program ended early, which shows as answers that are missing.

import Foundation
import TestSupport

struct SendmailDialogue {
  /// What was said before the first prompt, and on standard error.
  let preamble: String
  /// One outcome a command.
  let outcomes: [String]

  static func run(
    _ site: LibrarySite, _ side: LibrarySide, _ questions: [LibraryQuestion], options: [String] = []
  )
    throws -> RunResult
  {
    let input = questions.map(\.command).joined(separator: "\n") + "\n"
    return try Peer.sendmail.runOnHost(
      LibrarySite.host, ["-C", "\(site.folder.path)/\(side.configuration)", "-bt"] + options,
      input: LibrarySite.bytes(input), in: site.folder.path, seconds: 600)
  }

  init(_ site: LibrarySite, _ side: LibrarySide, _ questions: [LibraryQuestion]) throws {
    let result = try Self.run(site, side, questions)
    var reader = OutcomeReader()
    result.output.withUnsafeBytes { bytes in
      Self.forEachLine(bytes) { reader.read($0) }
    }
    reader.endAnswer()
    preamble = reader.preamble + LibrarySite.text(result.messages)
    // The end of the input is answered with a prompt, too.
    guard reader.answers.count == questions.count + 1 else {
      throw LibrarySite.Failure(
        description:
          "\(side): \(reader.answers.count) answers to \(questions.count) questions\n\(preamble)")
    }
    outcomes = zip(questions, reader.answers).map { question, answer in
      question.command.hasPrefix("/") ? answer.said : answer.said + answer.returned
    }
  }

  static func forEachLine(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard var next = bytes.baseAddress else { return }
    let end = next + bytes.count
    while next < end {
      let newline = memchr(next, 0x0A, end - next).map { UnsafeRawPointer($0) } ?? end
      body(UnsafeRawBufferPointer(start: next, count: newline - next))
      next = newline + 1
    }
  }
}

/// Divides the output at its prompts and keeps what counts of each answer.
private struct OutcomeReader {
  private(set) var preamble = ""
  private(set) var answers: [(said: String, returned: String)] = []
  private var said = ""
  private var result: [UInt8] = []
  private var hasBegun = false

  mutating func read(_ line: UnsafeRawBufferPointer) {
    var line = line
    while line.count >= 2, line[0] == UInt8(ascii: ">"), line[1] == 0x20 {
      endAnswer()
      hasBegun = true
      line = UnsafeRawBufferPointer(rebasing: line[2...])
    }
    if line.isEmpty { return }
    switch Trace(line) {
    case .input: return
    case .result: result = [UInt8](line)
    case nil: keep(line)
    }
  }

  private mutating func keep(_ line: UnsafeRawBufferPointer) {
    let text = LibrarySite.text(line)
    if text.hasPrefix("WARNING: World writable") { return }
    if hasBegun { said += text + "\n" } else { preamble += text + "\n" }
  }

  mutating func endAnswer() {
    if hasBegun { answers.append((said, LibrarySite.text(result))) }
    said = ""
    result = []
  }
}

/// What a line of a ruleset's trace tells: its name fills 16 columns.
enum Trace {
  case input, result

  init?(_ line: UnsafeRawBufferPointer) {
    guard line.count >= 25, line[16] == 0x20, line[24] == UInt8(ascii: ":") else { return nil }
    switch line[17] {
    case UInt8(ascii: "r") where line[23] == UInt8(ascii: "s"): self = .result
    case 0x20 where line[23] == UInt8(ascii: "t"): self = .input
    default: return nil
    }
  }
}
