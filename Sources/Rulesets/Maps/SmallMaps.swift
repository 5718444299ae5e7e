// SmallMaps.swift: map types that need no file.

import Glibc
import SendmailCF

/// null, and types that find nothing without a name server.
final class NullMap: LookupMap {
  private let status: Int32

  init(status: Int32 = 68) { self.status = status }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .notFound(status)
  }
}

/// A map whose K line has a fault: it finds nothing and is not open.
final class ClosedMap: LookupMap {
  var isOpen: Bool { false }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .notFound(0)
  }
}

/// A type that is not built in: it cannot say yes or no.
final class AbsentMap: LookupMap {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .temporaryFailure
  }
}

/// nis: where NIS does not run.
final class NISMap: LookupMap {
  init(_ definition: MapDefinition, _ engine: RulesetEngine) {
    if definition.argument.contains(0x40) || definition.flags.isOptional { return }
    engine.complain("NIS map \(shown(definition.argument)) specified, but NIS not running", status: 70)
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .temporaryFailure
  }
}

/// What the K line of a dns map may ask for.
enum DNSRecords {
  private static let types: Set<String> = [
    "a", "aaaa", "afsdb", "cname", "mx", "ns", "ptr", "srv", "tlsa", "txt",
  ]

  static func check(_ definition: MapDefinition) -> [CFProblem] {
    let isKnown = definition.flags.recordType.map { types.contains(shown(lowered($0))) }
    let missing = CFProblem.recordTypeMissing(definition.name)
    guard let isKnown, let type = definition.flags.recordType else { return [missing] }
    return isKnown ? [] : [.recordTypeUnknown(definition.name, type), missing]
  }
}

/// syslog: the value is empty.
final class SilentMap: LookupMap {
  private static let priorities: Set<String> = [
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
  ]

  static func check(_ definition: MapDefinition) -> [CFProblem] {
    guard let priority = definition.flags.priority, !priority.isEmpty else { return [] }
    return priorities.contains(shown(lowered(priority))) ? [] : [.unknownPriority(priority)]
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .found([])
  }
}

/// macro: sets the cf macro of that name to the arguments; the value is empty.
final class MacroMap: LookupMap {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    let reading = engine.names.read(key[...])
    if !reading.faults.isEmpty { engine.observer?.report(.badName(reading.faults)) }
    guard let number = reading.number else { return .notFound(78) }
    engine.macros[number] = arguments.first.map { argument in argument.map { CFUnit($0) } }
    return .found([])
  }
}

/// dequote: quotes removed, if what is left is a whole address.
final class DequoteMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard let text = dequoted(key) else { return .notFound(0) }
    return .found(text + definition.flags.suffix)
  }

  private func dequoted(_ key: [UInt8]) -> [UInt8]? {
    var result: [UInt8] = []
    var quotes = 0
    var brackets = 0
    var parentheses = 0
    var isQuoted = false
    var isEscaped = false
    for byte in key {
      if isEscaped {
        isEscaped = false
        result.append(byte)
        continue
      }
      switch byte {
      case 0x5C: isEscaped = true
      case 0x28: parentheses += 1
      case 0x29:
        parentheses -= 1
        if parentheses < 0 { return nil }
      case 0x3C: brackets += 1
      case 0x3E:
        brackets -= 1
        if brackets < 0 { return nil }
      case 0x20:
        guard let blank = definition.flags.blank else { return nil }
        result.append(blank)
        continue
      case 0x09: return nil
      case 0x22:
        isQuoted.toggle()
        quotes += 1
        continue
      default: break
      }
      result.append(byte)
    }
    return quotes > 0 && !isQuoted && brackets == 0 && parentheses == 0 ? result : nil
  }
}

/// arith: `$(arith + $@ 1 $@ 2 $)`. Comparisons answer TRUE or FALSE.
final class ArithMap: LookupMap {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard arguments.count >= 2 else { return .notFound(78) }
    if "/%".utf8.contains(key.first ?? 0), number(arguments[1]) == 0 { return .notFound(0) }
    guard let result = result(key.first ?? 0, number(arguments[0]), number(arguments[1])) else {
      return .notFound(78)
    }
    return .found(Array(result.utf8.prefix(Self.longestResult)))
  }

  /// As many characters of a number as sendmail has room for.
  private static let longestResult = 15

  private func result(_ operation: UInt8, _ one: Int, _ other: Int) -> String? {
    switch operation {
    case 0x2B: return String(one &+ other)
    case 0x2D: return String(one &- other)
    case 0x2A: return String(one &* other)
    case 0x2F where other != 0: return String(one.dividedReportingOverflow(by: other).partialValue)
    case 0x25 where other != 0: return String(one.remainderReportingOverflow(dividingBy: other).partialValue)
    case 0x26: return String(one & other)
    case 0x7C: return String(one | other)
    case 0x6C: return one < other ? "TRUE" : "FALSE"
    case 0x3D: return one == other ? "TRUE" : "FALSE"
    case 0x72: return one < other ? String(Int.random(in: one...other)) : nil
    default: return nil
    }
  }

  /// As strtol reads it: hexadecimal behind 0x, octal behind 0; what is too large is cut off.
  private func number(_ text: [UInt8]) -> Int { text.withCString { strtol($0, nil, 0) } }
}

