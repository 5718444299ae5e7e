// OptionEvent.swift: what a command line says, in the order in which it says it.
//
// Order is kept because it means something: m4 applies each -D before the
// files that follow it. Values are bytes, since file names and definitions are.

/// One thing on a command line.
package enum OptionEvent<ID: Sendable>: Sendable {
  case option(ID, value: [UInt8]?)
  case operand([UInt8])
  case fault(OptionFault)
}

extension OptionEvent: Equatable where ID: Equatable {}

/// A word that is no option of the command, or not a whole one.
package enum OptionFault: Error, Sendable, Equatable {
  case unknownLetter(UInt8)
  case letterNeedsValue(UInt8)
  /// As written, with what follows an equals sign.
  case unknownName([UInt8])
  /// As written, and the names it may stand for.
  case ambiguousName([UInt8], candidates: [String])
  case nameNeedsValue(String)
  case nameTakesNoValue(String)

  /// As getopt_long(3) words it, after the program's name and a colon.
  package var message: [UInt8] {
    switch self {
    case .unknownLetter(let letter): text("invalid option -- '", [letter], "'")
    case .letterNeedsValue(let letter): text("option requires an argument -- '", [letter], "'")
    case .unknownName(let name): text("unrecognized option '--", name, "'")
    case .ambiguousName(let name, let candidates):
      text("option '--", name, "' is ambiguous; possibilities:")
        + candidates.flatMap { text(" '--", Array($0.utf8), "'") }
    case .nameNeedsValue(let name):
      text("option '--", Array(name.utf8), "' requires an argument")
    case .nameTakesNoValue(let name):
      text("option '--", Array(name.utf8), "' doesn't allow an argument")
    }
  }

  private func text(_ before: String, _ quoted: [UInt8], _ after: String) -> [UInt8] {
    Array(before.utf8) + quoted + Array(after.utf8)
  }
}
