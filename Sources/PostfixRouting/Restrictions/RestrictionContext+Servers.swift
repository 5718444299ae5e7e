// RestrictionContext+Servers.swift: check_…_a_access, check_…_mx_access, check_…_ns_access.
//
//     x@domain ─► MX of domain ─► mx.example ─► keys mx.example, example, .example
//                                           └─► 192.0.2.1 … ─► keys 192.0.2.1, 192.0.2, …
//
// Fails: what the DNS cannot say is no opinion. A table may not permit here, since
// anybody can name hosts of others in the DNS of a domain: 451 4.3.5.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  func checkServers(_ kind: ServerKind, _ subject: AccessSubject, _ maps: MapList, _ name: String) -> Verdict {
    guard let question = questioned(subject) else { return .noOpinion }
    for key in serverKeys(kind, of: question.host) {
      let keys = key.isAddress ? addressKeys(key.text) : domainKeys(key.text)
      guard let verdict = entry(of: maps, keys: keys, question.label, question.kind) else { continue }
      // DUNNO makes an exception, for the hosts that come later, too.
      guard verdict == .permit, actions.discard == nil else { return verdict }
      return serverError("\(name) returns OK for \(key.text.text), use DUNNO instead")
    }
    return .noOpinion
  }

  /// Names and addresses of the hosts behind a name, in the order in which they are asked about.
  private func serverKeys(_ kind: ServerKind, of host: Bytes) -> [(text: Bytes, isAddress: Bool)] {
    if let address = Self.literal(host) { return kind == .nameServer ? [] : [(address, true)] }
    guard HostName.isValid(host), host.last != .dot, let servers = servers(kind, of: host) else { return [] }
    return servers.flatMap { server in
      [(server, false)] + ((try? addresses(of: server).get()) ?? []).map { ($0, true) }
    }
  }

  /// Those of the protocols that this host speaks, at least one.
  private func addresses(of host: Bytes) -> Result<[Bytes], NoAddress> {
    switch policy.names.addresses(of: host) {
    case .addresses(let found):
      let addresses = found.map { Bytes("\($0)".utf8) }.filter(policy.uses)
      return addresses.isEmpty ? .failure(.none) : .success(addresses)
    case .noSuchHost: return .failure(.noSuchHost)
    case .temporaryFailure: return .failure(.temporary)
    }
  }

  /// Why a host has no address, as getaddrinfo(3) words it.
  private enum NoAddress: String, Error {
    case none = "No address associated with hostname"
    case noSuchHost = "Name or service not known"
    case temporary = "Temporary failure in name resolution"
  }

  /// The address in `192.0.2.1`, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
  private static func literal(_ host: Bytes) -> Bytes? {
    var text = host
    if text.first == .openBracket, text.last == .closeBracket {
      text = Bytes(text.dropFirst().dropLast())
      if text.lowercased.hasPrefix(Bytes(ascii: "ipv6:")) { text.removeFirst(5) }
    }
    return Network.octets(text) == nil ? nil : text
  }

  private func servers(_ kind: ServerKind, of host: Bytes) -> [Bytes]? {
    switch kind {
    case .address: return [host]
    case .nameServer: return policy.names.nameServers(of: host)
    case .exchanger:
      guard case .hosts(let exchangers) = policy.names.exchangers(of: host) else { return nil }
      return exchangers.map(\.host)
    }
  }

  /// The name whose hosts are asked about, and what a refusal names.
  private func questioned(_ subject: AccessSubject) -> (host: Bytes, label: Bytes, kind: Subject)? {
    func domain(_ address: Bytes?, _ kind: Subject) -> (Bytes, Bytes, Subject)? {
      guard let address, let domain = AddressForm.parts(address).domain else { return nil }
      return (domain, address, kind)
    }
    switch subject {
    case .client: return client.nameState == .verified ? client.name.map { ($0, clientLabel, .client) } : nil
    case .reverseClient: return client.reverseName.map { ($0, $0, .reverseClient) }
    case .helo: return client.helo.map { ($0, $0, .helo) }
    case .sender: return domain(sender, .sender)
    case .recipient: return domain(recipient, .recipient)
    case .login, .certificate: return nil
    }
  }

  // MARK: backup exchangers

  /// permit_mx_backup: this host is an exchanger of the domain, and not the first.
  func isBackup(for domain: Bytes) -> Verdict {
    guard domain.first != .openBracket else { return .noOpinion }
    switch policy.names.exchangers(of: domain) {
    case .none: return .noOpinion
    case .temporaryFailure: return deferIfRejected("Unable to look up mail exchanger information")
    case .hosts(let exchangers):
      // A domain without MX records has no backup.
      if exchangers.map(\.host) == [domain.lowercased] { return .noOpinion }
      let best = exchangers.first?.preference
      let first = exchangers.filter { $0.preference == best }.map(\.host)
      let others = exchangers.filter { $0.preference != best }.map(\.host)
      do throws(Unanswered) {
        guard try !containThisHost(first), try containThisHost(others) else { return .noOpinion }
        if policy.backupNetworks.isEmpty { return .permit }
        return try areInBackupNetworks(first) ? .permit : .noOpinion
      } catch {
        return deferIfRejected("Unable to look up mail exchanger host \(error.host.text): \(error.reason.rawValue)")
      }
    }
  }

  private struct Unanswered: Error {
    let host: Bytes
    let reason: NoAddress
  }

  private func knownAddresses(of host: Bytes) throws(Unanswered) -> [Bytes] {
    switch addresses(of: host) {
    case .success(let addresses): return addresses
    case .failure(let reason): throw Unanswered(host: host, reason: reason)
    }
  }

  private func containThisHost(_ hosts: [Bytes]) throws(Unanswered) -> Bool {
    for host in hosts {
      if (try? policy.classes.isLocal(host)) == true { return true }
      for address in try knownAddresses(of: host) {
        if Network.octets(address).map(policy.classes.addresses.contains) == true { return true }
      }
    }
    return false
  }

  private func areInBackupNetworks(_ hosts: [Bytes]) throws(Unanswered) -> Bool {
    for host in hosts {
      for address in try knownAddresses(of: host)
      where !policy.backupNetworks.contains(name: host, address: address).isMember { return false }
    }
    return true
  }

  private func deferIfRejected(_ text: String) -> Verdict {
    if softening == nil {
      softening = .cannotSay(policy.replies.refuse(450, "4.4.4", recipient ?? [], .recipient, text))
    }
    return .noOpinion
  }
}
