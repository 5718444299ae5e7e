// FlowGraph.swift: boxes and arrows, before anybody draws them.
//
// Whoever makes one says what stands above what (`rank`), and nothing of places; SVG, DOT and
// Mermaid are three ways to write it.

package struct FlowGraph: Sendable, Equatable {
  package var title: String
  package var nodes: [Node] = []
  package var edges: [Edge] = []

  package init(title: String) { self.title = title }

  package struct Node: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
      /// The rest of the world.
      case outside
      case host
      case mailbox
      /// A step within a host.
      case step
      case refusal
    }

    /// The first line is the name.
    package var lines: [String]
    package var kind: Kind
    /// 0 is the uppermost row.
    package var rank: Int
  }

  package struct Edge: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
      /// Where mail may go.
      case way
      /// Where it goes when the usual host is down.
      case backup
      /// Out of the organisation.
      case out
      /// The message that the picture is about.
      case message
    }

    package var from: Int
    package var to: Int
    package var label: String
    package var kind: Kind
  }

  /// - Returns: the number of the node.
  package mutating func add(_ lines: [String], _ kind: Node.Kind, rank: Int) -> Int {
    nodes.append(Node(lines: lines, kind: kind, rank: max(rank, 0)))
    return nodes.count - 1
  }

  /// An arrow that is there already gets the label, too.
  package mutating func connect(_ from: Int, _ to: Int, _ label: String = "", _ kind: Edge.Kind = .way) {
    guard nodes.indices.contains(from), nodes.indices.contains(to), from != to else { return }
    guard let index = edges.firstIndex(where: { $0.from == from && $0.to == to && $0.kind == kind }) else {
      edges.append(Edge(from: from, to: to, label: label, kind: kind))
      return
    }
    if label.isEmpty || edges[index].label == label { return }
    edges[index].label += (edges[index].label.isEmpty ? "" : ", ") + label
  }
}
