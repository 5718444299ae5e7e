// RemoteHosts.swift: the addresses to try for a host that a configuration names.
//
//     bio.example.edu        its MX hosts, best first, or itself
//     [mail.example.edu]     that host, its MX records are not asked
//     [192.0.2.1]:587        that address and port
//     mail.a.example:mail.b.example   one after the other (sendmail)
//
// Fails: with why there is no address, now or ever.

import MailAddress
import Posix
import Resolver
import Routing

struct RemoteHosts {
  struct Target: Sendable {
    /// An address.
    var host: String
    var port: Int
    /// The name that led to it; empty where there is none.
    var name = ""
    /// The name that was asked for it.
    var nextHop = ""
    var wire = Wire.network

    var isHost: Bool { if case .network = wire { true } else { false } }

    /// The host as notices name it.
    var shownHost: String { name.isEmpty ? host : name }

    /// Where it is, as the log shows it.
    var place: String {
      switch wire {
      case .network: "[\(host)]:\(port)"
      case .socket(_, let shown): "[\(shown)]"
      case .program: ""
      }
    }
  }

  /// What carries the bytes.
  enum Wire: Sendable {
    case network
    /// `shown` as the configuration has it.
    case socket(String, shown: String)
    case program(Program)
  }

  let resolver: any DomainNameResolver
  var defaultPort = 25
  /// Whether the MX records of a name are asked.
  var asksExchangers = true
  private static let patience = Duration.seconds(20)

  init(_ resolver: any DomainNameResolver) { self.resolver = resolver }

  func targets(of written: Bytes) -> Result<[Target], RefusedHost> {
    var found: [Target] = []
    var refusal = RefusedHost(Reply(550, "5.1.2", Bytes(ascii: "Host unknown: ") + written))
    for part in Self.alternatives(written) {
      switch targets(part) {
      case .success(let targets): found += targets
      case .failure(let failure): refusal = failure
      }
    }
    return found.isEmpty ? .failure(refusal) : .success(found)
  }

  /// Why a host has no address.
  struct RefusedHost: Error {
    let reply: Reply
    init(_ reply: Reply) { self.reply = reply }
  }

  private struct Part {
    var name: Bytes
    var isLiteral: Bool
    var port: Int
  }

  private static func alternatives(_ written: Bytes) -> [Part] {
    var parts: [Part] = []
    var rest = written[...]
    while !rest.isEmpty {
      var part = Part(name: [], isLiteral: false, port: 0)
      if rest.first == 0x5B, let end = rest.firstIndex(of: 0x5D) {
        part.name = Array(rest[(rest.startIndex + 1)..<end])
        part.isLiteral = true
        rest = rest[(end + 1)...]
      } else {
        part.name = Array(rest.prefix { $0 != 0x3A })
        rest = rest.dropFirst(part.name.count)
      }
      if rest.first == 0x3A {
        let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
        let isPort = !digits.isEmpty && (digits.endIndex == rest.endIndex || rest[digits.endIndex] == 0x3A)
        if isPort { part.port = Int(String(decoding: digits, as: UTF8.self)) ?? 0 }
        rest = isPort ? rest[digits.endIndex...].dropFirst() : rest.dropFirst()
      }
      if !part.name.isEmpty { parts.append(part) }
    }
    return parts
  }

  private func targets(_ part: Part) -> Result<[Target], RefusedHost> {
    let port = part.port > 0 ? part.port : defaultPort
    let text = part.isLiteral && part.name.starts(with: Array("IPv6:".utf8)) ? Array(part.name.dropFirst(5)) : part.name
    if let address = IPAddress(text) { return .success([Target(host: "\(address)", port: port)]) }
    guard let name = DomainName(text) else {
      return .failure(RefusedHost(Reply(550, "5.1.2", Bytes(ascii: "Host unknown: ") + part.name)))
    }
    var hosts = [name]
    if !part.isLiteral, asksExchangers {
      switch resolver.mailExchangers(of: name, deadline: .now + Self.patience) {
      case .hosts(let exchangers): hosts = exchangers.map(\.host)
      case .noSuchDomain: return .failure(RefusedHost(Reply(550, "5.1.2", "Host unknown: \(name)")))
      case .refusesMail: return .failure(RefusedHost(Reply(556, "5.1.10", "\(name) takes no mail (null MX)")))
      case .temporaryFailure(let reason): return .failure(RefusedHost(Reply(451, "4.4.3", reason)))
      }
    }
    return addresses(of: hosts, port, nextHop: "\(name)")
  }

  private func addresses(
    of hosts: [DomainName], _ port: Int, nextHop: String
  ) -> Result<[Target], RefusedHost> {
    var found: [Target] = []
    var refusal = Reply(550, "5.4.4", "no address for \(hosts.first.map { "\($0)" } ?? "the host")")
    for host in hosts {
      switch resolver.addresses(of: host, deadline: .now + Self.patience) {
      case .addresses(let addresses):
        found += addresses.map { Target(host: "\($0)", port: port, name: "\(host)", nextHop: nextHop) }
      case .noSuchHost: break
      case .temporaryFailure(let reason): refusal = Reply(451, "4.4.3", reason)
      }
    }
    return found.isEmpty ? .failure(RefusedHost(refusal)) : .success(found)
  }
}
