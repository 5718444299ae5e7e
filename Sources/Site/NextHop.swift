// NextHop.swift: which hosts a next hop means, as the host that uses it would find out.
//
//     [mail.bio.example.edu]            that host             [mail.a]:[mail.b]    either, in turn
//     [box.bio.example.edu]:24          that host             lmtp:… inet:…        Postfix's forms
//     inf.bio.example.edu               its MX hosts, or the host of that name

import MailAddress
import Resolver

enum NextHop {
  /// To be tried in turn.
  case hosts([MailHost])
  /// Not ours to say.
  case outside
  /// Below the organisation's name, and no host of it.
  case nobody

  /// - Parameter here: the host that uses it. Among MX hosts it counts only those that are preferred to itself
  ///   (RFC 5321 section 5.1).
  init(_ text: Bytes, from here: DomainName, in organisation: Organisation) {
    var hosts: [MailHost] = []
    for part in Self.parts(text) {
      switch Self.hosts(of: part, from: here, organisation) {
      case .hosts(let some): hosts += some
      case let other where hosts.isEmpty:
        self = other
        return
      default: continue
      }
    }
    self = hosts.isEmpty ? .nobody : .hosts(hosts)
  }

  private static func hosts(of part: Part, from here: DomainName, _ organisation: Organisation) -> NextHop {
    if let address = IPAddress(part.name) {
      let host = organisation.domains.flatMap(\.hosts).first { $0.addresses.contains(address) }
      return host.map { .hosts([$0]) } ?? .outside
    }
    guard let name = DomainName(part.name) else { return .nobody }
    let all = organisation.domains.flatMap(\.hosts)
    if !part.isHost, let index = organisation.index(of: name) {
      let exchangers = organisation.exchangers(of: index, in: .inside)
      let own = exchangers.first { $0.host == here }?.preference
      let names = exchangers.filter { own == nil || $0.preference < own ?? 0 }.map(\.host)
      return .hosts(names.compactMap { name in all.first { $0.name == name } })
    }
    if let host = all.first(where: { $0.name == name }) { return .hosts([host]) }
    return name.isBelowOrSame(organisation.top.name) ? .nobody : .outside
  }

  private struct Part {
    var name: Bytes
    /// In brackets: no MX records are asked for.
    var isHost: Bool
  }

  private static func parts(_ text: Bytes) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    if rest.starts(with: Bytes(ascii: "inet:")) { rest = rest.dropFirst(5) }
    while let first = rest.first {
      if first == .openBracket {
        let name = Bytes(rest.dropFirst().prefix { $0 != .closeBracket })
        parts.append(Part(name: name.hasPrefix(Bytes(ascii: "IPv6:")) ? Bytes(name.dropFirst(5)) : name, isHost: true))
        rest = rest.dropFirst(name.count + 2)
      } else if first == .colon {
        rest = rest.dropFirst()
        // A port belongs to the host before it.
        if rest.first?.isDigit ?? false, !parts.isEmpty { rest = rest.drop { $0.isDigit } }
      } else {
        let name = Bytes(rest.prefix { $0 != .colon })
        parts.append(Part(name: name, isHost: false))
        rest = rest.dropFirst(name.count)
      }
    }
    return parts
  }
}
