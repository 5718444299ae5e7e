// CommandOptions.swift: sendmail's command line, as far as the test mode minds it.
//
// Every option of sendmail is read; most of them say how mail is to be sent, which
// nothing here does. What is wrong with one is told in sendmail's words before the
// session begins, which it does all the same.

import SendmailCF

/// What the command line says.
struct CommandOptions {
  /// Told before the session; the first status counts.
  struct Notice {
    var text: [UInt8]
    var status: Int32
    /// Whether it stands behind what is told of the .cf.
    var isLate = false
  }

  var configuration = "/etc/mail/sendmail.cf"
  var macros: [(name: String, value: [UInt8])] = []
  var settings: [(name: String, value: [UInt8])] = []
  var debug = DebugLevels()
  var isVerbose = false
  private(set) var notices: [Notice] = []
  private var hasSender = false

  private static let withValue = Set("ABbCDFfhLMNOoprRVXe".utf8)
  /// Their value, if there is one, stands behind them without a blank.
  private static let withoutValueOrAttached = Set("dqQ".utf8)
  private static let withoutValue = Set("cGimnstv".utf8)

  /// Nil when all is well, otherwise why there can be no session.
  mutating func read(_ arguments: [String]) -> String? {
    var rest = arguments[...]
    while let argument = rest.first, argument.hasPrefix("-"), argument.utf8.count > 1 {
      rest = rest.dropFirst()
      if argument.hasPrefix("--") { break }
      var letters = argument.utf8.dropFirst()
      while let letter = letters.popFirst() {
        if Self.withoutValue.contains(letter) {
          if letter == UInt8(ascii: "v") { isVerbose = true }
          continue
        }
        guard Self.withValue.contains(letter) || Self.withoutValueOrAttached.contains(letter) else {
          return "illegal option -- \(shown([letter]))"
        }
        var value = Array(letters)
        letters = letters.suffix(0)
        if value.isEmpty, Self.withValue.contains(letter) {
          guard let next = rest.popFirst() else { return "option requires an argument -- \(shown([letter]))" }
          value = Array(next.utf8)
        }
        set(letter, value)
      }
    }
    return nil
  }

  private mutating func set(_ letter: UInt8, _ value: [UInt8]) {
    switch letter {
    case UInt8(ascii: "C"): configuration = shown(value)
    case UInt8(ascii: "d"): debug.set(value)
    case UInt8(ascii: "M"): setMacro(value)
    case UInt8(ascii: "O"): setOption(value, "O ")
    case UInt8(ascii: "o"): setOption(value, "O")
    case UInt8(ascii: "N") where !Self.isNotification(value): tell("Invalid -N argument", 64)
    case UInt8(ascii: "R") where !["full", "hdrs"].contains(shown(lowered(value))): tell("Invalid -R value", 64)
    case UInt8(ascii: "V") where value.contains(where: isBlank): tell("Invalid syntax in -V flag", 64)
    case UInt8(ascii: "h") where Int32(shown(value)) == nil: tell("Bad hop count (\(shown(value)))", 64)
    case UInt8(ascii: "B") where !["7bit", "8bitmime"].contains(shown(lowered(value))):
      notices.append(Notice(text: Array("Illegal body type \(shown(value))".utf8), status: 0, isLate: true))
    case UInt8(ascii: "q"), UInt8(ascii: "Q"): tell("Can not use -\(shown([letter])) with -bt", 64)
    case UInt8(ascii: "f"), UInt8(ascii: "r"):
      if hasSender { tell("More than one \"from\" person", 64) }
      hasSender = true
    default: break
    }
  }

  private static func isNotification(_ value: [UInt8]) -> Bool {
    let words = lowered(value).split(separator: 0x2C).map { shown($0) }
    return words == ["never"] || words.allSatisfy { ["success", "failure", "delay"].contains($0) }
  }

  private mutating func tell(_ text: String, _ status: Int32) {
    notices.append(Notice(text: Array(text.utf8), status: status))
  }

  private mutating func tell(_ problems: [CFProblem]) {
    for problem in problems { notices.append(Notice(text: problem.wording, status: problem.status)) }
  }

  private mutating func setMacro(_ text: [UInt8]) {
    var names = MacroNames()
    let reading = names.read(text[...])
    tell(reading.faults.flatMap(CFProblem.badName))
    guard let number = reading.number else { return }
    macros.append((shown(names.name(number)), Array(text[reading.end...])))
  }

  /// Reads an option as a line of the .cf.
  private mutating func setOption(_ text: [UInt8], _ beginning: String) {
    let file = CFReader.read(Array("V10/Berkeley\n\(beginning)".utf8) + text, name: "")
    tell(file.findings.map(\.problem))
    for option in file.options {
      settings.append((option.part.map { option.name + "." + shown($0) } ?? option.name, option.value.text(file.names)))
    }
  }
}
