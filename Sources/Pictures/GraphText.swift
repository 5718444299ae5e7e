// GraphText.swift: a graph in the languages of dot(1) and of Mermaid.

extension FlowGraph {
  /// For Graphviz: `dot -Tsvg`.
  package var dot: String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    let shapes: [Node.Kind: String] = [
      .outside: "shape=ellipse", .mailbox: "shape=box style=\"rounded,filled\" fillcolor=\"#dafbe1\"",
      .host: "shape=box style=filled fillcolor=\"#ddf4ff\"", .step: "shape=box",
      .refusal: "shape=box color=\"#cf222e\"",
    ]
    let styles: [Edge.Kind: String] = [
      .way: "style=solid", .backup: "style=dotted", .out: "style=dashed", .message: "color=\"#bc4c00\" penwidth=2",
    ]
    let nodes = nodes.enumerated().map { index, node in
      "  n\(index) [label=\(quoted(node.lines.joined(separator: "\n"))) \(shapes[node.kind] ?? "")];\n"
    }
    let rows = Dictionary(grouping: self.nodes.indices, by: { self.nodes[$0].rank }).sorted { $0.key < $1.key }.map {
      "  { rank=same; " + $0.value.map { "n\($0);" }.joined(separator: " ") + " }\n"
    }
    let edges = edges.map { edge in
      // Only downward arrows put boxes in rows.
      let isUp = self.nodes[edge.from].rank > self.nodes[edge.to].rank
      return
        "  n\(edge.from) -> n\(edge.to) [label=\(quoted(edge.label)) \(styles[edge.kind] ?? "")\(isUp ? " constraint=false" : "")];\n"
    }
    return "digraph mail {\n  label=\(quoted(title));\n  labelloc=t;\n" + (nodes + rows + edges).joined() + "}\n"
  }

  /// For Mermaid, as many places that show Markdown draw it.
  package var mermaid: String {
    func quoted(_ text: String) -> String {
      // Entities of its own: it has no escape for a quote.
      "\""
        + text.replacing("#", with: "#35;").replacing("\"", with: "#quot;").replacing("<", with: "#lt;")
        .replacing(">", with: "#gt;") + "\""
    }
    let nodes = nodes.enumerated().map { index, node in
      let label = quoted(node.lines.joined(separator: "\n")).replacing("\n", with: "<br/>")
      return switch node.kind {
      case .outside, .mailbox: "  n\(index)([\(label)])\n"
      case .host, .step: "  n\(index)[\(label)]\n"
      case .refusal: "  n\(index){{\(label)}}\n"
      }
    }
    let edges = edges.map { edge in
      let label = edge.label.isEmpty ? "" : "|\(quoted(edge.label))|"
      let arrow = [Edge.Kind.way: "-->", .backup: "-.->", .out: "-.->", .message: "==>"][edge.kind] ?? "-->"
      return "  n\(edge.from) \(arrow)\(label) n\(edge.to)\n"
    }
    return "---\ntitle: \(quoted(title))\n---\nflowchart TD\n" + (nodes + edges).joined()
  }
}
