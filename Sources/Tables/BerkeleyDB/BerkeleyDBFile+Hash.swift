// BerkeleyDBFile+Hash.swift: look-up and walk in a hash file.
//
// The low bits of the key's hash name a bucket. Buckets are numbered in the
// order in which the table grew; the pages of each doubling lie together, which
// is what the table of offsets is for. A full bucket goes on in further pages.
// Items come in pairs, key and data, each with its kind in its first byte and
// its end where the item before it begins:
//
//     1 data
//     2 duplicates: length, data, length, and so on
//     3 overflow:   3 bytes, first page, whole length
//     4 duplicates: 3 bytes, root of a tree of them

private enum HashItem {
  static let data: UInt8 = 1
  static let duplicates: UInt8 = 2
  static let overflow: UInt8 = 3
  static let duplicateTree: UInt8 = 4
}

extension BerkeleyDBFile {
  func hashValues(of key: ArraySlice<UInt8>, _ take: ValueTaker) throws(Reason) {
    guard meta.hasUsualHash else { throw .unsupported("hash file with a hash function of its own") }
    let hash = bucketHash(key)
    var bucket = hash & meta.highMask
    if bucket > meta.highestBucket { bucket &= meta.lowMask }
    try forEachPair(ofBucket: bucket) { page, index throws(Reason) in
      guard try hashKey(at: index, of: page, is: key) else { return true }
      _ = try hashValues(at: index + 1, of: page, take)
      return false
    }
  }

  func forEachHashEntry(
    _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void
  ) throws(Reason) {
    for bucket in 0...meta.highestBucket {
      try forEachPair(ofBucket: bucket) { page, index throws(Reason) in
        let key = try hashKey(at: index, of: page)
        return try hashValues(at: index + 1, of: page) { value in
          body(key, value)
          return true
        }
      }
    }
  }

  /// Calls the body with each key's page and index until it answers false.
  private func forEachPair(
    ofBucket bucket: UInt32, _ body: (DatabasePage, Int) throws(Reason) -> Bool
  ) throws(Reason) {
    var number = pageNumber(ofBucket: bucket)
    var page = try pages.rawPage(number)
    // A bucket that never had an entry may be a hole in the file.
    if page.kind == PageKind.unused, page.storedNumber == 0 { return }
    var visited: UInt32 = 0
    while true {
      guard page.storedNumber == number else {
        throw page.damaged("it says it is page \(page.storedNumber)", at: 8)
      }
      guard page.kind == PageKind.hash || page.kind == PageKind.unsortedHash else {
        throw page.damaged("its kind is \(page.kind), not that of a bucket", at: 25)
      }
      let count = try page.entryCount()
      guard count % 2 == 0 else { throw page.damaged("a key without data", at: 20) }
      for index in stride(from: 0, to: count, by: 2) {
        guard try body(page, index) else { return }
      }
      number = page.next
      if number == 0 { return }
      visited += 1
      guard visited <= pages.pageCount else {
        throw page.damaged("the bucket's pages run in a circle", at: 16)
      }
      page = try pages.rawPage(number)
    }
  }

  private func pageNumber(ofBucket bucket: UInt32) -> UInt32 {
    let doubling = bucket == 0 ? 0 : 32 - bucket.leadingZeroBitCount
    return doubling < meta.bucketOffsets.count
      ? bucket &+ meta.bucketOffsets[doubling] : UInt32.max
  }

  private func hashItem(
    at index: Int, of page: DatabasePage
  ) throws(Reason) -> (kind: UInt8, data: ArraySlice<UInt8>, offset: Int) {
    let start = try page.itemOffset(index)
    let end = index == 0 ? page.size : try page.itemOffset(index - 1)
    guard start < end else {
      throw page.damaged("items overlap", at: DatabasePage.headerSize + 2 * index)
    }
    return (try page.byte(start), try page.slice(start + 1, count: end - start - 1), start)
  }

  private func hashKey(
    at index: Int, of page: DatabasePage, is key: ArraySlice<UInt8>
  ) throws(Reason) -> Bool {
    let item = try hashItem(at: index, of: page)
    if item.kind == HashItem.data { return item.data == key }
    guard item.kind == HashItem.overflow else {
      throw page.damaged("a key of kind \(item.kind)", at: item.offset)
    }
    guard Int(try page.word(item.offset + 8)) == key.count else { return false }
    return try overflow(from: page, at: item.offset)[...] == key
  }

  private func hashKey(at index: Int, of page: DatabasePage) throws(Reason) -> ArraySlice<UInt8> {
    let item = try hashItem(at: index, of: page)
    switch item.kind {
    case HashItem.data: return item.data
    case HashItem.overflow: return try overflow(from: page, at: item.offset)[...]
    default: throw page.damaged("a key of kind \(item.kind)", at: item.offset)
    }
  }

  /// - Returns: whether more values are wanted.
  private func hashValues(
    at index: Int, of page: DatabasePage, _ take: ValueTaker
  ) throws(Reason) -> Bool {
    let item = try hashItem(at: index, of: page)
    switch item.kind {
    case HashItem.data: return take(item.data)
    case HashItem.overflow: return take(try overflow(from: page, at: item.offset)[...])
    case HashItem.duplicates:
      return try duplicates(of: page, from: item.offset + 1, count: item.data.count, take)
    case HashItem.duplicateTree:
      return try duplicateTree(root: try page.word(item.offset + 4), take)
    default: throw page.damaged("data of kind \(item.kind)", at: item.offset)
    }
  }

  private func duplicates(
    of page: DatabasePage, from start: Int, count: Int, _ take: ValueTaker
  ) throws(Reason) -> Bool {
    var offset = start
    while offset < start + count {
      let length = try page.short(offset)
      guard offset + length + 4 <= start + count, try page.short(offset + 2 + length) == length
      else { throw page.damaged("the lengths of a duplicate contradict each other", at: offset) }
      guard take(try page.slice(offset + 2, count: length)) else { return false }
      offset += length + 4
    }
    return true
  }
}
