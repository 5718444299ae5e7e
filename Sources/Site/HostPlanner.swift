// HostPlanner.swift: the plans of all hosts, out of the organisation.

import MailAddress
import Resolver

extension Organisation {
  /// What each host has to know; hosts that take LMTP alone have no plan.
  package var plans: [HostPlan] {
    domains.indices.flatMap { index in
      domains[index].hosts.filter { $0.system != .lmtp }.map { HostPlanner(self, index, $0).plan }
    }
  }
}

private struct HostPlanner {
  private let organisation: Organisation
  private let index: DomainIndex
  private let host: MailHost

  init(_ organisation: Organisation, _ index: DomainIndex, _ host: MailHost) {
    self.organisation = organisation
    self.index = index
    self.host = host
  }

  private var domain: MailDomain { organisation.domains[index] }
  private func has(_ role: HostRole) -> Bool { host.roles.contains(role) }

  var plan: HostPlan {
    var plan = HostPlan(host: host, domain: index)
    if has(.inbound) {
      plan.localDomains = [domain.name]
      plan.virtualDomains = virtualDomains.map { organisation.domains[$0].name }
      plan.aliases = aliases
      for user in virtualDomains.flatMap(virtualUsers) { add(user, to: &plan) }
      if let store = domain.mailboxHost, store.system == .lmtp { plan.stores = [store.name] }
    } else {
      plan.relays = [relayed(index)]
    }
    plan.relays += below
    if isStore {
      plan.accounts = people.compactMap(\.account)
      plan.forwardFiles = people.filter { $0.forwarder == .user }.compactMap(forwardFile)
    }
    plan.smartHost = smartHost
    plan.masquerade = masquerade
    plan.trustedNetworks = trustedNetworks
    if organisation.takesMailAtTopOnly(index) { plan.entrance = organisation.top.inboundHosts.first?.name }
    return plan
  }

  // MARK: people

  /// Served domains without hosts.
  private var virtualDomains: [DomainIndex] {
    organisation.served(by: index).filter { $0 != index }
  }

  /// Everybody in the domains that the hosts of this one serve.
  private var people: [Person] {
    organisation.served(by: index).flatMap { organisation.domains[$0].people }
  }

  /// Whether mailboxes of this domain are kept on this host.
  private var isStore: Bool { domain.mailboxHost?.name == host.name }

  private var aliases: [Forwarding] {
    let own = domain.people.flatMap { person in
      person.names.compactMap { forwarding(person, as: $0, isNamedByAccount: true) }
    }
    return own + postmaster(of: index, named: Bytes(ascii: "postmaster"))
  }

  private func virtualUsers(of index: DomainIndex) -> [Forwarding] {
    let domain = organisation.domains[index]
    func whole(_ name: Bytes) -> Bytes { name + [.at] + domain.name.text }
    let people = domain.people.flatMap { person in
      person.names.compactMap { forwarding(person, as: whole($0), isNamedByAccount: false) }
    }
    return people + postmaster(of: index, named: whole(Bytes(ascii: "postmaster")))
  }

  /// A table has one address on the right: lists stand among the aliases.
  private func add(_ user: Forwarding, to plan: inout HostPlan) {
    guard user.targets.count > 1 else {
      plan.virtualUsers.append(user)
      return
    }
    let parts = AddressForm.parts(user.name)
    let alias = parts.local + Bytes(ascii: ".at.") + (parts.domain ?? [])
    plan.virtualUsers.append(Forwarding(name: user.name, targets: [alias]))
    plan.aliases.append(Forwarding(name: alias, targets: user.targets))
  }

  /// - Parameter isNamedByAccount: whether an account of that name gets the mail without a word.
  private func forwarding(_ person: Person, as name: Bytes, isNamedByAccount: Bool) -> Forwarding? {
    var targets = person.forwarder == .alias ? person.forward.map(\.value) : []
    if let account = person.account, targets.isEmpty || person.keepsCopy {
      // Behind a backslash an account is not looked up among the aliases again.
      let copy = targets.isEmpty || !isStore ? mailbox(account) : [.backslash] + account
      targets.insert(copy, at: 0)
    }
    if isNamedByAccount, targets == [name.lowercased] { return nil }
    return Forwarding(name: name, targets: targets)
  }

  /// Where the mail of an account is handed to.
  private func mailbox(_ account: Bytes) -> Bytes {
    guard let store = domain.mailboxHost, !isStore else { return account }
    return account + [.at] + store.name.text
  }

  /// A domain without a postmaster has that of the domain above.
  private func postmaster(of index: DomainIndex, named name: Bytes) -> [Forwarding] {
    let own = Bytes(ascii: "postmaster@") + organisation.domains[index].name.text
    guard organisation.person(at: own) == nil, let other = organisation.postmaster(of: index) else { return [] }
    return [Forwarding(name: name, targets: [other])]
  }

  private func forwardFile(_ person: Person) -> Forwarding? {
    guard let account = person.account, !person.forward.isEmpty else { return nil }
    let copy = person.keepsCopy ? [[.backslash] + account] : []
    return Forwarding(name: account, targets: copy + person.forward.map(\.value))
  }

  // MARK: ways

  /// The domains below, each with the hosts of the one of them that stands nearest.
  private var below: [RelayedDomain] {
    organisation.relayed(by: index).flatMap { child in
      organisation.domains.indices.filter { organisation.path(from: $0).contains(child) }
        .map { relayed($0, through: child) }
    }
  }

  private func relayed(_ index: DomainIndex, through server: DomainIndex? = nil) -> RelayedDomain {
    let hosts = organisation.domains[server ?? index].inboundHosts.map(\.name)
    return RelayedDomain(name: organisation.domains[index].name, hosts: hosts, knownNames: knownNames(of: index))
  }

  /// What a managed domain tells the hosts above it.
  private func knownNames(of index: DomainIndex) -> [Bytes]? {
    let between = organisation.path(from: index).prefix { $0 != self.index }
    guard between.allSatisfy({ !organisation.domains[$0].isAutonomous }) else { return nil }
    let names = organisation.domains[index].people.flatMap(\.names)
    let postmaster = Bytes(ascii: "postmaster")
    return names.contains { $0.equalsIgnoringCase(postmaster) } ? names : names + [postmaster]
  }

  private var smartHost: DomainName? {
    if !has(.outbound) { return domain.outboundHost?.name }
    return organisation.nextOutbound(after: index)?.host
  }

  /// Its clients' networks, and all hosts of the organisation.
  private var trustedNetworks: [IPNetwork] {
    let hosts = organisation.domains.flatMap(\.hosts).filter { $0.name != host.name }
    let addresses = hosts.flatMap(\.addresses).filter { address in
      !domain.flow.networks.contains { $0.contains(address) }
    }
    return domain.flow.networks + addresses.map { IPNetwork($0) }
  }

  private var masquerade: DomainName? {
    switch domain.flow.masquerade {
    case .none: nil
    case .ownDomain: domain.name
    case .domain(let name): name.value
    }
  }
}
