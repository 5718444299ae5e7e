// RandomSite.swift: a site file with its tables, put together by chance.
//
// Fixtures/library/random-sites holds the lines, each with its chance, and the words they
// are made of; the same seed makes the same site.
//
// Fails: with the line of the fixture that cannot be read.

import Foundation
import TestSupport

struct RandomSite {
  private var random: SeededGenerator
  private let phrases: Phrases

  private init(seed: UInt64, _ phrases: Phrases) {
    random = SeededGenerator(seed: seed)
    self.phrases = phrases
  }

  /// sendmail.mc, the tables and the class files.
  static func files(seed: UInt64) throws -> [(name: String, text: String)] {
    var site = RandomSite(seed: seed, try Phrases())
    return [("sendmail.mc", site.siteFile(seed))] + site.tables()
  }

  // MARK: The .mc file

  private mutating func siteFile(_ seed: UInt64) -> String {
    var parts = ["VERSIONID(`random site \(seed)')dnl"]
    for section in ["system", "site", "features", "mailers", "rules"] {
      var lines = (phrases.lines[section] ?? []).compactMap { chosen($0) }
      // Settings and features may come in any order; most sites keep to the usual one.
      if ["site", "features"].contains(section), chance(30) { lines.shuffle(using: &random) }
      parts += lines
    }
    return parts.joined(separator: "\n") + "\n"
  }

  /// The text of a line, if chance wills it.
  private mutating func chosen(_ line: Phrases.Line) -> String? {
    guard chance(line.percent) else { return nil }
    return filled(line.text).replacingOccurrences(of: "\\n", with: "\n")
      .replacingOccurrences(of: "\\t", with: "\t")
  }

  private mutating func chance(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &random) < percent
  }

  // MARK: Tables

  /// Each key once, since makemap refuses a second one.
  private mutating func tables() -> [(name: String, text: String)] {
    phrases.tables.map { table in
      var keys: Set<String> = []
      var text = ""
      for _ in 0..<Int.random(in: table.size, using: &random) {
        let entry = filled(table.entries.randomElement(using: &random) ?? "")
        if keys.insert(entry.prefix { $0 != "\t" }.lowercased()).inserted { text += entry + "\n" }
      }
      return (table.name, text)
    }
  }

  // MARK: Words

  /// The text with a word in the place of each pair of braces, the innermost first.
  private mutating func filled(_ text: String) -> String {
    var text = text
    while let end = text.range(of: "}}"),
      let start = text.range(of: "{{", options: .backwards, range: text.startIndex..<end.lowerBound)
    {
      let word = word(String(text[start.upperBound..<end.lowerBound]))
      text.replaceSubrange(start.lowerBound..<end.upperBound, with: word)
    }
    return text
  }

  private mutating func word(_ what: String) -> String {
    if what.hasSuffix("+"), let words = phrases.words[String(what.dropLast())] {
      return words.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random))
        .joined(separator: " ")
    }
    let words = phrases.words[what] ?? what.components(separatedBy: " | ")
    return words.randomElement(using: &random) ?? ""
  }
}

extension String {
  /// The parts between bars that stand in no braces.
  fileprivate var alternatives: [String] {
    components(separatedBy: " | ").reduce(into: []) { parts, part in
      if let last = parts.last, last.components(separatedBy: "{{").count > last.components(separatedBy: "}}").count {
        parts[parts.count - 1] = last + " | " + part
      } else {
        parts.append(part)
      }
    }
  }
}

/// What Fixtures/library/random-sites says.
private struct Phrases {
  struct Line {
    let percent: Int
    let text: String
  }

  struct Table {
    let name: String
    let size: ClosedRange<Int>
    var entries: [String] = []
  }

  private(set) var words: [String: [String]] = [:]
  private(set) var lines: [String: [Line]] = [:]
  private(set) var tables: [Table] = []

  init() throws {
    let path = Checkout.root + "/Tests/PeerTests/Fixtures/library/random-sites"
    var section = ""
    for line in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    where !line.hasPrefix("#") {
      if line.hasPrefix("["), line.hasSuffix("]"), !line.contains("{") {
        section = String(line.dropFirst().dropLast())
        try begin(section)
      } else if !take(String(line), in: section) {
        throw LibrarySite.Failure(description: "random-sites: \(line)")
      }
    }
  }

  /// A heading with numbers begins a table.
  private mutating func begin(_ heading: String) throws {
    let parts = heading.split(separator: " ")
    guard parts.count == 3, let least = Int(parts[1]), let most = Int(parts[2]), least <= most else { return }
    tables.append(Table(name: String(parts[0]), size: least...most))
  }

  private mutating func take(_ line: String, in section: String) -> Bool {
    if section == "words" { return takeWords(line) }
    if section.contains(" "), !tables.isEmpty {
      tables[tables.count - 1].entries.append(line)
      return true
    }
    guard let space = line.firstIndex(of: " "), let percent = Int(line[..<space]) else { return false }
    lines[section, default: []].append(Line(percent: percent, text: String(line[line.index(after: space)...])))
    return true
  }

  private mutating func takeWords(_ line: String) -> Bool {
    guard let colon = line.range(of: ": ") else { return false }
    words[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...]).alternatives
    return true
  }
}
