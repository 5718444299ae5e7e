// FileOrder.swift: which entries are written, in which order.
//
// Sorting brings equal keys together, so it is also where keys that come again
// are found.

struct FileOrder {
  /// Entry numbers in the order in which they are written.
  let indices: [UInt32]
  /// Entries whose key was there before, by line.
  let repeated: [UInt32]

  init(of text: TableText, for writer: BerkeleyDBWriter, bucketBits: Int) {
    let order = OrderedEntries.allocate(capacity: text.count)
    let spare = OrderedEntries.allocate(capacity: text.count)
    defer {
      order.deallocate()
      spare.deallocate()
    }
    for index in order.indices {
      order.initializeElement(
        at: index, to: OrderedEntry(number: 0, index: UInt32(truncatingIfNeeded: index)))
    }
    var repeated: [UInt32] = []
    let kept = text.withEntries { table in
      let sorter = KeySorter(keys: table)
      switch writer.kind {
      case .btree: sorter.sort(order, spare: spare)
      case .hash:
        sorter.sortByBucket(
          order, spare: spare, bucketBits: bucketBits, withNUL: writer.endsWithNUL)
      }
      return writer.duplicates == .keep
        ? order.count
        : dropRepeated(order, keepLast: writer.duplicates == .replace, &repeated)
    }
    indices = order[..<kept].map(\.index)
    self.repeated = repeated.sorted()
  }
}

extension KeySorter {
  /// By bucket and then by hash, and keys of one hash by their bytes, so that
  /// equal keys meet.
  func sortByBucket(
    _ order: OrderedEntries, spare: OrderedEntries, bucketBits: Int, withNUL: Bool
  ) {
    let bits = UInt64(bucketBits)
    let mask = (UInt64(1) << bits) - 1
    for position in order.indices {
      let hash = UInt64(keys.hash(of: order[position].index, withNUL: withNUL))
      order[position].number = (hash & mask) << (32 - bits) | hash >> bits
    }
    radixSort(order, spare: spare)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, order[end].number == order[start].number { end += 1 }
      if end - start > 1 {
        sort(
          OrderedEntries(rebasing: order[start..<end]),
          spare: OrderedEntries(rebasing: spare[start..<end]))
      } else {
        order[start].number = 0
      }
      start = end
    }
  }
}

/// Moves one entry of each key to the front: the first one, or the last where
/// later values replace earlier ones, in which case none is a fault.
///
/// - Returns: how many keys there are.
private func dropRepeated(
  _ order: OrderedEntries, keepLast: Bool, _ repeated: inout [UInt32]
) -> Int {
  guard !order.isEmpty else { return 0 }
  var kept = 0
  for position in order.indices.dropFirst() {
    if order[position].number == 0 {
      kept += 1
      order[kept] = order[position]
    } else if keepLast {
      order[kept] = order[position]
    } else {
      repeated.append(order[position].index)
    }
  }
  return kept + 1
}
