// SeededGenerator.swift: chance that can be repeated.

import Glibc

/// The same numbers for the same seed (SplitMix64). WAYBILL_SEED gives all tests others,
/// which is how `make fuzz` gets on.
package struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  private static let turn = getenv("WAYBILL_SEED").flatMap { UInt64(String(cString: $0)) } ?? 0

  package init(seed: UInt64) {
    state = (seed &+ Self.turn &* 0x1_0000_0001) &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
