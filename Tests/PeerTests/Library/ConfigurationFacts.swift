// ConfigurationFacts.swift: what a .cf says outside its rulesets, in a form that two
// libraries can be compared in.
//
// Options, headers, maps, macros and the like are sets of lines; a mailer is the set of
// its items, and the order of mailers counts; a class is the set of its words. Classes
// that only the rulesets of one library use are its own business.

import Foundation

struct ConfigurationFacts {
  private var sets: [String: Set<String>] = [:]
  private var mailers: [String] = []

  private static let privateClasses: Set<String> = [
    "Loop", "Loopback", "Myself", "Accept", "ResOk", "Tls", "TlsVerified", "NoAtAll", "Src", ".",
    "[", "O",
  ]

  init(_ text: String) {
    let lines = ConfigurationLines(text)
    for line in lines.lines {
      switch line.first {
      case "R", "S", "C", "T", nil: continue
      case "M": mailers.append(Self.mailer(line))
      case "O": insert("O", "O " + line.dropFirst().drop(while: \.isWhitespace))
      case "F":
        let (name, rest) = ConfigurationLines.named(line)
        insert("F", "F{\(name)}" + rest.drop(while: \.isWhitespace))
      case .some(let letter): insert(String(letter), line)
      }
    }
    for (name, words) in lines.classes() where !Self.privateClasses.contains(name) {
      sets["class " + name] = Set(words)
    }
  }

  private mutating func insert(_ kind: String, _ line: String) {
    sets[kind, default: []].insert(line)
  }

  /// Its name and items, each item beginning with a letter and an equals sign.
  private static func mailer(_ line: String) -> String {
    var items: [String] = []
    for part in line.dropFirst().split(separator: ",").map({
      $0.trimmingCharacters(in: .whitespacesAndNewlines)
    }) {
      let isItem = part.dropFirst().first == "="
      if isItem || items.isEmpty {
        items.append(part)
      } else {
        items[items.count - 1] += "," + part
      }
    }
    return items.prefix(1).joined() + ": " + items.dropFirst().sorted().joined(separator: ", ")
  }

  func differences(from other: Self) -> [String] {
    var found = Set(sets.keys).union(other.sets.keys).sorted().compactMap { kind -> String? in
      let mine = sets[kind, default: []]
      let others = other.sets[kind, default: []]
      if mine == others { return nil }
      return
        "\(kind): only here \(mine.subtracting(others).sorted()), only there \(others.subtracting(mine).sorted())"
    }
    if mailers != other.mailers { found.append("M: here \(mailers), there \(other.mailers)") }
    return found
  }
}
