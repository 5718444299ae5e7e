// ClassTable.swift: the words of classes.
//
// One table of words, each with a set of the classes it belongs to. A member may
// be several tokens long: the matcher joins the hashes of neighbouring tokens
// and asks for the joint one, so a member is found however it is cut up. Case
// does not matter.

import SendmailCF

/// Words and the classes they are in.
package struct ClassTable: Sendable {
  private struct Word: Sendable {
    var bytes: [UInt8]
    var hash: UInt64
    var classes: ClassSet
  }

  private var words: [Word] = []
  private var slots: [Int32] = [Int32](repeating: -1, count: 256)
  /// For each class, the length of its longest member.
  private(set) var longest: [Int] = []
  /// For each number among the macro names, the index of that class; -1 where it has none.
  private var indices: [Int] = []

  package init() {}

  /// The index of a class in sets, nil when there are too many classes.
  package mutating func index(of classNumber: Int) -> Int? {
    if let known = knownIndex(of: classNumber) { return known }
    let index = longest.count
    guard index < ClassSet.limit else { return nil }
    while indices.count <= classNumber { indices.append(-1) }
    indices[classNumber] = index
    longest.append(0)
    return index
  }

  package func knownIndex(of classNumber: Int) -> Int? {
    guard indices.indices.contains(classNumber), indices[classNumber] >= 0 else { return nil }
    return indices[classNumber]
  }

  /// Makes the word a member.
  package mutating func add(_ word: [UInt8], to classNumber: Int) {
    guard let index = index(of: classNumber) else { return }
    longest[index] = max(longest[index], word.count)
    let hash = WordHash.hash(word)
    let slot = find(hash) { Self.areEqual($0, word) }
    if slots[slot] >= 0 {
      words[Int(slots[slot])].classes.insert(index)
      return
    }
    slots[slot] = Int32(words.count)
    words.append(Word(bytes: word, hash: hash, classes: ClassSet(index)))
    if words.count * 2 > slots.count { grow() }
  }

  package func contains(_ word: [UInt8], in classNumber: Int) -> Bool {
    guard let index = knownIndex(of: classNumber) else { return false }
    let slot = slots[find(WordHash.hash(word)) { Self.areEqual($0, word) }]
    return slot >= 0 && words[Int(slot)].classes.contains(index)
  }

  /// Whether a word of this hash is in the class; `isWord` decides among equal hashes.
  @inline(__always)
  func contains(_ hash: UInt64, in index: Int, isWord: ([UInt8]) -> Bool) -> Bool {
    let slot = slots[find(hash, isWord)]
    return slot >= 0 && words[Int(slot)].classes.contains(index)
  }

  /// The members of a class in the order in which sendmail's symbol table gives them.
  package func members(of classNumber: Int) -> [[UInt8]] {
    guard let index = knownIndex(of: classNumber) else { return [] }
    return words.filter { $0.classes.contains(index) }.map(\.bytes)
      .enumerated().sorted {
        let one = Self.bucket($0.element)
        let other = Self.bucket($1.element)
        return one == other ? $0.offset < $1.offset : one < other
      }.map(\.element)
  }

  /// The place of a word in sendmail's symbol table.
  private static func bucket(_ word: [UInt8]) -> Int {
    word.reduce(1) { ($0 << 1 ^ Int(WordHash.fold($1))) % 2003 }
  }

  private static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    one.count == other.count && zip(one, other).allSatisfy { WordHash.fold($0) == WordHash.fold($1) }
  }

  @inline(__always)
  private func find(_ hash: UInt64, _ isWord: ([UInt8]) -> Bool) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 31) & mask
    while slots[slot] >= 0 {
      let word = words[Int(slots[slot])]
      if word.hash == hash, isWord(word.bytes) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    let mask = slots.count - 1
    for (index, word) in words.enumerated() {
      var slot = Int(truncatingIfNeeded: word.hash ^ word.hash >> 31) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(index)
    }
  }
}

/// A set of up to 256 classes.
struct ClassSet: Sendable {
  static let limit = 256
  private var parts = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))

  init(_ index: Int) { insert(index) }

  mutating func insert(_ index: Int) {
    let bit = UInt64(1) << UInt64(index & 63)
    switch index >> 6 {
    case 0: parts.0 |= bit
    case 1: parts.1 |= bit
    case 2: parts.2 |= bit
    default: parts.3 |= bit
    }
  }

  func contains(_ index: Int) -> Bool {
    let part =
      switch index >> 6 {
      case 0: parts.0
      case 1: parts.1
      case 2: parts.2
      default: parts.3
      }
    return part >> UInt64(index & 63) & 1 != 0
  }
}
