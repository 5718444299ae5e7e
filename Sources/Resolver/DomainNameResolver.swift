// DomainNameResolver.swift: the questions that mail asks of the DNS.
//
// Fails: never. That a name is not there and that nobody can say now are two answers:
// for the first mail bounces, for the second it waits.

/// How a question ends.
package enum DNSAnswer: Sendable, Equatable {
  /// At least one record of the wanted type, aliases followed.
  case records([Record])
  case noSuchName
  /// The name is there, but has nothing of that type.
  case noData
  case temporaryFailure(String)
}

/// A source of answers. Synchronous: never to be called on an event loop.
package protocol DomainNameResolver: Sendable {
  /// - Parameter deadline: after which the answer is a temporary failure.
  func lookUp(_ name: DomainName, _ type: RecordType, deadline: ContinuousClock.Instant) -> DNSAnswer
}

/// A host that takes the mail of a domain.
package struct MailExchanger: Sendable, Hashable {
  package var preference: Int
  package var host: DomainName

  package init(preference: Int, host: DomainName) {
    self.preference = preference
    self.host = host
  }
}

/// Which hosts take the mail of a domain.
package enum MailExchangers: Sendable, Equatable {
  /// By preference, best first; a domain without MX records is its own exchanger.
  case hosts([MailExchanger])
  case noSuchDomain
  /// The domain says that it takes no mail (RFC 7505).
  case refusesMail
  case temporaryFailure(String)
}

/// Addresses of a host.
package enum HostAddresses: Sendable, Equatable {
  case addresses([IPAddress])
  case noSuchHost
  case temporaryFailure(String)
}

extension DomainNameResolver {
  /// RFC 5321 section 5.1.
  package func mailExchangers(
    of domain: DomainName, deadline: ContinuousClock.Instant
  ) -> MailExchangers {
    switch lookUp(domain, .mx, deadline: deadline) {
    case .noSuchName: return .noSuchDomain
    case .temporaryFailure(let reason): return .temporaryFailure(reason)
    case .noData: return .hosts([MailExchanger(preference: 0, host: domain)])
    case .records(let records):
      let exchangers = records.compactMap { record -> MailExchanger? in
        guard case .mailExchanger(let preference, let host) = record.data else { return nil }
        return MailExchanger(preference: preference, host: host)
      }
      if exchangers.allSatisfy({ $0.host == .root }) { return .refusesMail }
      return .hosts(
        exchangers.filter { $0.host != .root }.enumerated().sorted {
          ($0.element.preference, $0.offset) < ($1.element.preference, $1.offset)
        }.map(\.element))
    }
  }

  /// IPv4 addresses first, then IPv6.
  package func addresses(of host: DomainName, deadline: ContinuousClock.Instant) -> HostAddresses {
    var found: [IPAddress] = []
    var failure: String?
    var isThere = false
    for type in [RecordType.a, .aaaa] {
      switch lookUp(host, type, deadline: deadline) {
      case .records(let records):
        found += records.compactMap { if case .address(let address) = $0.data { address } else { nil } }
      case .noData: isThere = true
      case .noSuchName: break
      case .temporaryFailure(let reason): failure = reason
      }
    }
    if !found.isEmpty { return .addresses(found) }
    if let failure { return .temporaryFailure(failure) }
    return isThere ? .addresses([]) : .noSuchHost
  }

  /// The names that an address leads to.
  package func names(of address: IPAddress, deadline: ContinuousClock.Instant) -> DNSAnswer {
    lookUp(DomainName(reverseOf: address), .ptr, deadline: deadline)
  }
}
