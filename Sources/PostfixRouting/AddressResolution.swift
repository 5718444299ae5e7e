// AddressResolution.swift: transport, nexthop and recipient for one address.
//
// Local domains are stripped, route operators behind them are followed
// (`user%far@here`), and what is left decides the address class; then
// transport_maps and relocated_maps have their say.
//
// Fails: `cannotSay` with a table's reason; `isMalformed` marks a domain that
// no mail can be sent to.

import MailAddress
import PostfixConfig
import Routing

/// Where trivial-rewrite would send an address.
struct Route: Sendable, Equatable {
  var transport: Bytes
  var nexthop: Bytes
  var recipient: Bytes
  var addressClass: AddressClass
  /// The domain is not one.
  var isMalformed = false
  /// The local part holds another destination: `user%far@near`, `far!user@near`.
  var isSourceRouted = false

  var domain: Bytes { AddressForm.parts(recipient).domain ?? [] }
  var resolution: Resolution { Resolution(transport: transport, host: nexthop, user: recipient) }
}

struct AddressResolution: Sendable {
  let rewriting: AddressRewriting
  let classes: AddressClasses
  let lookup: AddressLookup
  let transports: TransportTable
  let relocated: MapList
  let parameters: Parameters

  /// main.cf, as far as trivial-rewrite asks for it.
  struct Parameters: Sendable {
    let host: Bytes
    let emptyRecipient: Bytes
    let local, virtual, relay, other, relayHost: Bytes
    let senderTransports, senderRelays: MapList
    let emptySenderTransport, emptySenderRelay: Bytes
    let opensQuotes, allowsNullDomain, showsTable, allowsNumericDomain: Bool

    init(_ settings: Settings, opener: TableOpener) {
      host = settings.value("myhostname")
      emptyRecipient = settings.value("empty_address_recipient")
      local = settings.value("local_transport")
      virtual = settings.value("virtual_transport")
      relay = settings.value("relay_transport")
      other = settings.value("default_transport")
      relayHost = settings.value("relayhost")
      senderTransports = MapList(
        "sender_dependent_default_transport_maps", of: settings, opener: opener, allowsReferences: false)
      senderRelays = MapList(
        "sender_dependent_relayhost_maps", of: settings, opener: opener, allowsReferences: false)
      emptySenderTransport = settings.value("empty_address_default_transport_maps_lookup_key")
      emptySenderRelay = settings.value("empty_address_relayhost_maps_lookup_key")
      opensQuotes = settings.flag("resolve_dequoted_address")
      allowsNullDomain = settings.flag("resolve_null_domain")
      showsTable = settings.flag("show_user_unknown_table_name")
      allowsNumericDomain = settings.flag("resolve_numeric_domain")
    }
  }

  init(
    _ settings: Settings, opener: TableOpener, lookup: AddressLookup, classes: AddressClasses,
    rewriting: AddressRewriting
  ) {
    self.rewriting = rewriting
    self.classes = classes
    self.lookup = lookup
    transports = TransportTable(settings, opener: opener)
    relocated = MapList("relocated_maps", of: settings, opener: opener)
    parameters = Parameters(settings, opener: opener)
  }

  /// - Parameter address: completed, without quotes.
  func resolve(_ address: Bytes, sender: Bytes, trace: Tracer? = nil) throws(MapList.Failure) -> Route {
    let (local, remote) = try stripLocalDomains(address)
    let recipient = AddressToken.internalForm(local)
    var route = try classify(recipient, isLocal: !remote, sender: sender, trace: trace)
    let parts = split(route.transport)
    route.transport = parts.transport
    if !parts.nexthop.isEmpty { route.nexthop = parts.nexthop }
    route.isMalformed = !isValid(route.domain)
    route.isSourceRouted = isSourceRouted(recipient)
    trace?.note("\(route.addressClass) \(route.domain.text) -> \(route.resolution)")
    if route.addressClass != .virtualAlias,
      let entry = try transports.find(recipient, lookup: lookup, isLocal: classes.isLocal)
    {
      transports.apply(entry.value, to: &route)
      trace?.note(entry, "transport_maps")
    }
    if !relocated.isEmpty,
      let hit = try lookup.find(recipient, in: relocated, isLocal: classes.isLocal)
    {
      route.transport = Bytes(ascii: "error")
      route.nexthop = Bytes(ascii: "5.1.6 User has moved to ") + hit.entry.value
      trace?.note(hit.entry, "relocated_maps")
    }
    return route
  }

  private func split(_ value: Bytes) -> (transport: Bytes, nexthop: Bytes) {
    guard let (transport, nexthop) = value.split(atFirst: .colon) else { return (value, []) }
    return (transport, nexthop)
  }

  // MARK: the destination domain

  /// The address with local domains followed to what lies behind them, and
  /// whether its domain is another host's.
  private func stripLocalDomains(
    _ address: Bytes
  ) throws(MapList.Failure) -> (tokens: [AddressToken], isRemote: Bool) {
    var tokens = AddressToken.scan(AddressForm.quoted(address))
    var saved: [AddressToken]?
    for _ in 0..<(address.count + 100) {
      tokens = rewriting.withoutTrailingDot(tokens)
      if parameters.allowsNullDomain, tokens.last == .at { tokens.removeLast() }
      if let at = tokens.lastIndex(of: .at) {
        if at + 1 < tokens.count,
          try !classes.isLocal(AddressToken.internalForm(tokens[(at + 1)...]))
        {
          return (tokens, true)
        }
        saved = Array(tokens[at...])
        tokens = Array(tokens[..<at])
      }
      if hasOperator(tokens) {
        tokens = rewriting.rewrite(tokens)
        continue
      }
      if let opened = opened(tokens) {
        tokens = rewriting.rewrite(opened)
        continue
      }
      break
    }
    if tokens.isEmpty || tokens == [.quoted([])] {
      tokens = AddressToken.scan(parameters.emptyRecipient)
    }
    return (tokens + (saved ?? [.at] + AddressToken.scan(parameters.host)), false)
  }

