import Diagnostics
import Rulesets
import TestSupport
import Testing

/// A .cf of lines that may be wrong in any way.
private func configuration(_ random: inout SeededGenerator) -> String {
  let pieces = [
    "$*", "$+", "$-", "$@", "$#", "$:", "$|", "$.", "$?a", "$?{none}", "$=w", "$~{x y}", "$={x}", "$1", "$9", "$0",
    "$a",
    "${b}", "$&a", "$&{c}", "$(m ", "$)", "$[", "$]", "$>", "$$", "$", "\"", "\\", "\\!", "!", "<", ">", "(", ")", "@",
    ".", "#", "word", "a", " ", "  ", "\t", "\u{B}",
  ]
  func text(_ most: Int) -> String {
    (0..<Int.random(in: 0...most, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }
  let lines = (0..<Int.random(in: 1...12, using: &random)).map { _ -> String in
    switch Int.random(in: 0..<16, using: &random) {
    case 0: "Da\(text(3))"
    case 1: "D{b}\(text(3))"
    case 2: "S\(["1", "name", "name=3", "", "300", "1x"].randomElement(using: &random) ?? "")"
    case 3:
      "K\(["m", "n"].randomElement(using: &random) ?? "") \(["hash", "nothing", "regex"].randomElement(using: &random) ?? "") -a\(text(2)) \(text(3))"
    case 4:
      "O \(["OperatorChars", "LogLevel", "Nothing", "DefaultUser"].randomElement(using: &random) ?? "")=\(text(4))"
    case 5: "C\(text(2)) \(text(4))"
    case 6: "Fw\(["-o ", "", "|"].randomElement(using: &random) ?? "")/nowhere/\(text(1))"
    default:
      "R\(text(9))\(["\t", "\t\t", " ", ""].randomElement(using: &random) ?? "")\(text(9))\(["", "\tcomment"].randomElement(using: &random) ?? "")"
    }
  }
  return "V10\nS0\n" + lines.joined(separator: "\n") + "\n"
}

@Suite("What is wrong with a .cf is found without a program of it")
struct CheckingTests {
  @Test("the same is found as in making a program", arguments: 0..<40)
  func sameAsBuilding(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<100 {
      let text = configuration(&random)
      let built = ProgramBuilder.build(Array(text.utf8), name: "x.cf").findings.map(\.diagnostic)
      let checked = ProgramCheck.findings(in: Array(text.utf8), name: "x.cf", settings: ProgramSettings())
        .map(\.diagnostic)
      #expect(checked == built, "\(text)")
    }
  }

  @Test("each fault of a rule is found at its line")
  func faults() {
    let lines = [
      "R$1\ta", "Ra\t", "R\ta", "Ra\t$2", "Ra\t$=w", "Ra\t$*", "R$*$*$*$*$*$*$*$*$*$*\ta", "Ra\t$(m x",
      "Ra\t$(m $[x$] $)",
      "R\"$1\"\t\"$*\"", "R\\\ta",
    ]
    let text = "V10\nS0\n" + lines.joined(separator: "\n") + "\n"
    let found = ProgramCheck.findings(in: Array(text.utf8), name: "x.cf", settings: ProgramSettings())
    // The last but one has its symbols in quotes; of the last nothing is left.
    #expect(found.map(\.diagnostic.position?.line) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 13])
  }
}
