// PartitionPoint.swift: binary search.

/// The first place of a sorted sequence at which a condition holds, which holds for all after it; the count
/// where it holds for none.
///
/// - Parameter holds: asks for a place.
@inline(__always)
package func partitionPoint(of count: Int, where holds: (Int) -> Bool) -> Int {
  var (low, high) = (0, count)
  while low < high {
    let middle = (low + high) / 2
    if holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}
