// ProgramMap.swift: look-ups that a program answers.
//
// The K line gives the program and its first words; the key stands behind them. No shell
// reads the line. The first line that the program prints is the value, and its status
// says how the look-up ended.
//
// Fails: temporarily where the program ends with 75, and always where programs are
// not allowed.

import Posix
import SendmailCF

final class ProgramMap: LookupMap {
  private let definition: MapDefinition
  /// Nil where no program may run.
  private let account: Account?

  init(_ definition: MapDefinition, _ account: Account?) {
    self.definition = definition
    self.account = account
  }

  /// As much of a line as sendmail has room for.
  private static let longestValue = 2047

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard let account else { return .temporaryFailure }
    let words = definition.argument.split(whereSeparator: isBlank).map(Array.init) + [key]
    do throws(Errno) {
      let (output, end) = try runProgram(words, as: account)
      return answer(output.prefix { $0 != 0x0A }.prefix(Self.longestValue), end, key, arguments, engine)
    } catch { return .notFound(78) }
  }

  private func answer(
    _ line: ArraySlice<UInt8>, _ end: ProgramEnd, _ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine
  ) -> MapAnswer {
    switch end {
    case .exited(0): return line.isEmpty ? .notFound(0) : .found(definition.answer(Array(line), key: key, arguments))
    case .exited(75): return .temporaryFailure
    case .exited(let code): return .notFound(code)
    case .killed(let signal):
      engine.complain("prog_map_lookup(\(shown(definition.name))): child died on signal \(signal)", status: 70)
      return .notFound(69)
    }
  }
}
