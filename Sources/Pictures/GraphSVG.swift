// GraphSVG.swift: a graph as a picture (SVG 1.1), for paper and for dark screens.
//
// Colours are classes, and the picture's own style sheet has a set of them for light, for dark and for print; the
// background is left to the page.

package struct GraphSVG {
  private let graph: FlowGraph
  private let layout: GraphLayout
  private let sizes: [GraphLayout.Size]

  private static let margin = 24.0
  private static let titleHeight = 34.0
  private static let lineHeight = 17.0
  private static let padding = 12.0

  package init(_ graph: FlowGraph) {
    self.graph = graph
    sizes = graph.nodes.map(Self.size)
    layout = GraphLayout(graph, sizes: sizes)
  }

  /// Nobody can ask for the width of a text here; letters are taken as a little wider than they are.
  private static func size(_ node: FlowGraph.Node) -> GraphLayout.Size {
    let first = Double(node.lines.first?.count ?? 0) * 7.6
    let others = node.lines.dropFirst().map { Double($0.count) * 6.6 }.max() ?? 0
    return GraphLayout.Size(
      width: max(first, others, 40) + 2 * padding, height: Double(node.lines.count) * lineHeight + 2 * padding - 4)
  }

  package var text: String {
    let width = max(layout.size.width, Double(graph.title.count) * 10.5) + 2 * Self.margin
    let height = layout.size.height + 2 * Self.margin + Self.titleHeight
    let head =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
      + "width=\"\(number(width))\" height=\"\(number(height))\" role=\"img\">\n"
      + "<title>\(escaped(graph.title))</title>\n<style>\n\(Self.style)</style>\n\(Self.markers)"
      + "<text class=\"title\" x=\"\(number(Self.margin))\" y=\"\(number(Self.margin + 8))\">\(escaped(graph.title))</text>\n"
    // Arrows below boxes, labels above everything.
    let edges = graph.edges.indices.map(arrow).joined()
    let nodes = graph.nodes.indices.map(box).joined()
    let labels = graph.edges.indices.map(label).joined()
    return head + edges + nodes + labels + "</svg>\n"
  }

  // MARK: boxes

  private func at(_ point: GraphLayout.Point) -> GraphLayout.Point {
    .init(x: point.x + Self.margin, y: point.y + Self.margin + Self.titleHeight)
  }

  private func box(_ index: Int) -> String {
    let (node, size, center) = (graph.nodes[index], sizes[index], at(layout.centers[index]))
    let radius = node.kind == .mailbox || node.kind == .outside ? size.height / 2 : 6
    let box =
      "<rect class=\"\(node.kind.rawValue)\" x=\"\(number(center.x - size.width / 2))\" "
      + "y=\"\(number(center.y - size.height / 2))\" width=\"\(number(size.width))\" height=\"\(number(size.height))\" "
      + "rx=\"\(number(min(radius, 22)))\"/>\n"
    let first = center.y - Double(node.lines.count - 1) * Self.lineHeight / 2 + 4.5
    let lines = node.lines.enumerated().map { offset, line in
      "<text class=\"\(offset == 0 ? "name" : "more")\" x=\"\(number(center.x))\" "
        + "y=\"\(number(first + Double(offset) * Self.lineHeight))\">\(escaped(line))</text>\n"
    }
    return box + lines.joined()
  }

  // MARK: arrows

  /// Where an arrow begins and ends, with its bends in between.
  private func points(_ index: Int) -> [GraphLayout.Point] {
    let edge = graph.edges[index]
    let (from, to) = (at(layout.centers[edge.from]), at(layout.centers[edge.to]))
    let isDown = graph.nodes[edge.from].rank <= graph.nodes[edge.to].rank
    // Arrows between the same boxes run beside each other.
    let shift = ports(index)
    let side = isDown ? 1.0 : -1.0
    let start = GraphLayout.Point(x: from.x + shift, y: from.y + side * sizes[edge.from].height / 2)
    let end = GraphLayout.Point(x: to.x + shift, y: to.y - side * (sizes[edge.to].height / 2 + 2))
    return [start]
      + layout.bends[index].map { bend in
        let point = at(bend)
        return .init(x: point.x + shift, y: point.y)
      } + [end]
  }

  private func ports(_ index: Int) -> Double {
    let edge = graph.edges[index]
    let ends = Set([edge.from, edge.to])
    let same = graph.edges.indices.filter { Set([graph.edges[$0].from, graph.edges[$0].to]) == ends }
    let place = same.firstIndex(of: index) ?? 0
    return (Double(place) - Double(same.count - 1) / 2) * 22
  }

  private func arrow(_ index: Int) -> String {
    let kind = graph.edges[index].kind.rawValue
    let points = points(index)
    var path = "M\(number(points[0].x)) \(number(points[0].y))"
    for (one, other) in zip(points, points.dropFirst()) {
      let middle = (one.y + other.y) / 2
      path +=
        " C\(number(one.x)) \(number(middle)) \(number(other.x)) \(number(middle)) \(number(other.x)) \(number(other.y))"
    }
    return "<path class=\"\(kind)\" d=\"\(path)\" marker-end=\"url(#\(kind)-end)\"/>\n"
  }

  private func label(_ index: Int) -> String {
    let edge = graph.edges[index]
    guard !edge.label.isEmpty else { return "" }
    let points = points(index)
    let (one, other) = (points[(points.count - 1) / 2], points[(points.count - 1) / 2 + 1])
    return "<text class=\"label \(edge.kind.rawValue)-label\" x=\"\(number((one.x + other.x) / 2))\" "
      + "y=\"\(number((one.y + other.y) / 2 + 4))\">\(escaped(edge.label))</text>\n"
  }

  // MARK: text

  private func number(_ value: Double) -> String {
    let tenths = (value * 10).rounded()
    guard tenths.magnitude < 1e9 else { return "0" }
    let whole = Int(tenths)
    let sign = whole < 0 ? "-" : ""
    let rest = whole.magnitude % 10
    return sign + String(whole.magnitude / 10) + (rest == 0 ? "" : ".\(rest)")
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
      "\"", with: "&quot;")
  }

  private static let markers =
    "<defs>\n"
    + FlowGraph.Edge.Kind.allCases.map { kind in
      "<marker id=\"\(kind.rawValue)-end\" class=\"\(kind.rawValue)-end\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
        + "markerWidth=\"8\" markerHeight=\"8\" markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path d=\"M0 0L8 4L0 8z\"/></marker>\n"
    }.joined() + "</defs>\n"

  /// Light, then what a dark screen changes; paper is light. Colours are written out, because not every program that
  /// draws SVG knows variables.
  private static let style =
    colours(light) + "@media screen and (prefers-color-scheme: dark) {\n" + colours(dark) + "}\n" + """
      svg { font-family: sans-serif; }
      rect { stroke-width: 1.5; }
      text { text-anchor: middle; font-size: 12px; }
      .title { text-anchor: start; font-size: 16px; font-weight: bold; }
      .name { font-size: 13px; font-weight: bold; }
      .label { paint-order: stroke; stroke-width: 4px; stroke-linejoin: round; }
      .message-label { font-weight: bold; }
      path { fill: none; stroke-width: 1.5; }
      path.backup { stroke-dasharray: 2 4; }
      path.out { stroke-dasharray: 7 4; }
      path.message { stroke-width: 2.5; }
      marker path { stroke: none; }

      """

  private struct Palette {
    let ink, soft, line, paper: String
    let host, mailbox, refusal: (fill: String, line: String)
    let message: String
  }

  private static let light = Palette(
    ink: "#1b1f24", soft: "#57606a", line: "#6e7781", paper: "#ffffff", host: ("#ddf4ff", "#0969da"),
    mailbox: ("#dafbe1", "#1a7f37"), refusal: ("#ffebe9", "#cf222e"), message: "#bc4c00")
  private static let dark = Palette(
    ink: "#e6edf3", soft: "#adb5bf", line: "#8b949e", paper: "#161b22", host: ("#10293f", "#4493f8"),
    mailbox: ("#12301c", "#3fb950"), refusal: ("#3c1618", "#f85149"), message: "#f0883e")

  private static func colours(_ palette: Palette) -> String {
    func box(_ name: String, _ colour: (fill: String, line: String)) -> String {
      "rect.\(name) { fill: \(colour.fill); stroke: \(colour.line); }\n"
    }
    return "rect { fill: \(palette.paper); stroke: \(palette.line); }\n" + box("host", palette.host)
      + box("mailbox", palette.mailbox) + box("refusal", palette.refusal)
      + "text { fill: \(palette.ink); }\n.more, .label { fill: \(palette.soft); }\n.label { stroke: \(palette.paper); }\n"
      + "path { stroke: \(palette.line); }\npath.message { stroke: \(palette.message); }\n"
      + "marker path { fill: \(palette.line); }\n.message-end path { fill: \(palette.message); }\n"
      + ".message-label { fill: \(palette.message); }\n"
  }
}
