// LibraryComparison.swift: both .cf of a site in the real test mode, with the same questions.

import Foundation

struct LibraryComparison: CustomStringConvertible {
  private let preambles: [String]
  private var outcomes = OutcomeComparison()
  /// Questions that found a mailer.
  let routed: Int

  init(_ site: LibrarySite, _ asked: LibraryQuestions) throws {
    let stock = try SendmailDialogue(site, .stock, asked.all)
    let ours = try SendmailDialogue(site, .ours, asked.all)
    preambles = [stock, ours].map { Self.masked($0.preamble) }
    routed = stock.outcomes.count { $0.contains("returns: $#") }
    for (question, (one, other)) in zip(asked.all, zip(stock.outcomes, ours.outcomes)) {
      outcomes.compare(question, stock: one, ours: other)
    }
  }

  /// sendmail says the same of both files, and answers alike.
  var isSame: Bool { outcomes.differences.isEmpty && preambles.first == preambles.last }

  var description: String {
    let differences = outcomes.differences
    return preambles.joined(separator: "--- ours\n") + "\(differences.count) of \(outcomes.compared) differ\n"
      + differences.prefix(5).joined(separator: "\n")
  }

  /// Without the file's name and line numbers, which the two cannot share, nor the order in
  /// which their lines are complained of.
  private static func masked(_ preamble: String) -> String {
    let text = preamble.replacingOccurrences(of: "stock.cf", with: "site.cf")
      .replacingOccurrences(of: "ours.cf", with: "site.cf")
    return text.replacingOccurrences(of: "line [0-9]+", with: "line", options: .regularExpression)
      .split(separator: "\n").sorted().joined(separator: "\n") + "\n"
  }
}
