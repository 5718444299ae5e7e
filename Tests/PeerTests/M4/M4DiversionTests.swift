// Diversions long enough for temporary files, let out into each other: the same as GNU m4.

import TestSupport
import Testing

@Suite("Long diversions, as GNU m4 moves them", .enabled(if: Peer.m4.isWanted, "\(Peer.m4.hint)"))
struct M4DiversionTests {
  /// Of lengths around those at which text is written, or no longer kept in memory.
  private static let lengths = [("a", 300), ("b", 65_537), ("c", 131_072), ("d", 200_000), ("e", 700_000)]

  private static let files = lengths.reduce(into: [String: [UInt8]]()) { files, file in
    let lines = (0..<(file.1 / 10 + 1)).map { "\(file.0) \($0 + 1_000_000)\n" }.joined()
    files[file.0] = Array(lines.utf8.prefix(file.1))
  }

  /// Texts put into few diversions, and moved between them, by chance.
  private func program(_ seed: UInt64) -> String {
    var chance = SeededGenerator(seed: seed)
    var text = ""
    for step in 0..<80 {
      func number(from first: Int = 1) -> Int { Int.random(in: first...4, using: &chance) }
      let name = Self.lengths[Int.random(in: 0..<Self.lengths.count, using: &chance)].0
      switch Int.random(in: 0..<8, using: &chance) {
      case 0...2: text += "divert(\(number(from: -1)))undivert(`\(name)')step \(step)\n"
      case 3: text += "divert(\(number()))include(`\(name)')step \(step)\n"
      case 4: text += "divert(\(number(from: 0)))undivert(\(number()))"
      case 5: text += "divert(\(number(from: 0)))undivert(\(number()), \(number()))divnum\n"
      case 6: text += "divert(\(number(from: -1)))undivert\n"
      default: text += "divert(\(number(from: 0)))short \(step)\n"
      }
    }
    return text
  }

  @Test("by chance", arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func moves(_ seed: UInt64) throws {
    let comparison = try M4Comparison()
    let files = Self.files.merging(["program": Array(program(seed).utf8)]) { $1 }
    let results = try [Peer.m4.path, Checkout.command("m4")].map { try comparison.run($0, ["program"], files: files) }
    #expect(results[0].run.output.count > 1_000_000)
    #expect(results[1] == results[0], "seed \(seed)")
  }
}
