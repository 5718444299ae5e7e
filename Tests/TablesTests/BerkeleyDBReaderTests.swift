import Foundation
import Posix
import Tables
import TestSupport
import Testing

private typealias Entry = (key: [UInt8], value: [UInt8])

private func flat(_ entries: [Entry]) -> [[UInt8]] { entries.flatMap { [$0.key, $0.value] } }

/// Short and long keys and values, some too big for a page.
private func entries(_ count: Int, values: Int = 1, big: Bool = true) -> [Entry] {
  (0..<count).flatMap { number -> [Entry] in
    let width = big && number % 37 == 5 ? 5_000 : number % 60
    let key = Array("key\(number)".utf8) + [UInt8](repeating: 0x6B, count: width)
    return (0..<(number % 11 == 3 ? values : 1)).map { copy in
      let length = big && number % 41 == 7 ? 20_000 : (number * 7) % 90
      return (key, Array("value\(number).\(copy) ".utf8) + [UInt8](repeating: 0x76, count: length))
    }
  }
}

@Suite("What libdb wrote is read as libdb reads it")
struct BerkeleyDBReaderTests {
  static let shapes: [LibraryFile] = [BerkeleyDBFile.Kind.hash, .btree].flatMap { kind in
    [512, 4096, 65_536].flatMap { pageSize in
      [1234, 4321].flatMap { order in
        LibraryFile.Duplicates.allCases.map {
          LibraryFile(kind: kind, pageSize: pageSize, byteOrder: order, duplicates: $0)
        }
      }
    }
  }

  @Test("every page size, byte order and way of keeping duplicates", arguments: shapes)
  func everyShape(_ shape: LibraryFile) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let entries = entries(700, values: shape.duplicates == .none ? 1 : 300)
    try shape.write(path, entries)
    for memoryLimit in [0, Int.max] {
      let file = try BerkeleyDBFile(path: path, memoryLimit: memoryLimit)
      #expect(file.kind == shape.kind)
      #expect(file.allowsDuplicates == (shape.duplicates != .none))
      #expect(try flat(file.entries()) == flat(LibraryFile.read(path, shape.kind)))
      for entry in entries.filter({ $0.key.count != 7 }).prefix(150) {
        let all = try file.lookUpAll(entry.key)
        #expect(all.contains(entry.value))
        #expect(try file.lookUp(entry.key) == all.first)
      }
      for missing in ["", "key", "key0x", "nosuch", String(repeating: "z", count: 6_000)] {
        #expect(try file.lookUp(Array(missing.utf8)) == nil)
      }
    }
  }

  @Test("deleted entries are gone", arguments: [BerkeleyDBFile.Kind.hash, .btree])
  func deleted(_ kind: BerkeleyDBFile.Kind) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let entries = entries(500)
    let gone = entries.enumerated().filter { $0.offset % 3 == 0 }.map(\.element.key)
    try LibraryFile(kind: kind).write(path, entries, deleting: gone)
    let file = try BerkeleyDBFile(path: path)
    #expect(try flat(file.entries()) == flat(LibraryFile.read(path, kind)))
    for key in gone { #expect(try file.lookUp(key) == nil) }
  }

  @Test("an empty database has no entries", arguments: [BerkeleyDBFile.Kind.hash, .btree])
  func empty(_ kind: BerkeleyDBFile.Kind) throws {
    let folder = try TemporaryFolder()
    try LibraryFile(kind: kind).write(folder.path + "/x.db", [])
    let file = try BerkeleyDBFile(path: folder.path + "/x.db")
    #expect(try file.entries().isEmpty)
    #expect(try file.lookUp([]) == nil)
  }

  @Test("what is no database says so, with a status for the command")
  func notADatabase() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("text", String(repeating: "not a database\n", count: 100))
    let short = try folder.write("short", "x")
    for (path, status) in [
      (text, ExitStatus.dataError), (short, .dataError), (folder.path, .dataError),
      (folder.path + "/none", .noInput),
    ] {
      let error = #expect(throws: TableError.self) { try BerkeleyDBFile(path: path) }
      #expect(error?.status == status)
      #expect(error?.diagnostic.position?.file == path)
    }
  }
}

