// ReproducibleFile.swift: a Berkeley DB file without what only its making has left in it.
//
//     first page      … 52: a number made of the time and the process …      the digest of all else
//     other pages     header | index | what was in memory | items            zeros in between
//
// Nobody reads what stands between index and items, or behind an item up to the next one.
//
// Fails: as files do, and where libdb has written a page that makes no sense.

import Digests
import Glibc
import Posix

struct ReproducibleFile {
  typealias Reason = TableError.Reason

  private static let number = 52..<72
  private var bytes: [UInt8]

  /// Mends a file that has just been made.
  static func mend(_ path: String) throws(Reason) {
    var file: Self
    do throws(Errno) { file = Self(bytes: try readFile(path)) } catch { throw .system(error) }
    guard file.bytes.count >= BerkeleyDBWriter.pageSize else { return }
    try file.clearPages()
    file.clear(number)
    file.bytes.replaceSubrange(number, with: Digest.sha1.hash(file.bytes))
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(.last) }
    defer { close(descriptor) }
    do throws(Errno) { try writeAll(descriptor, file.bytes) } catch { throw .system(error) }
  }

  private mutating func clear(_ range: Range<Int>) {
    for index in range { bytes[index] = 0 }
  }

  private mutating func clearPages() throws(Reason) {
    let size = BerkeleyDBWriter.pageSize
    for number in 1..<max(1, bytes.count / size) {
      let start = number * size
      let page = DatabasePage(number: UInt32(number), bytes: bytes[start..<start + size], isSwapped: false)
      for range in try Self.unused(of: page) where range.upperBound <= size {
        clear(start + range.lowerBound..<start + range.upperBound)
      }
    }
  }

  /// The parts of a page that say nothing.
  private static func unused(of page: DatabasePage) throws(Reason) -> [Range<Int>] {
    let header = DatabasePage.headerSize
    switch page.kind {
    case PageKind.unused: return [header..<page.size]
    case PageKind.overflow: return [min(header + page.overflowLength, page.size)..<page.size]
    case PageKind.hash, PageKind.unsortedHash, PageKind.btreeLeaf, PageKind.btreeInternal, PageKind.duplicateLeaf:
      let count = try page.entryCount()
      let end = header + 2 * count
      var ranges = [end..<max(end, try page.short(22))]
      for index in 0..<count { ranges += try unused(ofItem: try page.short(header + 2 * index), page) }
      return ranges
    default: return []
    }
  }

  private static let elsewhere = 3

  /// A tree's items begin at multiples of four, and have a byte or three that nobody sets.
  private static func unused(ofItem start: Int, _ page: DatabasePage) throws(Reason) -> [Range<Int>] {
    switch page.kind {
    case PageKind.hash, PageKind.unsortedHash:
      return try page.byte(start) == elsewhere ? [start + 1..<start + 4] : []
    case PageKind.btreeInternal:
      let end = start + 12 + (try page.short(start))
      return [start + 3..<start + 4, end..<(end + 3) & ~3]
    default:
      if Int(try page.byte(start + 2) & 0x7F) == elsewhere { return [start..<start + 2, start + 3..<start + 4] }
      let end = start + 3 + (try page.short(start))
      return [end..<(end + 3) & ~3]
    }
  }
}
