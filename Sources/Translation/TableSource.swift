// TableSource.swift: the texts behind maps and classes.
//
// A .cf names its tables by absolute paths. They are looked for below a folder
// that holds copies, then below another root, then as named. Of a database whose
// text is gone the entries are read from the .db itself.
//
// Fails: a table that is nowhere is nil; one that cannot be read is a diagnostic.

import Diagnostics
import Posix
import Tables

/// One entry of a sendmail table.
package struct SourceEntry: Sendable, Equatable {
  package var key: String
  package var value: String
  package var position: SourcePosition
}

/// A table of the sendmail side.
package struct SourceTable: Sendable, Equatable {
  /// Where it was found.
  package var path: String
  package var entries: [SourceEntry]
  package var diagnostics: [Diagnostic] = []
}

/// Finds files of the sendmail installation.
package struct TableSource: Sendable {
  /// Holds copies of the tables by their plain names.
  package var folder: String?
  /// Absolute paths are looked up below it.
  package var root: String?
  /// Told of each file that was read.
  package var onRead: (@Sendable (String) -> Void)?

  package init(folder: String? = nil, root: String? = nil) {
    self.folder = folder
    self.root = root
  }

  /// The places in which a path of the .cf is looked for.
  private func candidates(_ path: String) -> [String] {
    var found: [String] = []
    if let folder { found.append(folder + "/" + path.fileName) }
    if let root { found.append(root + path) }
    return found.isEmpty ? [path] : found
  }

  /// The bytes of a file, with the path they were found under.
  func file(_ path: String) -> (path: String, bytes: Bytes)? {
    for candidate in candidates(path) where !isFolder(candidate) {
      if let bytes = try? readFile(candidate) {
        onRead?(candidate)
        return (candidate, bytes)
      }
    }
    return nil
  }

  /// The hosts file of the installation; that of the machine says nothing of it.
  var hostsFile: Bytes? { folder == nil && root == nil ? nil : file("/etc/hosts")?.bytes }

  /// A table by the path of its `K` line, without `.db`.
  func table(_ path: String) -> SourceTable? {
    if let (found, bytes) = file(path) { return Self.parse(bytes, path: found) }
    for candidate in candidates(path) {
      let database = candidate + ".db"
      guard isReadable(database) else { continue }
      onRead?(database)
      return Self.dump(database)
    }
    return nil
  }

  private static func parse(_ bytes: Bytes, path: String) -> SourceTable {
    let text = TableText(bytes)
    var table = SourceTable(path: path, entries: [])
    table.diagnostics = text.faults.map { $0.diagnostic(file: path) }
    var seen: Set<String> = []
    for entry in text.all {
      let key = String(bytes: entry.key)
      let position = SourcePosition(file: path, line: entry.line, column: 1)
      guard seen.insert(key).inserted else {
        table.diagnostics.append(
          Diagnostic(.warning, .repeatedKey(key.shown), at: position, length: entry.key.count))
        continue
      }
      table.entries.append(
        SourceEntry(key: key, value: String(bytes: entry.value).trimmed, position: position))
    }
    return table
  }

  private static func dump(_ path: String) -> SourceTable {
    var table = SourceTable(path: path, entries: [])
    do throws(TableError) {
      for (key, value) in try BerkeleyDBFile(path: path).entries() {
        table.entries.append(
          SourceEntry(
            key: String(bytes: withoutNUL(key)), value: String(bytes: withoutNUL(value)).trimmed,
            position: SourcePosition(file: path)))
      }
      // A hash file has no order of its own.
      table.entries.sort { $0.key < $1.key }
    } catch {
      table.diagnostics.append(error.diagnostic)
    }
    return table
  }

  private static func withoutNUL(_ bytes: Bytes) -> Bytes {
    bytes.last == 0 ? Array(bytes.dropLast()) : bytes
  }

  /// The words of a class file: the first of each line, `#` begins a comment.
  func words(_ path: String) -> (path: String, words: [(text: String, line: Int)])? {
    guard let (found, bytes) = file(path) else { return nil }
    var words: [(String, Int)] = []
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let text = String(bytes: line.prefix { $0 != 0x23 })
      if let word = text.words.first { words.append((word, index + 1)) }
    }
    return (found, words)
  }
}
