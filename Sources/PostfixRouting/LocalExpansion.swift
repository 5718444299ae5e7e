// LocalExpansion.swift: the expansion of one local recipient, step by step.

import Aliases
import MailAddress
import Posix
import PostfixConfig
import Routing

final class LocalExpansion {
  private let local: LocalDelivery
  private let agents: DeliveryAgents
  private let copy: DeliveryAgents.Copy
  private let trace: Tracer
  private(set) var deliveries: [Delivery] = []
  /// What was done already: each mailbox, command and .forward once a message.
  private var seen: Set<Bytes> = []

  private static let deepest = 100

  init(_ local: LocalDelivery, agents: DeliveryAgents, copy: DeliveryAgents.Copy, trace: Tracer) {
    self.local = local
    self.agents = agents
    self.copy = copy
    self.trace = trace
  }

  /// Begins with what the queue manager hands out. Mail that was here already has
  /// our name in a Delivered-To: header.
  func start(_ recipient: LocalRecipient) {
    let earlier = recipient.path.dropLast().contains { resolution in
      resolution.transport == copy.route.transport
        && resolution.user.equalsIgnoringCase(recipient.address)
    }
    guard earlier else { return deliver(recipient) }
    end(recipient, .bounce(Reply(550, "5.4.6", "mail forwarding loop for \(recipient.address.text)")))
  }

  private func deliver(_ recipient: LocalRecipient) {
    guard recipient.depth < Self.deepest, trace.spendExpansion() else {
      return end(recipient, .bounce(Reply(550, "5.4.6", "alias database loop for \(recipient.address.text)")))
    }
    let name = AddressForm.parts(recipient.address).local.lowercased
    do throws(MapList.Failure) {
      if try expand(name, recipient, unmatched: []) { return }
      let split = local.mapping.lookup.splitLocalPart(name)
      let user = split?.user ?? name
      let ending = Bytes(split?.rest.dropFirst() ?? [])
      if split != nil {
        let kept = local.propagates.contains(Bytes(ascii: "alias")) ? ending : []
        if try expand(user, recipient, unmatched: kept) { return }
      }
      // A user named by somebody else's list or .forward is mail of its own.
      if recipient.origin == .include || (recipient.owner.map { $0 != user } ?? false) {
        return startAnew(recipient)
      }
      try deliverToUser(user, ending: ending, recipient)
    } catch {
      trace.note("temporary failure: \(error.reason)")
      end(recipient, .deferred(Reply(451, "4.3.0", "alias database unavailable")))
    }
  }

  private func end(_ recipient: LocalRecipient, _ destination: Destination, _ address: Bytes? = nil) {
    let last = recipient.path.last ?? copy.route.resolution
    deliveries.append(
      Delivery(
        resolution: last, destination: destination, path: recipient.path,
        sender: AddressForm.quoted(recipient.sender),
        recipient: AddressForm.quoted(address ?? recipient.address)))
  }

  // MARK: aliases

  private func expand(
    _ name: Bytes, _ recipient: LocalRecipient, unmatched: Bytes
  ) throws(MapList.Failure) -> Bool {
    // An alias that names itself means the account of that name.
    if recipient.expandedFrom == name { return false }
    guard let hit = try local.aliases.lookUp(AddressForm.quotedLocalPart(name)) else { return false }
    trace.note(hit, "alias_maps")
    var inner = recipient
    inner.depth += 1
    inner.origin = .alias
    inner.unmatched = unmatched
    inner.expandedFrom = name
    if local.ownersAreSpecial, let owner = try local.aliases.lookUp(Bytes(ascii: "owner-") + name) {
      trace.note(owner, "alias_maps")
      inner.sender = ownerAddress(name, owner.value)
      inner.owner = inner.sender
    }
    for target in AliasTarget.parse(hit.value) { deliver(target, inner) }
    return true
  }

  private func ownerAddress(_ name: Bytes, _ value: Bytes) -> Bytes {
    let targets = AddressList.addresses(value)
    if local.expandsOwner, targets.count == 1, let tokens = targets.first {
      return AddressToken.internalForm(local.mapping.rewriting.rewrite(tokens))
    }
    return local.mapping.rewriting.rewrite(Bytes(ascii: "owner-") + name)
  }

