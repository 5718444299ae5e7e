// Sandbox.swift: what a file that one does not trust may do.
//
//     shell commands, files of its own     no, unless commands are allowed
//     include, sinclude, undivert          plain files below the named folders
//
// Paths are compared as they really are, links followed: a link or `..` that leads out
// of the folders leads to a refusal. Below a folder nothing hidden is read (`.ssh`,
// `.git`), because the folder of a site file may be somebody's home. Whether a file
// outside is there cannot be told from the answer.
//
// Fails: a refusal is said, with the option that allows it, and the status is 77.

import Glibc
import Posix

/// What the files are kept to.
package struct Sandbox: Sendable {
  /// Whether commands run and files are written: who may do the one can do the other.
  package var allowsCommands = false
  /// Whether the first refusal ends expansion; else all of them are told.
  package var endsAtRefusal = true
  /// Without links, and without a slash at the end.
  private var folders: [String] = []

  package init() {}

  /// Lets files below a folder be read.
  ///
  /// - Returns: false where there is no such folder.
  @discardableResult
  package mutating func allow(_ folder: String) -> Bool {
    guard let real = realPath(folder.isEmpty ? "." : folder), isFolder(real) else { return false }
    folders.append(real == "/" ? "" : real)
    return true
  }

  /// The same for a folder that need not be there: its files are missing then, and not refused.
  package mutating func allowIfThere(_ folder: String) {
    if !allow(folder), let place = Self.place(of: folder) { folders.append(place) }
  }

  /// Lets files beside a file and below its folder be read.
  package mutating func allowFolder(of file: String) {
    allow(folderOf(file))
  }

  /// Whether a file may be read, be it there or not.
  package func allowsReading(_ path: String) -> Bool {
    guard let place = Self.place(of: path) else { return false }
    return holds(place)
  }

  fileprivate func holds(_ place: String) -> Bool {
    // By their bytes, as the kernel compares names.
    folders.contains { folder in
      let below = place.utf8.dropFirst(folder.utf8.count)
      let slash = UInt8(ascii: "/")
      guard place.utf8.starts(with: folder.utf8), below.isEmpty || below.first == slash else { return false }
      return !zip(below, below.dropFirst()).contains { $0 == slash && $1 == UInt8(ascii: ".") }
    }
  }

  /// Where a path leads; of one that leads nowhere, the rest of its names stay as they are.
  private static func place(of path: String) -> String? {
    if let real = realPath(path) { return real }
    let folder = folderOf(path)
    guard folder != path, let place = place(of: folder), let name = path.split(separator: "/").last else { return nil }
    return place + "/" + String(name)
  }

  /// A file that may be read; what is no plain file is none.
  fileprivate func read(_ path: String, atMost limit: Int) throws(Errno) -> FileText? {
    // It is only pointed at: opening what is no plain file may do something.
    let file = open(path, pathOnly | O_CLOEXEC)
    guard file >= 0 else {
      guard let place = Self.place(of: path), holds(place) else { return nil }
      throw Errno(ENOENT)
    }
    defer { close(file) }
    // It says itself where it is, whatever becomes of the path meanwhile.
    let itself = "/proc/self/fd/\(file)"
    let known = linkTarget(itself)
    guard let place = known ?? realPath(path), holds(place) else { return nil }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw .last }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Errno(EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    let descriptor = open(known == nil ? place : itself, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .last }
    defer { close(descriptor) }
    return try FileText(from: descriptor, atMost: limit)
  }
}

/// Something that the sandbox keeps a file from.
package enum Refusal: Sendable, Equatable {
  case command([UInt8])
  case reading([UInt8])
  /// The macro that would write a file.
  case writing([UInt8])

  var text: MessageText {
    switch self {
    case .command(let command):
      "sandbox: the shell command `\(command)' was not run (--allow-exec allows commands)"
    case .reading(let path):
      "sandbox: `\(path)' was not read: it is outside the folders that may be read (--allow-include=FOLDER adds one)"
    case .writing(let name):
      "sandbox: `\(name)' was not carried out: it writes files (--allow-exec allows that)"
    }
  }
}

