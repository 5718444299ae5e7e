// TokenBuffer.swift: room for the tokens of a workspace.
//
// Of fixed size, so that rewriting never allocates; more tokens than fit are
// remembered as an overflow, which the caller turns into an error.

/// Tokens in a row, at most `capacity` of them.
final class TokenBuffer {
  /// As many as sendmail's workspace holds.
  static let capacity = 1000

  let tokens: UnsafeMutablePointer<TokenID>
  private(set) var count = 0
  private(set) var hasOverflowed = false

  init() { tokens = .allocate(capacity: Self.capacity) }

  deinit { tokens.deallocate() }

  @inline(__always)
  func append(_ token: TokenID) {
    guard count < Self.capacity else {
      hasOverflowed = true
      return
    }
    tokens[count] = token
    count += 1
  }

  func append(_ other: UnsafePointer<TokenID>, _ number: Int) {
    guard count + number <= Self.capacity else {
      hasOverflowed = true
      return
    }
    (tokens + count).update(from: other, count: number)
    count += number
  }

  func removeAll() {
    count = 0
    hasOverflowed = false
  }

  func truncate(to newCount: Int) { count = min(count, max(0, newCount)) }

  var all: UnsafeBufferPointer<TokenID> { UnsafeBufferPointer(start: tokens, count: count) }
}
