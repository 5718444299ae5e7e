// DatabasePage.swift: one page of a Berkeley DB file, read with checked bounds.
//
//      0  8  log position          20  2  entries, or references to the page
//      8  4  the page's number     22  2  start of the items, or overflow length
//     12  4  previous page         24  1  level in a tree, leaves are 1
//     16  4  next page             25  1  kind of page
//     26     2 bytes an entry: where its item begins; items fill the page from its end
//
// Numbers are in the byte order of the machine that wrote the file.
//
// Fails: every number read from the file may be wrong, so each access says
// `damaged` rather than reach outside the page.

/// The kinds of page, by their number in the file.
enum PageKind {
  static let unused: UInt8 = 0
  static let unsortedHash: UInt8 = 2
  static let btreeInternal: UInt8 = 3
  static let recordInternal: UInt8 = 4
  static let btreeLeaf: UInt8 = 5
  static let recordLeaf: UInt8 = 6
  static let overflow: UInt8 = 7
  static let hashMeta: UInt8 = 8
  static let btreeMeta: UInt8 = 9
  static let duplicateLeaf: UInt8 = 12
  static let hash: UInt8 = 13
}

struct DatabasePage {
  typealias Reason = TableError.Reason

  static let headerSize = 26

  let number: UInt32
  /// As many bytes as a page has.
  let bytes: ArraySlice<UInt8>
  /// Whether the file has the other byte order than this machine.
  let isSwapped: Bool

  var size: Int { bytes.count }

  func damaged(_ what: String, at offset: Int = 0) -> Reason {
    .damaged(what, page: number, offset: Int(number) * size + offset)
  }

  func byte(_ offset: Int) throws(Reason) -> UInt8 {
    guard offset >= 0, offset < size else { throw damaged("an item lies outside its page") }
    return bytes[bytes.startIndex + offset]
  }

  func short(_ offset: Int) throws(Reason) -> Int {
    guard offset >= 0, offset <= size - 2 else {
      throw damaged("an item lies outside its page")
    }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt16.self) }
    return Int(isSwapped ? value.byteSwapped : value)
  }

  func word(_ offset: Int) throws(Reason) -> UInt32 {
    guard offset >= 0, offset <= size - 4 else {
      throw damaged("an item lies outside its page")
    }
    let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
    return isSwapped ? value.byteSwapped : value
  }

  func slice(_ offset: Int, count: Int) throws(Reason) -> ArraySlice<UInt8> {
    guard offset >= 0, count >= 0, offset <= size - count else {
      throw damaged("an item reaches beyond its page", at: max(0, min(offset, size)))
    }
    let start = bytes.startIndex + offset
    return bytes[start..<start + count]
  }

  // MARK: the header

  var storedNumber: UInt32 { (try? word(8)) ?? 0 }
  var next: UInt32 { (try? word(16)) ?? 0 }
  var level: UInt8 { (try? byte(24)) ?? 0 }
  var kind: UInt8 { (try? byte(25)) ?? 0 }
  /// The length of what an overflow page carries.
  var overflowLength: Int { (try? short(22)) ?? 0 }

  /// How many items the page has.
  func entryCount() throws(Reason) -> Int {
    let count = try short(20)
    guard Self.headerSize + 2 * count <= size else {
      throw damaged("it counts more items than fit", at: 20)
    }
    return count
  }

  /// Where an item begins.
  func itemOffset(_ index: Int) throws(Reason) -> Int {
    let offset = try short(Self.headerSize + 2 * index)
    guard offset >= Self.headerSize, offset < size else {
      throw damaged("an item lies outside its page", at: Self.headerSize + 2 * index)
    }
    return offset
  }
}
