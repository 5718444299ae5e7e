// ConfigurationLines.swift: a .cf as lines, for tests that want to know what it says
// without our own reader of the format.

import Foundation

struct ConfigurationLines {
  /// Lines with what continues them, comments and empty ones left out.
  let lines: [String]

  init(_ text: String) {
    var lines: [String] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.allSatisfy(\.isWhitespace) { continue }
      if line.hasPrefix(" ") || line.hasPrefix("\t"), !lines.isEmpty {
        lines[lines.count - 1] += "\n" + line
      } else {
        lines.append(String(line))
      }
    }
    self.lines = lines
  }

  func lines(beginningWith letter: Character) -> [String] { lines.filter { $0.first == letter } }

  /// The name after the letter, `x` or `{long}`, and what follows it.
  static func named(_ line: String) -> (name: String, rest: Substring) {
    let text = line.dropFirst()
    guard text.first == "{", let end = text.firstIndex(of: "}") else {
      return (String(text.prefix(1)), text.dropFirst())
    }
    return (String(text[text.index(after: text.startIndex)..<end]), text[text.index(after: end)...])
  }

  /// The words of each class, those of its files included.
  func classes() -> [String: [String]] {
    var words: [String: [String]] = [:]
    for line in lines(beginningWith: "C") {
      let (name, rest) = Self.named(line)
      words[name, default: []] += rest.split(whereSeparator: \.isWhitespace).map(String.init)
    }
    for line in lines(beginningWith: "T") {
      words["t", default: []] += line.dropFirst().split(whereSeparator: \.isWhitespace).map(
        String.init)
    }
    for line in lines(beginningWith: "F") {
      let (name, rest) = Self.named(line)
      guard let path = rest.split(separator: " ").first(where: { $0.hasPrefix("/") }),
        let text = try? String(contentsOfFile: String(path), encoding: .isoLatin1)
      else { continue }
      words[name, default: []] += text.split(separator: "\n").flatMap {
        $0.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace).map(String.init)
      }
    }
    return words
  }

  var mailers: [String] {
    lines(beginningWith: "M").map {
      String($0.dropFirst().prefix { $0 != "," && !$0.isWhitespace })
    }
  }

  /// Names and numbers by which rulesets can be called.
  var rulesets: Set<String> {
    Set(
      lines(beginningWith: "S").flatMap { line in
        line.dropFirst().prefix { !$0.isWhitespace }.split(separator: "=").map(String.init)
      })
  }
}
