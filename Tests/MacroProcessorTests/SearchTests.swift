// Searches in bytes against the plainest way to do them.

import CShims
import TestSupport
import Testing

@Suite("Searching in bytes")
struct SearchTests {
  @Test("a text in another, at each place and each length", arguments: [1, 2, 3] as [UInt64])
  func find(_ seed: UInt64) {
    var chance = SeededGenerator(seed: seed)
    for _ in 0..<4000 {
      // Few letters, so that much is found and more nearly is.
      let text = (0..<Int.random(in: 0...70, using: &chance)).map { _ in UInt8.random(in: 97...98, using: &chance) }
      let wanted = (0..<Int.random(in: 1...20, using: &chance)).map { _ in UInt8.random(in: 97...98, using: &chance) }
      let places = max(0, text.count - wanted.count + 1)
      let expected = (0..<places).first { text[$0..<$0 + wanted.count].elementsEqual(wanted) } ?? -1
      #expect(waybill_find(text, text.count, wanted, wanted.count) == expected, "\(wanted) in \(text)")
    }
  }

  @Test("the quote that closes, wherever the text ends")
  func closingQuote() {
    var chance = SeededGenerator(seed: 4)
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...70, using: &chance)).map { _ in
        [0x60, 0x27, 0x61, 0x62, 0x63][Int.random(in: 0..<5, using: &chance)] as UInt8
      }
      var depth = 1
      let expected = text.firstIndex { byte in
        depth += byte == 0x60 ? 1 : byte == 0x27 ? -1 : 0
        return depth == 0
      }
      text.withUnsafeBufferPointer { text in
        guard let start = text.baseAddress else { return }
        let found = waybill_closing_quote(start, start + text.count, 0x60, 0x27)
        #expect(found.map { $0 - start } == expected)
      }
    }
  }
}
