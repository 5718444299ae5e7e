// Dependencies.swift: the files that an expansion read, as make and ninja want to know.
//
//     sendmail.cf: \
//       sendmail.mc \
//       macros/waybill.m4
//
// The rule has the form that GCC's -M writes, which both understand: a space is written
// `\ `, `$` is `$$`, `#` is `\#`, `:` is `\:`.
//
// Fails: a name with a line end, `;`, `|` or `\#`, or with a backslash or blank at its end, cannot
// be written in a rule, nor one with `=` as its first file: make would read it otherwise.

/// The files that a processor asked for, each once, in the order of the first time.
package struct FileLog: Sendable {
  package private(set) var read: [String] = []
  /// Files that were asked for and are not there.
  package private(set) var missing: [String] = []
  /// Whether names are kept.
  package var isOn = false
  /// The names of both, sorted: a Set would have to find out first that texts can be hashed, which costs a
  /// short run more than all of its look-ups.
  private var known: [String] = []

  package init() {}

  mutating func read(_ path: [UInt8]) { if let name = new(path) { read.append(name) } }
  mutating func miss(_ path: [UInt8]) { if let name = new(path) { missing.append(name) } }

  /// The name of a file that was not asked for before.
  private mutating func new(_ path: [UInt8]) -> String? {
    guard isOn else { return nil }
    let name = String(decoding: path, as: UTF8.self)
    let place = partitionPoint(of: known.count) { known[$0] >= name }
    guard place == known.count || known[place] != name else { return nil }
    known.insert(name, at: place)
    return name
  }
}

/// A rule without commands.
package struct DependencyRule: Sendable {
  /// As they stand in the rule.
  package var targets: [String] = []
  package var files: [String] = []
  /// Whether each file but the first gets an empty rule, so that make does not stop
  /// once it is gone (-MP).
  package var hasEmptyRules = false

  package init() {}

  /// The rule as text; nil where a name cannot be written.
  package var text: String? {
    let names = files.compactMap(Self.quoted)
    guard names.count == files.count, !(files.first?.contains("=") ?? false),
      !targets.contains(where: { $0.contains("\n") })
    else { return nil }
    var lines = ([targets.joined(separator: " ") + ":"] + names.map { "  " + $0 }).joined(separator: " \\\n") + "\n"
    if hasEmptyRules { lines += names.dropFirst().map { "\n\(Self.asTarget($0)):\n" }.joined() }
    return lines
  }

  /// A quoted name before the colon, where `%` would make a pattern of it and `=` a variable.
  private static func asTarget(_ name: String) -> String {
    name.reduce(into: "") { result, letter in
      switch letter {
      case "%": result += "\\%"
      case "=": result += "$(strip =)"
      default: result.append(letter)
      }
    }
  }

  /// A name as it must be written in a rule; nil where that is impossible.
  package static func quoted(_ name: String) -> String? {
    var result = ""
    var backslashes = 0
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\n", "\r", ";", "|": return nil
      case " ", "\t":
        // Backslashes before a space would be taken for its escape.
        result += String(repeating: "\\", count: backslashes + 1)
      case "$": result += "$"
      // A backslash before it would be taken for its escape.
      case "#" where backslashes > 0: return nil
      case "#", ":": result += "\\"
      default: break
      }
      backslashes = scalar == "\\" ? backslashes + 1 : 0
      result.unicodeScalars.append(scalar)
    }
    return backslashes > 0 || name.last == " " || name.last == "\t" ? nil : result
  }
}
