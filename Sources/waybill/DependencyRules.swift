// DependencyRules.swift: `waybill build -MD`, what was read, as a rule for make and ninja.
//
// A site file's rule names the .cf, with all that it was compiled and its tables were built
// from; an organisation's names the manifest, which is written last. The rule is put into
// place together with what it is about.

import ArgumentParser
import Diagnostics
import MCCompiler
import Posix

/// GCC's words for it.
struct RuleOptions: ParsableArguments {
  @ArgumentParser.Flag(
    name: .customShort("M"),
    help: "Print a rule for make and ninja with all files that are read, and build nothing.")
  var rule = false

  @ArgumentParser.Flag(
    name: .customLong("MD", withSingleDash: true),
    help: "Write the rule beside what is built, as sendmail.cf.d or manifest.d.")
  var ruleToo = false

  @ArgumentParser.Option(
    name: .customLong("MF", withSingleDash: true), help: ArgumentHelp("Write the rule there.", valueName: "file"))
  var ruleFile: String?

  @ArgumentParser.Option(
    name: .customLong("MT", withSingleDash: true),
    help: ArgumentHelp("The target of the rule; may be repeated.", valueName: "target"))
  var ruleTarget: [String] = []

  @ArgumentParser.Flag(
    name: .customLong("MP", withSingleDash: true),
    help: "Add an empty rule for each file, so that make goes on once it is gone.")
  var emptyRules = false

  @ArgumentParser.Flag(
    name: .customLong("MG", withSingleDash: true),
    help: "List files, too, that are included by sinclude and not there.")
  var missingFiles = false

  func validate() throws {
    if ruleFile != nil, !rule, !ruleToo { throw ValidationError("-MF needs -M or -MD") }
  }

  var request: RuleRequest? {
    guard rule || ruleToo else { return nil }
    return RuleRequest(
      isAlone: rule, file: ruleFile, targets: ruleTarget, hasEmptyRules: emptyRules, listsMissingFiles: missingFiles)
  }
}

/// A rule that is wanted.
struct RuleRequest {
  /// Whether nothing else is written.
  let isAlone: Bool
  let file: String?
  let targets: [String]
  let hasEmptyRules: Bool
  let listsMissingFiles: Bool

  /// - Parameter path: what the rule is about.
  func text(_ log: BuildLog, about path: String, _ report: Report) throws -> String {
    guard let target = targets.first ?? DependencyRule.quoted(path) else { throw unwritable(report) }
    var rule = DependencyRule()
    rule.targets = targets.isEmpty ? [target] : targets
    rule.files = log.files + (listsMissingFiles ? log.missing.filter { !log.files.contains($0) } : [])
    rule.hasEmptyRules = hasEmptyRules
    guard let text = rule.text else { throw unwritable(report) }
    return text
  }

  private func unwritable(_ report: Report) -> ExitCode {
    report.show([
      Diagnostic(
        .error,
        .init(
          .cannotWrite, "no rule is written: the name of a file that was read cannot stand in one",
          fix: "use names without line ends, ; and |"))
    ])
    return ExitCode(ExitStatus.dataError.rawValue)
  }
}

/// The files that a build read, each once, in order. A build is one thread's work.
final class BuildLog: @unchecked Sendable {
  private(set) var files: [String] = []
  private(set) var missing: [String] = []

  func add(_ compilation: Compilation) {
    compilation.files.forEach(add)
    compilation.missingFiles.forEach(miss)
  }

  func miss(_ file: String) {
    if !missing.contains(file) { missing.append(file) }
  }

  func add(_ file: String) {
    if !files.contains(file) { files.append(file) }
  }

  /// Forgets what the build itself made.
  func removeFiles(below folder: String) { files.removeAll { $0.hasPrefix(folder + "/") } }
}
