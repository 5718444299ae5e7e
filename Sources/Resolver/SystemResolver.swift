// SystemResolver.swift: the name servers of the host, as resolv.conf(5) names them.
//
//     hosts file ─ cache ─ UDP to each server in turn ─ TCP where the answer is cut off
//
// A stub: it leaves recursion to the servers. Answers count only from the server that
// was asked, with the identifier and the question of the query.
//
// Fails: no server that answers in time is a temporary failure.

import Glibc
import Posix

/// Asks the servers of a resolv.conf.
package final class SystemResolver: DomainNameResolver, Sendable {
  private let servers: [NameServer]
  private let attempts: Int
  private let timeout: Duration
  private let hosts: HostsFile

  /// - Parameters:
  ///   - configuration: the text of resolv.conf(5); without servers 127.0.0.1 is asked.
  ///   - hosts: the text of hosts(5), asked before the servers.
  package init(configuration: [UInt8], hosts: [UInt8]) {
    let settings = ResolverConfiguration(configuration)
    servers = settings.servers.map { NameServer(address: $0.address, port: $0.port) }
    attempts = settings.attempts
    timeout = .seconds(settings.timeout)
    self.hosts = HostsFile(hosts)
  }

  /// With the files of a root, or of this host.
  package convenience init(root: FileRoot = "") {
    self.init(
      configuration: (try? readFile(root + "/etc/resolv.conf")) ?? [],
      hosts: (try? readFile(root + "/etc/hosts")) ?? [])
  }

  package func lookUp(
    _ name: DomainName, _ type: RecordType, deadline: ContinuousClock.Instant
  ) -> DNSAnswer {
    if let known = hosts.answer(name, type) { return known }
    var reason = "no name server answered"
    for _ in 0..<attempts {
      for server in servers {
        let now = ContinuousClock.now
        guard now < deadline else { return .temporaryFailure("no name server answered in time") }
        switch server.ask(name, type, until: min(deadline, now + timeout)) {
        case .success(let message):
          if let answer = Self.answer(message, name, type) { return answer }
          reason = "\(server) could not answer for \(name)"
        case .failure(let failure): reason = "\(server): \(failure.reason)"
        }
      }
    }
    return .temporaryFailure(reason)
  }

  /// What a response says; nil where another server may know better.
  private static func answer(_ message: DNSMessage, _ name: DomainName, _ type: RecordType) -> DNSAnswer? {
    switch ResponseCode(rawValue: message.code) {
    case .noError: break
    case .noSuchName: return .noSuchName
    default: return nil
    }
    // The aliases lead from the question to the name that has the records.
    var wanted = name
    for _ in message.answers {
      let alias = message.answers.first { $0.name == wanted && $0.data.type == .cname }
      guard type != .cname, case .alias(let target)? = alias?.data else { break }
      wanted = target
    }
    let records = message.answers.filter { $0.name == wanted && $0.data.type == type }
    return records.isEmpty ? .noData : .records(records)
  }
}

/// The lines of resolv.conf(5) that count for a stub that asks absolute names.
struct ResolverConfiguration {
  var servers: [(address: IPAddress, port: UInt16)] = []
  var attempts = 2
  var timeout = 5

  init(_ text: [UInt8]) {
    for line in text.split(separator: 0x0A) {
      let words = line.prefix { $0 != 0x23 && $0 != 0x3B }.split { $0 == 0x20 || $0 == 0x09 }
        .map { String(decoding: $0, as: UTF8.self) }
      switch words.first {
      case "nameserver": if words.count > 1 { add(words[1]) }
      case "options": for word in words.dropFirst() { set(word) }
      default: break
      }
    }
    if servers.isEmpty { servers = [(.v4([127, 0, 0, 1]), 53)] }
  }

  /// `address`, or `[address]:port`, which tests and forwarders use.
  private mutating func add(_ word: String) {
    if word.hasPrefix("["), let end = word.firstIndex(of: "]") {
      let port = UInt16(word[word.index(after: end)...].dropFirst()) ?? 53
      if let address = IPAddress(String(word[word.index(after: word.startIndex)..<end])) {
        servers.append((address, port))
      }
    } else if servers.count < 3, let address = IPAddress(word) {
      servers.append((address, 53))
    }
  }

  private mutating func set(_ option: String) {
    let value = option.split(separator: ":").last.flatMap { Int($0) }
    if option.hasPrefix("timeout:"), let value { timeout = min(max(value, 1), 30) }
    if option.hasPrefix("attempts:"), let value { attempts = min(max(value, 1), 5) }
  }
}

/// The names and addresses of hosts(5).
struct HostsFile: Sendable {
  private var addresses: [DomainName: [IPAddress]] = [:]
  private var names: [IPAddress: DomainName] = [:]

  init(_ text: [UInt8]) {
    for line in text.split(separator: 0x0A) {
      let words = line.prefix { $0 != 0x23 }.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
      guard let address = words.first.flatMap({ IPAddress($0) }) else { continue }
      for name in words.dropFirst().compactMap({ DomainName($0) }) {
        addresses[name, default: []].append(address)
        if names[address] == nil { names[address] = name }
      }
    }
  }

  /// Nil where the file says nothing.
  func answer(_ name: DomainName, _ type: RecordType) -> DNSAnswer? {
    switch type {
    case .a, .aaaa:
      guard let known = addresses[name] else { return nil }
      let records = known.map { Record(name, lifetime: 0, .address($0)) }.filter { $0.data.type == type }
      return records.isEmpty ? .noData : .records(records)
    case .ptr:
      let known = names.first { DomainName(reverseOf: $0.key) == name }
      return known.map { .records([Record(name, lifetime: 0, .pointer($0.value))]) }
    default: return nil
    }
  }
}
