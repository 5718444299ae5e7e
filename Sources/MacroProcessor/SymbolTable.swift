// SymbolTable.swift: names and what they stand for.
//
// A name is interned once and keeps its number; what it means is a stack of
// definitions, because pushdef hides and popdef uncovers. Most words of a text
// are not macros, so a look-up first asks a table of 256 words of 64 bits whether
// any macro begins with that byte and has that length; only then it hashes.
//
// A definition that is being called is pinned: its text stays although the name
// is redefined while the arguments are collected (GNU m4 expands what the name
// meant when the call began).

/// The number of an interned name.
typealias SymbolID = Int32
/// The number of a definition; negative means none.
typealias DefinitionID = Int32

struct Symbol: BitwiseCopyable {
  let name: UnsafePointer<UInt8>
  let length: Int32
  let hash: UInt32
  var definition: DefinitionID
  var isTraced: Bool

  var bytes: Bytes { Bytes(start: name, count: Int(length)) }
}

struct Definition: BitwiseCopyable {
  /// The builtin, or nil for text.
  var builtin: Builtin?
  var text: UnsafeMutablePointer<UInt8>?
  var length: Int
  /// Whether the text has a `$`, so that it must be looked through for parameters.
  var hasParameters: Bool
  var isDropped: Bool
  var pins: Int32
  /// What popdef uncovers.
  var below: DefinitionID

  var bytes: Bytes { Bytes(start: text, count: length) }
}

struct SymbolTable: ~Copyable {
  private var symbols = Stack<Symbol>(capacity: 1024)
  private var definitions = Stack<Definition>(capacity: 1024)
  private var freeDefinitions = Stack<DefinitionID>()
  private var names = TextArena()
  /// Open addressing: number of the symbol + 1, or 0.
  private var slots: UnsafeMutablePointer<Int32>
  private var slotMask: Int
  /// For each first byte, the lengths (63 and above as 63) of names ever defined.
  private let lengthsByFirstByte: UnsafeMutablePointer<UInt64>

  init() {
    let count = 4096
    slots = .allocate(capacity: count)
    slots.initialize(repeating: 0, count: count)
    slotMask = count - 1
    lengthsByFirstByte = .allocate(capacity: 256)
    lengthsByFirstByte.initialize(repeating: 0, count: 256)
  }

  deinit {
    for index in 0..<definitions.count { definitions[index].text?.deallocate() }
    slots.deallocate()
    lengthsByFirstByte.deallocate()
  }

  subscript(id: SymbolID) -> Symbol {
    @inline(__always) get { symbols[Int(id)] }
    _modify { yield &symbols[Int(id)] }
  }

  subscript(definition id: DefinitionID) -> Definition {
    @inline(__always) get { definitions[Int(id)] }
  }

  var allSymbols: Range<SymbolID> { 0..<SymbolID(truncatingIfNeeded: symbols.count) }

  // MARK: Names

  /// The symbol of a name that has a definition, or nil.
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

  private func find(_ name: UnsafePointer<UInt8>, _ length: Int) -> SymbolID? {
    let hash = Self.hash(name, length)
    var slot = Int(hash) & slotMask
    while slots[slot] != 0 {
      let id = slots[slot] - 1
      if symbols[Int(id)].hash == hash, equals(symbols[Int(id)], name, length) { return id }
      slot = (slot + 1) & slotMask
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
      name: kept.baseAddress ?? emptyName, length: Int32(truncatingIfNeeded: name.count),
      hash: Self.hash(start, name.count), definition: -1, isTraced: false)
    let id = SymbolID(truncatingIfNeeded: symbols.count)
    symbols.push(symbol)
    insert(id, symbol.hash)
    return id
  }

  private mutating func insert(_ id: SymbolID, _ hash: UInt32) {
    var slot = Int(hash) & slotMask
    while slots[slot] != 0 { slot = (slot + 1) & slotMask }
    slots[slot] = id + 1
  }

  private mutating func rehash() {
    let count = (slotMask + 1) * 4
    slots.deallocate()
    slots = .allocate(capacity: count)
    slots.initialize(repeating: 0, count: count)
    slotMask = count - 1
    for index in 0..<symbols.count { insert(Int32(truncatingIfNeeded: index), symbols[index].hash) }
  }

  @inline(__always)
  private static func hash(_ name: UnsafePointer<UInt8>, _ length: Int) -> UInt32 {
    var value: UInt32 = 0x811C_9DC5 ^ UInt32(truncatingIfNeeded: length)
    for index in 0..<length { value = (value ^ UInt32(name[index])) &* 0x0100_0193 }
    return value ^ (value >> 15)
  }

  @inline(__always)
  private func equals(_ symbol: Symbol, _ name: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    guard Int(symbol.length) == length else { return false }
    for index in 0..<length where symbol.name[index] != name[index] { return false }
    return true
  }

  // MARK: Definitions

  /// Gives a name a text, hiding the old meaning (`push`) or replacing it.
  mutating func define(_ id: SymbolID, text: Bytes, push: Bool) {
    var copy: UnsafeMutablePointer<UInt8>?
    var hasParameters = false
    if let from = text.baseAddress, text.count > 0 {
      let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count)
      memory.update(from: from, count: text.count)
      hasParameters = firstIndex(of: UInt8(ascii: "$"), in: text) != nil
      copy = memory
    }
    install(
      id,
      Definition(
        builtin: nil, text: copy, length: text.count, hasParameters: hasParameters,
        isDropped: false, pins: 0, below: -1), push: push)
  }

  /// Makes a name stand for a builtin.
  mutating func define(_ id: SymbolID, builtin: Builtin, push: Bool) {
    install(
      id,
      Definition(
        builtin: builtin, text: nil, length: 0, hasParameters: false, isDropped: false,
        pins: 0, below: -1), push: push)
  }

  private mutating func install(_ id: SymbolID, _ definition: Definition, push: Bool) {
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
      lengthsByFirstByte[Int(symbol.name.pointee)] |=
        1 << UInt64(truncatingIfNeeded: min(symbol.length, 63))
    }
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
  mutating func pin(_ id: DefinitionID) { definitions[Int(id)].pins += 1 }

  @inline(__always)
  mutating func unpin(_ id: DefinitionID) {
    definitions[Int(id)].pins -= 1
    if definitions[Int(id)].isDropped { release(id) }
  }

  private mutating func drop(_ id: DefinitionID) {
    definitions[Int(id)].isDropped = true
    release(id)
  }

  private mutating func release(_ id: DefinitionID) {
    guard definitions[Int(id)].pins == 0 else { return }
    definitions[Int(id)].text?.deallocate()
    definitions[Int(id)].text = nil
    definitions[Int(id)].isDropped = false
    freeDefinitions.push(id)
  }
}

/// A place for pointers to names of no length.
nonisolated(unsafe) let emptyName: UnsafePointer<UInt8> = {
  let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
  byte.initialize(to: 0)
  return UnsafePointer(byte)
}()
