// M4Command.swift: from a command line to the end of the expansion.
//
// The command line is read twice: what holds for the whole run first, then definitions,
// files and the options that mean what follows them, in the order they were given. The
// status is 0, 1 after a fault, 63 for a frozen state of a newer version, or what m4exit
// asked for.
//
// Starting is most of what a run on a small file costs, so nothing here asks for key paths,
// main-actor isolation or conformances at run time: each brings in a part of Swift's runtime.

import Glibc
import MacroProcessor
import Options
import Posix

struct M4Command {
  private let events: [OptionEvent<M4Option>]
  private var surroundings = Surroundings()
  private var own = OwnSettings()
  private var nestingLimit = 0
  private var isTraditional = false
  private var isPrefixed = false
  private var isQuiet = false
  private var isInteractive = false
  private var fatalWarnings = 0
  private var debugFlags = TraceFlags()
  private var debugFile: [UInt8]?
  private var argumentLength = 0
  private var frozenState: (read: [UInt8]?, write: [UInt8]?)
  /// The regular expression of --warn-macro-sequence; nil where the option is not given.
  private var sequences: [UInt8]??

  static func run() -> Never {
    keepFreedMemory()
    holdStandardDescriptors()
    var command = M4Command(events(commandLineArguments()))
    for event in command.events { command.take(event) }
    command.expand()
  }

  private static func events(_ words: [[UInt8]]) -> [OptionEvent<M4Option>] {
    // Most runs have none, and making the table is a good part of such a run.
    if areOperands(words) { return words.map { .operand($0) } }
    // Options stand between files whatever POSIXLY_CORRECT says, since their order means something.
    return m4Options.parse(words)
  }

  private init(_ events: [OptionEvent<M4Option>]) {
    self.events = events
    surroundings.programName = programName
    surroundings.outputDescriptor = 1
  }

  // MARK: What holds for the whole run

  private mutating func take(_ event: OptionEvent<M4Option>) {
    switch event {
    case .fault(let fault):
      complain(fault.message)
      usageError()
    case .operand: break
    case .option(let option, let value): take(option, value)
    }
  }

  private mutating func take(_ option: M4Option, _ value: [UInt8]?) {
    switch option {
    case .help:
      show(
        "Usage: m4 [OPTION]... [FILE]...\nExpand the m4 macros in FILEs, or in standard input for none or `-'.\n\n"
          + m4Options.help())
    case .version:
      show("m4 (Waybill) 1.4.19\nA macro processor that does what GNU M4 1.4.19 does.\n")
    case .fatalWarnings: fatalWarnings += 1
    case .interactive: isInteractive = true
    case .obsoleteInteractive:
      complain("warning: `m4 -e' is deprecated, use `-i' instead")
      isInteractive = true
    case .obsolete(let warning): complain("warning: " + warning)
    case .prefixBuiltins: isPrefixed = true
    case .quiet: isQuiet = true
    case .warnMacroSequence: sequences = .some(value)
    case .include: surroundings.includeFolders.append(value ?? [])
    case .gnu: isTraditional = false
    case .traditional: isTraditional = true
    case .nestingLimit: nestingLimit = max(number(value), 0)
    case .freezeState: frozenState.write = value
    case .reloadState: frozenState.read = value
    case .debug:
      debugFlags = TraceFlags(option: value ?? []) ?? []
      if TraceFlags(option: value ?? []) == nil {
        complain(Array("bad debug flags: `".utf8) + (value ?? []) + [UInt8(ascii: "'")])
      }
    case .argumentLength: argumentLength = max(number(value), 0)
    case .errorOutput: debugFile = value
    case .own(let option): own.take(option, value)
    case .hashSize, .define, .undefine, .trace, .debugFile, .syncLines: break
    }
  }

  private var mainFiles: [[UInt8]] {
    var files: [[UInt8]] = []
    for case .operand(let path) in events { files.append(path) }
    return files
  }

  // MARK: What stands in order

