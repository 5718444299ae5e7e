// TestSession.swift: the dialogue of `sendmail -bt`.
//
// A line is a command or rulesets and addresses; the answer is printed as the real
// sendmail prints it, byte for byte. The status at the end tells the worst of what
// the configuration and the session met: 70 for faults, 71 for files, 64 for text
// that cannot be an address.

import Diagnostics
import Glibc
import Posix
import Rulesets
import SendmailCF

/// One run of test mode.
package final class TestSession {
  let program: RulesetProgram
  let engine: RulesetEngine
  let output: OutputBuffer
  let host: HostIdentity
  let mailers: MailerList
  var flags = TryFlags()
  var debug: DebugLevels { didSet { tracer?.level = debug[21] } }
  var tracer: RuleTracer?
  /// What the command line gives to tell first.
  var notices: [CommandOptions.Notice] = []
  /// -v: what is typed is shown behind the prompt.
  var echoesInput = false
  private(set) var status: Int32 = 0

  package init(
    _ program: RulesetProgram, host: HostIdentity, debug: DebugLevels, output descriptor: Int32
  ) {
    self.program = program
    self.host = host
    mailers = MailerList(program)
    self.debug = debug
    engine = RulesetEngine(program)
    output = OutputBuffer(descriptor)
    let tracer = RuleTracer(self)
    tracer.level = debug[21]
    self.tracer = tracer
    engine.observer = tracer
  }

  /// Runs until the input ends; returns the exit status.
  package func run(input descriptor: Int32) -> Int32 {
    defer { output.flush() }
    guard start() else { return status }
    var reader = LineReader(descriptor)
    while true {
      if !echoesInput { output.write("> ") }
      guard let line = reader.next(beforeWaiting: { output.flush() }) else { break }
      if echoesInput {
        output.write("> ")
        output.write(line)
        output.newline()
      }
      engine.pendingError = 0
      if !answer(Array(line.prefix { $0 != 0 })) { break }
    }
    return status
  }

  /// What is told before the first prompt; false when the configuration cannot be used.
  private func start() -> Bool {
    host.introduce(engine, debug, output)
    tell(notices.filter { !$0.isLate })
    for finding in program.findings {
      output.write(finding.asSendmail)
      worsen(finding.problem.status)
      if finding.problem.isFatal { return false }
    }
    tell(notices.filter(\.isLate))
    host.describeAddresses(engine, debug, output)
    if program.mailer(named: Array("local".utf8)) == nil {
      output.write("No local mailer defined\n")
      worsen(70)
    }
    host.addClasses(to: engine)
    host.describe(engine, debug, output)
    output.write("ADDRESS TEST MODE (ruleset 3 NOT automatically invoked)\n")
    output.write("Enter <ruleset> <address>\n")
    return true
  }

  private func tell(_ notices: [CommandOptions.Notice]) {
    for notice in notices {
      output.writeMessage(notice.text)
      worsen(notice.status)
    }
  }

  /// The first fault decides the status.
  func worsen(_ new: Int32) { if status == 0 { status = new } }

  /// A fault in sendmail's words; an error of the system that is still about is named with it.
  func fault(_ text: String) { fault(Array(text.utf8)) }

  func fault(_ text: [UInt8]) {
    let cause = engine.pendingError
    engine.pendingError = 0
    output.writeMessage(text + (cause == 0 ? [] : Array(": Unknown error \(cause)".utf8)))
    worsen(cause == 0 ? 70 : 71)
  }

  /// False when the session is to end.
  private func answer(_ line: [UInt8]) -> Bool {
    // Behind a tab a command is taken for a ruleset.
    let text = ArraySlice(line).drop { $0 == 0x20 }
    guard let first = text.first, first != 0x23 else { return true }
    switch first {
    case 0x2E: dot(text.dropFirst(), line: text)  // .
    case 0x3D: equals(text.dropFirst(), line: text)  // =
    case 0x2D: dash(text.dropFirst(), line: text)  // -
    case 0x24: dollar(text.dropFirst())  // $
    case 0x3F: output.write("Sendmail \(shown(host.version)) -- HELP not implemented\n")
    case 0x2F:
      let command = text.dropFirst().prefix { !isBlank($0) }
      if shown(lowered(command)) == "quit" { return false }
      slash(
        shown(lowered(command)), trimmed(text.dropFirst(1 + command.count)), line: text)
    default: rewrite(text.drop(while: isBlank))
    }
    return true
  }

  // MARK: - One-letter commands

  private func dot(_ rest: ArraySlice<UInt8>, line: ArraySlice<UInt8>) {
    switch rest.first {
    case 0x44: define(rest.dropFirst())  // D
    case 0x43: addWords(rest.dropFirst())  // C
    case nil: output.write("Usage: .[DC]macro value(s)\n")
    default:
      output.write("Unknown \".\" command ")
      output.write(line)
      output.newline()
    }
  }

  private func define(_ text: ArraySlice<UInt8>) {
    guard let (number, value) = readName(text) else { return }
    let translation = engine.names.translate(value, comments: true)
    tell(translation.faults)
    engine.macros[number] = translation.units
  }

  private func addWords(_ text: ArraySlice<UInt8>) {
    // Without a name nothing happens, and nothing is said.
    if text.isEmpty { return }
    guard let (number, value) = readName(text) else { return }
    let units = engine.names.translate(value, comments: true).units
    let words = CFClassWords(engine.macros.expand(units).units, engine.names)
    let copied = words.classes.flatMap { engine.classes.members(of: $0) }
    for word in words.words + copied { engine.addWord(word, to: number) }
  }

  /// A macro or class name and what follows it.
  func readName(_ text: ArraySlice<UInt8>) -> (Int, ArraySlice<UInt8>)? {
    let reading = engine.names.read(text)
    tell(reading.faults)
    return reading.number.map { ($0, text[reading.end...]) }
  }

  func tell(_ faults: [MacroNames.Fault]) {
    for problem in faults.flatMap(CFProblem.badName) {
      output.writeMessage(problem.wording)
      worsen(problem.status)
    }
  }

  private func dollar(_ text: ArraySlice<UInt8>) {
    if text.first == 0x3D {  // $=c
      guard let (number, _) = readName(text.dropFirst()) else { return }
      for word in engine.classes.members(of: number) {
        output.write(word)
        output.newline()
      }
      return
    }
    guard let (number, _) = readName(text) else { return }
    guard let value = engine.macroText(number) ?? Self.symbol(number) else {
      output.write("Undefined\n")
      return
    }
    // As much as sendmail has room for.
    output.writeVisible(value.prefix(2047))
    output.newline()
  }

  /// The symbols of rules are macros too, which stand for themselves.
  private static func symbol(_ number: Int) -> [UInt8]? {
    "#&()*+-.0123456789:>?@[]|~".utf8.contains { Int($0) == number }
      ? [0x24, UInt8(truncatingIfNeeded: number)] : nil
  }

  private func equals(_ rest: ArraySlice<UInt8>, line: ArraySlice<UInt8>) {
    switch rest.first {
    case 0x53: printRules(rest.dropFirst())  // S
    case 0x4D: printMailers()  // M
    case nil: output.write("Usage: =Sruleset or =M\n")
    default:
      output.write("Unknown \"=\" command ")
      output.write(line)
      output.newline()
    }
  }

  private func dash(_ rest: ArraySlice<UInt8>, line: ArraySlice<UInt8>) {
    switch rest.first {
    case 0x64: debug.set(Array(rest.dropFirst()))
    case nil: output.write("Usage: -d{debug arguments}\n")
    default:
      output.write("Unknown \"-\" command ")
      output.write(line)
      output.newline()
    }
  }

  // MARK: - Rulesets

  /// The number of the ruleset that a text begins with, told when there is none.
  func ruleset(_ text: ArraySlice<UInt8>) -> Int? {
    let rest = text.drop(while: isBlank)
    if let first = rest.first, first &- 0x30 < 10 {
      let digits = rest.prefix { $0 &- 0x30 < 10 }
      let number = Int(shown(digits.prefix(9))) ?? 0
      if number < CFRulesetName.limit { return number }
      fault("bad ruleset \(number) (100 max)")
    } else if let first = rest.first, isLetter(first) || first == 0x5F {
      let name = Array(rest.prefix { isLetter($0) || $0 &- 0x30 < 10 || $0 == 0x5F })
      if let number = program.file.rulesetNumbers[name] { return number }
    } else {
      fault(Array("invalid ruleset name: \"".utf8) + rest + [0x22])
    }
    output.write("Undefined ruleset ")
    output.write(text)
    output.newline()
    return nil
  }

  /// `ruleset,ruleset address, address`
  private func rewrite(_ line: ArraySlice<UInt8>) {
    guard let end = line.firstIndex(where: isBlank) else {
      output.write("No address!\n")
      return
    }
    let names = line[..<end]
    let addresses = Array(line[(end + 1)...])
    addresses.withUnsafeBufferPointer { text in
      var start = 0
      while start < text.count {
        let loading = engine.load(text, from: start, until: 0x2C)
        tell(loading.problems, about: text[start...])
        if loading.hasFailed || loading.isEmpty && loading.end >= text.count { return }
        if !loading.isEmpty { run(names) }
        start = loading.end + 1
      }
    }
  }

  private func run(_ names: ArraySlice<UInt8>) {
    var rest = names
    while !rest.isEmpty {
      guard let number = ruleset(rest) else { return }
      let end = rest.firstIndex(of: 0x2C) ?? rest.endIndex
      let status = engine.rewrite(number)
      if status != 0 {
        output.write("== Ruleset ")
        output.write(rest)
        output.write(" (\(number)) status \(status)\n")
      }
      rest = rest[min(end + 1, rest.endIndex)...]
    }
  }

  /// The repairs that a text needed, in sendmail's words.
  func tell(_ problems: [ScanProblem], about text: some Collection<UInt8>) {
    for problem in problems { tell(problem, about: Array(text)) }
  }

  func tell(_ problem: ScanProblem, about text: [UInt8]) {
    switch problem {
    case .unbalanced(let byte):
      output.writeMessage(shortened(text, to: 203) + Array("... Unbalanced '".utf8) + [byte, 0x27])
    case .tooLong:
      output.writeMessage(
        Array("Address \"".utf8) + text.prefix(255) + Array("\" too long (255 bytes max)".utf8))
    case .tokenTooLong:
      output.writeMessage(shortened(text, to: 203) + Array("... prescan: token too long".utf8))
    case .refusedByte:
      output.writeMessage(
        Array("8-bit character in mailbox address \"".utf8) + shortened(text, to: 203) + [0x22])
      worsen(64)
    case .tooManyTokens:
      output.writeMessage("prescan: too many tokens".utf8)
    }
  }
}

/// A long text with its middle left out.
func shortened(_ text: [UInt8], to length: Int) -> [UInt8] {
  guard text.count > length else { return text }
  let half = (length - 3) / 2
  return Array(text.prefix(half)) + [0x2E, 0x2E, 0x2E] + text.suffix(length - 3 - half)
}

/// A text without the blanks at its ends.
func trimmed(_ text: ArraySlice<UInt8>) -> [UInt8] {
  Array(text.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
}

func shown(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
func lowered(_ bytes: some Sequence<UInt8>) -> [UInt8] {
  bytes.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
}
func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
