// RegularExpression.swift: POSIX regular expressions, through the C library.
//
// The same regcomp and regexec that Postfix calls, so that both agree on every
// pattern. A compiled expression never changes, and regexec may be called from
// several threads.

import Glibc
import MailAddress

package final class RegularExpression: Pattern, @unchecked Sendable {
  package struct Failure: Error {
    package let reason: String
  }

  private var compiled = regex_t()

  /// - Parameter flags: `i` makes case count, `x` takes basic syntax, `m` lets
  ///   `^` and `$` match at lines; each toggles.
  package init(_ pattern: Bytes, flags: Bytes) throws(Failure) {
    var options = REG_EXTENDED | REG_ICASE
    for flag in flags {
      switch flag {
      case UInt8(ascii: "i"): options ^= REG_ICASE
      case UInt8(ascii: "x"): options ^= REG_EXTENDED
      case UInt8(ascii: "m"): options ^= REG_NEWLINE
      default: throw Failure(reason: "unknown pattern flag '\(Bytes([flag]).text)'")
      }
    }
    guard !pattern.contains(0) else { throw Failure(reason: "a NUL in the pattern") }
    let code = pattern.map { CChar(bitPattern: $0) } + [0]
    let result = regcomp(&compiled, code, options)
    if result != 0 {
      var buffer = [CChar](repeating: 0, count: 200)
      regerror(result, &compiled, &buffer, buffer.count)
      let text = Bytes(buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }).text
      throw Failure(reason: "bad pattern: \(text)")
    }
  }

  deinit { regfree(&compiled) }

  var groups: Int { Int(compiled.re_nsub) }

  func isComparable(with key: Bytes) -> Bool { true }

  package func match(_ key: Bytes) -> [Bytes]? {
    guard !key.contains(0) else { return nil }
    var matches = [regmatch_t](repeating: regmatch_t(), count: groups + 1)
    let text = key.map { CChar(bitPattern: $0) } + [0]
    guard regexec(&compiled, text, matches.count, &matches, 0) == 0 else { return nil }
    return matches.map { match in
      let start = Int(match.rm_so)
      let end = Int(match.rm_eo)
      return start >= 0 && start <= end && end <= key.count ? Bytes(key[start..<end]) : []
    }
  }
}