/// arpa: an address turned round, as the reverse zones of DNS name it; one of IPv6
/// stands behind `IPv6:` and has a label for every four bits.
final class ArpaMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    let prefix = Array("ipv6:".utf8)
    let isLong = lowered(key.prefix(prefix.count)) == prefix
    guard let bytes = isLong ? Self.bytes(key.dropFirst(prefix.count), AF_INET6, 16) : Self.bytes(key[...], AF_INET, 4)
    else { return .notFound(65) }
    let labels = bytes.reversed().flatMap { byte in
      isLong ? [String(byte & 15, radix: 16), String(byte >> 4, radix: 16)] : [String(byte)]
    }
    return .found(Array(labels.joined(separator: ".").utf8) + definition.flags.suffix)
  }

  private static func bytes(_ text: ArraySlice<UInt8>, _ family: Int32, _ count: Int) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: count)
    return Array(text).withCString { inet_pton(family, $0, &result) } == 1 ? result : nil
  }
}

/// sequence: the first of several maps that knows the key.
final class SequenceMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  static func check(_ definition: MapDefinition, _ known: [MapDefinition]) -> [CFProblem] {
    members(definition).filter { member in !known.contains { $0.key == lowered(member) } }
      .map { .unknownMember("Sequence", definition.name, $0) }
  }

  /// Names that begin with a letter or digit, whatever stands between them.
  private static func members(_ definition: MapDefinition) -> [[UInt8]] {
    definition.argument.split { !CFRulesetName.canContain($0) && $0 != 0x2E }
      .map { Array($0.drop { $0 == 0x2E || $0 == 0x5F }) }.filter { !$0.isEmpty }
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    var hasFailed = false
    for member in Self.members(definition) {
      let answer =
        engine.maps.map(named: member, engine)?.lookUp(key, arguments, engine) ?? .notFound(68)
      switch answer {
      case .found: return answer
      case .temporaryFailure: hasFailed = true
      case .notFound: break
      }
    }
    return hasFailed ? .temporaryFailure : .notFound(68)
  }
}

/// switch: the maps `NAME.service` for each service that the switch file names for the
/// kind which the K line gives.
final class SwitchMap: LookupMap {
  private let members: [OpenMap]
  private let hasServices: Bool

  init(_ definition: MapDefinition, _ engine: RulesetEngine) {
    let services = engine.services.services(for: definition.argument, engine)
    hasServices = !services.isEmpty
    members = services.compactMap { service in
      let name = definition.name + [0x2E] + service
      if let map = engine.maps.map(named: name, engine) { return map }
      engine.complain("Switch map \(shown(definition.name)): unknown member map \(shown(name))", status: 70)
      return nil
    }
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard hasServices else { return .temporaryFailure }
    var hasFailed = false
    for map in members {
      let answer = map.lookUp(key, arguments, engine)
      if case .found = answer { return answer }
      if case .temporaryFailure = answer { hasFailed = true }
    }
    return hasFailed ? .temporaryFailure : .notFound(68)
  }
}

extension CFProblem {
  static func recordTypeMissing(_ map: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "dns map \(shown(map)) does not say which records it asks for",
      fix: "give their type with -R", wording: "dns map \(shown(map)): missing -R type")
  }

  static func recordTypeUnknown(_ map: [UInt8], _ type: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "dns map \(shown(map)) cannot ask for records of type \(shown(type))",
      wording: "dns map \(shown(map)): wrong type \(shown(type))")
  }

  static func unknownPriority(_ priority: [UInt8]) -> CFProblem {
    CFProblem(
      .badMapLine, "syslog has no priority \(shown(priority))",
      wording: "syslog_map_parseargs: Unknown priority \(shown(priority))")
  }
}
