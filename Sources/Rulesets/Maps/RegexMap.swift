// RegexMap.swift: does the key match a regular expression?
//
// The C library's own expressions, as sendmail uses them. Without -s the value is
// empty; with it, the parts that the expression captured, joined by the -d text,
// by default the symbol `$|`.

import Glibc
import SendmailCF

final class RegexMap: LookupMap {
  private let definition: MapDefinition
  private var pattern = regex_t()
  private let isCompiled: Bool
  private let parts: [Int]?

  init(_ definition: MapDefinition) {
    self.definition = definition
    isCompiled = Self.compile(definition, &pattern) == 0
    parts = Self.parts(definition, count: isCompiled ? Int(pattern.re_nsub) : 0)
  }

  deinit { if isCompiled { regfree(&pattern) } }

  static func check(_ definition: MapDefinition) -> [CFProblem] {
    var pattern = regex_t()
    let status = compile(definition, &pattern)
    guard status == 0 else {
      var text = [CChar](repeating: 0, count: 256)
      regerror(status, &pattern, &text, text.count)
      let reason = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      return [.badPattern(definition.name, shown(reason))]
    }
    defer { regfree(&pattern) }
    let count = Int(pattern.re_nsub) + 1
    return (parts(definition, count: count - 1) ?? []).filter { $0 >= count }
      .map { .partOutOfRange(definition.name, $0, count) }
  }

  private static func compile(_ definition: MapDefinition, _ pattern: inout regex_t) -> Int32 {
    var flags: Int32 = definition.flags.isBasic ? 0 : REG_EXTENDED
    if !definition.flags.keepsCase { flags |= REG_ICASE }
    return definition.argument.withCString { regcomp(&pattern, $0, flags) }
  }

  /// The numbers of the captured parts that make up the value.
  private static func parts(_ definition: MapDefinition, count: Int) -> [Int]? {
    guard let list = definition.flags.parts else { return nil }
    if list.isEmpty { return Array(0...max(0, count)) }
    return list.split(separator: 0x2C).map { Int(shown($0)) ?? 0 }
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard isCompiled else { return .notFound(78) }
    var matches = [regmatch_t](repeating: regmatch_t(), count: Int(pattern.re_nsub) + 1)
    let status = key.withCString { regexec(&pattern, $0, matches.count, &matches, 0) }
    let isMatch = status == 0
    guard isMatch != definition.flags.isNegated else { return .notFound(0) }
    if definition.flags.matchesOnly { return .found(key + definition.flags.suffix) }
    guard isMatch, let parts else { return .found(definition.flags.suffix) }
    let texts = parts.map { part -> ArraySlice<UInt8> in
      guard matches.indices.contains(part), matches[part].rm_so >= 0 else { return [] }
      let start = min(Int(matches[part].rm_so), key.count)
      return key[start..<max(start, min(Int(matches[part].rm_eo), key.count))]
    }
    let delimiter = definition.flags.extra ?? [Tokenizer.otherwise]
    return .found(Array(texts.joined(separator: delimiter)) + definition.flags.suffix)
  }
}

extension [UInt8] {
  /// The bytes up to a NUL, with one behind them.
  func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
    let terminated = map { CChar(bitPattern: $0) } + [0]
    return terminated.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return "".withCString(body) }
      return body(base)
    }
  }
}
