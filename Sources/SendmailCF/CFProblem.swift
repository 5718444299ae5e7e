// CFProblem.swift: what can be wrong with a line of a sendmail.cf.
//
// Each problem has two voices: ours, with a code and a hint, and the words that
// sendmail itself prints in test mode, for those who compare the two.

import Diagnostics

/// One fault of a .cf, with the words of sendmail for it.
package struct CFProblem: Error, Sendable {
  package let message: Diagnostic.Message
  /// What sendmail prints behind `FILE: line N: `.
  package let wording: [UInt8]
  /// The status sendmail ends with when nothing worse happens; 0 for a warning.
  package let status: Int32
  /// Whether sendmail names file and line before its words.
  package let namesLine: Bool
  /// Whether sendmail stops reading and ends here.
  package let isFatal: Bool

  package init(
    _ code: MessageCode, _ text: String, fix: String? = nil, wording: [UInt8],
    status: Int32 = 70, namesLine: Bool = true, isFatal: Bool = false
  ) {
    message = Diagnostic.Message(code, text, fix: fix)
    self.wording = wording
    self.status = status
    self.namesLine = namesLine
    self.isFatal = isFatal
  }

  package init(
    _ code: MessageCode, _ text: String, fix: String? = nil, wording: String,
    status: Int32 = 70, namesLine: Bool = true, isFatal: Bool = false
  ) {
    self.init(
      code, text, fix: fix, wording: Array(wording.utf8), status: status, namesLine: namesLine,
      isFatal: isFatal)
  }
}

/// A problem at its place.
package struct CFFinding: Sendable {
  package let problem: CFProblem
  package let position: SourcePosition

  package init(_ problem: CFProblem, at position: SourcePosition) {
    self.problem = problem
    self.position = position
  }

  package var diagnostic: Diagnostic {
    Diagnostic(
      problem.status == 0 ? .warning : .error, problem.message,
      at: problem.namesLine ? position : SourcePosition(file: position.file))
  }

  /// The line as sendmail prints it, with its newline.
  package var asSendmail: [UInt8] {
    let place = problem.namesLine ? "\(position.file): line \(position.line): " : ""
    return Array(place.utf8) + problem.wording + [0x0A]
  }
}

