// ProgramCheck.swift: what is wrong with a .cf.
//
// Each line is looked at when it was read and is gone then: no program is made.

import Diagnostics
import SendmailCF

/// Looks for the faults of a .cf, all that building a program of it would find.
package struct ProgramCheck {
  private let settings: ProgramSettings
  private var reader: CFReader
  private var rules = RuleCheck()
  private var options = CFOptions()
  private var maps: [MapDefinition] = []
  private var findings: [CFFinding] = []

  /// The faults, in the order of their lines.
  package static func findings(in bytes: [UInt8], name: String, settings: ProgramSettings) -> [CFFinding] {
    var check = ProgramCheck(reader: CFReader(bytes, name: name, settings.environment), settings)
    while let line = check.reader.next() { check.look(at: line) }
    return check.reader.file.findings.merged(with: check.findings)
  }

  private init(reader: CFReader, _ settings: ProgramSettings) {
    self.reader = reader
    self.settings = settings
  }

  private mutating func look(at line: CFLine) {
    switch line.content {
    case .rule(let rule): report(rules.problems(of: rule, reader.file.names), at: line.position)
    case .option(let option) where ClassFiles.options.contains(option.name):
      options.set(option, reader.file.macros, reader.file.names)
    case .map(let map): report(maps.add(map, at: line.position, settings), at: line.position)
    case .classFile(let source):
      do throws(CFProblem) {
        _ = try ClassFiles(settings: settings, options: options, names: reader.file.names).words(of: source)
      } catch { report([error], at: line.position) }
    default: break
    }
  }

  private mutating func report(_ problems: [CFProblem], at position: SourcePosition) {
    for problem in problems { findings.append(CFFinding(problem, at: position)) }
  }
}
