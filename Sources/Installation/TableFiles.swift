// TableFiles.swift: the tables that a .cf names, built from their texts.
//
//     Kaccess hash -T<TMPF> /etc/mail/access    access      ─► access.db
//     O AliasFile=/etc/mail/aliases             aliases     ─► aliases.db
//     Fw/etc/mail/local-host-names              the text itself
//
// All databases are built aside first and put into place together, so that a
// fault in one text leaves every old database as it was.
//
// Fails: a text with a fault is a diagnostic at its line; a disk that is full is one
// for the file.

import Aliases
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
        result.append(NamedFile(kind: kind, path: String(decoding: word, as: UTF8.self), position: line.position))
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

  /// Builds the databases of all tables whose text is there, into a folder.
  ///
  /// - Parameter report: takes what is wrong in the texts.
  /// - Returns: what was built; nil, with nothing changed, where a text has a fault.
  package func buildTables(
    from sources: String, into folder: String, report: (Diagnostic) -> Void
  ) -> [BuiltTable]? {
    var staged: [(file: ReplacementFile, table: BuiltTable)] = []
    defer { for index in staged.indices { staged[index].file.abandon() } }
    for file in files where file.kind != .text {
      let source = sources + "/" + file.name
      guard isReadable(source) else { continue }
      let target = folder + "/" + file.name + ".db"
      do throws(Errno) {
        let text = try readFile(source)
        let replacement = try ReplacementFile(for: target, mode: 0o640)
        let table = build(file, text, source, into: replacement.temporaryPath, report)
        staged.append((replacement, table ?? BuiltTable(name: file.name, entries: 0)))
        if table == nil { return nil }
      } catch {
        report(Diagnostic(.error, .init(.cannotWrite, "cannot build \(target): \(error)")))
        return nil
      }
    }
    do throws(Errno) {
      for index in staged.indices { try staged[index].file.commit() }
    } catch {
      report(Diagnostic(.error, .init(.cannotWrite, "cannot put a table into place: \(error)")))
      return nil
    }
    let built = staged.map(\.table)
    staged = []
    return built
  }

  private func build(
    _ file: NamedFile, _ text: [UInt8], _ source: String, into path: String, _ report: (Diagnostic) -> Void
  ) -> BuiltTable? {
    var writer = BerkeleyDBWriter(file.kind == .btree ? .btree : .hash)
    let table: TableText
    if file.kind == .aliases {
      guard let aliases = aliasText(text, source, report) else { return nil }
      var grammar = TableGrammar()
      grammar.separator = 0x09
      grammar.allowsEmptyValues = true
      table = TableText(aliases, grammar: grammar)
      writer.endsWithNUL = true
      writer.duplicates = .replace
    } else {
      table = TableText(text)
    }
    guard table.faults.isEmpty else {
      for fault in table.faults { report(fault.diagnostic(file: source)) }
      return nil
    }
    do throws(TableError) {
      let repeated = try writer.create(path, from: table)
      guard repeated.isEmpty || writer.duplicates == .replace else {
        for fault in repeated { report(fault.diagnostic(file: source)) }
        return nil
      }
      return BuiltTable(name: file.name, entries: table.count - (file.kind == .aliases ? 1 : 0))
    } catch {
      report(error.diagnostic)
      return nil
    }
  }

  /// An alias file as lines of a table, with the mark that newaliases puts last.
  private func aliasText(
    _ text: [UInt8], _ source: String, _ report: (Diagnostic) -> Void
  ) -> [UInt8]? {
    var hasFault = false
    let file = AliasFile.parse(text, file: source) { diagnostic in
      var diagnostic = diagnostic
      diagnostic.severity = .error
      hasFault = true
      report(diagnostic)
    }
    if hasFault { return nil }
    var lines: [UInt8] = []
    for entry in file.entries { lines += entry.name + [0x09] + entry.value + [0x0A] }
    return lines + Array("@\t@\n".utf8)
  }
}
