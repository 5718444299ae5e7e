// EntryOrder.swift: entries in the order in which a file wants them.
//
// libdb is fastest when it never goes back to a page it has left: a btree wants
// sorted keys, a hash file its buckets one after another. Sorting moves pairs
// of a number and an index: eight bytes of the key, or bucket and hash. Equal
// numbers are told apart by the next eight bytes, and in the end by position,
// so that of equal keys the earlier line comes first.

import Glibc

/// One entry as it is sorted.
struct OrderedEntry {
  var number: UInt64
  var index: UInt32
}

typealias OrderedEntries = UnsafeMutableBufferPointer<OrderedEntry>

/// Sorts by number; equal ones keep their order.
///
/// Counting sort byte by byte, from the last, leaving out bytes that are the
/// same everywhere. `spare` has as many elements.
func radixSort(_ entries: OrderedEntries, spare: OrderedEntries) {
  guard entries.count > 64 else { return insertionSort(entries) }
  var counts = [Int](repeating: 0, count: 8 * 256)
  var from = entries
  var to = spare
  counts.withUnsafeMutableBufferPointer { counts in
    for entry in from {
      for byte in 0..<8 {
        counts[byte << 8 | Int(truncatingIfNeeded: entry.number >> (8 * UInt64(byte)) & 255)] += 1
      }
    }
    for byte in 0..<8 {
      let shift = 8 * UInt64(byte)
      let row = UnsafeMutableBufferPointer(rebasing: counts[byte << 8..<(byte + 1) << 8])
      if row[Int(from[0].number >> shift & 255)] == from.count { continue }
      var position = 0
      for value in 0..<256 { (row[value], position) = (position, position + row[value]) }
      for entry in from {
        let value = Int(truncatingIfNeeded: entry.number >> shift & 255)
        to[row[value]] = entry
        row[value] += 1
      }
      swap(&from, &to)
    }
  }
  if from.baseAddress != entries.baseAddress {
    _ = entries.update(fromContentsOf: UnsafeBufferPointer(from))
  }
}

private func insertionSort(_ entries: OrderedEntries) {
  for position in entries.indices.dropFirst() {
    let entry = entries[position]
    var hole = position
    while hole > 0, entries[hole - 1].number > entry.number {
      entries[hole] = entries[hole - 1]
      hole -= 1
    }
    entries[hole] = entry
  }
}

/// Sorts entries by their keys as libdb compares them: by bytes, a key before
/// those it begins. Afterwards the number of an entry is 1 where its key is the
/// one before it, else 0.
struct KeySorter {
  let keys: EntryTable

  /// - Parameter depth: so many bytes of the keys are known to be equal.
  func sort(_ entries: OrderedEntries, spare: OrderedEntries, depth: Int = 0) {
    for index in entries.indices {
      entries[index].number = keys.number(of: entries[index].index, at: depth)
    }
    radixSort(entries, spare: spare)
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count, entries[end].number == entries[start].number { end += 1 }
      if end - start > 1 {
        sortEqual(entries[start..<end], spare: spare[start..<end], depth: depth)
      } else {
        entries[start].number = 0
      }
      start = end
    }
  }

  /// Keys that agree in eight bytes: those that end there first, by length,
  /// for the missing bytes counted as zeros; the others by what follows.
  private func sortEqual(
    _ run: Slice<OrderedEntries>, spare: Slice<OrderedEntries>, depth: Int
  ) {
    let entries = OrderedEntries(rebasing: run)
    var ended = 0
    for index in entries.indices {
      let left = keys.length(of: entries[index].index) - depth
      entries[index].number = UInt64(min(left, 9))
      if left <= 8 { ended += 1 }
    }
    if ended > 0 {
      radixSort(entries, spare: OrderedEntries(rebasing: spare))
      var length: UInt64?
      for index in 0..<ended {
        let isSame = entries[index].number == length
        length = entries[index].number
        entries[index].number = isSame ? 1 : 0
      }
    }
    sort(
      OrderedEntries(rebasing: entries[ended...]),
      spare: OrderedEntries(rebasing: spare[(spare.startIndex + ended)...]), depth: depth + 8)
  }
}
