// Builtin.swift: the table of builtin macros.
//
// To add one: a case here with its row, and a function in this folder that `run`
// calls. `wantsArguments` says that without a parenthesis the name is only a
// word; `takesBuiltins` that arguments may be values of builtins, as defn gives.

enum Builtin: UInt8, CaseIterable {
  case builtin, changecom, changequote, debugfile, debugmode, decr, define, defn, divert, divnum
  case dnl, dumpdef, errprint, esyscmd, eval, file, format, ifdef, ifelse, include, incr, index
  case indir, len, line, m4exit, m4wrap, maketemp, mkstemp, patsubst, popdef, program, pushdef
  case regexp, shift, sinclude, substr, syscmd, sysval, traceoff, traceon, translit, undefine
  case undivert
  /// What a frozen state names and this program has not.
  case placeholder

  struct Row {
    let name: StaticString
    /// How many arguments it must have, and may have without a warning.
    var least = 0
    var most = Int.max
    var wantsArguments = true
    var takesBuiltins = false
    /// Whether POSIX does not know it, so that -G leaves it out.
    var isExtension = false
  }

  var row: Row { Self.rows[Int(rawValue)] }

  var name: Bytes {
    Bytes(start: row.name.utf8Start, count: row.name.utf8CodeUnitCount)
  }

  /// The builtin of that name, whatever its name was made to stand for.
  static func named(_ name: Bytes) -> Builtin? {
    allCases.first { $0 != .placeholder && equal($0.name, name) }
  }

  /// Whether it hands long arguments on as they are.
  @inline(__always)
  var takesReferences: Bool { self == .ifelse || self == .define || self == .pushdef }

  private static let rows: [Row] = allCases.map { builtin in
    switch builtin {
    case .builtin: Row(name: "builtin", least: 1, takesBuiltins: true, isExtension: true)
    case .changecom: Row(name: "changecom", most: 2, wantsArguments: false)
    case .changequote: Row(name: "changequote", most: 2, wantsArguments: false)
    case .debugfile: Row(name: "debugfile", most: 1, wantsArguments: false, isExtension: true)
    case .debugmode: Row(name: "debugmode", most: 1, wantsArguments: false, isExtension: true)
    case .decr: Row(name: "decr", least: 1, most: 1)
    case .define: Row(name: "define", least: 1, most: 2, takesBuiltins: true)
    case .defn: Row(name: "defn", least: 1)
    case .divert: Row(name: "divert", most: 1, wantsArguments: false)
    case .divnum: Row(name: "divnum", most: 0, wantsArguments: false)
    case .dnl: Row(name: "dnl", most: 0, wantsArguments: false)
    case .dumpdef: Row(name: "dumpdef", wantsArguments: false)
    case .errprint: Row(name: "errprint", least: 1)
    case .esyscmd: Row(name: "esyscmd", least: 1, most: 1, isExtension: true)
    case .eval: Row(name: "eval", least: 1, most: 3)
    case .file: Row(name: "__file__", most: 0, wantsArguments: false, isExtension: true)
    case .format: Row(name: "format", least: 1, isExtension: true)
    case .ifdef: Row(name: "ifdef", least: 2, most: 3)
    case .ifelse: Row(name: "ifelse")
    case .include: Row(name: "include", least: 1, most: 1)
    case .incr: Row(name: "incr", least: 1, most: 1)
    case .index: Row(name: "index", least: 2, most: 2)
    case .indir: Row(name: "indir", least: 1, takesBuiltins: true, isExtension: true)
    case .len: Row(name: "len", least: 1, most: 1)
    case .line: Row(name: "__line__", most: 0, wantsArguments: false, isExtension: true)
    case .m4exit: Row(name: "m4exit", most: 1, wantsArguments: false)
    case .m4wrap: Row(name: "m4wrap", least: 1)
    case .maketemp: Row(name: "maketemp", least: 1, most: 1)
    case .mkstemp: Row(name: "mkstemp", least: 1, most: 1)
    case .patsubst: Row(name: "patsubst", least: 2, most: 3, isExtension: true)
    case .popdef: Row(name: "popdef", least: 1)
    case .program:
      Row(name: "__program__", most: 0, wantsArguments: false, isExtension: true)
    case .pushdef: Row(name: "pushdef", least: 1, most: 2, takesBuiltins: true)
    case .regexp: Row(name: "regexp", least: 2, most: 3, isExtension: true)
    case .shift: Row(name: "shift", least: 1)
    case .sinclude: Row(name: "sinclude", least: 1, most: 1)
    case .substr: Row(name: "substr", least: 2, most: 3)
    case .syscmd: Row(name: "syscmd", least: 1, most: 1)
    case .sysval: Row(name: "sysval", wantsArguments: false)
    case .traceoff: Row(name: "traceoff", wantsArguments: false)
    case .traceon: Row(name: "traceon", wantsArguments: false)
    case .translit: Row(name: "translit", least: 2, most: 3)
    case .undefine: Row(name: "undefine", least: 1)
    case .undivert: Row(name: "undivert", wantsArguments: false)
    case .placeholder: Row(name: "placeholder", wantsArguments: false)
    }
  }
}

