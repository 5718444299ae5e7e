// OwnOptions.swift: what m4 can do beyond GNU m4: the sandbox, limits, rules for make, and
// messages that say why.
//
// Their names are written whole, so that every short form of GNU m4's names keeps its
// meaning. Wrong values end with 64, as sysexits.h wants; GNU m4's own mistakes keep its 1.

import Glibc
import MacroProcessor
import Options
import Posix

enum OwnOption: Sendable, Equatable {
  case sandbox, allowExec, allowInclude
  case maxTime, maxExpansions, maxNesting, maxMemory, maxOutput
  case rule, ruleToo, ruleFile, ruleTarget, ruleQuotedTarget, emptyRules, missingFiles
  case diagnostics, sourceMap
}

let ownSections: [OptionTable<M4Option>.Section] = [
  .init(
    "Messages",
    [
      Option(
        .own(.diagnostics), long: ["diagnostics"], style: .whole, value: .required("FORM"),
        help: "plain, as GNU m4 writes them; rich, with source lines, calls and causes; json"),
      Option(
        .own(.sourceMap), long: ["source-map"], style: .whole, value: .required("FILE"),
        help: "write to FILE where each byte of the output came from"),
    ]),
  .init(
    "Files that one does not trust",
    [
      Option(
        .own(.sandbox), long: ["sandbox"], style: .whole,
        help: "no commands, files read only below named folders, and the limits"),
      Option(
        .own(.allowExec), long: ["allow-exec"], style: .whole,
        help: "let files in the sandbox run shell commands and write files"),
      Option(
        .own(.allowInclude), long: ["allow-include"], style: .whole, value: .required("FOLDER"),
        help: "let files in the sandbox read what is below FOLDER"),
      Option(
        .own(.maxTime), long: ["max-time"], style: .whole, value: .required("SECONDS"),
        help: "stop after so much processor time; in the sandbox 10, 0 for any"),
      Option(
        .own(.maxExpansions), long: ["max-expansions"], style: .whole, value: .required("NUMBER"),
        help: "stop after so many calls; in the sandbox 10000000, 0 for any"),
      Option(
        .own(.maxNesting), long: ["max-nesting"], style: .whole, value: .required("NUMBER"),
        help: "how deep calls may nest; 250000, in the sandbox 20000"),
      Option(
        .own(.maxMemory), long: ["max-memory"], style: .whole, value: .required("SIZE"),
        help: "stop at so many bytes, or with K, M, G; in the sandbox 512M, 0 for any"),
      Option(
        .own(.maxOutput), long: ["max-output"], style: .whole, value: .required("SIZE"),
        help: "the same for output and messages; in the sandbox 256M, 0 for any"),
    ]),
  .init(
    "Rules for make and ninja",
    [
      Option(
        .own(.rule), long: ["M"], style: .wholeWord,
        help: "write a rule with all files that were read, and no expansion"),
      Option(
        .own(.ruleToo), long: ["MD"], style: .wholeWord, help: "write the rule as well as the expansion"),
      Option(
        .own(.ruleFile), long: ["MF"], style: .wholeWord, value: .required("FILE"),
        help: "where the rule goes; else -M writes it to the output, -MD to TARGET.d"),
      Option(
        .own(.ruleTarget), long: ["MT"], style: .wholeWord, value: .required("TARGET"),
        help: "the rule's target; else the last file's name without its ending"),
      Option(
        .own(.ruleQuotedTarget), long: ["MQ"], style: .wholeWord, value: .required("TARGET"),
        help: "the same, with what make would misread quoted"),
      Option(
        .own(.emptyRules), long: ["MP"], style: .wholeWord,
        help: "an empty rule for each file, so that make goes on once it is gone"),
      Option(
        .own(.missingFiles), long: ["MG"], style: .wholeWord,
        help: "list files, too, that sinclude asked for and are not there"),
    ]),
]

/// What the options of our own say.
struct OwnSettings {
  private var isSandboxed = false
  private var allowsCommands = false
  private var folders: [String] = []
  private var given: [OwnOption: Int] = [:]
  private(set) var writesRule = false
  private(set) var isRuleAlone = false
  private var ruleFile: String?
  private var targets: [String] = []
  private var hasEmptyRules = false
  private var listsMissingFiles = false
  private(set) var findings = FindingsForm.plain
  private(set) var mapFile: String?

