// ArgumentLists.swift: the arguments of calls that outlive the call.
//
// `$@` and shift hand a call's arguments on to the next call. Long ones are not written out and
// read again: they become a list here, and the input holds a reference to it. A list
// whose last arguments came from another list goes on there:
//
//     f(x, $@)      list 2: [x] ──► list 1 from its first      shift($@)      list 1 from its second

import Glibc

/// Lists by number, each kept as long as somebody holds it.
struct ArgumentLists: ~Copyable {
  private struct List: BitwiseCopyable {
    var arguments: UnsafeMutablePointer<Bytes>
    var text: UnsafeMutablePointer<UInt8>
    var count: Int
    /// The list that goes on, or -1.
    var tail: Int32
    var tailStart: Int
    /// Arguments in all.
    var total: Int
    /// Of all arguments, with their quotes and commas.
    var bytes: Int
    var holders: Int
  }

  private var lists = Stack<List>()
  private var free = Stack<Int32>()

  init() {}

  deinit {
    for index in 0..<lists.count where lists[index].holders > 0 { Self.freeMemory(of: lists[index]) }
  }

  /// Makes a list of copies, which its maker holds.
  ///
  /// - Parameters:
  ///   - texts: at least one.
  ///   - bytes: their lengths together.
  ///   - tail: what comes after them, which the caller holds for the list.
  mutating func make(_ texts: [Bytes], bytes: Int, then tail: Reference?) -> Int32 {
    let arguments = UnsafeMutablePointer<Bytes>.allocate(capacity: texts.count)
    let text = UnsafeMutablePointer<UInt8>.allocate(capacity: max(bytes, 1))
    var end = text
    for (index, bytes) in texts.enumerated() {
      if let from = bytes.baseAddress { memcpy(end, from, bytes.count) }
      (arguments + index).initialize(to: Bytes(start: end, count: bytes.count))
      end += bytes.count
    }
    let rest = tail.map { count(of: $0) } ?? 0
    let restBytes = tail.map { self.bytes(of: $0) } ?? 0
    let list = List(
      arguments: arguments, text: text, count: texts.count, tail: tail?.id ?? -1, tailStart: tail?.extent ?? 0,
      total: texts.count + rest, bytes: bytes + 3 * texts.count + restBytes, holders: 1)
    guard !free.isEmpty else {
      lists.push(list)
      return Int32(truncatingIfNeeded: lists.count - 1)
    }
    let id = free.pop()
    lists[Int(id)] = list
    return id
  }

  /// The arguments of a reference.
  func count(of reference: Reference) -> Int { lists[Int(reference.id)].total - reference.extent }

  /// How long the arguments of a reference are, written out.
  func bytes(of reference: Reference) -> Int {
    let rest = self.reference(reference, droppingFirst: 0)
    let list = lists[Int(rest.id)]
    guard rest.extent < list.count, let next = list.arguments[rest.extent].baseAddress else { return 0 }
    return list.bytes - (next - UnsafePointer(list.text)) - 3 * rest.extent
  }

  /// The argument at a place after the reference's first.
  @inline(__always)
  func argument(_ index: Int, of reference: Reference) -> Bytes {
    var (id, place) = (Int(reference.id), reference.extent + index)
    while place >= lists[id].count {
      place += lists[id].tailStart - lists[id].count
      id = Int(lists[id].tail)
    }
    return lists[id].arguments[place]
  }

  /// A reference to the same arguments without the first ones, as near to their own list as can be.
  func reference(_ reference: Reference, droppingFirst count: Int) -> Reference {
    var result = reference
    result.extent += count
    while result.extent >= lists[Int(result.id)].count, lists[Int(result.id)].tail >= 0 {
      let list = lists[Int(result.id)]
      result.extent += list.tailStart - list.count
      result.id = list.tail
    }
    return result
  }

  @inline(__always)
  mutating func retain(_ id: Int32) { lists[Int(id)].holders &+= 1 }

  mutating func release(_ id: Int32) {
    var id = id
    while id >= 0 {
      lists[Int(id)].holders -= 1
      let list = lists[Int(id)]
      guard list.holders == 0 else { return }
      Self.freeMemory(of: list)
      free.push(id)
      id = list.tail
    }
  }

  private static func freeMemory(of list: List) {
    list.arguments.deallocate()
    list.text.deallocate()
  }
}