func shown(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

extension CFProblem {
  static func unknownLine(_ line: [UInt8], asRead raw: [UInt8]) -> CFProblem {
    CFProblem(
      .unknownConfigurationLine, "a line cannot begin like \"\(shown(line.prefix(40)))\"",
      fix: "begin it with one of the letters C D E F H K M O P Q R S T V X, or with # for a comment",
      wording: Array("unknown configuration line \"".utf8) + raw + [0x22])
  }

  package static func badName(_ fault: MacroNames.Fault) -> [CFProblem] {
    switch fault {
    case .missing:
      return [
        CFProblem(
          .badMacroName, "a cf macro or class has no name", fix: "write one letter, or {name}",
          wording: "Name required for macro/class")
      ]
    case .tooLong(let name):
      return [
        CFProblem(
          .badMacroName, "the name \"{\(shown(name))\" is too long", fix: "write at most 25 characters",
          wording: "Macro/class name ({\(shown(name))}) too long (25 chars max)"),
        .noNumber(name),
      ]
    case .unclosedBrace(let name):
      return [
        CFProblem(
          .badMacroName, "\"{\(shown(name))\" is not closed", fix: "add }",
          wording: Array("Unbalanced { on ".utf8) + name),
        .noNumber(name),
      ]
    case .badCharacter(let byte):
      return [
        CFProblem(
          .badMacroName, "a macro or class name holds letters, digits and _ only",
          wording: Array("Invalid macro/class character ".utf8) + [byte])
      ]
    case .tooMany(let name):
      return [
        CFProblem(
          .badMacroName, "too many long macro and class names, at {\(shown(name))}",
          wording: Array("Macro/class {".utf8) + name + Array("}: too many long names".utf8))
      ]
    }
  }

  private static func noNumber(_ name: [UInt8]) -> CFProblem {
    CFProblem(
      .badMacroName, "no macro or class can be made of \"{\(shown(name))\"",
      wording: "Unable to assign macro/class ID (mid = 0xffffffff)")
  }

  static func unknownOption(_ name: [UInt8], nearest: String?) -> CFProblem {
    CFProblem(
      .unknownOption, "there is no option \"\(shown(name))\", line ignored",
      fix: nearest.map { "write \($0)" },
      wording: Array("readcf: unknown option name ".utf8) + name)
  }

  static func ambiguousOption(_ name: [UInt8], _ one: String, _ other: String) -> CFProblem {
    CFProblem(
      .unknownOption, "\"\(shown(name))\" can mean the options \(one) and \(other)",
      fix: "write the whole name",
      wording: Array("readcf: ambiguous option name ".utf8) + name
        + Array(" (matches \(one) and \(other))".utf8))
  }

  static func abbreviatedOption(_ name: [UInt8], _ whole: String) -> CFProblem {
    CFProblem(
      .unknownOption, "\"\(shown(name))\" is taken as an abbreviation of \(whole)",
      fix: "write \(whole)",
      wording: Array("Option ".utf8) + name + Array(" used as abbreviation for \(whole)".utf8),
      status: 0)
  }

  static let emptyOption = CFProblem(
    .unknownOption, "an option without a name", wording: "readcf: null option name")

  static let optionMissing = CFProblem(
    .unknownOption, "an O line without an option",
    wording: "readcf: unknown option name 0x0")

  /// A value that the option cannot have.
  static func badValue(
    _ text: String, fix: String? = nil, wording: [UInt8], status: Int32 = 70, isFatal: Bool = false
  ) -> CFProblem {
    CFProblem(.badOptionValue, text, fix: fix, wording: wording, status: status, isFatal: isFatal)
  }

  static func unknownDeliveryMode(_ letter: UInt8, isFatal: Bool = true) -> CFProblem {
    badValue(
      "unknown delivery mode \"\(shown([letter]))\"", fix: "write background, interactive, deferred or queueonly",
      wording: Array("Unknown delivery mode ".utf8) + [letter], status: isFatal ? 64 : 70,
      isFatal: isFatal)
  }

  static func badVersion(_ text: [UInt8]) -> CFProblem {
    CFProblem(
      .badVersionLine, "\"V\(shown(text))\" is no version", fix: "write V10/Berkeley",
      wording: Array("invalid argument to V line: \"".utf8) + text + [0x22])
  }

  static func badVendor(_ text: [UInt8]) -> CFProblem {
    CFProblem(
      .badVersionLine, "unknown vendor \"\(shown(text))\"", fix: "write V10/Berkeley",
      wording: Array("invalid V line vendor code: \"".utf8) + text + [0x22])
  }

  static func oldVersion(_ level: Int, _ version: [UInt8]) -> CFProblem {
    CFProblem(
      .badVersionLine, "the file is of version level \(level), 10 is current",
      wording: Array("Warning: .cf file is out of date: sendmail ".utf8) + version
        + Array(" supports version 10, .cf file is version \(level)".utf8),
      status: 0, namesLine: false)
  }

  static func newVersion(_ level: Int, _ version: [UInt8]) -> CFProblem {
    CFProblem(
      .badVersionLine, "version level \(level) is unknown, 10 is the last we know",
      wording: Array("Warning: .cf version level (\(level)) exceeds sendmail version ".utf8)
        + version + Array(" functionality (10)".utf8),
      namesLine: false)
  }

  static func badRulesetName(_ name: [UInt8]) -> CFProblem {
    CFProblem(
      .badRulesetName, "\"\(shown(name))\" is no ruleset name",
      fix: "begin it with a letter, or give a number below 100",
      wording: Array("invalid ruleset name: \"".utf8) + name + [0x22])
  }

  static func rulesetTooHigh(_ number: Int) -> CFProblem {
    CFProblem(
      .badRulesetName, "ruleset \(number) is too high, 99 is the last", fix: "give it a name",
      wording: "bad ruleset \(number) (100 max)")
  }

  static func rulesetNumberTooHigh(_ number: Int, _ text: [UInt8]) -> CFProblem {
    CFProblem(
      .badRulesetName, "ruleset number \(number) in \"\(shown(text))\" is too high, 99 is the last",
      wording: Array("bad ruleset number \(number) in \"".utf8) + text + Array("\" (100 max)".utf8))
  }

  static func rulesetNumberMissing(_ text: [UInt8]) -> CFProblem {
    CFProblem(
      .badRulesetName, "\"\(shown(text))\" gives no number behind =",
      wording: Array("bad ruleset definition \"".utf8) + text
        + Array("\" (number required after `=')".utf8))
  }

  static func rulesetMoved(_ name: [UInt8], _ old: Int, _ new: Int) -> CFProblem {
    CFProblem(
      .badRulesetName, "ruleset \(shown(name)) has number \(old) and cannot become \(new)",
      wording: name + Array(": ruleset changed value (old \(old), new \(new))".utf8))
  }

  static func tooManyRulesets(_ name: [UInt8]) -> CFProblem {
    CFProblem(
      .badRulesetName, "more than 100 named rulesets, at \(shown(name))",
      wording: name + Array(": too many named rulesets (100 max)".utf8))
  }

  static func rulesetExpected(_ line: [UInt8]) -> CFProblem {
    CFProblem(
      .badRule, "a rule that belongs to no ruleset, rule ignored",
      fix: "write a line Sname before it, or mend the one that is there",
      wording: Array("missing valid ruleset for \"".utf8) + line + [0x22])
  }

  static func tabExpected(_ line: [UInt8]) -> CFProblem {
    CFProblem(
      .badRule, "a rule without a tab between its sides, rule ignored",
      fix: "separate left side, right side and comment by tabs",
      wording: Array("invalid rewrite line \"".utf8) + line + Array("\" (tab expected)".utf8))
  }

  static func badHeader(_ text: [UInt8]) -> CFProblem {
    CFProblem(
      .badHeaderLine, "\"H\(shown(text))\" is no header", fix: "write H?flags?Name: value",
      wording: Array("header syntax error, line \"".utf8) + text + [0x22])
  }

  static let mapWithoutName = CFProblem(
    .badMapLine, "a K line without a map name", wording: "readcf: config K line: no map name")

  static func mapWithoutClass(_ name: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(name)) has no map type",
      wording: Array("readcf: config K line, map ".utf8) + name + Array(": no map class".utf8))
  }
}
