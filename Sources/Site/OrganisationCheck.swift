// OrganisationCheck.swift: does the organisation fit together?
//
// Each check looks at one thing all over the tree and adds what it finds; none stops
// another. What mail does from host to host is not asked here: that takes the hosts'
// configurations.

import Diagnostics
import MailAddress
import Resolver

/// What is wrong in an organisation although each word of it can be read.
struct OrganisationCheck {
  private let organisation: Organisation
  private var faults: [Diagnostic] = []

  static func faults(of organisation: Organisation) -> [Diagnostic] {
    var check = OrganisationCheck(organisation: organisation)
    check.names()
    check.hosts()
    check.stores()
    check.masquerades()
    check.people()
    check.forwards()
    check.loops()
    check.postmaster()
    return check.faults
  }

  private init(organisation: Organisation) { self.organisation = organisation }

  private mutating func add(
    _ message: Diagnostic.Message, at position: SourcePosition, length: Int = 0, first: SourcePosition? = nil
  ) {
    let notes = first.map { [Diagnostic.Note("first here", at: $0)] } ?? []
    faults.append(Diagnostic(.error, message, at: position, length: length, notes: notes))
  }

  private var allHosts: [MailHost] { organisation.domains.flatMap(\.hosts) }

  // MARK: names and hosts

  private mutating func names() {
    var seen: [DomainName: (what: String, at: SourcePosition)] = [:]
    for domain in organisation.domains { seen[domain.name] = ("a domain", domain.position) }
    for host in allHosts {
      if let first = seen[host.name] {
        add(.repeatedName("\(host.name)", first: first.what), at: host.position, first: first.at)
      }
      seen[host.name] = ("a host", host.position)
    }
    for server in organisation.zone.nameServers where server.value.isBelowOrSame(organisation.top.name) {
      guard !allHosts.contains(where: { $0.name == server.value }) else { continue }
      let near = nearest(server.value, allHosts.map(\.name))
      add(.noNameServer(server.value, near: near), at: server.position, length: server.length)
    }
  }

  private func nearest(_ name: DomainName, _ names: [DomainName]) -> DomainName? {
    nearestName(to: "\(name)", among: names.map(\.description)).flatMap { DomainName($0) }
  }

  private mutating func hosts() {
    var seen: [IPAddress: MailHost] = [:]
    for host in allHosts {
      for address in host.addresses {
        if let first = seen[address] {
          add(.repeatedAddress(address, of: first.name), at: host.position, first: first.position)
        }
        seen[address] = host
      }
    }
    if organisation.top.hosts.isEmpty { add(.noHosts(organisation.top.name), at: organisation.top.position) }
    for domain in organisation.domains {
      guard let first = domain.hosts.first, domain.hosts.allSatisfy({ $0.system == .lmtp }) else { continue }
      add(.storeAlone(domain.name), at: first.position)
    }
  }

  /// Mailboxes are kept at leaves.
  private mutating func stores() {
    for index in organisation.domains.indices {
      let hasMailboxes = organisation.served(by: index).contains { served in
        organisation.domains[served].people.contains { $0.account != nil }
      }
      guard hasMailboxes, let host = organisation.domains[index].mailboxHost, host.roles.contains(.inbound),
        let below = organisation.relayed(by: index).first
      else { continue }
      add(
        .mailboxesAtRelay(host.name, below: organisation.domains[below].name, label: freeLabel(in: index)),
        at: host.position)
    }
  }

  private func freeLabel(in index: DomainIndex) -> String {
    let taken = Set(allHosts.map(\.name) + organisation.domains.map(\.name))
    let labels = ["box"] + (2...99).map { "box\($0)" }
    return labels.first { label in
      DomainName(labels: [Array(label.utf8)] + organisation.domains[index].name.labels).map { !taken.contains($0) }
        ?? false
    } ?? "box"
  }

  private mutating func masquerades() {
    // Domains below inherit it; it is told where it was written.
    var told: Set<SourcePosition> = []
    for domain in organisation.domains {
      guard case .domain(let name) = domain.flow.masquerade, organisation.index(of: name.value) == nil,
        told.insert(name.position).inserted
      else { continue }
      let near = nearest(name.value, organisation.domains.map(\.name))
      add(.unknownDomain(name.value, near: near), at: name.position, length: name.length)
    }
  }

  // MARK: people

  private mutating func people() {
    var accounts: [DomainIndex: [Bytes: (address: Bytes, at: SourcePosition)]] = [:]
    for (index, domain) in organisation.domains.enumerated() {
      var names: [Bytes: SourcePosition] = [:]
      let server = organisation.server(of: index)
      for person in domain.people {
        for (name, position) in [(person.name, person.position)] + person.otherNames.map({ ($0.value, $0.position) }) {
          if let first = names[name.lowercased] {
            add(.repeatedName(name.text, first: "a name in \(domain.name)"), at: position, first: first)
          }
          names[name.lowercased] = position
        }
        guard let account = person.account, let server else { continue }
        let address = person.name + [.at] + domain.name.text
        if let first = accounts[server]?[account] {
          add(.repeatedAccount(account, of: first.address), at: person.position, first: first.at)
        }
        accounts[server, default: [:]][account] = (address, person.position)
      }
    }
  }

  /// Where mail is forwarded to within the organisation, somebody reads it.
  private mutating func forwards() {
    for forward in organisation.domains.flatMap(\.people).flatMap(\.forward) {
      let parts = AddressForm.parts(forward.value)
      guard let name = parts.domain.flatMap({ DomainName($0) }), name.isBelowOrSame(organisation.top.name) else {
        continue
      }
      guard let index = organisation.index(of: name) else {
        let near = nearest(name, organisation.domains.map(\.name))
        add(.unknownDomain(name, near: near), at: forward.position, length: forward.length)
        continue
      }
      let isPostmaster = parts.local.equalsIgnoringCase(Bytes(ascii: "postmaster"))
      if organisation.person(at: forward.value) != nil || isPostmaster { continue }
      let known = organisation.domains[index].people.flatMap(\.names).map(\.text)
      let near = nearestName(to: parts.local.text, among: known).map { "\($0)@\(name)" }
      add(.unknownPerson(forward.value, near: near), at: forward.position, length: forward.length)
    }
  }

  private mutating func loops() {
    var done: Set<Bytes> = []
    for domain in organisation.domains {
      for person in domain.people { follow([person.name + [.at] + domain.name.text], &done) }
    }
  }

  /// - Parameter chain: addresses that forward to one another, the last not looked at yet.
  private mutating func follow(_ chain: [Bytes], _ done: inout Set<Bytes>) {
    guard let last = chain.last, let found = organisation.person(at: last) else { return }
    let key = found.person.name.lowercased + [.at] + organisation.domains[found.domain].name.text
    guard !done.contains(key) else { return }
    defer { done.insert(key) }
    for forward in found.person.forward {
      if let start = chain.firstIndex(where: { $0.equalsIgnoringCase(forward.value) }) {
        add(.forwardLoop(Array(chain[start...]) + [forward.value]), at: forward.position, length: forward.length)
      } else {
        follow(chain + [forward.value], &done)
      }
    }
  }

  private mutating func postmaster() {
    guard !organisation.top.hosts.isEmpty, organisation.postmaster(of: 0) == nil else { return }
    add(.noPostmaster(organisation.top.name), at: organisation.top.position)
  }
}
