// FileMaps.swift: hash, btree, text and user: maps behind a file.
//
// A file that others could have written is not believed: a folder on its path
// that everybody may write to makes the map unsafe, unless DontBlameSendmail
// says otherwise. A map that does not open cannot answer: look-ups end with a
// temporary failure, and the reason is told once.

import Glibc
import Posix
import SendmailCF
import Tables

/// What became of opening a map's file.
enum MapFile<Content> {
  case open(Content)
  /// Missing, and it may be.
  case absent
  case failed
}

/// hash and btree: `NAME.db`, or the text that it is to be built from.
final class BerkeleyDBMap: LookupMap {
  private enum Content {
    case database(BerkeleyDBFile)
    case text([[UInt8]: [UInt8]])
  }

  private let definition: MapDefinition
  private let file: MapFile<Content>
  /// Which form of key this file has, once a look-up has shown it.
  private var triesPlain: Bool
  private var triesNUL: Bool

  /// - Parameter isQuiet: whether nothing is said of a file that does not open.
  init(
    _ definition: MapDefinition, _ kind: BerkeleyDBFile.Kind, _ engine: RulesetEngine, isQuiet: Bool = false
  ) {
    self.definition = definition
    triesPlain = !definition.flags.keysHaveNUL
    triesNUL = !definition.flags.keysLackNUL
    file = Self.open(definition, kind, engine, isQuiet)
  }

  var isOpen: Bool { if case .absent = file { false } else { true } }

  private static func open(
    _ definition: MapDefinition, _ kind: BerkeleyDBFile.Kind, _ engine: RulesetEngine, _ isQuiet: Bool
  ) -> MapFile<Content> {
    let name = shown(definition.argument)
    let base = name.hasSuffix(".db") ? String(name.dropLast(3)) : name
    if case .text(let place) = definition.root.tableFile(base) { return openText(place, definition) }
    let path = base + ".db"
    let type = definition.type.name
    let place = definition.root + path
    let safety = PathSafety(engine.program.options)
    if let reason = safety.reasonAgainst(path, at: place, unless: "mapinunsafedirpath") {
      if definition.flags.isOptional, reason.isMissing { return .absent }
      if isQuiet { return .failed }
      let what = reason.isMissing ? "missing" : "unsafe"
      engine.complain(
        "\(type) map \"\(shown(definition.name))\": \(what) map file \(path): \(reason.text)",
        definition.fault(.mapFileUnusable(place, reason.text, isMissing: reason.isMissing)))
      return .failed
    }
    if place == path {
      for warning in safety.warnings(about: path) { engine.complain(warning) }
    }
    do throws(TableError) {
      let file = try BerkeleyDBFile(path: place)
      guard file.kind == kind else {
        engine.complain(
          "Cannot open \(type) database \(path): Invalid argument",
          definition.fault(.mapFileOfOtherType(place, file.kind.rawValue, wanted: type)))
        return .failed
      }
      return .open(.database(file))
    } catch {
      engine.complain("Cannot open \(type) database \(path): Invalid argument", error.diagnostic)
      return .failed
    }
  }

  private static func openText(_ path: String, _ definition: MapDefinition) -> MapFile<Content> {
    guard let text = try? readFile(path) else { return .failed }
    var grammar = TableGrammar()
    grammar.foldsKeys = !definition.flags.keepsCase
    let entries = TableText(text, grammar: grammar).all.map { ($0.key, $0.value) }
    return .open(.text(Dictionary(entries, uniquingKeysWith: { first, _ in first })))
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    switch file {
    case .absent: return .notFound(0)
    case .failed: return .temporaryFailure
    case .open(let content):
      do throws(TableError) {
        guard let value = try value(of: definition.folded(key), in: content) else {
          engine.pendingError = Self.notFound
          return .notFound(0)
        }
        return .found(definition.answer(value, key: key, arguments))
      } catch {
        engine.complain(
          "map \(shown(definition.name)): \(error.diagnostic.message.text)", error.diagnostic)
        return .temporaryFailure
      }
    }
  }

  /// Berkeley DB's number for a key that is not there.
  private static let notFound: Int32 = -30988

  /// Keys are tried plain, then with a NUL; the first hit decides for good.
  private func value(of key: [UInt8], in content: Content) throws(TableError) -> [UInt8]? {
    let file: BerkeleyDBFile
    switch content {
    case .text(let entries): return entries[key]
    case .database(let database): file = database
    }
    if triesPlain, let value = try file.lookUp(key) {
      triesNUL = false
      return value
    }
    guard triesNUL, let value = try file.lookUp(key + [0]) else { return nil }
    triesPlain = false
    return value.last == 0 ? value.dropLast() : value
  }
}

/// text: a file whose lines are columns.
final class TextMap: LookupMap {
  private let definition: MapDefinition
  private let file: MapFile<[[UInt8]: [UInt8]]>
  /// The file is opened for every look-up, so these are told each time.
  private let warnings: [String]

  init(_ definition: MapDefinition, _ engine: RulesetEngine) {
    self.definition = definition
    let path = shown(definition.argument)
    let isOwn = definition.root + path == path
    warnings = isOwn ? PathSafety(engine.program.options).warnings(about: path) : []
    file = Self.open(definition, path, engine, warnings)
  }

