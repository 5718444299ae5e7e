// RestrictionContext+Access.swift: the check_…_access tables and what they may say.
//
// Keys for a client: its name, the domains above it, its address and the
// networks above that. For an address: user+ext@domain, user@domain, domain and
// the domains above, user+ext@, user@.

import MailAddress
import PostfixConfig
import Routing

extension RestrictionContext {
  func checkAccess(_ subject: AccessSubject, _ maps: MapList) -> Verdict {
    switch subject {
    case .client:
      return checkClient(clientName, maps, clientLabel, .client)
    case .reverseClient:
      let name = client.reverseName ?? Self.unknown
      return checkClient(name, maps, name, .reverseClient)
    case .helo:
      guard let helo = client.helo else { return .noOpinion }
      return answer(from: maps, keys: domainKeys(helo), helo, .helo)
    case .login:
      guard let login = client.authenticatedAs else { return .noOpinion }
      return answer(from: maps, keys: [login], login, .login)
    case .certificate:
      let keys = certificateKeys
      return keys.isEmpty ? .noOpinion : answer(from: maps, keys: keys, keys[0], .certificate) { _ in true }
    case .sender:
      guard let sender else { return .noOpinion }
      if sender.isEmpty { return answer(from: maps, keys: [policy.emptySenderKey], sender, .sender) }
      return checkAddress(sender, maps, .sender)
    case .recipient:
      guard let recipient else { return .noOpinion }
      if recipient.isEmpty { return .noOpinion }
      return checkAddress(recipient, maps, .recipient)
    }
  }

  /// Fingerprints of the client's certificate and of its key.
  private var certificateKeys: [Bytes] {
    guard let certificate = client.tls?.certificate else { return [] }
    let digest = policy.certificateDigest.text
    return [certificate.fingerprints[digest], certificate.keyFingerprints[digest]].compactMap { $0 }
  }

  /// permit_tls_clientcerts: relay_clientcerts knows it.
  func permitCertificate() -> Verdict {
    do throws(MapList.Failure) {
      for key in certificateKeys where try policy.certificates.lookUp(key) != nil { return .permit }
      return .noOpinion
    } catch { return serverError(error.reason) }
  }

  private func checkClient(_ name: Bytes, _ maps: MapList, _ label: Bytes, _ subject: Subject) -> Verdict {
    answer(from: maps, keys: domainKeys(name) + addressKeys(client.address), label, subject) { key in
      key == name || key == self.client.address
    }
  }

  func domainKeys(_ name: Bytes) -> [Bytes] {
    [name] + DomainName.parents(of: name, dotted: !policy.accessMatchesParents)
  }

  /// `192.0.2.1`, `192.0.2`, `192.0`, `192`; IPv6 by its colons.
  func addressKeys(_ address: Bytes) -> [Bytes] {
    let divider: UInt8 = address.contains(.colon) ? .colon : .dot
    var keys = [address]
    var rest = address
    while let (shorter, _) = rest.split(atLast: divider) {
      rest = Bytes(shorter.reversed().drop { $0 == divider }.reversed())
      if rest.isEmpty { break }
      keys.append(rest)
    }
    return keys
  }

  private func answer(
    from maps: MapList, keys: [Bytes], _ name: Bytes, _ subject: Subject,
    isWhole: ((Bytes) -> Bool)? = nil
  ) -> Verdict {
    entry(of: maps, keys: keys, name, subject, isWhole: isWhole) ?? .noOpinion
  }

  /// What the table says of the first key that it has, nil where it has none; patterns
  /// see whole keys only.
  func entry(
    of maps: MapList, keys: [Bytes], _ name: Bytes, _ subject: Subject,
    isWhole: ((Bytes) -> Bool)? = nil
  ) -> Verdict? {
    for (index, key) in keys.enumerated() {
      do throws(MapList.Failure) {
        guard let hit = try maps.lookUp(key, partial: !(isWhole?(key) ?? (index == 0))) else { continue }
        trace.note(hit, maps.title)
        return perform(hit.value, name, subject)
      } catch { return serverError(error.reason, about: name, subject) }
    }
    return nil
  }

