// Form.swift: what the words of an answer must look like.
//
// Words end up in m4 arguments and in the keys of tables, so that each form lets
// through only what is safe in both. What is right but may be written in several ways
// is brought into one: names in lower case, choices as their full word.
//
// Fails: nil for a word that does not fit; `what` says what would.

import Resolver
import Site

/// The form of the words that answer a question.
package struct Form: Sendable {
  /// `a full host name, such as mail.example.org`.
  package let what: String
  package let isList: Bool
  /// The words to choose from with their meanings; empty where others are right, too.
  package let choices: [(word: String, meaning: String)]
  let read: @Sendable (String) -> String?

  private init(
    _ what: String, isList: Bool = false, choices: [(word: String, meaning: String)] = [],
    read: @escaping @Sendable (String) -> String?
  ) {
    (self.what, self.isList, self.choices, self.read) = (what, isList, choices, read)
  }
}

extension Form {
  static let hostName = Form("a full host name, such as mail.example.org", read: Words.domain)

  static let mailHost = Form("a host to send to, such as smtp.example.org, [192.0.2.1] or esmtp:[smtp.example.org]") {
    Words.mailHost($0)
  }

  static let domain = Form("a domain, such as example.org", read: Words.domain)

  static let domains = Form("a domain, such as example.org", isList: true, read: Words.domain)

  static let networks = Form(
    "a network, such as 192.0.2.0/24 or 2001:db8::/32, with no bits set behind its prefix", isList: true,
    read: Words.network)

  static let routedDomains = Form(
    "a domain, such as example.org, or one with the host that keeps it, as example.org=box.example.org",
    isList: true
  ) { word in
    Words.pair(word, Words.domain, Words.domain) ?? Words.domain(word)
  }

  static let senders = Form("an address, a domain or a network, such as example.com or 192.0.2.0/24", isList: true) {
    Words.network($0) ?? Words.address($0) ?? Words.domain($0)
  }

  static let users = Form("the name of a user", isList: true, read: Words.user)

  static let senderAddresses = Form("a user and an address, as ann=ann.miller@example.org", isList: true) {
    Words.pair($0, Words.user, Words.address)
  }

  static let virtualUsers = Form(
    "an address and who gets it, as info@example.org=ann; @example.org=ann stands for all other addresses",
    isList: true
  ) { word in
    Words.pair(word, { Words.address($0) ?? Words.wholeDomain($0) }, { Words.address($0) ?? Words.user($0) })
  }

  /// A `p` before it is a runner that stays.
  static let interval = Form("a time between queue runs, such as 10m or 1h30m") { word in
    var rest = word.hasPrefix("p") ? word.dropFirst() : word[...]
    guard !rest.isEmpty, word.utf8.count < 20 else { return nil }
    while !rest.isEmpty {
      let number = rest.prefix { $0.isNumber && $0.isASCII }
      guard !number.isEmpty, let unit = rest.dropFirst(number.count).first, "smhdw".contains(unit) else { return nil }
      rest = rest.dropFirst(number.count + 1)
    }
    return word
  }

  static let flag = choice([("yes", ""), ("no", "")])

  /// One of some words, told by its number or its beginning, too.
  static func choice(_ choices: [(word: String, meaning: String)]) -> Form {
    let words = choices.map(\.word)
    return Form(words.joined(separator: ", ").replacingLastComma(by: " or"), choices: choices) { word in
      if let number = Int(word), words.indices.contains(number - 1) { return words[number - 1] }
      let word = word.lowercased()
      let meant = words.contains(word) ? [word] : words.filter { $0.hasPrefix(word) }
      return meant.count == 1 ? meant[0] : nil
    }
  }
}

extension String {
  fileprivate func replacingLastComma(by text: String) -> String {
    guard let comma = lastIndex(of: ",") else { return self }
    return self[..<comma] + text + self[index(after: comma)...]
  }
}

/// Words that are safe in m4 arguments and in tables.
enum Words {
  static func domain(_ word: String) -> String? {
    let name = word.lowercased()
    let labels = name.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, DomainName(name) != nil, labels.allSatisfy(isLabel),
      labels.last?.contains(where: \.isLetter) == true
    else { return nil }
    return name
  }

  private static func isLabel(_ label: Substring) -> Bool {
    (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
      && label.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
      // m4 would carry them out wherever they stand.
      && !label.split(separator: "-").contains { bareBuiltins.contains(String($0)) }
  }

  /// Builtins of m4 that need no parenthesis.
  private static let bareBuiltins: Set<String> = [
    "changecom", "changequote", "debugfile", "debugmode", "divert", "divnum", "dnl", "dumpdef", "shift", "sysval",
    "traceoff", "traceon", "undivert",
  ]

  /// A host, with brackets or without, behind a mailer or not.
  static func mailHost(_ word: String) -> String? {
    for mailer in ["smtp:", "esmtp:", "relay:"] where word.hasPrefix(mailer) {
      return mailHost(String(word.dropFirst(mailer.count)), mailer)
    }
    return mailHost(word, "")
  }

  private static func mailHost(_ word: String, _ mailer: String) -> String? {
    guard word.hasPrefix("["), word.hasSuffix("]") else { return domain(word).map { mailer + $0 } }
    let inside = String(word.dropFirst().dropLast())
    if let name = domain(inside) { return "\(mailer)[\(name)]" }
    if inside.hasPrefix("IPv6:") {
      return IPAddress(String(inside.dropFirst(5))).map { "\(mailer)[IPv6:\($0)]" }
    }
    return IPAddress(inside).flatMap { $0.bytes.count == 4 ? "\(mailer)[\($0)]" : nil }
  }

  /// Not everybody, and no more entries than a table should have of it.
  static func network(_ word: String) -> String? {
    guard let network = IPNetwork(word), network.prefix > 0, network.prefixCount <= IPNetwork.mostPrefixes else {
      return nil
    }
    return "\(network)"
  }

  static func user(_ word: String) -> String? {
    let isSafe = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._+-".contains($0)) }
    let ends: [Character?] = [".", "-"]
    return isSafe && !ends.contains(word.first) && !ends.contains(word.last) && (1...64).contains(word.utf8.count)
      ? word : nil
  }

  static func address(_ word: String) -> String? {
    let parts = word.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, let user = user(parts[0]), let domain = domain(parts[1]) else { return nil }
    return user + "@" + domain
  }

  static func wholeDomain(_ word: String) -> String? {
    word.hasPrefix("@") ? domain(String(word.dropFirst())).map { "@" + $0 } : nil
  }

  static func pair(_ word: String, _ left: (String) -> String?, _ right: (String) -> String?) -> String? {
    guard let (key, value) = split(word), let key = left(key), let value = right(value) else { return nil }
    return key + "=" + value
  }

  /// The two sides of `key=value`.
  static func split(_ word: String) -> (key: String, value: String)? {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
  }
}
