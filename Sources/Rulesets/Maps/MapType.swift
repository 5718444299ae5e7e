// MapType.swift: the map types that a K line may name.
//
// One row a type. A type that sendmail knows and that is not built in here is a
// row as well: it opens, and every look-up says that it cannot answer now, which
// defers mail instead of losing it.

import SendmailCF

/// A map type.
package struct MapType: Sendable {
  /// Which flags the K line of a type may have: the common ones, any at all, those of
  /// one type, one alone, or none.
  package enum Flags: Sendable { case common, any, regex, syslog, ldap, first, none }

  package let name: String
  package let summary: String
  let flags: Flags
  /// Whether the rest of the line is its argument, blanks included.
  let takesLine: Bool
  let needsFile: Bool
  let open: @Sendable (MapDefinition, RulesetEngine) -> any LookupMap

  init(
    _ name: String, _ summary: String, flags: Flags = .common, takesLine: Bool = false,
    needsFile: Bool = false,
    open: @escaping @Sendable (MapDefinition, RulesetEngine) -> any LookupMap
  ) {
    self.name = name
    self.summary = summary
    self.flags = flags
    self.takesLine = takesLine
    self.needsFile = needsFile
    self.open = open
  }

  package static let all: [MapType] = [
    MapType("hash", "Berkeley DB hash file", needsFile: true) { BerkeleyDBMap($0, .hash, $1) },
    MapType("btree", "Berkeley DB btree file", needsFile: true) { BerkeleyDBMap($0, .btree, $1) },
    MapType("implicit", "hash file of aliases", needsFile: true) {
      BerkeleyDBMap($0, .hash, $1, isQuiet: true)
    },
    MapType("text", "plain file of columns", needsFile: true) { TextMap($0, $1) },
    MapType("stab", "aliases kept in memory", needsFile: true) { _, _ in
      AbsentMap()
    },
    MapType("null", "never finds anything") { _, _ in NullMap() },
    MapType("dequote", "quotes removed", flags: .first) { definition, _ in DequoteMap(definition) },
    MapType("macro", "sets a cf macro", flags: .any) { _, _ in MacroMap() },
    MapType("arith", "arithmetic", flags: .any) { _, _ in ArithMap() },
    MapType("regex", "regular expression", flags: .regex, takesLine: true) { definition, _ in
      RegexMap(definition)
    },
    MapType("host", "canonical host names", flags: .any) { HostMap($0, $1) },
    MapType("user", "login names") { UserMap($0, $1) },
    MapType("sequence", "maps one after the other", flags: .none, takesLine: true) {
      definition, _ in SequenceMap(definition)
    },
    MapType("switch", "maps that the service switch names", needsFile: true) { SwitchMap($0, $1) },
    MapType("arpa", "reverse look-up names", flags: .any) { definition, _ in ArpaMap(definition) },
    MapType("syslog", "nothing is logged here", flags: .syslog) { _, _ in SilentMap() },
    MapType("program", "answers of a program", takesLine: true, needsFile: true) { definition, engine in
      ProgramMap(definition, engine.program.programAccount)
    },
    MapType("bestmx", "best mail exchanger") { _, _ in NullMap(status: 0) },
    MapType("dns", "DNS", flags: .any) { _, _ in NullMap(status: 68) },
    MapType("ldap", "LDAP", flags: .ldap) { _, _ in AbsentMap() },
    MapType("nis", "NIS", needsFile: true) { NISMap($0, $1) },
    MapType("nisplus", "NIS+", needsFile: true) { _, _ in AbsentMap() },
    MapType("userdb", "user database", needsFile: true) { _, _ in NullMap(status: 0) },
    MapType("socket", "a program behind a socket", needsFile: true) { _, _ in
      AbsentMap()
    },
  ]

  static func find(_ name: [UInt8]) -> MapType? {
    let name = lowered(name)
    return all.first { $0.name.utf8.elementsEqual(name) }
  }

  static let host = find(Array("host".utf8))

  /// What is wrong with a definition of this type.
  func check(_ definition: MapDefinition, _ known: [MapDefinition]) -> [CFProblem] {
    if needsFile, definition.argument.isEmpty {
      return [.mapWithoutFile(name, definition.name)]
    }
    switch name {
    case "sequence": return SequenceMap.check(definition, known)
    case "regex": return RegexMap.check(definition)
    case "syslog": return SilentMap.check(definition)
    case "dns": return DNSRecords.check(definition)
    case "ldap" where definition.flags.keyColumn == nil: return [.mapWithoutFilter(definition.name)]
    default: return []
    }
  }
}

/// A map that is open.
package protocol LookupMap: AnyObject {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer
  /// Whether `/map` may ask it: an optional map without its file is not open.
  var isOpen: Bool { get }
}

extension LookupMap {
  package var isOpen: Bool { true }
}
