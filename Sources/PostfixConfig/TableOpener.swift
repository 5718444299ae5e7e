// TableOpener.swift: from `type:name` to a table.
//
// The types are a table of their own. What Waybill cannot open (LDAP, SQL,
// sockets) is a diagnostic once and answers "cannot say" ever after, as Postfix
// does with a table that is gone.

import Aliases
import Diagnostics
import MailAddress
import Posix
import Tables

/// Opens tables below a root folder, each once: many parameters name the same ones.
package struct TableOpener {
  package let root: FileRoot
  package let report: (Diagnostic) -> Void
  /// Files whose texts are `name: value`.
  private let aliasFiles: Set<Bytes>
  private let opened = Opened()

  private final class Opened {
    var tables: [String: any LookupTable] = [:]
  }

  /// - Parameter aliasFiles: `type:name` of the tables that postalias builds.
  package init(
    root: FileRoot = "", aliasFiles: Set<Bytes> = [], report: @escaping (Diagnostic) -> Void = { _ in }
  ) {
    self.root = root
    self.aliasFiles = aliasFiles
    self.report = report
  }

  /// A table with where its name stands.
  package struct Request {
    package var reference: Bytes
    package var position: SourcePosition?
    package var allowsReferences: Bool
    /// The parameter whose default names it, where main.cf does not.
    package var parameter: String?

    package init(
      _ reference: Bytes, at position: SourcePosition? = nil, allowsReferences: Bool = true,
      defaultOf parameter: String? = nil
    ) {
      self.reference = reference
      self.position = position
      self.allowsReferences = allowsReferences
      self.parameter = position == nil ? parameter : nil
    }

    var name: String { reference.text }
    /// What follows the type.
    var rest: Bytes { reference.split(atFirst: .colon)?.after ?? [] }
  }

  typealias Opener = @Sendable (TableOpener, Request) -> any LookupTable

  /// Every type this opens; others that Postfix knows are in `foreign`.
  static let types: [String: Opener] = [
    "hash": { $0.database($1) },
    "btree": { $0.database($1) },
    "texthash": { $0.textFile($1) },
    "regexp": { $0.rules($1, .regexp) },
    "cidr": { $0.rules($1, .cidr) },
    "static": { StaticTable(name: $1.name, value: ListSyntax.unbraced($1.rest) ?? $1.rest) },
    "inline": { $0.inline($1) },
    "pipemap": { opener, request in opener.combined(request) { PipeTable(name: request.name, tables: $0) } },
    "unionmap": { opener, request in opener.combined(request) { UnionTable(name: request.name, tables: $0) } },
    "fail": { UnavailableTable(name: $1.name, reason: "fails always") },
    "proxy": { $0.open(Request($1.rest, at: $1.position, allowsReferences: $1.allowsReferences)) },
    "unix": { $0.accounts($1) },
  ]

  /// Types that Postfix may have and Waybill has not.
  static let foreign = [
    "cdb", "environ", "internal", "ldap", "lmdb", "memcache", "mysql", "nis", "pcre", "pgsql",
    "randmap", "socketmap", "sqlite", "tcp", "dbm", "sdbm", "netinfo",
  ]

  package func open(_ request: Request) -> any LookupTable {
    let name = request.name + (request.allowsReferences ? "" : " without references")
    if let table = opened.tables[name] { return table }
    let table = openFirst(request)
    opened.tables[name] = table
    return table
  }

  private func openFirst(_ request: Request) -> any LookupTable {
    guard let (type, rest) = request.reference.split(atFirst: .colon), !rest.isEmpty else {
      return unavailable(request, "write it as type:name")
    }
    guard let opener = Self.types[type.text] else {
      let near = nearestName(to: type.text, among: Array(Self.types.keys))
      let known = Self.foreign.contains(type.text)
      // Nobody asked for what a default names besides.
      if request.parameter == nil || !known {
        report(
          Diagnostic(
            known ? .warning : .error, .postfixTableType(type.text, near: known ? nil : near),
            at: request.position, length: type.count))
      }
      return UnavailableTable(name: request.name, reason: "unsupported table type")
    }
    return opener(self, request)
  }

  private func unavailable(_ request: Request, _ reason: String) -> UnavailableTable {
    let name = request.parameter.map { "\(request.name), the default of \($0)" } ?? request.name
    report(Diagnostic(.error, .postfixTableOpen(name, reason), at: request.position))
    return UnavailableTable(name: request.name, reason: reason)
  }

  private func contents(_ path: Bytes) throws(Errno) -> Bytes { try readFile(root + path.text) }

  // MARK: the types

  private func database(_ request: Request) -> any LookupTable {
    let path = root + request.rest.text
    if case .text = root.tableFile(request.rest.text) { return unbuilt(request) }
    do throws(TableError) {
      let file = try BerkeleyDBFile(path: root + (request.rest.text + ".db"))
      return DatabaseTable(
        name: request.name, file: file,
        lines: DatabaseTable.sourceLines(path, shownAs: request.rest.text))
    } catch { return unavailable(request, error.diagnostic.message.text) }
  }

  /// What the database would hold if it were built now.
  private func unbuilt(_ request: Request) -> any LookupTable {
    guard aliasFiles.contains(request.reference) else { return textFile(request) }
    do throws(Errno) {
      let aliases = AliasFile.parse(try contents(request.rest), file: request.rest.text, report: report)
      let entries = aliases.entries.map { ($0.name, KeyedTable.Entry(value: $0.value, position: $0.position)) }
      return KeyedTable(name: request.name, entries: Dictionary(entries) { first, _ in first })
    } catch { return unavailable(request, "\(error)") }
  }

  private func textFile(_ request: Request) -> any LookupTable {
    do throws(Errno) {
      let entries = TextTable.entries(
        in: try contents(request.rest), file: request.rest.text, report: report)
      return TextTable.table(request.name, entries, report: report)
    } catch { return unavailable(request, "\(error)") }
  }

  private func rules(_ request: Request, _ kind: RuleTableParser.Kind) -> any LookupTable {
    let parser = RuleTableParser(kind: kind, allowsReferences: request.allowsReferences)
    if let inside = ListSyntax.unbraced(request.rest) {
      let position = request.position ?? SourcePosition(file: "main.cf")
      let lines = ListSyntax.elements(inside).map { element in
        LogicalLine(text: ListSyntax.unbraced(element.text) ?? element.text, at: position)
      }
      return parser.parse(name: request.name, lines, report: report)
    }
    do throws(Errno) {
      let lines = LogicalLine.all(in: try contents(request.rest), of: request.rest.text)
      return parser.parse(name: request.name, lines, report: report)
    } catch { return unavailable(request, "\(error)") }
  }

  private func inline(_ request: Request) -> any LookupTable {
    guard let inside = ListSyntax.unbraced(request.rest), !inside.isEmpty else {
      return unavailable(request, "write inline:{ key=value, { key = text } }")
    }
    var entries: [Bytes: KeyedTable.Entry] = [:]
    for element in ListSyntax.words(inside) {
      let text = ListSyntax.unbraced(element) ?? element
      guard let (key, value) = text.split(atFirst: 0x3D), let folded = FoldedKey.of(key.trimmed) else {
        return unavailable(request, "no '=' in '\(text.text)'")
      }
      if entries[folded] == nil {
        entries[folded] = KeyedTable.Entry(value: value.trimmed, position: request.position)
      }
    }
    return KeyedTable(name: request.name, entries: entries)
  }

  private func combined(
    _ request: Request, _ combine: ([any LookupTable]) -> any LookupTable
  ) -> any LookupTable {
    guard let inside = ListSyntax.unbraced(request.rest) else {
      return unavailable(request, "write the tables between braces")
    }
    return combine(
      ListSyntax.words(inside).map {
        open(Request($0, at: request.position, allowsReferences: request.allowsReferences))
      })
  }

  /// `unix:passwd.byname` and `unix:group.byname`, from the files below the root.
  private func accounts(_ request: Request) -> any LookupTable {
    let files = ["passwd.byname": "/etc/passwd", "group.byname": "/etc/group"]
    guard let file = files[request.rest.text] else {
      return unavailable(request, "only passwd.byname and group.byname exist")
    }
    do throws(Errno) {
      var entries: [Bytes: KeyedTable.Entry] = [:]
      for (index, line) in try readFile(root + file).split(separator: .newline).enumerated() {
        guard let (name, _) = Bytes(line).split(atFirst: .colon) else { continue }
        entries[name.lowercased] = KeyedTable.Entry(
          value: Bytes(line), position: SourcePosition(file: file, line: index + 1))
      }
      return KeyedTable(name: request.name, entries: entries)
    } catch { return unavailable(request, "\(error)") }
  }
}
