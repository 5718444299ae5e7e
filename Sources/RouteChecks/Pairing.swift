// Pairing.swift: as many pairs as there can be, each of either side in one of them.
//
// By augmenting paths: whoever finds its partners taken asks their holders to look for
// others. Without that a loose expectation could take the copy of a strict one.

struct Pairing {
  /// The partner of each of the first side.
  private(set) var partners: [Int?]
  private var holders: [Int?]

  init(_ first: Int, _ second: Int, fits: (Int, Int) -> Bool) {
    partners = Array(repeating: nil, count: first)
    holders = Array(repeating: nil, count: second)
    for one in partners.indices {
      var asked: Set<Int> = []
      _ = findPartner(of: one, &asked, fits)
    }
  }

  private mutating func findPartner(of one: Int, _ asked: inout Set<Int>, _ fits: (Int, Int) -> Bool) -> Bool {
    for other in holders.indices where fits(one, other) && asked.insert(other).inserted {
      if let holder = holders[other], !findPartner(of: holder, &asked, fits) { continue }
      holders[other] = one
      partners[one] = other
      return true
    }
    return false
  }
}
