// MapMessages.swift: what is said to people about the files behind maps.
//
// sendmail's own words for the same faults stand where they are found: test mode
// prints those.

import Diagnostics

extension MapDefinition {
  /// A fault of the map's file, at the K line that names it.
  func fault(_ message: Diagnostic.Message) -> Diagnostic {
    Diagnostic(.error, message, at: position)
  }
}

extension Diagnostic.Message {
  static func mapFileUnusable(_ path: String, _ reason: String, isMissing: Bool) -> Self {
    let source = path.hasSuffix(".db") ? String(path.dropLast(3)) : path
    return .init(
      .mapFile, "the map's file \(path) cannot be used: \(reason); look-ups fail for the time being",
      fix: isMissing ? "build it with makemap from \(source), or make the map optional with -o" : nil)
  }

  static func mapFileOfOtherType(_ path: String, _ type: String, wanted: String) -> Self {
    .init(
      .mapFile, "\(path) is a file of type \(type), the map is of type \(wanted); look-ups fail",
      fix: "build it again with makemap \(wanted), or write \(type) in the K line")
  }
}
