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
  ///
  /// - Parameter isFromOutside: whether the first host has it from the rest of the world.
  package func graph(of journeys: [Journey], title: String, isFromOutside: Bool = true) -> FlowGraph {
    var graph = FlowGraph(title: title)
    let picture = OrganisationGraph(self, &graph)
    for journey in journeys { picture.connect(journey, isFromOutside, &graph) { "\($0). \($1.text)" } }
    return graph
  }

  /// The ways of many messages, each arrow with how many go that way.
  package func graph(ofMany journeys: [Journey], title: String, isFromOutside: Bool = true) -> FlowGraph {
    var graph = FlowGraph(title: title)
    let picture = OrganisationGraph(self, &graph)
    var counts: [[Int]: Int] = [:]
    for journey in journeys {
      picture.connect(journey, isFromOutside, &graph) { _, _ in "" }
      for pair in picture.path(of: journey, isFromOutside) { counts[pair, default: 0] += 1 }
    }
    for index in graph.edges.indices {
      let edge = graph.edges[index]
      graph.edges[index].label = counts[[edge.from, edge.to]].map(String.init) ?? ""
    }
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

  /// - Parameter label: of the arrow to a host, by its number on the way and the recipient there.
  func connect(
    _ journey: Journey, _ isFromOutside: Bool, _ graph: inout FlowGraph, label: (Int, Bytes) -> String
  ) {
    var here = isFromOutside ? outside : nil
    for (number, hop) in journey.hops.enumerated() {
      guard let host = hosts[hop.host] else { continue }
      if let here { graph.connect(here, host, label(number + 1, hop.recipient), .message) }
      here = host
    }
    guard let here else { return }
    switch journey.end {
    case .mailbox(let account): end([account.text, "mailbox"], .mailbox, below: here, &graph)
    case .store(let host, let account):
      guard let store = hosts[host] else { return }
      graph.connect(here, store, "LMTP", .message)
      end([account.text, "mailbox"], .mailbox, below: store, &graph)
    case .left(_, let recipient): graph.connect(here, outside, recipient.text, .message)
    case .program(let command): end([command.text, "program"], .step, below: here, &graph)
    case .file(let path): end([path.text, "file"], .step, below: here, &graph)
    default: end([journey.end.summary], .refusal, below: here, &graph)
    }
  }

  /// What a host hands mail to on itself; there is one box for each such thing.
  private func end(_ lines: [String], _ kind: FlowGraph.Node.Kind, below host: Int, _ graph: inout FlowGraph) {
    let same = graph.edges.first {
      $0.from == host && graph.nodes[$0.to].kind == kind && graph.nodes[$0.to].lines == lines
    }
    let rank = graph.nodes[host].rank + 1
    graph.connect(host, same?.to ?? graph.add(lines, kind, rank: rank), "", .message)
  }

  /// The arrows between hosts that a journey takes.
  func path(of journey: Journey, _ isFromOutside: Bool) -> [[Int]] {
    let places = (isFromOutside ? [outside] : []) + journey.hops.compactMap { hosts[$0.host] }
    let steps = zip(places, places.dropFirst()).map { [$0, $1] }
    guard case .left = journey.end, let last = places.last else { return steps }
    return steps + [[last, outside]]
  }
}

extension Organisation {
  /// Whether a host is one of those that serve a domain.
  fileprivate func served(_ host: DomainName, _ domain: DomainName) -> Bool {
    guard let index = index(of: domain), let server = server(of: index) else { return false }
    return domains[server].hosts.contains { $0.name == host }
  }
}
