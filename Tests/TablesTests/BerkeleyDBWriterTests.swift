import Foundation
import Posix
import Tables
import TestSupport
import Testing

@Suite("What we write, libdb and our reader read")
struct BerkeleyDBWriterTests {
  private func written(
    _ source: String, _ writer: BerkeleyDBWriter
  ) throws -> (entries: [String], faults: [TableFault]) {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.db", "")
    let faults = try writer.create(path, from: TableText(Array(source.utf8)))
    let library = try LibraryFile.read(path, writer.kind)
    let ours = try BerkeleyDBFile(path: path).entries()
    #expect(ours.map(\.key) == library.map(\.key) && ours.map(\.value) == library.map(\.value))
    for entry in library {
      #expect(try BerkeleyDBFile(path: path).lookUpAll(entry.key).contains(entry.value))
    }
    let shown = ours.map {
      String(decoding: $0.key + [0x3D] + $0.value, as: UTF8.self)
    }
    return (writer.kind == .hash ? shown.sorted() : shown, faults)
  }

  @Test(
    "keys that come again", arguments: [BerkeleyDBFile.Kind.hash, .btree],
    [
      (DuplicateKeys.refuse, ["a=1", "b=2"], [3, 5]), (.replace, ["a=4", "b=3"], []),
      (.keep, ["a=1", "a=4", "b=2", "b=3"], []),
    ] as [(DuplicateKeys, [String], [Int])])
  func duplicates(
    _ kind: BerkeleyDBFile.Kind, _ row: (choice: DuplicateKeys, entries: [String], lines: [Int])
  ) throws {
    var writer = BerkeleyDBWriter(kind)
    writer.duplicates = row.choice
    let result = try written("a 1\nb 2\nb 3\n\na 4\n", writer)
    #expect(result.entries == row.entries)
    #expect(result.faults.map(\.line) == row.lines)
  }

  @Test(
    "the same entries give the same bytes where asked for, and libdb reads them",
    arguments: [BerkeleyDBFile.Kind.hash, .btree], [DuplicateKeys.refuse, .keep])
  func sameBytes(_ kind: BerkeleyDBFile.Kind, _ duplicates: DuplicateKeys) throws {
    var writer = BerkeleyDBWriter(kind)
    (writer.duplicates, writer.isReproducible) = (duplicates, true)
    var source = (0..<900).map { "key\($0) \(String(repeating: "v", count: $0 % 37 + 1))\n" }.joined()
    // As long as one line of a table may be.
    source += "long \(String(repeating: "w", count: 1_010))\n"
    if duplicates == .keep { source += "key7 again\nkey7 once\n" }
    let wanted = TableText(Array(source.utf8)).count
    #expect(try wanted > 900 && written(source, writer).entries.count == wanted)
    var files: [[UInt8]] = []
    for filling in [UInt8(0x55), 0xAA] {
      // What libdb is given next holds something else than before.
      let pieces = (0..<400).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 4_200, alignment: 16) }
      for piece in pieces { memset(piece, Int32(filling), 4_200) }
      for piece in pieces { piece.deallocate() }
      let folder = try TemporaryFolder()
      let path = try folder.write("x.db", "")
      #expect(try writer.create(path, from: TableText(Array(source.utf8))).isEmpty)
      files.append(try readFile(path))
    }
    #expect(files[0].count > 20_000 && files[0] == files[1])
  }

  @Test("a NUL at the end where asked for", arguments: [BerkeleyDBFile.Kind.hash, .btree])
  func endsWithNUL(_ kind: BerkeleyDBFile.Kind) throws {
    var writer = BerkeleyDBWriter(kind)
    writer.endsWithNUL = true
    #expect(try written("a 1\nb 2", writer).entries == ["a\0=1\0", "b\0=2\0"])
  }

  @Test(
    "many entries of odd lengths, in any order, as a dictionary has them",
    arguments: [BerkeleyDBFile.Kind.hash, .btree], [0, 1, 2, 63, 64, 65, 3_000])
  func many(_ kind: BerkeleyDBFile.Kind, _ count: Int) throws {
    var random = SeededGenerator(seed: 7)
    var wanted: [String: String] = [:]
    var source = ""
    for number in 0..<count {
      // Few letters and common beginnings, so that keys agree in many bytes.
      let key =
        "k"
        + String(
          (0..<Int.random(in: 0...40, using: &random)).map { _ in
            ["a", "b", "\u{FF}"].randomElement(using: &random) ?? "a"
          })
      source += "\(key) \(number)\n"
      if wanted[key] == nil { wanted[key] = "\(number)" }
    }
    let result = try written(source, BerkeleyDBWriter(kind))
    #expect(Set(result.entries) == Set(wanted.map { "\($0)=\($1)" }))
    #expect(result.entries.count == wanted.count)
    #expect(result.faults.count == count - wanted.count)
  }

  @Test("adding to a file keeps what is there", arguments: [BerkeleyDBFile.Kind.hash, .btree])
  func append(_ kind: BerkeleyDBFile.Kind) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.db", "")
    let writer = BerkeleyDBWriter(kind)
    _ = try writer.create(path, from: TableText(Array("a 1\nb 2\n".utf8)))
    let faults = try writer.append(path, from: TableText(Array("c 3\na 4\n".utf8)))
    #expect(faults == [TableFault(.duplicateKey(Array("a".utf8)), line: 2)])
    let file = try BerkeleyDBFile(path: path)
    #expect(try file.lookUp(Array("a".utf8)) == Array("1".utf8))
    #expect(try file.lookUp(Array("c".utf8)) == Array("3".utf8))
  }

  @Test("a damaged file is not added to: libdb would not survive it")
  func appendToDamaged() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("x.db", "")
    let writer = BerkeleyDBWriter(.btree)
    _ = try writer.create(path, from: TableText(Array("a 1\n".utf8)))
    var bytes = try readFile(path)
    bytes[4096 + 26] = 0xFF
    bytes[4096 + 27] = 0xFF
    try folder.write("x.db", bytes)
    #expect(throws: TableError.self) { try writer.append(path, from: TableText([])) }
  }
}
