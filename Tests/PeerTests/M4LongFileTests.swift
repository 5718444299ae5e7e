// Files that are read piece by piece: wherever a piece ends, the same as GNU m4.

import TestSupport
import Testing

/// Lines of all kinds by chance, many of them with texts that go over several lines.
private func longText(_ seed: UInt64, lines: Int) -> String {
  var chance = SeededGenerator(seed: seed)
  var text = ""
  for number in 0..<lines {
    let word = String(repeating: "x", count: Int.random(in: 0...300, using: &chance))
    let line =
      switch Int.random(in: 0..<9, using: &chance) {
      case 0: "f(\(word),\n  `more\nlines, \(number)')\n"
      case 1: "# comment f(1) `no end\n"
      case 2: "text __line__ __file__ f(f(a,`b'),q(1,\n\n2,3))\n"
      case 3: "nothing(`here') dnl rest of the line\n"
      case 4: "f(`\(word)',\n\n)"
      case 5: "q(\n`\(word)\n\(word)'\n)\n"
      case 6: "define(`n\(number)', `f(\(word),\n$1)')n\(number)(`\(word)')\n"
      default: "plain words \(number) (in a line), with commas \(word)\n"
      }
    text += line
  }
  return text
}

@Suite("Long files, as GNU m4 reads them", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4LongFileTests {
  private func expectSame(_ text: String, _ arguments: [String]) throws {
    let comparison = try M4Comparison()
    let start = "define(`f', `<$1|$2>')dnl\ndefine(`q', ``$*'')dnl\n"
    let files = ["long": Array((start + text).utf8), "short": Array("short __line__ include(`long')".utf8)]
    let results = try [Peer.m4.path, Checkout.command("m4")].map { try comparison.run($0, arguments, files: files) }
    #expect(results[0].run.output.count > 300_000)
    #expect(results[1] == results[0], "\(arguments): \(results[1].run.messageText.suffix(2000))")
  }

  @Test("alone, marked, traced, after others, included", arguments: [1, 2, 3] as [UInt64])
  func options(_ seed: UInt64) throws {
    let text = longText(seed, lines: 6000)
    #expect(text.utf8.count > 600_000)
    for arguments in [["long"], ["-s", "long"], ["-dV", "long"], ["short", "long", "short"]] {
      try expectSame(text, arguments)
    }
  }

  @Test("delimiters that change on the way, also to some with a newline")
  func delimiters() throws {
    let text = longText(4, lines: 3000)
    let change = "\nchangequote([\n,\n])[\nabc f(1)\n]\nchangecom(/*,*/)/* f(1\n,2)*/ f(2)\n"
    try expectSame(text + change + text, ["long"])
    try expectSame(text + "\nchangequote([,])changecom([\n])" + text.replacing("`", with: "["), ["long"])
  }

  @Test(
    "ends that are none, and NUL bytes",
    arguments: [
      "f(a,\n`b", "f(a,\n", "`text\n", "no newline", "a\0b\nf(`a\0b')\n", "m4exit(3)\n", "len\n(", "divnum\n",
    ])
  func ends(_ end: String) throws {
    let text = longText(5, lines: 3000)
    try expectSame(text + end, ["long"])
    try expectSame(text + end + text, ["-s", "long", "short"])
  }
}
