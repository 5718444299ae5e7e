// PathSafety.swift: may a file be believed?
//
// Whoever may write to a folder on a file's path decides what the file says. Such
// folders are named, with the words that sendmail has for them.

import Glibc
import Posix

/// Judges the paths of maps, class files and the service switch.
struct PathSafety {
  private let blame: Set<String>

  init(_ options: CFOptions) { blame = options.blame }

  /// Why a file is not read.
  struct Reason {
    var text: String
    var isMissing = false
  }

  /// Nil when the file is there and safe.
  func reasonAgainst(_ path: String) -> Reason? {
    if !blame.contains("mapinunsafedirpath"), let folder = firstUnsafe(path) {
      return Reason(text: folder.mode & 0o002 != 0 ? "World writable directory" : "Group writable directory")
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      return Reason(text: Errno.last.description, isMissing: errno == ENOENT)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return Reason(text: "Regular files only") }
    return nil
  }

  private func firstUnsafe(_ path: String) -> Folder? {
    unsafeFolders(on: path).first {
      $0.mode & 0o002 != 0 || !blame.contains("groupwritabledirpathsafe")
    }
  }

  struct Folder {
    var path: String
    var mode: mode_t
  }

  /// The folders on the way that others than their owner may write to.
  func unsafeFolders(on path: String) -> [Folder] {
    guard path.utf8.first == 0x2F else { return [] }
    var result: [Folder] = []
    var prefix = ""
    for part in path.split(separator: "/").dropLast() {
      prefix += "/" + part
      var status = stat()
      guard stat(prefix, &status) == 0 else { break }
      if status.st_mode & 0o022 != 0 { result.append(Folder(path: prefix, mode: status.st_mode)) }
    }
    return result
  }

  /// The lines that sendmail writes about the folders of a path.
  func warnings(about path: String) -> [String] {
    unsafeFolders(on: path).map {
      "WARNING: \($0.mode & 0o002 != 0 ? "World" : "Group") writable directory \($0.path)"
    }
  }
}
