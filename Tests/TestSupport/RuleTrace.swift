// RuleTrace.swift: which rules a traced run of sendmail's test mode (-d21.12) put to use.
//
//     canonify         input: …      a ruleset begins: its first rule is next
//     -----trying rule: …            the next rule, or the same once more after a match
//     -----rule matches: …           the rule is put to use
//     canonify       returns: …      back to the caller
//
// Traces are long, so they are followed here, where the optimizer sees it.

import Foundation

package struct RuleTrace {
  /// A ruleset as the trace shows it, and the number of a rule there, from 1.
  package struct Place: Hashable {
    package let ruleset: String
    package let rule: Int
  }

  package private(set) var used: Set<Place> = []
  private var calls: [Call] = []

  private struct Call {
    var ruleset: String
    var rule = 0
    var isRepeated = false
  }

  private static let trying = Array("-----trying rule:".utf8)
  private static let matches = Array("-----rule matches: ".utf8)
  /// `$:`, `$@` and `$#`, after which a rule is not tried again.
  private static let heads: Set<UInt8> = Set(":@#".utf8)

  package init(_ output: [UInt8]) {
    output.withUnsafeBytes { bytes in
      TestModeOutput.forEachLine(bytes) { follow($0) }
    }
  }

  private mutating func follow(_ line: UnsafeRawBufferPointer) {
    var line = line
    while line.count >= 2, line[0] == UInt8(ascii: ">"), line[1] == 0x20 {
      calls = []
      line = UnsafeRawBufferPointer(rebasing: line[2...])
    }
    if line.starts(with: Self.trying) {
      trying()
    } else if line.starts(with: Self.matches) {
      let right = line[Self.matches.count...]
      matched(
        endsTrial: right.count > 1 && right.first == UInt8(ascii: "$")
          && Self.heads.contains(right[right.startIndex + 1]))
    } else if let trace = TestModeTrace(line) {
      if case .result = trace { _ = calls.popLast() } else { begin(line) }
    }
  }

  private mutating func begin(_ line: UnsafeRawBufferPointer) {
    let name = line[..<16].prefix { $0 != 0x20 }
    calls.append(Call(ruleset: Latin1.text(UnsafeRawBufferPointer(rebasing: name))))
  }

  private mutating func trying() {
    guard !calls.isEmpty else { return }
    if !calls[calls.count - 1].isRepeated { calls[calls.count - 1].rule += 1 }
    calls[calls.count - 1].isRepeated = false
  }

  private mutating func matched(endsTrial: Bool) {
    guard let call = calls.last else { return }
    calls[calls.count - 1].isRepeated = !endsTrial
    used.insert(Place(ruleset: call.ruleset, rule: call.rule))
  }
}
