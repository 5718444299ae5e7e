// HostFlow.swift: what one host's configuration does with a message, stage by stage.
//
//     client ─► MAIL ─► RCPT ─► content ─► addresses ─► mailers
//                 asks tables, may refuse                └─► mailbox, next host
//
// Read off the configuration as it stands: a stage names the tables that can have a say in it.
//
// Fails: never; what the configuration has not is not drawn.

import Pictures

package struct HostFlow: Sendable, Equatable {
  /// A step that every message takes.
  package struct Stage: Sendable, Equatable {
    package var name: String
    /// What is asked there.
    package var lines: [String]

    package init(_ name: String, _ lines: [String]) { (self.name, self.lines) = (name, lines) }
  }

  /// A mailer or transport, and which mail it gets.
  package struct End: Sendable, Equatable {
    package var name: String
    package var lines: [String]
    package var label: String
    /// Whether its mail leaves the host.
    package var isRemote: Bool

    package init(_ name: String, _ lines: [String], label: String = "", isRemote: Bool) {
      (self.name, self.lines, self.label, self.isRemote) = (name, lines, label, isRemote)
    }
  }

  package var title: String
  package var stages: [Stage] = []
  package var ends: [End] = []

  package init(title: String) { self.title = title }

  package var graph: FlowGraph {
    var graph = FlowGraph(title: title)
    var last = graph.add(["a client"], .outside, rank: 0)
    for (index, stage) in stages.enumerated() {
      let node = graph.add([stage.name] + stage.lines.map(Self.short), .step, rank: index + 1)
      graph.connect(last, node)
      last = node
    }
    let hasRemote = ends.contains(where: \.isRemote)
    let rank = stages.count + 1
    let places = (
      mailbox: graph.add(["mailboxes, programs, files"], .mailbox, rank: rank + 1),
      next: hasRemote ? graph.add(["other hosts"], .outside, rank: rank + 1) : nil
    )
    for end in ends {
      let node = graph.add([end.name] + end.lines.map(Self.short), .host, rank: rank)
      graph.connect(last, node, end.label)
      graph.connect(node, end.isRemote ? places.next ?? places.mailbox : places.mailbox, "", end.isRemote ? .out : .way)
    }
    return graph
  }

  /// A line that a box has room for.
  private static func short(_ line: String) -> String {
    let most = 72
    return line.count > most ? line.prefix(most - 1) + "…" : line
  }
}