  private mutating func expand() -> Never {
    if let path = getenv("M4PATH") {
      surroundings.includeFolders += String(cString: path).utf8
        .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Array.init)
    }
    own.check(mainFiles: mainFiles)
    surroundings.sandbox = own.sandbox(surroundings.includeFolders, mainFiles: mainFiles)
    if let sandbox = surroundings.sandbox {
      LibraryQuestions(sandbox, time: own.buildTime).attach(to: &surroundings)
    }
    let findings = own.findings == .plain ? nil : FindingsOutput(own.findings)
    if let findings { surroundings.receive = { findings.receive($0) } }
    if own.isRuleAlone { surroundings.outputDescriptor = open("/dev/null", O_WRONLY | O_CLOEXEC) }
    var processor = Processor(
      surroundings, prefixed: isPrefixed, traditional: isTraditional, hasBuiltins: frozenState.read == nil)
    setUp(&processor)
    if findings != nil || own.mapFile != nil { processor.keepProvenance(mapsOutput: own.mapFile != nil) }
    do throws(ProcessorExit) {
      let status = try expand(&processor)
      findings?.show(processor.lateFindings)
      if own.mapFile != nil, !own.writeMap(processor.takeMap()) { exit(ExitStatus.cannotCreate.rawValue) }
      if own.writesRule, status == 0, !own.writeRule(processor.files, mainFiles: mainFiles) {
        exit(ExitStatus.cannotCreate.rawValue)
      }
      exit(status)
    } catch {
      findings?.show(processor.lateFindings)
      exit(error.status)
    }
  }

  /// Whether the user's locale for letters is another one than that of C.
  private static var hasLocale: Bool {
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = getenv(name), value.pointee != 0 else { continue }
      return strcmp(value, "C") != 0 && strcmp(value, "POSIX") != 0
    }
    return false
  }

  private func setUp(_ processor: inout Processor) {
    processor.limits = own.limits(nesting: nestingLimit)
    processor.files.isOn = own.writesRule
    processor.isQuiet = isQuiet
    processor.fatalWarnings = fatalWarnings
    processor.followsLocale = Self.hasLocale
    processor.limitTraceText(to: argumentLength)
    processor.setDebugFlags(debugFlags)
    if isInteractive {
      signal(SIGINT, SIG_IGN)
      processor.isInteractive = true
    }
    if let sequences, let fault = processor.warnOfSequences(sequences) {
      complain(
        Array("--warn-macro-sequence: bad regular expression `".utf8) + (sequences ?? [])
          + Array("': \(fault)".utf8))
      exit(1)
    }
  }

  /// - Returns: the exit status.
  private func expand(_ processor: inout Processor) throws(ProcessorExit) -> Int32 {
    if let debugFile { try processor.setDebugFile(debugFile, shownName: debugFile) }
    if let path = frozenState.read { try processor.reloadState(from: path) }
    var hasFiles = false
    for event in events {
      switch event {
      case .operand(let path):
        hasFiles = true
        try processor.process(path)
      case .option(.define, let value):
        let text = value ?? []
        let name = Array(text.prefix { $0 != UInt8(ascii: "=") })
        try processor.defineWithWarnings(name, as: Array(text.dropFirst(name.count + 1)))
      case .option(.undefine, let value): processor.undefine(value ?? [])
      case .option(.trace, let value): processor.traceMacro(value ?? [])
      case .option(.syncLines, _): processor.markLines()
      case .option(.debugFile, let value):
        // The name is GNU m4's slip.
        try processor.setDebugFile(value, shownName: Array("stderr".utf8))
      default: break
      }
    }
    if !hasFiles { try processor.process([UInt8(ascii: "-")]) }
    return try processor.finish(freezingInto: frozenState.write)
  }
}

// MARK: Words to people

let programName = CommandLine.unsafeArgv[0].map { Array(String(cString: $0).utf8) } ?? Array("m4".utf8)

func complain(_ text: [UInt8]) {
  // Nowhere is left to say that this failed.
  try? writeAll(2, programName + Array(": ".utf8) + text + [0x0A])
}

func complain(_ text: String) { complain(Array(text.utf8)) }

private func show(_ text: String) -> Never {
  do throws(Errno) { try writeAll(1, Array(text.utf8)) } catch {
    complain("write error: \(error)")
    exit(1)
  }
  exit(0)
}

private func usageError() -> Never {
  // GNU m4's words, quotes included, since scripts show them.
  try? writeAll(
    2, Array("Try `".utf8) + programName + Array(" --help' for more information.\n".utf8))
  exit(1)
}

/// As atoi(3) reads it.
private func number(_ text: [UInt8]?) -> Int {
  Int(Int32(truncatingIfNeeded: strtol(String(decoding: text ?? [], as: UTF8.self), nil, 10)))
}
