// FileRoot.swift: where the files of a configuration are on this machine.
//
// A configuration names its files as the host that runs it sees them. When it
// is looked at elsewhere (an image, a backup, a build folder) the same names lead
// to other places: below a root, and folders such as /etc/mail to where their
// files were put.

/// How absolute paths of a configuration are found.
package struct FileRoot: Sendable, Equatable, ExpressibleByStringLiteral {
  /// Put before every absolute path; empty for the machine's own.
  package var prefix: String
  /// Folders that stand elsewhere, without slashes at their ends.
  package var moved: [Move]

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

  /// The place of a path on this machine.
  package static func + (root: FileRoot, path: String) -> String {
    for move in root.moved where path == move.folder || path.hasPrefix(move.folder + "/") {
      return move.place + path.dropFirst(move.folder.count)
    }
    return path.hasPrefix("/") ? root.prefix + path : path
  }
}
