// BerkeleyDBFile+Btree.swift: look-up and walk in a btree file.
//
// Leaves hold key, data, key, data …, sorted by key; a key with several values
// is repeated, its item shared. An item is its length, its kind and its bytes;
// the high bit of the kind marks what was deleted. Branches hold for each child
// the least key below it, of which the first stands for all smaller ones.

import Glibc

private enum TreeItem {
  static let deleted: UInt8 = 0x80
  static let data: UInt8 = 1
  static let duplicateTree: UInt8 = 2
  static let overflow: UInt8 = 3
}

extension BerkeleyDBFile {
  func btreeValues(of key: ArraySlice<UInt8>, _ take: ValueTaker) throws(Reason) {
    var leaf: DatabasePage? = try self.leaf(for: key)
    var index = try leaf.map { page throws(Reason) in try firstPair(notBelow: key, in: page) } ?? 0
    var visited: UInt32 = 0
    while let page = leaf {
      let count = try pairCount(of: page)
      while index < count {
        guard try compare(key, with: page, at: try page.itemOffset(2 * index)) == 0 else { return }
        guard try takeTreeItem(of: page, at: try page.itemOffset(2 * index + 1), take) else {
          return
        }
        index += 1
      }
      leaf = try nextLeaf(after: page, visited: &visited)
      index = 0
    }
  }

  func forEachBtreeEntry(
    _ body: (ArraySlice<UInt8>, ArraySlice<UInt8>) -> Void
  ) throws(Reason) {
    var leaf: DatabasePage? = try leftmostLeaf(below: meta.root)
    var visited: UInt32 = 0
    while let page = leaf {
      for index in 0..<(try pairCount(of: page)) {
        let key = try treeKey(of: page, at: try page.itemOffset(2 * index))
        _ = try takeTreeItem(of: page, at: try page.itemOffset(2 * index + 1)) { value in
          body(key, value)
          return true
        }
      }
      leaf = try nextLeaf(after: page, visited: &visited)
    }
  }

  /// Hands over the value or values of a data item.
  ///
  /// - Returns: whether more values are wanted.
  func takeTreeItem(
    of page: DatabasePage, at offset: Int, _ take: ValueTaker
  ) throws(Reason) -> Bool {
    let kind = try page.byte(offset + 2)
    if kind & TreeItem.deleted != 0 { return true }
    switch kind {
    case TreeItem.data: return take(try page.slice(offset + 3, count: try page.short(offset)))
    case TreeItem.overflow: return take(try overflow(from: page, at: offset)[...])
    case TreeItem.duplicateTree where page.kind == PageKind.btreeLeaf:
      return try duplicateTree(root: try page.word(offset + 4), take)
    default: throw page.damaged("an item of kind \(kind)", at: offset)
    }
  }

  private func pairCount(of page: DatabasePage) throws(Reason) -> Int {
    guard page.kind == PageKind.btreeLeaf else {
      throw page.damaged("its kind is \(page.kind), not that of a leaf", at: 25)
    }
    let count = try page.entryCount()
    guard count % 2 == 0 else { throw page.damaged("a key without data", at: 20) }
    return count / 2
  }

  private func treeKey(of page: DatabasePage, at offset: Int) throws(Reason) -> ArraySlice<UInt8> {
    switch try page.byte(offset + 2) & ~TreeItem.deleted {
    case TreeItem.data: return try page.slice(offset + 3, count: try page.short(offset))
    case TreeItem.overflow: return try overflow(from: page, at: offset)[...]
    case let kind: throw page.damaged("a key of kind \(kind)", at: offset)
    }
  }

  // MARK: searching

  private func leaf(for key: ArraySlice<UInt8>) throws(Reason) -> DatabasePage {
    var page = try pages.page(meta.root)
    while page.level > 1 {
      guard page.kind == PageKind.btreeInternal, try page.entryCount() > 0 else {
        throw page.damaged("it is no branch", at: 25)
      }
      let child = try self.child(for: key, of: page)
      page = try childPage(try page.word(try page.itemOffset(child) + 4), of: page)
    }
    return page
  }

  /// The last child whose least key is not above the key.
  private func child(for key: ArraySlice<UInt8>, of page: DatabasePage) throws(Reason) -> Int {
    var low = 0
    var high = try page.entryCount()
    while high - low > 1 {
      let middle = (low + high) / 2
      if try compare(key, with: page, at: try page.itemOffset(middle)) >= 0 {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  private func firstPair(
    notBelow key: ArraySlice<UInt8>, in page: DatabasePage
  ) throws(Reason) -> Int {
    var low = 0
    var high = try pairCount(of: page)
    while low < high {
      let middle = (low + high) / 2
      if try compare(key, with: page, at: try page.itemOffset(2 * middle)) > 0 {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  /// Less than, equal to or greater than zero, as the key sorts against an item.
  private func compare(
    _ key: ArraySlice<UInt8>, with page: DatabasePage, at offset: Int
  ) throws(Reason) -> Int {
    if page.kind == PageKind.btreeInternal {
      switch try page.byte(offset + 2) & ~TreeItem.deleted {
      case TreeItem.data:
        return compareBytes(key, try page.slice(offset + 12, count: try page.short(offset)))
      case TreeItem.overflow:
        return compareBytes(key, try overflow(from: page, at: offset + 12)[...])
      case let kind: throw page.damaged("a key of kind \(kind)", at: offset)
      }
    }
    return compareBytes(key, try treeKey(of: page, at: offset))
  }
}

/// By unsigned bytes, the shorter first, as libdb orders keys.
private func compareBytes(_ one: ArraySlice<UInt8>, _ other: ArraySlice<UInt8>) -> Int {
  one.withUnsafeBytes { left in
    other.withUnsafeBytes { right in
      guard let leftStart = left.baseAddress, let rightStart = right.baseAddress else {
        return left.count - right.count
      }
      let order = memcmp(leftStart, rightStart, min(left.count, right.count))
      return order != 0 ? Int(order) : left.count - right.count
    }
  }
}
