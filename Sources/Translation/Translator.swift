// Translator.swift: a sendmail installation in, a Postfix configuration and a report out.
//
//     SiteFacts ──► one file an area ──► PostfixSide
//         └── every call, line and entry ──► TranslationReport
//
// Each area (options, access, routes, …) is an extension of `Builder` in a file of
// its own: it reads facts, puts parameters, tables and services, and notes what
// became of the things it dealt with. Whatever no area spoke of gets its verdict
// from the catalogues, and where these promise a parameter that nobody wrote, the
// verdict is manual.
//
// Fails: never as a whole. What is missing or cannot be said in Postfix is a row of
// the report, and a diagnostic where the result is less than the postmaster expects.

import Diagnostics
import MCCompiler
import SendmailCF

/// Translates one installation.
package struct Translator: Sendable {
  package var configuration: CFFile
  /// The calls of the site file; empty where there is only a .cf.
  package var calls: [SiteCall]
  package var tables: TableSource
  /// The host's own name, for names that sendmail finds out at its start.
  package var hostName: String?
  /// Whether a site that relays for everybody is to do so again.
  package var allowsOpenRelay = false
  /// Who else is told to go elsewhere; the rules that say so in the sendmail.cf are not read.
  package var entrance: ClosedPort?

  package init(
    configuration: CFFile, calls: [SiteCall] = [], tables: TableSource = TableSource(),
    hostName: String? = nil
  ) {
    self.configuration = configuration
    self.calls = calls
    self.tables = tables
    self.hostName = hostName
  }

  package func translate() -> TranslationResult {
    let facts = SiteFacts(
      cf: configuration, calls: calls, source: tables, hostName: hostName)
    let builder = Builder(facts, allowsOpenRelay: allowsOpenRelay)
    builder.entrance = entrance
    builder.build()
    return TranslationResult(
      side: builder.side, report: builder.report, diagnostics: facts.diagnostics + builder.diagnostics)
  }
}

/// Clients of some networks alone may come in, which Local_check_relay sees to in the sendmail.cf.
package struct ClosedPort: Sendable {
  /// In the form of cidr_table(5).
  package var networks: [String]
  /// What others hear.
  package var reply: String

  package init(networks: [String], reply: String) { (self.networks, self.reply) = (networks, reply) }
}

package struct TranslationResult: Sendable {
  package var side: PostfixSide
  package var report: TranslationReport
  package var diagnostics: [Diagnostic]
}

/// A translation under way. A class, because every area adds to it.
final class Builder {
  let facts: SiteFacts
  let allowsOpenRelay: Bool
  var entrance: ClosedPort?
  var side = PostfixSide()
  var report = TranslationReport()
  var diagnostics: [Diagnostic] = []
  /// What areas found out about things of the input, by `Subject`.
  private(set) var outcomes: [Subject: Outcome] = [:]
  /// Tables that were read, for their faults to be told once.
  private var readTables: [String: SourceTable?] = [:]

  /// Something of the input that a row is about.
  enum Subject: Hashable {
    case option(String)
    case feature(String)
    case word(String)
    case macro(String)
    case classNamed(String)
    case map(String)
    case mailer(String)
    case ruleset(String)
  }

  struct Outcome {
    var verdict: Verdict
    var postfix: String
    var reason: String?
  }

  init(_ facts: SiteFacts, allowsOpenRelay: Bool) {
    self.facts = facts
    self.allowsOpenRelay = allowsOpenRelay
  }

  func build() {
    // Earlier areas decide what later ones need: own names, then who may relay.
    translateIdentity()
    translateLocalDomains()
    localRoutes()
    translateVirtualUsers()
    translateRelaying()
    translateRestrictions()
    translateRoutes()
    translateRewriting()
    translateDelivery()
    translateOptions()
    translateServices()
    finishLists()
    reportEverything()
  }

  // MARK: What areas say

