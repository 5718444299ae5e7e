// ProgramStatus.swift: what a program's end means for the mail it was given.
//
// Both systems read sysexits.h, and not alike: to sendmail 74 (input/output error) passes
// by itself, to Postfix it does not. The rows are what the real programs were seen to do.
//
// Fails: never; an end that is in no row has the system's row for the rest.

import MailAddress
import Posix

/// Whose reading of exit statuses it is.
package enum MailDialect: Sendable, Equatable, CaseIterable {
  case sendmail
  case postfix
}

package enum ProgramStatus {
  private struct Row {
    let status: ExitStatus
    let sendmail: String
    let postfix: String
    let text: StaticString
  }

  private static let rows: [Row] = [
    Row(status: .usage, sendmail: "5.5.4", postfix: "5.3.0", text: "the program was called wrongly"),
    Row(status: .dataError, sendmail: "5.5.2", postfix: "5.6.0", text: "the program did not like the data"),
    Row(status: .noInput, sendmail: "5.3.0", postfix: "5.3.0", text: "the program could not open its input"),
    Row(status: .noUser, sendmail: "5.1.1", postfix: "5.1.1", text: "user unknown"),
    Row(status: .noHost, sendmail: "5.1.2", postfix: "5.1.2", text: "host unknown"),
    Row(status: .unavailable, sendmail: "5.5.0", postfix: "5.3.0", text: "service unavailable"),
    Row(status: .software, sendmail: "5.5.0", postfix: "5.3.0", text: "the program has a fault"),
    Row(status: .systemError, sendmail: "4.0.0", postfix: "4.3.0", text: "the system lacks resources"),
    Row(status: .systemFile, sendmail: "5.5.0", postfix: "5.3.0", text: "a system file is missing"),
    Row(status: .cannotCreate, sendmail: "5.3.0", postfix: "5.2.0", text: "an output file cannot be created"),
    Row(status: .inputOutput, sendmail: "4.0.0", postfix: "5.3.0", text: "input or output failed"),
    Row(status: .temporaryFailure, sendmail: "4.0.0", postfix: "4.3.0", text: "the program asks to try again later"),
    Row(status: .protocolError, sendmail: "5.5.0", postfix: "5.5.0", text: "the other side broke the protocol"),
    Row(status: .noPermission, sendmail: "5.3.0", postfix: "5.7.0", text: "permission denied"),
    Row(status: .configuration, sendmail: "5.5.0", postfix: "5.3.5", text: "the configuration is wrong"),
  ]

  /// What an end other than success is.
  ///
  /// - Parameter command: shown where no row has words for it.
  package static func failure(
    _ outcome: Program.Outcome, _ dialect: MailDialect, command: Bytes
  ) -> DeliveryFailure? {
    let shown = command.text
    if outcome.isOverTime {
      // Postfix gives the mail back, lest the next attempt hangs as long.
      return failure(dialect == .postfix ? "5.3.0" : "4.3.0", "time limit exceeded: \(shown)", outcome, nil)
    }
    switch outcome.end {
    case .exited(0): return nil
    case .exited(let code):
      if dialect == .postfix, let own = ownWords(outcome, code) { return own }
      if let row = rows.first(where: { $0.status.rawValue == code }) {
        return failure(dialect == .postfix ? row.postfix : row.sendmail, "\(row.text)", outcome, code)
      }
      return failure(
        dialect == .postfix ? "5.3.0" : "5.0.0", "the program ended with status \(code): \(shown)", outcome, code)
    case .killed(let signal):
      return failure(
        dialect == .postfix ? "4.3.0" : "4.0.0", "the program died of signal \(signal): \(shown)", outcome, nil)
    }
  }

  private static func failure(
    _ code: String, _ text: String, _ outcome: Program.Outcome, _ exitStatus: Int32?
  ) -> DeliveryFailure {
    let output = oneLine(outcome.output)
    let said = output.isEmpty ? [] : Bytes(ascii: "; it said: ") + output
    return DeliveryFailure(code, Array(text.utf8) + said, exitStatus: exitStatus)
  }

  /// Output that begins with a code of its own has the last word in Postfix, even against
  /// the exit status.
  private static func ownWords(_ outcome: Program.Outcome, _ code: Int32) -> DeliveryFailure? {
    // Nothing may stand before the code.
    let end = outcome.output.firstIndex(where: \.isWhiteSpace) ?? outcome.output.count
    let word = Bytes(outcome.output[..<end])
    guard isEnhancedCode(word) else { return nil }
    // A program that calls its failure a success has failed for good, and nobody knows why.
    let decided = word.first == 0x32 ? "5.0.0" : word.text
    return DeliveryFailure(decided, oneLine(Bytes(outcome.output[end...])), exitStatus: code)
  }

  /// `2.x.x`, `4.x.x` or `5.x.x` with up to three digits in a part.
  private static func isEnhancedCode(_ word: Bytes) -> Bool {
    let parts = word.split(separator: .dot, omittingEmptySubsequences: false)
    return parts.count == 3 && [[0x32], [0x34], [0x35]].contains(Bytes(parts[0]))
      && parts.allSatisfy { (1...3).contains($0.count) && $0.allSatisfy(\.isDigit) }
  }

  /// Output in one line; what could move a terminal's cursor becomes `?`.
  static func oneLine(_ output: Bytes) -> Bytes {
    output.map { byte in byte.isWhiteSpace ? 0x20 : byte < 0x20 || byte == 0x7F ? 0x3F : byte }.trimmed
  }
}
