// FileRoot.swift: where the files of a configuration are on this machine.
//
// A configuration names its files as the host that runs it sees them. When it
// is looked at elsewhere (an image, a backup, a build folder) the same names lead
// to other places: below a root, and folders such as /etc/mail to where their
// files were put.

import Glibc

/// How absolute paths of a configuration are found.
package struct FileRoot: Sendable, Equatable, ExpressibleByStringLiteral {
  /// Put before every absolute path; empty for the machine's own.
  package var prefix: String
  /// Folders that stand elsewhere, without slashes at their ends.
  package var moved: [Move]
  /// Whether a table's text stands for its database where that is missing or older:
  /// what the programs would say once the tables are built.
  package var asksTexts = false

  package struct Move: Sendable, Equatable {
    package let folder: String
    package let place: String

    /// A folder with all that is below it.
    package init(folder: String, to place: String) {
      self.folder = folder
      self.place = place
    }

    /// A single file.
    package init(path: String, to place: String) { self.init(folder: path, to: place) }
  }

  package init(_ prefix: String = "", moved: [Move] = []) {
    self.prefix = prefix.hasSuffix("/") ? String(prefix.dropLast()) : prefix
    self.moved = moved
  }

  package init(stringLiteral value: String) { self.init(value) }

  /// Which of a table's two files is asked.
  package enum TableFile: Sendable, Equatable {
    case database(String)
    case text(String)
  }

  /// The file of a table that a configuration names without the ending `.db`.
  package func tableFile(_ path: String) -> TableFile {
    let database = self + (path + ".db")
    let text = self + path
    guard asksTexts, isNewer(text, than: database) else { return .database(database) }
    return .text(text)
  }

  /// The place of a path on this machine.
  package static func + (root: FileRoot, path: String) -> String {
    for move in root.moved where path == move.folder || path.hasPrefix(move.folder + "/") {
      return move.place + path.dropFirst(move.folder.count)
    }
    return path.hasPrefix("/") ? root.prefix + path : path
  }

  /// Whether a path's file is looked for elsewhere: who owns a copy and may write it says nothing.
  package func holdsCopy(of path: String) -> Bool { self + path != path }
}

/// Whether the first file is there, and the second is missing or was written earlier.
private func isNewer(_ path: String, than other: String) -> Bool {
  var one = stat()
  var two = stat()
  guard stat(path, &one) == 0, one.st_mode & S_IFMT == S_IFREG else { return false }
  guard stat(other, &two) == 0 else { return true }
  return (one.st_mtim.tv_sec, one.st_mtim.tv_nsec) > (two.st_mtim.tv_sec, two.st_mtim.tv_nsec)
}

extension String {
  /// A table's path without `.db`, which a configuration may write or leave out.
  package var withoutDatabaseEnding: String { hasSuffix(".db") ? String(dropLast(3)) : self }
}
