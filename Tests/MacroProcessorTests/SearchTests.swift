// Searches in bytes against the plainest way to do them.

import CShims
import Glibc
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

  @Test("bytes are counted, at the end of memory, too, and more than a lane holds")
  func count() {
    var chance = SeededGenerator(seed: 5)
    let page = 4096
    guard let memory = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else {
      Issue.record("no memory")
      return
    }
    defer { munmap(memory, 2 * page) }
    // Whatever is read behind the text would end the test.
    mprotect(memory + page, page, PROT_NONE)
    let end = memory.assumingMemoryBound(to: UInt8.self) + page
    for length in Array(0...200) + [4000, page] {
      let text = (0..<length).map { _ in Bool.random(using: &chance) ? 0x0A : 0x61 as UInt8 }
      let start = end - length
      start.update(from: text, count: length)
      #expect(waybill_count(start, end, 0x0A) == text.count { $0 == 0x0A })
      #expect(waybill_behind_last(start, end, 0x0A) - UnsafePointer(start) == (text.lastIndex(of: 0x0A) ?? -1) + 1)
    }
    let many = [UInt8](repeating: 0x0A, count: 255 * 16 * 3 + 21)
    let found = many.withUnsafeBufferPointer { all in
      all.baseAddress.map { waybill_count($0, $0 + all.count, 0x0A) }
    }
    #expect(found == many.count)
  }
}
