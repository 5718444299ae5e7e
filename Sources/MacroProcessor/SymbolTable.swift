// SymbolTable.swift: names and what they stand for.
//
// A name is interned once and keeps its number; what it means is a stack of
// definitions, because pushdef hides and popdef uncovers. Most words of a text
// are not macros, so a look-up first asks a table of 256 words of 64 bits whether
// any macro begins with that byte and has that length; only then it hashes.
//
// A definition that is being called, or referred to by text that is still to be read, is
// pinned: its text stays although the name is redefined (GNU m4 expands what the name
// meant when the call began).

import Glibc

/// The number of an interned name.
typealias SymbolID = Int32
/// The number of a definition; negative means none.
typealias DefinitionID = Int32

struct Symbol: BitwiseCopyable {
  let name: UnsafePointer<UInt8>
  let key: NameKey
  var definition: DefinitionID
  var isTraced: Bool

  var length: Int { key.length }
  var bytes: Bytes { Bytes(start: name, count: length) }
}

/// What tells names apart at a glance: length, first and last bytes. Up to 16 bytes it is all of them.
struct NameKey: BitwiseCopyable {
  let first: UInt64
  let last: UInt64
  let length: Int

  @inline(__always)
  init(_ name: UnsafePointer<UInt8>, _ count: Int) {
    length = count
    let bytes = UnsafeRawPointer(name)
    switch count {
    case 8...:
      first = bytes.loadUnaligned(as: UInt64.self)
      last = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
    case 4...:
      first = UInt64(bytes.loadUnaligned(as: UInt32.self))
      last = UInt64(bytes.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    case 1...:
      first = UInt64(name[0]) | UInt64(name[count / 2]) << 8
      last = UInt64(name[count - 1])
    default: (first, last) = (0, 0)
    }
  }

  @inline(__always)
  var hash: UInt32 {
    var value = (first ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ last ^ value >> 32) &* 0xD6E8_FEB8_6659_FD93
    return UInt32(truncatingIfNeeded: value >> 32)
  }

  @inline(__always)
  static func == (one: NameKey, other: NameKey) -> Bool {
    one.length == other.length && one.first == other.first && one.last == other.last
  }
}

struct Definition: BitwiseCopyable {
  /// The builtin, or nil for text.
  var builtin: Builtin?
  /// Whether the name is only a word where no parenthesis follows.
  var wantsArguments = false
  /// Whether the text has a `$`, so that it must be looked through for parameters.
  var hasParameters = false
  var isDropped = false
  var balance = Balance.unknown
  /// Calls and references that hold it.
  var pins: Int32 = 0
  /// What popdef uncovers.
  var below: DefinitionID = -1
  /// The record of the call that made it, or -1; where these are kept.
  var call: Int32 = -1
  /// The quotes that `balance` is about, as `Syntax.version` counts them.
  var balanceVersion: Int32 = 0
  var length = 0
  var capacity = 0
  var text: UnsafeMutablePointer<UInt8>?
  /// The text taken apart at its parameters, once it was expanded.
  var template: UnsafeMutablePointer<TemplatePart>?

  var bytes: Bytes { Bytes(start: text, count: length) }

  /// Whether each quote in the text has its partner, so that the text in quotes is read as it is.
  enum Balance: UInt8 { case unknown, balanced, unbalanced }
}

struct SymbolTable: ~Copyable {
  private struct Slot: BitwiseCopyable {
    var hash: UInt32
    /// Number of the symbol + 1, or 0.
    var entry: Int32
  }

  private var symbols = Stack<Symbol>(capacity: 128)
  private var definitions = Stack<Definition>(capacity: 128)
  private var freeDefinitions = Stack<DefinitionID>()
  private var names = TextArena()
  /// Open addressing.
  private var slots: UnsafeMutablePointer<Slot>
  private var slotMask: Int
  /// For each first byte, the lengths (63 and above as 63) of names ever defined.
  private let lengthsByFirstByte: UnsafeMutablePointer<UInt64>

  init() {
    slotMask = 255
    slots = Self.emptySlots(slotMask + 1)
    lengthsByFirstByte = .allocate(capacity: 256)
    lengthsByFirstByte.initialize(repeating: 0, count: 256)
  }