/// How a file was found.
enum FoundFile {
  case contents(FileText, name: [UInt8])
  case failure(Errno)
  /// And that was said.
  case refused
}

extension Processor {
  private static var noPermission: Int32 { ExitStatus.noPermission.rawValue }

  /// Says what was refused.
  mutating func refuse(_ refusal: Refusal) throws(Stop) {
    say(.error, refusal.text, at: site.location, cause: .refused(refusal))
    status = Self.noPermission
    if surroundings.sandbox?.endsAtRefusal ?? false { throw .exit(Self.noPermission) }
  }

  /// Whether a macro may write a file; the refusal is said.
  mutating func mayWrite(_ call: Invocation) throws(Stop) -> Bool {
    guard let sandbox = surroundings.sandbox, !sandbox.allowsCommands else { return true }
    try refuse(.writing(Array(argument(0, of: call))))
    return false
  }

  /// Whether the shell may run a command; the refusal is said.
  mutating func mayRun(_ command: [UInt8]) throws(Stop) -> Bool {
    guard let sandbox = surroundings.sandbox, !sandbox.allowsCommands else { return true }
    try refuse(.command(command))
    return false
  }

  /// A file that a macro asks for.
  mutating func findIncluded(_ path: [UInt8]) throws(Stop) -> FoundFile {
    let found = surroundings.sandbox.map { findAllowed(path, $0) } ?? findAnywhere(path)
    switch found {
    case .contents(let text, _): try charge(text.bytes.count)
    case .failure(let error): if error == Errno(ENOENT) { files.miss(path) }
    case .refused: try refuse(.reading(path))
    }
    return found
  }

  private mutating func findAnywhere(_ path: [UInt8]) -> FoundFile {
    switch find(path) {
    case .success(let (contents, name)): .contents(contents, name: name)
    case .failure(let error): .failure(error)
    }
  }

  private mutating func findAllowed(_ path: [UInt8], _ sandbox: Sandbox) -> FoundFile {
    guard !path.isEmpty, !path.contains(0) else { return .failure(Errno(ENOENT)) }
    var places = [path]
    switch surroundings.readFile?(path) ?? .unhandled {
    case .contents(let bytes): return .contents(FileText(bytes), name: path)
    case .missing(let number): return .failure(Errno(number))
    case .elsewhere(let place): places = [place]
    case .unhandled:
      if path.first != UInt8(ascii: "/") {
        places += surroundings.includeFolders.map { $0 + ($0.isEmpty ? [] : [UInt8(ascii: "/")]) + path }
      }
    }
    var isRefused = false
    var first: Errno?
    for place in places {
      do throws(Errno) {
        if let text = try read(place, sandbox) {
          files.read(place)
          return .contents(text, name: places.count == 1 ? path : place)
        }
        isRefused = isRefused || isTold(place, asked: path)
      } catch {
        first = first ?? error
      }
    }
    return isRefused ? .refused : .failure(first ?? Errno(ENOENT))
  }

  /// Whether a place outside the folders is refused. A plain name may stand for a file in one
  /// of several folders: it is refused where it is, and else it is nowhere.
  private func isTold(_ place: [UInt8], asked path: [UInt8]) -> Bool {
    let parts = path.split(separator: UInt8(ascii: "/"))
    let isPlain = path.first != UInt8(ascii: "/") && !parts.contains { $0.first == UInt8(ascii: ".") }
    return !isPlain || exists(String(decoding: place, as: UTF8.self))
  }

  private func read(_ place: [UInt8], _ sandbox: Sandbox) throws(Errno) -> FileText? {
    let text = String(decoding: place, as: UTF8.self)
    // What mkstemp made for the file is its own.
    if madeFiles.contains(place) { return try FileText(reading: place) }
    return try sandbox.read(text, atMost: limits.memory > 0 ? limits.memory : mostBytes)
  }
}