/// How many arguments each builtin takes, as plain numbers: they are asked for at each call.
struct Arities: ~Copyable {
  private let table: UnsafeMutablePointer<(least: Int, most: Int)>

  init() {
    table = .allocate(capacity: Builtin.allCases.count)
    for builtin in Builtin.allCases {
      (table + Int(builtin.rawValue)).initialize(to: (builtin.row.least, builtin.row.most))
    }
  }

  deinit { table.deallocate() }

  @inline(__always)
  subscript(builtin: Int) -> (least: Int, most: Int) { table[builtin] }
}

extension Processor {
  mutating func installBuiltins(prefixed: Bool) {
    for builtin in Builtin.allCases
    where builtin != .placeholder && !(isTraditional && builtin.row.isExtension) {
      let symbol = internName(builtin.row.name, prefixed: prefixed)
      symbols.define(symbol, builtin: builtin, push: false)
    }
    // Empty macros by which scripts tell where they run.
    let markers: [StaticString] = isTraditional ? ["unix"] : ["__gnu__", "__unix__"]
    for marker in markers {
      let symbol = internName(marker, prefixed: prefixed && !marker.starts(with: "__"))
      symbols.define(symbol, text: Bytes(start: nil, count: 0), push: false)
    }
  }

  private mutating func internName(_ name: StaticString, prefixed: Bool) -> SymbolID {
    var text = prefixed ? Array("m4_".utf8) : []
    text += UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
    return text.withUnsafeBufferPointer { symbols.intern($0) }
  }

  /// Carries out a builtin.
  mutating func run(_ builtin: Builtin, _ call: Invocation) throws(Stop) {
    guard try hasArguments(builtin, call) else {
      runWithTooFew(builtin, call)
      return
    }
    switch builtin {
    case .builtin: try runBuiltin(call)
    case .changecom: changeComments(call)
    case .changequote: changeQuotes(call)
    case .debugfile: try debugFile(call)
    case .debugmode: try debugMode(call)
    case .decr: try step(builtin, call, by: -1)
    case .define: try define(call, push: false)
    case .defn: try quotedDefinitions(call)
    case .divert: try divert(call)
    case .divnum: pushNumber(Int(diversions.current))
    case .dnl: try discardLine()
    case .dumpdef: try dumpDefinitions(call)
    case .errprint: printError(call)
    case .esyscmd: try runCommand(call, keepingOutput: true)
    case .eval: try evaluate(call)
    case .file: pushQuoted(fileNames[Int(site.location.file)])
    case .format: try format(call)
    case .ifdef: chooseDefined(call)
    case .ifelse: try chooseEqual(call)
    case .include: try include(call, silently: false)
    case .incr: try step(builtin, call, by: 1)
    case .index: findIndex(call)
    case .indir: try indirect(call)
    case .len: pushNumber(argument(1, of: call).count)
    case .line: pushNumber(Int(site.location.line))
    case .m4exit: try exit(call)
    case .m4wrap: saveForEnd(call)
    case .maketemp, .mkstemp: try makeTemporaryFile(builtin, call)
    case .patsubst: try substitutePattern(call)
    case .popdef: popDefinitions(call)
    case .program: pushQuoted(surroundings.programName)
    case .pushdef: try define(call, push: true)
    case .regexp: try matchPattern(call)
    case .shift: shift(call)
    case .sinclude: try include(call, silently: true)
    case .substr: try substring(call)
    case .syscmd: try runCommand(call, keepingOutput: false)
    case .sysval: pushNumber(Int(lastCommandStatus))
    case .traceoff: traceMacros(call, on: false)
    case .traceon: traceMacros(call, on: true)
    case .translit: transliterate(call)
    case .undefine: undefineAll(call)
    case .undivert: try undivert(call)
    case .placeholder:
      try warn("builtin `\(argument(0, of: call))' requested by frozen file is not supported")
    }
  }