  private func deliver(_ target: AliasTarget, _ recipient: LocalRecipient) {
    let origin = Bytes(recipient.origin.rawValue.utf8)
    switch target {
    case .address(let text): for tokens in AddressList.addresses(text) { forward(tokens, recipient) }
    case .mailbox(let user):
      var inner = recipient
      inner.address = local.mapping.rewriting.rewrite(user)
      try? deliverToMailboxOnly(AddressForm.parts(inner.address).local.lowercased, inner)
    case .program(let command):
      guard local.commandsAllowed.contains(origin) else { return refuse(recipient, "command") }
      // The same command for another user is another delivery.
      let user = AddressForm.parts(recipient.address).local.lowercased
      once(Bytes(ascii: "command ") + user + [0] + command) { end(recipient, .program(command: command)) }
    case .file(let path):
      guard local.filesAllowed.contains(origin) else { return refuse(recipient, "file") }
      once(Bytes(ascii: "file ") + path) { end(recipient, .file(path: path)) }
    case .include(let path): include(path, recipient)
    }
  }

  private func once(_ what: Bytes, _ action: () -> Void) {
    if seen.insert(what).inserted { action() }
  }

  private func refuse(_ recipient: LocalRecipient, _ what: String) {
    end(recipient, .bounce(Reply(550, "5.7.1", "mail to \(what) is restricted")))
  }

  private func include(_ path: Bytes, _ recipient: LocalRecipient) {
    guard recipient.depth < Self.deepest, let bytes = try? readFile(local.root + path.text) else {
      return end(recipient, .bounce(Reply(550, "5.3.5", "mail system configuration error")))
    }
    trace.note(":include: \(path.text)")
    var inner = recipient
    inner.origin = .include
    inner.depth += 1
    for target in AliasTarget.parse(file: bytes) { deliver(target, inner) }
  }

  /// An address that an alias or .forward names.
  private func forward(_ tokens: [AddressToken], _ recipient: LocalRecipient) {
    var inner = recipient
    inner.depth += 1
    inner.address = AddressToken.internalForm(local.mapping.rewriting.rewrite(tokens))
    if !recipient.unmatched.isEmpty, let delimiter = local.mapping.lookup.delimiters.first {
      inner.address = AddressMapping.adding([delimiter] + recipient.unmatched, to: inner.address)
    }
    let route = try? agents.resolution.resolve(inner.address, sender: inner.sender)
    guard let route, route.transport == copy.route.transport, !route.isMalformed else {
      return startAnew(inner)
    }
    inner.address = route.recipient
    deliver(inner)
  }

  /// Mail of its own: through cleanup and the queue manager.
  private func startAnew(_ recipient: LocalRecipient) {
    guard seen.insert(Bytes(ascii: "indirect ") + recipient.address.lowercased).inserted else { return }
    do throws(MapList.Failure) {
      let sender = try local.cleanup.sender(recipient.sender, trace: trace)
      let address = try local.cleanup.recipient(recipient.address, trace: trace)
      for target in try local.cleanup.expand(address, trace: trace) {
        deliveries += agents.deliver(target, sender: sender, filter: [], path: recipient.path, trace: trace)
      }
    } catch {
      trace.note("temporary failure: \(error.reason)")
      end(recipient, .deferred(Reply(451, "4.3.0", "address mapping failure")))
    }
  }

  // MARK: accounts

  private func deliverToUser(
    _ user: Bytes, ending: Bytes, _ recipient: LocalRecipient
  ) throws(MapList.Failure) {
    if let home = local.home(user), readForward(user, home, ending, recipient) { return }
    try deliverToMailboxOnly(user, recipient)
  }

  private func deliverToMailboxOnly(_ user: Bytes, _ recipient: LocalRecipient) throws(MapList.Failure) {
    guard seen.insert(Bytes(ascii: "mailbox ") + user).inserted else { return }
    if let transport = try transport(local.mailboxTransports, local.mailboxTransport, user) {
      return hand(recipient, to: transport)
    }
    guard local.home(user) != nil else { return try deliverUnknown(user, recipient) }
    if let hit = try local.mailboxCommands.lookUp(user) {
      return end(recipient, .mailbox(user: user, command: hit.value))
    }
    let command = local.mailboxCommand
    end(recipient, .mailbox(user: user, command: command.isEmpty ? nil : command))
  }

