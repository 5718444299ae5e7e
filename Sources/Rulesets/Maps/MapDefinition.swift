// MapDefinition.swift: a K line, its flags read.
//
//     Kname type -flags argument …
//
// Most types share one set of flags and look their values up the same way; a
// type that differs reads the same flags and minds those it knows.

import Diagnostics
import Posix
import SendmailCF

/// How a look-up ended. A map that cannot answer now has not said no.
package enum MapAnswer: Sendable, Equatable {
  case found([UInt8])
  /// With the status that the map gives for it, as in sysexits.h.
  case notFound(Int32)
  case temporaryFailure

  package var value: [UInt8]? {
    switch self {
    case .found(let value): value
    case .notFound, .temporaryFailure: nil
    }
  }

  package var status: Int32 {
    switch self {
    case .found: 0
    case .notFound(let status): status
    case .temporaryFailure: 75
    }
  }
}

/// The flags of a K line.
package struct MapFlags: Sendable {
  /// -f
  package var keepsCase = false
  /// -m: the key is the answer.
  package var matchesOnly = false
  /// -a
  package var suffix: [UInt8] = []
  /// -T: appended to the key when the map cannot answer.
  package var failureSuffix: [UInt8]?
  /// -t: not being able to answer is no more than not finding.
  package var hidesFailure = false
  /// -N: keys end with a NUL; -O: they never do.
  package var keysHaveNUL = false
  package var keysLackNUL = false
  /// -o
  package var isOptional = false
  /// -q
  package var keepsQuotes = false
  /// -S: stands between the atoms of a key.
  package var blank: UInt8?
  /// -k, -v, -z, -d as written.
  package var keyColumn: [UInt8]?
  package var valueColumn: [UInt8]?
  package var delimiter: [UInt8]?
  package var extra: [UInt8]?
  /// dns: the record type behind -R; syslog: the priority behind -L.
  package var recordType: [UInt8]?
  package var priority: [UInt8]?
  /// regex: -n, -b; -s as written.
  package var isNegated = false
  package var isBasic = false
  package var parts: [UInt8]?
}

/// One K line.
package struct MapDefinition: Sendable {
  package var name: [UInt8]
  package var type: MapType
  package var flags = MapFlags()
  /// False where the line has a fault: the map is known, and never open.
  package var isUsable = true
  /// The file, or whatever the type wants behind its flags.
  package var argument: [UInt8] = []
  package var position: SourcePosition
  /// Absolute paths are looked up below it.
  package var root: FileRoot

  /// Map names do not mind case.
  package var key: [UInt8] { lowered(name) }

  package init(
    name: [UInt8], type: MapType, position: SourcePosition, root: FileRoot = ""
  ) {
    self.name = name
    self.type = type
    self.position = position
    self.root = root
  }

  static func parse(
    _ map: CFMap, _ type: MapType, known: [MapDefinition], at position: SourcePosition,
    settings: ProgramSettings
  ) -> (MapDefinition, [CFProblem]) {
    var definition = MapDefinition(
      name: map.name, type: type, position: position, root: settings.root)
    var problems: [CFProblem] = []
    let rest = definition.readFlags(map.arguments, &problems)
    definition.argument = type.takesLine ? rest : Array(rest.prefix { !isBlank($0) })
    problems += type.check(definition, known)
    definition.isUsable = problems.allSatisfy { $0.leavesMapUsable(type) }
    return (definition, problems)
  }

  /// Reads the flags; returns what follows them.
  private mutating func readFlags(_ text: [UInt8], _ problems: inout [CFProblem]) -> [UInt8] {
    var rest = ArraySlice(text).drop(while: isBlank)
    while type.flags != .none, rest.first == 0x2D, let flag = rest.dropFirst().first {
      var value = rest.dropFirst(2)
      if Self.mayStandApart(flag, type) { value = value.drop(while: isBlank) }
      let word = value.prefix { !isBlank($0) }
      value = value.dropFirst(word.count)
      set(flag, Array(word), &problems)
      rest = value.drop(while: isBlank)
      if type.flags == .first { break }
    }
    return Array(rest)
  }

  /// Whether blanks may stand between a flag and its value.
  private static func mayStandApart(_ flag: UInt8, _ type: MapType) -> Bool {
    switch flag {
    case 0x6B, 0x76: true  // -k, -v
    case 0x52: type.flags == .any  // -R
    case 0x68, 0x62, 0x73, 0x64, 0x50, 0x48, 0x4D, 0x70: type.flags == .ldap  // -h, -b, -s, -d, -P, -H, -M, -p
    default: false
    }
  }

  private mutating func set(_ flag: UInt8, _ word: [UInt8], _ problems: inout [CFProblem]) {
    switch type.flags {
    case .regex where setRegex(flag, word): return
    case .syslog:
      setSyslog(flag, word, &problems)
      return
    default: break
    }
    switch flag {
    case 0x66: flags.keepsCase = true  // -f
    case 0x6D: flags.matchesOnly = true  // -m
    case 0x61: flags.suffix = word  // -a
    case 0x54: flags.failureSuffix = word  // -T
    case 0x74: flags.hidesFailure = true  // -t
    case 0x4E: flags.keysHaveNUL = true  // -N
    case 0x4F: flags.keysLackNUL = true  // -O
    case 0x6F: flags.isOptional = true  // -o
    case 0x71: flags.keepsQuotes = true  // -q
    case 0x53: flags.blank = word.first  // -S
    case 0x6B: flags.keyColumn = word  // -k
    case 0x76: flags.valueColumn = word  // -v
    case 0x7A: flags.delimiter = word  // -z
    case 0x64: flags.extra = word  // -d
    case 0x73 where type.flags == .first: flags.blank = word.first  // -s of dequote is -S
    case 0x52 where type.flags == .any: flags.recordType = word  // -R
    case 0x41, 0x44: break  // -A, -D: for building and for deferred mail
    default:
      if type.flags == .common { problems.append(.badMapFlag(flag, name)) }
    }
  }

  private mutating func setSyslog(_ flag: UInt8, _ word: [UInt8], _ problems: inout [CFProblem]) {
    switch flag {
    case 0x4C: flags.priority = word  // -L
    case 0x44: break  // -D
    default: problems.append(.badMapFlag(flag, Array("syslog".utf8)))
    }
  }

  private mutating func setRegex(_ flag: UInt8, _ word: [UInt8]) -> Bool {
    switch flag {
    case 0x6E: flags.isNegated = true  // -n
    case 0x62: flags.isBasic = true  // -b
    case 0x73: flags.parts = word  // -s
    default: return false
    }
    return true
  }

  /// A key as this map wants it: without quotes, in lower case.
  func folded(_ key: [UInt8]) -> [UInt8] {
    flags.keepsCase ? key : lowered(key)
  }

  /// A value with `%0` to `%9` replaced by key and arguments, and the suffix.
  func answer(_ value: [UInt8], key: [UInt8], _ arguments: [[UInt8]]) -> [UInt8] {
    if flags.matchesOnly { return key + flags.suffix }
    guard value.contains(0x25) else { return value + flags.suffix }
    var result: [UInt8] = []
    var index = 0
    while index < value.count {
      let byte = value[index]
      index += 1
      guard byte == 0x25, index < value.count else {
        result.append(byte)
        continue
      }
      let next = value[index]
      if next == 0x25 {
        result.append(next)
        index += 1
      } else if next &- 0x30 < 10 {
        let number = Int(next - 0x30)
        if number == 0 { result += key }
        if number > 0, number <= arguments.count { result += arguments[number - 1] }
        index += 1
      } else {
        result.append(byte)
      }
    }
    return result + flags.suffix
  }
}

