// Cleanup.swift: what becomes of envelope addresses before they are queued.
//
//     rewrite -> canonical -> masquerade        sender and recipients
//     -> virtual aliases, duplicates dropped    recipients only
//
// Fails: with the reason, when a table cannot say; the message is then not
// accepted and the client tries again.

import MailAddress
import PostfixConfig

struct Cleanup: Sendable {
  private(set) var mapping: AddressMapping
  let masquerade: Masquerade
  let senderCanonical, recipientCanonical, canonical, virtual, senderBCC, recipientBCC: MapList
  let alwaysBCC: Bytes
  let senderClasses, recipientClasses, canonicalClasses, masqueradeClasses: Set<Bytes>
  let propagates: Set<Bytes>
  /// receive_override_options = no_address_mappings.
  let maps: Bool
  let keepsOriginal: Bool

  init(_ settings: Settings, opener: TableOpener, mapping: AddressMapping) {
    self.mapping = mapping
    masquerade = Masquerade(settings, opener: opener)
    func maps(_ name: String) -> MapList { MapList(name, of: settings, opener: opener) }
    func words(_ name: String) -> Set<Bytes> { Set(settings.list(name).map(\.lowercased)) }
    senderCanonical = maps("sender_canonical_maps")
    recipientCanonical = maps("recipient_canonical_maps")
    canonical = maps("canonical_maps")
    virtual = maps("virtual_alias_maps")
    senderBCC = maps("sender_bcc_maps")
    recipientBCC = maps("recipient_bcc_maps")
    alwaysBCC = settings.value("always_bcc")
    senderClasses = words("sender_canonical_classes")
    recipientClasses = words("recipient_canonical_classes")
    canonicalClasses = words("canonical_classes")
    masqueradeClasses = words("masquerade_classes")
    keepsOriginal = settings.flag("enable_original_recipient")
    propagates = words("propagate_unmatched_extensions")
    self.maps = !words("receive_override_options").contains(Bytes(ascii: "no_address_mappings"))
  }

  /// The same for addresses that lack another domain.
  func completing(with domain: Bytes) -> Cleanup {
    var result = self
    result.mapping.rewriting = mapping.rewriting.completing(with: domain)
    return result
  }

  static let envelopeSender = Bytes(ascii: "envelope_sender")
  static let envelopeRecipient = Bytes(ascii: "envelope_recipient")
  static let headerSender = Bytes(ascii: "header_sender")
  static let headerRecipient = Bytes(ascii: "header_recipient")

  /// A sender as it is queued or, for `header_sender`, as From: will show it.
  func sender(_ address: Bytes, as kind: Bytes = envelopeSender, trace: Tracer? = nil) throws(MapList.Failure) -> Bytes
  {
    let result = try self.address(address, kind, (senderCanonical, senderClasses), trace)
    return kind == Self.envelopeSender && isMailSystem(result) ? [] : result
  }

  /// MAILER-DAEMON of this host is written as the null sender.
  private func isMailSystem(_ address: Bytes) -> Bool {
    let (local, domain) = AddressForm.parts(address)
    return local.equalsIgnoringCase(Bytes(ascii: "mailer-daemon"))
      && domain?.equalsIgnoringCase(mapping.lookup.origin) ?? true
  }

  /// A recipient before virtual aliases.
  func recipient(
    _ address: Bytes, as kind: Bytes = envelopeRecipient, trace: Tracer? = nil
  ) throws(MapList.Failure) -> Bytes {
    try self.address(address, kind, (recipientCanonical, recipientClasses), trace)
  }

  private func address(
    _ address: Bytes, _ kind: Bytes, _ own: (maps: MapList, classes: Set<Bytes>), _ trace: Tracer?
  ) throws(MapList.Failure) -> Bytes {
    try mapped(mapping.rewriting.rewrite(address), kind, own, trace)
  }

  /// A header address that is complete, in its other form.
  func mapped(_ address: Bytes, as kind: Bytes) throws(MapList.Failure) -> Bytes {
    let isSender = kind == Self.headerSender
    let own = isSender ? (senderCanonical, senderClasses) : (recipientCanonical, recipientClasses)
    return try mapped(address, kind, own, nil)
  }

  private func mapped(
    _ address: Bytes, _ kind: Bytes, _ own: (maps: MapList, classes: Set<Bytes>), _ trace: Tracer?
  ) throws(MapList.Failure) -> Bytes {
    var result = address
    if !maps || result.isEmpty { return result }
    let propagates = propagates.contains(Bytes(ascii: "canonical"))
    if own.classes.contains(kind) {
      result = try mapping.mapOneToOne(result, through: own.maps, propagates: propagates, trace: trace)
    }
    if canonicalClasses.contains(kind) {
      result = try mapping.mapOneToOne(result, through: canonical, propagates: propagates, trace: trace)
    }
    if masqueradeClasses.contains(kind) { result = try masquerade.apply(result, trace: trace) }
    return result
  }

  /// What a recipient that `recipient` gave is queued as.
  func expand(_ address: Bytes, trace: Tracer? = nil) throws(MapList.Failure) -> [Bytes] {
    guard maps else { return [address] }
    return try mapping.mapOneToMany(
      address, through: virtual, propagates: propagates.contains(Bytes(ascii: "virtual")),
      trace: trace)
  }

  /// Recipients that nobody named: always_bcc, sender_bcc_maps, recipient_bcc_maps.
  func blindCopies(sender: Bytes, recipients: [Bytes], trace: Tracer? = nil) throws(MapList.Failure) -> [Bytes] {
    guard maps else { return [] }
    var result: [Bytes] = alwaysBCC.isEmpty ? [] : [alwaysBCC]
    for (maps, address) in [(senderBCC, sender)] + recipients.map({ (recipientBCC, $0) }) {
      guard !address.isEmpty,
        let hit = try mapping.lookup.find(address, in: maps, isLocal: mapping.classes.isLocal)
      else { continue }
      trace?.note(hit.entry, maps.title)
      result.append(hit.entry.value)
    }
    return result
  }
}

/// masquerade_domains: hosts below a domain are hidden behind it.
struct Masquerade: Sendable {
  let domains: [(name: Bytes, isKept: Bool)]
  let exceptions: MatchList

  init(_ settings: Settings, opener: TableOpener) {
    domains = settings.list("masquerade_domains").map { word in
      let name = Bytes(word.drop { $0 == .bang }).lowercased
      return (name, (word.count - name.count) % 2 == 1)
    }
    exceptions = MatchList(settings.value("masquerade_exceptions"), kind: .strings, opener: opener)
  }

  func apply(_ address: Bytes, trace: Tracer?) throws(MapList.Failure) -> Bytes {
    guard !domains.isEmpty, let (local, domain) = address.split(atLast: .at) else { return address }
    switch exceptions.contains(local) {
    case .yes: return address
    case .temporaryFailure(let reason): throw MapList.Failure(reason: reason)
    case .no: break
    }
    let folded = domain.lowercased
    guard let match = domains.first(where: { folded == $0.name || folded.hasSuffix([.dot] + $0.name) }),
      !match.isKept, folded != match.name
    else { return address }
    trace?.note("masquerade_domains: \(domain.text) -> \(match.name.text)")
    return local + [.at] + match.name
  }
}
