// NameTable.swift: names of macros and rulesets, found by their bytes.
//
// A hash table of its own: a Dictionary keyed by arrays is built on types that each
// start of a command would have to instantiate, which costs as much as two hundred rules.

/// Names and their places in the order in which they came up.
struct NameTable: Sendable {
  private(set) var names: [[UInt8]] = []
  /// For each hash the place of a name; -1 where there is none.
  private var slots = [Int32](repeating: -1, count: 128)

  func place(of name: [UInt8]) -> Int? {
    let place = slots[slot(of: name)]
    return place < 0 ? nil : Int(place)
  }

  /// The place of a name, which is added where it is new.
  mutating func add(_ name: [UInt8]) -> Int {
    let slot = slot(of: name)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    slots[slot] = Int32(truncatingIfNeeded: names.count)
    names.append(name)
    if names.count * 2 > slots.count { grow() }
    return names.count - 1
  }

  /// Where the name stands, or would.
  private func slot(of name: [UInt8]) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x0100_0000_01B3 }
    var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)
    while slots[slot] >= 0, names[Int(slots[slot])] != name { slot = (slot + 1) & (slots.count - 1) }
    return slot
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    for place in names.indices { slots[slot(of: names[place])] = Int32(truncatingIfNeeded: place) }
  }
}
