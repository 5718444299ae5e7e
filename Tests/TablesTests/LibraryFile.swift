// LibraryFile.swift: files written by libdb itself, in every shape it knows.
//
// The witness for our reader: what libdb puts in must be what we find.

import CBerkeleyDB
import Foundation
import Tables

struct LibraryFile {
  var kind = BerkeleyDBFile.Kind.hash
  var pageSize = 4096
  /// 1234 or 4321, as libdb names byte orders.
  var byteOrder = 1234
  var duplicates = Duplicates.none

  enum Duplicates: CaseIterable { case none, unsorted, sorted }

  struct Failure: Error { let status: Int32 }

  func write(_ path: String, _ entries: [(key: [UInt8], value: [UInt8])], deleting: [[UInt8]] = [])
    throws
  {
    var created: UnsafeMutablePointer<DB>?
    try check(db_create(&created, nil, 0))
    guard let database = created else { throw Failure(status: ENOMEM) }
    try check(database.pointee.set_pagesize(database, UInt32(pageSize)))
    try check(database.pointee.set_lorder(database, Int32(byteOrder)))
    let flags: [Duplicates: Int32] = [.unsorted: DB_DUP, .sorted: DB_DUPSORT]
    if let flag = flags[duplicates] {
      try check(database.pointee.set_flags(database, UInt32(flag)))
    }
    try check(
      database.pointee.open(
        database, nil, path, nil, kind == .hash ? DB_HASH : DB_BTREE, UInt32(DB_CREATE), 0o600))
    for entry in entries {
      try with(entry.key, entry.value) { database.pointee.put(database, nil, $0, $1, 0) }
    }
    for key in deleting {
      try with(key, []) { key, _ in database.pointee.del(database, nil, key, 0) }
    }
    try check(database.pointee.close(database, 0))
  }

  /// Everything as libdb's own cursor gives it.
  static func read(_ path: String, _ kind: BerkeleyDBFile.Kind) throws -> [(
    key: [UInt8], value: [UInt8]
  )] {
    let file = LibraryFile()
    var created: UnsafeMutablePointer<DB>?
    try file.check(db_create(&created, nil, 0))
    guard let database = created else { throw Failure(status: ENOMEM) }
    try file.check(
      database.pointee.open(
        database, nil, path, nil, kind == .hash ? DB_HASH : DB_BTREE, UInt32(DB_RDONLY), 0))
    var opened: UnsafeMutablePointer<DBC>?
    try file.check(database.pointee.cursor(database, nil, &opened, 0))
    guard let cursor = opened else { throw Failure(status: ENOMEM) }
    var entries: [(key: [UInt8], value: [UInt8])] = []
    while true {
      var key = DBT()
      var value = DBT()
      let status = cursor.pointee.get(cursor, &key, &value, UInt32(DB_NEXT))
      if status == DB_NOTFOUND { break }
      try file.check(status)
      entries.append((bytes(key), bytes(value)))
    }
    try file.check(cursor.pointee.close(cursor))
    try file.check(database.pointee.close(database, 0))
    return entries
  }

  private static func bytes(_ item: DBT) -> [UInt8] {
    Array(UnsafeRawBufferPointer(start: item.data, count: Int(item.size)))
  }

  private func with(
    _ key: [UInt8], _ value: [UInt8],
    _ body: (UnsafeMutablePointer<DBT>, UnsafeMutablePointer<DBT>) -> Int32
  ) throws {
    var key = key
    var value = value
    let status = key.withUnsafeMutableBytes { key in
      value.withUnsafeMutableBytes { value in
        var keyItem = DBT()
        keyItem.data = key.baseAddress
        keyItem.size = UInt32(key.count)
        var valueItem = DBT()
        valueItem.data = value.baseAddress
        valueItem.size = UInt32(value.count)
        return body(&keyItem, &valueItem)
      }
    }
    try check(status)
  }

  private func check(_ status: Int32) throws {
    if status != 0 { throw Failure(status: status) }
  }
}