  var isOpen: Bool { if case .absent = file { false } else { true } }

  private static func open(
    _ definition: MapDefinition, _ path: String, _ engine: RulesetEngine, _ warnings: [String]
  ) -> MapFile<[[UInt8]: [UInt8]]> {
    let place = definition.root + path
    let failed: MapFile<[[UInt8]: [UInt8]]> = definition.flags.isOptional ? .absent : .failed
    func fail(_ wording: String, _ reason: String, isMissing: Bool = false) -> MapFile<[[UInt8]: [UInt8]]> {
      engine.complain(
        "text map \"\(shown(definition.name))\"\(wording)",
        definition.fault(.mapFileUnusable(place, reason, isMissing: isMissing)), status: isMissing ? 71 : 70)
      return failed
    }
    guard path.hasPrefix("/") else { return fail(": file name must be fully qualified", "the path is relative") }
    let reason = PathSafety(engine.program.options).reasonAgainst(path, at: place, unless: "mapinunsafedirpath")
    if reason?.isNoFile ?? true { for warning in warnings { engine.complain(warning) } }
    if let reason {
      if definition.flags.isOptional { return failed }
      let cause = reason.isMissing ? ": \(reason.text)" : ""
      return fail(": unsafe map file \(path)" + cause, reason.text, isMissing: reason.isMissing)
    }
    for (flag, column) in [("k", definition.flags.keyColumn), ("v", definition.flags.valueColumn)] {
      guard let column, !(column.first.map { $0 &- 0x30 < 10 } ?? false) else { continue }
      let what = "-\(flag) should specify a number, not \(shown(column))"
      return fail(", file \(path): \(what)", what)
    }
    do throws(Errno) {
      return .open(columns(try readFile(place), definition))
    } catch {
      return fail(": unsafe map file \(path)", error.description)
    }
  }

  /// The first line of a key counts, whatever its case. Lines that begin with # are comments.
  private static func columns(
    _ text: [UInt8], _ definition: MapDefinition
  ) -> [[UInt8]: [UInt8]] {
    let keyColumn = number(definition.flags.keyColumn)
    let valueColumn = number(definition.flags.valueColumn)
    let delimiter = Self.delimiter(definition)
    var result: [[UInt8]: [UInt8]] = [:]
    for line in text.split(separator: 0x0A) where line.first != 0x23 {
      let fields =
        delimiter.map { line.split(separator: $0, omittingEmptySubsequences: false) }
        ?? line.split(whereSeparator: isBlank)
      guard fields.indices.contains(keyColumn), fields.indices.contains(valueColumn) else {
        continue
      }
      let key = lowered(fields[keyColumn].prefix(longestField))
      if result[key] == nil { result[key] = Array(fields[valueColumn].prefix(longestField)) }
    }
    return result
  }

  /// As much of a column as sendmail has room for.
  private static let longestField = 256

  private static func number(_ column: [UInt8]?) -> Int {
    column.flatMap { Int(shown($0.prefix { $0 &- 0x30 < 10 })) } ?? 0
  }

  private static func delimiter(_ definition: MapDefinition) -> UInt8? {
    guard let text = definition.flags.delimiter, let first = text.first else { return nil }
    guard first == 0x5C, text.count > 1 else { return first }
    return switch text[1] {
    case 0x74: 0x09
    case 0x6E: 0x0A
    default: 0x5C
    }
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    switch file {
    case .absent: return .notFound(0)
    case .failed: return .temporaryFailure
    case .open(let values):
      for warning in warnings { engine.complain(warning) }
      guard let value = values[lowered(key.prefix(Self.longestField))] else { return .notFound(68) }
      return .found(definition.answer(value, key: key, arguments))
    }
  }
}

/// user: the password file, read as text: no name service is asked.
final class UserMap: LookupMap {
  private let definition: MapDefinition
  private lazy var users = Self.read(definition.root + "/etc/passwd")

  /// Nil where the column is none: the map does not open.
  private let column: Int?

  init(_ definition: MapDefinition, _ engine: RulesetEngine) {
    self.definition = definition
    let name = definition.flags.valueColumn.map { shown($0) } ?? "name"
    column = Self.columns.firstIndex(of: name)
    if column == nil {
      engine.complain("User map \(shown(definition.name)): unknown column name \(name)", status: 70)
    }
  }

  private static let columns = ["name", "passwd", "uid", "gid", "gecos", "dir", "shell"]

  private static func read(_ path: String) -> [[UInt8]: [ArraySlice<UInt8>]] {
    do throws(Errno) {
      var result: [[UInt8]: [ArraySlice<UInt8>]] = [:]
      for line in try readFile(path).split(separator: 0x0A) {
        let fields = line.split(separator: 0x3A, omittingEmptySubsequences: false)
        guard fields.count >= 7 else { continue }
        let name = Array(fields[0])
        if result[name] == nil { result[name] = fields }
      }
      return result
    } catch { return [:] }
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard let column else { return .temporaryFailure }
    let name = definition.folded(key)
    guard let fields = users[name] else { return .notFound(67) }
    return .found(definition.answer(Array(fields[column]), key: name, arguments))
  }
}
