// OrganisationGraph.swift: an organisation's hosts, and the ways of mail between them, as a graph.

import MailAddress
import Pictures
import Resolver

extension Organisation {
  /// All ways: in, down, and out.
  package var graph: FlowGraph {
    var graph = FlowGraph(title: "Mail of \(top.name)")
    let picture = OrganisationGraph(self, &graph)
    picture.connectEntrances(&graph)
    picture.connectWays(&graph)
    return graph
  }

  /// The ways of one message, over the hosts that have to do with it.
  package func graph(of journeys: [Journey], title: String) -> FlowGraph {
    var graph = FlowGraph(title: title)
    let picture = OrganisationGraph(self, &graph)
    for journey in journeys { picture.connect(journey, &graph) }
    return graph
  }
}

private struct OrganisationGraph {
  private let organisation: Organisation
  private let outside: Int
  private var hosts: [DomainName: Int] = [:]

  init(_ organisation: Organisation, _ graph: inout FlowGraph) {
    self.organisation = organisation
    outside = graph.add(["the rest of the world"], .outside, rank: 0)
    for (index, domain) in organisation.domains.enumerated() {
      let level = 2 * organisation.path(from: index).filter { !organisation.domains[$0].hosts.isEmpty }.count - 1
      let names = organisation.served(by: index).map { "\(organisation.domains[$0].name)" }
      for host in domain.hosts {
        let more = host.roles.contains(.inbound) ? names : []
        let isBelow = !host.roles.contains(.inbound) && !host.roles.contains(.outbound)
        hosts[host.name] = graph.add(
          ["\(host.name)", host.system.rawValue] + more.map { "for \($0)" }, .host, rank: isBelow ? level + 1 : level)
      }
    }
  }

  /// Whom the DNS names to strangers.
  func connectEntrances(_ graph: inout FlowGraph) {
    for index in organisation.domains.indices where !organisation.domains[index].hosts.isEmpty {
      for exchanger in organisation.exchangers(of: index, in: .outside) where !organisation.isClosed(exchanger.host) {
        guard let host = hosts[exchanger.host], exchanger.preference < Organisation.preferencesPerLevel else {
          continue
        }
        graph.connect(outside, host, "MX \(exchanger.preference)", .way)
      }
    }
  }

  func connectWays(_ graph: inout FlowGraph) {
    for plan in organisation.plans {
      guard let from = hosts[plan.host.name] else { continue }
      for relay in plan.relays {
        // The way to a domain further down is that of the domain in between.
        guard let first = relay.hosts.first, let to = hosts[first], organisation.served(first, relay.name) else {
          continue
        }
        graph.connect(from, to, "\(relay.name)", .way)
      }
      for store in plan.stores { hosts[store].map { graph.connect(from, $0, "LMTP", .way) } }
      if let next = plan.smartHost.flatMap({ hosts[$0] }) {
        graph.connect(from, next, "", .out)
      } else if plan.host.roles.contains(.outbound) {
        graph.connect(from, outside, "", .out)
      }
    }
  }

  // MARK: one message

  func connect(_ journey: Journey, _ graph: inout FlowGraph) {
    var here = outside
    for (number, hop) in journey.hops.enumerated() {
      guard let host = hosts[hop.host] else { continue }
      graph.connect(here, host, "\(number + 1). \(hop.recipient.text)", .message)
      here = host
    }
    let rank = graph.nodes[here].rank + 1
    switch journey.end {
    case .mailbox(let account):
      graph.connect(here, graph.add([account.text, "mailbox"], .mailbox, rank: rank), "", .message)
    case .store(let host, let account):
      guard let store = hosts[host] else { return }
      graph.connect(here, store, "LMTP", .message)
      let box = graph.add([account.text, "mailbox"], .mailbox, rank: graph.nodes[store].rank + 1)
      graph.connect(store, box, "", .message)
    case .left(_, let recipient): graph.connect(here, outside, recipient.text, .message)
    case .program(let command):
      graph.connect(here, graph.add([command.text, "program"], .step, rank: rank), "", .message)
    case .file(let path): graph.connect(here, graph.add([path.text, "file"], .step, rank: rank), "", .message)
    default: graph.connect(here, graph.add([journey.end.summary], .refusal, rank: rank), "", .message)
    }
  }
}

extension Organisation {
  /// Whether a host is one of those that serve a domain.
  fileprivate func served(_ host: DomainName, _ domain: DomainName) -> Bool {
    guard let index = index(of: domain), let server = server(of: index) else { return false }
    return domains[server].hosts.contains { $0.name == host }
  }
}