  deinit {
    for index in 0..<definitions.count { Self.freeMemory(of: definitions[index]) }
    slots.deallocate()
    lengthsByFirstByte.deallocate()
  }

  private static func emptySlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(hash: 0, entry: 0), count: count)
    return slots
  }

  subscript(id: SymbolID) -> Symbol {
    @inline(__always) _read { yield symbols[Int(id)] }
    @inline(__always) _modify { yield &symbols[Int(id)] }
  }

  subscript(definition id: DefinitionID) -> Definition {
    @inline(__always) _read { yield definitions[Int(id)] }
    @inline(__always) _modify { yield &definitions[Int(id)] }
  }

  var allSymbols: Range<SymbolID> { 0..<SymbolID(truncatingIfNeeded: symbols.count) }

  // MARK: Names

  /// The symbol of a name that has a definition, or nil. The name is not empty.
  @inline(__always)
  func findDefined(_ name: UnsafePointer<UInt8>, _ length: Int) -> SymbolID? {
    let lengths = lengthsByFirstByte[Int(name.pointee)]
    if lengths & (1 << UInt64(truncatingIfNeeded: min(length, 63))) == 0 { return nil }
    guard let id = find(name, length), symbols[Int(id)].definition >= 0 else { return nil }
    return id
  }

  func findDefined(_ name: Bytes) -> SymbolID? {
    guard let start = name.baseAddress, !name.isEmpty else {
      guard let id = find(emptyName, 0), symbols[Int(id)].definition >= 0 else { return nil }
      return id
    }
    return findDefined(start, name.count)
  }

  @inline(__always)
  private func find(_ name: UnsafePointer<UInt8>, _ length: Int) -> SymbolID? {
    let key = NameKey(name, length)
    let hash = key.hash
    var slot = Int(hash) & slotMask
    while slots[slot].entry != 0 {
      if slots[slot].hash == hash {
        let id = slots[slot].entry &- 1
        if symbols[Int(id)].key == key, length <= 16 || memcmp(symbols[Int(id)].name, name, length) == 0 { return id }
      }
      slot = (slot &+ 1) & slotMask
    }
    return nil
  }

  /// The symbol of a name, made where it is new.
  mutating func intern(_ name: Bytes) -> SymbolID {
    let start = name.baseAddress ?? emptyName
    if let id = find(start, name.count) { return id }
    if symbols.count * 2 > slotMask { rehash() }
    names.append(name)
    let kept = names.finish().text
    let symbol = Symbol(
      name: kept.baseAddress ?? emptyName, key: NameKey(start, name.count), definition: -1, isTraced: false)
    let id = SymbolID(truncatingIfNeeded: symbols.count)
    symbols.push(symbol)
    insert(id, symbol.key.hash)
    return id
  }

  private mutating func insert(_ id: SymbolID, _ hash: UInt32) {
    var slot = Int(hash) & slotMask
    while slots[slot].entry != 0 { slot = (slot + 1) & slotMask }
    slots[slot] = Slot(hash: hash, entry: id + 1)
  }

  private mutating func rehash() {
    slotMask = (slotMask + 1) * 2 - 1
    slots.deallocate()
    slots = Self.emptySlots(slotMask + 1)
    for index in 0..<symbols.count { insert(Int32(truncatingIfNeeded: index), symbols[index].key.hash) }
  }

  // MARK: Definitions

  /// Gives a name a text, hiding the old meaning (`push`) or replacing it.
  mutating func define(_ id: SymbolID, text: Bytes, push: Bool) {
    let old = symbols[Int(id)].definition
    let number = !push && old >= 0 && isFree(old) ? old : install(id, Definition(), push: push)
    definitions[Int(number)].setText(text)
  }

  /// Makes a name stand for a builtin.
  mutating func define(_ id: SymbolID, builtin: Builtin, push: Bool) {
    install(id, Definition(builtin: builtin, wantsArguments: builtin.row.wantsArguments), push: push)
  }

  /// Whether nobody but its name holds the definition, a text, so that it can be changed in place.
  private func isFree(_ id: DefinitionID) -> Bool {
    definitions[Int(id)].pins == 0 && definitions[Int(id)].builtin == nil
  }

  /// Appends to a definition whose text nobody reads, and says whether the quotes in what is added
  /// have their partners.
  mutating func extend(_ id: DefinitionID, by text: Bytes, isBalanced: Bool) {
    let wasBalanced = definitions[Int(id)].balance == .balanced
    definitions[Int(id)].append(text)
    if wasBalanced, isBalanced { definitions[Int(id)].balance = .balanced }
  }

  @discardableResult
  private mutating func install(_ id: SymbolID, _ definition: Definition, push: Bool) -> DefinitionID {
    let old = symbols[Int(id)].definition
    var new = definition
    new.below = push || old < 0 ? old : definitions[Int(old)].below
    let number: DefinitionID
    if freeDefinitions.isEmpty {
      number = DefinitionID(truncatingIfNeeded: definitions.count)
      definitions.push(new)
    } else {
      number = freeDefinitions.pop()
      definitions[Int(number)] = new
    }
    symbols[Int(id)].definition = number
    if !push, old >= 0 { drop(old) }
    let symbol = symbols[Int(id)]
    if symbol.length > 0 {
      lengthsByFirstByte[Int(symbol.name.pointee)] |= 1 << UInt64(truncatingIfNeeded: min(symbol.length, 63))
    }
    return number
  }

  /// Uncovers the meaning below the newest, if there is one.
  mutating func pop(_ id: SymbolID) {
    let newest = symbols[Int(id)].definition
    guard newest >= 0 else { return }
    symbols[Int(id)].definition = definitions[Int(newest)].below
    drop(newest)
  }

  /// Takes all meanings from a name.
  mutating func undefine(_ id: SymbolID) {
    while symbols[Int(id)].definition >= 0 { pop(id) }
  }

  /// Keeps a definition's text until `unpin`, whatever happens to its name.
  @inline(__always)
  mutating func pin(_ id: DefinitionID) { definitions[Int(id)].pins &+= 1 }

  @inline(__always)
  mutating func unpin(_ id: DefinitionID) {
    definitions[Int(id)].pins &-= 1
    if definitions[Int(id)].isDropped { release(id) }
  }

  private mutating func drop(_ id: DefinitionID) {
    definitions[Int(id)].isDropped = true
    release(id)
  }

  private mutating func release(_ id: DefinitionID) {
    guard definitions[Int(id)].pins == 0 else { return }
    Self.freeMemory(of: definitions[Int(id)])
    definitions[Int(id)] = Definition()
    freeDefinitions.push(id)
  }

  private static func freeMemory(of definition: Definition) {
    free(definition.text)
    definition.template?.deallocate()
  }
}