func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

extension CFProblem {
  /// A flag that is none, a sequence's member that is none, and what dns lacks are passed over.
  fileprivate func leavesMapUsable(_ type: MapType) -> Bool {
    switch type.name {
    case "sequence", "dns": true
    default: message.code == .badMapFlag
    }
  }

  static func badMapFlag(_ flag: UInt8, _ map: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapFlag, "map \(shown(map)) has no flag -\(shown([flag]))",
      wording: "Illegal option \(shown([flag])) map \(shown(map))")
  }

  static func mapWithoutFile(_ type: String, _ map: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(map)) names no file",
      wording: "No file name for \(type) map \(shown(map))")
  }

  static func mapWithoutFilter(_ map: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(map)) has no filter", fix: "give one with -k",
      wording: "No filter given in map \(shown(map))")
  }

  static func unknownMember(_ kind: String, _ map: [UInt8], _ member: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(map)): there is no map \(shown(member))",
      wording: "\(kind) map \(shown(map)): unknown member map \(shown(member))")
  }

  static func badPattern(_ map: [UInt8], _ reason: String) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(map)): \(reason)", wording: "pattern-compile-error: \(reason)")
  }

  static func partOutOfRange(_ map: [UInt8], _ part: Int, _ count: Int) -> CFProblem {
    CFProblem(
      .badMapLine, "map \(shown(map)): the pattern has no part \(part)",
      wording: "field (\(part)) out of range, only \(count) substrings in pattern")
  }

  static func unknownMapType(_ map: CFMap) -> CFProblem {
    let known = nearestName(to: shown(map.mapType), among: MapType.all.map(\.name))
    return CFProblem(
      .unknownMapType, "map \(shown(map.name)): there is no map type \(shown(map.mapType))",
      fix: known.map { "write \($0)" },
      wording: Array("readcf: map ".utf8) + map.name + Array(": class ".utf8) + map.mapType
        + Array(" not available".utf8))
  }
}

extension [MapDefinition] {
  /// Takes what a K line says; a later one of that name takes the place of the earlier.
  ///
  /// - Returns: what is wrong with it.
  mutating func add(_ map: CFMap, at position: SourcePosition, _ settings: ProgramSettings) -> [CFProblem] {
    guard let type = MapType.find(map.mapType) else { return [.unknownMapType(map)] }
    let (definition, problems) = MapDefinition.parse(map, type, known: self, at: position, settings: settings)
    removeAll { $0.key == definition.key }
    append(definition)
    return problems
  }
}