  private func hasOperator(_ tokens: [AddressToken]) -> Bool {
    tokens.contains(.at)
      || (rewriting.swapsBangPath && tokens.contains(.special(.bang)))
      || (rewriting.hasPercentHack && tokens.contains(.special(.percent)))
  }

  /// A quoted local part that hides a route: `"user@far"@here`.
  private func opened(_ tokens: [AddressToken]) -> [AddressToken]? {
    guard parameters.opensQuotes, tokens.count == 1, case .quoted(var text) = tokens[0] else { return nil }
    if text.contains(.at) { return AddressToken.scan(AddressForm.quoted(text)) }
    if rewriting.hasPercentHack, let percent = text.lastIndex(of: .percent) {
      text[percent] = .at
      return AddressToken.scan(AddressForm.quoted(text))
    }
    if rewriting.swapsBangPath, text.contains(.bang) { return AddressToken.scan(text) }
    return nil
  }

  // MARK: the class and its transport

  private func classify(
    _ recipient: Bytes, isLocal: Bool, sender: Bytes, trace: Tracer?
  ) throws(MapList.Failure) -> Route {
    let domain = AddressForm.parts(recipient).domain ?? []
    func route(_ transport: Bytes, _ nexthop: Bytes, _ kind: AddressClass) -> Route {
      Route(transport: transport, nexthop: nexthop, recipient: recipient, addressClass: kind)
    }
    if isLocal { return route(parameters.local, domain, .local) }
    switch try classes.classOfRemote(domain) {
    case .local: return route(parameters.local, domain, .local)
    case .virtualAlias:
      let table = parameters.showsTable ? " in virtual alias table" : ""
      return route(Bytes(ascii: "error"), Bytes("5.1.1 User unknown\(table)".utf8), .virtualAlias)
    case .virtualMailbox: return route(parameters.virtual, domain, .virtualMailbox)
    case .relay:
      return route(parameters.relay, try relayHost(domain, sender: sender, trace), .relay)
    case .other:
      let transport = try bySender(
        parameters.senderTransports, sender, parameters.emptySenderTransport, trace)
      return route(
        transport ?? parameters.other, try relayHost(domain, sender: sender, trace), .other)
    }
  }

  private func relayHost(_ domain: Bytes, sender: Bytes, _ trace: Tracer?) throws(MapList.Failure) -> Bytes {
    let bySender = try bySender(parameters.senderRelays, sender, parameters.emptySenderRelay, trace)
    if let bySender { return bySender }
    return parameters.relayHost.isEmpty ? domain : parameters.relayHost
  }

  /// What a table says of the sender; DUNNO leaves it to the default.
  private func bySender(
    _ maps: MapList, _ sender: Bytes, _ emptyKey: Bytes, _ trace: Tracer?
  ) throws(MapList.Failure) -> Bytes? {
    let key = sender.isEmpty ? emptyKey : sender
    guard let hit = try lookup.find(key, in: maps, isLocal: classes.isLocal) else { return nil }
    trace?.note(hit.entry, maps.title)
    return hit.entry.value.equalsIgnoringCase(Bytes(ascii: "DUNNO")) ? nil : hit.entry.value
  }

  // MARK: syntax

  private func isValid(_ domain: Bytes) -> Bool {
    if domain.first == .openBracket { return HostName.isLiteral(domain) }
    return HostName.isValid(domain)
      && (parameters.allowsNumericDomain || Network.octets(domain) == nil)
  }

  /// Another destination stands in the local part.
  private func isSourceRouted(_ recipient: Bytes) -> Bool {
    guard let first = recipient.firstIndex(where: { "@!%".utf8.contains($0) }) else { return false }
    return first != recipient.lastIndex(of: .at)
  }
}

enum HostName {
  /// Labels of letters, digits, hyphens and underscores, 63 bytes each at most,
  /// 255 together, not all digits and dots.
  static func isValid(_ name: Bytes) -> Bool {
    guard !name.isEmpty, name.count <= 255, name.first != .dot else { return false }
    var labels = name.split(separator: .dot, omittingEmptySubsequences: false)
    if labels.count > 1, labels.last?.isEmpty ?? false { labels.removeLast() }
    guard labels.allSatisfy(isLabel) else { return false }
    return !name.allSatisfy { $0.isDigit || $0 == .dot }
  }

  private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
    guard !label.isEmpty, label.count <= 63, label.first != 0x2D, label.last != 0x2D else { return false }
    return label.allSatisfy { $0.isLetter || $0.isDigit || $0 == 0x2D || $0 == 0x5F }
  }

  /// `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
  static func isLiteral(_ domain: Bytes) -> Bool {
    guard domain.count > 2, domain.first == .openBracket, domain.last == .closeBracket else { return false }
    let inside = Bytes(domain.dropFirst().dropLast())
    let tag = Bytes(ascii: "ipv6:")
    if inside.lowercased.hasPrefix(tag) {
      return Network.octets(Bytes(inside.dropFirst(tag.count)))?.count == 16
    }
    return Network.octets(inside)?.count == 4
  }
}
