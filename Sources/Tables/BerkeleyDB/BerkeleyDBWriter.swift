// BerkeleyDBWriter.swift: a table's source to a hash or btree file.
//
// libdb lays the file out; we hand it the entries in its own order, in bulk,
// with the number of buckets right from the start, which costs it an eighth of
// what entries in the order of the source do. The file is made in place of an
// empty one that the caller has beside the target (Posix.ReplacementFile).
//
// Fails: with TableError when libdb or the disk does; duplicate keys are faults
// of the source, not failures.

import CShims
import Glibc
import Posix

/// What becomes of a key that comes again.
package enum DuplicateKeys: Sendable {
  /// The first value stays; the later line is a fault.
  case refuse
  /// The last value counts.
  case replace
  /// All values are kept.
  case keep
}

package struct BerkeleyDBWriter: Sendable {
  typealias Reason = TableError.Reason

  package var kind: BerkeleyDBFile.Kind
  package var duplicates: DuplicateKeys = .refuse
  /// Whether keys and values get a NUL at their end.
  package var endsWithNUL = false
  /// Whether the same entries give the same bytes. libdb's own have a number made of the time and
  /// the process, and what was in memory.
  package var isReproducible = false

  static let pageSize = 4096

  package init(_ kind: BerkeleyDBFile.Kind) { self.kind = kind }

  /// Fills an empty file.
  ///
  /// - Returns: the keys that came again, by line.
  package func create(_ path: String, from text: TableText) throws(TableError) -> [TableFault] {
    let shape = FileShape(of: text, endsWithNUL: endsWithNUL)
    let order = FileOrder(of: text, for: self, bucketBits: shape.bucketBits)
    do throws(Reason) { try fill(path, text, order, shape) } catch {
      throw TableError(path: path, reason: error)
    }
    return order.repeated.map { index in
      let entry = text[Int(index)]
      return TableFault(.duplicateKey(entry.key), line: entry.line)
    }
  }

  /// Adds to a file that is there. It is read through first, since libdb does
  /// not survive a damaged one.
  ///
  /// - Returns: the keys that were there already, by line.
  package func append(_ path: String, from text: TableText) throws(TableError) -> [TableFault] {
    let file = try BerkeleyDBFile(path: path)
    guard file.kind == kind, duplicates != .keep || file.allowsDuplicates else {
      throw TableError(path: path, reason: .system(Errno(EINVAL)))
    }
    try file.forEachEntry { _, _ in }
    do throws(Reason) {
      return try putOneByOne(path, text)
    } catch {
      throw TableError(path: path, reason: error)
    }
  }

  private func putOneByOne(_ path: String, _ text: TableText) throws(Reason) -> [TableFault] {
    let database = try DatabaseHandle()
    var faults: [TableFault] = []
    do throws(Reason) {
      try database.set(cacheBytes: 16 << 20, allowsDuplicates: duplicates == .keep)
      try database.open(path, kind: kind, create: false)
      for index in 0..<text.count {
        let entry = text[index]
        var key = entry.key + (endsWithNUL ? [0] : [])
        var value = entry.value + (endsWithNUL ? [0] : [])
        let added = key.withUnsafeMutableBytes { key in
          value.withUnsafeMutableBytes { value -> Result<Bool, Reason> in
            do throws(Reason) {
              return .success(
                try database.put(key: key, value: value, replace: duplicates != .refuse))
            } catch { return .failure(error) }
          }
        }
        if try !added.get() {
          faults.append(TableFault(.duplicateKey(entry.key), line: entry.line))
        }
      }
    } catch {
      database.abandon()
      throw error
    }
    try database.close()
    return faults
  }

  // MARK: a new file

  private func fill(
    _ path: String, _ text: TableText, _ order: FileOrder, _ shape: FileShape
  ) throws(Reason) {
    let database = try DatabaseHandle()
    do throws(Reason) {
      try database.set(
        pageSize: FileShape.pageSize, cacheBytes: shape.cacheBytes,
        allowsDuplicates: duplicates == .keep)
      if kind == .hash {
        try database.set(bucketBits: shape.bucketBits, entries: text.count)
      }
      try database.open(path, kind: kind, create: true)
      try putInBulk(database, text, order, shape)
    } catch {
      database.abandon()
      throw error
    }
    try database.close()
    if kind == .hash {
      try DatabaseMeta.correct(
        path, entries: order.indices.count, entriesPerBucket: shape.entriesPerBucket)
    }
    if isReproducible { try ReproducibleFile.mend(path) }
  }

  private func putInBulk(
    _ database: DatabaseHandle, _ text: TableText, _ order: FileOrder, _ shape: FileShape
  ) throws(Reason) {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: shape.bulkBytes, alignment: 8)
    defer { memory.deallocate() }
    var bulk = waybill_db_bulk(
      memory: memory, capacity: UInt32(shape.bulkBytes), next: nil)
    var next = 0
    while next < order.indices.count {
      waybill_db_bulk_start(&bulk)
      let end = text.withEntries { table in fill(&bulk, table, order.indices, from: next) }
      guard end > next else { throw .system(Errno(E2BIG)) }
      try database.put(bulk)
      next = end
    }
  }

  /// Copies entries into the buffer until it is full.
  ///
  /// - Returns: the position of the first one that did not fit.
  private func fill(
    _ bulk: inout waybill_db_bulk, _ table: EntryTable, _ indices: [UInt32], from start: Int
  ) -> Int {
    let nul: UInt32 = endsWithNUL ? 1 : 0
    for position in start..<indices.count {
      let key = table.key(indices[position])
      let value = table.value(indices[position])
      guard
        waybill_db_bulk_add(
          &bulk, key.baseAddress, UInt32(key.count) + nul, value.baseAddress,
          UInt32(value.count) + nul)
      else { return position }
    }
    return indices.count
  }
}

/// What a new file needs to know of its entries before the first one.
private struct FileShape {
  static let pageSize = BerkeleyDBWriter.pageSize

  let entriesPerBucket: Int
  /// The binary logarithm of the number of buckets.
  let bucketBits: Int
  let cacheBytes: Int
  let bulkBytes: Int

  init(of text: TableText, endsWithNUL: Bool) {
    var bytes = 0
    for entry in text.entries { bytes += Int(entry.keyLength) + Int(entry.valueLength) }
    let count = max(1, text.count)
    // Key and value each have a kind, a place in the index of their page, and a NUL.
    let average = bytes / count + 2 * (endsWithNUL ? 4 : 3)
    // Pages are filled to four fifths on the average: few buckets overflow.
    entriesPerBucket = max(1, (Self.pageSize - 32) * 4 / 5 / average)
    var bits = 1
    while entriesPerBucket << bits < count { bits += 1 }
    bucketBits = bits
    // Pages are written in order and not gone back to: they need not stay.
    let file = Self.pageSize << bits
    cacheBytes = min(8 << 20, max(256 << 10, file + file / 4))
    bulkBytes = (min(4 << 20, bytes + count * 18) + 8 * TableGrammar.longestLine) & ~7
  }
}
