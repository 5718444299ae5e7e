// TokenTable.swift: tokens as small numbers.
//
// The matcher compares numbers, never text. A token's entry holds what matching
// needs to know of it: the number of its lower-case form, a hash for class
// look-ups that can be combined over neighbours, and a bit when some rule asks
// for it literally. Numbers below 128 are the `$` symbols, by the byte after
// the `$`. What the configuration uses is permanent; what comes with addresses
// is forgotten when there is too much of it.

/// The number of a token.
package typealias TokenID = UInt32

/// What is known of a token.
struct TokenEntry {
  var offset: UInt32
  var length: UInt32
  /// The token's lower-case form if a rule names it, otherwise the token itself.
  var folded: TokenID
  /// Whether it is an atom: next to another atom it is written with a blank between.
  var isAtom: Bool
  /// Whether every byte is shown as it is.
  var isPlain: Bool
  /// Of the bytes, exactly.
  var hash: UInt64
  /// Of the bytes in lower case, as a polynomial.
  var foldedHash: UInt64
  /// The multiplier's power that moves another hash past this token.
  var power: UInt64
  /// Set bits say which literals of rules it can be.
  var bits: UInt64
}

/// The polynomial hash that classes are searched by.
enum WordHash {
  static let multiplier: UInt64 = 0x9E37_79B9_7F4A_7C15

  static func fold(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
    hash &* multiplier &+ UInt64(fold(byte)) &+ 1
  }

  static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0, step) }
}

/// Tokens and their numbers.
final class TokenTable {
  private(set) var entries: UnsafeMutablePointer<TokenEntry>
  private(set) var count = 0
  private var capacity: Int
  private(set) var arena: UnsafeMutablePointer<UInt8>
  private var arenaUsed = 0
  private var arenaCapacity: Int
  private var index: UnsafeMutablePointer<TokenID>
  private var indexMask: Int
  /// The tokens of single bytes, which most operators and symbols are; 0 where there is none yet.
  private let singles: UnsafeMutablePointer<TokenID>
  private var permanentCount = 0
  private var permanentArena = 0
  private let classes: ByteClasses

  static let symbolCount = 128
  /// More transient tokens than this are forgotten before the next address.
  static let transientLimit = 1 << 15

  init(classes: ByteClasses) {
    self.classes = classes
    capacity = 1024
    arenaCapacity = 1 << 14
    entries = .allocate(capacity: capacity)
    arena = .allocate(capacity: arenaCapacity)
    indexMask = (1 << 12) - 1
    index = .allocate(capacity: indexMask + 1)
    index.initialize(repeating: 0, count: indexMask + 1)
    singles = .allocate(capacity: 256)
    singles.initialize(repeating: 0, count: 256)
    for symbol in 0..<Self.symbolCount { addSymbol(UInt8(symbol)) }
  }

  /// A table with the same tokens, all of them permanent.
  init(copying other: TokenTable) {
    classes = other.classes
    (capacity, arenaCapacity, indexMask) = (other.capacity, other.arenaCapacity, other.indexMask)
    (count, arenaUsed) = (other.count, other.arenaUsed)
    entries = .allocate(capacity: capacity)
    entries.initialize(from: other.entries, count: count)
    arena = .allocate(capacity: arenaCapacity)
    arena.initialize(from: other.arena, count: arenaUsed)
    index = .allocate(capacity: indexMask + 1)
    index.initialize(from: other.index, count: indexMask + 1)
    singles = .allocate(capacity: 256)
    singles.initialize(from: other.singles, count: 256)
    permanentCount = count
    permanentArena = arenaUsed
  }

  deinit {
    entries.deallocate()
    arena.deallocate()
    index.deallocate()
    singles.deallocate()
  }

  private func addSymbol(_ byte: UInt8) {
    arena[arenaUsed] = 0x24
    arena[arenaUsed + 1] = byte
    entries[count] = TokenEntry(
      offset: UInt32(arenaUsed), length: 2, folded: TokenID(count), isAtom: false, isPlain: true, hash: 0,
      foldedHash: WordHash.hash([0, byte]), power: WordHash.multiplier &* WordHash.multiplier,
      bits: SymbolBits.bits(byte))
    arenaUsed += 2
    count += 1
  }

  func bytes(_ token: TokenID) -> UnsafeBufferPointer<UInt8> {
    let entry = entries[Int(token)]
    return UnsafeBufferPointer(start: arena + Int(entry.offset), count: Int(entry.length))
  }