  func note(_ subject: Subject, _ verdict: Verdict, _ postfix: String, _ reason: String? = nil) {
    outcomes[subject] = Outcome(verdict: verdict, postfix: postfix, reason: reason)
  }

  /// A row about an entry that nothing came of.
  func note(_ entry: SourceEntry, _ verdict: Verdict, _ reason: String) {
    note(entry, verdict, "-", reason)
  }

  /// A row about an entry of a table.
  func note(_ entry: SourceEntry, _ verdict: Verdict, _ postfix: String, _ reason: String) {
    report.rows.append(
      .init(
        kind: .tableEntry, subject: entry.key + " " + entry.value, position: entry.position,
        verdict: verdict, postfix: postfix, reason: reason))
  }

  /// A row about something that the input does not say and that matters all the same.
  func noteDefault(_ subject: String, _ verdict: Verdict, _ postfix: String, _ reason: String) {
    report.rows.append(
      .init(
        kind: .defaults, subject: subject, position: nil, verdict: verdict, postfix: postfix,
        reason: reason))
  }

  func set(_ name: String, _ words: [ValueWord], _ section: Section, _ origins: [Provenance]) {
    side.put(Setting(name: name, words: words, origins: origins, section: section))
  }

  func set(_ name: String, _ value: String, _ section: Section, _ origins: Provenance...) {
    set(name, value.isEmpty ? [] : [ValueWord(value)], section, origins)
  }

  /// The table behind a map, read once.
  func table(ofMap name: String) -> SourceTable? {
    if let known = readTables[name] { return known }
    guard let map = facts.map(name) else { return nil }
    let table = facts.table(ofMap: name)
    readTables[name] = table
    diagnostics += table?.diagnostics ?? []
    if table == nil {
      diagnostics.append(
        Diagnostic(.warning, .tableMissing(map.path.shown), at: map.origin.position))
      note(.map(name), .manual, "-", "The table \(map.path) was not found.")
    }
    return table
  }

  /// Where an entry comes from, as its provenance.
  func origin(_ entry: SourceEntry) -> Provenance { Provenance("", at: entry.position) }

  // MARK: Lists that several areas add to

  /// Restriction lists, by parameter, in the order of their evaluation.
  var restrictions: [String: [ValueWord]] = [:]
  /// Maps of transport_maps and the like, in the order of their look-up.
  var mapLists: [String: [ValueWord]] = [:]
  var mapSections: [String: Section] = [:]
  var ownNames: [SiteFacts.Member] = []
  /// Virtual users that are refused, for the recipient restrictions.
  var virtualErrors: [PostfixTable] = []
  /// Virtual domains that became destinations.
  var twins: Set<String> = []
  /// Entries of destinations that only those who may relay can write to.
  var destinationsOfFriends: [SourceEntry] = []
  /// Set where only recipients so marked have their mail checked.
  var haters: [AccessEntry]?
  /// Tables that make recipients count as known.
  var extraLocalRecipients: [ValueWord] = []
  /// Set where unknown users are somebody else's business.
  var acceptsUnknownUsers: Provenance?

  func restrict(_ list: String, _ restriction: String, _ origin: Provenance? = nil) {
    restrictions[list, default: []].append(ValueWord(restriction, origin))
  }

  func addMap(_ list: String, _ map: String, _ section: Section, _ origin: Provenance? = nil) {
    mapLists[list, default: []].append(ValueWord(map, origin))
    mapSections[list] = section
  }

  /// Keeps a table that has entries and adds it to a list of maps.
  func addTable(_ table: PostfixTable, to list: String, _ section: Section, _ origin: Provenance? = nil) {
    guard !table.isEmpty else { return }
    addMap(list, side.put(table), section, origin)
  }

  private func finishLists() {
    for name in mapLists.keys.sorted() {
      set(name, mapLists[name] ?? [], mapSections[name] ?? .routing, [])
    }
  }
}
