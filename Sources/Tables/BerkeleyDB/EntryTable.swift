// EntryTable.swift: the entries of a table's source while they are sorted and written.
//
// Raw pointers into the text, valid within `TableText.withEntries`.

extension TableText {
  /// Gives the body the entries without copying them.
  func withEntries<Value>(_ body: (EntryTable) -> Value) -> Value {
    bytes.withUnsafeBufferPointer { bytes in
      entries.withUnsafeBufferPointer { entries in
        // The text has one byte at least: the one behind the last value.
        guard let base = bytes.baseAddress else { preconditionFailure("a text without its NUL") }
        return body(EntryTable(base: base, entries: entries))
      }
    }
  }
}

/// The keys and values of a text by entry number, without copies.
struct EntryTable {
  let base: UnsafePointer<UInt8>
  let entries: UnsafeBufferPointer<TableText.Entry>

  func length(of index: UInt32) -> Int { Int(entries[Int(index)].keyLength) }

  func bytes(of index: UInt32) -> UnsafePointer<UInt8> { base + entries[Int(index)].keyStart }

  func key(_ index: UInt32) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: bytes(of: index), count: length(of: index))
  }

  func value(_ index: UInt32) -> UnsafeRawBufferPointer {
    let entry = entries[Int(index)]
    return UnsafeRawBufferPointer(
      start: bytes(of: index) + Int(entry.valueOffset), count: Int(entry.valueLength))
  }

  /// Eight bytes of a key as one number that sorts as they do.
  func number(of index: UInt32, at depth: Int) -> UInt64 {
    let left = length(of: index) - depth
    let start = bytes(of: index) + depth
    if left >= 8 {
      return UnsafeRawPointer(start).loadUnaligned(as: UInt64.self).bigEndian
    }
    var number: UInt64 = 0
    for position in 0..<max(left, 0) {
      number |= UInt64(start[position]) << UInt64(56 - 8 * position)
    }
    return number
  }

  func hash(of index: UInt32, withNUL: Bool) -> UInt32 {
    let start = bytes(of: index)
    var hash: UInt32 = 0
    for position in 0..<length(of: index) { hash = (hash &* 16_777_619) ^ UInt32(start[position]) }
    return withNUL ? hash &* 16_777_619 : hash
  }
}
