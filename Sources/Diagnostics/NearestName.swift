// NearestName.swift: "did you mean …?"
//
// Edit distance with transpositions, over bytes. A suggestion that is too far
// away confuses more than none, so a third of the name may differ at most.

/// The known name that was probably meant, or nil when none is near.
///
/// - Parameter within: how many letters may differ at most.
package func nearestName(to name: String, among known: some Sequence<String>, within most: Int? = nil) -> String? {
  let wanted = Array(name.utf8)
  let limit = most ?? max(1, wanted.count / 3)
  var best: (distance: Int, name: String)?
  for candidate in known {
    let bytes = Array(candidate.utf8)
    guard abs(bytes.count - wanted.count) <= limit else { continue }
    let distance = editDistance(wanted, bytes)
    if distance <= limit, best.map({ distance < $0.distance }) ?? true {
      best = (distance, candidate)
    }
  }
  return best?.name
}

private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...other.count)
  for (row, left) in one.enumerated() {
    var current = [row + 1]
    current.reserveCapacity(other.count + 1)
    for (column, right) in other.enumerated() {
      var cost = min(last[column + 1] + 1, current[column] + 1)
      cost = min(cost, last[column] + (folded(left) == folded(right) ? 0 : 1))
      if row > 0, column > 0, left == other[column - 1], one[row - 1] == right {
        cost = min(cost, beforeLast[column - 1] + 1)
      }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[other.count]
}

private func folded(_ byte: UInt8) -> UInt8 {
  (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
}
