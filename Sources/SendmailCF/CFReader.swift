// CFReader.swift: a sendmail.cf from bytes to lines that mean something.
//
// As sendmail does, it reads from top to bottom and expands `$x` with what was
// defined so far. A line that begins with white space continues the line before.
// A faulty line is reported and the rest is read all the same.

import Diagnostics
import Glibc

/// What the reader knows before the first line.
package struct CFEnvironment: Sendable {
  /// The macros that sendmail sets itself, such as `$j`.
  package var macros: [(name: String, value: [UInt8])] = []
  /// The version that warnings about the `V` line name.
  package var version: [UInt8] = Array("8.17.1.9".utf8)
  /// Whether a user or group of that name exists, for options that name one.
  package var userExists: @Sendable ([UInt8]) -> Bool = { _ in true }
  package var groupExists: @Sendable ([UInt8]) -> Bool = { _ in true }
  /// Whether a port has that name, as in services(5).
  package var serviceExists: @Sendable ([UInt8]) -> Bool = { _ in true }
  /// Whether the reader goes on where sendmail would end at once.
  package var readsOn = false

  package init() {}
}

/// Reads a .cf.
package struct CFReader {
  /// What was read so far, but for the lines.
  package internal(set) var file: CFFile
  let environment: CFEnvironment
  private let bytes: [UInt8]
  /// Where the next line begins.
  private var index = 0
  private var lineNumber = 0
  /// Whether there is no NUL and no carriage return.
  private let isAsWritten: Bool
  private var hasStopped = false
  /// Whether an S line told where rules belong.
  private var isInRuleset = false

  package static func read(
    _ bytes: [UInt8], name: String, environment: CFEnvironment = CFEnvironment()
  ) -> CFFile {
    var reader = CFReader(bytes, name: name, environment)
    var lines: [CFLine] = []
    while let line = reader.next() { lines.append(line) }
    reader.file.lines = lines
    return reader.file
  }

  package init(_ bytes: [UInt8], name: String, _ environment: CFEnvironment) {
    self.environment = environment
    self.bytes = bytes
    isAsWritten = Self.firstIndex(of: 0, in: bytes) == nil && Self.firstIndex(of: 0x0D, in: bytes) == nil
    file = CFFile(
      name: name, lines: [], names: MacroNames(), findings: [], macros: CFMacros())
    for (name, value) in environment.macros { file.macros.set(name, value, &file.names) }
  }

  var position: SourcePosition { SourcePosition(file: file.name, line: lineNumber) }

  mutating func report(_ problem: CFProblem) {
    file.findings.append(CFFinding(problem, at: position))
    if problem.isFatal, !environment.readsOn { hasStopped = true }
  }

  mutating func report(_ problems: [CFProblem]) { for problem in problems { report(problem) } }

  /// The next line; nil at the end, which is asked for once.
  package mutating func next() -> CFLine? {
    let bytes = bytes
    while index < bytes.count, !hasStopped {
      let start = index
      repeat {
        index = (Self.firstIndex(of: 0x0A, in: bytes, from: index) ?? bytes.count) + 1
        lineNumber += 1
      } while index < bytes.count && (bytes[index] == 0x20 || bytes[index] == 0x09)
      if bytes[start] == 0x23 { continue }
      let line = bytes[start..<min(index - 1, bytes.count)]
      let text = isAsWritten ? line : ArraySlice(Self.asRead(line))
      if text.allSatisfy(isBlank) { continue }
      let translation = file.names.translate(text, comments: true)
      for fault in translation.faults { report(CFProblem.badName(fault)) }
      return CFLine(position: position, text: text, content: read(translation, text))
    }
    warnAboutVersion()
    return nil
  }

  /// A line as sendmail has it in memory: it ends at a NUL, and a carriage return
  /// before a newline is dropped.
  private static func asRead(_ line: ArraySlice<UInt8>) -> [UInt8] {
    let text = Array(line.prefix { $0 != 0 })
    guard text.contains(0x0D) else { return text }
    return text.indices.filter { index in
      text[index] != 0x0D || index + 1 < text.count && text[index + 1] != 0x0A
    }.map { text[$0] }
  }

  /// By memchr(3), which looks at many bytes at once.
  private static func firstIndex(of byte: UInt8, in bytes: [UInt8], from start: Int = 0) -> Int? {
    bytes.withUnsafeBytes { memory in
      guard let base = memory.baseAddress, let hit = memchr(base + start, Int32(byte), memory.count - start)
      else { return nil }
      return UnsafeRawPointer(hit) - base
    }
  }

  private mutating func read(_ line: MacroNames.Translation, _ text: ArraySlice<UInt8>) -> CFContent {
    let units = line.units
    guard let key = units.first?.byte else {
      report(.unknownLine(Array(text), asRead: raw(units)))
      return .faulty
    }
    let rest = units.dropFirst()
    switch key {
    case 0x43: return readWords(rest)  // C
    case 0x44: return readMacro(rest)  // D
    case 0x45: return .environment(rest.text(file.names))  // E
    case 0x46: return readClassFile(rest)  // F
    case 0x48: return readHeader(rest)  // H
    case 0x4B: return readMap(rest)  // K
    case 0x4D: return readMailer(rest)  // M
    case 0x4F: return readOption(rest)  // O
    case 0x50: return readPrecedence(units, text)  // P
    case 0x51: return readFields(rest, "queue") { .queueGroup($0) }  // Q
    case 0x52: return readRule(line)  // R
    case 0x53: return readRuleset(rest)  // S
    case 0x54: return .trustedUsers(split(rest.text(file.names)))  // T
    case 0x56: return readVersion(rest)  // V
    case 0x58: return readFields(rest, "mail filter") { .mailFilter($0) }  // X
    default:
      report(.unknownLine(Array(text), asRead: raw(units)))
      return .faulty
    }
  }

  /// A line as sendmail shows it in a message: symbols begin with a byte 1.
  private func raw(_ units: some Sequence<CFUnit>) -> [UInt8] {
    units.flatMap { unit in
      unit.byte.map { [$0] } ?? [0x01] + [unit].text(file.names).dropFirst()
    }
  }

  /// The line's macros expanded, as bytes; symbols that stand where text is wanted as written.
  func expanded(_ units: some Sequence<CFUnit>) -> [UInt8] {
    file.macros.expand(units).units.text(file.names)
  }
}

