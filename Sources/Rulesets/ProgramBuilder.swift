// ProgramBuilder.swift: the lines of a .cf to a program.
//
// Reads the lines in their order, because what comes first counts: the operators
// that separate tokens, the ruleset that rules belong to. Faults are collected
// beside the reader's and stand in the order of the lines.

import Diagnostics
import Posix
import SendmailCF

/// What a program is made of besides the .cf.
package struct ProgramSettings: Sendable {
  package var environment = CFEnvironment()
  /// Options that overrule those of the file, as `-O` gives them.
  package var options: [(name: String, value: [UInt8])] = []
  /// Absolute paths are looked up below it.
  package var root: FileRoot = ""
  /// Whether `F|program` lines and maps of type program may run theirs.
  package var allowsPrograms = false

  package init() {}
}

/// Compiles a .cf.
package struct ProgramBuilder {
  var file: CFFile
  let settings: ProgramSettings
  let byteClasses: ByteClasses
  let table: TokenTable
  var compiler: RuleCompiler
  var rules: [Rule] = []
  var texts: [RuleText] = []
  var rulesOfRuleset = [[Int]](repeating: [], count: RulesetNumbers.count)
  var classes = ClassTable()
  var macros: CFMacros
  var options = CFOptions()
  var maps: [MapDefinition] = []
  var mailers: [CFMailer] = []
  var findings: [CFFinding] = []
  /// Nil behind an S line that could not be read: the rules there are lost.
  private var ruleset: Int? = 0

  package static func build(
    _ bytes: [UInt8], name: String, settings: ProgramSettings = ProgramSettings()
  ) -> RulesetProgram {
    build(
      CFReader.read(bytes, name: name, environment: settings.environment), settings: settings)
  }

  package static func build(
    _ file: CFFile, settings: ProgramSettings = ProgramSettings()
  ) -> RulesetProgram {
    var builder = ProgramBuilder(file, settings)
    builder.addLines()
    builder.assignBits()
    return RulesetProgram(builder)
  }

  private init(_ file: CFFile, _ settings: ProgramSettings) {
    self.file = file
    self.settings = settings
    // One table for the whole file: a configuration sets its operators before its rules.
    var operators = ByteClasses.defaultOperators
    for option in file.options where option.name == "OperatorChars" {
      operators = option.value.text(file.names)
    }
    byteClasses = ByteClasses(operators: operators)
    table = TokenTable(classes: byteClasses)
    compiler = RuleCompiler(table: table, classes: byteClasses)
    macros = file.macros
  }

  mutating func report(_ problem: CFProblem, at position: SourcePosition) {
    findings.append(CFFinding(problem, at: position))
  }

  private mutating func addLines() {
    for index in file.lines.indices { add(file.lines[index]) }
    for (name, value) in settings.options { options[name] = value }
    findings = file.findings.merged(with: findings)
  }

  private mutating func add(_ line: CFLine) {
    switch line.content {
    case .ruleset(let name): ruleset = name.number
    case .rule(let rule): add(rule, at: line.position)
    case .words(let number, let words, let copied):
      for word in words + copied.flatMap({ classes.members(of: $0) }) { classes.add(word, to: number) }
    case .classFile(let source): add(source, at: line.position)
    case .trustedUsers(let users): for user in users { classes.add(user, to: 0x74) }
    case .option(let option): options.set(option, file.macros, file.names)
    case .map(let map): add(map, at: line.position)
    case .mailer(let mailer): add(mailer)
    case .faulty where line.text.first == 0x53: ruleset = nil
    default: break
    }
  }

  private mutating func add(_ rule: CFRule, at position: SourcePosition) {
    let (compiled, text) = compiler.compile(
      rule, at: position, names: file.names, classes: &classes)
    for problem in compiler.problems { report(problem, at: position) }
    guard let ruleset else { return }
    rulesOfRuleset[ruleset].append(rules.count)
    rules.append(compiled)
    texts.append(text)
  }

  private mutating func add(_ source: CFClassFile, at position: SourcePosition) {
    do throws(CFProblem) {
      let words = try ClassFiles(settings: settings, options: options, names: file.names).words(of: source)
      for word in words { classes.add(word, to: source.classNumber) }
    } catch { report(error, at: position) }
  }

  /// A mailer that is defined again takes the place of the old one.
  private mutating func add(_ mailer: CFMailer) {
    if let index = mailers.firstIndex(where: { lowered($0.name) == lowered(mailer.name) }) {
      mailers[index] = mailer
    } else {
      mailers.append(mailer)
    }
  }

  private mutating func add(_ map: CFMap, at position: SourcePosition) {
    for problem in maps.add(map, at: position, settings) { report(problem, at: position) }
  }

  // MARK: - Bits

  /// Gives the literals that most rules ask for a bit each; the others share some.
  private mutating func assignBits() {
    var uses = [Int](repeating: 0, count: table.count)
    for rule in rules {
      for token in literals(of: rule) { uses[Int(token)] += 1 }
    }
    let ranked = uses.indices.filter { uses[$0] > 0 }.sorted { (uses[$0], $1) > (uses[$1], $0) }
    for (rank, token) in ranked.enumerated() { table.setBits(TokenID(token), Self.bit(rank)) }
    for token in 0..<table.count {
      let folded = table.entries[token].folded
      table.setBits(TokenID(token), table.entries[Int(folded)].bits)
    }
    for index in rules.indices {
      var bits = rules[index].filter.bits
      for token in literals(of: rules[index]) { bits |= table.entries[Int(token)].bits }
      rules[index].filter.bits = bits & ~(SymbolBits.lookup | SymbolBits.call)
    }
  }

  private func literals(of rule: Rule) -> some Sequence<TokenID> {
    compiler.operations[rule.left].lazy.filter { $0 >> RuleOperation.shift == RuleOperation.literal }
  }

  private static func bit(_ rank: Int) -> UInt64 {
    let own = 50
    let index = rank < own ? rank : own + rank % (64 - SymbolBits.firstFree - own)
    return 1 << UInt64(index + SymbolBits.firstFree)
  }
}

extension [CFFinding] {
  /// What the reader found, and what was found in the lines that it gave, each in the order of the lines; of
  /// one line the reader's come first.
  func merged(with others: [CFFinding]) -> [CFFinding] {
    var merged: [CFFinding] = []
    var read = self[...]
    for finding in others {
      while let first = read.first, first.position.line <= finding.position.line {
        merged.append(first)
        read.removeFirst()
      }
      merged.append(finding)
    }
    return merged + read
  }
}