extension Definition {
  /// Replaces the text by one that lies elsewhere.
  fileprivate mutating func setText(_ new: Bytes) {
    forgetFacts()
    guard let from = new.baseAddress, !new.isEmpty else {
      (length, hasParameters) = (0, false)
      return
    }
    if new.count > capacity {
      // What was there is not worth keeping, so it is not moved either.
      free(text)
      capacity = max(new.count, 16)
      text = reallocate(nil, to: capacity)
    }
    if let text { memcpy(text, from, new.count) }
    length = new.count
    hasParameters = firstIndex(of: UInt8(ascii: "$"), in: new) != nil
  }

  fileprivate mutating func append(_ more: Bytes) {
    guard let from = more.baseAddress, !more.isEmpty else { return }
    forgetFacts()
    if more.count > capacity - length {
      // In larger steps than what is added, so that growing byte by byte costs as much as growing at once.
      capacity = length + more.count + max(length / 2, 64)
      text = reallocate(text, to: capacity)
    }
    if let text { memcpy(text + length, from, more.count) }
    length += more.count
    hasParameters = hasParameters || firstIndex(of: UInt8(ascii: "$"), in: more) != nil
  }

  private mutating func forgetFacts() {
    template?.deallocate()
    template = nil
    balance = .unknown
  }
}

/// A place for pointers to names of no length.
nonisolated(unsafe) let emptyName: UnsafePointer<UInt8> = {
  let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
  byte.initialize(to: 0)
  return UnsafePointer(byte)
}()
