// AliasDatabase.swift: an alias file as the database that newaliases makes of it.
//
//     staff: root, alice        ─►   "staff\0" ─► "root, alice\0"
//                                    "@\0"     ─► "@\0", last: the database is complete
//
// Fails: a text with a fault is diagnostics at its lines, and the old database stays.

import Aliases
import Diagnostics
import Posix
import Tables

/// What became of one alias file.
package struct RebuiltAliases: Sendable, Equatable {
  package let path: String
  package let entries: Int
  /// Bytes of the longest value, and of all names and values.
  package let longest: Int
  package let bytes: Int
}

package enum AliasDatabase {
  /// Builds the databases beside their texts, each when it is complete.
  ///
  /// - Returns: those that were built.
  package static func rebuild(
    _ files: [(path: String, kind: NamedFile.Kind)], root: FileRoot, report: (Diagnostic) -> Void
  ) throws(ReplacementSet.Failure) -> [RebuiltAliases] {
    var built: [RebuiltAliases] = []
    for file in files {
      if let result = try rebuild(root + file.path, named: file.path, isTree: file.kind == .btree, report) {
        built.append(result)
      }
    }
    return built
  }

  private static func rebuild(
    _ path: String, named name: String, isTree: Bool, _ report: (Diagnostic) -> Void
  ) throws(ReplacementSet.Failure) -> RebuiltAliases? {
    let text: [UInt8]
    do throws(Errno) { text = try readFile(path) } catch {
      report(
        Diagnostic(
          .error, .init(.cannotRead, "cannot read the aliases \(path): \(error)"), at: SourcePosition(file: path)))
      return nil
    }
    guard let aliases = parse(text, path, report) else { return nil }
    var output = ReplacementSet()
    let aside = try output.begin(path + ".db", mode: 0o640)
    var writer = BerkeleyDBWriter(isTree ? .btree : .hash)
    prepare(&writer)
    let table = table(aliases)
    do throws(TableError) { _ = try writer.create(aside.temporaryPath, from: table) } catch {
      guard case .system(let reason) = error.reason else {
        report(error.diagnostic)
        return nil
      }
      throw ReplacementSet.Failure(path: aside.path, reason: reason)
    }
    for fault in table.faults { report(fault.diagnostic(file: path)) }
    guard table.faults.isEmpty else { return nil }
    try output.commit()
    return RebuiltAliases(
      path: name, entries: aliases.entries.count, longest: aliases.entries.map(\.value.count).max() ?? 0,
      bytes: aliases.entries.reduce(0) { $0 + $1.name.count + $1.value.count })
  }

  /// Nil where the text has a fault, which is reported.
  static func parse(_ text: [UInt8], _ source: String, _ report: (Diagnostic) -> Void) -> AliasFile? {
    var hasFault = false
    let file = AliasFile.parse(text, file: source) { diagnostic in
      var diagnostic = diagnostic
      diagnostic.severity = .error
      hasFault = true
      report(diagnostic)
    }
    if hasFault { return nil }
    for repetition in file.repetitions { report(repetition) }
    return file
  }

  /// The entries, with the mark that newaliases puts last.
  static func table(_ file: AliasFile) -> TableText {
    var lines: [UInt8] = []
    for entry in file.entries { lines += entry.name + [0x09] + entry.value + [0x0A] }
    var grammar = TableGrammar()
    grammar.separator = 0x09
    grammar.allowsEmptyValues = true
    return TableText(lines + Array("@\t@\n".utf8), grammar: grammar)
  }

  static func prepare(_ writer: inout BerkeleyDBWriter) {
    writer.endsWithNUL = true
    writer.duplicates = .replace
  }
}
