// TranslationEnvelopes.swift: envelopes made from what a site's own files name.
//
// For each key of each table, each name of each class file and each domain of the
// site file: as a client, a sender and a recipient, with what lies below it and, for
// users, with +detail. Recipients are tried from a client that may relay and from one
// that may not.

import Foundation

enum TranslationEnvelopes {
  static let inside = ("127.0.0.1", "localhost")

  static func generated(for site: String) -> [TranslationEnvelope] {
    let folder = TranslatedSite.folder(of: site)
    func keys(_ table: String) -> [String] {
      lines(folder + "/" + table).map { $0.prefix { $0 != "\t" && $0 != " " }.lowercased() }
    }
    var result: [TranslationEnvelope] = []
    for key in keys("access") { result += access(key) }
    for key in keys("virtusertable") { result += recipients(virtual(key)) }
    for key in keys("mailertable") { result += recipients(domain(key)) }
    for key in keys("domaintable") + keys("local-host-names") + keys("relay-domains") {
      result += recipients(domain(key)) + senders(domain(key).filter { !$0.contains("[") })
    }
    for name in domains(of: folder + "/sendmail.mc") {
      result += recipients(domain(name)) + clients([name])
    }
    result += recipients([
      "john@mail.example.org", "john@localhost", "x@mail.example.edu", "x@example.edu",
      "x@away.example",
    ])
    var seen: Set<String> = []
    return result.filter { seen.insert("\($0)").inserted }
  }

  private static func lines(_ path: String) -> [String] {
    ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(
      String.init
    )
    .filter { !$0.hasPrefix("#") }
  }

  /// The names ending in a top domain of the examples that the site file quotes.
  static func domains(of path: String) -> [String] {
    let words = lines(path).filter { !$0.hasPrefix("VERSIONID") && !$0.hasPrefix("include") }
      .joined(separator: " ").split { !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "-" }
    let names = words.map { $0.lowercased() }.filter {
      $0.contains("example") && $0.contains(".") && !$0.hasPrefix(".") && !$0.hasSuffix(".")
        && !($0.first?.isNumber ?? true)
    }
    return Array(Set(names)).sorted()
  }

  // MARK: forms

  private static func domain(_ name: String) -> [String] {
    if name.hasPrefix("[") || name.first?.isNumber ?? true { return ["x@[192.0.2.9]"] }
    if name == "." { return ["x@somewhere.example"] }
    if name.hasPrefix(".") { return ["x@a\(name)", "x@a.b\(name)", "x@\(name.dropFirst())"] }
    return ["x@\(name)", "x@sub.\(name)"]
  }

  private static func virtual(_ key: String) -> [String] {
    guard let at = key.lastIndex(of: "@") else { return [] }
    let domain = key[at...]
    var user = String(key[..<at])
    if let plus = user.firstIndex(of: "+") { user = String(user[..<plus]) }
    if user.isEmpty { user = "any" }
    return [
      "\(user)\(domain)", "\(user)+d\(domain)", "nobody.there\(domain)", "\(user)@mail.example.org",
    ]
  }

  private static func access(_ key: String) -> [TranslationEnvelope] {
    var text = key
    for tag in ["connect:", "from:", "to:", "spam:", "tls_clt:"] where text.hasPrefix(tag) {
      text = String(text.dropFirst(tag.count))
    }
    if text.isEmpty || text.contains(":") { return [] }
    if text.hasSuffix("@") {
      let addresses = [text + "far.example", text + "mail.example.org"]
      return senders(addresses) + recipients(addresses)
    }
    if text.contains("@") { return senders([text]) + recipients([text]) }
    if text.allSatisfy({ $0.isNumber || $0 == "." }) { return networks(text) }
    if text.hasPrefix("[") { return recipients(["x@" + text]) }
    return clients([text, "a." + text.drop { $0 == "." }]) + senders(domain(text))
      + recipients(domain(text))
  }

  private static func networks(_ text: String) -> [TranslationEnvelope] {
    let count = text.split(separator: ".").count
    let address = text + [".9.8.7", ".8.7", ".7", ""][max(count, 1) - 1]
    return ["john@mail.example.org", "x@away.example"].map {
      TranslationEnvelope($0, by: (address, "host.far.example"))
    }
  }

  private static func clients(_ names: [String]) -> [TranslationEnvelope] {
    names.filter { !$0.hasPrefix(".") }.flatMap { name in
      ["john@mail.example.org", "x@away.example"].map {
        TranslationEnvelope($0, by: ("198.51.100.9", name))
      }
    }
  }

  private static func senders(_ addresses: [String]) -> [TranslationEnvelope] {
    addresses.flatMap {
      [
        TranslationEnvelope("john@mail.example.org", from: $0),
        TranslationEnvelope("x@away.example", from: $0, by: inside),
      ]
    }
  }

  private static func recipients(_ addresses: [String]) -> [TranslationEnvelope] {
    addresses.flatMap { [TranslationEnvelope($0), TranslationEnvelope($0, by: inside)] }
  }
}
