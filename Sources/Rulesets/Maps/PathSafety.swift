// PathSafety.swift: may a file be believed?
//
// Whoever may write to a folder on a file's path decides what the file says. Such
// folders are named, with the words that sendmail has for them.

import Glibc
import Posix

/// Judges the paths of maps, class files and the service switch.
struct PathSafety {
  private let blame: [String]

  init(_ options: CFOptions) { blame = options.blame }

  /// Why a file is not read.
  struct Reason {
    var text: String
    var isMissing = false
    /// Whether the way there is safe, and what stands there is no file.
    var isNoFile = false
  }

  /// Nil when the file is there and safe.
  ///
  /// - Parameters:
  ///   - place: where the file of that path is. A file that stands in for one of
  ///     another host says nothing of who may write to the folders there.
  ///   - excuse: the DontBlameSendmail word, in lower case, that lets unsafe folders pass.
  func reasonAgainst(_ path: String, at place: String, unless excuse: String) -> Reason? {
    if place == path, !blame.contains(excuse), let folder = firstUnsafe(path) {
      return Reason(
        text: folder.isForAll ? "World writable directory" : "Group writable directory")
    }
    var status = stat()
    guard stat(place, &status) == 0 else {
      return Reason(text: Errno.last.description, isMissing: errno == ENOENT)
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return Reason(text: "Regular files only", isNoFile: true) }
    return nil
  }

  private func firstUnsafe(_ path: String) -> Folder? { unsafeFolders(on: path).first }

  struct Folder {
    var path: String
    var mode: mode_t
    var isForAll: Bool { mode & 0o002 != 0 }
  }

  /// The folders on the way that everybody may write to, or the group where that is not safe.
  func unsafeFolders(on path: String) -> [Folder] {
    let bytes = Array(path.utf8)
    guard bytes.first == 0x2F else { return [] }
    let unsafe: mode_t = blame.contains("groupwritabledirpathsafe") ? 0o002 : 0o022
    var result: [Folder] = []
    // One look a slash, also where two follow one another: sendmail warns twice then.
    for (index, byte) in bytes.enumerated() where byte == 0x2F {
      let prefix = index == 0 ? "/" : shown(bytes[..<index])
      var status = stat()
      guard stat(prefix, &status) == 0 else { break }
      if status.st_mode & unsafe != 0 { result.append(Folder(path: prefix, mode: status.st_mode)) }
    }
    return result
  }

  /// The lines that sendmail writes about the folders of a path.
  func warnings(about path: String) -> [String] {
    unsafeFolders(on: path).map {
      "WARNING: \($0.isForAll ? "World" : "Group") writable directory \($0.path)"
    }
  }
}
