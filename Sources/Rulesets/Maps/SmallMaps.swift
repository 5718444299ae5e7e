// SmallMaps.swift: map types that need no file.

import SendmailCF

/// null, and types that find nothing without a name server.
final class NullMap: LookupMap {
  private let status: Int32

  init(status: Int32 = 68) { self.status = status }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .notFound(status)
  }
}

/// A type that is not built in: it cannot say yes or no.
final class AbsentMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .temporaryFailure(nil)
  }
}

/// syslog: the value is empty.
final class SilentMap: LookupMap {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    .found([])
  }
}

/// macro: sets the cf macro of that name to the arguments; the value is empty.
final class MacroMap: LookupMap {
  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    let reading = engine.names.read(key[...])
    guard let number = reading.number else { return .notFound(0) }
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
    return .found(definition.answer(text, key: key, arguments))
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
      case 0x20 where isQuoted:
        guard let blank = definition.flags.parts?.first else { return nil }
        result.append(blank)
        continue
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
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard arguments.count >= 2 else { return .notFound(78) }
    guard let result = result(key.first ?? 0, number(arguments[0]), number(arguments[1])) else {
      return .notFound(78)
    }
    return .found(Array(result.utf8) + definition.flags.suffix)
  }

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

  private func number(_ text: [UInt8]) -> Int {
    var rest = ArraySlice(text).drop(while: isBlank)
    let isNegative = rest.first == 0x2D
    if isNegative || rest.first == 0x2B { rest = rest.dropFirst() }
    var value = 0
    for digit in rest {
      guard digit &- 0x30 < 10 else { break }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, tooMuch) = product.addingReportingOverflow(Int(digit - 0x30))
      if tooLarge || tooMuch { return isNegative ? .min : .max }
      value = sum
    }
    return isNegative ? -value : value
  }
}

/// arpa: an address turned round, as the reverse zones of DNS name it.
final class ArpaMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    let parts = key.split(separator: 0x2E, omittingEmptySubsequences: false)
    guard parts.count == 4, parts.allSatisfy({ UInt8(shown($0)) != nil }) else { return .notFound(65) }
    return .found(Array(parts.reversed().joined(separator: [0x2E])) + definition.flags.suffix)
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

  private static func members(_ definition: MapDefinition) -> [[UInt8]] {
    definition.argument.split(whereSeparator: isBlank).map(Array.init)
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
    return hasFailed ? .temporaryFailure(nil) : .notFound(68)
  }
}

/// switch: the maps `NAME.service` for each service that the switch file names.
final class SwitchMap: LookupMap {
  private let definition: MapDefinition

  init(_ definition: MapDefinition) { self.definition = definition }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    var hasFailed = true
    for service in engine.services.services(for: definition.argument, engine) {
      let name = definition.argument + [0x2E] + service
      guard let map = engine.maps.map(named: name, engine) else { continue }
      let answer = map.lookUp(key, arguments, engine)
      if case .found = answer { return answer }
      hasFailed = false
    }
    return hasFailed ? .temporaryFailure(nil) : .notFound(68)
  }
}
