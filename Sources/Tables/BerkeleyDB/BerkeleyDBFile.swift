// BerkeleyDBFile.swift: hash and btree files of Berkeley DB, read by ourselves.
//
// libdb crashes on damaged files, wants locks, and takes a millisecond to open
// one; a mail system looks names up in files that other people's programs wrote.
// So this reads what libdb 4 and 5 write, any page size and byte order, with
// every number checked: keys and values too big for a page, and duplicate keys.
//
// Fails: with a TableError that names page and byte. Never a crash, and no
// loop: every chain of pages ends after as many pages as the file has.

/// A Berkeley DB file of type hash or btree, open for reading.
///
/// Values are immutable and may be shared by threads.
package final class BerkeleyDBFile: Sendable {
  package enum Kind: String, Sendable {
    case hash, btree
  }

  typealias Reason = TableError.Reason

  package let path: String
  package let kind: Kind
  /// Whether the file was made to hold several values of one key.
  package let allowsDuplicates: Bool
  let pages: PageSource
  let meta: DatabaseMeta

  /// - Throws: `TableError`, also for a damaged first page.
  package convenience init(path: String) throws(TableError) {
    try self.init(path: path, memoryLimit: PageSource.memoryLimit)
  }

  /// For tests: a limit of 0 reads every page from the file when it is needed.
  package init(path: String, memoryLimit: Int) throws(TableError) {
    do throws(Reason) {
      pages = try PageSource(path: path, memoryLimit: memoryLimit, layout: DatabaseMeta.layout)
      meta = try DatabaseMeta(try pages.rawPage(0))
    } catch {
      throw TableError(path: path, reason: error)
    }
    self.path = path
    kind = meta.kind
    allowsDuplicates = meta.allowsDuplicates
  }

  /// The value of a key, the first one where it has several.
  package func lookUp(_ key: ArraySlice<UInt8>) throws(TableError) -> [UInt8]? {
    var found: [UInt8]?
    try values(of: key) { value in
      found = Array(value)
      return false
    }
    return found
  }

  package func lookUp(_ key: [UInt8]) throws(TableError) -> [UInt8]? { try lookUp(key[...]) }

  /// All values of a key, in the order of the file.
  package func lookUpAll(_ key: ArraySlice<UInt8>) throws(TableError) -> [[UInt8]] {
    var found: [[UInt8]] = []
    try values(of: key) { value in
      found.append(Array(value))
      return true
    }
    return found
  }

  package func lookUpAll(_ key: [UInt8]) throws(TableError) -> [[UInt8]] {
    try lookUpAll(key[...])
  }

  /// Every key with every value, in the order in which libdb's cursor gives
  /// them: keys sorted in a btree, bucket by bucket in a hash file.
  package func forEachEntry(
    _ body: (_ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>) -> Void
  ) throws(TableError) {
    do throws(Reason) {
      switch meta.kind {
      case .hash: try forEachHashEntry(body)
      case .btree: try forEachBtreeEntry(body)
      }
    } catch {
      throw TableError(path: path, reason: error)
    }
  }

  /// All entries at once, for tables of ordinary size.
  package func entries() throws(TableError) -> [(key: [UInt8], value: [UInt8])] {
    var all: [(key: [UInt8], value: [UInt8])] = []
    try forEachEntry { all.append((Array($0), Array($1))) }
    return all
  }

  private func values(
    of key: ArraySlice<UInt8>, _ take: ValueTaker
  ) throws(TableError) {
    do throws(Reason) {
      switch meta.kind {
      case .hash: try hashValues(of: key, take)
      case .btree: try btreeValues(of: key, take)
      }
    } catch {
      throw TableError(path: path, reason: error)
    }
  }
}

/// Receives a value; false when no more are wanted.
typealias ValueTaker = (ArraySlice<UInt8>) -> Bool
