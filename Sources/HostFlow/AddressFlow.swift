// AddressFlow.swift: the way of one address through a host.
//
//     client ─► accepted, 550 … ─► local boss ─► esmtp the.boss ─► another host

import MailAddress
import Pictures
import Routing

/// What the host made of an envelope, as a graph.
package struct AddressFlow {
  private let envelope: Envelope
  private let answer: EnvelopeAnswer

  package init(_ envelope: Envelope, _ answer: EnvelopeAnswer) { (self.envelope, self.answer) = (envelope, answer) }

  package func graph(title: String) -> FlowGraph {
    var graph = FlowGraph(title: title)
    let from = envelope.sender.isEmpty ? "<>" : envelope.sender.text
    let client = envelope.client.arrival == .commandLine ? "a command of this host" : envelope.client.address.text
    let start = graph.add([client, "from \(from)"], .outside, rank: 0)
    if let reply = answer.session.refusal {
      let name = "\(answer.stage)"
      graph.connect(start, graph.add([reply.description, "at \(name)"], .refusal, rank: 1), "", .message)
      return graph
    }
    for recipient in answer.recipients { add(recipient, start, &graph) }
    return graph
  }

  private func add(_ recipient: RecipientAnswer, _ start: Int, _ graph: inout FlowGraph) {
    let given = recipient.given.text
    if let reply = recipient.decision.refusal {
      graph.connect(start, graph.add([reply.description, "to \(given)"], .refusal, rank: 1), "RCPT", .message)
      return
    }
    let accepted = graph.add([given, "accepted"], .step, rank: 1)
    graph.connect(start, accepted, "RCPT", .message)
    var steps: [[Resolution]: Int] = [:]
    for delivery in recipient.deliveries {
      var last = accepted
      for index in delivery.path.indices {
        let way = Array(delivery.path[...index])
        let node =
          steps[way]
          ?? graph.add(
            [way[index].transport.text, way[index].user.text].filter { !$0.isEmpty }, .host, rank: index + 2)
        steps[way] = node
        graph.connect(last, node, "", .message)
        last = node
      }
      end(delivery, last, &graph)
    }
  }

  private func end(_ delivery: Delivery, _ last: Int, _ graph: inout FlowGraph) {
    let rank = graph.nodes[last].rank + 1
    let lines: [String]
    var kind = FlowGraph.Node.Kind.mailbox
    switch delivery.destination {
    case .mailbox(let user, let command):
      let program = command.map { Bytes($0.prefix { !$0.isWhiteSpace }).text }
      lines = [user.text, program.map { "mailbox by \($0)" } ?? "mailbox"]
    case .program(let command): lines = [command.text, "program"]
    case .file(let path): lines = [path.text, "file"]
    case .remote(let host): (lines, kind) = ([host.text, "another host, \(delivery.recipient.text)"], .outside)
    case .agent(let transport, let host):
      lines = [transport.text, host.isEmpty ? "agent" : "agent, \(host.text)"]
    case .bounce(let reply): (lines, kind) = ([reply.description, "comes back"], .refusal)
    case .deferred(let reply): (lines, kind) = ([reply.description, "waits"], .refusal)
    case .nowhere: (lines, kind) = (["thrown away"], .refusal)
    }
    graph.connect(last, graph.add(lines, kind, rank: rank), "", .message)
  }
}