  private func transport(_ maps: MapList, _ otherwise: Bytes, _ user: Bytes) throws(MapList.Failure) -> Bytes? {
    if let hit = try maps.lookUp(user) {
      trace.note(hit, maps.title)
      return hit.value
    }
    return otherwise.isEmpty ? nil : otherwise
  }

  /// mailbox_transport and fallback_transport: `transport:nexthop`.
  private func hand(_ recipient: LocalRecipient, to value: Bytes) {
    let (transport, nexthop) = value.split(atFirst: .colon) ?? (value, [])
    let route = Route(
      transport: transport, nexthop: nexthop.isEmpty ? copy.route.nexthop : nexthop,
      recipient: recipient.address, addressClass: .local)
    deliveries += agents.hand(
      DeliveryAgents.Copy(
        route: route, sender: recipient.sender, path: recipient.path + [route.resolution]),
      trace: trace)
  }

  /// What everybody can write says nothing about the user's mail.
  private func isTrusted(_ path: String) -> Bool {
    guard !local.root.holdsCopy(of: path), let file = FileTrust(path) else { return true }
    return file.isRegular && !file.isWorldWritable
  }

  private func readForward(
    _ user: Bytes, _ home: Bytes, _ ending: Bytes, _ recipient: LocalRecipient
  ) -> Bool {
    for (path, usesEnding) in forwardPaths(user, home, ending) {
      guard isTrusted(path.text), let bytes = try? readFile(local.root + path.text) else { continue }
      let targets = AliasTarget.parse(file: bytes)
      if targets.isEmpty { return false }
      guard seen.insert(Bytes(ascii: "forward ") + path).inserted else { return false }
      trace.note("\(path.text)")
      var inner = recipient
      inner.origin = .forward
      inner.owner = user
      inner.expandedFrom = user
      inner.depth += 1
      let propagates = !usesEnding && local.propagates.contains(Bytes(ascii: "forward"))
      inner.unmatched = propagates ? ending : []
      for target in targets { deliver(target, inner) }
      return true
    }
    return false
  }

  /// The files to try, and whether a name holds the part after the delimiter.
  private func forwardPaths(_ user: Bytes, _ home: Bytes, _ ending: Bytes) -> [(path: Bytes, usesEnding: Bool)] {
    let values = names(user, ending).merging(["home": home]) { $1 }
    return ListSyntax.words(local.forwardPath).compactMap { pattern in
      let usesEnding = pattern.text.contains("extension")
      if usesEnding, ending.isEmpty { return nil }
      guard let path = try? ValueExpansion(value: { values[$0] }).expand(pattern) else { return nil }
      return (path, usesEnding)
    }
  }

  private func names(_ user: Bytes, _ ending: Bytes) -> [String: Bytes] {
    [
      "user": user, "extension": ending,
      "recipient_delimiter": local.mapping.lookup.delimiters.first.map { [$0] } ?? [],
    ]
  }

  private func deliverUnknown(_ user: Bytes, _ recipient: LocalRecipient) throws(MapList.Failure) {
    if let transport = try transport(local.fallbackTransports, local.fallbackTransport, user) {
      return hand(recipient, to: transport)
    }
    if !local.luserRelay.isEmpty, recipient.origin != .include { return relayUnknown(user, recipient) }
    if [Bytes(ascii: "mailer-daemon"), Bytes(ascii: "double-bounce")].contains(user) {
      return end(recipient, .nowhere)
    }
    end(recipient, .bounce(Reply(550, "5.1.1", "unknown user: \"\(user.text)\"")))
  }

  private func relayUnknown(_ user: Bytes, _ recipient: LocalRecipient) {
    let (name, domain) = AddressForm.parts(recipient.address)
    var values = names(user, Bytes(local.mapping.lookup.splitLocalPart(name)?.rest.dropFirst() ?? []))
    values.merge(["local": name, "domain": domain ?? [], "recipient": recipient.address]) { $1 }
    guard let text = try? ValueExpansion(value: { values[$0] }).expand(local.luserRelay),
      let tokens = AddressList.addresses(text).first
    else { return end(recipient, .bounce(Reply(550, "5.1.1", "unknown user: \"\(user.text)\""))) }
    trace.note("luser_relay: \(user.text) -> \(text.text)")
    var inner = recipient
    inner.unmatched = []
    forward(tokens, inner)
  }
}
