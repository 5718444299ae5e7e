// Frame.swift: the workspace of one running ruleset, and the spans its wildcards took.
//
// Two buffers take turns: the right side is built in the spare one. Beside the
// tokens stand their folded forms, made once after each change, so that the
// matcher compares plain numbers in a row.

/// What one running ruleset works on.
final class Frame {
  private(set) var buffer = TokenBuffer()
  private(set) var spare = TokenBuffer()
  let folded: UnsafeMutablePointer<TokenID>
  /// All that the tokens can be: the bits of their entries.
  private(set) var bits: UInt64 = 0
  /// The tokens taken by each wildcard, in order.
  let spans: UnsafeMutablePointer<Span>
  var wildcards = 0

  struct Span {
    var start: Int32
    var end: Int32
    /// The operation that took it.
    var operation: Int32
  }

  init() {
    folded = .allocate(capacity: TokenBuffer.capacity)
    spans = .allocate(capacity: RuleCheck.mostWildcards + 1)
    spans.initialize(
      repeating: Span(start: 0, end: 0, operation: 0), count: RuleCheck.mostWildcards + 1)
  }

  deinit {
    folded.deallocate()
    spans.deallocate()
  }

  func swap() { (buffer, spare) = (spare, buffer) }

  /// To be called after each change of the tokens.
  func prepare(_ table: TokenTable) {
    var bits: UInt64 = 0
    let tokens = buffer.tokens
    for position in 0..<buffer.count {
      let entry = table.entries + Int(tokens[position])
      folded[position] = entry.pointee.folded
      bits |= entry.pointee.bits
    }
    self.bits = bits
  }

  /// A workspace that begins with `$#` is settled: no rule is tried on it.
  var isResolved: Bool { buffer.count > 0 && buffer.tokens[0] == .hash }

  /// Whether the rule is worth a try.
  @inline(__always)
  func mayMatch(_ filter: RuleFilter) -> Bool {
    let count = Int32(truncatingIfNeeded: buffer.count)
    if filter.bits & ~bits != 0 || count < filter.fewest || count > filter.most { return false }
    if count == 0 { return true }
    if filter.first != RuleFilter.none, filter.first != folded[0] { return false }
    return filter.last == RuleFilter.none || filter.last == folded[Int(count) - 1]
  }
}
