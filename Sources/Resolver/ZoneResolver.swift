// ZoneResolver.swift: answers from records in memory, as a zone file or a site gives them.
//
// Names below the zones that it holds are there or not there; other names nobody is
// asked for: a test's world is complete. Wildcards count as RFC 4592 says.

/// Answers from records.
package struct ZoneResolver: DomainNameResolver {
  private let records: [DomainName: [Record]]
  /// Names that exist because others are below them, without records of their own.
  private let parents: Set<DomainName>

  /// How many aliases one question follows.
  private static let mostAliases = 8

  package init(_ records: [Record]) {
    self.records = Dictionary(grouping: records, by: \.name)
    var parents: Set<DomainName> = []
    for record in records {
      var name = record.name.parent
      while let parent = name, parents.insert(parent).inserted { name = parent.parent }
    }
    self.parents = parents
  }

  package func lookUp(
    _ name: DomainName, _ type: RecordType, deadline: ContinuousClock.Instant
  ) -> DNSAnswer {
    var name = name
    for _ in 0...Self.mostAliases {
      guard let there = held(name) else { return .noSuchName }
      let wanted = there.filter { $0.data.type == type }
      if !wanted.isEmpty {
        return .records(wanted.map { Record(name, lifetime: $0.lifetime, $0.data) })
      }
      let target = there.lazy.compactMap { if case .alias(let target) = $0.data { target } else { nil } }.first
      guard let target else { return .noData }
      name = target
    }
    return .temporaryFailure("too many aliases behind \(name)")
  }

  /// The records under a name; nil where there is no such name.
  private func held(_ name: DomainName) -> [Record]? {
    if let exact = records[name] { return exact }
    if parents.contains(name) { return [] }
    // The wildcard below the nearest name that is there.
    var encloser = name.parent
    while let candidate = encloser, records[candidate] == nil, !parents.contains(candidate) {
      encloser = candidate.parent
    }
    guard let encloser, let wildcard = DomainName(labels: [[0x2A]] + encloser.labels) else { return nil }
    return records[wildcard]
  }
}
