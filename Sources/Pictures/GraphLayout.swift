// GraphLayout.swift: places for boxes in rows, so that arrows cross little.
//
// The method of layers: arrows over several rows get a bend in each of them, rows are put in an
// order by the middle of each box's neighbours, in sweeps down and up, and then boxes are drawn towards
// their neighbours as far as those beside them let them.

struct GraphLayout {
  struct Size: Equatable { var width: Double, height: Double }
  struct Point: Equatable { var x: Double, y: Double }

  /// The middle of each box.
  private(set) var centers: [Point] = []
  /// The bends of each arrow, from its beginning to its end.
  private(set) var bends: [[Point]] = []
  private(set) var size = Size(width: 0, height: 0)

  private static let gap = 28.0
  private static let rowGap = 64.0
  private static let bendWidth = 10.0

  /// Boxes first, then bends.
  private var widths: [Double]
  private var rows: [[Int]] = []
  private var neighbours: (above: [[Int]], below: [[Int]])
  private var x: [Double] = []

  init(_ graph: FlowGraph, sizes: [Size]) {
    widths = sizes.map(\.width)
    neighbours = ([], [])
    let chains = split(graph)
    order()
    place()
    let middles = rowMiddles(graph, sizes)
    let left = x.indices.map { x[$0] - widths[$0] / 2 }.min() ?? 0
    func point(_ index: Int, _ row: Int) -> Point { Point(x: x[index] - left, y: middles[row]) }
    centers = graph.nodes.indices.map { point($0, graph.nodes[$0].rank) }
    bends = zip(graph.edges, chains).map { edge, chain in
      let down = graph.nodes[edge.from].rank <= graph.nodes[edge.to].rank
      let first = min(graph.nodes[edge.from].rank, graph.nodes[edge.to].rank)
      let points = chain.enumerated().map { point($0.element, first + 1 + $0.offset) }
      return down ? points : points.reversed()
    }
    let right = x.indices.map { x[$0] - left + widths[$0] / 2 }.max() ?? 0
    size = Size(width: right, height: height)
  }

  private var height = 0.0

  // MARK: rows

  /// Puts boxes and bends into rows and joins neighbours.
  ///
  /// - Returns: the bends of each arrow, from above to below.
  private mutating func split(_ graph: FlowGraph) -> [[Int]] {
    rows = Array(repeating: [], count: (graph.nodes.map(\.rank).max() ?? 0) + 1)
    for (index, node) in graph.nodes.enumerated() { rows[node.rank].append(index) }
    var pairs: [(Int, Int)] = []
    let chains = graph.edges.map { edge -> [Int] in
      let (upper, lower) =
        graph.nodes[edge.from].rank <= graph.nodes[edge.to].rank ? (edge.from, edge.to) : (edge.to, edge.from)
      var chain: [Int] = []
      var last = upper
      for row in (graph.nodes[upper].rank + 1)..<max(graph.nodes[lower].rank, graph.nodes[upper].rank + 1) {
        widths.append(Self.bendWidth)
        chain.append(widths.count - 1)
        rows[row].append(widths.count - 1)
        pairs.append((last, widths.count - 1))
        last = widths.count - 1
      }
      if graph.nodes[upper].rank < graph.nodes[lower].rank { pairs.append((last, lower)) }
      return chain
    }
    neighbours = (Array(repeating: [], count: widths.count), Array(repeating: [], count: widths.count))
    for (upper, lower) in pairs {
      neighbours.below[upper].append(lower)
      neighbours.above[lower].append(upper)
    }
    return chains
  }

  private mutating func order() {
    var best = (rows: rows, crossings: crossings)
    for sweep in 0..<12 where best.crossings > 0 {
      let isDown = sweep.isMultiple(of: 2)
      for row in isDown ? Array(rows.indices.dropFirst()) : rows.indices.dropLast().reversed() {
        let fixed = rows[isDown ? row - 1 : row + 1]
        let places = Dictionary(uniqueKeysWithValues: fixed.enumerated().map { ($0.element, Double($0.offset)) })
        let keys = rows[row].enumerated().map { place, index -> (Double, Int, Int) in
          let near = (isDown ? neighbours.above[index] : neighbours.below[index]).compactMap { places[$0] }
          return (near.isEmpty ? Double(place) : near.reduce(0, +) / Double(near.count), place, index)
        }
        rows[row] = keys.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
      }
      if crossings < best.crossings { best = (rows, crossings) }
    }
    rows = best.rows
  }

  private var crossings: Int {
    var count = 0
    for row in rows.indices.dropLast() {
      let places = Dictionary(uniqueKeysWithValues: rows[row + 1].enumerated().map { ($0.element, $0.offset) })
      let ends = rows[row].enumerated().flatMap { place, index in
        neighbours.below[index].compactMap { places[$0] }.map { (place, $0) }
      }
      for (one, first) in ends.enumerated() {
        for second in ends[(one + 1)...] where first.0 != second.0 && first.1 > second.1 { count += 1 }
      }
    }
    return count
  }

  // MARK: places

  private func distance(_ one: Int, _ other: Int) -> Double { (widths[one] + widths[other]) / 2 + Self.gap }

  private mutating func place() {
    x = Array(repeating: 0, count: widths.count)
    for row in rows {
      for (one, other) in zip(row, row.dropFirst()) { x[other] = x[one] + distance(one, other) }
    }
    for sweep in 0..<24 {
      let isDown = sweep.isMultiple(of: 2)
      for row in isDown ? Array(rows.indices) : rows.indices.reversed() { draw(row, towards: isDown) }
    }
  }

  /// Moves a row's boxes towards the middle of those above (or below) them.
  private mutating func draw(_ row: Int, towards above: Bool) {
    let row = rows[row]
    let wanted = row.map { index -> Double in
      let near = above ? neighbours.above[index] : neighbours.below[index]
      return near.isEmpty ? x[index] : near.map { x[$0] }.reduce(0, +) / Double(near.count)
    }
    // As far left, and as far right, as the wishes and the boxes beside allow; the middle of both.
    var left = wanted
    for place in row.indices.dropFirst() {
      left[place] = max(wanted[place], left[place - 1] + distance(row[place - 1], row[place]))
    }
    var right = wanted
    for place in row.indices.dropLast().reversed() {
      right[place] = min(wanted[place], right[place + 1] - distance(row[place], row[place + 1]))
    }
    for place in row.indices { x[row[place]] = (left[place] + right[place]) / 2 }
  }

  private mutating func rowMiddles(_ graph: FlowGraph, _ sizes: [Size]) -> [Double] {
    var middles: [Double] = []
    var y = 0.0
    for row in rows {
      let height = row.filter { $0 < sizes.count }.map { sizes[$0].height }.max() ?? 0
      middles.append(y + height / 2)
      y += height + Self.rowGap
    }
    height = max(y - Self.rowGap, 0)
    return middles
  }
}
