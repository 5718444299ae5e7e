// ReplacementSet.swift: files that change together.
//
// What a command writes is one result: a sendmail.cf beside tables of an older one
// would be worse than no new file at all. So all files are written aside and synced,
// and only when every one of them is complete do they take their places, one rename
// after the other; each folder is synced once, at the end. Folders made on the way are
// taken away again when nothing comes of it.
//
// Fails: with the system's error and the path; all old files stand then as they were.

import Glibc

package struct ReplacementSet: ~Copyable {
  /// What could not be written.
  package struct Failure: Error, Sendable {
    package let path: String
    package let reason: Errno

    package init(path: String, reason: Errno) {
      self.path = path
      self.reason = reason
    }

    /// The status for a command that ends because of it.
    package var status: ExitStatus {
      [ENOSPC, EIO, EDQUOT, EFBIG].contains(reason.code) ? .inputOutput : .cannotCreate
    }
  }

  private var files: [ReplacementFile] = []
  private var folders: [String] = []

  package init() {}

  deinit {
    for var file in files { file.abandon() }
    for folder in folders.reversed() { rmdir(folder) }
  }

  /// Makes a folder, and those above it.
  package mutating func makeFolder(_ path: String) throws(Failure) {
    var missing: [String] = []
    var folder = path
    while !folder.isEmpty, !isFolder(folder) {
      missing.append(folder)
      guard let slash = folder.lastIndex(of: "/") else { break }
      folder = String(folder[..<slash])
    }
    do throws(Errno) { try makeFolders(path) } catch { throw Failure(path: path, reason: error) }
    folders += missing.reversed()
  }

  /// Writes a file aside.
  package mutating func add(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws(Failure) {
    let file = try begin(path, mode: mode)
    do throws(Errno) {
      try withoutFileSizeSignal { () throws(Errno) in try writeAll(file.descriptor, bytes) }
    } catch {
      throw Failure(path: path, reason: error)
    }
  }

  /// Opens a file aside, for others to fill.
  package mutating func begin(_ path: String, mode: mode_t = 0o644) throws(Failure) -> ReplacementFile {
    do throws(Errno) {
      let file = try ReplacementFile(for: path, mode: mode)
      files.append(file)
      return file
    } catch {
      throw Failure(path: path, reason: error)
    }
  }

  /// Puts all files into place.
  package mutating func commit() throws(Failure) {
    for index in files.indices { try attempt(index) { file throws(Errno) in try file.sync() } }
    for index in files.indices { try attempt(index) { file throws(Errno) in try file.putIntoPlace() } }
    var synced: [Substring] = []
    for file in files {
      let folder = file.path.lastIndex(of: "/").map { file.path[...$0] } ?? ""
      if synced.contains(folder) { continue }
      do throws(Errno) { try syncFolder(of: file.path) } catch { throw Failure(path: file.path, reason: error) }
      synced.append(folder)
    }
    files = []
    folders = []
  }

  private mutating func attempt(
    _ index: Int, _ step: (inout ReplacementFile) throws(Errno) -> Void
  ) throws(Failure) {
    do throws(Errno) { try step(&files[index]) } catch {
      throw Failure(path: files[index].path, reason: error)
    }
  }
}