  func intern(_ text: [UInt8]) -> TokenID {
    text.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return intern(arena, 0) }
      return intern(base, buffer.count)
    }
  }

  /// The token of a byte alone.
  @inline(__always)
  func intern(_ byte: UInt8) -> TokenID {
    let known = singles[Int(byte)]
    return known != 0 ? known : internSingle(byte)
  }

  private func internSingle(_ byte: UInt8) -> TokenID {
    let token = withUnsafePointer(to: byte) { intern($0, 1) }
    singles[Int(byte)] = token
    return token
  }

  /// The number of a token, given now if it is new.
  func intern(_ start: UnsafePointer<UInt8>, _ length: Int) -> TokenID {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for position in 0..<length { hash = (hash ^ UInt64(start[position])) &* 0x0100_0000_01B3 }
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & indexMask
    while index[slot] != 0 {
      let entry = entries[Int(index[slot])]
      if entry.hash == hash, Int(entry.length) == length,
        equal(arena + Int(entry.offset), start, length)
      {
        return index[slot]
      }
      slot = (slot + 1) & indexMask
    }
    return add(start, length, hash, at: slot)
  }

  private func equal(
    _ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ length: Int
  ) -> Bool {
    for position in 0..<length where one[position] != other[position] { return false }
    return true
  }

  private func add(
    _ start: UnsafePointer<UInt8>, _ length: Int, _ hash: UInt64, at slot: Int
  ) -> TokenID {
    reserve(length)
    var isLower = true
    var isPlain = true
    var foldedHash: UInt64 = 0
    var power: UInt64 = 1
    for position in 0..<length {
      let byte = start[position]
      if WordHash.fold(byte) != byte { isLower = false }
      if byte &- 0x20 >= 0x5F { isPlain = false }
      arena[arenaUsed + position] = byte
      foldedHash = WordHash.step(foldedHash, byte)
      power = power &* WordHash.multiplier
    }
    let token = TokenID(count)
    entries[count] = TokenEntry(
      offset: UInt32(arenaUsed), length: UInt32(length), folded: token,
      isAtom: length > 0 && classes.isAtom(start[0]), isPlain: isPlain, hash: hash, foldedHash: foldedHash,
      power: power, bits: 0)
    arenaUsed += length
    count += 1
    index[slot] = token
    if !isLower { linkFolded(token) }
    if count * 2 > indexMask { growIndex() }
    return token
  }

  /// A token with capitals answers to the rules of its lower-case form.
  private func linkFolded(_ token: TokenID) {
    let lower = bytes(token).map(WordHash.fold)
    let folded = intern(lower)
    entries[Int(token)].folded = folded
    entries[Int(token)].bits = entries[Int(folded)].bits
  }

  private func reserve(_ length: Int) {
    if count + 2 > capacity {
      let larger = UnsafeMutablePointer<TokenEntry>.allocate(capacity: capacity * 2)
      larger.moveInitialize(from: entries, count: count)
      entries.deallocate()
      entries = larger
      capacity *= 2
    }
    if arenaUsed + length > arenaCapacity {
      let size = max(arenaCapacity * 2, arenaUsed + length)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
      larger.moveInitialize(from: arena, count: arenaUsed)
      arena.deallocate()
      arena = larger
      arenaCapacity = size
    }
  }

  private func growIndex() {
    index.deallocate()
    indexMask = indexMask * 2 + 1
    index = .allocate(capacity: indexMask + 1)
    rebuildIndex()
  }

  private func rebuildIndex() {
    index.initialize(repeating: 0, count: indexMask + 1)
    for token in Self.symbolCount..<max(count, Self.symbolCount) {
      let hash = entries[token].hash
      var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & indexMask
      while index[slot] != 0 { slot = (slot + 1) & indexMask }
      index[slot] = TokenID(token)
    }
  }

  /// Forgets what came with addresses, when that is much.
  func recycle() {
    guard count - permanentCount > Self.transientLimit || arenaUsed - permanentArena > 1 << 22
    else { return }
    count = permanentCount
    arenaUsed = permanentArena
    for byte in 0..<256 where singles[byte] >= count { singles[byte] = 0 }
    rebuildIndex()
  }

  func setBits(_ token: TokenID, _ bits: UInt64) { entries[Int(token)].bits |= bits }
}

/// The bits of a workspace that do not stand for literals.
enum SymbolBits {
  /// `$(` or `$[` is in it: look-ups are to be made.
  static let lookup: UInt64 = 1
  /// `$>` is in it: a ruleset is to be called.
  static let call: UInt64 = 2
  static let firstFree = 2

  static func bits(_ symbol: UInt8) -> UInt64 {
    switch symbol {
    case 0x28, 0x5B: lookup
    case 0x3E: call
    default: 0
    }
  }
}

extension TokenID {
  static let hash = TokenID(UInt8(0x23))
  static let at = TokenID(UInt8(0x40))
  static let colon = TokenID(UInt8(0x3A))
  static let call = TokenID(UInt8(0x3E))
  static let mapBegin = TokenID(UInt8(0x28))
  static let mapEnd = TokenID(UInt8(0x29))
  static let canonifyBegin = TokenID(UInt8(0x5B))
  static let canonifyEnd = TokenID(UInt8(0x5D))
}
