import Foundation
import TestSupport
import Testing

@Suite(
  "random rules rewrite as in the real one", .serialized,
  .enabled(if: Peer.sendmail.isWanted, Comment(rawValue: Peer.sendmail.hint)),
  .enabled(if: isRoot, Comment(rawValue: rootHint)))
struct TestModeFuzzTests {
  @Test("seeded programs", arguments: 1...30)
  func program(_ seed: UInt64) throws {
    var generator = RuleGenerator(seed: seed)
    let comparison = try TestModeComparison()
    try comparison.folder.write("x.cf", generator.configuration())
    TestModeComparison.expectSame(
      try comparison.run("x.cf", Array(generator.input().utf8)), "seed \(seed)")
  }
}

/// Writes rules and addresses that have a chance to meet.
struct RuleGenerator {
  private var random: Generator
  private static let atoms = ["a", "b", "c", "foo", "Foo", "x1", "*LOCAL*", "a-b"]
  private static let operators = [
    "@", ".", "<", ">", "!", "%", ":", ",", ";", "[", "]", "+", "(", ")", "\"q s\"", "\"q\"",
  ]
  private static let wildcards = ["$*", "$+", "$-", "$*", "$+", "$-", "$=X", "$=Y", "$~X", "$={lc}", "$~{lc}"]
  private static let rulesets = ["S0", "S3", "S4", "SU", "SV", "SW=7"]

  init(seed: UInt64) { random = Generator(state: seed) }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
      return value ^ value >> 31
    }
  }

  private mutating func pick(_ list: [String]) -> String { list.randomElement(using: &random) ?? "" }
  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
  private mutating func count(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func configuration() -> String {
    var lines = [
      "V10/Berkeley", "O ServiceSwitchFile=/dev/null", "O OperatorChars=.:%@!^/[]+",
      "DAval", "DB", "DCa.b", "DDx $A y", "D{lng}l@n", "CXa foo a.b", "CYb a-b foo.c <a> \"q\"", "C{lc}c b@a",
      "Kdq dequote", "Knull null", "Kmac macro", "Kar arith", "Kre regex -s1 -a.R ^(a+)(b*)$",
      "Ksub regex -s ([a-z])([0-9])",
    ]
    if chance(50) { lines.append("O BlankSub=" + pick([".", "_", " "])) }
    for ruleset in Self.rulesets {
      lines.append(ruleset)
      for _ in 0..<count(0...7) { lines.append(rule()) }
    }
    lines += ["Mlocal, P=/bin/cat, F=lsDFM, S=3, R=4, A=cat -d $u", "Mprog, P=/bin/sh, F=ls, A=sh -c $u"]
    return lines.joined(separator: "\n") + "\n"
  }

  private mutating func rule() -> String {
    var wildcards = 0
    var left: [String] = []
    for _ in 0..<count(1...6) {
      if chance(40), wildcards < 9 {
        left.append(pick(Self.wildcards))
        wildcards += 1
      } else if chance(10) {
        left.append(pick(["$@", "$&A", "$&B", "$&{lng}", "$A", "$B", "$C", "$#", "$|"]))
      } else {
        left.append(pick(chance(50) ? Self.atoms : Self.operators))
      }
    }
    let right = right(wildcards)
    return "R" + left.joined(separator: pick([" ", "", " "])) + "\t" + right + (chance(30) ? "\tcomment" : "")
  }

  private mutating func right(_ wildcards: Int) -> String {
    var parts: [String] = chance(20) ? ["$@"] : chance(40) ? ["$:"] : chance(5) ? ["$#"] : []
    for _ in 0..<count(0...5) {
      if chance(45) {
        parts.append("$\(count(1...max(1, chance(97) ? wildcards : 9)))")
      } else if chance(50) {
        parts.append(pick(chance(50) ? Self.atoms : Self.operators))
      } else if chance(40) {
        parts.append("$>" + pick(["U", "V", "7", "4", "nosuch", "W", "9", " U"]))
      } else if chance(60) {
        parts.append(lookUp())
      } else {
        parts.append(
          pick(["$&A", "$&{z}", "$&D", "$A", "$D", "$?A yes $| no $.", "$?B yes $| no $.", "$@", "$:", "$#", "$|"]))
      }
    }
    let text = parts.joined(separator: pick([" ", ""]))
    return text.isEmpty ? "x" : text
  }

  private mutating func lookUp() -> String {
    var text = "$(" + pick(["dq", "null", "mac", "ar", "re", "sub", "nosuch"]) + " "
    for _ in 0..<count(0...2) { text += pick(["$1", "a", "key", "\"a\"", "\"a b\"", "{z}", "+", "ab"]) + " " }
    for _ in 0..<count(0...2) { text += " $@ " + pick(["1", "$1", "x y", "\"q\""]) }
    if chance(50) { text += " $: " + pick(["d", "$1", "", "d e", "( x ) y"]) }
    return text + " $)"
  }

  mutating func input() -> String {
    var lines: [String] = []
    for _ in 0..<60 {
      if chance(93) {
        let sets = (0..<count(1...3)).map { _ in pick(["0", "3", "4", "U", "V", "W", "7", "9", "nosuch"]) }
        let words = (0..<count(0...7)).map { _ in
          pick(chance(40) ? Self.atoms : chance(60) ? Self.operators : ["\"", "\\", "a\\\"", "\t", "key", "a.b"])
        }
        lines.append(sets.joined(separator: ",") + " " + words.joined(separator: pick([" ", ""])))
      } else {
        lines.append(pick([".DAnew", ".DB$A", ".CXq", ".CXa@b", "$A", "$D", "$=X", ".D{lng}foo", "=S0", "=SU"]))
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
