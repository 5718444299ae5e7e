// SiteFacts.swift: what a sendmail installation says, wherever it says it.
//
// The .cf is always there and tells what holds: options, classes with the words
// of their files, cf macros, maps, mailers. The site file, where there is one,
// tells who wanted it: the calls give each fact its provenance. Features leave no
// name in the .cf; `FeatureSigns` knows them by their traces.

import Diagnostics
import MCCompiler
import SendmailCF

package struct SiteFacts: Sendable {
  /// A word of a class.
  package struct Member: Sendable, Equatable {
    package var word: String
    package var origin: Provenance
  }

  /// A `K` line.
  package struct MapFact: Sendable {
    package var name: String
    package var type: String
    package var path: String
    package var origin: Provenance
  }

  package struct Feature: Sendable {
    package var name: String
    package var arguments: [String]
    package var origin: Provenance
  }

  package let cf: CFFile
  package let calls: [SiteCall]
  package let source: TableSource
  /// The name that the host gives itself, where it is known.
  package let hostName: String?

  let signs: FeatureSigns
  package private(set) var features: [String: Feature] = [:]
  private(set) var classes: [String: [Member]] = [:]
  private(set) var maps: [String: MapFact] = [:]
  private(set) var optionValues: [String: [(value: String, origin: Provenance)]] = [:]
  private(set) var macroValues: [String: (value: String, origin: Provenance)] = [:]
  package private(set) var diagnostics: [Diagnostic] = []

  package init(cf: CFFile, calls: [SiteCall], source: TableSource, hostName: String?) {
    self.cf = cf
    self.calls = calls
    self.source = source
    self.hostName = hostName
    signs = FeatureSigns(cf)
    for line in cf.lines { read(line) }
    readFeatures()
  }

  private mutating func read(_ line: CFLine) {
    switch line.content {
    case .macro(let number, let value):
      let name = self.name(number)
      macroValues[name] = (text(value), origin(of: "D" + name, line, defines: Self.macroDefines[name]))
    case .words(let number, let words, let copied):
      for word in words { add(String(bytes: word), to: name(number), line) }
      for other in copied { for member in members(name(other)) { add(member.word, to: name(number), line) } }
    case .trustedUsers(let words):
      for word in words { add(String(bytes: word), to: "t", line) }
    case .classFile(let file): readClassFile(file, line)
    case .option(let option):
      let name = Self.fullName(option)
      let defines = CallNames.define(ofOption: name).map { [$0] }
      let value = text(option.value)
      let origin = origin(of: "O " + name, line, defines: defines, value: value)
      optionValues[name.lowercased(), default: []].append((value, origin))
    case .map(let map): readMap(map, line)
    default: break
    }
  }

  static func fullName(_ option: CFOption) -> String {
    option.part.map { option.name + "." + String(bytes: $0) } ?? option.name
  }

  // MARK: Names and values

  func name(_ number: Int) -> String { String(bytes: cf.names.name(number)) }

  func text(_ units: [CFUnit]) -> String { String(bytes: units.text(cf.names)) }

  /// The value of an option, the last where it is set more than once.
  func option(_ name: String) -> (value: String, origin: Provenance)? {
    optionValues[name.lowercased()]?.last
  }

  func allOptions(_ name: String) -> [(value: String, origin: Provenance)] {
    optionValues[name.lowercased()] ?? []
  }

  /// The value of a cf macro; nil where it is unset or empty.
  func macro(_ name: String) -> (value: String, origin: Provenance)? {
    guard let found = macroValues[name], !found.value.isEmpty else { return nil }
    return found
  }

  func has(_ feature: String) -> Bool { features[feature] != nil }

  func origin(ofFeature name: String) -> Provenance? { features[name]?.origin }

  /// The words of a class, each once; `$={other}` stands for that class's words.
  func members(_ name: String) -> [Member] {
    var seen: Set<String> = []
    return expanded(name, depth: 0).filter {
      seen.insert($0.word).inserted && (!Self.namesOfDomains.contains(name) || Self.isName($0.word))
    }
  }

  private static let namesOfDomains: Set<String> = ["w", "R", "M", "N", "G", "VirtHost", "m"]

  /// The words of classes of domains that are none.
  var oddWords: [Member] {
    Self.namesOfDomains.sorted().flatMap { expanded($0, depth: 0).filter { !Self.isName($0.word) } }
  }

  /// What could be a domain or a network: other words would mean tables and files in the
  /// lists of Postfix.
  static func isName(_ word: String) -> Bool {
    AccessNetwork(word) != nil || !word.contains { ":/,!$#\"'(){}<> \t".contains($0) }
  }

  private func expanded(_ name: String, depth: Int) -> [Member] {
    guard depth < 4 else { return [] }
    return (classes[name] ?? []).flatMap { member -> [Member] in
      guard let inner = member.word.dropping(prefix: "$=") else { return [member] }
      let other = inner.filter { $0 != "{" && $0 != "}" }
      return expanded(other, depth: depth + 1)
    }
  }

  // MARK: Classes and maps

  private mutating func add(_ word: String, to name: String, _ line: CFLine) {
    let caller = CallNames.writers(ofClass: name)
    let call = calls.first { call in
      caller.contains(call.name) && call.text(0).words.contains(word.shown)
    }
    let origin = call.map { Provenance($0) }
    classes[name, default: []].append(
      Member(
        word: word.hasPrefix("$") ? word : word.folded,
        origin: origin ?? Provenance("class \(name)", at: line.position)))
  }

  private mutating func readClassFile(_ file: CFClassFile, _ line: CFLine) {
    guard case .file(let bytes) = file.source else { return }
    let path = String(bytes: bytes)
    guard let found = source.words(path) else {
      if !file.isOptional {
        diagnostics.append(Diagnostic(.warning, .tableMissing(path.shown), at: line.position))
      }
      return
    }
    let name = self.name(file.classNumber)
    for (word, number) in found.words {
      let position = SourcePosition(file: found.path, line: number)
      classes[name, default: []].append(
        Member(word: word.folded, origin: Provenance("", at: position)))
    }
  }

  private mutating func readMap(_ map: CFMap, _ line: CFLine) {
    let words = String(bytes: map.arguments).words
    let name = String(bytes: map.name)
    let features = CallNames.feature(ofMap: name).map { [$0] } ?? []
    let call = calls.first { $0.name == "FEATURE" && features.contains($0.text(0)) }
    let own = Provenance("K\(name.shown)", at: line.position)
    maps[name] = MapFact(
      name: name, type: String(bytes: map.mapType),
      path: (words.last { !$0.hasPrefix("-") } ?? "").withoutDatabaseEnding,
      origin: call.map { Provenance($0) } ?? own)
  }

  func map(_ name: String) -> MapFact? { maps[name] }

  /// The table behind a map.
  func table(ofMap name: String) -> SourceTable? {
    guard let map = maps[name] else { return nil }
    return source.table(map.path)
  }

  // MARK: Provenance

  /// The call that set something, or the line of the .cf. Of calls that each write a line
  /// of their own, it is the one with the same text.
  private func origin(of what: String, _ line: CFLine, defines: [String]?, value: String? = nil) -> Provenance {
    guard let defines,
      let call = calls.last(where: { call in
        (call.name == "define" && defines.contains(call.text(0)))
          || defines.contains(call.name) && (value == nil || call.text(0).trimmed == value?.trimmed)
      })
    else { return Provenance(what.shown, at: line.position) }
    return Provenance(call)
  }

  /// The macros of the .cf that site files set, and by which names.
  private static let macroDefines = [
    "j": ["confDOMAIN_NAME"], "S": ["SMART_HOST"], "H": ["MAIL_HUB"], "R": ["LOCAL_RELAY"],
    "L": ["LUSER_RELAY"], "M": ["MASQUERADE_AS"], "Y": ["UUCP_RELAY"], "B": ["BITNET_RELAY"],
    "C": ["DECNET_RELAY"], "F": ["FAX_RELAY"], "n": ["confMAILER_NAME"],
  ]

  static func macro(ofDefine name: String) -> String? {
    macroDefines.first { $0.value.contains(name) }?.key
  }

  private mutating func readFeatures() {
    for call in calls where call.name == "FEATURE" {
      let name = call.text(0)
      features[name] = Feature(
        name: name, arguments: (1..<max(call.arguments.count, 1)).map { call.text($0) },
        origin: Provenance(call))
    }
    for (name, position) in signs.found where features[name] == nil {
      features[name] = Feature(
        name: name, arguments: [], origin: Provenance("FEATURE(`\(name)')", at: position))
    }
  }
}
