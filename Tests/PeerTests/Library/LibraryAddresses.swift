// LibraryAddresses.swift: the addresses that a site is asked about, made from the site
// itself.
//
// Users and domains come from the members of its classes and the keys of its tables,
// with the domains above and below them; each is put into every form that an address
// can have. The odd addresses of OddAddresses.swift are asked of every site.

import Foundation

struct LibraryAddresses {
  private(set) var users = ["root", "postmaster", "john", "Mixed.Case"]
  private(set) var domains: [String] = []
  private(set) var literals: [String] = []
  private var wholeKeys: [String] = []
  private var virtual: [String] = []

  /// Every address, each once, in an order that does not change from run to run.
  private(set) var all: [String] = []

  private static let domainClasses = ["w", "M", "N", "G", "R", "VirtHost", "Canonify", "m"]
  private static let userClasses = ["E", "L"]
  /// Names that every site is asked about: its own, strangers, and pseudo-domains.
  private static let commonDomains = [
    LibrarySite.host, "localhost", "example.org", "mail", "remote.example", "resolves.example",
    "nodots",
    "x.uucp", "y.bitnet", "z.decnet", "1234.fax", "old.example.redirect", "localhost.uucp",
    "localhost.example.org",
  ]

  init(_ site: LibrarySite) {
    let classes = ConfigurationLines(site.texts[.stock] ?? "").classes()
    for name in Self.domainClasses {
      domains += (classes[name] ?? []).filter { !$0.hasPrefix("$") && !$0.hasPrefix("[") }
    }
    for name in Self.userClasses { users += classes[name] ?? [] }
    for (table, keys) in site.keys.sorted(by: { $0.key < $1.key }) {
      for key in keys { take(table == "access" ? Self.untagged(key) : key) }
    }
    domains += Self.commonDomains
    users = unique(users)
    domains = unique(domains.filter { !$0.isEmpty })
    literals = unique(literals + ["192.0.2.1", "127.0.0.1", "10.1.2.3"])
    virtual = unique(["VirtHost", "G", "M"].flatMap { classes[$0] ?? [] })
    all = unique(wholeKeys + ofDomains() + ofUsers() + ofLiterals() + oddAddresses)
  }

  /// A key of the access table without its tag.
  static func untagged(_ key: String) -> String {
    guard let colon = key.firstIndex(of: ":"),
      key[..<colon].allSatisfy({ $0.isLetter || $0 == "_" })
    else { return key }
    return String(key[key.index(after: colon)...])
  }

  private mutating func take(_ key: String) {
    if key.allSatisfy({ $0.isNumber || $0 == "." }) || key.lowercased().hasPrefix("ipv6") {
      literals.append(key)
    } else if let at = key.firstIndex(of: "@") {
      let domain = key[key.index(after: at)...].drop { $0 == "." }
      if at != key.startIndex { users.append(String(key[..<at])) }
      domains.append(String(domain))
      wholeKeys.append(key)
    } else if key.contains(".") {
      domains.append(key.trimmingCharacters(in: ["."]))
    } else if !key.isEmpty {
      users.append(key)
    }
  }

  private func ofDomains() -> [String] {
    let near = domains.flatMap { domain in
      let above = domain.split(separator: ".").dropFirst()
      return [domain, "sub." + domain] + (above.count > 1 ? [above.joined(separator: ".")] : [])
    }
    let host = LibrarySite.host
    return near.map { "john@" + $0 }
      + domains.flatMap { domain in
        users.prefix(3).map { "\($0)@\(domain)" } + [
          "john+detail@\(domain)", "@\(domain)", "john%\(domain)@\(host)",
          "john%remote.example@\(domain)",
          "\(domain)!john", "<john@\(domain)>", "@\(domain):john@far.example",
          "<@\(host):john@\(domain)>",
          "\"john doe\"@\(domain)", "JOHN@\(domain.uppercased()).", "john@\(domain).redirect",
        ]
      }
  }

  private func ofUsers() -> [String] {
    users.flatMap { user in
      [
        user, "\(user)+ext", "\(user)@\(LibrarySite.host)", "\"\(user)\"", "\\\(user)",
        "\(user)@remote.example",
        "\(user)+x+y@\(LibrarySite.host)",
      ] + virtual.prefix(6).flatMap { ["\(user)@\($0)", "\(user)+ext@\($0)"] }
    }
  }

  private func ofLiterals() -> [String] {
    literals.filter { $0.split(separator: ".").count == 4 }.flatMap {
      ["john@[\($0)]", "@[\($0)]:x@y.example"]
    }
  }

  /// So many of the addresses, spread evenly over all.
  func some(_ count: Int) -> [String] { spread(all, count) }
}

/// The members in their order, each once.
func unique(_ words: [String]) -> [String] {
  var seen: Set<String> = []
  return words.filter { seen.insert($0).inserted }
}

/// So many members, spread evenly.
func spread<Element>(_ members: [Element], _ count: Int) -> [Element] {
  guard members.count > count, count > 0 else { return members }
  return (0..<count).map { members[$0 * members.count / count] }
}