// MARK: - The short lines

extension CFReader {
  /// The macro or class that a line defines, and what follows it.
  private mutating func readName(_ rest: ArraySlice<CFUnit>) -> (number: Int, ArraySlice<CFUnit>)? {
    // A symbol in a name is no byte: it shows as one that no name may have.
    let bytes = rest.map { $0.byte ?? 0x01 }
    let reading = file.names.read(bytes[...])
    for fault in reading.faults { report(CFProblem.badName(fault)) }
    guard let number = reading.number else { return nil }
    return (number, rest.dropFirst(reading.end))
  }

  private mutating func readMacro(_ rest: ArraySlice<CFUnit>) -> CFContent {
    guard let (number, text) = readName(rest) else { return .faulty }
    let value = CFText.unquoted(text)
    file.macros[number] = value
    return .macro(number, value: value)
  }

  private mutating func readWords(_ rest: ArraySlice<CFUnit>) -> CFContent {
    guard let (number, text) = readName(rest) else { return .faulty }
    let words = CFClassWords(file.macros.expand(text).units, file.names)
    return .words(classNumber: number, words.words, copied: words.classes)
  }

  private mutating func readClassFile(_ rest: ArraySlice<CFUnit>) -> CFContent {
    guard let (number, units) = readName(rest) else { return .faulty }
    var text = ArraySlice(expanded(units)).drop(while: isBlank)
    var file = CFClassFile(classNumber: number, source: .file([]), isOptional: false)
    if text.starts(with: [0x2D, 0x6F]) {  // -o
      file.isOptional = true
      text = text.drop { !isBlank($0) }.drop(while: isBlank)
    }
    let path = Array(text.prefix { !isBlank($0) })
    let format = Array(text.dropFirst(path.count).drop(while: isBlank))
    file.format = format.isEmpty ? nil : format
    if path.first == 0x7C {
      file.source = .program(Array(path.dropFirst()))
      return .classFile(file)
    }
    if let at = path.firstIndex(of: 0x40), path.first != 0x2F, path[at...].contains(0x3A) {
      file.source = .map(key: Array(path[..<at]), map: Array(path[(at + 1)...]))
      return .classFile(file)
    }
    file.source = .file(path)
    guard path.isEmpty else { return .classFile(file) }
    report(
      CFProblem(
        .badClassFile, "an F line without a file name", wording: "fileclass: missing file name"))
    return .faulty
  }

