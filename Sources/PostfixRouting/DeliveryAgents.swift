// DeliveryAgents.swift: from a queued recipient to where its copy ends up.
//
// qmgr asks for the route, or the content filter takes everything; then the
// program behind the transport in master.cf says what happens.
//
// Fails: as mail in motion does: bounced or deferred, each with its reply.

import MailAddress
import PostfixConfig
import Routing

struct DeliveryAgents: Sendable {
  let resolution: AddressResolution
  let mapping: AddressMapping
  let local: LocalDelivery
  /// By transport name.
  let transports: [Bytes: Agent]
  /// smtp_line_length_limit and its like, by transport name.
  private(set) var lineLimits: [Bytes: Int] = [:]
  let deferred: Set<Bytes>
  let filterNexthop: Bytes
  let host, doubleBounce: Bytes

  /// What a transport's program does with a recipient.
  enum Agent: Sendable {
    case smtp(MapList, propagates: Bool)
    case lmtp(MapList, propagates: Bool)
    case local
    case virtual(VirtualMailboxes)
    case error(code: Int)
    case discard
    case other
  }

  init(
    _ configuration: PostfixConfiguration, opener: TableOpener, mapping: AddressMapping,
    resolution: AddressResolution, cleanup: Cleanup
  ) {
    self.resolution = resolution
    self.mapping = mapping
    let main = configuration.settings()
    local = LocalDelivery(configuration, opener: opener, mapping: mapping, cleanup: cleanup)
    deferred = Set(main.list("defer_transports"))
    filterNexthop = main.value("default_filter_nexthop")
    host = main.value("myhostname")
    doubleBounce = main.value("double_bounce_sender").lowercased
    var agents: [Bytes: Agent] = [:]
    for service in configuration.master.services where service.type == "unix" || service.type == "pass" {
      let settings = configuration.settings(for: service)
      agents[Bytes(service.name.utf8)] = Self.agent(service.command, service.name, settings, opener)
      if service.command == "smtp" || service.command == "lmtp" {
        lineLimits[Bytes(service.name.utf8)] = settings.number("\(service.command)_line_length_limit", otherwise: 998)
      }
    }
    transports = agents
  }

  private static func agent(
    _ command: String, _ name: String, _ settings: Settings, _ opener: TableOpener
  ) -> Agent {
    let propagates = settings.list("propagate_unmatched_extensions").contains(Bytes(ascii: "generic"))
    switch command {
    case "smtp":
      return .smtp(MapList("smtp_generic_maps", of: settings, opener: opener), propagates: propagates)
    case "lmtp":
      return .lmtp(MapList("lmtp_generic_maps", of: settings, opener: opener), propagates: propagates)
    case "local": return .local
    case "virtual":
      return .virtual(VirtualMailboxes(settings, opener: opener))
    case "error": return .error(code: name == "retry" ? 450 : 550)
    case "discard": return .discard
    default: return .other
    }
  }

  // MARK: the queue manager

  /// All copies that come of one queued recipient.
  func deliver(_ recipient: Bytes, sender: Bytes, filter: Bytes = [], trace: Tracer) -> [Delivery] {
    deliver(recipient, sender: sender, filter: filter, path: [], trace: trace)
  }

  func deliver(
    _ recipient: Bytes, sender: Bytes, filter: Bytes, path: [Resolution], trace: Tracer
  ) -> [Delivery] {
    let route: Route
    do throws(MapList.Failure) {
      route =
        filter.isEmpty
        ? try resolution.resolve(recipient, sender: sender, trace: trace)
        : filtered(recipient, filter)
    } catch {
      trace.note("temporary failure: \(error.reason)")
      let none = Resolution(transport: Bytes(ascii: "retry"), host: [], user: recipient)
      return [
        Delivery(
          resolution: none, destination: .deferred(Reply(451, "4.3.0", "address resolver failure")),
          path: path + [none], sender: sender, recipient: recipient)
      ]
    }
    let copy = Copy(route: route, sender: sender, path: path + [route.resolution])
    if route.isMalformed { return [copy.ending(.bounce(Reply(550, "5.1.3", "bad address syntax")))] }
    if route.addressClass == .local,
      AddressForm.parts(route.recipient).local.lowercased == doubleBounce
    {
      return [copy.ending(.nowhere)]
    }
    if deferred.contains(route.transport) {
      return [copy.ending(.deferred(Reply(450, "4.3.2", "deferred transport")))]
    }
    return hand(copy, trace: trace)
  }

  private func filtered(_ recipient: Bytes, _ filter: Bytes) -> Route {
    let (transport, nexthop) = filter.split(atFirst: .colon) ?? (filter, [])
    let domain = AddressForm.parts(recipient).domain ?? host
    let usual = filterNexthop.isEmpty ? domain : filterNexthop
    return Route(
      transport: transport, nexthop: nexthop.isEmpty ? usual : nexthop, recipient: recipient,
      addressClass: .other)
  }

  /// One copy on its way.
  struct Copy: Sendable {
    var route: Route
    var sender: Bytes
    var path: [Resolution]

