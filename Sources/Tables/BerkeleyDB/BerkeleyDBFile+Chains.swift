// BerkeleyDBFile+Chains.swift: what does not fit into one page.
//
// A big key or value is a chain of overflow pages. The values of a key with
// many of them are a tree of their own, whose leaves form a chain.

extension BerkeleyDBFile {
  /// What an overflow item refers to: its first page 4 bytes and its length
  /// 8 bytes behind the item's beginning, in both kinds of file.
  func overflow(from page: DatabasePage, at offset: Int) throws(Reason) -> [UInt8] {
    let length = Int(try page.word(offset + 8))
    guard length <= Int(pages.pageCount) * pages.pageSize else {
      throw page.damaged("an item of \(length) bytes, more than the file has", at: offset + 8)
    }
    var number = try page.word(offset + 4)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    while number != 0 {
      let piece = try pages.page(number)
      guard piece.kind == PageKind.overflow else {
        throw piece.damaged("its kind is \(piece.kind), not overflow", at: 25)
      }
      let count = piece.overflowLength
      // An empty piece would let a chain run in a circle.
      guard count > 0, bytes.count + count <= length else {
        throw piece.damaged("the pieces of an item are longer than the item", at: 22)
      }
      bytes += try piece.slice(DatabasePage.headerSize, count: count)
      number = piece.next
    }
    guard bytes.count == length else {
      throw page.damaged("the pieces of an item are shorter than the item", at: offset + 8)
    }
    return bytes
  }

  /// The values of one key that are kept in a tree.
  ///
  /// - Returns: whether more values are wanted.
  func duplicateTree(root: UInt32, _ take: ValueTaker) throws(Reason) -> Bool {
    var leaf: DatabasePage? = try leftmostLeaf(below: root)
    var visited: UInt32 = 0
    while let page = leaf {
      guard page.kind == PageKind.duplicateLeaf || page.kind == PageKind.recordLeaf else {
        throw page.damaged("its kind is \(page.kind), not duplicates", at: 25)
      }
      for index in 0..<(try page.entryCount()) {
        let offset = try page.itemOffset(index)
        guard try takeTreeItem(of: page, at: offset, take) else { return false }
      }
      leaf = try nextLeaf(after: page, visited: &visited)
    }
    return true
  }

  /// From a root down along the first children.
  func leftmostLeaf(below root: UInt32) throws(Reason) -> DatabasePage {
    var page = try pages.page(root)
    while page.level > 1 {
      let offset = try page.entryCount() > 0 ? try page.itemOffset(0) : 0
      let child: UInt32
      switch page.kind {
      case PageKind.btreeInternal: child = try page.word(offset + 4)
      case PageKind.recordInternal: child = try page.word(offset)
      default: throw page.damaged("its kind is \(page.kind), not that of a branch", at: 25)
      }
      page = try childPage(child, of: page)
    }
    return page
  }

  /// A child lies one level deeper, so a walk down a tree ends.
  func childPage(_ number: UInt32, of parent: DatabasePage) throws(Reason) -> DatabasePage {
    let child = try pages.page(number)
    guard child.level == parent.level - 1 else {
      throw child.damaged("level \(child.level) below level \(parent.level)", at: 24)
    }
    return child
  }

  func nextLeaf(
    after page: DatabasePage, visited: inout UInt32
  ) throws(Reason) -> DatabasePage? {
    if page.next == 0 { return nil }
    visited += 1
    guard visited <= pages.pageCount else {
      throw page.damaged("the leaves run in a circle", at: 16)
    }
    let next = try pages.page(page.next)
    guard next.level == page.level else {
      throw next.damaged("level \(next.level) beside level \(page.level)", at: 24)
    }
    return next
  }
}
