// SetupPlan.swift: the texts that a host gets, from answers and what it has already.
//
//     answers + found ──► sendmail.mc   local-host-names   sendmail.conf   aliases
//                         access   mailertable   virtusertable   genericstable

/// The texts of a configuration; what is built from them is not here.
package struct SetupPlan: Sendable {
  package struct Text: Sendable, Equatable {
    package let name: String
    package let bytes: [UInt8]
  }

  /// In the order in which people want to see them.
  package private(set) var texts: [Text] = []

  package init(_ answers: Answers, _ found: FoundHost) {
    let tables = answers.kind == .nullClient ? [:] : Self.tables(answers, found)
    let mc = MCText(answers: answers, found: found, tables: tables).lines
    add("sendmail.mc", Array((mc.joined(separator: "\n") + "\n").utf8))
    if answers.kind != .nullClient { add("local-host-names", Self.localHostNames(answers, found)) }
    for table in AnsweredTable.all { tables[table.name].map { add(table.name, $0) } }
    if answers.kind != .nullClient, !found.has("aliases") { add("aliases", Self.aliases) }
    let interval = answers[.queueInterval].first ?? found.queueInterval
    let settings = found.texts["sendmail.conf"].map { DaemonSettings($0).with("QUEUE_INTERVAL", interval) }
    add("sendmail.conf", settings ?? DaemonSettings.fresh(queueInterval: interval))
  }

  private mutating func add(_ name: String, _ bytes: [UInt8]) { texts.append(Text(name: name, bytes: bytes)) }

  /// Those that hold something, or are there already.
  private static func tables(_ answers: Answers, _ found: FoundHost) -> [String: [UInt8]] {
    var texts: [String: [UInt8]] = [:]
    for table in AnsweredTable.all {
      let old = found.texts[table.name]
      if old == nil, table.name != "access", table.entries(answers).isEmpty { continue }
      texts[table.name] = table.text(answers, old: old ?? [])
    }
    return texts
  }

  /// A name a line; comments stay.
  private static func localHostNames(_ answers: Answers, _ found: FoundHost) -> [UInt8] {
    let names = answers[.localNames]
    var missing = names
    var lines = String(decoding: found.texts["local-host-names"] ?? [], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    lines = lines.filter { line in
      guard let name = Words.domain(line.prefix { $0 != "#" }.trimmed) else { return true }
      missing.removeAll { $0 == name }
      return names.contains(name)
    }
    if lines.last == "" { lines.removeLast() }
    if lines.isEmpty { lines = ["# Names whose mail is kept here, besides the host's own."] }
    return Array(((lines + missing).joined(separator: "\n") + "\n").utf8)
  }

  private static let aliases = Array(
    """
    # Names that stand for others: man aliases. Run newaliases after a change.
    mailer-daemon: postmaster
    postmaster: root

    """.utf8)
}
