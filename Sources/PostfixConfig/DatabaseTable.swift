// DatabaseTable.swift: hash: and btree: tables, as postmap and makemap write them.
//
// postmap ends keys and values with a NUL, sendmail's makemap does not: a key is
// tried with, then without. The line of an entry is looked up in the text beside
// the database, if that is there.
//
// Fails: a damaged file cannot say.

import Diagnostics
import MailAddress
import Posix
import Tables

struct DatabaseTable: LookupTable {
  let name: String
  let file: BerkeleyDBFile
  let lines: [Bytes: SourcePosition]
  var hasFixedKeys: Bool { true }

  func lookUp(_ key: Bytes) -> TableAnswer {
    guard let key = FoldedKey.of(key) else { return .notFound }
    do throws(TableError) {
      var found = try file.lookUp(key + [0])
      if found == nil { found = try file.lookUp(key) }
      guard let value = found else { return .notFound }
      return .found(value.last == 0 ? Bytes(value.dropLast()) : value, at: lines[key])
    } catch {
      return .temporaryFailure(reason: "\(name): \(error.diagnostic.message.text)")
    }
  }

  /// A text larger than this is not read only to name lines.
  private static let largestSource = 4 << 20

  /// Where each key stands in the text that the database was made from: postmap's
  /// `key value` or an alias file's `key: value`.
  static func sourceLines(_ path: String, shownAs name: String) -> [Bytes: SourcePosition] {
    guard let bytes = try? readFile(path), bytes.count <= largestSource else { return [:] }
    var result: [Bytes: SourcePosition] = [:]
    for line in LogicalLine.all(in: bytes, of: name) {
      var key = Bytes(line.text.prefix { !$0.isWhiteSpace })
      if key.last == .colon { key.removeLast() }
      guard let folded = FoldedKey.of(key), result[folded] == nil else { continue }
      result[folded] = line.position()
    }
    return result
  }
}
