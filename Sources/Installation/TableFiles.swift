// TableFiles.swift: the tables that a .cf names, built from their texts.
//
//     Kaccess hash -T<TMPF> /etc/mail/access    access      ─► access.db
//     O AliasFile=/etc/mail/aliases             aliases     ─► aliases.db
//     Fw/etc/mail/local-host-names              the text itself
//
// Databases are built aside and put into place together with what else the caller
// writes, so that a fault in one text leaves every old file as it was.
//
// Fails: a text with a fault is a diagnostic at its line, and the other texts are
// read all the same; a file that cannot be written is an error.

import Diagnostics
import Posix
import Rulesets
import SendmailCF
import Tables

/// A file that a configuration reads.
package struct NamedFile: Sendable, Equatable {
  package enum Kind: String, Sendable { case hash, btree, aliases, text }

  package let kind: Kind
  /// As the .cf names it, without the ending of a database.
  package let path: String
  package let position: SourcePosition

  /// The last part of the path.
  package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// A table that was built.
package struct BuiltTable: Sendable {
  package let name: String
  package let entries: Int
}

extension Installation {
  /// The tables and class files of the configuration, in its order.
  package var files: [NamedFile] {
    var result: [NamedFile] = []
    for line in program.file.lines {
      switch line.content {
      case .map(let map):
        let type = String(decoding: map.mapType, as: UTF8.self)
        guard let kind = NamedFile.Kind(rawValue: type), kind == .hash || kind == .btree,
          let word = map.arguments.split(separator: 0x20).last(where: { $0.first == 0x2F })
        else { continue }
        let path = String(decoding: word, as: UTF8.self)
        result.append(NamedFile(kind: kind, path: path.withoutDatabaseEnding, position: line.position))
      case .option(let option) where option.name == "AliasFile":
        for path in String(decoding: program.options["AliasFile"] ?? [], as: UTF8.self).split(separator: ",") {
          let path = path.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? path
          result.append(NamedFile(kind: .aliases, path: String(path), position: line.position))
        }
      case .classFile(let source):
        guard case .file(let path) = source.source else { continue }
        result.append(
          NamedFile(kind: .text, path: String(decoding: path, as: UTF8.self), position: line.position))
      default: continue
      }
    }
    return result
  }

  /// Builds the databases of all tables whose text is there, for a folder.
  ///
  /// - Parameters:
  ///   - output: takes the databases; they are in place when it is committed.
  ///   - report: takes what is wrong in the texts.
  /// - Returns: what was built; nil where a text has a fault or a file cannot be read.
  package func buildTables(
    from sources: String, into folder: String, output: inout ReplacementSet,
    report: (Diagnostic) -> Void
  ) throws(ReplacementSet.Failure) -> [BuiltTable]? {
    var built: [BuiltTable] = []
    var isFaulty = false
    // Two maps may name one file.
    var seen: Set<String> = []
    for file in files where file.kind != .text && seen.insert(file.name).inserted {
      let source = sources + "/" + file.name
      guard let text = read(source, report) else {
        isFaulty = isFaulty || exists(source)
        continue
      }
      let aside = try output.begin(folder + "/" + file.name + ".db", mode: 0o640)
      do throws(TableError) {
        let table = try build(file, text, source, into: aside.temporaryPath, report)
        if let table { built.append(table) } else { isFaulty = true }
      } catch {
        guard case .system(let reason) = error.reason else {
          report(error.diagnostic)
          return nil
        }
        throw ReplacementSet.Failure(path: aside.path, reason: reason)
      }
    }
    return isFaulty ? nil : built
  }

  /// The text of a table; nil where it is not there, or, and said, cannot be read.
  private func read(_ path: String, _ report: (Diagnostic) -> Void) -> [UInt8]? {
    do throws(Errno) { return try readFile(path) } catch {
      if exists(path) {
        report(
          Diagnostic(
            .error, .init(.cannotRead, "cannot read the table \(path): \(error)"),
            at: SourcePosition(file: path)))
      }
      return nil
    }
  }

  private func build(
    _ file: NamedFile, _ text: [UInt8], _ source: String, into path: String, _ report: (Diagnostic) -> Void
  ) throws(TableError) -> BuiltTable? {
    var writer = BerkeleyDBWriter(file.kind == .btree ? .btree : .hash)
    writer.isReproducible = true
    let table: TableText
    if file.kind == .aliases {
      guard let aliases = AliasDatabase.parse(text, source, report) else { return nil }
      table = AliasDatabase.table(aliases)
      AliasDatabase.prepare(&writer)
    } else {
      var grammar = TableGrammar()
      grammar.countsPieces = false
      table = TableText(text, grammar: grammar)
    }
    for fault in table.faults { report(fault.diagnostic(file: source)) }
    let repeated = try writer.create(path, from: table)
    guard repeated.isEmpty || writer.duplicates == .replace else {
      for fault in repeated { report(fault.diagnostic(file: source)) }
      return nil
    }
    guard table.faults.isEmpty else { return nil }
    return BuiltTable(name: file.name, entries: table.count - (file.kind == .aliases ? 1 : 0))
  }
}
