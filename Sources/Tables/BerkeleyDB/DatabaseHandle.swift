// DatabaseHandle.swift: a file that libdb has open for writing.
//
// libdb syncs a file when it is made and again when it is closed; a table is
// written aside and synced once by whoever renames it into place, so libdb's
// own syncs are switched off for the process. It is never given a damaged file:
// it can crash on one.
//
// Fails: with what libdb or the system says.

import CBerkeleyDB
import CShims
import Glibc
import Posix

final class DatabaseHandle {
  typealias Reason = TableError.Reason

  private var database: UnsafeMutablePointer<DB>

  init() throws(Reason) {
    _ = Self.syncsAreOff
    var created: UnsafeMutablePointer<DB>?
    let status = db_create(&created, nil, 0)
    if status != 0 { throw Self.reason(status) }
    guard let created else { throw .system(Errno(ENOMEM)) }
    database = created
    database.pointee.set_errcall(database, nil)
  }

  private static let syncsAreOff: Void = { _ = db_env_set_func_fsync { _ in 0 } }()

  /// How a new file is laid out.
  func set(pageSize: Int, cacheBytes: Int, allowsDuplicates: Bool) throws(Reason) {
    try check(database.pointee.set_pagesize(database, UInt32(pageSize)))
    try set(cacheBytes: cacheBytes, allowsDuplicates: allowsDuplicates)
  }

  func set(cacheBytes: Int, allowsDuplicates: Bool) throws(Reason) {
    let gigabytes = UInt32(cacheBytes >> 30)
    let rest = UInt32(cacheBytes & (1 << 30 - 1))
    try check(database.pointee.set_cachesize(database, gigabytes, rest, 1))
    if allowsDuplicates { try check(database.pointee.set_flags(database, UInt32(DB_DUP))) }
  }

  /// So that a hash file has so many buckets from the start and keeps them.
  ///
  /// libdb counts the expected entries as if they were there, then counts the
  /// real ones, and splits buckets when there are more than it was told for
  /// each. So it is told half as many entries as its buckets could take.
  func set(bucketBits: Int, entries: Int) throws(Reason) {
    let buckets = 1 << bucketBits
    let perBucket = 2 * (entries / buckets) + 4
    try check(database.pointee.set_h_ffactor(database, UInt32(clamping: perBucket)))
    try check(
      database.pointee.set_h_nelem(database, UInt32(clamping: perBucket * buckets / 2 + 1)))
  }

  func open(_ path: String, kind: BerkeleyDBFile.Kind, create: Bool) throws(Reason) {
    let type = kind == .hash ? DB_HASH : DB_BTREE
    try check(
      database.pointee.open(
        database, nil, path, nil, type, create ? UInt32(DB_CREATE) : 0, 0o640))
  }

  /// Adds an entry.
  ///
  /// - Returns: false when the key is there already and is to stay as it is.
  func put(
    key: UnsafeMutableRawBufferPointer, value: UnsafeMutableRawBufferPointer, replace: Bool
  ) throws(Reason) -> Bool {
    var keyItem = DBT()
    keyItem.data = key.baseAddress
    keyItem.size = UInt32(key.count)
    var valueItem = DBT()
    valueItem.data = value.baseAddress
    valueItem.size = UInt32(value.count)
    let flags = replace ? 0 : UInt32(DB_NOOVERWRITE)
    let status = database.pointee.put(database, nil, &keyItem, &valueItem, flags)
    if status == DB_KEYEXIST { return false }
    try check(status)
    return true
  }

  /// Adds many entries in one call.
  func put(_ bulk: waybill_db_bulk) throws(Reason) {
    var entries = DBT()
    entries.data = bulk.memory
    entries.ulen = bulk.capacity
    entries.flags = UInt32(DB_DBT_USERMEM) | UInt32(DB_DBT_BULK)
    var none = DBT()
    try check(database.pointee.put(database, nil, &entries, &none, UInt32(DB_MULTIPLE_KEY)))
  }

  /// Writes out what is left and gives the handle up, also when it fails.
  func close() throws(Reason) { try check(database.pointee.close(database, 0)) }

  /// Gives the handle up; what was written is of no use.
  func abandon() { _ = database.pointee.close(database, UInt32(DB_NOSYNC)) }

  private func check(_ status: Int32) throws(Reason) {
    if status != 0 { throw Self.reason(status) }
  }

  /// libdb's own errors are negative and have their text in db_strerror.
  private static func reason(_ status: Int32) -> Reason {
    if status > 0 { return .system(Errno(status)) }
    return .wrongFormat(db_strerror(status).map { String(cString: $0) } ?? "error \(status)")
  }
}