  private mutating func readMap(_ rest: ArraySlice<CFUnit>) -> CFContent {
    let text = ArraySlice(expanded(rest)).drop(while: isBlank)
    guard let first = text.first, isLetter(first) || isDigit(first) else {
      report(.mapWithoutName)
      return .faulty
    }
    let name = Array(text.prefix { isNameByte($0) || $0 == 0x2E })
    // Whatever one character stands behind the name or the class is taken for a blank.
    let behind = text.dropFirst(name.count + 1).drop(while: isBlank)
    let mapType = Array(behind.prefix { isLetter($0) || isDigit($0) })
    guard !mapType.isEmpty else {
      report(.mapWithoutClass(name))
      return .faulty
    }
    let arguments = Array(behind.dropFirst(mapType.count + 1).drop(while: isBlank))
    return .map(CFMap(name: name, mapType: mapType, arguments: arguments))
  }

  private mutating func readRule(_ line: MacroNames.Translation) -> CFContent {
    let units = line.units
    guard isInRuleset else {
      report(.rulesetExpected(raw(units)))
      return .faulty
    }
    guard let tab = units.firstIndex(of: .tab) else {
      report(.tabExpected(raw(units)))
      return .faulty
    }
    let left = units[1..<tab]
    let right = units[tab...].drop { $0 == .tab }.prefix { $0 != .tab }
    // Most rules are taken as they stand.
    guard line.hasMacros else { return .rule(CFRule(left: left, right: right)) }
    return .rule(CFRule(left: file.macros.expand(left).units[...], right: file.macros.expand(right).units[...]))
  }

  private mutating func readRuleset(_ rest: ArraySlice<CFUnit>) -> CFContent {
    let (name, problem) = CFRulesetName.read(expanded(rest), known: &file.rulesetNumbers)
    if let problem { report(problem) }
    isInRuleset = name != nil
    return name.map { .ruleset($0) } ?? .faulty
  }

  private mutating func readPrecedence(_ units: [CFUnit], _ text: ArraySlice<UInt8>) -> CFContent {
    let rest = units.dropFirst()
    guard let sign = rest.firstIndex(of: CFUnit(0x3D)) else {
      report(.unknownLine(Array(text), asRead: raw(units)))
      return .faulty
    }
    let value = leadingNumber(rest[(sign + 1)...].text(file.names))
    return .precedence(name: rest[..<sign].text(file.names), value: value)
  }

  private mutating func readVersion(_ rest: ArraySlice<CFUnit>) -> CFContent {
    let text = rest.text(file.names)
    let digits = text.prefix(while: isDigit)
    guard !digits.isEmpty else {
      report(.badVersion(text))
      return .faulty
    }
    file.versionLevel = leadingNumber(Array(digits))
    let vendor = text.dropFirst(digits.count).drop(while: isBlank)
    guard vendor.first == 0x2F else { return .version(level: file.versionLevel, vendor: nil) }
    let name = Array(vendor.dropFirst())
    let isKnown = lowered(name) == lowered(Array("Berkeley".utf8))
    if !isKnown { report(.badVendor(name)) }
    return .version(level: file.versionLevel, vendor: name)
  }

  private mutating func warnAboutVersion() {
    let level = file.versionLevel
    if level < 10 { report(.oldVersion(level, environment.version)) }
    if level > 10 { report(.newVersion(level, environment.version)) }
  }

  private mutating func readFields(
    _ rest: ArraySlice<CFUnit>, _ what: String, _ make: ([CFUnit]) -> CFContent
  ) -> CFContent {
    let name = rest.prefix { !$0.isSpace && $0 != CFUnit(0x2C) }
    guard name.isEmpty else { return make(Array(rest)) }
    report(
      CFProblem(
        .badFieldLine, "a \(what) without a name", wording: "name required for \(what)"))
    return .faulty
  }
}

// MARK: - Helpers

func split(_ text: [UInt8]) -> [[UInt8]] {
  text.split(whereSeparator: isBlank).map(Array.init)
}

func lowered(_ text: [UInt8]) -> [UInt8] { text.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }

/// As atoi(3) reads it, without overflow.
func leadingNumber(_ text: [UInt8]) -> Int {
  var rest = ArraySlice(text).drop(while: isBlank)
  let isNegative = rest.first == 0x2D
  if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
  var value = 0
  for digit in rest.prefix(while: isDigit) { value = min(value * 10 + Int(digit - 0x30), 1 << 40) }
  return isNegative ? -value : value
}
