// ClassFiles.swift: the words of F lines.
//
// A line of the file gives one word, the one that the format picks (`%s`, the
// first); a line that begins with # gives none. A program is run only where the
// caller allows it.

import Diagnostics
import Glibc
import Posix
import SendmailCF

/// Reads what F lines name.
struct ClassFiles {
  /// Those that matter here.
  static let options = ["DontBlameSendmail", "DefaultUser"]

  let settings: ProgramSettings
  /// As far as they are known by then.
  let options: CFOptions
  let names: MacroNames

  /// The words of a line, or why there are none.
  func words(of source: CFClassFile) throws(CFProblem) -> [[UInt8]] {
    switch source.source {
    case .file(let path): try words(of: path, source)
    case .program(let command): try words(ofProgram: command, source)
    case .map(let key, let map): throw .classFromMap(key, map, names.name(source.classNumber))
    }
  }

  private func words(of path: [UInt8], _ source: CFClassFile) throws(CFProblem) -> [[UInt8]] {
    let safety = PathSafety(options)
    if let reason = safety.reasonAgainst(
      shown(path), at: settings.root + shown(path), unless: "classfileinunsafedirpath"),
      !reason.isMissing
    {
      let isThere = access(settings.root + shown(path), F_OK) == 0 && !reason.isNoFile
      if source.isOptional, !isThere { return [] }
      throw .unreadableClassFile(path, reason.text)
    }
    do throws(Errno) {
      return words(in: try readFile(settings.root + shown(path)), source)
    } catch {
      if source.isOptional, error.code == ENOENT { return [] }
      throw .unreadableClassFile(path, error.description)
    }
  }

  private func words(ofProgram command: [UInt8], _ source: CFClassFile) throws(CFProblem) -> [[UInt8]] {
    guard let account = settings.programAccount(options) else { throw .programRefused(command) }
    do throws(Errno) { return words(in: try runProgram([command], as: account).output, source) } catch {
      throw .unreadableClassFile(command, error.description)
    }
  }

  private func words(in text: [UInt8], _ source: CFClassFile) -> [[UInt8]] {
    let format = ClassFormat(source.format)
    return text.split(separator: 0x0A).filter { $0.first != 0x23 }.flatMap { format.words(of: $0.prefix { $0 != 0 }) }
  }
}

extension ProgramSettings {
  /// DefaultUser, by number, under which programs run; nil where none may.
  func programAccount(_ options: CFOptions) -> Account? {
    guard allowsPrograms else { return nil }
    let numbers = (options.text("DefaultUser") ?? "").split { $0 == ":" || $0 == "." }.compactMap { UInt32($0) }
    return Account(user: numbers.first ?? 1, group: numbers.last ?? 1)
  }
}

/// The scanf(3) formats that class files are read with: blanks, `%s`, `%*s`, `%c`, `%[set]`,
/// text. Conversions to numbers give no words.
struct ClassFormat {
  private let format: [UInt8]

  init(_ format: [UInt8]?) { self.format = format ?? Array("%s".utf8) }

  func words(of line: ArraySlice<UInt8>) -> [[UInt8]] {
    scan(line, format).map { $0.split(whereSeparator: isBlank).map(Array.init) } ?? []
  }

  /// What the first conversion that is not suppressed takes.
  private func scan(_ line: ArraySlice<UInt8>, _ format: [UInt8]) -> ArraySlice<UInt8>? {
    var text = line
    var index = 0
    while index < format.count {
      let byte = format[index]
      index += 1
      if isBlank(byte) {
        text = text.drop(while: isBlank)
        continue
      }
      guard byte == 0x25, index < format.count, format[index] != 0x25 else {
        if byte == 0x25 { index += 1 }
        guard text.first == byte else { return nil }
        text = text.dropFirst()
        continue
      }
      let conversion = Conversion(format, &index)
      guard let taken = conversion.take(&text) else { return nil }
      if !conversion.isSuppressed { return taken }
    }
    return nil
  }

  private struct Conversion {
    var isSuppressed = false
    private var width: Int?
    private var set: Set<UInt8>?
    private var kind: UInt8 = 0
    private var isNegated = false

    init(_ format: [UInt8], _ index: inout Int) {
      if index < format.count, format[index] == 0x2A {
        isSuppressed = true
        index += 1
      }
      var digits = 0
      while index < format.count, format[index] &- 0x30 < 10 {
        digits = min(digits * 10 + Int(format[index] - 0x30), 1 << 20)
        index += 1
      }
      // How wide a character is does not matter here.
      while index < format.count, "lhqjzt".utf8.contains(format[index]) { index += 1 }
      if digits > 0 { width = digits }
      guard index < format.count else { return }
      kind = format[index]
      index += 1
      if kind == 0x5B { readSet(format, &index) }
    }

    private mutating func readSet(_ format: [UInt8], _ index: inout Int) {
      var members: Set<UInt8> = []
      if index < format.count, format[index] == 0x5E {
        isNegated = true
        index += 1
      }
      let start = index
      while index < format.count, format[index] != 0x5D || index == start {
        if format[index] == 0x2D, index > start, index + 1 < format.count, format[index + 1] != 0x5D,
          format[index - 1] <= format[index + 1]
        {
          members.formUnion(format[index - 1]...format[index + 1])
        }
        members.insert(format[index])
        index += 1
      }
      index += 1
      set = members
    }

    /// Nil where the text does not fit.
    func take(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
      var taken: ArraySlice<UInt8>
      switch kind {
      case 0x63:  // c
        taken = text.prefix(width ?? 1)
        if taken.count < width ?? 1 { return nil }
      case 0x5B:  // [
        taken = text.prefix(width ?? .max).prefix { (set?.contains($0) ?? false) != isNegated }
      case 0x73:  // s
        text = text.drop(while: isBlank)
        taken = text.prefix(width ?? .max).prefix { !isBlank($0) }
      default: return nil
      }
      text = text.dropFirst(taken.count)
      return taken.isEmpty ? nil : taken
    }
  }
}

extension CFProblem {
  static func unreadableClassFile(_ path: [UInt8], _ error: String) -> CFProblem {
    CFProblem(
      .badClassFile, "cannot read \(shown(path)): \(error)", fix: "write F with -o if it may be missing",
      wording: Array("fileclass: cannot open '".utf8) + path + Array("': \(error)".utf8), status: 71)
  }

  static func programRefused(_ command: [UInt8]) -> CFProblem {
    CFProblem(
      .badClassFile, "the program \"\(shown(command))\" is not run, its class stays empty",
      fix: "write the words into a file",
      wording: Array("fileclass: cannot open '|".utf8) + command + Array("': refused".utf8),
      status: 71)
  }

  static func classFromMap(_ key: [UInt8], _ map: [UInt8], _ name: [UInt8]) -> CFProblem {
    CFProblem(
      .badClassFile, "the words of class \(shown(name)) cannot be read from map \(shown(map))",
      wording: "fileclass: F{\(shown(name))}: map open failed", status: 71)
  }
}
