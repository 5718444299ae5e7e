// RestrictionContext+Addresses.swift: restrictions about sender and recipient.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  /// The route of an address as given; a failure as smtpd tells it.
  func route(_ address: Bytes) -> Result<Route, RouteFailure> {
    do throws(MapList.Failure) {
      let completed = policy.resolution.rewriting.rewrite(address)
      return .success(try policy.resolution.resolve(completed, sender: sender ?? []))
    } catch { return .failure(RouteFailure(verdict: lookupFailure(address, error.reason))) }
  }

  struct RouteFailure: Error {
    let verdict: Verdict
  }

  func rejectUnqualified(_ address: Bytes?, _ subject: Subject) -> Verdict {
    guard let address, !address.isEmpty else { return .noOpinion }
    let domain = Self.withoutDot(AddressForm.parts(address).domain ?? [])
    if domain.first == .openBracket { return .noOpinion }
    let isWhole = HostName.isValid(domain) && domain.contains(.dot)
    return isWhole
      ? .noOpinion
      : refuse(policy.codes.unqualified, "5.5.2", address, subject, "need fully-qualified address")
  }

  func rejectUnknownDomain(_ address: Bytes?, _ subject: Subject) -> Verdict {
    guard let address, !address.isEmpty else { return .noOpinion }
    switch route(address) {
    case .failure(let failure): return failure.verdict
    case .success(let route):
      if route.addressClass.isFinal || route.domain.isEmpty || route.domain.first == .openBracket {
        return .noOpinion
      }
      return rejectUnknownDomain(route.domain, address, subject)
    }
  }

  private func rejectUnknownDomain(_ domain: Bytes, _ address: Bytes, _ subject: Subject) -> Verdict {
    switch policy.names.mailDomain(domain) {
    case .exists: return .noOpinion
    case .noSuchName:
      return refuse(policy.codes.unknownAddress, "4.1.2", address, subject, "Domain not found")
    case .nullMX:
      let isSender = subject == .sender
      let text = "Domain \(domain.text) does not accept mail (nullMX)"
      return refuse(isSender ? 550 : 556, isSender ? "4.7.27" : "4.1.10", address, subject, text)
    case .temporaryFailure:
      return deferIfPermit(
        .cannotSay(policy.replies.refuse(450, "4.1.2", address, subject, "Domain not found")))
    }
  }

  /// Whether one may send to the recipient from anywhere; `otherwise` for the rest.
  func authorizedDestination(_ otherwise: (Bytes) -> Verdict) -> Verdict {
    guard let recipient else { return .noOpinion }
    switch route(recipient) {
    case .failure(let failure): return failure.verdict
    case .success(let route):
      if route.isSourceRouted, !policy.allowsUntrustedRouting { return otherwise(recipient) }
      let isOurs = route.addressClass.isFinal || route.addressClass == .relay
      return isOurs ? .permit : otherwise(recipient)
    }
  }

  /// Ours, relayed, or a domain whose mail this host takes while another does not.
  func permitBackup() -> Verdict {
    guard let recipient else { return .noOpinion }
    switch route(recipient) {
    case .failure(let failure): return failure.verdict
    case .success(let route):
      if route.isSourceRouted, !policy.allowsUntrustedRouting { return .noOpinion }
      if route.addressClass.isFinal || route.addressClass == .relay { return .permit }
      return isBackup(for: route.domain)
    }
  }

  func rejectManyForBounce() -> Verdict {
    guard let sender, sender.isEmpty, recipientCount > 1 else { return .noOpinion }
    return refuse(policy.codes.multiRecipientBounce, "5.5.3", name, subject, "Multi-recipient bounce")
  }

  /// Needs a probe through the mail system, which an engine does not send.
  func rejectUnverified(_ address: Bytes?, _ subject: Subject) -> Verdict {
    guard let address, !address.isEmpty else { return .noOpinion }
    return deferIfPermit(
      .cannotSay(
        policy.replies.refuse(
          450, "4.1.1", address, subject, "unverified address: Address verification in progress")))
  }

  // MARK: login names

  enum LoginCase: Sendable { case known, unknown, anonymous }

  /// Whether the sender address belongs to somebody else's login.
  func rejectLoginMismatch(_ cases: [LoginCase]) -> Verdict {
    // Nobody can log in, and nobody is asked to.
    guard policy.hasLogin, let sender, !sender.isEmpty else { return .noOpinion }
    let owners: [Bytes]?
    switch listedIn(policy.loginMaps, sender) {
    case .failure(let failure): return failure.verdict
    case .success(let hit): owners = hit.map { ListSyntax.words($0.entry.value) }
    }
    guard let login = client.authenticatedAs else {
      return owners != nil && cases.contains(.anonymous)
        ? refuse(553, "5.7.1", sender, .sender, "not logged in") : .noOpinion
    }
    guard cases.contains(owners == nil ? .unknown : .known) else { return .noOpinion }
    if owners?.contains(where: { $0.equalsIgnoringCase(login) }) ?? false { return .noOpinion }
    return refuse(553, "5.7.1", sender, .sender, "not owned by user \(login.text)")
  }

  // MARK: unlisted addresses

  func rejectUnlistedSender() -> Verdict {
    guard let sender, !sender.isEmpty, !checkedSender else { return .noOpinion }
    checkedSender = true
    return rejectUnlisted(sender, .sender)
  }

  func rejectUnlistedRecipient() -> Verdict {
    guard let recipient, !checkedRecipient, policy.checksUnknownRecipients else { return .noOpinion }
    checkedRecipient = true
    return rejectUnlisted(recipient, .recipient)
  }

  private func rejectUnlisted(_ address: Bytes, _ subject: Subject) -> Verdict {
    let route: Route
    switch self.route(address) {
    case .failure(let failure): return failure.verdict
    case .success(let found): route = found
    }
    for maps in policy.rewritingMaps(for: subject) {
      switch listedIn(maps, route.recipient) {
      case .failure(let failure): return failure.verdict
      case .success(let hit): if hit != nil { return .noOpinion }
      }
    }
    if let verdict = rejectUndeliverable(address, subject, route) { return verdict }
    return rejectUnknownUser(address, subject, route)
  }

  /// The error and retry transports are told at once.
  private func rejectUndeliverable(_ address: Bytes, _ subject: Subject, _ route: Route) -> Verdict? {
    let isError = route.transport == Bytes(ascii: "error")
    guard isError || route.transport == Bytes(ascii: "retry") else { return nil }
    let usual = (isError ? "5.1." : "4.1.") + (subject == .sender ? "0" : "1")
    let (enhanced, text) = ReplyWriter.split(route.nexthop, usual: usual)
    let code = !isError ? 450 : route.addressClass == .virtualAlias ? policy.codes.unknownAlias : 550
    return .reject(policy.replies.refuse(code, enhanced, address, subject, text))
  }

  private func rejectUnknownUser(_ address: Bytes, _ subject: Subject, _ route: Route) -> Verdict {
    guard let table = policy.recipientTable(of: route.addressClass), !table.maps.isEmpty else {
      return .noOpinion
    }
    if route.addressClass == .local, policy.isAlwaysKnown(route.recipient) { return .noOpinion }
    switch listedIn(table.maps, route.recipient) {
    case .failure(let failure): return failure.verdict
    case .success(let hit):
      if hit != nil { return .noOpinion }
      let place = policy.showsTable ? " in \(table.title)" : ""
      let enhanced = subject == .sender ? "5.1.0" : "5.1.1"
      return refuse(table.code, enhanced, address, subject, "User unknown\(place)")
    }
  }

  private func listedIn(_ maps: MapList, _ address: Bytes) -> Result<AddressLookup.Hit?, RouteFailure> {
    do throws(MapList.Failure) {
      let hit = try policy.lookup.find(address, in: maps, isLocal: policy.classes.isLocal)
      if let hit { trace.note(hit.entry, maps.title) }
      return .success(hit)
    } catch {
      return .failure(RouteFailure(verdict: lookupFailure(address, error.reason)))
    }
  }
}
