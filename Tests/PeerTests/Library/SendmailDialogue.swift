// SendmailDialogue.swift: the real sendmail's answers to a list of questions in test mode.
//
// Of a command that begins with a slash counts what it says, of others also where they end.
//
// Fails: when the program ended early, which shows as answers that are missing.

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
      input: Latin1.bytes(input), in: site.folder.path, seconds: 600)
  }

  init(_ site: LibrarySite, _ side: LibrarySide, _ questions: [LibraryQuestion]) throws {
    let result = try Self.run(site, side, questions)
    let output = TestModeOutput(result.output)
    preamble = output.preamble + Latin1.text(result.messages)
    // The end of the input is answered with a prompt, too.
    guard output.answers.count == questions.count + 1 else {
      throw LibrarySite.Failure(
        description:
          "\(side): \(output.answers.count) answers to \(questions.count) questions\n\(preamble)")
    }
    outcomes = zip(questions, output.answers).map { question, answer in
      question.command.hasPrefix("/") ? answer.said : answer.said + answer.returned
    }
  }
}
