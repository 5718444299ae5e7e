// AccessTable.swift: the access table by what is looked up in it.
//
// sendmail asks three questions of one table: of the client (Connect:), of the
// sender (From:), of the recipient (To:); a key without a tag answers all three,
// where the tagged key does not. The answer is found by key, the longest first.

struct AccessTable {
  private(set) var entries: [AccessEntry] = []
  /// Entries of other tags, and keys that are nothing we know.
  private(set) var others: [SourceEntry] = []
  /// Whether SKIP ends a search of domains and networks; otherwise it is the text of a refusal.
  var knowsSkip: Bool

  init(_ table: SourceTable, knowsSkip: Bool) {
    self.knowsSkip = knowsSkip
    for entry in table.entries { add(entry) }
  }

  private mutating func add(_ source: SourceEntry) {
    var tag = AccessEntry.Tag.none
    var key = source.key
    if let (before, after) = key.cut(":"), before != "ipv6", !before.hasPrefix("[") {
      guard let known = AccessEntry.Tag(rawValue: before), !before.isEmpty else {
        others.append(source)
        return
      }
      tag = known
      key = after
    }
    guard let parsed = Self.key(key) else {
      others.append(source)
      return
    }
    var action = AccessAction(source.value)
    // Searches go on after SKIP in domains and networks; users are looked up only once.
    let isUser =
      switch parsed {
      case .user, .address: true
      default: false
      }
    if action == .skip, !knowsSkip || isUser {
      action = .reply(ReplyText.of("SKIP", enhanced: nil))
    }
    entries.append(AccessEntry(tag: tag, key: parsed, action: action, source: source))
  }

  private static func key(_ text: String) -> AccessEntry.Key? {
    if text.isEmpty || text.contains(where: { $0.isBlank || $0 == "<" || $0 == ">" }) { return nil }
    if let (user, domain) = text.cutLast("@") {
      return domain.isEmpty ? .user(user) : .address(user: user, domain: domain)
    }
    if let network = AccessNetwork(text) { return .network(network) }
    if text.hasPrefix("["), text.hasSuffix("]") { return .domain(text) }
    if let below = text.dropping(prefix: ".") { return below.isEmpty ? nil : .below(below) }
    return .domain(text)
  }

  /// What counts for one question: the tagged entry of a key, else the untagged one.
  func effective(_ tag: AccessEntry.Tag, untagged: Bool = true) -> [AccessEntry] {
    var chosen: [AccessEntry.Key: Int] = [:]
    var result: [AccessEntry] = []
    for entry in entries where entry.tag == tag || untagged && entry.tag == .none {
      if let index = chosen[entry.key] {
        if result[index].tag == .none { result[index] = entry }
      } else {
        chosen[entry.key] = result.count
        result.append(entry)
      }
    }
    return result
  }
}

extension [AccessEntry] {
  /// The entry that sendmail finds for a domain: its own, else that of a parent.
  func found(for domain: String, lookUpDots: Bool) -> AccessEntry? {
    var rest = domain
    while true {
      if let own = first(where: { $0.key == .domain(rest) }) { return own }
      guard let (_, parent) = rest.cut(".") else { return nil }
      if lookUpDots, let below = first(where: { $0.key == .below(parent) }) { return below }
      rest = parent
    }
  }
}
