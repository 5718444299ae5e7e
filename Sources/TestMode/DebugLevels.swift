// DebugLevels.swift: `-d21.12,38.5`, `-d0-4.7`.

/// The level of each debugging category.
package struct DebugLevels: Sendable {
  private var levels = [Int](repeating: 0, count: 100)

  package init() {}

  package subscript(category: Int) -> Int {
    levels.indices.contains(category) ? levels[category] : 0
  }

  /// Reads `category[-category][.level]`, several of them behind commas. Names are ignored.
  package mutating func set(_ text: [UInt8]) {
    if text.isEmpty { set(0...99, 1) }
    for part in text.split(separator: 0x2C) {
      let pieces = part.split(separator: 0x2E, maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = pieces.first else { continue }
      let level = pieces.count > 1 ? Int(shown(pieces[1].prefix { $0 &- 0x30 < 10 })) ?? 0 : 1
      let ends = first.split(separator: 0x2D, maxSplits: 1).map { Int(shown($0)) }
      guard let low = ends.first ?? nil else { continue }
      let high = (ends.count > 1 ? ends[1] : nil) ?? low
      if low <= high { set(low...high, level) }
    }
  }

  private mutating func set(_ range: ClosedRange<Int>, _ level: Int) {
    for category in range.clamped(to: 0...99) { levels[category] = level }
  }
}
