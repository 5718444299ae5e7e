// Patterns.swift: regexp and patsubst.
//
// The dialect is the one of GNU Emacs as glibc's re_search implements it; GNU m4 brings
// another state of the same code (docs/compatibility.md). Compiled patterns are kept, since
// scripts ask the same ones again and again. Which bytes beyond ASCII are letters is for the
// user's locale to say, which is asked only when there are some.

import CShims

/// The patterns compiled last.
struct PatternCache: ~Copyable {
  private static let capacity = 32

  private var entries: [(source: [UInt8], pattern: OpaquePointer)] = []
  private var oldest = 0
  /// GNU m4 says once a run that `\0` will go.
  var hasWarnedOfZero = false
  /// The pattern that is being matched in a process of its own.
  var apart: OpaquePointer? { didSet { if let oldValue { waybill_pattern_free(oldValue) } } }

  deinit {
    for entry in entries { waybill_pattern_free(entry.pattern) }
    if let apart { waybill_pattern_free(apart) }
  }

  /// Forgets what was compiled, and follows the user's locale from now on.
  mutating func useLocale() {
    for entry in entries { waybill_pattern_free(entry.pattern) }
    (entries, oldest) = ([], 0)
    waybill_pattern_use_locale()
  }

  /// The compiled form, or the reason why there is none.
  mutating func pattern(_ source: Bytes) -> Result<OpaquePointer, PatternFault> {
    for entry in entries where entry.source.count == source.count {
      if entry.source.withUnsafeBufferPointer({ equal($0, source) }) {
        return .success(entry.pattern)
      }
    }
    if nestsTooDeep(source) { return .failure(PatternFault(text: "Regular expression too big")) }
    var reason: UnsafePointer<CChar>?
    guard
      let pattern = waybill_pattern_compile(source.baseAddress ?? emptyName, source.count, &reason)
    else {
      return .failure(PatternFault(text: reason.map { String(cString: $0) } ?? "out of memory"))
    }
    if entries.count < Self.capacity {
      entries.append((Array(source), pattern))
    } else {
      waybill_pattern_free(entries[oldest].pattern)
      entries[oldest] = (Array(source), pattern)
      oldest = (oldest + 1) % Self.capacity
    }
    return .success(pattern)
  }
}

struct PatternFault: Error {
  let text: String
}

extension Processor {
  /// regexp: where a pattern matches, or what the match was made into.
  mutating func matchPattern(_ call: Invocation) throws(Stop) {
    let text = argument(1, of: call)
    guard let pattern = try compiled(argument(2, of: call), for: text, every: false) else { return }
    let found = waybill_pattern_search(pattern, text.baseAddress ?? emptyName, text.count, 0)
    try endMatching(found)
    if call.count < 3 {
      pushNumber(max(found, -1))
    } else if found >= 0 {
      try appendReplacement(argument(3, of: call), pattern, text)
      pushBuiltText()
    }
  }

  /// patsubst: every match replaced.
  mutating func substitutePattern(_ call: Invocation) throws(Stop) {
    let text = argument(1, of: call)
    guard let pattern = try compiled(argument(2, of: call), for: text, every: true) else { return }
    let start = text.baseAddress ?? emptyName
    var offset = 0
    while offset <= text.count {
      let found = waybill_pattern_search(pattern, start, text.count, offset)
      guard found >= 0 else {
        try endMatching(found)
        if found == -2 {
          try warn("error matching regular expression `\(argument(2, of: call))'")
        }
        arena.append(start + offset, text.count - offset)
        break
      }
      arena.append(start + offset, found - offset)
      try chargeReplacement(argument(3, of: call), matched: waybill_pattern_end(pattern, 0) - found)
      try appendReplacement(argument(3, of: call), pattern, text)
      let end = waybill_pattern_end(pattern, 0)
      offset = end
      // An empty match takes the next byte along, or it would be found for ever.
      if end == found {
        if offset < text.count { arena.append(start[offset]) }
        offset += 1
      }
    }
    try endMatching(0)
    trace.hasEmptyExpansion = true
    pushBuiltText()
  }

  private mutating func compiled(
    _ source: Bytes, for text: Bytes, every: Bool
  ) throws(Stop) -> OpaquePointer? {
    if followsLocale, source.contains(where: { $0 >= 0x80 }) || text.contains(where: { $0 >= 0x80 }) {
      followsLocale = false
      patterns.useLocale()
    }
    switch isCostly(source, for: text) ? compiledApart(source, text, every) : patterns.pattern(source) {
    case .success(let pattern): return pattern
    case .failure(let fault):
      // regexp and patsubst word the same fault in two ways.
      try warn("bad regular expression\(every ? " " : ": ")`\(source)': \(fault.text)")
      return nil
    }
  }

  /// The replacement with `\&` and `\1` to `\9` filled in.
  private mutating func appendReplacement(
    _ replacement: Bytes, _ pattern: OpaquePointer, _ text: Bytes
  ) throws(Stop) {
    var index = 0
    while index < replacement.count {
      let byte = replacement[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        arena.append(byte)
        continue
      }
      guard index < replacement.count else {
        try warn("Warning: trailing \\ ignored in replacement")
        return
      }
      let code = replacement[index]
      index += 1
      switch code {
      case UInt8(ascii: "0"):
        if !patterns.hasWarnedOfZero {
          patterns.hasWarnedOfZero = true
          try warn("Warning: \\0 will disappear, use \\& instead in replacements")
        }
        appendGroup(0, pattern, text)
      case UInt8(ascii: "&"): appendGroup(0, pattern, text)
      case UInt8(ascii: "1")...UInt8(ascii: "9"):
        let group = Int(code - UInt8(ascii: "0"))
        if group > waybill_pattern_groups(pattern) {
          try warn("Warning: sub-expression \(group) not present")
        } else {
          appendGroup(group, pattern, text)
        }
      default: arena.append(code)
      }
    }
  }

  private mutating func appendGroup(_ group: Int, _ pattern: OpaquePointer, _ text: Bytes) {
    let start = waybill_pattern_start(pattern, group)
    let end = waybill_pattern_end(pattern, group)
    guard start >= 0, end > start, end <= text.count else { return }
    arena.append(Bytes(rebasing: text[start..<end]))
  }
}
