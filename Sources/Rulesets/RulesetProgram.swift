// RulesetProgram.swift: a configuration, compiled.
//
// Immutable once made, and shared by the engines of all threads. Rulesets are
// known by their numbers, 0 to 199, as sendmail knows them; the rules of each lie
// in a row.

import Diagnostics
import Posix
import SendmailCF

/// Compiled rules and all that they refer to.
package final class RulesetProgram: @unchecked Sendable {
  package let file: CFFile
  let code: RuleCode
  package let texts: [RuleText]
  private let tokens: [RuleToken]
  /// Where the rules of each ruleset begin, and one more for their end.
  private let starts: [Int]
  /// Read only, once the program is made: engines copy it.
  let table: TokenTable
  package let byteClasses: ByteClasses
  package let macros: CFMacros
  package let names: MacroNames
  package let classes: ClassTable
  /// BlankSub: stands between atoms where a workspace becomes text.
  package let blank: UInt8
  package let options: CFOptions
  package let maps: [MapDefinition]
  package let mailers: [CFMailer]
  /// Under which account maps run their programs; nil where they may run none.
  let programAccount: Account?
  /// Absolute paths are looked up below it.
  package let root: FileRoot
  /// What is wrong with the configuration, in the order of the file.
  package let findings: [CFFinding]

  init(_ builder: ProgramBuilder) {
    file = builder.file
    var order: [Int] = []
    var starts = [0]
    for number in 0..<RulesetNumbers.count {
      order += builder.rulesOfRuleset[number]
      starts.append(order.count)
    }
    self.starts = starts
    let (rules, texts) = (builder.rules, builder.texts)
    code = RuleCode(order.map { rules[$0] }, builder.compiler.operations)
    self.texts = order.map { texts[$0] }
    tokens = builder.compiler.tokens
    table = builder.table
    byteClasses = builder.byteClasses
    macros = builder.macros
    names = builder.file.names
    classes = builder.classes
    blank = builder.options.blank
    options = builder.options
    maps = builder.maps
    mailers = builder.mailers
    programAccount = builder.settings.programAccount(builder.options)
    findings = builder.findings
    root = builder.settings.root
  }

  deinit { code.deallocate() }

  package var ruleCount: Int { code.rules.count }

  /// The rules of a ruleset, as indices into `texts` and an engine's `coverage`.
  package func rules(of ruleset: Int) -> Range<Int> {
    (0..<starts.count - 1).contains(ruleset) ? range(of: ruleset) : 0..<0
  }

  func range(of ruleset: Int) -> Range<Int> { starts[ruleset]..<starts[ruleset + 1] }

  /// The ruleset of that name, for instance `check_rcpt`, whether it has rules or not.
  package func ruleset(named name: String) -> Int? { file.rulesetNumbers[Array(name.utf8)] }

  package func name(of ruleset: Int) -> [UInt8] { file.rulesetNumbers.name(ruleset) }

  package func mailer(named name: [UInt8]) -> CFMailer? {
    mailers.first { lowered($0.name) == lowered(name) }
  }

  package func left(of rule: Int) -> ArraySlice<RuleToken> { tokens[texts[rule].left] }
  package func right(of rule: Int) -> ArraySlice<RuleToken> { tokens[texts[rule].right] }

  /// A token of a rule as it is printed.
  package func text(_ token: RuleToken) -> [UInt8] {
    switch token {
    case .text(let token): Array(table.bytes(token))
    case .symbol(let unit): [unit].text(names)
    }
  }

  package var diagnostics: [Diagnostic] { findings.map(\.diagnostic) }
}

/// The rules in memory of their own, so that the matcher reads them without detours.
struct RuleCode {
  let rules: UnsafeBufferPointer<Rule>
  let operations: UnsafeBufferPointer<UInt32>

  init(_ rules: [Rule], _ operations: [UInt32]) {
    let ruleMemory = UnsafeMutableBufferPointer<Rule>.allocate(capacity: rules.count)
    _ = ruleMemory.initialize(from: rules)
    let operationMemory = UnsafeMutableBufferPointer<UInt32>.allocate(capacity: operations.count)
    _ = operationMemory.initialize(from: operations)
    self.rules = UnsafeBufferPointer(ruleMemory)
    self.operations = UnsafeBufferPointer(operationMemory)
  }

  func deallocate() {
    rules.deallocate()
    operations.deallocate()
  }
}

func lowered(_ bytes: some Sequence<UInt8>) -> [UInt8] { bytes.map(WordHash.fold) }
