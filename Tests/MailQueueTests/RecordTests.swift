// What is on the disk may be anything. The readers of records and heads are package-internal,
// so noise reaches them the way it does in life: as the bytes of files.

import CShims
import Foundation
import MailQueue
import Posix
import TestSupport
import Testing

@Suite("CRC-32C")
struct ChecksumTests {
  @Test("is the one of RFC 3720")
  func known() {
    #expect(crc(bytes("123456789")) == 0xE306_9283)
    #expect(crc([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc(Array(0..<32)) == 0x46DD_794E)
    #expect(crc([]) == 0)
  }

  @Test("the processor's instruction and the tables agree, also in parts")
  func same() {
    for count in 0..<100 {
      let bytes = body(count, UInt64(count))
      let whole = crc(bytes)
      #expect(waybill_crc32c_portable(0, bytes, bytes.count) == whole)
      let half = waybill_crc32c(0, bytes, count / 2)
      #expect(waybill_crc32c(half, Array(bytes[(count / 2)...]), count - count / 2) == whole)
    }
  }

  private func crc(_ bytes: [UInt8]) -> UInt32 { waybill_crc32c(0, bytes, bytes.count) }
}

@Suite("Noise in the files of a queue never does more than lose what it hit")
struct NoiseTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/queue"
  }

  @Test("noise over a queue with everything in it", arguments: 0..<60)
  func noise(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    do {
      let queue = try MessageQueue.open(folder: path, settings: .unsynced)
      for turn in 0..<30 {
        let id = try queue.put(body(Int.random(in: 0..<4000, using: &generator), UInt64(turn)), envelope(3))
        if turn % 3 == 0 { try queue.finish(id, [.init(2, .deferred(until: 5, reason: bytes("later")))]) }
        if turn % 5 == 0 { try queue.remove(id) }
      }
    }
    for name in segments(in: path) {
      try edit(path + "/" + name) { bytes in
        // A few runs of a few bytes; or, now and then, of thousands.
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
          let start = Int.random(in: 0..<bytes.count, using: &generator)
          let most = Int.random(in: 0..<20, using: &generator) == 0 ? 5000 : 9
          for place in start..<min(bytes.count, start + Int.random(in: 1...most, using: &generator)) {
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
          }
        }
        if Bool.random(using: &generator) {
          bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
        }
      }
    }
    try useAndReopen()
  }

  @Test("noise with sound checksums: readers of payloads do not believe lengths", arguments: 0..<40)
  func forged(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    do {
      let queue = try MessageQueue.open(folder: path, settings: .unsynced)
      for turn in 0..<10 {
        let id = try queue.put(body(2000, UInt64(turn)), envelope(3))
        try queue.finish(id, [.init(2, .deferred(until: 5, reason: bytes("later")))])
      }
    }
    for name in segments(in: path) {
      try edit(path + "/" + name) { bytes in
        var position = 128
        while position + 40 <= bytes.count {
          let length = Int(number(bytes, position + 8))
          guard length > 0, position + 40 + length <= bytes.count else { return }
          for _ in 0..<Int.random(in: 0...3, using: &generator) {
            // Near the end of the payload are the lists.
            let place = position + 40 + length - 1 - Int.random(in: 0..<min(length, 300), using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
          }
          let payload = Array(bytes[(position + 40)..<(position + 40 + length)])
          store(waybill_crc32c(0, payload, length), &bytes, position + 4)
          store(waybill_crc32c(0, Array(bytes[(position + 4)..<(position + 40)]), 36), &bytes, position)
          position += 40 + (length + 7) / 8 * 8
        }
      }
    }
    try useAndReopen()
  }

  /// Whatever is left can be used, and is the same afterwards.
  private func useAndReopen() throws {
    let queue = try MessageQueue.open(folder: path, settings: .unsynced)
    for entry in queue.list() where entry.state != .corrupt {
      if (try? queue.content(of: entry.id)) == nil { try queue.setAside(entry.id) }
    }
    _ = queue.claim(now: 100, limit: 5)
    try queue.put(body(3000))
    try queue.compact()
    let before = try queue.contents()
    try queue.close()
    let again = try MessageQueue.open(folder: path, settings: .unsynced)
    #expect(try again.contents() == before)
    #expect(again.findings.isEmpty, "damage is said once")
  }

  private func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
  }

  private func store(_ number: UInt32, _ bytes: inout [UInt8], _ offset: Int) {
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: number, toByteOffset: offset, as: UInt32.self) }
  }
}