  private func checkAddress(_ address: Bytes, _ maps: MapList, _ subject: Subject) -> Verdict {
    let route: Route
    switch self.route(address) {
    case .failure(let failure): return failure.verdict
    case .success(let found): route = found
    }
    let strategy: LookupStrategy = [
      .domain, .localPartAt, policy.accessMatchesParents ? .parents : .dottedParents,
    ]
    do throws(MapList.Failure) {
      guard
        let hit = try policy.lookup.find(
          route.recipient, in: maps, strategy, isLocal: policy.classes.isLocal)
      else { return .noOpinion }
      trace.note(hit.entry, maps.title)
      let verdict = perform(hit.entry.value, address, subject)
      // A source route could lead anywhere: its first hop is no reason to permit.
      let isSuspicious = subject == .recipient && route.isSourceRouted && !policy.allowsUntrustedRouting
      return verdict == .permit && isSuspicious ? .noOpinion : verdict
    } catch { return serverError(error.reason, about: address, subject) }
  }

  func serverError(_ reason: String) -> Verdict {
    trace.note("temporary failure: \(reason)")
    return .cannotSay(
      policy.replies.reply(451, "4.3.5", Bytes(ascii: "Server configuration error")))
  }

  /// The same of a table that cannot be asked.
  private func serverError(_ reason: String, about name: Bytes, _ subject: Subject) -> Verdict {
    trace.note("temporary failure: \(reason)")
    return .cannotSay(policy.replies.refuse(451, "4.3.5", name, subject, "Server configuration error"))
  }

  // MARK: what a table may say

  /// Carries out the right side of an access table.
  private func perform(_ value: Bytes, _ name: Bytes, _ subject: Subject) -> Verdict {
    let word = Bytes(value.prefix { !$0.isWhiteSpace })
    let text = Bytes(value[word.count...]).trimmed
    if let action = Self.actions[word.lowercased.text] { return action(self, text, name, subject) }
    if value.allSatisfy(\.isDigit) { return .permit }
    if word.count == 3, !text.isEmpty, let code = word.decimalValue, (400...599).contains(code) {
      return refuse(code, code < 500 ? "4.7.1" : "5.7.1", text, name, subject)
    }
    return performRestrictions(value, name, subject)
  }

  private typealias Action = @Sendable (RestrictionContext, Bytes, Bytes, Subject) -> Verdict

  private static let actions: [String: Action] = [
    "ok": { _, _, _, _ in .permit },
    "relay": { _, _, _, _ in .permit },
    "dunno": { _, _, _, _ in .noOpinion },
    "reject": { $0.refuse($0.policy.codes.mapReject, "5.7.1", $1, $2, $3) },
    "defer": { $0.refuse($0.policy.codes.mapDefer, "4.7.1", $1, $2, $3) },
    "defer_if_permit": { context, text, name, subject in
      context.deferIfPermit(context.refuse(450, "4.7.1", text, name, subject, usual: "Service unavailable"))
    },
    "defer_if_reject": { context, text, name, subject in
      if context.softening == nil {
        context.softening = context.refuse(450, "4.7.1", text, name, subject, usual: "Service unavailable")
      }
      return .noOpinion
    },
    "hold": { context, text, _, _ in
      context.actions.hold = text
      return .noOpinion
    },
    "discard": { context, text, _, _ in
      context.actions.discard = text
      return .permit
    },
    "redirect": { context, text, _, _ in
      if text.contains(.at) { context.actions.redirect = text }
      return .noOpinion
    },
    "filter": { context, text, _, _ in
      if text.contains(.colon) { context.actions.filter = text }
      return .noOpinion
    },
    "bcc": { context, text, _, _ in
      if text.contains(.at) { context.actions.blindCopies.append(text) }
      return .noOpinion
    },
    "warn": { _, _, _, _ in .noOpinion },
    "info": { _, _, _, _ in .noOpinion },
    "prepend": { context, text, _, _ in
      if RestrictionContext.isHeader(text) { context.actions.prepended.append(text) }
      return .noOpinion
    },
  ]

  private static func isHeader(_ text: Bytes) -> Bool {
    guard let (name, _) = text.split(atFirst: .colon), !name.isEmpty else { return false }
    return name.allSatisfy { (0x21...0x7E).contains($0) }
  }

  /// A refusal whose text may begin with an enhanced code of its own.
  private func refuse(
    _ code: Int, _ enhanced: String, _ text: Bytes, _ name: Bytes, _ subject: Subject,
    usual: String = "Access denied"
  ) -> Verdict {
    let (enhanced, text) = ReplyWriter.split(text, usual: enhanced)
    let reason = text.isEmpty ? Bytes(usual.utf8) : text
    return .reject(policy.replies.refuse(code, enhanced, name, subject, reason))
  }

  /// Anything else is a list of restrictions.
  private func performRestrictions(_ value: Bytes, _ name: Bytes, _ subject: Subject) -> Verdict {
    let list = policy.parser.parse(ListSyntax.words(value)) { _ in nil }
    return evaluate(list, name: name, subject: subject, depth: 1)
  }
}
