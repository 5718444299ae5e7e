// SequenceWarnings.swift: warnings of what stands in definitions (--warn-macro-sequence).
//
// GNU m4 announced that `$10` and `${1}` will mean something else some day. With the option
// each definition is searched for them, or for any other regular expression.

import CShims

/// A pattern that definitions are searched for.
struct SequencePattern: ~Copyable {
  fileprivate let pattern: OpaquePointer

  init(_ pattern: OpaquePointer) { self.pattern = pattern }

  deinit { waybill_pattern_free(pattern) }
}

extension Processor {
  /// `$` with a brace or several digits.
  private static var usualSequences: String { #"\$\({[^}]*}\|[0-9][0-9]+\)"# }

  /// As --warn-macro-sequence; nil stands for the usual sequences, the empty text for none.
  ///
  /// - Returns: what is wrong with the regular expression, or nil.
  package mutating func warnOfSequences(_ expression: [UInt8]?) -> String? {
    let source = expression ?? Array(Self.usualSequences.utf8)
    sequences = nil
    guard !source.isEmpty else { return nil }
    var reason: UnsafePointer<CChar>?
    let pattern = source.withUnsafeBufferPointer {
      waybill_pattern_compile($0.baseAddress ?? emptyName, $0.count, &reason)
    }
    guard let pattern else { return reason.map { String(cString: $0) } ?? "out of memory" }
    sequences = SequencePattern(pattern)
    return nil
  }

  /// Warns of each sequence in a new definition.
  mutating func warnOfSequences(in text: Bytes, for name: Bytes) throws(Stop) {
    guard let pattern = sequences?.pattern else { return }
    let start = text.baseAddress ?? emptyName
    var offset = 0
    while offset < text.count {
      let found = waybill_pattern_search(pattern, start, text.count, offset)
      guard found >= 0 else { return }
      let end = waybill_pattern_end(pattern, 0)
      if end > found, end <= text.count {
        let sequence = Bytes(rebasing: text[found..<end])
        try warn("Warning: definition of `\(name)' contains sequence `\(sequence)'")
      }
      offset = max(end, found + 1)
    }
  }
}
