// main.swift: the m4 command, a drop-in for GNU m4.
//
// The command line is read twice: what holds for the whole run first, then
// definitions and files in the order they were given. The status is 0, 1 after a
// fault, or what m4exit asked for.

import Glibc
import MacroProcessor
import Options
import Posix

keepFreedMemory()
holdStandardDescriptors()

let programName =
  CommandLine.unsafeArgv[0].map { Array(String(cString: $0).utf8) } ?? Array("m4".utf8)

func complain(_ text: [UInt8]) {
  // Nowhere is left to say that this failed.
  try? writeAll(2, programName + Array(": ".utf8) + text + [0x0A])
}

func complain(_ text: String) { complain(Array(text.utf8)) }

func show(_ text: String) -> Never {
  do throws(Errno) { try writeAll(1, Array(text.utf8)) } catch {
    complain("write error: \(error)")
    exit(1)
  }
  exit(0)
}

func usageError() -> Never {
  // GNU m4's words, quotes included, since scripts show them.
  try? writeAll(
    2, Array("Try `".utf8) + programName + Array(" --help' for more information.\n".utf8))
  exit(1)
}

let events = m4Options.parse(
  commandLineArguments(), operandsEndOptions: getenv("POSIXLY_CORRECT") != nil)

// What holds for the whole run.
var surroundings = Surroundings()
surroundings.programName = programName
surroundings.outputDescriptor = 1
var own = OwnSettings()
var nestingLimit = 0
var isTraditional = getenv("POSIXLY_CORRECT") != nil
var isPrefixed = false
var isQuiet = false
var fatalWarnings = 0
var debugFlags: [UInt8]?
var debugFile: [UInt8]?
var argumentLength = 0

func number(_ text: [UInt8]?) -> Int {
  text.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
}

for event in events {
  switch event {
  case .fault(let fault):
    complain(fault.message)
    usageError()
  case .operand: break
  case .option(let option, let value):
    switch option {
    case .help:
      show(
        "Usage: m4 [OPTION]... [FILE]...\nExpand the m4 macros in FILEs, or in standard input for none or `-'.\n\n"
          + m4Options.help())
    case .version:
      show("m4 (Waybill) 1.4.19\nA macro processor that does what GNU M4 1.4.19 does.\n")
    case .fatalWarnings: fatalWarnings += 1
    case .prefixBuiltins: isPrefixed = true
    case .quiet: isQuiet = true
    case .include: surroundings.includeFolders.append(value ?? [])
    case .gnu: isTraditional = false
    case .traditional: isTraditional = true
    case .nestingLimit: nestingLimit = number(value)
    case .debug: debugFlags = (debugFlags ?? []) + (value ?? [])
    case .debugFile: debugFile = value
    case .argumentLength: argumentLength = number(value)
    case .freezeState, .reloadState:
      complain("frozen state files are not supported yet; give the macro files instead")
      exit(1)
    case .syncLines:
      complain("-s: line directives are not supported yet")
      exit(1)
    case .warnMacroSequence:
      complain("--warn-macro-sequence is not supported yet")
      exit(1)
    case .errorOutput: debugFile = value
    case .own(let option): own.take(option, value)
    case .interactive, .hashSize, .define, .undefine, .trace: break
    }
  }
}
if !isTraditional, let path = getenv("M4PATH") {
  surroundings.includeFolders += String(cString: path).utf8
    .split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map(Array.init)
}

let mainFiles = events.compactMap { event -> [UInt8]? in
  if case .operand(let path) = event { path } else { nil }
}
surroundings.sandbox = own.sandbox(surroundings.includeFolders, mainFiles: mainFiles)
if own.isRuleAlone { surroundings.outputDescriptor = open("/dev/null", O_WRONLY | O_CLOEXEC) }

var processor = Processor(surroundings, prefixed: isPrefixed, traditional: isTraditional)
processor.limits = own.limits(nesting: nestingLimit)
processor.files.isOn = own.writesRule
processor.isQuiet = isQuiet
processor.fatalWarnings = fatalWarnings
processor.limitTraceText(to: argumentLength)
if let debugFlags, !processor.setDebugFlags(debugFlags) {
  complain(Array("bad debug flags: `".utf8) + debugFlags + [UInt8(ascii: "'")])
}
if let debugFile {
  do throws(Errno) { try processor.setDebugFile(debugFile) } catch {
    complain(Array("cannot set debug file `".utf8) + debugFile + Array("': \(error)".utf8))
    exit(1)
  }
}

// Definitions and files, in their order.
do throws(ProcessorExit) {
  var hasFiles = false
  for event in events {
    switch event {
    case .operand(let path):
      hasFiles = true
      try processor.process(path)
    case .option(.define, let value):
      let text = value ?? []
      let name = text.prefix { $0 != UInt8(ascii: "=") }
      processor.define(Array(name), as: Array(text.dropFirst(name.count + 1)))
    case .option(.undefine, let value): processor.undefine(value ?? [])
    case .option(.trace, let value): processor.traceMacro(value ?? [])
    default: break
    }
  }
  if !hasFiles { try processor.process([UInt8(ascii: "-")]) }
  let status = try processor.finish()
  if own.writesRule, status == 0, !own.writeRule(processor.files, mainFiles: mainFiles) {
    exit(ExitStatus.cannotCreate.rawValue)
  }
  exit(status)
} catch {
  exit(error.status)
}