  /// Whether there are enough arguments; too few and too many are said.
  @inline(__always)
  private mutating func hasArguments(_ builtin: Builtin, _ call: Invocation) throws(Stop) -> Bool {
    let arity = arities[Int(builtin.rawValue)]
    if call.count >= arity.least, call.count <= arity.most { return true }
    let few = call.count < arity.least
    if !isQuiet {
      let name = argument(0, of: call)
      try warn(
        few
          ? "Warning: too few arguments to builtin `\(name)'"
          : "Warning: excess arguments to builtin `\(name)' ignored")
    }
    return !few
  }

  /// Most builtins give nothing then; some go on with what they have.
  private mutating func runWithTooFew(_ builtin: Builtin, _ call: Invocation) {
    guard call.count == 1 else { return }
    switch builtin {
    case .index, .regexp: pushNumber(0)
    case .patsubst, .substr, .translit: pushText(argument(1, of: call))
    default: break
    }
  }

  // MARK: What builtins lay on the input

  mutating func pushNumber(_ number: Int) {
    appendNumber(number)
    pushBuiltText()
  }

  mutating func pushText(_ text: Bytes) {
    arena.append(text)
    pushBuiltText()
  }

  mutating func pushText(_ text: [UInt8]) {
    text.withUnsafeBufferPointer { arena.append($0) }
    pushBuiltText()
  }

  mutating func pushQuoted(_ text: [UInt8]) {
    arena.append(syntax.openQuote.bytes)
    text.withUnsafeBufferPointer { arena.append($0) }
    arena.append(syntax.closeQuote.bytes)
    pushBuiltText()
  }

  // MARK: Numbers as arguments

  /// A decimal number as m4 reads one from an argument; nil, and said, where it is none.
  ///
  /// The value is a C `int`: what a `long` holds wraps silently, more with a warning.
  @inline(__always)
  mutating func number(_ index: Int, of call: Invocation) throws(Stop) -> Int32? {
    let text = argument(index, of: call)
    if let value = Self.shortNumber(text) { return value }
    return try number(text, of: call)
  }

  /// Of up to nine digits and nothing else, which is what nearly all are; nil for others.
  @inline(__always)
  private static func shortNumber(_ text: Bytes) -> Int32? {
    guard (1...9).contains(text.count) else { return nil }
    var value: Int32 = 0
    for byte in text {
      guard isDigit(byte) else { return nil }
      value = value &* 10 &+ Int32(byte &- UInt8(ascii: "0"))
    }
    return value
  }

  private mutating func number(_ text: Bytes, of call: Invocation) throws(Stop) -> Int32? {
    let name = argument(0, of: call)
    if text.isEmpty {
      try warn("empty string treated as 0 in builtin `\(name)'")
      return 0
    }
    var at = text.startIndex
    while at < text.endIndex, syntax.classes[Int(text[at])] & Syntax.Class.space != 0 { at += 1 }
    let hasBlanks = at > text.startIndex
    let isNegative = at < text.endIndex && text[at] == UInt8(ascii: "-")
    if at < text.endIndex, text[at] == UInt8(ascii: "-") || text[at] == UInt8(ascii: "+") {
      at += 1
    }
    let digits = text[at...]
    guard !digits.isEmpty, digits.allSatisfy(Self.isDigit) else {
      try warn("non-numeric argument to builtin `\(name)'")
      return nil
    }
    var value: Int = 0
    var isTooLong = false
    for digit in digits {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let unit = Int(digit - UInt8(ascii: "0"))
      let (sum, more) = isNegative ? product.subtractingReportingOverflow(unit) : product.addingReportingOverflow(unit)
      isTooLong = isTooLong || overflow || more
      value = isTooLong ? (isNegative ? Int.min : Int.max) : sum
    }
    if hasBlanks { try warn("leading whitespace ignored in builtin `\(name)'") }
    if isTooLong {
      try warn("numeric overflow detected in builtin `\(name)'")
    }
    return Int32(truncatingIfNeeded: value)
  }
}

extension StaticString {
  fileprivate func starts(with prefix: StaticString) -> Bool {
    UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
      .starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
  }
}
