// TextPattern.swift: words that a reply has, or an expression between slashes that it matches.
//
// The case of letters does not matter in either.

import MailAddress
import PostfixConfig

package struct TextPattern: Sendable {
  package let written: Bytes
  private let expression: RegularExpression?

  struct Failure: Error { let reason: String }

  init(_ written: Bytes) throws(Failure) {
    self.written = written
    guard written.count > 1, written.first == .slash, written.last == .slash else {
      expression = nil
      return
    }
    do throws(RegularExpression.Failure) {
      expression = try RegularExpression(Bytes(written.dropFirst().dropLast()), flags: [])
    } catch {
      throw Failure(reason: error.reason)
    }
  }

  func matches(_ text: Bytes) -> Bool {
    if let expression { return expression.match(text) != nil }
    return written.isEmpty || !text.lowercased.ranges(of: written.lowercased).isEmpty
  }
}