@Suite("Damaged databases give an error or right answers, never a crash or a loop")
struct DamagedDatabaseTests {
  /// Walks and looks up; errors are fine, answers that cannot end are not.
  private func use(_ path: String, _ keys: [[UInt8]]) {
    guard let file = try? BerkeleyDBFile(path: path) else { return }
    try? file.forEachEntry { _, _ in }
    for key in keys { _ = try? file.lookUpAll(key) }
  }

  private static let shapes = BerkeleyDBReaderTests.shapes.filter { $0.pageSize == 512 }

  @Test("flipped bits", .timeLimit(.minutes(10)), arguments: shapes)
  func flippedBits(_ shape: LibraryFile) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let entries = entries(60, values: shape.duplicates == .none ? 1 : 40)
    try shape.write(path, entries)
    let whole = try readFile(path)
    let keys = entries.prefix(20).map(\.key)
    var random = SeededGenerator(seed: 7)
    for _ in 0..<100 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        // Headers and indices of pages are where structure is.
        let page = Int.random(in: 0..<bytes.count / 512, using: &random) * 512
        let reach = page == 0 || Bool.random(using: &random) ? 100 : 512
        bytes[page + Int.random(in: 0..<reach, using: &random)] ^=
          1 << UInt8.random(in: 0...7, using: &random)
      }
      use(try folder.write("y.db", bytes), keys)
    }
  }

  /// An item that begins in the last bytes of its page, of a kind that has more behind it.
  @Test("items that reach beyond their page", arguments: shapes)
  func itemsAtTheEdge(_ shape: LibraryFile) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let entries = entries(60, values: shape.duplicates == .none ? 1 : 40)
    try shape.write(path, entries)
    let whole = try readFile(path)
    for distance in 1...13 {
      for kind in 1...4 as ClosedRange<UInt8> {
        var bytes = whole
        for page in stride(from: 512, to: bytes.count, by: 512) {
          let offset = UInt16(512 - distance)
          let pair = shape.byteOrder == 1234 ? offset.littleEndian : offset.bigEndian
          withUnsafeBytes(of: pair) { pair in
            // Keys in some pages, data in others.
            let entry = page + 26 + 2 * (page / 512 % 2)
            bytes.replaceSubrange(entry..<entry + 2, with: pair)
          }
          for place in max(0, 512 - distance)..<512 { bytes[page + place] = kind }
        }
        use(try folder.write("y.db", bytes), entries.prefix(10).map(\.key))
      }
    }
  }

  @Test("cut off files", arguments: shapes)
  func truncated(_ shape: LibraryFile) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    let entries = entries(60, values: shape.duplicates == .none ? 1 : 40)
    try shape.write(path, entries)
    let whole = try readFile(path)
    for length in stride(from: 0, to: whole.count, by: max(101, whole.count / 30)) {
      let cut = try folder.write("y.db", whole.prefix(length))
      #expect(throws: TableError.self) { try BerkeleyDBFile(path: cut).forEachEntry { _, _ in } }
      use(cut, entries.prefix(10).map(\.key))
    }
  }

  @Test("a chain of pages that runs in a circle is named with its page")
  func circle() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/x.db"
    try LibraryFile(kind: .btree, pageSize: 512).write(path, entries(200, big: false))
    var bytes = try readFile(path)
    // The last leaf leads back to the first: found by its kind, level and lack of a next page.
    let leaves = (1..<bytes.count / 512).filter { bytes[$0 * 512 + 25] == 5 }
    let last = try #require(
      leaves.first { bytes[($0 * 512 + 16)..<($0 * 512 + 20)].allSatisfy { $0 == 0 } })
    let first = try #require(
      leaves.first { bytes[($0 * 512 + 12)..<($0 * 512 + 16)].allSatisfy { $0 == 0 } })
    bytes[last * 512 + 16] = UInt8(first & 255)
    bytes[last * 512 + 17] = UInt8(first >> 8)
    let broken = try folder.write("y.db", bytes)
    let error = #expect(throws: TableError.self) {
      try BerkeleyDBFile(path: broken).forEachEntry { _, _ in }
    }
    guard case .damaged(_, let page, let offset) = error?.reason else {
      Issue.record("not called damaged: \(String(describing: error))")
      return
    }
    #expect(offset == Int(page) * 512 + 16)
  }
}