  mutating func take(_ option: OwnOption, _ value: [UInt8]?) {
    let text = String(decoding: value ?? [], as: UTF8.self)
    switch option {
    case .sandbox: isSandboxed = true
    case .allowExec: allowsCommands = true
    case .allowInclude: folders.append(text)
    case .maxTime, .maxExpansions, .maxNesting: given[option] = number(text)
    case .maxMemory, .maxOutput: given[option] = size(text)
    case .rule: (writesRule, isRuleAlone) = (true, true)
    case .ruleToo: writesRule = true
    case .ruleFile: ruleFile = text
    case .ruleTarget: targets.append(text)
    case .ruleQuotedTarget: targets.append(DependencyRule.quoted(text) ?? text)
    case .emptyRules: hasEmptyRules = true
    case .missingFiles: listsMissingFiles = true
    case .diagnostics:
      guard let form = FindingsForm(rawValue: text) else { wrong("--diagnostics: plain, rich or json, not `\(text)'") }
      findings = form
    case .sourceMap: mapFile = text
    }
  }

  /// Options that mean nothing without others, and files that are two things at once.
  func check(mainFiles: [[UInt8]]) {
    if ruleFile != nil, !writesRule { wrong("-MF needs -M or -MD") }
    if let mapFile, mainFiles.contains(Array(mapFile.utf8)) {
      wrong("--source-map: `\(mapFile)' is a file that is read")
    }
  }

  /// SOURCE_DATE_EPOCH.
  var buildTime: Int? {
    do throws(InvalidBuildTime) { return try Posix.buildTime() } catch {
      wrong("SOURCE_DATE_EPOCH: `\(error.text)' is no number of seconds")
    }
  }

  /// - Parameter mainFiles: as the command line names them.
  func sandbox(_ includeFolders: [[UInt8]], mainFiles: [[UInt8]]) -> Sandbox? {
    guard isSandboxed else { return nil }
    var sandbox = Sandbox()
    sandbox.allowsCommands = allowsCommands
    for folder in folders where !sandbox.allow(folder) { wrong("--allow-include: `\(folder)' is no folder") }
    for folder in includeFolders { sandbox.allow(String(decoding: folder, as: UTF8.self)) }
    for file in mainFiles where file != Array("-".utf8) {
      let path = String(decoding: file, as: UTF8.self)
      sandbox.allowFolder(of: path)
      // sendmail's library is entered by a file in a folder of it.
      if path.hasSuffix("m4/cf.m4") { sandbox.allow(folderOf(path) + "/..") }
    }
    return sandbox
  }

  func limits(nesting: Int) -> Limits {
    var limits = isSandboxed ? Limits.sandbox : Limits()
    limits.nesting = nesting
    if let seconds = given[.maxTime] { limits.seconds = seconds }
    if let calls = given[.maxExpansions] { limits.expansions = calls }
    if let depth = given[.maxNesting], depth > 0 { limits.depth = min(depth, Limits().depth) }
    if let bytes = given[.maxMemory] { limits.memory = bytes }
    if let bytes = given[.maxOutput] { limits.output = bytes }
    return limits
  }

  /// Writes the map of the output; false, and said, where that fails.
  func writeMap(_ map: OutputMap) -> Bool {
    guard let mapFile else { return true }
    do throws(Errno) {
      try replaceFile(mapFile, with: map.json())
      return true
    } catch {
      complain("cannot write `\(mapFile)': \(error)")
      return false
    }
  }

  // MARK: Rules

  /// Writes the rule; false, and said, where that fails.
  func writeRule(_ files: FileLog, mainFiles: [[UInt8]]) -> Bool {
    let main = mainFiles.last { $0 != Array("-".utf8) }.map { String(decoding: $0, as: UTF8.self) }
    let target = main.map(Self.withoutFolderAndEnding)
    guard let first = targets.first ?? target.flatMap(DependencyRule.quoted) else {
      wrong("-M of standard input needs -MT")
    }
    var rule = DependencyRule()
    rule.targets = targets.isEmpty ? [first] : targets
    rule.files = files.read + (listsMissingFiles ? files.missing : [])
    rule.hasEmptyRules = hasEmptyRules
    guard let text = rule.text else {
      complain("no rule is written: the name of a file that was read cannot stand in one")
      return false
    }
    let path = ruleFile ?? (isRuleAlone ? nil : (target ?? first) + ".d")
    do throws(Errno) {
      if let path, path != "-" {
        try replaceFile(path, with: Array(text.utf8))
      } else {
        try writeAll(1, Array(text.utf8))
      }
      return true
    } catch {
      complain("cannot write `\(path ?? "the rule")': \(error)")
      return false
    }
  }

  private static func withoutFolderAndEnding(_ path: String) -> String {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return name }
    return String(name[..<dot])
  }

  // MARK: Values

  private func number(_ text: String) -> Int {
    guard let number = Int(text), number >= 0 else { wrong("`\(text)' is no number") }
    return number
  }

  private func size(_ text: String) -> Int {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    let (bytes, overflow) = number(unit == nil ? text : String(text.dropLast()))
      .multipliedReportingOverflow(by: unit ?? 1)
    if overflow || bytes > 1 << 60 { wrong("`\(text)' is too large") }
    return bytes
  }

  private func wrong(_ text: String) -> Never {
    complain(text)
    exit(ExitStatus.usage.rawValue)
  }
}
