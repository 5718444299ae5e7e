// RegexMap.swift: does the key match a regular expression?
//
// The C library's own expressions, as sendmail uses them. Without -s the value is
// empty; with it, the parts that the expression captured, joined by the -d text,
// by default the symbol `$|`. A look-up's argument names other parts than -s does.

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
    let count = isCompiled ? Int(pattern.re_nsub) : 0
    parts = definition.flags.parts.map { $0.isEmpty ? Array(0...max(0, count)) : Self.numbers($0) }
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
    return numbers(definition.flags.parts ?? []).filter { $0 >= count }
      .map { .partOutOfRange(definition.name, $0, count) }
  }

  private static func compile(_ definition: MapDefinition, _ pattern: inout regex_t) -> Int32 {
    var flags: Int32 = definition.flags.isBasic ? 0 : REG_EXTENDED
    if !definition.flags.keepsCase { flags |= REG_ICASE }
    return definition.argument.withCString { regcomp(&pattern, $0, flags) }
  }

  /// The numbers of captured parts in a list; a word that is no number means the whole.
  private static func numbers(_ list: [UInt8]) -> [Int] {
    list.split(separator: 0x2C).map { word in
      Int(shown(word.drop(while: isBlank).prefix { $0 &- 0x30 < 10 })) ?? 0
    }
  }

  /// The parts that make up the value; nil, and told, when the pattern has fewer.
  private func parts(_ arguments: [[UInt8]], _ usual: [Int], _ engine: RulesetEngine) -> [Int]? {
    guard let list = arguments.first else { return usual }
    let numbers = list.isEmpty ? [0] : Self.numbers(list)
    let count = Int(pattern.re_nsub) + 1
    guard let wrong = numbers.first(where: { $0 >= count }) else { return numbers }
    engine.complain("field (\(wrong)) out of range, only \(count) substrings in pattern", status: 70)
    return nil
  }

  func lookUp(_ key: [UInt8], _ arguments: [[UInt8]], _ engine: RulesetEngine) -> MapAnswer {
    guard isCompiled else { return .notFound(78) }
    var matches = [regmatch_t](repeating: regmatch_t(), count: Int(pattern.re_nsub) + 1)
    let status = key.withCString { regexec(&pattern, $0, matches.count, &matches, 0) }
    let isMatch = status == 0
    guard isMatch != definition.flags.isNegated else { return .notFound(0) }
    if definition.flags.matchesOnly { return .found(key + definition.flags.suffix) }
    guard isMatch, let usual = self.parts else { return .found(definition.flags.suffix) }
    guard let parts = parts(arguments, usual, engine) else { return .notFound(0) }
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
