// The diff of two texts, as patch(1) understands it.

import Foundation
import Setup
import TestSupport
import Testing

@Suite("Differences of texts")
struct DiffTests {
  @Test("patch(1) makes the new text of the old one", arguments: 0..<60)
  func patch(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    func text() -> String {
      let lines = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
        ["a", "b", "c", "", "-- x", "++ y"].randomElement(using: &generator) ?? ""
      }
      let end = Bool.random(using: &generator) ? "\n" : ""
      return lines.joined(separator: "\n") + (lines.isEmpty ? "" : end)
    }
    let (old, new) = (text(), text())
    let diff = UnifiedDiff(Array(old.utf8), Array(new.utf8), name: "file")
    #expect(diff.isEmpty == (old == new))
    guard !diff.isEmpty else { return }
    let folder = try TemporaryFolder()
    try folder.write("file", old)
    let result = try run("/usr/bin/patch", ["-u", "-F0", "--posix", "file"], input: diff.text(), in: folder.path)
    // It would find a hunk that stands elsewhere.
    #expect(
      result.status == 0 && !result.text.contains("offset"), "\(result) \(String(decoding: diff.text(), as: UTF8.self))"
    )
    let made = FileManager.default.contents(atPath: folder.path + "/file") ?? Data()
    #expect(String(decoding: made, as: UTF8.self) == new)
  }
}
