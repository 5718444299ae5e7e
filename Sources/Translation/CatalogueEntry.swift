// CatalogueEntry.swift: what is known of a construct, read from a text table.
//
// The catalogues are prose with a first line of three columns: whoever knows
// mail can correct them without knowing Swift.
//
//     name | verdict | Postfix side
//       the reason, on as many indented lines as it needs

package struct CatalogueEntry: Sendable, Equatable {
  var name: String
  var verdict: Verdict
  var postfix: String
  var reason: String

  /// The entries of a catalogue by their names in small letters.
  static func table(_ text: String) -> [String: CatalogueEntry] {
    var entries: [String: CatalogueEntry] = [:]
    var current: CatalogueEntry?
    for line in text.split(separator: "\n") {
      if line.hasPrefix("  ") {
        let old = current?.reason ?? ""
        current?.reason = old + (old.isEmpty ? "" : " ") + String(line).trimmed
        continue
      }
      if let current { entries[current.name.lowercased()] = current }
      current = head(String(line))
    }
    if let current { entries[current.name.lowercased()] = current }
    return entries
  }

  private static func head(_ line: String) -> CatalogueEntry? {
    let columns = line.split(separator: "|", maxSplits: 2).map { String($0).trimmed }
    guard columns.count == 3, let verdict = Verdict(rawValue: columns[1]) else { return nil }
    return CatalogueEntry(name: columns[0], verdict: verdict, postfix: columns[2], reason: "")
  }
}