    func ending(_ destination: Destination, sender: Bytes? = nil, recipient: Bytes? = nil) -> Delivery {
      Delivery(
        resolution: route.resolution, destination: destination, path: path,
        sender: AddressForm.quoted(sender ?? self.sender),
        recipient: AddressForm.quoted(recipient ?? route.recipient))
    }
  }

  // MARK: the agents

  func hand(_ copy: Copy, trace: Tracer) -> [Delivery] {
    let route = copy.route
    switch transports[route.transport] {
    case nil: return [copy.ending(.deferred(Reply(450, "4.3.0", "mail transport unavailable")))]
    case .smtp(let maps, let propagates):
      return [rewritten(copy, maps, propagates, .remote(host: route.nexthop), trace)]
    case .lmtp(let maps, let propagates):
      let destination = Destination.agent(transport: route.transport, host: route.nexthop)
      return [rewritten(copy, maps, propagates, destination, trace)]
    case .local:
      return local.deliver(copy, agents: self, trace: trace)
    case .virtual(let mailboxes): return [virtual(copy, mailboxes, trace)]
    case .error(let code): return [copy.ending(Self.failure(code, route.nexthop))]
    case .discard: return [copy.ending(.nowhere)]
    case .other: return [copy.ending(.agent(transport: route.transport, host: route.nexthop))]
    }
  }

  static func failure(_ code: Int, _ text: Bytes) -> Destination {
    let (enhanced, text) = ReplyWriter.split(text, usual: code < 500 ? "4.0.0" : "5.0.0")
    // The class of the code decides, whichever transport carries it.
    let isTransient = enhanced.hasPrefix("4")
    let reply = Reply(isTransient ? 450 : 550, enhanced, text)
    return isTransient ? .deferred(reply) : .bounce(reply)
  }

  /// smtp_generic_maps: sender and recipient as other hosts see them.
  private func rewritten(
    _ copy: Copy, _ maps: MapList, _ propagates: Bool, _ destination: Destination, _ trace: Tracer
  ) -> Delivery {
    do throws(MapList.Failure) {
      return copy.ending(
        destination, sender: try generic(copy.sender, maps, propagates, trace),
        recipient: try generic(copy.route.recipient, maps, propagates, trace))
    } catch {
      trace.note("temporary failure: \(error.reason)")
      return copy.ending(.deferred(Reply(451, "4.3.0", "address mapping failure")))
    }
  }

  /// Header addresses as the agent of a copy writes them, in the form of an SMTP path.
  func headers(_ forms: HeaderForms, of delivery: Delivery) throws(MapList.Failure) -> HeaderForms {
    var forms = forms
    switch transports[delivery.resolution.transport] {
    case .smtp(let maps, let propagates), .lmtp(let maps, let propagates):
      forms.sender = try generic(forms.sender, maps, propagates, nil)
      forms.recipient = try generic(forms.recipient, maps, propagates, nil)
    default: break
    }
    return HeaderForms(
      sender: AddressForm.quoted(forms.sender), recipient: AddressForm.quoted(forms.recipient))
  }

  /// How the agent of a transport maps header addresses; nil where it leaves them.
  func genericMapping(of transport: Bytes) -> ((Bytes) throws(MapList.Failure) -> Bytes)? {
    switch transports[transport] {
    case .smtp(let maps, let propagates) where !maps.isEmpty, .lmtp(let maps, let propagates) where !maps.isEmpty:
      { address throws(MapList.Failure) in try generic(address, maps, propagates, nil) }
    default: nil
    }
  }

  private func generic(
    _ address: Bytes, _ maps: MapList, _ propagates: Bool, _ trace: Tracer?
  ) throws(MapList.Failure) -> Bytes {
    if address.isEmpty { return address }
    return try mapping.map(address, through: maps, propagates: propagates, trace: trace)?.first ?? address
  }

  private func virtual(_ copy: Copy, _ mailboxes: VirtualMailboxes, _ trace: Tracer) -> Delivery {
    func find(_ maps: MapList) throws(MapList.Failure) -> MapList.Hit? {
      let hit = try mapping.lookup.find(copy.route.recipient, in: maps, isLocal: mapping.classes.isLocal)
      return hit?.entry
    }
    do throws(MapList.Failure) {
      guard let place = try find(mailboxes.places) else {
        let user = copy.route.recipient.text
        return copy.ending(.bounce(Reply(550, "5.1.1", "unknown user: \"\(user)\"")))
      }
      trace.note(place, mailboxes.places.title)
      // Mail that would be nobody's waits for the administrator.
      if let fault = mailboxes.ownerFault(user: try find(mailboxes.users), group: try find(mailboxes.groups)) {
        trace.note(fault)
        return copy.ending(.deferred(Reply(451, "4.3.5", "mail system configuration error")))
      }
      return copy.ending(.file(path: mailboxes.base + [.slash] + place.value))
    } catch {
      return copy.ending(.deferred(Reply(451, "4.3.5", "mail system configuration error")))
    }
  }
}
